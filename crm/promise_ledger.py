"""The promise ledger: words of a call that somebody gave, what, until when, and what became of them.

In: a supervisor's marking of words in a transcript. Out: a promise that stands on the client's card. The quote and its
place in the sound are frozen when it is marked: a later reading of the same call does not change the evidence. What the
rules find by themselves comes in through `crm.promise_finding`, what people decide through `crm.promise_decisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound
from calls.promises.model import ActionKind
from calls.tables import Call, Utterance
from calls.transcripts import current
from crm import promise_decisions, promise_steps, promise_visibility, task_changes
from crm.access import Actor, Permission
from crm.call_links import client_of
from crm.errors import Conflict, Invalid, NotFound
from crm.promise_decisions import House
from crm.promise_due import task_due_at
from crm.promise_finding import person_of
from crm.tables import Promise, Task

LONGEST = 1_000
"""Characters of what was promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What was promised, as a person says it. `due_time` is local to the company."""

    what: str = ""
    due_on: date | None = None
    due_time: time | None = None
    action: str = ActionKind.OTHER.value
    amount: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Words of one utterance, and what they promise. `word_from` and `word_to` are inclusive; None: the whole turn."""

    utterance_id: int
    wording: Wording
    word_from: int | None = None
    word_to: int | None = None
    by_side: str = ""
    """"client" or "operator", where the recording does not tell ("unknown"); what it tells is never overruled."""
    by_party: str = ""
    """Extension or number of that person."""


async def mark(session: AsyncSession, actor: Actor, marking: Marking, house: House) -> Promise:
    """Mark words as a promise of the side that spoke them, to or by the call's client; who promised gets a task.

    Raises:
        Forbidden: the actor may mark none.
        NotFound: no such utterance.
        Invalid: words that are not there, or nothing promised.
    """
    actor.require(Permission.PROMISES_MARK)
    wording = _checked(marking.wording)
    if not wording.what:
        raise Invalid("what", "say what was promised")
    utterance = await session.get(Utterance, marking.utterance_id)
    if utterance is None:
        raise NotFound("utterance", marking.utterance_id)
    call = await session.get(Call, utterance.call_id)
    if call is None:
        raise CallNotFound(utterance.call_id)
    quote, start_s, end_s = _quoted(utterance, marking)
    by_side, by_party = _promiser(utterance, marking)
    client = await client_of(session, call.id)
    promise = Promise(
        call_id=call.id,
        client_id=client.id if client else None,
        utterance_id=utterance.id,
        word_from=marking.word_from,
        word_to=marking.word_to,
        quote=quote,
        start_s=start_s,
        end_s=end_s,
        by_side=by_side,
        by_party=by_party,
        state="open",
        marked_by_id=actor.user_id or None,
        marked_at=datetime.now(UTC),
        sample=call.sample,
    )
    _say(promise, wording)
    if by_side == "operator":
        speaker = by_party or call.answered_by or call.final_handler
        promise.promiser_id = await person_of(session, call, speaker)
    session.add(promise)
    await session.flush()
    await promise_decisions.give_task(session, actor, promise, house)
    return await promise_steps.written(session, actor, promise, "mark")


async def edit(
    session: AsyncSession, actor: Actor, promise_id: int, wording: Wording, zone: ZoneInfo
) -> Promise:
    """Say better what was promised and until when; the quote stays, an open task moves along.

    Raises:
        Forbidden: the actor may mark none, or does not see it.
        NotFound: no such promise.
        Invalid: nothing promised.
        Conflict: it is closed.
    """
    actor.require(Permission.PROMISES_MARK)
    promise = await promise_visibility.get(session, actor, promise_id)
    if promise.state not in ("found", "open"):
        raise Conflict("promise", promise_id, "it is closed already")
    wording = _checked(wording)
    if not wording.what and promise.found_by == "person":
        raise Invalid("what", "say what was promised")
    before = promise_steps.snapshot(promise)
    _say(promise, wording)
    promise.told_at = None
    task = await session.get(Task, promise.task_id) if promise.task_id else None
    due_at = task_due_at(promise.due_on, promise.due_time, zone)
    if task is not None and task.state == "open" and due_at and task.due_at != due_at:
        await task_changes.move(session, actor, task.id, due_at)
    return await promise_steps.written(session, actor, promise, "edit", before)


