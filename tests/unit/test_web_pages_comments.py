"""Comments over HTTP: panels, writing, editing, whom one can mention."""

from datetime import UTC, datetime

from sqlalchemy import select
from support.history import deal
from support.web import Site
from support.web_seed import add_client

from crm.tables import Comment, Inquiry, Notification, RoleScope, Task


async def subjects(site: Site) -> list[str]:
    """Addresses of a client, a deal, a task and an inquiry."""
    now = datetime.now(UTC)
    async with site.services.db.write() as session:
        client = await add_client(session, "Ирина Соколова")
        sold = await deal(session, client.id)
        task = Task(kind="todo", title="x", client_id=client.id, opened_at=now)
        inquiry = Inquiry(client_id=client.id, opened_at=now, last_contact_at=now)
        session.add_all([task, inquiry])
        await session.flush()
        return [
            f"/clients/{client.id}", f"/deals/{sold.id}", f"/tasks/{task.id}", f"/inquiries/{inquiry.id}",
        ]  # fmt: skip


async def test_comment_is_written_everywhere_and_shown_in_the_history(site: Site) -> None:
    places = await subjects(site)
    anna = await site.client("anna")
    script = {"accept": "*/*"}
    for number, place in enumerate(places):
        sent = {"text": f"said-{number}"}
        answer = await anna.post(f"{place}/comments", data=sent, headers=script)
        assert answer.status_code == 204
        page = (await anna.get(f"{place}/comments")).text
        assert f"said-{number}" in page
        assert "Edit" in page
    history = (await anna.get(f"{places[0]}/history")).text
    assert all(f"said-{number}" in history for number in range(4))
    assert "Edit" not in (await (await site.client("boris")).get(f"{places[0]}/comments")).text


async def test_browser_without_a_script_comes_back_to_the_page(site: Site) -> None:
    place = (await subjects(site))[0]
    anna = await site.client("anna")
    answer = await anna.post(f"{place}/comments", data={"text": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, place)


async def test_own_comment_is_edited_and_deleted_by_its_author_only(site: Site) -> None:
    place = (await subjects(site))[0]
    anna, boris = await site.client("anna"), await site.client("boris")
    await anna.post(f"{place}/comments", data={"text": "first"})
    async with site.services.db.read() as session:
        comment_id = await session.scalar(select(Comment.id))
    one = f"/comments/{comment_id}"
    assert "first" in (await anna.get(f"{one}/edit")).text
    assert (await boris.post(one, data={"text": "mine"})).status_code == 403
    assert (await boris.post(f"{one}/delete")).status_code == 403
    await anna.post(one, data={"text": "changed-words"})
    page = (await boris.get(f"{place}/comments")).text
    assert "changed-words" in page
    assert "edited" in page
    await anna.post(f"{one}/delete")
    assert "changed-words" not in (await boris.get(f"{place}/comments")).text
    assert (await anna.get(f"{one}/edit")).status_code == 404


async def test_mention_is_told_and_who_may_not_see_is_refused_in_words(site: Site) -> None:
    place = (await subjects(site))[0]
    mila = await site.client("mila")
    picked = (await mila.get(f"{place}/colleagues?q=бо")).json()
    assert picked == [{"login": "boris", "name": "Борис Орлов"}]
    await mila.post(f"{place}/comments", data={"text": "@boris look"})
    assert "@Борис Орлов" in (await mila.get(f"{place}/comments")).text
    async with site.services.db.write() as session:
        session.add(RoleScope(role="operator", action="see", scope="own"))
    answer = await mila.post(
        f"{place}/comments", data={"text": "@boris look"}, headers={"accept": "*/*"}
    )
    assert answer.status_code == 422
    assert "Борис Орлов may not see this" in answer.json()["error"]["text"]
    assert (await mila.get(f"{place}/colleagues?q=бо")).json() == []
    async with site.services.db.read() as session:
        told = (await session.scalars(select(Notification.user_id))).all()
    assert told == [site.people["boris"]]


async def test_strangers_see_no_comments(site: Site) -> None:
    places = await subjects(site)
    async with site.services.db.write() as session:
        session.add(RoleScope(role="operator", action="see", scope="none"))
    anna, nobody = await site.client("anna"), await site.client()
    for place in (places[0], places[1], places[3]):
        assert (await anna.get(f"{place}/comments")).status_code == 404
        assert (await anna.post(f"{place}/comments", data={"text": "x"})).status_code == 404
        assert (await anna.get(f"{place}/colleagues")).status_code == 404
        assert (await nobody.get(f"{place}/comments")).status_code == 303
