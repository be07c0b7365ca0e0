"""Pages of intake: inquiries, duplicates, merging, cleaning and the rules, as people of each role use them."""

import re
from datetime import UTC, datetime

from sqlalchemy import select, update
from support.told_calls import Teller, Told
from support.web import Site
from support.web_seed import add_client

from crm import duplicate_search
from crm.tables import Client, Comment, Funnel, Inquiry, InquiryTag, NotDuplicates, Stage, Task

STRANGER, PHONE = "+79035550011", "+79161234567"


async def stranger(site: Site, number: str = STRANGER) -> Inquiry:
    await Teller(site.services.db, intake=True).tell(Told(number=number, at=datetime.now(UTC)))
    async with site.services.db.read() as session:
        return (await session.scalars(select(Inquiry).order_by(Inquiry.id.desc()).limit(1))).one()


async def two_cards(site: Site) -> tuple[int, int]:
    async with site.services.db.write() as session:
        one = await add_client(session, "Анна Петрова", PHONE)
        other = await add_client(session, "Петрова Аня", PHONE, notes="любит чай")
        return one.id, other.id


async def inquiry(site: Site, inquiry_id: int) -> Inquiry:
    async with site.services.db.read() as session:
        return await session.get_one(Inquiry, inquiry_id)


async def test_feed_sorts_and_takes_back(site: Site) -> None:
    one = await stranger(site)
    client = await site.client("anna")
    feed = (await client.get("/inquiries")).text
    assert "+7 903 555-00-11" in feed
    assert "not confirmed" in feed
    answer = await client.post(f"/inquiries/{one.id}/close")
    assert answer.headers["location"] == f"/inquiries?done={one.id}"
    after = (await client.get(answer.headers["location"])).text
    assert "The feed is empty" in after
    assert f'action="/inquiries/{one.id}/undo"' in after
    assert "+7 903 555-00-11" in (await client.get("/inquiries?view=done&q=5550011")).text
    assert (await client.post(f"/inquiries/{one.id}/undo")).status_code == 303
    assert (await inquiry(site, one.id)).state == "new"


async def test_feed_gives_to_a_client_and_puts_off_and_assigns(site: Site) -> None:
    one = await stranger(site)
    anna, _ = await two_cards(site)
    client = await site.client("anna")
    assert "Анна Петрова" in (await client.get(f"/inquiries/{one.id}/client?q=петрова")).text
    for period in ("hour", "three_hours", "tomorrow", "week"):
        assert (
            await client.post(f"/inquiries/{one.id}/snooze", data={"for": period})
        ).status_code == 303
    bad = await client.post(f"/inquiries/{one.id}/snooze", data={"until": "1999-01-01T10:00"})
    assert bad.status_code == 422
    assert "Nothing is put off" not in (await client.get("/inquiries?view=snoozed")).text
    boris = site.people["boris"]
    assert (
        await client.post(f"/inquiries/{one.id}/assign", data={"user_id": boris})
    ).status_code == 303
    assert "responsible: Борис Орлов" in (await client.get("/inquiries?view=snoozed")).text
    answer = await client.post(f"/inquiries/{one.id}/client", data={"client_id": anna})
    assert answer.status_code == 303
    assert (await inquiry(site, one.id)).client_id == anna
    assert "belongs to the client" in (await client.get(f"/clients/{anna}/inquiries")).text


async def test_inquiry_has_a_page_of_its_own_whatever_became_of_it(site: Site) -> None:
    one = await stranger(site)
    mila = await site.client("mila")
    page = (await mila.get(f"/inquiries/{one.id}")).text
    assert "Not ours" in page
    assert f'href="/tasks/new?inquiry={one.id}"' in page
    await mila.post(f"/inquiries/{one.id}/close", data={"reason": "wrong number"})
    assert "wrong number" in (await mila.get(f"/inquiries/{one.id}")).text
    assert (await mila.get("/inquiries/999999")).status_code == 404