async def of_call(session: AsyncSession, call_id: int) -> list[Promise]:
    """Promises of a call in order of their place in it; those that were none are left out."""
    query = select(Promise).where(
        Promise.call_id == call_id, Promise.state.not_in(("cancelled", "rejected"))
    )
    return list((await session.scalars(query.order_by(Promise.start_s, Promise.id))).all())


NOT_CHECKED = and_(Promise.state == "found", Promise.withdrawn.is_(False))
"""Found by the rules and looked at by nobody."""


async def of_client(
    session: AsyncSession, client_id: int, *, only_open: bool = False, limit: int | None = None
) -> list[Promise]:
    """Promises to and by a client: confirmed ones first, of them the most urgent; then what nobody has checked.

    Left out: what was cancelled, or was no promise. `limit`: at most so many; None: all.
    """
    held = Promise.state.in_(("open", "disputed"))
    wanted = or_(held, NOT_CHECKED)
    if not only_open:
        wanted = or_(wanted, Promise.state.in_(("kept", "broken")))
    place = case((held, 0), (Promise.state == "found", 1), else_=2)
    query = select(Promise).where(Promise.client_id == client_id, wanted)
    ordered = query.order_by(place, Promise.due_on.nulls_last(), Promise.id).limit(limit)
    return list((await session.scalars(ordered)).all())


def _checked(wording: Wording) -> Wording:
    what = " ".join(wording.what.split())
    if len(what) > LONGEST:
        raise Invalid("what", "must not be longer than %(most)d characters", most=LONGEST)
    if wording.action not in {one.value for one in ActionKind}:
        raise Invalid("action", "is none of the known kinds of promises")
    if wording.due_time is not None and wording.due_on is None:
        raise Invalid("due_time", "an hour needs its day")
    return Wording(
        what=what,
        due_on=wording.due_on,
        due_time=wording.due_time,
        action=wording.action,
        amount=wording.amount,
        unit=wording.unit.strip()[:16] if wording.amount is not None else "",
    )


def _say(promise: Promise, wording: Wording) -> None:
    promise.what, promise.action = wording.what, wording.action
    promise.due_on, promise.due_time = wording.due_on, wording.due_time
    promise.amount_value, promise.amount_unit = wording.amount, wording.unit


def _promiser(utterance: Utterance, marking: Marking) -> tuple[str, str]:
    """Who promised: as recorded; in a recording of one track, as the person who listened says."""
    if utterance.side != "unknown" or not marking.by_side:
        return utterance.side, utterance.speaker
    if marking.by_side not in ("client", "operator"):
        raise Invalid("by", "must be the client or the operator")
    return marking.by_side, marking.by_party


def _quoted(utterance: Utterance, marking: Marking) -> tuple[str, float, float]:
    """The words as they are shown, and from when to when they sound (the whole turn where only its times are known)."""
    text, timed = current.text(utterance), current.words(utterance)
    if marking.word_from is None or marking.word_to is None:
        return text, utterance.start_s, utterance.end_s
    words: Sequence[Any] = timed or text.split()
    if not 0 <= marking.word_from <= marking.word_to < len(words):
        raise Invalid("words", "these words are not in the utterance")
    picked = words[marking.word_from : marking.word_to + 1]
    if not timed:
        return " ".join(picked), utterance.start_s, utterance.end_s
    quote = " ".join(word["word"] for word in picked)
    begin, end = picked[0].get("start_s"), picked[-1].get("end_s")
    return (
        quote,
        utterance.start_s if begin is None else float(begin),
        utterance.end_s if end is None else float(end),
    )
