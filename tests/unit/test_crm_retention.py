"""Retention: a preview in numbers first, then bounded deletions that are logged, and never of what is held."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from support.call_samples import Sample, add_heard_call
from support.people import person

from calls.db import Database
from calls.tables import Call, Recording, Transcript
from crm import audit, company_settings, legal_holds, retention
from crm.access import SYSTEM, Actor, Role
from crm.errors import Forbidden
from crm.retention import RetentionRule, RetentionRules
from crm.tables import AuditEntry, Erasure

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
async def boss(db: Database) -> Actor:
    return await person(db, "root", "administrator")


@pytest.fixture
async def calls(db: Database, tmp_path: Path) -> list[Sample]:
    """One of today, and two that are 40 and 400 days old."""
    return [
        await add_heard_call(
            db, tmp_path, NOW - timedelta(days=days), linkedid=f"17900000{days:03}.1", number=f"+7916000{days:04}"
        )
        for days in (0, 40, 400)
    ]  # fmt: skip


def rule(**values: object) -> RetentionRule:
    return RetentionRule.model_validate({"name": "old", "on": True, "days": 30, **values})


async def applied(db: Database, *rules: RetentionRule) -> int:
    return await retention.apply(db, RetentionRules(rules=rules), NOW)


async def test_preview_tells_what_would_go_and_deletes_nothing(
    db: Database, boss: Actor, calls: list[Sample]
) -> None:
    async with db.read() as session:
        seen = await retention.preview(session, boss, rule(), NOW)
        assert await session.scalar(select(func.count()).select_from(Erasure)) == 0
    assert (seen.calls, seen.recordings, seen.seconds, seen.held) == (2, 2, 40.0, 0)
    assert seen.oldest_at == NOW - timedelta(days=400)


async def test_a_rule_that_is_off_deletes_nothing(db: Database, calls: list[Sample]) -> None:
    assert await applied(db, rule(on=False)) == 0


async def test_old_sound_goes_and_is_logged_with_the_rule(
    db: Database, calls: list[Sample]
) -> None:
    assert await applied(db, rule()) == 2
    assert await applied(db, rule()) == 0
    async with db.read() as session:
        states = (await session.scalars(select(Recording.state).order_by(Recording.id))).all()
        words = await session.scalar(select(func.count()).select_from(Transcript))
        rows = (await session.scalars(select(Erasure).order_by(Erasure.id))).all()
        entries = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "call.erase"))
        ).all()
        assert (await audit.verify(session)).ok
    assert states == ["ready", "erased", "erased"]
    assert words == 3
    assert [(row.rule, row.what, len(row.detail["files"])) for row in rows] == [
        ("old", "audio", 1)
    ] * 2
    assert {entry.subject_id for entry in entries} == {str(calls[1].call), str(calls[2].call)}


@pytest.mark.parametrize(
    ("more", "gone"),
    [
        ({"days": 365}, 1),
        ({"queue": "sales"}, 2),
        ({"queue": "help"}, 0),
        ({"direction": "out"}, 0),
        ({"outcome": "answered"}, 2),
        ({"outcome": "missed"}, 0),
        ({"category": "none"}, 0),
        ({"category": "regular"}, 0),
        ({"what": "words"}, 2),
        ({"what": "call"}, 2),
    ],
)
async def test_conditions_of_a_rule_count(
    db: Database, calls: list[Sample], more: dict[str, object], gone: int
) -> None:
    assert await applied(db, rule(**more)) == gone


async def test_held_calls_stay_and_do_not_stop_the_others(
    db: Database, boss: Actor, calls: list[Sample]
) -> None:
    async with db.write() as session:
        await legal_holds.place(session, boss, "call", calls[1].call, "a court asked for it")
    async with db.read() as session:
        assert (await retention.preview(session, boss, rule(what="call"), NOW)).held == 1
    assert await applied(db, rule(what="call")) == 1
    async with db.read() as session:
        left = set((await session.scalars(select(Call.id))).all())
    assert left == {calls[0].call, calls[1].call}


async def test_one_run_deletes_a_bounded_number(
    db: Database, calls: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 1)
    assert await applied(db, rule()) == 1
    assert await applied(db, rule()) == 1
    assert await applied(db, rule()) == 0


async def test_rules_are_kept_and_bad_ones_refused(db: Database, boss: Actor) -> None:
    rules = RetentionRules(rules=(rule(on=False),))
    async with db.write() as session:
        await company_settings.save(session, SYSTEM, retention.SETTING, rules)
        assert await company_settings.load(session, retention.SETTING, RetentionRules) == rules
        with pytest.raises(Forbidden):
            await retention.preview(session, an_operator(), rule(), NOW)
    for bad in ({"days": 0}, {"what": "everything"}, {"name": ""}, {"outcome": "unknown"}):
        with pytest.raises(ValidationError):
            rule(**bad)


def an_operator() -> Actor:
    return Actor(user_id=5, login="anna", name="Anna", role=Role.OPERATOR)
