"""Redaction: a piece of a call that nobody may hear or read any more, for good.

In: an actor and pieces of a call that nothing holds. Out: words masked in every reading, version and quote, rows of
`redactions`, an audit entry, and a job that silences the sound (`crm.redaction_sound`); until that is done the recording
is not played. Proof packs in which the call is are dropped, for they hold the old sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs, understanding
from calls.errors import CallNotFound, RecordingNotFound
from calls.personal_data import turns
from calls.personal_data.finder import Kind
from calls.personal_data.turns import Masked, Stretch
from calls.personal_data.ways import HOW, SILENCE
from calls.tables import Call, Recording
from crm import erasure, erasure_traces, legal_holds, redaction_quotes
from crm.access import Actor, Permission
from crm.erasure import Gone, Order
from crm.errors import Conflict, Invalid
from crm.notices import announce
from crm.tables import Redaction

SILENCE_JOB = "silence_recording"
"""Kind of the job; its key is the recording's id."""
URGENT = 100
KINDS = (*(kind.value for kind in Kind), "other")
LONGEST_S = 3600.0
TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What to hide: seconds of a recording (None: of a transcript without sound), perhaps only some words of a turn."""

    recording_id: int | None
    stretch: Stretch
    kind: str = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """How it is hidden and on what ground. `found_by`: "person" or "rule"."""

    how: str = SILENCE
    reason: str = ""
    found_by: str = "person"


async def redact(
    session: AsyncSession, actor: Actor, call_id: int, pieces: Sequence[Piece], why: Why
) -> list[Redaction]:
    """Hide pieces of a call for good.

    Raises:
        Forbidden: the actor may not.
        CallNotFound, RecordingNotFound: there is no such call, or the recording is not its.
        Held: something holds the call; nothing was hidden.
        Conflict: the call goes on.
        Invalid: no piece of a recording, or no way to hide it.
    """
    actor.require(Permission.DATA_REDACT)
    call = await session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id)
    if not call.ended:
        raise Conflict("call", call_id, "it is going on: redact it when it is over")
    await legal_holds.require_free(session, [call_id], to_delete=False)
    _check(pieces, why)
    rows: list[Redaction] = []
    hidden = Masked()
    for piece in pieces:
        for one in await _everywhere(session, call, piece):
            row, masked = await _hide(session, actor, call, one, why)
            rows.append(row)
            hidden.pieces += masked.pieces
            hidden.transcripts |= masked.transcripts
    await _forget(session, actor, call, rows, hidden)
    if why.found_by != "rule":  # a rule works inside of the understanding itself
        for transcript_id in sorted(hidden.transcripts):
            await understanding.ask(session, transcript_id)
    announce(session, "call", call_id)
    return rows


def _check(pieces: Sequence[Piece], why: Why) -> None:
    if why.how not in HOW:
        raise Invalid("redact_how", "choose silence or a tone")
    if not pieces:
        raise Invalid("redact_pieces", "select what is to be hidden")
    for piece in pieces:
        length = piece.stretch.to_s - piece.stretch.from_s
        if piece.kind not in KINDS:
            raise Invalid("redact_kind", "choose what it is")
        if not 0 <= piece.stretch.from_s < piece.stretch.to_s or length > LONGEST_S:
            raise Invalid("redact_pieces", "a piece is up to one hour, from before to after")


async def _everywhere(session: AsyncSession, call: Call, piece: Piece) -> list[Piece]:
    """The piece, and the same moment in other recordings of the call whose times are known."""
    if piece.recording_id is None:
        return [piece]
    own = await session.get(Recording, piece.recording_id)
    if own is None or own.call_id != call.id:
        raise RecordingNotFound(piece.recording_id)
    found = [piece]
    others = select(Recording).where(Recording.call_id == call.id, Recording.id != own.id)
    for other in (await session.scalars(others)).all():
        if own.started_at is None or other.started_at is None or other.state != "ready":
            continue
        later_s = (own.started_at - other.started_at).total_seconds()
        from_s, to_s = piece.stretch.from_s + later_s, piece.stretch.to_s + later_s
        if to_s > 0 and from_s < (other.duration_s or to_s):
            moved = Stretch(from_s=max(from_s, 0.0), to_s=to_s)
            found.append(replace(piece, recording_id=other.id, stretch=moved))
    return found


async def _hide(
    session: AsyncSession, actor: Actor, call: Call, piece: Piece, why: Why
) -> tuple[Redaction, Masked]:
    # Held to the end: a reading that is stored meanwhile is masked here, or not stored (`calls.transcripts.reading`).
    held = {"key_share": True}
    recording = (
        await session.get(Recording, piece.recording_id, with_for_update=held)
        if piece.recording_id
        else None
    )
    has_sound = recording is not None and recording.state == "ready"
    masked = await turns.mask(session, call.id, piece.recording_id, piece.stretch)
    row = Redaction(
        call_id=call.id,
        recording_id=piece.recording_id,
        kind=piece.kind,
        from_s=piece.stretch.from_s,
        to_s=piece.stretch.to_s,
        how=why.how if has_sound else TEXT,
        words=masked.words,
        found_by=why.found_by,
        by_id=actor.user_id or None,
        at=datetime.now(UTC),
        reason=" ".join(why.reason.split())[:255],
        done_at=None if has_sound else datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    if has_sound and recording is not None:
        key, payload = str(recording.id), {"recording_id": recording.id, "call_id": call.id}
        if not await jobs.enqueue(session, SILENCE_JOB, key, payload, priority=URGENT):
            await jobs.again(session, SILENCE_JOB, key, payload)
    return row, masked


async def _forget(
    session: AsyncSession, actor: Actor, call: Call, rows: Sequence[Redaction], hidden: Masked
) -> None:
    """Hide the words in what quotes them, drop packs, log it, and have the free room cleaned."""
    gone = Gone(files=await erasure_traces.drop_packs(session, [call.id]))
    spans = [(row.from_s, row.to_s) for row in rows]
    gone.count(await redaction_quotes.mask(session, call.id, hidden.pieces, spans))
    texts = [" ".join(piece) for piece in hidden.pieces]
    await erasure_traces.forget_said(session, texts, by_person=rows[0].found_by != "rule")
    gone.count({"utterances": sum(row.words for row in rows), "utterance_corrections": 0})
    gone.said = {
        "redactions": [row.id for row in rows],
        "recordings": sorted({row.recording_id for row in rows if row.recording_id}),
        "words": sum(row.words for row in rows),
        "found_by": rows[0].found_by,
    }
    await erasure.log(session, actor, "call", call.id, Order(what=erasure.REDACTION), gone)


async def of_call(session: AsyncSession, call_id: int) -> list[Redaction]:
    """What was hidden in a call, in the order of time."""
    query = select(Redaction).where(Redaction.call_id == call_id)
    return list((await session.scalars(query.order_by(Redaction.from_s, Redaction.id))).all())


async def is_waiting(session: AsyncSession, recording_id: int) -> bool:
    """Whether a piece of a recording is still to be silenced: nobody may hear it meanwhile."""
    query = select(Redaction.id).where(
        Redaction.recording_id == recording_id, Redaction.done_at.is_(None)
    )
    return await session.scalar(query.limit(1)) is not None
