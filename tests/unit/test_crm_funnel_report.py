"""The funnel report: the counting against a plain recount, and the whole on both databases."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from support.people import person

from calls.db import Database
from crm import deals, funnel_counts, funnel_report, funnels
from crm.access import SYSTEM, Action, Scope
from crm.deals import DealFields
from crm.errors import Forbidden
from crm.funnel_counts import Place, Step
from crm.tables import Deal, DealStep, LossReason

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
PERIOD = (BEGIN, BEGIN + timedelta(days=10))
PLACES = [Place(1, "open", 0), Place(2, "open", 1), Place(3, "open", 2), Place(4, "won", 3),
          Place(5, "lost", 4)]  # fmt: skip
STRANGE = 9
"""A stage of another funnel."""


def walk(rnd: random.Random, deal_id: int) -> list[Step]:
    """A deal that skips, goes back, leaves the funnel and comes again."""
    at, steps = BEGIN + timedelta(days=rnd.randrange(-8, 8)), []
    for _ in range(rnd.randrange(1, 8)):
        steps.append(Step(deal_id, rnd.choice([1, 2, 3, 4, 5, STRANGE]), at))
        at += timedelta(hours=rnd.randrange(1, 100))
    return steps


def recount(steps: list[Step], stage: Place) -> dict[str, float]:
    """The definition, deal by deal and stage by stage, without any cleverness."""
    kinds = {place.stage_id: place for place in PLACES}
    numbers = dict.fromkeys(("came", "went_on", "won", "lost", "stays"), 0)
    seconds = 0.0
    for deal_id in {step.deal_id for step in steps}:
        own = [step for step in steps if step.deal_id == deal_id]
        inside = [
            index for index, step in enumerate(own)
            if step.stage_id == stage.stage_id and PERIOD[0] <= step.at < PERIOD[1]
        ]  # fmt: skip
        for index in inside:
            if index + 1 < len(own):
                numbers["stays"] += 1
                seconds += (own[index + 1].at - own[index].at).total_seconds()
        if not inside:
            continue
        numbers["came"] += 1
        later = [kinds[s.stage_id] for s in own[inside[0] + 1 :] if s.stage_id in kinds]
        if [p for p in later if p.kind == "won" or (p.kind == "open" and p.rank > stage.rank)]:
            numbers["went_on"] += 1
        if [p for p in later if p.kind == "won"]:
            numbers["won"] += 1
        ends = [p for p in later if p.kind != "open"]
        if ends and ends[-1].kind == "lost":
            numbers["lost"] += 1
    return numbers | {"seconds": seconds}


def test_counts_equal_a_plain_recount() -> None:
    rnd = random.Random(11)
    for _ in range(60):
        steps = [step for deal_id in range(rnd.randrange(0, 30)) for step in walk(rnd, deal_id)]
        amounts = {step.deal_id: ("RUB", Decimal(step.deal_id)) for step in steps}
        found = funnel_counts.count(steps, PLACES, PERIOD, amounts)
        for place in PLACES:
            n, expected = found[place.stage_id], recount(steps, place)
            told = {"came": n.came, "went_on": n.went_on, "won": n.won, "lost": n.lost,
                    "stays": n.stays, "seconds": n.stayed_s}  # fmt: skip
            assert told == expected
            came = {s.deal_id for s in steps
                    if s.stage_id == place.stage_id and PERIOD[0] <= s.at < PERIOD[1]}  # fmt: skip
            assert n.amount.get("RUB", Decimal(0)) == sum(map(Decimal, came))


async def test_report_counts_only_deals_that_the_reader_may_see(db: Database) -> None:
    mila, boris = await person(db, "mila", "manager"), await person(db, "boris")
    own = mila.__class__(
        user_id=mila.user_id, login="mila", name="Mila", role=mila.role,
        scopes={Action.SEE: Scope.OWN},
    )  # fmt: skip
    async with db.write() as session:
        funnel = await funnels.ensure(session, "en")
        stage = {one.name: one for one in funnels.stages_of(funnel)}
        reason = (await session.scalars(select(LossReason))).first()
        assert reason is not None
        for owner, amount, way in (
            (mila, 10, ("New", "Won")),
            (mila, 20, ("New", "Offer made", "Lost")),
            (boris, 400, ("New", "Needs found out", "New", "Won")),
        ):
            fields = DealFields(name="x", amount=Decimal(amount), responsible_id=owner.user_id)
            deal = await deals.create(session, SYSTEM, fields, stage_id=stage[way[0]].id)
            last = stage[way[-1]]
            deal.stage_id, deal.state = last.id, last.kind
            deal.opened_at, deal.closed_at = BEGIN, BEGIN + timedelta(days=len(way) - 1)
            deal.loss_reason_id = reason.id if last.kind == "lost" else None
            first = (
                await session.scalars(select(DealStep).where(DealStep.deal_id == deal.id))
            ).one()
            first.at = BEGIN
            session.add_all(
                DealStep(deal_id=deal.id, stage_id=stage[name].id, at=BEGIN + timedelta(days=day))
                for day, name in enumerate(way) if day
            )  # fmt: skip
        funnel_id = funnel.id
    async with db.read() as session:
        whole = await funnel_report.report(session, SYSTEM, funnel_id, PERIOD)
        mine = await funnel_report.report(session, own, funnel_id, PERIOD)
        later = (PERIOD[1], PERIOD[1] + timedelta(days=1))
        nothing = await funnel_report.report(session, SYSTEM, funnel_id, later)
        with pytest.raises(Forbidden):
            await funnel_report.report(session, boris, funnel_id, PERIOD)
    numbers = {stage.name: n for stage, n in whole.stages}
    new = numbers["New"]
    assert (new.came, new.went_on, new.won, new.lost, new.stays) == (3, 3, 2, 1, 4)
    assert new.days == 1.0
    assert new.amount == {"RUB": Decimal(430)}
    assert (numbers["Won"].came, numbers["Lost"].came) == (2, 1)
    assert [(row.name, row.count, row.amount) for row in whole.reasons] == [
        ("Too expensive", 1, {"RUB": Decimal(20)})
    ]
    assert {(row.name, row.opened, row.won, row.lost) for row in whole.people} == {
        ("Mila", 2, 1, 1), ("Boris", 1, 1, 0),
    }  # fmt: skip
    assert (mine.deals, {row.name for row in mine.people}) == (2, {"Mila"})
    assert dict((stage.name, n.came) for stage, n in mine.stages)["New"] == 2
    assert (nothing.deals, nothing.reasons, nothing.people) == (0, [], [])


async def test_every_deal_has_a_first_step(db: Database) -> None:
    async with db.write() as session:
        deal = await deals.create(session, SYSTEM, DealFields(name="x"))
        steps = (await session.scalars(select(DealStep).where(DealStep.deal_id == deal.id))).all()
        assert [step.stage_id for step in steps] == [
            (await session.get_one(Deal, deal.id)).stage_id
        ]
