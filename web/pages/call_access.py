"""Which calls a person may open, and which of them he may hear: one rule for pages, sound, waveforms and clips.

In: the actor and a call's id. Out: the call's row, or a refusal. Both seeing and hearing are decided in
`crm.call_visibility`: a phone that only rang while a colleague answered gives no right to hear.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound, RecordingNotFound
from calls.tables import Call, Recording
from crm import call_visibility, redaction
from crm.access import Actor
from crm.errors import Conflict, Forbidden


async def visible_call(session: AsyncSession, actor: Actor, call_id: int) -> Call:
    """The call, for a person who may see it. A call that became part of another one gives that other one.

    Raises:
        CallNotFound: There is none.
        Forbidden: It is not one of the person's own calls.
    """
    call = await session.get(Call, call_id)
    for _hop in range(8):  # merges can chain, but never so far
        if call is None or call.merged_into_id is None:
            break
        call = await session.get(Call, call.merged_into_id)
    if call is None:
        raise CallNotFound(call_id)
    await call_visibility.require(session, actor, call)
    return call


async def hearable_recording(
    session: AsyncSession, actor: Actor, recording_id: int
) -> tuple[Recording, Call]:
    """A recording and its call, for a person who may hear it.

    Raises:
        RecordingNotFound: There is none, or it belongs to no call.
        Forbidden: It is not within the person's right to listen.
        Conflict: A part of it is to be silenced, and is not yet.
    """
    recording = await session.get(Recording, recording_id)
    if recording is None or recording.call_id is None:
        raise RecordingNotFound(recording_id)
    call = await visible_call(session, actor, recording.call_id)
    if not await may_hear(session, actor, call):
        raise Forbidden("calls.listen")
    if await redaction.is_waiting(session, recording_id):
        raise Conflict("recording", recording_id, "a part of it is being silenced")
    return recording, call


async def may_hear(session: AsyncSession, actor: Actor, call: Call) -> bool:
    """Whether the person may hear and read what was said in a call that he may see."""
    return call.id in await hearable_calls(session, actor, [call])


async def hearable_calls(session: AsyncSession, actor: Actor, calls: Sequence[Call]) -> set[int]:
    """The ids of those of the calls that the person may hear: `may_hear` with one query for all of them."""
    heard = select(Call.id).where(
        Call.id.in_([call.id for call in calls]), call_visibility.heard_by(actor)
    )
    return set((await session.scalars(heard)).all())