async def test_task_is_made_of_an_inquiry_even_if_its_call_is_a_colleague_s(site: Site) -> None:
    one = await stranger(site)
    for login, sees_call in (("boris", False), ("mila", True)):
        form = await (await site.client(login)).get(f"/tasks/new?inquiry={one.id}")
        assert form.status_code == 200, login
        assert (f'href="/calls/{one.call_id}"' in form.text) is sees_call, login


async def test_feed_makes_a_deal_in_one_click(site: Site) -> None:
    async with site.services.db.write() as session:
        stages = [Stage(name="Новая", place=0), Stage(name="Успех", kind="won", place=1)]
        session.add(Funnel(name="Продажи", stages=stages))
    one = await stranger(site)
    answer = await (await site.client("anna")).post(f"/inquiries/{one.id}/deal")
    kept = await inquiry(site, one.id)
    assert (kept.state, answer.headers["location"]) == ("deal", f"/deals/{kept.deal_id}")


async def test_inquiry_is_noted_by_hand_tagged_and_commented(site: Site) -> None:
    client = await site.client("anna")
    wrong = await client.post("/inquiries", data={"name": "Олег"})
    assert wrong.status_code == 422
    assert 'value="Олег"' in wrong.text
    good = await client.post("/inquiries", data={"email": "oleg@firm.example", "text": "цены?"})
    assert good.status_code == 303
    async with site.services.db.read() as session:
        one = (await session.scalars(select(Inquiry))).one()
    assert (await client.post(f"/inquiries/{one.id}/tags", data={"name": "опт"})).status_code == 303
    assert "#опт" in (await client.get("/inquiries")).text
    said = await client.post(f"/inquiries/{one.id}/comments", data={"text": "перезвонить утром"})
    assert said.status_code in (204, 303)
    async with site.services.db.read() as session:
        tag = (await session.scalars(select(InquiryTag))).one()
        comment = (await session.scalars(select(Comment))).one()
    assert (comment.inquiry_id, tag.inquiry_id) == (one.id, one.id)
    await client.post(f"/inquiries/{one.id}/tags", data={"off": tag.tag_id})
    assert "#опт" not in (await client.get("/inquiries")).text


async def test_pair_is_proposed_merged_with_a_choice_and_undone(site: Site) -> None:
    one, other = await two_cards(site)
    client = await site.client("mila")
    assert (await client.post("/duplicates/search")).status_code == 303
    listed = (await client.get("/duplicates")).text
    assert f'href="/clients/{one}/merge/{other}"' in listed
    assert "same phone" in listed
    assert (
        f"/clients/{other}/merge/{one}" in (await client.get(f"/clients/{other}/duplicates")).text
    )
    shown = (await client.get(f"/clients/{one}/merge/{other}")).text
    assert "любит чай" in shown
    answer = await client.post(f"/clients/{one}/merge/{other}", data={"side.name": "gone"})
    done = answer.headers["location"]
    assert "has everything of Петрова Аня now" in (await client.get(done)).text
    assert "Петрова Аня" in (await client.get(f"/clients/{one}")).text
    async with site.services.db.write() as session:
        await session.execute(update(Client).where(Client.id == one).values(notes="новое"))
    assert done in (await client.get(f"/clients/{one}/duplicates")).text
    back = (await client.post(f"{done}/undo")).text
    assert "Each card has its own again" in back
    assert "About the client" in back
    again = await client.post(f"{done}/undo")
    assert again.status_code == 422
    assert "undone already" in again.text


async def test_not_the_same_is_remembered_until_taken_back(site: Site) -> None:
    one, other = await two_cards(site)
    await duplicate_search.refresh(site.services.db)
    client = await site.client("mila")
    pair = {"one": one, "other": other}
    answer = await client.post("/duplicates/not-same", data=pair)
    said = (await client.get(answer.headers["location"])).text
    assert "No duplicates known" in said
    assert (await client.post("/duplicates/not-same", data=pair | {"again": 1})).status_code == 303
    async with site.services.db.read() as session:
        assert (await session.scalars(select(NotDuplicates))).all() == []
    assert f"/clients/{one}/merge/{other}" in (await client.get("/duplicates")).text


