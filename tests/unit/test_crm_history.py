"""The history of a client: page by page it is all of it, in order, and only what the reader may see."""

from datetime import UTC, datetime, timedelta

import pytest
from support.clients import client
from support.history import NOON, deal, fill
from support.people import person
from support.web_seed import add_call

from calls.db import Database
from crm import history
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.errors import NotFound
from crm.history import Entry, Kind, Place, Wanted
from crm.tables import Change, Client, Comment, Membership, Payment, StoredFile

ALL = Wanted(kinds=frozenset(Kind))


async def paged(db: Database, client_id: int, wanted: Wanted, limit: int) -> list[Entry]:
    found: list[Entry] = []
    before: Place | None = None
    async with db.read() as session:
        for _ in range(1000):
            page = await history.page(
                session, SYSTEM, client_id, wanted, before=before, limit=limit
            )
            found += page.entries
            before = page.next_before
            if before is None:
                return found
    raise AssertionError("the history does not end")


@pytest.mark.parametrize("seed", [1, 2])
async def test_page_by_page_is_all_of_it_in_order(db: Database, seed: int) -> None:
    whose = await client(db, "Ирина Соколова")
    other = await client(db, "Somebody else")
    async with db.write() as session:
        count = await fill(session, whose, seed)
        await fill(session, other, seed + 100)
    whole = await paged(db, whose, ALL, history.MOST_ROWS)
    assert len(whole) == count
    assert [entry.place for entry in whole] == sorted({e.place for e in whole}, reverse=True)
    for limit in (1, 7):
        assert [e.place for e in await paged(db, whose, ALL, limit)] == [e.place for e in whole]


