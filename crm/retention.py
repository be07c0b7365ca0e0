"""How long recordings, transcripts and calls are kept: rules of the company, what they would delete, and doing it.

In: rules that the administrator set. Out: a preview in numbers; and, call by call in bounded batches, deletions through
`crm.erasure`, each logged with the rule's name. Nothing is deleted before a rule was switched on, and nothing that is
held (`crm.legal_holds`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.tables import Call, Recording, Transcript
from crm import erasure, legal_holds
from crm.access import SYSTEM, Actor, Permission
from crm.erasure import Order
from crm.tables import CallLink, ClientFigures

SETTING = "retention"
BATCH = 20
"""Calls that are deleted in one transaction: other writers wait no longer than that takes."""
MOST_AT_ONCE = 200
"""Calls that one run of the chore deletes: the rest is for the next."""
_LOOK = 500
LEAST_DAYS = 1
MOST_DAYS = 36_500


class RetentionRule(BaseModel, frozen=True):
    """What is deleted when. Empty conditions mean any."""

    name: str = Field(min_length=1, max_length=64)
    on: bool = False
    what: Literal["audio", "words", "call"] = "audio"
    days: int = Field(ge=LEAST_DAYS, le=MOST_DAYS)
    direction: Literal["", "in", "out", "internal"] = ""
    queue: str = Field(default="", max_length=128)
    outcome: Literal["", "answered", "missed", "abandoned", "busy", "rejected", "failed"] = ""
    category: str = Field(default="", max_length=32)
    """Of the client, as `client_figures.category`; "none": calls of nobody known."""


class RetentionRules(BaseModel, frozen=True):
    """All of them, in the order in which they are applied."""

    rules: tuple[RetentionRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a rule would delete if it were switched on now."""

    calls: int
    recordings: int
    seconds: float
    oldest_at: datetime | None
    held: int
    """Of the calls (of the oldest `_LOOK` of them): those that must stay."""
    held_of: int


def conditions(rule: RetentionRule, now: datetime) -> list[ColumnElement[bool]]:
    """Conditions on `Call` under which the rule deletes something of it."""
    found: list[ColumnElement[bool]] = [
        Call.ended.is_(True),
        Call.merged_into_id.is_(None),
        Call.started_at < now - timedelta(days=rule.days),
        _has_something(rule.what),
    ]
    for column, value in (
        (Call.direction, rule.direction),
        (Call.queue, rule.queue),
        (Call.outcome, rule.outcome),
    ):
        if value:
            found.append(column == value)
    if rule.category == "none":
        found.append(~exists().where(CallLink.call_id == Call.id))
    elif rule.category:
        of = and_(CallLink.call_id == Call.id, ClientFigures.client_id == CallLink.client_id)
        found.append(exists().where(of, ClientFigures.category == rule.category))
    return found


def _has_something(what: str) -> ColumnElement[bool]:
    sound = exists().where(Recording.call_id == Call.id, Recording.state == "ready")
    words = exists().where(Transcript.call_id == Call.id)
    if what == "audio":
        return sound
    return words if what == "words" else or_(Call.id.is_not(None), sound)


async def preview(
    session: AsyncSession, actor: Actor, rule: RetentionRule, now: datetime
) -> Preview:
    """What the rule would delete now.

    Raises:
        Forbidden: the actor sets no rules.
    """
    actor.require(Permission.ADMINISTER)
    of = conditions(rule, now)
    calls, oldest = (
        await session.execute(select(func.count(), func.min(Call.started_at)).where(*of))
    ).one()
    kept = (Recording.state == "ready", Recording.call_id.in_(select(Call.id).where(*of)))
    recordings, seconds = (
        await session.execute(
            select(func.count(), func.coalesce(func.sum(Recording.duration_s), 0.0)).where(*kept)
        )
    ).one()
    first = await _oldest(session, of, _LOOK)
    held = await legal_holds.on_calls(session, first)
    return Preview(
        calls=calls,
        recordings=recordings if rule.what != "words" else 0,
        seconds=float(seconds or 0.0) if rule.what != "words" else 0.0,
        oldest_at=oldest,
        held=len(held),
        held_of=len(first),
    )


async def apply(db: Database, rules: RetentionRules, now: datetime) -> int:
    """Delete what the rules that are on name, at most `MOST_AT_ONCE` calls; returns how many calls that were."""
    done = 0
    for rule in rules.rules:
        if not rule.on:
            continue
        after = 0
        while done < MOST_AT_ONCE:
            async with db.read() as session:
                found = await _after(session, conditions(rule, now), after)
                held = await legal_holds.on_calls(session, found)
            if not found:
                break
            after = found[-1]
            free = [call_id for call_id in found if call_id not in held][: MOST_AT_ONCE - done]
            for at in range(0, len(free), BATCH):
                async with db.write() as session:
                    some = free[at : at + BATCH]
                    order = Order(what=rule.what, rule=rule.name)
                    done += len(await erasure.erase_calls(session, SYSTEM, some, order))
    return done


async def _oldest(
    session: AsyncSession, of: Sequence[ColumnElement[bool]], limit: int
) -> list[int]:
    query = select(Call.id).where(*of).order_by(Call.started_at, Call.id).limit(limit)
    return list((await session.scalars(query)).all())


async def _after(session: AsyncSession, of: Sequence[ColumnElement[bool]], after: int) -> list[int]:
    query = select(Call.id).where(*of, Call.id > after).order_by(Call.id).limit(_LOOK)
    return list((await session.scalars(query)).all())
