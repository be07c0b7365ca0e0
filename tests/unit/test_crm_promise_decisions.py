"""Found promises: into the ledger, confirmed or rejected with one decision, closed with evidence, taken back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support import acts
from support.clients import client
from support.people import person
from support.told_calls import NOON, Teller, Told

from calls.db import Database
from calls.promises.task import Rules, find_acts
from calls.tables import Call, SpeechAct, Transcript, Utterance
from crm import (
    client_card,
    promise_decisions,
    promise_evidence,
    promise_finding,
    promise_precision,
    promise_queries,
    promise_report,
    promise_watch,
    tasks,
)
from crm.access import Actor
from crm.errors import Conflict, Forbidden
from crm.promise_decisions import Closing, House
from crm.promise_due import ends_at, kept_in_time
from crm.promise_queries import Tab, Wanted
from crm.tables import Notification, Promise, PromiseEvidence, Task
from pbx.events import Direction

MOSCOW = ZoneInfo("Europe/Moscow")
HOUSE = House(MOSCOW, lambda promise: promise.what or promise.action)
ANNA = "+79160000001"
DAY = date(2026, 11, 20)


@dataclass
class World:
    db: Database
    boss: Actor
    operator: Actor
    client_id: int
    transcript_id: int

    async def understand(self, rules: Rules = acts.RULES) -> None:
        async with self.db.write() as session:
            transcript = await session.get_one(Transcript, self.transcript_id)
            await find_acts(session, transcript, rules=rules, zone=MOSCOW)
            await promise_finding.keep_found(session, transcript)

    async def promise(self) -> Promise:
        async with self.db.read() as session:
            return (await session.scalars(select(Promise))).one()

    async def confirm(self, actor: Actor | None = None) -> None:
        promise_id = (await self.promise()).id
        async with self.db.write() as session:
            await promise_decisions.confirm(session, actor or self.boss, promise_id, HOUSE)

    async def close(self, closing: Closing) -> None:
        promise_id = (await self.promise()).id
        async with self.db.write() as session:
            await promise_decisions.close(session, self.boss, promise_id, closing, MOSCOW)

    async def undo(self) -> None:
        promise_id = (await self.promise()).id
        async with self.db.write() as session:
            await promise_decisions.undo(session, self.boss, promise_id)


@pytest.fixture
async def world(db: Database) -> World:
    """A call of today's in which operator 101 promised, understood once."""
    boss = await person(db, "vera", "supervisor")
    operator = await person(db, "oleg", extensions=("101",))
    client_id = await client(db, "Анна", ANNA)
    await Teller(db).tell(Told(number=ANNA, talks=((1, 30, "101"),), lasted_s=30))
    async with db.write() as session:
        call = (await session.scalars(select(Call))).one()
        transcript = Transcript(
            call_id=call.id, origin="engine", model="m", lang="ru", created_at=NOON
        )
        transcript.utterances = [
            Utterance(call_id=call.id, turn=0, side="operator", speaker="101", start_s=2.0, end_s=6.0,
                      text="мы сделаем вам скидку десять процентов"),
            Utterance(call_id=call.id, turn=1, side="client", start_s=7.0, end_s=9.0,
                      text="раньше вы обещали больше"),
        ]  # fmt: skip
        session.add(transcript)
        await session.flush()
        world = World(db, boss, operator, client_id, transcript.id)
    await world.understand()
    return world


async def test_found_promise_names_client_person_day_and_sum(world: World) -> None:
    promise = await world.promise()
    assert (promise.state, promise.found_by, promise.what, promise.rules) == (
        "found",
        "rules",
        "",
        "test-1",
    )
    assert (promise.client_id, promise.promiser_id) == (world.client_id, world.operator.user_id)
    assert (promise.due_on, promise.action, promise.amount_unit) == (DAY, "discount", "percent")
    assert promise.quote == "сделаем вам скидку десять процентов"


async def test_undecided_promise_follows_the_rules_and_decided_ones_stay(world: World) -> None:
    none = Rules(lambda *_asked: [], "test-2")
    first = (await world.promise()).id
    await world.understand()
    assert (await world.promise()).id == first
    await world.confirm()
    await world.understand(none)
    kept = await world.promise()
    assert (kept.id, kept.state, kept.act_id) == (first, "open", None)
    await world.understand()
    again = await world.promise()
    assert (again.id, again.state) == (first, "open")
    assert again.act_id is not None


async def test_promise_that_is_found_no_more_goes_when_nobody_decided(world: World) -> None:
    await world.understand(Rules(lambda *_asked: [], "test-2"))
    async with world.db.read() as session:
        assert (await session.scalars(select(Promise))).all() == []


