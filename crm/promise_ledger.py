"""The promise ledger: words of a call that somebody gave, what, until when, and what became of them.

In: a supervisor's marking of words in a transcript. Out: a promise that stands on the client's card. The quote and its
place in the sound are frozen when it is marked: a later reading of the same call does not change the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound
from calls.tables import Call, Utterance
from crm import audit
from crm.access import Actor, Permission
from crm.call_links import client_of
from crm.errors import Conflict, Invalid, NotFound
from crm.notices import announce
from crm.tables import Promise

Verdict = Literal["kept", "broken", "cancelled"]
VERDICTS: tuple[Verdict, ...] = ("kept", "broken", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Words of one utterance, and what they promise. `word_from` and `word_to` are inclusive; None: the whole turn."""

    utterance_id: int
    what: str
    word_from: int | None = None
    word_to: int | None = None
    due_on: date | None = None
    by_side: str = ""
    """"client" or "operator", where the recording does not tell ("unknown"); what it tells is never overruled."""
    by_party: str = ""
    """Extension or number of that person."""


async def mark(session: AsyncSession, actor: Actor, marking: Marking) -> Promise:
    """Mark words as a promise of the side that spoke them, to or by the call's client.

    Raises:
        Forbidden: the actor may mark none.
        NotFound: no such utterance.
        Invalid: words that are not there, or nothing promised.
    """
    actor.require(Permission.PROMISES_MARK)
    what = " ".join(marking.what.split())
    if not what:
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
        what=what,
        due_on=marking.due_on,
        state="open",
        marked_by_id=actor.user_id or None,
        marked_at=datetime.now(UTC),
        sample=call.sample,
    )
    session.add(promise)
    await session.flush()
    return await _written(session, actor, promise, "promise.mark")


async def edit(
    session: AsyncSession, actor: Actor, promise_id: int, what: str, due_on: date | None
) -> Promise:
    """Say better what was promised and until when; the quote stays.

    Raises:
        Forbidden: the actor may mark none.
        NotFound: no such promise.
        Invalid: nothing promised.
        Conflict: it is closed.
    """
    promise = await _open(session, actor, promise_id)
    if not what.strip():
        raise Invalid("what", "say what was promised")
    promise.what, promise.due_on = " ".join(what.split()), due_on
    return await _written(session, actor, promise, "promise.edit")


async def close(session: AsyncSession, actor: Actor, promise_id: int, verdict: Verdict) -> Promise:
    """Say what became of a promise: kept, broken, or cancelled (it was none).

    Raises:
        Forbidden: the actor may mark none.
        NotFound: no such promise.
        Invalid: another verdict.
        Conflict: it is closed already.
    """
    if verdict not in VERDICTS:
        raise Invalid("verdict", f"{verdict!r} is none of {', '.join(VERDICTS)}")
    promise = await _open(session, actor, promise_id)
    promise.state, promise.closed_at = verdict, datetime.now(UTC)
    return await _written(session, actor, promise, f"promise.{verdict}")


async def of_call(session: AsyncSession, call_id: int) -> list[Promise]:
    """Promises of a call in order of their place in it, cancelled ones left out."""
    query = select(Promise).where(Promise.call_id == call_id, Promise.state != "cancelled")
    return list((await session.scalars(query.order_by(Promise.start_s, Promise.id))).all())


async def of_client(
    session: AsyncSession, client_id: int, *, only_open: bool = False
) -> list[Promise]:
    """Promises to and by a client: the most urgent first, those without a date last; cancelled ones left out."""
    query = select(Promise).where(Promise.client_id == client_id, Promise.state != "cancelled")
    if only_open:
        query = query.where(Promise.state == "open")
    return list(
        (await session.scalars(query.order_by(Promise.due_on.nulls_last(), Promise.id))).all()
    )


def _promiser(utterance: Utterance, marking: Marking) -> tuple[str, str]:
    """Who promised: as recorded; in a recording of one track, as the person who listened says."""
    if utterance.side != "unknown" or not marking.by_side:
        return utterance.side, utterance.speaker
    if marking.by_side not in ("client", "operator"):
        raise Invalid("by", "must be the client or the operator")
    return marking.by_side, marking.by_party


def _quoted(utterance: Utterance, marking: Marking) -> tuple[str, float, float]:
    """The words, and from when to when they sound (the whole turn where only its times are known)."""
    if marking.word_from is None or marking.word_to is None:
        return utterance.text, utterance.start_s, utterance.end_s
    written = utterance.text.split()
    words: Sequence[Any] = utterance.words or written
    if not 0 <= marking.word_from <= marking.word_to < len(words):
        raise Invalid("words", "these words are not in the utterance")
    picked = words[marking.word_from : marking.word_to + 1]
    if not utterance.words:
        return " ".join(picked), utterance.start_s, utterance.end_s
    quote = " ".join(word["word"] for word in picked)
    return quote, picked[0]["start_s"], picked[-1]["end_s"]


async def _open(session: AsyncSession, actor: Actor, promise_id: int) -> Promise:
    actor.require(Permission.PROMISES_MARK)
    promise = await session.get(Promise, promise_id)
    if promise is None:
        raise NotFound("promise", promise_id)
    if promise.state != "open":
        raise Conflict("promise", promise_id, "it is closed already")
    return promise


async def _written(session: AsyncSession, actor: Actor, promise: Promise, action: str) -> Promise:
    await session.flush()
    await audit.record(session, actor, action, "promise", promise.id)
    announce(session, "promise", promise.id)
    if promise.client_id is not None:
        announce(session, "client", promise.client_id)
    return promise
