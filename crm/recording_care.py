"""What people do about recordings that are missing and files that belong to no call: permitted, and in the audit log.

In: an actor and what he decided, inside one write session. Out: changed rows, jobs for the worker, an audit entry.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs
from calls.errors import CallNotFound
from calls.log import COLLECT
from calls.recordings.attach import attach as attach_file
from calls.recordings.attach import siblings
from calls.recordings.check import CHECK
from calls.tables import Recording, RecordingFile
from crm import audit
from crm.access import Actor, Permission
from crm.errors import Conflict, NotFound


async def look_again(session: AsyncSession, actor: Actor, recording_id: int) -> None:
    """Have a recording's files looked for once more.

    Raises:
        Forbidden: the actor may not.
        NotFound: there is no such recording.
    """
    actor.require(Permission.RECORDINGS_CHECK)
    recording = await session.get(Recording, recording_id)
    if recording is None:
        raise NotFound("recording", recording_id)
    await jobs.again(session, COLLECT, str(recording_id), {"recording_id": recording_id})
    await audit.record(session, actor, "recording.look_again", "recording", recording_id)


async def check_now(session: AsyncSession, actor: Actor, pbx: str) -> None:
    """Have the worker look for files without a call at once.

    Raises:
        Forbidden: the actor may not.
    """
    actor.require(Permission.RECORDINGS_CHECK)
    await jobs.again(session, CHECK, pbx, {"pbx": pbx})


async def attach(session: AsyncSession, actor: Actor, file_id: int, call_id: int) -> int:
    """Give a call a file that belongs to none; returns the recording's id.

    Raises:
        Forbidden: the actor may not.
        NotFound: there is no such file, or no such call of its PBX.
        Conflict: somebody gave it to a call already.
    """
    file = await _file(session, actor, file_id)
    if file.state == "kept":
        raise Conflict("recording file", file_id, "it belongs to a recording already")
    path = file.path
    try:
        recording = await attach_file(session, file, call_id)
    except CallNotFound as error:
        raise NotFound("call", call_id) from error
    detail = {"pbx": file.pbx, "recording": recording.id}
    words = {"file": path}
    await audit.record(session, actor, "recording.attach", "call", call_id, detail, words=words)
    return recording.id


async def set_aside(session: AsyncSession, actor: Actor, file_id: int, *, aside: bool) -> None:
    """Show a file and its sides no more, or show them again.

    Raises:
        Forbidden: the actor may not.
        NotFound: there is no such file.
        Conflict: it was given to a call meanwhile.
    """
    file = await _file(session, actor, file_id)
    if file.state == "kept":
        raise Conflict("recording file", file_id, "it belongs to a recording already")
    ids = [one.id for one in await siblings(session, file)]
    state = "aside" if aside else "loose"
    change = update(RecordingFile).where(RecordingFile.id.in_(ids))
    await session.execute(change.values(state=state))
    action = "recording.set_aside" if aside else "recording.put_back"
    detail, words = {"pbx": file.pbx}, {"file": file.path}
    await audit.record(session, actor, action, "recording_file", file_id, detail, words=words)


async def _file(session: AsyncSession, actor: Actor, file_id: int) -> RecordingFile:
    actor.require(Permission.RECORDINGS_CHECK)
    file = await session.get(RecordingFile, file_id)
    if file is None:
        raise NotFound("recording file", file_id)
    return file
