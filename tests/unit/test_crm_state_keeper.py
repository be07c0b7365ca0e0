"""What is kept of phones and members: written together, told once, right after a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from support.people import person

from calls.db import Database
from calls.errors import DatabaseUnavailable
from calls.model import fold
from calls.record import CallRecord
from calls.tables import FeedEvent
from crm.agent_states import Facts, State, state_of
from crm.phone_owners import PhoneOwners
from crm.state_facts import facts_of, set_away, set_ready
from crm.state_keeper import StateKeeper
from pbx.events import (
    AgentsListed,
    CallEnded,
    CallEvent,
    CallStarted,
    DeviceChanged,
    Direction,
    EndedBy,
    Linkedid,
    LinkLost,
    LinkRestored,
    Member,
    MemberChanged,
    Party,
    PbxName,
    TalkEnded,
    TalkStarted,
)

PBX = PbxName("main")
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)
SALES = Member(queue="sales", interface="PJSIP/101", extension="101", wrap_up_s=10)
CLIENT, ANNA = Party(number="+79161234567"), Party(extension="101")


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


class Kept:
    """A keeper over one person's phone 101, and what the pages would show."""

    def __init__(self, db: Database, user_id: int, owners: PhoneOwners) -> None:
        self.db, self.user_id, self.owners = db, user_id, owners
        self.clock = Clock()
        self.keeper = self.new_keeper()
        self.idle = DeviceChanged(pbx=PBX, at=at(-9), extension="101", state="idle")
        self.record: CallRecord | None = None

    def new_keeper(self) -> StateKeeper:
        return StateKeeper(self.db, self.owners.operators_of, wrap_up_s=20, clock=self.clock)

    def put(self, *events: CallEvent) -> None:
        for event in events:
            self.record = fold(self.record, event)
            self.keeper.put(event, self.record)

    def talk(self) -> None:
        key = {"pbx": PBX, "call": Linkedid("1.1")}
        self.put(
            CallStarted(
                **key,
                at=at(0),
                direction=Direction.IN,
                caller=CLIENT,
                called=ANNA,
                linkedids=(Linkedid("1.1"),),
            ),
            TalkStarted(**key, at=at(3), parties=(CLIENT, ANNA), legs=()),
        )

    def hang_up(self, seconds: float) -> None:
        key = {"pbx": PBX, "call": Linkedid("1.1"), "at": at(seconds)}
        self.put(
            TalkEnded(**key, parties=(CLIENT, ANNA)), CallEnded(**key, ended_by=EndedBy.CALLER)
        )

    async def facts(self) -> Facts:
        await self.keeper.flush()
        async with self.db.read() as session:
            return (await facts_of(session, [self.user_id]))[self.user_id]

    async def state(self) -> State:
        return state_of(await self.facts(), self.clock.now, 20).state

    async def notices(self) -> list[list[int]]:
        async with self.db.read() as session:
            query = select(FeedEvent).where(FeedEvent.topic == "state").order_by(FeedEvent.id)
            return [row.payload["users"] for row in await session.scalars(query)]


@asynccontextmanager
async def kept(db: Database) -> AsyncIterator[Kept]:
    anna = await person(db, "anna", extensions=("101",))
    owners = PhoneOwners()
    async with db.read() as session:
        await owners.load(session)
    yield Kept(db, anna.user_id, owners)


async def test_call_is_followed_into_the_wrap_up_and_out_of_it(db: Database) -> None:
    async with kept(db) as one:
        one.keeper.put(one.idle, None)
        assert await one.state() is State.AVAILABLE
        one.clock.now = at(5)
        one.talk()
        assert await one.state() is State.TALKING
        one.clock.now = at(60)
        one.hang_up(60)
        assert await one.state() is State.WRAP_UP
        async with db.write() as session:
            await set_ready(session, one.user_id, at(60))
        assert await one.state() is State.AVAILABLE


async def test_end_of_the_wrap_up_is_told_once(db: Database) -> None:
    async with kept(db) as one:
        one.keeper.put(one.idle, None)
        one.clock.now = at(4)
        one.talk()
        one.hang_up(4)
        one.clock.now = at(23.9)
        await one.facts()
        told = len(await one.notices())
        one.clock.now = at(24)
        assert await one.state() is State.AVAILABLE
        await one.facts()
        assert (await one.notices())[told:] == [[one.user_id]]


