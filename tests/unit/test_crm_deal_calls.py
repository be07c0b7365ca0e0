"""Which deal a call is about: found by itself, asked for, or said by a person."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from support.call_events import started
from support.clients import client
from support.people import person
from support.web_seed import add_call

from calls.db import Database
from crm import call_links, deal_calls, deals, funnels
from crm.access import SYSTEM, Action, Scope
from crm.deals import DealFields
from crm.errors import Forbidden, NotFound
from crm.tables import CallLink, Deal, DealCall

NOW = datetime.now(UTC)


async def deal(db: Database, client_id: int | None, name: str = "Roof", **more: object) -> int:
    async with db.write() as session:
        await funnels.ensure(session, "en")
        fields = DealFields(name=name, client_id=client_id, **more)  # type: ignore[arg-type]
        made = await deals.create(session, SYSTEM, fields)
        made.opened_at = NOW - timedelta(days=3)
        return made.id


async def call(db: Database, client_id: int | None, at: datetime = NOW) -> int:
    async with db.write() as session:
        made = await add_call(session, f"call-{at.timestamp()}", at=at)
        await session.flush()
        if client_id is not None:
            row = CallLink(call_id=made.id, client_id=client_id, how="number", linked_at=NOW)
            session.add(row)
        return made.id


async def follow(db: Database, call_id: int) -> tuple[bool, int | None]:
    """Whether something changed, and which deal the call is about then."""
    async with db.write() as session:
        changed = await deal_calls.follow(session, call_id)
    async with db.read() as session:
        row = await session.get(DealCall, call_id)
        return changed, row.deal_id if row else None


async def link(db: Database, call_id: int, client_id: int) -> None:
    async with db.write() as session:
        row = update(CallLink).where(CallLink.call_id == call_id)
        await session.execute(row.values(client_id=client_id))


async def test_call_goes_to_the_only_open_deal_once_however_often_it_is_told(db: Database) -> None:
    olga = await client(db, "Ольга")
    deal_id, call_id = await deal(db, olga), await call(db, olga)
    assert await follow(db, call_id) == (True, deal_id)
    assert await follow(db, call_id) == (False, deal_id)


async def test_several_open_deals_are_asked_for_and_none_is_none(db: Database) -> None:
    olga, ivan = await client(db, "Ольга"), await client(db, "Иван")
    first, second = await deal(db, olga), await deal(db, olga, "Floor")
    call_id = await call(db, olga)
    assert await follow(db, call_id) == (False, None)
    async with db.read() as session:
        offered = await deal_calls.offered(session, SYSTEM, olga)
    assert {one.id for one in offered} == {first, second}
    other = await call(db, ivan, NOW + timedelta(seconds=1))
    assert await follow(db, other) == (False, None)


async def test_contact_person_and_firm_lead_to_the_deal_of_the_firm(db: Database) -> None:
    firm = await client(db, "Ветер", kind="organisation")
    worker = await client(db, "Пётр", organisation_id=firm)
    deal_id, call_id = await deal(db, firm), await call(db, worker)
    assert await follow(db, call_id) == (True, deal_id)
    own = await deal(db, worker, "Own flat")
    second = await call(db, worker, NOW + timedelta(seconds=1))
    assert await follow(db, second) == (True, own)


async def test_deal_that_is_won_in_the_call_keeps_it_and_a_later_one_takes_no_old_call(
    db: Database,
) -> None:
    olga = await client(db, "Ольга")
    deal_id, call_id = await deal(db, olga), await call(db, olga)
    await follow(db, call_id)
    async with db.write() as session:
        await session.execute(update(Deal).values(state="won"))
    assert await follow(db, call_id) == (False, deal_id)
    old = await call(db, olga, NOW - timedelta(days=10))
    await deal(db, olga, "New one")
    assert await follow(db, old) == (False, None)


async def test_call_follows_when_it_was_with_another_client(db: Database) -> None:
    olga, ivan = await client(db, "Ольга"), await client(db, "Иван")
    first, second = await deal(db, olga), await deal(db, ivan)
    call_id = await call(db, olga)
    assert await follow(db, call_id) == (True, first)
    await link(db, call_id, ivan)
    assert await follow(db, call_id) == (True, second)


async def test_choice_of_a_person_is_changed_by_no_event(db: Database) -> None:
    anna = await person(db, "anna", "manager")
    olga, ivan = await client(db, "Ольга"), await client(db, "Иван")
    first, second = await deal(db, olga), await deal(db, olga, "Floor")
    call_id = await call(db, olga)
    async with db.write() as session:
        await deal_calls.attach(session, anna, call_id, second)
    await link(db, call_id, ivan)
    assert await follow(db, call_id) == (False, second)
    async with db.write() as session:
        await deal_calls.attach(session, anna, call_id, None)
    async with db.write() as session:
        await session.execute(update(Deal).where(Deal.id == first).values(state="won"))
    await link(db, call_id, olga)
    assert await follow(db, call_id) == (False, None)


async def test_call_without_a_client_loses_what_was_found_by_itself(db: Database) -> None:
    olga = await client(db, "Ольга")
    deal_id, call_id = await deal(db, olga), await call(db, olga)
    assert await follow(db, call_id) == (True, deal_id)
    async with db.write() as session:
        row = await session.get_one(CallLink, call_id)
        await session.delete(row)
    assert await follow(db, call_id) == (True, None)


async def test_deal_out_of_sight_is_neither_offered_nor_taken_away(db: Database) -> None:
    anna = await person(db, "anna", "manager")
    own = anna.__class__(
        user_id=anna.user_id, login="anna", name="Anna", role=anna.role,
        scopes={Action.SEE: Scope.OWN, Action.EDIT: Scope.OWN},
    )  # fmt: skip
    olga = await client(db, "Ольга")
    hidden, call_id = await deal(db, olga), await call(db, olga)
    await follow(db, call_id)
    async with db.write() as session:
        assert await deal_calls.offered(session, own, olga) == []
        assert await deal_calls.deal_of(session, own, call_id) is None
        with pytest.raises(NotFound):
            await deal_calls.attach(session, own, call_id, hidden)
        with pytest.raises(Forbidden):
            await deal_calls.attach(session, own, call_id, None)


async def test_event_of_a_call_attaches_it_and_rings_the_pages(db: Database) -> None:
    olga = await client(db, "Ольга")
    deal_id, call_id = await deal(db, olga), await call(db, olga)
    handler = deal_calls.DealCalls()
    event = started("1.1")
    async with db.write() as session:
        notices = await handler.on_event(session, event, None, call_id)
    assert [notice.payload for notice in notices] == [{"id": call_id}]
    async with db.write() as session:
        assert await handler.on_event(session, event, None, call_id) == ()
        assert await handler.on_event(session, event, None, None) == ()
    async with db.read() as session:
        assert (await session.get_one(DealCall, call_id)).deal_id == deal_id


async def test_call_that_a_person_gives_to_a_client_goes_to_the_client_s_only_deal(
    db: Database,
) -> None:
    olga, ivan = await client(db, "Ольга"), await client(db, "Иван")
    deal_id, call_id = await deal(db, ivan), await call(db, olga)
    async with db.write() as session:
        await call_links.link(session, SYSTEM, call_id, ivan)
    async with db.read() as session:
        assert (await session.get_one(DealCall, call_id)).deal_id == deal_id