async def test_another_reading_of_the_call_keeps_what_was_decided(world: World) -> None:
    await world.confirm()
    before = await world.promise()
    async with world.db.write() as session:
        old = await session.get_one(Transcript, world.transcript_id)
        old.current = False
        new = Transcript(
            call_id=old.call_id, origin="engine", model="big", lang="ru", created_at=NOON
        )
        new.utterances = [
            Utterance(call_id=old.call_id, turn=0, side="operator", speaker="101", start_s=2.1, end_s=6.1,
                      text="да мы сделаем вам скидку десять процентов"),
        ]  # fmt: skip
        session.add(new)
        await session.flush()
        world.transcript_id = new.id
    await world.understand()
    after = await world.promise()
    assert (after.id, after.state, after.quote) == (before.id, "open", before.quote)


async def test_confirmation_makes_a_task_for_who_promised_until_that_evening(world: World) -> None:
    await world.confirm()
    async with world.db.read() as session:
        task = (await session.scalars(select(Task))).one()
    due = datetime.combine(DAY, time(18), MOSCOW)
    assert (task.assignee_id, task.due_at, task.title) == (world.operator.user_id, due, "discount")
    assert (task.client_id, (await world.promise()).task_id) == (world.client_id, task.id)


async def test_promise_confirmed_by_two_at_once_gives_one_task(world: World) -> None:
    said = await asyncio.gather(
        *(world.confirm(actor) for actor in (world.boss, world.operator)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in said) == ["Conflict", "NoneType"]
    async with world.db.read() as session:
        assert len((await session.scalars(select(Task))).all()) == 1


async def test_who_promised_may_confirm_but_never_reject_or_close(world: World) -> None:
    promise_id = (await world.promise()).id
    stranger = await person(world.db, "olga", extensions=("102",))
    async with world.db.write() as session:
        with pytest.raises(Forbidden):
            await promise_decisions.confirm(session, stranger, promise_id, HOUSE)
        with pytest.raises(Forbidden):
            await promise_decisions.reject(session, world.operator, promise_id)
    await world.confirm(world.operator)
    async with world.db.write() as session:
        with pytest.raises(Forbidden):
            await promise_decisions.close(
                session, world.operator, promise_id, Closing(outcome="kept"), MOSCOW
            )


async def test_decisions_are_the_rules_precision_until_they_are_taken_back(world: World) -> None:
    promise_id = (await world.promise()).id
    async with world.db.write() as session:
        await promise_decisions.reject(session, world.boss, promise_id)
        assert await promise_precision.overall(session) == promise_precision.Precision(0, 1)
    await world.undo()
    assert (await world.promise()).state == "found"
    await world.confirm()
    async with world.db.read() as session:
        kinds = await promise_precision.by_kind(session)
        months = await promise_precision.by_month(
            session, (NOON - timedelta(9999), NOON + timedelta(9999)), MOSCOW
        )
    assert [(row.action, row.precision.right, row.precision.judged) for row in kinds] == [
        ("discount", 1, 1)
    ]
    assert [(row.rules, row.precision.judged) for row in months] == [("test-1", 1)]
    with pytest.raises(Conflict):
        await world.confirm()


async def test_confirmation_taken_back_cancels_its_task(world: World) -> None:
    await world.confirm()
    await world.undo()
    async with world.db.read() as session:
        assert (await session.scalars(select(Task.state))).all() == ["cancelled"]
    assert (await world.promise()).task_id is None


async def test_done_task_proposes_kept_and_the_time_of_its_evidence_counts(world: World) -> None:
    await world.confirm()
    async with world.db.write() as session:
        task_id = (await session.scalars(select(Task.id))).one()
        await tasks.close(session, world.operator, task_id)
    promise = await world.promise()
    assert (promise.state, promise.proposed) == ("open", "kept")
    async with world.db.write() as session:
        said = (await session.scalars(select(PromiseEvidence))).one()
        assert (said.kind, said.subject_id, said.by_id) == ("task", task_id, world.operator.user_id)
        said.at = NOON + timedelta(hours=1)
    await world.close(Closing(outcome="kept"))
    promise = await world.promise()
    assert (promise.state, promise.in_time, promise.done_at) == (
        "kept",
        True,
        NOON + timedelta(hours=1),
    )


async def test_kept_late_and_cancelled_say_so(world: World) -> None:
    await world.confirm()
    await world.close(Closing(outcome="kept", done_at=NOON + timedelta(days=3)))
    assert (await world.promise()).in_time is False
    await world.undo()
    assert (await world.promise()).state == "open"
    async with world.db.read() as session:
        assert (await session.scalars(select(Task.state))).all() == ["open"], "undone with it"
    await world.close(Closing(outcome="cancelled", cancelled_by="client", reason="передумала"))
    promise = await world.promise()
    assert (promise.cancelled_by, promise.reason) == ("client", "передумала")


async def test_later_talk_with_the_client_is_proposed_and_taken_as_evidence(world: World) -> None:
    await world.confirm()
    later = NOON + timedelta(hours=2)
    await Teller(world.db).tell(
        Told(number=ANNA, at=later, direction=Direction.OUT, talks=((1, 30, "101"),), lasted_s=30)
    )
    promise = await world.promise()
    async with world.db.write() as session:
        (found,) = await promise_evidence.proposals(session, world.boss, promise)
        assert (found.kind, found.outgoing) == ("call", True)
        await promise_evidence.take(session, world.boss, promise.id, "call", found.subject_id)
        assert await promise_evidence.proposals(session, world.boss, promise) == []


async def test_call_backs_that_nobody_made_do_not_stand_in_the_way_of_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promise_watch, "MOST_AT_ONCE", 1)
    first = await world.promise()
    lonely = await client(world.db, "Борис", "+79160000002")
    async with world.db.write() as session:
        promise = await session.get_one(Promise, first.id)
        promise.state, promise.action, promise.due_on = "open", "callback", None
        newer = Promise(
            call_id=first.call_id, client_id=lonely, quote="so", what="", state="open",
            action="callback", by_side="operator", marked_at=NOON,
        )  # fmt: skip
        session.add(newer)
    soon = NOON + timedelta(hours=3)
    async with world.db.read() as session:
        assert not await promise_watch.has_work(session, soon, MOSCOW)
    later = NOON + timedelta(hours=2)
    await Teller(world.db).tell(
        Told(number=ANNA, at=later, direction=Direction.OUT, talks=((1, 30, "101"),), lasted_s=30)
    )
    async with world.db.write() as session:
        assert await promise_watch.has_work(session, soon, MOSCOW)
        assert await promise_watch.look(session, soon, MOSCOW) == 1
        assert (await session.get_one(Promise, first.id)).proposed == "kept"


