"""Disputes: from the claim over proposed evidence to a verdict of one or two people."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support import acts
from support.clients import client
from support.people import person
from support.told_calls import NOON, Teller, Told

from calls.db import Database
from calls.promises.task import find_acts
from calls.search import index_utterances
from calls.tables import Call, SpeechAct, Transcript, Utterance
from crm import (
    company_settings,
    dispute_evidence,
    dispute_queries,
    dispute_score,
    dispute_verdict,
    dispute_visibility,
    disputes,
    promise_decisions,
    promise_finding,
)
from crm.access import Actor
from crm.dispute_evidence import Spot
from crm.dispute_queries import Asked
from crm.dispute_rules import SETTING, DisputeRules
from crm.dispute_score import Said, Subject
from crm.dispute_verdict import Verdict
from crm.disputes import DisputeFields
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.promise_decisions import House
from crm.tables import Dispute, DisputeEvidence, DisputeRemark, Notification, Promise

MOSCOW = ZoneInfo("Europe/Moscow")
ANNA = "+79160000001"
TODAY = date(2026, 11, 20)
TALKS = (
    ("operator", "мы сделаем вам скидку десять процентов"),
    ("client", "спасибо за скидку на доставку мебели"),
    ("operator", "больше скидку дать не можем"),
)


@dataclass
class World:
    db: Database
    boss: Actor
    second: Actor
    operator: Actor
    client_id: int
    calls: list[int] = field(default_factory=list)

    async def open(self, **more: object) -> int:
        fields = {
            "client_id": self.client_id,
            "claim": "обещали скидку десять процентов на доставку мебели",
            "claimed_on": TODAY,
            "action": "discount",
            "amount": Decimal(10),
            "unit": "percent",
            **more,
        }
        async with self.db.write() as session:
            opened = await disputes.open_dispute(
                session,
                self.boss,
                DisputeFields(**fields),  # type: ignore[arg-type]
            )
            await dispute_evidence.propose(session, self.boss, opened.id, MOSCOW)
            return opened.id

    async def evidence(self, dispute_id: int) -> list[DisputeEvidence]:
        async with self.db.read() as session:
            return await dispute_evidence.of_dispute(session, dispute_id)

    async def take(self, dispute_id: int, row: DisputeEvidence, speaks: str = "for") -> None:
        async with self.db.write() as session:
            await dispute_evidence.weigh(
                session, self.boss, dispute_id, row.id, "taken", speaks, "слышно ясно"
            )

    async def decide(self, dispute_id: int, verdict: str, actor: Actor | None = None) -> None:
        said = Verdict(verdict=verdict, text="так было сказано", granted=Decimal(5))
        async with self.db.write() as session:
            await dispute_verdict.decide(session, actor or self.boss, dispute_id, said)

    async def dispute(self, dispute_id: int) -> Dispute:
        async with self.db.read() as session:
            return await session.get_one(Dispute, dispute_id)


@pytest.fixture
async def world(db: Database) -> World:
    """A client with a talk ten days ago that was heard and understood, and one that nobody recorded."""
    boss = await person(db, "vera", "supervisor")
    second = await person(db, "nina", "supervisor")
    operator = await person(db, "oleg", extensions=("101",))
    world = World(db, boss, second, operator, await client(db, "Анна", ANNA))
    for days in (10, 5):
        told = Told(
            number=ANNA, at=NOON - timedelta(days=days), talks=((1, 30, "101"),), lasted_s=30
        )
        await Teller(db).tell(told)
    async with db.write() as session:
        world.calls = list((await session.scalars(select(Call.id).order_by(Call.id))).all())
        transcript = Transcript(
            call_id=world.calls[0], origin="engine", model="m", lang="ru", created_at=NOON
        )
        transcript.utterances = [
            Utterance(call_id=world.calls[0], turn=turn, side=side, start_s=5.0 * turn,
                      end_s=5.0 * turn + 4, text=text, speaker="101" if side == "operator" else "")
            for turn, (side, text) in enumerate(TALKS)
        ]  # fmt: skip
        session.add(transcript)
        await index_utterances(session, transcript.utterances)
        await find_acts(session, transcript, rules=acts.RULES, zone=MOSCOW)
        await promise_finding.keep_found(session, transcript)
    return world


async def test_acts_and_words_of_the_claim_are_proposed_the_likeliest_first(world: World) -> None:
    opened = await world.open()
    found = await world.evidence(opened)
    assert [(one.found_by, one.state, one.speaks) for one in found] == [
        ("promise", "proposed", ""),
        ("refusal", "proposed", ""),
        ("search", "proposed", ""),
    ]
    assert found[0].quote == "сделаем вам скидку десять процентов"
    assert (found[0].score, found[0].speaker) == (1.0, "101")
    assert [dispute_score.leaning(one.found_by, one.side) for one in found] == [
        "for",
        "against",
        "",
    ]
    assert found[2].quote == TALKS[1][1]


async def test_what_could_not_be_heard_is_counted(world: World) -> None:
    opened = await world.dispute(await world.open())
    async with world.db.read() as session:
        seen = await dispute_evidence.coverage(session, opened, MOSCOW)
    assert (seen.talks, seen.heard, seen.unheard) == (2, 1, 1)


async def test_days_and_client_bound_the_search(world: World) -> None:
    late = await world.open(promised_from=TODAY - timedelta(days=6))
    assert await world.evidence(late) == []
    stranger = await client(world.db, "Борис", "+79160000002")
    assert await world.evidence(await world.open(client_id=stranger)) == []


async def test_looking_again_keeps_what_was_weighed(world: World) -> None:
    opened = await world.open()
    first = await world.evidence(opened)
    await world.take(opened, first[0])
    async with world.db.write() as session:
        await dispute_evidence.weigh(session, world.boss, opened, first[1].id, "dismissed")
        assert await dispute_evidence.propose(session, world.boss, opened, MOSCOW) == 1
    again = await world.evidence(opened)
    assert [(one.id, one.state) for one in again] == [
        (first[0].id, "taken"),
        (first[2].id, "proposed"),
        (first[1].id, "dismissed"),
    ]


async def test_taken_promise_is_disputed_and_names_whose_words_it_was(world: World) -> None:
    opened = await world.open()
    await world.take(opened, (await world.evidence(opened))[0])
    found = await world.dispute(opened)
    async with world.db.read() as session:
        promise = (await session.scalars(select(Promise))).one()
    assert (found.promise_id, found.respondent_id) == (promise.id, world.operator.user_id)
    assert promise.state == "disputed"


@pytest.mark.parametrize(
    ("verdict", "state", "granted"),
    [
        ("for_client", "broken", Decimal(5)),
        ("partly", "broken", Decimal(5)),
        ("for_company", "open", None),
        ("unproven", "open", None),
    ],
)
async def test_verdict_closes_the_case_and_settles_the_promise(
    world: World, verdict: str, state: str, granted: Decimal | None
) -> None:
    async with world.db.write() as session:
        promise_id = (await session.scalars(select(Promise.id))).one()
        house = House(MOSCOW, lambda promise: promise.action)
        await promise_decisions.confirm(session, world.boss, promise_id, house)
    opened = await world.open(promise_id=promise_id)
    await world.decide(opened, verdict)
    found = await world.dispute(opened)
    assert (found.state, found.verdict, found.granted) == ("closed", verdict, granted)
    async with world.db.read() as session:
        assert (await session.get_one(Promise, promise_id)).state == state
        told = await session.scalars(
            select(Notification.user_id).where(Notification.kind == "dispute_closed")
        )
        assert told.all() == [world.operator.user_id]
    with pytest.raises(Conflict):
        await world.decide(opened, verdict)


async def test_nobody_is_judge_of_his_own_words(world: World) -> None:
    opened = await world.open()
    async with world.db.write() as session:
        (await session.get_one(Dispute, opened)).respondent_id = world.boss.user_id
    with pytest.raises(Invalid, match="your own words"):
        await world.decide(opened, "for_company")
    assert (await world.dispute(opened)).state == "open"


async def test_second_supervisor_returns_with_words_and_approves(world: World) -> None:
    async with world.db.write() as session:
        root = await person(world.db, "root", "administrator")
        await company_settings.save(session, root, SETTING, DisputeRules(four_eyes=True))
    opened = await world.open()
    await world.decide(opened, "unproven")
    assert (await world.dispute(opened)).state == "awaiting"
    async with world.db.write() as session:
        with pytest.raises(Forbidden):
            await dispute_verdict.approve(session, world.boss, opened)
        await dispute_verdict.send_back(session, world.second, opened, "послушайте ещё раз")
    assert (await world.dispute(opened)).state == "open"
    await world.decide(opened, "for_client")
    async with world.db.write() as session:
        await dispute_verdict.approve(session, world.second, opened)
    found = await world.dispute(opened)
    assert (found.state, found.decided_by_id, found.approved_by_id) == (
        "closed",
        world.boss.user_id,
        world.second.user_id,
    )
    async with world.db.read() as session:
        remarks = (await session.scalars(select(DisputeRemark))).all()
    assert [(one.kind, one.text) for one in remarks] == [("returned", "послушайте ещё раз")]


async def test_verdict_approved_and_returned_at_once_is_one_of_both(world: World) -> None:
    root = await person(world.db, "root", "administrator")
    async with world.db.write() as session:
        await company_settings.save(session, root, SETTING, DisputeRules(four_eyes=True))
    opened = await world.open()
    await world.decide(opened, "for_client")

    async def approve() -> None:
        async with world.db.write() as session:
            await dispute_verdict.approve(session, world.second, opened)

    async def send_back() -> None:
        async with world.db.write() as session:
            await dispute_verdict.send_back(session, root, opened, "послушайте ещё раз")

    said = await asyncio.gather(approve(), send_back(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in said) == ["Conflict", "NoneType"]
    found = await world.dispute(opened)
    assert found.state == ("closed" if said[0] is None else "open")
    assert found.approved_by_id == (world.second.user_id if said[0] is None else None)


async def test_undone_break_after_a_dispute_leaves_an_open_promise(world: World) -> None:
    async with world.db.write() as session:
        promise_id = (await session.scalars(select(Promise.id))).one()
        house = House(MOSCOW, lambda promise: promise.action)
        await promise_decisions.confirm(session, world.boss, promise_id, house)
    await world.decide(await world.open(promise_id=promise_id), "for_client")
    async with world.db.write() as session:
        await promise_decisions.undo(session, world.boss, promise_id)
    async with world.db.read() as session:
        assert (await session.get_one(Promise, promise_id)).state == "open"


async def test_operator_sees_the_result_and_answers(world: World) -> None:
    opened = await world.open()
    await world.take(opened, (await world.evidence(opened))[0])
    async with world.db.read() as session:
        with pytest.raises(Forbidden):
            await dispute_visibility.get(session, world.operator, opened)
    await world.decide(opened, "for_client")
    async with world.db.write() as session:
        found = await dispute_visibility.get(session, world.operator, opened)
        assert found.verdict == "for_client"
        await disputes.answer(session, world.operator, opened, "я говорил про другую мебель")
        kinds = (await session.scalars(select(DisputeRemark.kind))).all()
        told = (
            await session.scalars(
                select(Notification.user_id).where(Notification.kind == "dispute_answer")
            )
        ).all()
    assert (kinds, told) == (["answer"], [world.boss.user_id])


async def test_moment_added_by_hand_keeps_its_words(world: World) -> None:
    opened = await world.open()
    async with world.db.write() as session:
        turn = (await session.scalars(select(Utterance).where(Utterance.turn == 1))).one()
        row = await dispute_evidence.add(
            session,
            world.boss,
            opened,
            Spot(call_id=turn.call_id, utterance_id=turn.id, word_from=0, word_to=2),
        )
        assert (row.quote, row.state, row.found_by) == ("спасибо за скидку", "taken", "person")
        with pytest.raises(Invalid):
            await dispute_evidence.add(session, world.boss, opened, Spot(call_id=turn.call_id))
        with pytest.raises(NotFound):
            await dispute_evidence.add(
                session, world.boss, opened, Spot(call_id=world.calls[1], utterance_id=turn.id)
            )


async def test_claim_that_opened_the_case_is_no_evidence_for_itself(world: World) -> None:
    async with world.db.write() as session:
        act = SpeechAct(
            call_id=world.calls[0], transcript_id=(await session.scalars(select(Transcript.id))).one(),
            utterance_id=(await session.scalars(select(Utterance.id).where(Utterance.turn == 1))).one(),
            label="claim", action="discount", amount_value=Decimal(10), amount_unit="percent",
            side="client", word_from=0, word_to=1, quote="вы обещали", start_s=5.0, end_s=9.0, rules="t",
        )  # fmt: skip
        session.add(act)
        await session.flush()
        act_id = act.id
    with_itself = await world.evidence(await world.open())
    without = await world.evidence(await world.open(act_id=act_id))
    assert "claim" in [one.found_by for one in with_itself]
    assert "claim" not in [one.found_by for one in without]


async def test_report_counts_how_cases_ended(world: World) -> None:
    for verdict in ("for_client", "unproven"):
        opened = await world.open()
        await world.take(opened, (await world.evidence(opened))[0])
        await world.decide(opened, verdict)
    await world.open()
    async with world.db.read() as session:
        period = (NOON - timedelta(days=3650), NOON + timedelta(days=3650))
        report = await dispute_queries.report(session, world.boss, period)
        counts = await dispute_queries.counts(session, world.boss, Asked())
    assert (report.total.count, report.waiting) == (2, 1)
    assert report.total.verdicts == {"for_client": 1, "unproven": 1}
    assert report.total.granted == {"percent": Decimal(5)}
    assert [name for name, _ends in report.by_operator] == ["Oleg"]
    assert counts == {"open": 1, "awaiting": 0, "closed": 2}


DISCOUNT = Subject(action="discount", amount=Decimal(10), unit="percent")


@pytest.mark.parametrize(
    ("said", "score"),
    [
        (Said(label="promise", about=DISCOUNT, by_client=False), 1.0),
        (Said(label="promise", about=DISCOUNT, by_client=False, firm=False), 0.9),
        (Said(label="promise", about=DISCOUNT, by_client=False, withdrawn=True), 0.75),
        (Said(label="promise", about=DISCOUNT, by_client=True), None),
        (Said(label="claim", about=DISCOUNT, by_client=True), 0.7),
        (Said(label="claim", about=DISCOUNT, by_client=False), None),
        (Said(label="promise", about=Subject(action="refund"), by_client=False), None),
        (
            Said(
                label="promise",
                about=Subject(action="discount", amount=Decimal(5), unit="percent"),
                by_client=False,
            ),
            0.65,
        ),
    ],
)
def test_score_says_how_likely_an_act_matters(said: Said, score: float | None) -> None:
    assert dispute_score.score_of(DISCOUNT, said) == score


def test_key_words_leave_out_what_every_claim_says() -> None:
    assert dispute_score.key_words("Мне обещали, что доставку мебели сделают за 3 дня") == [
        "доставку",
        "мебели",
        "сделают",
        "3",
    ]
    assert dispute_score.hit_score({"мебели"}, ["доставку", "мебели"]) is None
    assert dispute_score.hit_score({"мебели", "доставку"}, ["доставку", "мебели"]) == 0.6
