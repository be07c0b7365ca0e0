"""Pauses of recording while somebody says what must not be recorded: who, when, and that it goes on by itself.

In: an actor, a call that goes on, and a way to order the PBX. Out: rows of `recording_pauses` and audit entries. The PBX
writes silence meanwhile; the row says that it is a gap. A pause ends when somebody ends it, when its time is over, or with
the call, whatever comes first; what the PBX refuses stays in the row as trouble and is tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.tables import Call, Recording
from crm import audit, company_settings
from crm.access import SYSTEM, Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.notices import announce
from crm.tables import RecordingPause
from pbx.errors import PbxError

SETTING = "recording_pauses"
MOST_MINUTES = 60


class PauseRules(BaseModel, frozen=True):
    """`minutes`: how long a pause lasts if nobody ends it."""

    minutes: int = Field(default=3, ge=1, le=MOST_MINUTES)


@dataclass(frozen=True, slots=True)
class Pausable:
    """A recording that goes on, or is paused until `due_at`."""

    due_at: datetime | None


class Switchboard(Protocol):
    """What is asked of a PBX: `pbx.actions.Actions`."""

    async def channels_of(self, linkedids: Collection[str]) -> list[str]:
        """Name the channels of a call."""
        ...

    async def mute_recording(self, channel: str, *, muted: bool) -> bool:
        """Mute what records a channel; False where nothing does."""
        ...


async def rules(session: AsyncSession) -> PauseRules:
    """The rules in force."""
    return await company_settings.load(session, SETTING, PauseRules)


async def pause(
    db: Database, actor: Actor, call: Call, switch: Switchboard, now: datetime
) -> RecordingPause:
    """Pause the recording of a call that the actor may see.

    Raises:
        Forbidden: the actor may not.
        Conflict: the call is over, or is paused already.
        Invalid: it is not recorded.
        PbxError: the PBX did not do it.
    """
    actor.require(Permission.RECORDINGS_PAUSE)
    if call.ended:
        raise Conflict("call", call.id, "it is over")
    async with db.read() as session:
        if await _open(session, call.id) is not None:
            raise Conflict("call", call.id, "its recording is paused already")
        lasts = timedelta(minutes=(await rules(session)).minutes)
    channel = await _muted(switch, call.linkedids or [call.linkedid])
    if channel is None:
        raise Invalid("recording_pause", "this call is not recorded")
    async with db.write() as session:
        row = RecordingPause(
            call_id=call.id,
            channel=channel[:160],
            from_at=now,
            due_at=now + lasts,
            by_id=actor.user_id or None,
        )
        session.add(row)
        await session.flush()
        detail = {"pause": row.id, "due": row.due_at}
        await audit.record(session, actor, "recording.pause", "call", call.id, detail)
        announce(session, "call", call.id)
    return row


async def _muted(switch: Switchboard, linkedids: Collection[str]) -> str | None:
    """The first channel of the call that is recorded, now muted."""
    for channel in await switch.channels_of(linkedids):
        if await switch.mute_recording(channel, muted=True):
            return channel
    return None


async def resume(
    db: Database, actor: Actor, call: Call, switch: Switchboard, now: datetime
) -> None:
    """Let the recording go on.

    Raises:
        Forbidden: the actor may not.
        NotFound: it is not paused.
        PbxError: the PBX did not do it: it is still paused.
    """
    actor.require(Permission.RECORDINGS_PAUSE)
    async with db.read() as session:
        row = await _open(session, call.id)
    if row is None:
        raise NotFound("recording pause", call.id)
    await switch.mute_recording(row.channel, muted=False)
    await _end(db, actor, row.id, "person", now)


async def end_due(db: Database, switches: Mapping[str, Switchboard], now: datetime) -> int:
    """End pauses whose time or call is over; returns how many ended."""
    async with db.read() as session:
        query = select(RecordingPause, Call).join(Call, Call.id == RecordingPause.call_id)
        query = query.where(RecordingPause.until_at.is_(None))
        rows = (await session.execute(query)).all()
    ended = 0
    for pause_row, call in rows:
        if call.ended:
            await _end(db, SYSTEM, pause_row.id, "call", call.ended_at or now)
            ended += 1
        elif pause_row.due_at <= now and call.pbx in switches:
            try:
                await switches[call.pbx].mute_recording(pause_row.channel, muted=False)
            except PbxError as error:
                await _trouble(db, pause_row.id, str(error) or type(error).__name__)
                continue
            await _end(db, SYSTEM, pause_row.id, "time", now)
            ended += 1
    return ended


async def pausable(session: AsyncSession, actor: Actor, call: Call) -> Pausable | None:
    """What a button on the card of a call offers; None where there is nothing to pause, or the actor may not."""
    if call.ended or not actor.may(Permission.RECORDINGS_PAUSE):
        return None
    if (
        await session.scalar(select(Recording.id).where(Recording.call_id == call.id).limit(1))
        is None
    ):
        return None
    paused = await _open(session, call.id)
    return Pausable(due_at=paused.due_at if paused else None)


async def _open(session: AsyncSession, call_id: int) -> RecordingPause | None:
    query = select(RecordingPause).where(
        RecordingPause.call_id == call_id, RecordingPause.until_at.is_(None)
    )
    return await session.scalar(query.limit(1))


async def _end(db: Database, actor: Actor, pause_id: int, by: str, at: datetime) -> None:
    async with db.write() as session:
        row = await session.get_one(RecordingPause, pause_id)
        row.until_at, row.ended_by, row.trouble = max(at, row.from_at), by, ""
        detail = {"pause": row.id, "by": by}
        await audit.record(session, actor, "recording.resume", "call", row.call_id, detail)
        announce(session, "call", row.call_id)


async def _trouble(db: Database, pause_id: int, why: str) -> None:
    async with db.write() as session:
        row = await session.get_one(RecordingPause, pause_id)
        row.trouble = why