async def test_overdue_promise_is_told_once_and_seems_broken(world: World) -> None:
    await world.confirm()
    late = NOON + timedelta(days=1)
    for _again in range(2):
        async with world.db.write() as session:
            await promise_watch.look(session, late, MOSCOW)
    assert (await world.promise()).proposed == "broken"
    async with world.db.read() as session:
        told = (
            await session.scalars(
                select(Notification.user_id).where(Notification.kind == "promise_overdue")
            )
        ).all()
        assert told == [world.operator.user_id]
        counts = await promise_queries.counts(session, world.boss, Wanted(), late, MOSCOW)
        assert counts[Tab.OVERDUE] == 1
        period = (NOON - timedelta(days=1), late)
        report = await promise_report.report(session, world.boss, period, late, MOSCOW)
    assert (report.total.overdue, report.total.broken_share) == (1, 1.0)
    assert [name for name, _kept in report.by_person] == ["Oleg"]


async def test_card_shows_found_promises_as_not_checked_behind_confirmed_ones(
    world: World,
) -> None:
    async def states() -> list[str]:
        async with world.db.read() as session:
            card = await client_card.for_client(session, world.boss, world.client_id)
        return [one.state for one in card.open_promises]

    assert await states() == ["found"]
    await world.confirm()
    assert await states() == ["open"]
    async with world.db.write() as session:
        session.add(
            Promise(
                call_id=(await world.promise()).call_id,
                client_id=world.client_id,
                quote="so",
                what="",
                state="found",
                due_on=DAY - timedelta(days=5),
                marked_at=NOON,
            )
        )
    assert await states() == ["open", "found"]


async def test_operator_sees_own_promises_only(world: World) -> None:
    other = await person(world.db, "olga", extensions=("102",))
    async with world.db.read() as session:
        for actor, count in ((world.operator, 1), (world.boss, 1), (other, 0)):
            lines = await promise_queries.page(session, actor, Wanted(), NOON, MOSCOW)
            assert len(lines) == count, actor.login
    assert lines == []


async def test_claim_is_judged_and_the_last_word_counts(world: World) -> None:
    async with world.db.write() as session:
        act = (await session.scalars(select(SpeechAct).where(SpeechAct.label == "claim"))).one()
        for is_right in (True, False):
            await promise_decisions.judge_act(session, world.boss, act, is_right=is_right)
        found = await promise_precision.overall(session, "claim")
    assert found == promise_precision.Precision(0, 1)


@pytest.mark.parametrize(
    ("hour", "done", "in_time"),
    [
        (None, datetime(2026, 11, 20, 23, 59, tzinfo=MOSCOW), True),
        (None, datetime(2026, 11, 21, 0, 0, tzinfo=MOSCOW), False),
        (time(14, 30), datetime(2026, 11, 20, 14, 30, tzinfo=MOSCOW), True),
        (time(14, 30), datetime(2026, 11, 20, 14, 31, tzinfo=MOSCOW), False),
    ],
)
def test_day_ends_at_midnight_there_and_an_hour_at_its_minute(
    hour: time | None, done: datetime, in_time: bool
) -> None:
    assert kept_in_time(done, DAY, hour, MOSCOW) is in_time
    assert kept_in_time(done, None, None, MOSCOW) is None
    assert ends_at(None, None, MOSCOW) is None
