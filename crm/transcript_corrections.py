"""Corrections of transcripts by people: what was heard stays, what people made of it is kept version by version.

In: a turn's text as somebody typed it, with the version that he saw. Out: the turn's current text, aligned to the sound,
found by searches beside the heard one and understood anew; a row of `utterance_corrections`; a row of the audit log with
ids and a hash. Two people who correct one turn at once: the second is told and loses nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import understanding
from calls.errors import CallNotFound
from calls.search.index import index_utterances
from calls.tables import Call, Utterance, UtteranceCorrection
from calls.transcripts import current
from calls.transcripts.alignment import aligned
from crm import audit, call_visibility
from crm.access import Actor, Permission
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.tables import User

LONGEST = 20_000
"""Characters of one turn."""
HEARD = 0
"""The version that the engine heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a turn. `by` is "" for what was heard; `restores`: the older version that it brought back."""

    number: int
    text: str
    at: datetime | None = None
    by: str = ""
    restores: int | None = None
    is_current: bool = False


def seal_of(text: str) -> str:
    """What an editor keeps of the text that it showed."""
    return hashlib.sha256(text.encode()).hexdigest()


async def correct(  # noqa: PLR0913 (what was seen is two values)
    session: AsyncSession,
    actor: Actor,
    utterance_id: int,
    text: str,
    *,
    version: int,
    seen: str = "",
) -> Utterance:
    """Say what was really said in a turn. Typing what stands there already changes nothing.

    Args:
        session: a write session.
        actor: who.
        utterance_id: the turn.
        text: all of its words; none at all where nothing was said.
        version: the one that the person saw.
        seen: `seal_of` the text that he saw: words that were masked meanwhile must not come back unasked. "" = not told.

    Raises:
        Forbidden: the actor may not correct, or not hear this call.
        NotFound: no such turn.
        Invalid: the text is too long.
        Conflict: somebody else corrected the turn meanwhile, or its words were masked.
    """
    utterance = await readable(session, actor, utterance_id)
    # Held from here on: who masks words of this turn comes before this look, or after the correction.
    await session.refresh(utterance, with_for_update={"key_share": True})
    if seen and seen != seal_of(current.text(utterance)):
        raise Conflict("utterance", utterance_id, "its words were changed meanwhile")
    typed = " ".join(text.replace("\x00", "").split())
    if len(typed) > LONGEST:
        raise Invalid("text", f"must not be longer than {LONGEST} characters")
    if typed == current.text(utterance) and version == utterance.version:
        return utterance
    words = aligned(utterance.words, typed, utterance.start_s, utterance.end_s)
    made = UtteranceCorrection(text=typed, words=words if utterance.words else [])
    return await _keep(session, actor, utterance, made, version)


async def restore(
    session: AsyncSession, actor: Actor, utterance_id: int, to: int, *, version: int
) -> Utterance:
    """Bring an older version back, as a new one; 0 is what was heard.

    Raises:
        Forbidden: the actor may not correct, or not hear this call.
        NotFound: no such turn, or no such version.
        Conflict: somebody else corrected the turn meanwhile.
    """
    utterance = await readable(session, actor, utterance_id)
    older = None
    if to != HEARD:
        older = await session.scalar(
            select(UtteranceCorrection).where(
                UtteranceCorrection.utterance_id == utterance_id, UtteranceCorrection.version == to
            )
        )
        if older is None:
            raise NotFound("version", to)
    made = UtteranceCorrection(
        text=older.text if older else None, words=older.words if older else None, restores=to
    )
    return await _keep(session, actor, utterance, made, version)


async def history(session: AsyncSession, actor: Actor, utterance_id: int) -> list[Version]:
    """All versions of a turn, what was heard first.

    Raises:
        Forbidden: the actor may not read this call.
        NotFound: no such turn.
    """
    utterance = await readable(session, actor, utterance_id, Permission.CALLS_SEE_OWN)
    rows = await session.execute(
        select(UtteranceCorrection, User.name, User.login)
        .outerjoin(User, User.id == UtteranceCorrection.by_id)
        .where(UtteranceCorrection.utterance_id == utterance_id)
        .order_by(UtteranceCorrection.version)
    )
    heard = Version(number=HEARD, text=utterance.text, is_current=utterance.version == HEARD)
    return [heard] + [
        Version(
            number=row.version,
            text=utterance.text if row.text is None else row.text,
            at=row.at,
            by=name or login or "",
            restores=row.restores,
            is_current=row.version == utterance.version,
        )
        for row, name, login in rows
    ]


async def readable(
    session: AsyncSession,
    actor: Actor,
    utterance_id: int,
    permission: Permission = Permission.TRANSCRIPTS_CORRECT,
) -> Utterance:
    """The turn, for a person who holds the permission and may hear its call.

    Raises:
        Forbidden: he does not.
        NotFound: no such turn.
    """
    actor.require(permission)
    utterance = await session.get(Utterance, utterance_id)
    if utterance is None:
        raise NotFound("utterance", utterance_id)
    call = await session.get(Call, utterance.call_id)
    if call is None:
        raise CallNotFound(utterance.call_id)
    await call_visibility.require(session, actor, call)
    heard = select(Call.id).where(Call.id == call.id, call_visibility.heard_by(actor))
    if await session.scalar(heard) is None:
        raise Forbidden("calls.listen")
    return utterance


async def _keep(
    session: AsyncSession,
    actor: Actor,
    utterance: Utterance,
    made: UtteranceCorrection,
    version: int,
) -> Utterance:
    """Take the turn from the version that was seen to the next one, or refuse."""
    number = version + 1
    taken = update(Utterance).where(Utterance.id == utterance.id, Utterance.version == version)
    result: Any = await session.execute(
        taken.values(version=number), execution_options={"synchronize_session": False}
    )
    if result.rowcount != 1:
        raise Conflict("utterance", utterance.id, "somebody corrected it meanwhile")
    made.utterance_id, made.version = utterance.id, number
    made.by_id, made.at = actor.user_id, datetime.now(UTC)
    session.add(made)
    await session.refresh(utterance)
    utterance.corrected, utterance.corrected_words = made.text, made.words
    await index_utterances(session, [utterance])
    await understanding.ask(session, utterance.transcript_id)
    await _note(session, actor, utterance, made)
    return utterance


async def _note(
    session: AsyncSession, actor: Actor, utterance: Utterance, made: UtteranceCorrection
) -> None:
    """The log keeps who, which turn and a hash: never a word."""
    detail: dict[str, Any] = {"call_id": utterance.call_id, "version": made.version}
    if made.restores is not None:
        detail["restores"] = made.restores
    detail["sha256"] = seal_of(current.text(utterance))
    await audit.record(session, actor, "transcript.correct", "utterance", utterance.id, detail)
    announce(session, "call", utterance.call_id)