async def test_changes_of_a_moment_are_one_notice_that_names_the_people(db: Database) -> None:
    async with kept(db) as one:
        for state in ("ringing", "in_use", "idle"):
            one.keeper.put(DeviceChanged(pbx=PBX, at=at(0), extension="101", state=state), None)
        one.keeper.put(DeviceChanged(pbx=PBX, at=at(0), extension="199", state="idle"), None)
        await one.facts()
        one.keeper.put(DeviceChanged(pbx=PBX, at=at(1), extension="101", state="idle"), None)
        await one.facts()
        assert await one.notices() == [[one.user_id]]


async def test_new_process_goes_on_with_what_was_kept_and_takes_the_listing_for_true(
    db: Database,
) -> None:
    async with kept(db) as one:
        one.talk()
        paused = replace(SALES, paused=True, reason="lunch", paused_at=at(-60))
        one.keeper.put(MemberChanged(pbx=PBX, at=at(0), member=paused), None)
        gone = replace(SALES, queue="support")
        one.keeper.put(MemberChanged(pbx=PBX, at=at(0), member=gone), None)
        await one.facts()
        one.keeper = one.new_keeper()
        await one.keeper.load("main")
        assert one.record is not None
        one.keeper.take_up("main", [one.record])
        assert await one.state() is State.TALKING
        one.hang_up(10)
        one.clock.now = at(10)
        assert await one.state() is State.WRAP_UP
        listed = AgentsListed(pbx=PBX, at=at(40), members=(paused,), devices=(("101", "idle"),))
        one.keeper.put(listed, None)
        one.clock.now = at(40)
        facts = await one.facts()
        assert [(m.queue, m.paused, m.changed_at) for m in facts.memberships] == [
            ("sales", True, at(-60))
        ]
        assert await one.state() is State.PAUSED


async def test_calls_that_ended_while_nobody_listened_keep_nobody_busy(db: Database) -> None:
    async with kept(db) as one:
        one.keeper.put(one.idle, None)
        one.talk()
        await one.facts()
        one.keeper = one.new_keeper()
        await one.keeper.load("main")
        one.keeper.take_up("main", [])
        assert await one.state() is State.AVAILABLE


async def test_lost_pbx_is_kept_with_the_time_of_the_first_loss(db: Database) -> None:
    async with kept(db) as one:
        one.keeper.put(DeviceChanged(pbx=PBX, at=at(0), extension="101", state="idle"), None)
        one.clock.now = at(30)
        for seconds in (10, 20):
            one.keeper.put(LinkLost(pbx=PBX, at=at(seconds)), None)
        assert (await one.facts()).phones[0].blind_at == at(10)
        one.keeper.put(LinkRestored(pbx=PBX, at=at(25)), None)
        assert (await one.facts()).phones[0].blind_at is None


async def test_database_that_is_away_loses_nothing(db: Database) -> None:
    async with kept(db) as one:
        write = one.db.write

        def away() -> object:
            raise DatabaseUnavailable("locked")

        one.db.write = away  # type: ignore[method-assign, assignment]
        one.talk()
        assert not await one.keeper.flush()
        one.db.write = write  # type: ignore[method-assign]
        assert await one.state() is State.TALKING


async def test_row_that_cannot_be_written_stops_nothing(db: Database) -> None:
    async with kept(db) as one:
        impossible = replace(SALES, reason="lunch\ud800")  # no text that a database can hold
        one.keeper.put(MemberChanged(pbx=PBX, at=at(0), member=impossible), None)
        assert await one.keeper.flush()
        one.talk()
        assert await one.state() is State.TALKING


async def test_person_says_that_they_are_away_and_back(db: Database) -> None:
    async with kept(db) as one:
        one.keeper.put(one.idle, None)
        async with db.write() as session:
            await set_away(session, one.user_id, True, " bank ", at(0))
        facts = await one.facts()
        assert (facts.away, facts.away_reason, facts.away_at) == (True, "bank", at(0))
        async with db.write() as session:
            await set_away(session, one.user_id, False, "", at(9))
        assert await one.state() is State.AVAILABLE
