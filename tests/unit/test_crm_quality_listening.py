"""What is listened to: the queue and its draw."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support.people import person
from support.quality import NOON, calls_of, card, spoken

from calls.db import Database
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.quality import listening, listening_rules, reviews
from crm.quality.listening_rules import Wish
from crm.quality.picking import Candidate, Conditions, draw
from crm.quality.reviews import Mark
from crm.tables import ListeningItem

EVERY = Conditions(min_talk_s=0)
CALLS = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 4)), unique_by=lambda one: one[0])


@given(CALLS, st.integers(1, 5))
def test_draw_takes_no_more_of_one_operator_and_is_the_same_again(
    calls: list[tuple[int, int]], most: int
) -> None:
    candidates = [Candidate(call, operator) for call, operator in calls]
    chosen = draw("rule:week", candidates, {1: 1}, most)
    assert chosen == draw("rule:week", list(reversed(candidates)), {1: 1}, most)
    for operator in (1, 2, 3, 4):
        there = sum(one.operator_id == operator for one in candidates)
        free = most - (operator == 1)
        assert sum(one.operator_id == operator for one in chosen) == min(there, free)


async def test_queue_is_filled_fairly_and_only_once(db: Database) -> None:
    sveta = await person(db, "sveta", "supervisor")
    anna = await person(db, "anna", extensions=("101",))
    boris = await person(db, "boris", extensions=("102",))
    await calls_of(db, "101", 6)
    await calls_of(db, "102", 2)
    async with db.write() as session:
        wish = Wish(name="Three each", kind="random", conditions=EVERY)
        await listening_rules.put_rule(session, sveta, wish)
        assert await listening.fill(session, NOON + timedelta(hours=1)) == 5
        assert await listening.fill(session, NOON + timedelta(hours=2)) == 0
        operators = list(await session.scalars(select(ListeningItem.operator_id)))
        assert operators.count(anna.user_id) == 3
        assert operators.count(boris.user_id) == 2
        assert await listening.count_waiting(session, sveta) == 5
        with pytest.raises(Forbidden):
            await listening.waiting(session, anna)


async def test_rule_takes_the_calls_in_which_its_words_were_said(db: Database) -> None:
    sveta = await person(db, "sveta", "supervisor")
    async with db.write() as session:
        rival = await spoken(session, "1795300001.1", [("client", "у ромашки скидка больше")])
        await spoken(session, "1795300002.1", [("client", "спасибо до свидания")])
        wish = Wish(name="Rivals", kind="word", conditions=EVERY, query="ромашка")
        rule = await listening_rules.put_rule(session, sveta, wish)
        short = Wish(name="Long", kind="rule", conditions=Conditions(min_talk_s=3600))
        await listening_rules.put_rule(session, sveta, short)
        await listening.fill(session, NOON + timedelta(hours=1))
        ((item, call),) = await listening.waiting(session, sveta)
        assert (item.why, item.rule_id, call.id) == ("word", rule.id, rival.call_id)
        for wrong in (
            Wish(name="", kind="random", conditions=EVERY),
            Wish(name="x", kind="word", conditions=EVERY, query='"open'),
            Wish(name="x", kind="other", conditions=EVERY),
            Wish(name="x", kind="random", conditions=EVERY, per_operator=0),
        ):
            with pytest.raises(Invalid):
                await listening_rules.put_rule(session, sveta, wrong)
        with pytest.raises(NotFound):
            await listening_rules.put_rule(session, sveta, wish, rule_id=99)


async def test_call_leaves_the_queue_when_it_is_judged_and_comes_back_on_request(
    db: Database,
) -> None:
    sveta = await person(db, "sveta", "supervisor")
    vera = await person(db, "vera", "supervisor")
    (first, second), form = await calls_of(db, "101", 2), await card(db, sveta)
    async with db.write() as session:
        await listening.add(session, sveta, first)
        with pytest.raises(Conflict):
            await listening.add(session, vera, first)
        own = await listening.add(session, sveta, second, vera.user_id)
        assert await listening.count_waiting(session, sveta) == 1
        assert await listening.count_waiting(session, vera) == 2
        assert await listening.count_waiting(session, vera, mine=True) == 1
        review = await reviews.begin(session, sveta, first, form.id)
        points = {"greeted": 1, "asked": 5, "consent": 1}
        marks = {key: Mark(points=given) for key, given in points.items()}
        await reviews.write(session, sveta, review.id, marks, "")
        await reviews.finish(session, sveta, review.id)
        assert await listening.count_waiting(session, sveta) == 0
        await listening.skip(session, vera, own.id)
        with pytest.raises(NotFound):
            await listening.skip(session, vera, own.id)
        with pytest.raises(NotFound):
            await listening.take_back(session, sveta, own.id)
        await listening.take_back(session, vera, own.id)
        assert await listening.count_waiting(session, vera) == 1


def test_conditions_that_cannot_be_are_refused() -> None:
    assert listening_rules.conditions_of({"min_talk_s": "30"}).min_talk_s == 30
    for endless in ("nan", "inf", "1e30"):
        with pytest.raises(Invalid):
            listening_rules.conditions_of({"min_hold_s": endless})
    with pytest.raises(Invalid):
        listening_rules.conditions_of({"min_talk_s": "-1"})
