"""Where the recording of a call was paused, as seconds of what is played.

In: a call and the recording that is played. Out: stretches with whoever paused, for the waveform and the list below it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from calls import record_json
from calls.recordings import audio_time
from calls.tables import Call, Recording
from crm import recording_notes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPause:
    """One silent stretch; seconds of audio. `who`: a name, "" if nobody is known."""

    from_s: float
    to_s: float
    who: str


async def pauses_of(
    session: AsyncSession, call: Call, player: Recording | None
) -> list[ShownPause]:
    """The pauses that can be placed: none where it is not known when the recording began."""
    if player is None or player.started_at is None or not player.duration_s:
        return []
    record = record_json.load(call.detail) if call.detail else None
    found = []
    for pause, who in await recording_notes.pauses_of(session, call.id):
        until_at = pause.until_at or call.ended_at or pause.due_at
        for from_s, to_s in audio_time.stretches(
            player.source, record, player.started_at, pause.from_at, until_at
        ):
            to_s = min(to_s, player.duration_s)
            if from_s < to_s:
                found.append(ShownPause(from_s=from_s, to_s=to_s, who=who))
    return found
