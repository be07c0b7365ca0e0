"""Rules for words that matter: hits, missing words, alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from support.people import person
from support.quality import NOON, spoken

from calls.db import Database
from crm.access import Actor
from crm.errors import Forbidden, Invalid
from crm.quality import listening, topics
from crm.quality.topics import Wish
from crm.tables import Notification, TopicHit, TopicRule

TALK = (
    ("operator", "добрый день компания василёк"),
    ("client", "у ромашки скидка двадцать процентов это дёшево"),
    ("operator", "ничем не могу помочь разговор записывается"),
)


async def put(db: Database, actor: Actor, **values: object) -> TopicRule:
    async with db.write() as session:
        wish = Wish(**values)  # type: ignore[arg-type]
        return await topics.put_rule(session, actor, wish)


async def test_words_are_found_by_their_side_in_any_form(db: Database) -> None:
    sveta = await person(db, "sveta", "supervisor")
    anna = await person(db, "anna", extensions=("101",))
    rival = await put(db, sveta, name="Rivals", kind="topic", queries=["ромашка", "лютик"])
    rude = await put(
        db,
        sveta,
        name="Rude",
        kind="forbidden",
        side="operator",
        queries=['"ничем не могу помочь"'],
    )
    await put(db, sveta, name="Ours", kind="topic", side="client", queries=["василёк"])
    await put(db, sveta, name="Other queue", kind="topic", queries=["ромашка"], queues=["support"])
    async with db.write() as session:
        transcript = await spoken(session, "1795300001.1", TALK)
        await topics.apply(session, transcript)
        await topics.apply(session, transcript)
    async with db.read() as session:
        found = await topics.of_call(session, transcript.call_id)
        assert [(rule.id, hit.start_s, hit.word_from, hit.word_to) for hit, rule in found] == [
            (rival.id, 2.5, 1, 1),
            (rude.id, 4.0, 0, 3),
        ]
        assert {hit.operator_id for hit, _ in found} == {anna.user_id}
        numbers = await topics.counts(session, sveta, NOON, NOON + timedelta(days=1))
        assert numbers == {rival.id: 1, rude.id: 1}


async def test_script_that_was_not_followed_is_told(db: Database) -> None:
    sveta = await person(db, "sveta", "supervisor")
    said = await put(
        db, sveta, name="Told of recording", kind="required", side="operator",
        queries=['"разговор записывается"'],
    )  # fmt: skip
    soon = await put(
        db, sveta, name="At once", kind="required", side="operator", within_s=3.0,
        queries=['"разговор записывается"'],
    )  # fmt: skip
    async with db.write() as session:
        whole = await spoken(session, "1795300001.1", TALK)
        silent = await spoken(session, "1795300002.1", [("client", "алло")])
        rude = await spoken(session, "1795300003.1", TALK[:1])
        for transcript in (whole, silent, rude):
            await topics.apply(session, transcript)
    async with db.read() as session:
        rows = await session.execute(
            select(TopicHit.call_id, TopicHit.rule_id, TopicHit.start_s).order_by(TopicHit.id)
        )
        assert [tuple(row) for row in rows] == [
            (whole.call_id, soon.id, None),
            (rude.call_id, said.id, None),
            (rude.call_id, soon.id, None),
        ]


async def test_alert_is_told_once_and_the_call_goes_to_the_listening_queue(db: Database) -> None:
    sveta = await person(db, "sveta", "supervisor")
    await person(db, "anna", extensions=("101",))
    await put(
        db, sveta, name="Rivals", kind="topic", queries=["ромашка"], alert=True, to_listening=True
    )
    async with db.write() as session:
        old = await spoken(session, "1795300000.1", TALK)  # from before the rule
        await topics.apply(session, old)
        transcript = await spoken(session, "1795300001.1", TALK)
        transcript.created_at = datetime.now(UTC)
        await topics.apply(session, transcript)
        await topics.apply(session, transcript)
    async with db.read() as session:
        told = (await session.scalars(select(Notification))).all()
        assert [(one.user_id, one.kind) for one in told] == [(sveta.user_id, "topic")]
        assert "ромашк" not in str(told[0].detail)
        ((item, _call),) = await listening.waiting(session, sveta)
        assert (item.why, item.start_s) == ("topic", 2.5)


async def test_rule_that_cannot_be_is_refused(db: Database) -> None:
    sveta, anna = await person(db, "sveta", "supervisor"), await person(db, "anna")
    for wrong in (
        {"name": "", "kind": "topic", "queries": ["a"]},
        {"name": "x", "kind": "other", "queries": ["a"]},
        {"name": "x", "kind": "topic", "queries": [" "]},
        {"name": "x", "kind": "topic", "queries": ['"open']},
        {"name": "x", "kind": "required", "queries": ["a"], "within_s": 0.0},
        {"name": "x", "kind": "required", "queries": ["a"], "within_s": float("nan")},
        {"name": "x", "kind": "required", "queries": ["a"], "within_s": float("inf")},
    ):
        with pytest.raises(Invalid):
            await put(db, sveta, **wrong)
    with pytest.raises(Forbidden):
        await put(db, anna, name="x", kind="topic", queries=["a"])