async def test_operators_neither_merge_nor_clean(site: Site) -> None:
    one, other = await two_cards(site)
    client = await site.client("anna")
    for path in (
        "/duplicates",
        f"/clients/{one}/merge/{other}",
        "/cleaning",
        f"/clients/{one}/duplicates",
    ):
        assert (await client.get(path)).status_code == 403, path
    assert (await client.post(f"/clients/{one}/merge/{other}")).status_code == 403
    assert f"/clients/{one}/duplicates" not in (await client.get(f"/clients/{one}")).text


async def test_cleaning_lists_faults_and_acts_on_many(site: Site) -> None:
    async with site.services.db.write() as session:
        ids = [(await add_client(session, name)).id for name in ("Анна", "Борис", "Вера")]
    client = await site.client("root")
    shown = (await client.get("/cleaning")).text
    assert "neither phone nor e-mail" in shown
    assert len(re.findall('data-testid="faulty"', shown)) == 3
    for act, one in zip(("ask", "aside", "bin"), ids, strict=True):
        answer = await client.post("/cleaning", data={"act": act, "id": one, "days": 30})
        assert answer.headers["location"] == "/cleaning?done=1&refused=0"
    assert "Nothing to clean" in (await client.get("/cleaning")).text
    async with site.services.db.read() as session:
        task = (await session.scalars(select(Task))).one()
        gone = await session.get_one(Client, ids[2])
    assert (task.client_id, task.title) == (ids[0], "Ask for new contacts")
    assert gone.deleted_at is not None
    wrong = await client.post("/cleaning", data={"act": "nothing", "id": ids[0]})
    assert wrong.status_code == 422


async def test_bulk_leaves_what_the_person_may_not_delete(site: Site) -> None:
    async with site.services.db.write() as session:
        other = await add_client(session, "Анна", responsible_id=site.people["boris"])
    answer = await (await site.client("mila")).post(
        "/cleaning", data={"act": "bin", "id": other.id}
    )
    assert answer.headers["location"] == "/cleaning?done=0&refused=1"


async def test_old_inquiries_are_cleaned_by_the_rules_of_the_administrator(site: Site) -> None:
    one = await stranger(site)
    root = await site.client("root")
    rules = {"stale_months": 6, "nameless_days": 1, "unconfirmed_days": 1, "inquiry_days": 0}
    assert (await root.post("/cleaning/rules", data=rules)).status_code == 303
    assert (await root.post("/cleaning/rules", data=rules | {"stale_months": 0})).status_code == 422
    assert (
        await (await site.client("mila")).post("/cleaning/rules", data=rules)
    ).status_code == 403
    assert "+7 903 555-00-11" in (await root.get("/cleaning?fault=inquiries")).text
    await root.post("/cleaning", data={"act": "close", "id": one.id, "fault": "inquiries"})
    assert (await inquiry(site, one.id)).reason == "out of date"


async def test_rules_of_intake_are_set_by_administrators(site: Site) -> None:
    root = await site.client("root")
    assert "For every call from an unknown number" in (await root.get("/admin/intake")).text
    rules = {"clients": "never", "inquiries": "never", "reopen_days": 3}
    answer = await root.post("/admin/intake", data=rules)
    assert "Saved" in (await root.get(answer.headers["location"])).text
    bad = await root.post("/admin/intake", data=rules | {"reopen_days": "many"})
    assert bad.status_code == 422
    assert 'role="alert"' in bad.text
    assert (await (await site.client("sergey")).get("/admin/intake")).status_code == 403
    await Teller(site.services.db, intake=True).tell(Told(number=STRANGER))
    async with site.services.db.read() as session:
        assert (await session.scalars(select(Client))).all() == []
