"""Who holds which phone when: sitting down, leaving, and phones that change hands."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from support.people import person

from calls.db import Database
from calls.tables import Call, CallLeg
from crm import agents, call_visibility, seating
from crm.access import SYSTEM, Actor
from crm.errors import Invalid, SeatTaken
from crm.person_fields import Person, Phone
from crm.phone_owners import PhoneOwners
from crm.seating import Seat
from crm.tables import PhoneHolding

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
"""Later than the moment at which a test ties phones to people."""
DESK = Seat("main", "101")


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


async def sit(db: Database, actor: Actor, minutes: float, seat: Seat = DESK, **sure: bool) -> None:
    async with db.write() as session:
        await seating.sit(session, actor, seat, at(minutes), **sure)


async def leave(db: Database, actor: Actor, minutes: float) -> None:
    async with db.write() as session:
        await seating.leave(session, actor, actor.user_id, "left", at(minutes))


async def owners(db: Database, extension: str = "101") -> list[int]:
    known = PhoneOwners()
    async with db.read() as session:
        await known.load(session)
    return known.operators_of("main", extension)


async def add_call(db: Database, linkedid: str, minutes: float, *legs: tuple[str, float]) -> None:
    """A call in which the phones of these legs (extension, offered at this minute) talked."""
    async with db.write() as session:
        session.add(
            Call(
                pbx="main",
                linkedid=linkedid,
                direction="in",
                started_at=at(minutes),
                ended=True,
                answered_by=legs[0][0],
                final_handler=legs[-1][0],
                legs=[
                    CallLeg(
                        position=index,
                        uniqueid=f"{linkedid}.{index}",
                        extension=extension,
                        offered_at=at(offered),
                        rang=True,
                        talked=True,
                    )
                    for index, (extension, offered) in enumerate(legs)
                ],
            )
        )


async def seen(db: Database, actor: Actor) -> list[str]:
    query = select(Call.linkedid).where(call_visibility.seen_by(actor)).order_by(Call.linkedid)
    heard = select(Call.linkedid).where(call_visibility.talked_in_by(actor))
    async with db.read() as session:
        found = list((await session.scalars(query)).all())
        assert sorted((await session.scalars(heard)).all()) == found
    return found


async def test_pops_go_to_who_sits_there_and_else_to_all_owners(db: Database) -> None:
    anna = await person(db, "anna", extensions=("101",))
    boris = await person(db, "boris", extensions=("101",))
    vera = await person(db, "vera")
    assert await owners(db) == [anna.user_id, boris.user_id]
    await sit(db, boris, 1, is_sure=True)
    assert await owners(db) == [boris.user_id]
    await sit(db, vera, 2, is_sure=True)
    assert await owners(db) == [vera.user_id]
    await leave(db, vera, 3)
    assert await owners(db) == [anna.user_id, boris.user_id]


async def test_colleagues_phone_is_taken_only_by_who_is_sure_and_the_colleague_is_told(
    db: Database,
) -> None:
    anna = await person(db, "anna", extensions=("101",))
    boris = await person(db, "boris")
    with pytest.raises(SeatTaken) as owned:
        await sit(db, boris, 0)
    assert (owned.value.who, owned.value.is_seated) == ("Anna", False)
    await sit(db, anna, 1)
    with pytest.raises(SeatTaken) as seated:
        await sit(db, boris, 2)
    assert (seated.value.who, seated.value.is_seated, seated.value.since) == ("Anna", True, at(1))
    await sit(db, boris, 3, is_sure=True)
    async with db.read() as session:
        rows = (await session.scalars(select(PhoneHolding).where(PhoneHolding.how == "seat"))).all()
    hers, his = rows
    assert (hers.ended_why, hers.ended_by_id, hers.end_told) == ("replaced", boris.user_id, False)
    assert (his.user_id, his.until_at) == (boris.user_id, None)


async def test_who_owns_a_phone_is_told_that_a_colleague_sat_down_there(db: Database) -> None:
    anna = await person(db, "anna", extensions=("101",))
    vera = await person(db, "vera", extensions=("101",))
    await sit(db, vera, 1, is_sure=True)
    async with db.read() as session:
        rows = await session.scalars(select(PhoneHolding).where(PhoneHolding.ended_why == "seat"))
        assert {row.user_id: row.end_told for row in rows} == {
            anna.user_id: False,
            vera.user_id: True,
        }


async def test_moving_to_another_phone_leaves_the_first(db: Database) -> None:
    anna = await person(db, "anna", extensions=("101", "102"))
    await sit(db, anna, 1)
    await sit(db, anna, 2, Seat("main", "102"))
    await sit(db, anna, 3, Seat("main", "102"))
    async with db.read() as session:
        sittings = await seating.sittings(session, before_id=None, limit=10)
        last = await seating.last_seat(session, anna.user_id)
    assert [(row.extension, row.until_at, row.ended_why) for row in sittings] == [
        ("102", None, ""),
        ("101", at(2), "moved"),
    ]
    assert last == Seat("main", "102")
    assert await owners(db) == await owners(db, "102") == [anna.user_id]


async def test_nobody_sits_down_at_a_phone_that_is_not_there(db: Database) -> None:
    anna = await person(db, "anna")
    with pytest.raises(Invalid):
        await sit(db, anna, 0, Seat("main", "999"))


async def test_calls_of_a_sitting_are_seen_by_who_sat_there_only(db: Database) -> None:
    anna = await person(db, "anna", extensions=("101",))
    boris = await person(db, "boris")
    await sit(db, boris, 10, is_sure=True)
    await leave(db, boris, 20)
    await add_call(db, "1-before", 5, ("101", 5))
    await add_call(db, "2-during", 15, ("101", 15))
    await add_call(db, "3-after", 25, ("101", 25))
    # Began before he sat down, but came to this phone afterwards.
    await add_call(db, "4-transferred", 8, ("102", 8), ("101", 12))
    assert await seen(db, anna) == ["1-before", "3-after"]
    assert await seen(db, boris) == ["2-during", "4-transferred"]


async def test_phone_given_to_a_new_person_brings_no_former_calls_along(db: Database) -> None:
    anna = await person(db, "anna", extensions=("101",))
    await add_call(db, "1-hers", -60 * 24 * 9000, ("101", -60 * 24 * 9000))
    boris = await person(db, "boris")
    async with db.write() as session:
        for login, phones in (("anna", ()), ("boris", (Phone("101", "main"),))):
            user = await agents.by_login(session, login)
            said = agents.person_of(user)
            changed = Person(login=login, role=said.role, name=said.name, phones=phones)
            await agents.edit(session, SYSTEM, user.id, changed)
    await add_call(db, "2-his", 1, ("101", 1))
    assert await seen(db, anna) == ["1-hers"]
    assert await seen(db, boris) == ["2-his"]
    async with db.read() as session:
        then = await seating.holders_at(session, "main", "101", at(-60 * 24 * 9000))
        now = await seating.holders_at(session, "main", "101", at(1))
    assert (then, now) == ([anna.user_id], [boris.user_id])


async def test_locked_out_person_sits_nowhere(db: Database) -> None:
    anna = await person(db, "anna", extensions=("102",))
    boris = await person(db, "boris", extensions=("101",))
    await sit(db, anna, 1, is_sure=True)
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, anna.user_id, False)
    assert await owners(db) == [boris.user_id]
    async with db.read() as session:
        (row,) = await seating.sittings(session, before_id=None, limit=10)
    assert row.ended_why == "locked"