async def test_kinds_leave_the_others_out(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    async with db.write() as session:
        await fill(session, whose, 3, each=2)
    for kind in Kind:
        found = await paged(db, whose, Wanted(kinds={kind}), 50)
        assert {entry.kind for entry in found} == {kind}
    assert Kind.CHANGE not in {e.kind for e in await paged(db, whose, Wanted(), 50)}
    assert await paged(db, whose, Wanted(kinds=()), 50) == []


async def test_payment_stands_on_its_day(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    async with db.write() as session:
        sold = await deal(session, whose, NOON)
        for days in (-1, 0, 1):
            on = (NOON + timedelta(days=days)).date()
            session.add(Payment(deal_id=sold.id, due_on=on, paid_on=on, amount=1))
        session.add(Payment(deal_id=sold.id, due_on=NOON.date(), amount=1))
    found = await paged(db, whose, ALL, 1)
    assert [entry.what for entry in found] == ["paid", "paid", "opened", "paid"]


async def test_organisation_shows_its_contact_persons_until_told_otherwise(db: Database) -> None:
    firm = await client(db, "ООО «Ромашка»", kind="organisation")
    irina = await client(db, "Ирина Соколова", organisation_id=firm)
    gone = await client(db, "Gone", organisation_id=firm)
    async with db.write() as session:
        for one in (firm, irina, gone):
            session.add(Comment(client_id=one, text=str(one), at=NOON + timedelta(minutes=one)))
        left = await session.get(Client, gone)
        assert left is not None
        left.deleted_at = NOON
    assert {e.client_id for e in await paged(db, firm, ALL, 10)} == {firm, irina}
    alone = await paged(db, firm, Wanted(with_staff=False), 10)
    assert {entry.client_id for entry in alone} == {firm}


async def test_deal_of_an_organisation_stands_with_its_contact_person_too(db: Database) -> None:
    firm = await client(db, "ООО «Ромашка»", kind="organisation")
    irina = await client(db, "Ирина Соколова", organisation_id=firm)
    async with db.write() as session:
        sold = await deal(session, firm)
        sold.contact_id = irina
    assert [e.what for e in await paged(db, irina, ALL, 10)] == ["opened"]
    assert len(await paged(db, firm, ALL, 10)) == 1


async def test_deleted_things_are_not_there(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    async with db.write() as session:
        sold = await deal(session, whose)
        sold.deleted_at = NOON
        session.add(Comment(client_id=whose, text="x", at=NOON, deleted_at=NOON))
        session.add(Comment(deal_id=sold.id, text="of a deal in the bin", at=NOON))
        session.add(
            StoredFile(
                client_id=whose, name="f", media_type="x", size_bytes=1, sha256="0" * 64, at=NOON,
                deleted_at=NOON,
            )
        )  # fmt: skip
    assert await paged(db, whose, ALL, 10) == []


async def test_reader_sees_only_what_he_may(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna", extensions=("101",))
    now = datetime.now(UTC)
    async with db.write() as session:
        await add_call(session, "1.1", at=now, extension="101", client_id=whose)
        await add_call(session, "1.2", at=now, extension="102", client_id=whose)
        sold = await deal(session, whose)
    own_deals = Actor(
        user_id=anna.user_id, login="anna", name="Anna", role=Role.MANAGER, scopes={Action.SEE: Scope.OWN}
    )  # fmt: skip
    async with db.read() as session:
        page = await history.page(session, anna, whose, ALL)
        assert sorted(e.row.linkedid for e in page.entries if e.kind is Kind.CALL) == ["1.1"]
        assert sold.id in {e.row.id for e in page.entries if e.kind is Kind.DEAL}
        with pytest.raises(NotFound):
            await history.page(session, own_deals, whose, ALL)
    async with db.write() as session:
        card = await session.get(Client, whose)
        assert card is not None
        card.responsible_id = anna.user_id
    async with db.read() as session:
        page = await history.page(session, own_deals, whose, ALL)
    assert {entry.kind for entry in page.entries} == {Kind.CALL}


async def test_changes_show_no_field_and_no_deal_that_the_reader_may_not_see(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    anna, boss = await person(db, "anna"), await person(db, "boss", "supervisor")
    async with db.write() as session:
        sold = await deal(session, whose)
        sold.responsible_id = boss.user_id
        card = await session.get(Client, whose)
        assert card is not None
        card.responsible_id = anna.user_id
        for kind, subject_id, field in (
            ("client", whose, "passport"),
            ("client", whose, "phone"),
            ("deal", sold.id, "amount"),
        ):
            session.add(
                Change(
                    at=NOON, subject_kind=kind, subject_id=subject_id, client_id=whose, field=field
                )
            )
    own = Actor(
        user_id=anna.user_id, login="anna", name="Anna", role=Role.OPERATOR, scopes={Action.SEE: Scope.OWN}
    )  # fmt: skip
    only = Wanted(kinds={Kind.CHANGE})
    async with db.read() as session:
        shown = {
            reader.login: {
                e.row.field for e in (await history.page(session, reader, whose, only)).entries
            }
            for reader in (own, boss)
        }
    assert {"phone"} <= shown["anna"] <= {"phone", "name", "numbers", "kind", "confirmed"}
    assert {"phone", "passport", "amount"} <= shown["boss"]


async def test_contact_person_out_of_reach_is_left_out(db: Database) -> None:
    firm = await client(db, "ООО «Ромашка»", kind="organisation")
    irina = await client(db, "Ирина Соколова", organisation_id=firm)
    mila = await person(db, "mila", "manager")
    own = Actor(
        user_id=mila.user_id, login="mila", name="Mila", role=Role.MANAGER, scopes={Action.SEE: Scope.OWN}
    )  # fmt: skip
    async with db.write() as session:
        for one, responsible in ((firm, mila.user_id), (irina, None)):
            session.add(Comment(client_id=one, text="x", at=NOON))
            card = await session.get(Client, one)
            assert card is not None
            card.responsible_id = responsible
        other = await person_of_nobody(session, firm)
        session.add(Comment(client_id=other, text="x", at=NOON))
    async with db.read() as session:
        page = await history.page(session, own, firm, ALL)
    assert {entry.client_id for entry in page.entries} == {firm, irina}


async def person_of_nobody(session, firm: int) -> int:  # type: ignore[no-untyped-def]
    """A contact person for whom a colleague answers: not within the scope "own"."""
    from crm.tables import User

    boss = User(login="boss", name="Boss", role="manager", password_hash="!", created_at=NOON)
    session.add(boss)
    await session.flush()
    one = Client(
        kind="person", name="Pavel", responsible_id=boss.id, created_at=NOON, updated_at=NOON
    )
    session.add(one)
    await session.flush()
    session.add(Membership(person_id=one.id, organisation_id=firm))
    return one.id
