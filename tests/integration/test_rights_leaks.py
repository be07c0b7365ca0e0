"""Ways round the rights that somebody tried: what is hidden stays hidden by each of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from support.api import program
from support.rights_world import Relation, World, belong_to, build, name_of
from support.web import Site

from crm import changes, intake, role_scopes
from crm.access import SYSTEM, Action, Role, Scope
from crm.number_rules import NumberRules
from crm.tables import Client, Comment, CustomField, Import, ImportRow, Inquiry, Task
from web.api.paging import cursor_of
from web.services import utc_now

CROSSED, OTHER, OWN = Relation.CROSSED, Relation.OTHER, Relation.OWN


@pytest.fixture
async def world(site: Site) -> World:
    """Operators and managers reach their own only."""
    world = await build(site)
    await belong_to(site, world, "mila")
    async with site.services.db.write() as session:
        own = dict.fromkeys(Action, Scope.OWN)
        await role_scopes.save(session, SYSTEM, {Role.OPERATOR: own, Role.MANAGER: own})
        await session.execute(update(Inquiry).values(text="a hidden wish"))
        await session.execute(update(Comment).values(text="a hidden word"))
    return world


async def test_task_of_a_hidden_inquiry_or_comment_tells_nothing_of_it(
    site: Site, world: World
) -> None:
    mila = await site.client("mila")
    for name, kind in (("inquiry", "inquiry"), ("comment", "comment")):
        hidden = await mila.get(f"/tasks/new?{name}={world.of(kind, OTHER)}")
        assert (hidden.status_code, "a hidden" in hidden.text) == (404, False)
        shown = await mila.get(f"/tasks/new?{name}={world.of(kind, OWN)}")
        assert (shown.status_code, "a hidden" in shown.text) == (200, True)
    inquiry_id = world.of("inquiry", OTHER)
    form = {"title": "Call", "inquiry_id": str(inquiry_id)}
    assert (await mila.post("/tasks/new", data=form)).status_code == 404
    async with site.services.db.read() as session:
        made = await session.scalar(select(Task.id).where(Task.inquiry_id == inquiry_id))
    assert made is None


async def test_inquiry_of_nobody_that_a_colleague_has_shows_its_tags_and_words_to_him_alone(
    site: Site, world: World
) -> None:
    inquiry_id = world.of("inquiry", OTHER)
    async with site.services.db.write() as session:
        one = update(Inquiry).where(Inquiry.id == inquiry_id)
        await session.execute(one.values(client_id=None))
    mila, holder = await site.client("mila"), await site.client("nophone")
    assert (await mila.get(f"/tagged/inquiry/{inquiry_id}")).status_code == 404
    assert (await holder.get(f"/tagged/inquiry/{inquiry_id}")).status_code == 200


async def test_own_inquiry_of_a_hidden_client_is_not_found_by_the_clients_name(
    site: Site, world: World
) -> None:
    mila = await site.client("mila")
    by_name = await mila.get("/inquiries", params={"q": name_of(CROSSED)})
    by_words = await mila.get("/inquiries", params={"q": "hidden wish"})
    line = f"/inquiries/{world.of('inquiry', CROSSED)}"
    assert line not in by_name.text
    assert line in by_words.text


async def test_import_names_no_client_whom_its_reader_may_not_see_any_more(
    site: Site, world: World
) -> None:
    async with site.services.db.write() as session:
        done = Import(file_name="base.csv", user_id=site.people["mila"], state="done", at=utc_now())
        session.add(done)
        await session.flush()
        for relation in (OWN, OTHER):
            session.add(
                ImportRow(import_id=done.id, row=2, action="updated", client_id=world.of("client", relation))
            )  # fmt: skip
        place = f"/imports/{done.id}"
    mila = await site.client("mila")
    for answer in (await mila.get(place), await mila.get(f"{place}/problems.csv")):
        assert answer.status_code == 200
        assert name_of(OWN) in answer.text
        assert name_of(OTHER) not in answer.text


async def test_name_of_a_report_of_problems_comes_into_no_header(site: Site, world: World) -> None:
    async with site.services.db.write() as session:
        done = Import(file_name="base.csv", user_id=site.people["mila"], state="done", at=utc_now())
        session.add(done)
        await session.flush()
        place = f"/imports/{done.id}"
    mila = await site.client("mila")
    answer = await mila.get(f"{place}/problems.csv%0d%0aX-Injected:%201")
    assert answer.status_code == 404


@pytest.mark.parametrize("back", ["javascript:alert(1)", "//evil.example", "https://evil.example"])
async def test_form_of_a_task_leads_back_to_our_own_pages_only(
    site: Site, world: World, back: str
) -> None:
    mila = await site.client("mila")
    page = (await mila.get("/tasks/new", params={"back": back})).text
    assert back not in page


async def test_key_of_a_form_takes_inquiries_in_and_reads_no_client(
    site: Site, world: World
) -> None:
    form = await program(site, "mila", ["inquiries:write"])
    made = await form.post("/api/v1/inquiries", json={"number": "+79120001199", "text": "hello"})
    assert made.status_code == 201, made.text
    client_id = made.json()["client_id"]
    for path in ("/clients", f"/clients/{client_id}", f"/clients/{client_id}/history"):
        assert (await form.get(f"/api/v1{path}")).status_code == 403, path
    changed = await form.patch(f"/api/v1/clients/{client_id}", json={"version": 1, "name": "x"})
    assert changed.status_code == 403


async def test_key_that_may_read_inquiries_sorts_none(site: Site, world: World) -> None:
    reader = await program(site, "mila", ["inquiries:read"])
    path = f"/api/v1/inquiries/{world.of('inquiry', OWN)}"
    assert (await reader.get(path)).json()["state"] == "new"
    for deed, body in (("close", {}), ("attach", {"client_id": world.of("client", OWN)})):
        assert (await reader.post(f"{path}/{deed}", json=body)).status_code == 403
    assert (await reader.post("/api/v1/inquiries", json={"number": "1"})).status_code == 403


async def test_history_of_a_client_tells_a_key_only_of_what_its_scopes_open(
    site: Site, world: World
) -> None:
    path = f"/api/v1/clients/{world.of('client', OWN)}/history"
    opened = {
        "calls:read": {"call", "promise"},
        "tasks:read": {"task"},
        "inquiries:read": {"inquiry"},
    }
    every = {kind for kinds in opened.values() for kind in kinds}
    for scope, kinds in [("clients:read", set()), *opened.items()]:
        reader = await program(site, "mila", {"clients:read", scope})
        told = {one["kind"] for one in (await reader.get(path)).json()["items"]}
        assert told & every == kinds
        assert "comment" in told


async def test_changed_link_to_a_hidden_client_is_told_without_the_name(
    site: Site, world: World
) -> None:
    where = changes.Subject("client", world.of("client", OWN), world.of("client", OWN))
    deal = changes.Subject("deal", world.of("deal", OWN), world.of("client", OWN))
    async with site.services.db.write() as session:
        session.add_all(
            CustomField(subject=subject, key=f"friend_{subject}", name="Friend", kind="client", options=[])
            for subject in ("client", "deal")
        )  # fmt: skip
        for about, subject in ((where, "client"), (deal, "deal")):
            before, after = name_of(OTHER), f"{name_of(OWN)}"
            key = f"custom.friend_{subject}"
            changes.record(session, SYSTEM, about, {key: before}, {key: after})
    paths = [f"/clients/{where.id}/changes", f"/deals/{deal.id}"]
    for login, seen in (("mila", False), ("root", True)):
        reader = await site.client(login)
        for path in paths:
            page = (await reader.get(path)).text
            assert "Friend" in page or "friend_deal" in page
            assert (name_of(OTHER) in page) is seen


async def test_quick_card_gives_no_name_to_a_stranger_whom_a_colleague_has(
    site: Site, world: World
) -> None:
    number = "+79120009988"
    async with site.services.db.write() as session:
        taken = await intake.take(
            session,
            SYSTEM,
            intake.Letter(channel="form", number=number),
            NumberRules.of(site.services.settings),
        )
        stranger = await session.get_one(Client, taken.client_id)
        stranger.source = "call"
        stranger.responsible_id = site.people["nophone"]
    mila = await site.client("mila")
    answer = await mila.post("/clients/quick", data={"name": "Mine", "number": number})
    assert answer.status_code == 404
    async with site.services.db.read() as session:
        assert (await session.get_one(Client, taken.client_id)).name == ""


async def test_inquiry_of_a_hidden_client_is_taken_in_and_tells_nothing_of_him(
    site: Site, world: World
) -> None:
    async with site.services.db.read() as session:
        hidden = await session.get_one(Inquiry, world.of("inquiry", OTHER))
    form = await program(site, "mila", ["inquiries:write"])
    made = await form.post(
        "/api/v1/inquiries", json={"number": hidden.number, "text": "call me", "channel": "form"}
    )
    told = made.json()
    assert (made.status_code, told["client_id"], told["text"]) == (201, None, "call me")
    async with site.services.db.read() as session:
        kept = await session.get_one(Inquiry, told["id"])
    assert kept.client_id == world.of("client", OTHER)


async def test_times_beyond_the_calendar_are_refused(site: Site, world: World) -> None:
    mila = await program(site, "mila")
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"):
        task = await mila.post("/api/v1/tasks", json={"title": "x", "due_at": at})
        clients = await mila.get("/api/v1/clients", params={"updated_since": at})
        cursor = cursor_of(at, 1, 1)
        path = f"/api/v1/clients/{world.of('client', OWN)}/history"
        history = await mila.get(path, params={"cursor": cursor})
        assert [one.status_code for one in (task, clients, history)] == [422, 422, 422]
