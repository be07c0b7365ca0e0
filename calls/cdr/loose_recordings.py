"""Recordings that were found before their call was: files whose names hold an id of it, or its number at its time.

In: a call that was just filled in; for guesses, all calls of a pass, so that no file goes to one of two that fit. Out: its
recordings, as if the file had been found later than the call.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.durations import LONGEST_CALL
from calls.recordings import names
from calls.recordings.attach import attach
from calls.recordings.names import AFTER_THE_END, Guesses, SeenFile
from calls.recordings.on_disk import key_of
from calls.tables import Call, Recording, RecordingFile


async def attach_loose(session: AsyncSession, pbx: str, call_id: int, ids: Collection[str]) -> None:
    """Give a call the files that lie loose and fit it by their names.

    Args:
        session: a write session.
        pbx: whose files.
        call_id: the call's row.
        ids: uniqueids and linkedids of the call.
    """
    if not ids:
        return
    named = [RecordingFile.path.contains(one, autoescape=True) for one in sorted(ids)]
    rows = await session.scalars(
        select(RecordingFile)
        .where(RecordingFile.pbx == pbx, RecordingFile.state == "loose", or_(*named))
        .order_by(RecordingFile.id)
    )
    for file in rows.all():
        # A file may have been taken together with another side of the same recording.
        if file.state == "loose" and names.fits_by_id(file.path, frozenset(ids)):
            await attach(session, file, call_id)
            await session.refresh(file)


async def attach_guessed(session: AsyncSession, pbx: str, since: datetime) -> None:
    """Give calls known from lines, and without any recording, the files that name their number and end at their time.

    Only where no other call fits as well. Of calls that were heard the PBX named the files itself.

    Args:
        session: a write session.
        pbx: whose files.
        since: from when on lines were read.
    """
    rows = await session.scalars(
        select(RecordingFile)
        .where(
            RecordingFile.pbx == pbx,
            RecordingFile.state == "loose",
            RecordingFile.changed_at >= since - LONGEST_CALL,
        )
        .order_by(RecordingFile.changed_at, RecordingFile.id)
    )
    files = [file for file in rows if not names.ids_in(file.path)]
    if not files:
        return
    calls = await session.scalars(
        select(Call).where(
            Call.pbx == pbx,
            Call.merged_into_id.is_(None),
            Call.started_at >= files[0].changed_at - LONGEST_CALL,
            Call.started_at <= files[-1].changed_at + AFTER_THE_END,
        )
    )
    by_id = {call.id: call for call in calls}
    guesses = Guesses(key_of(call) for call in by_id.values())
    recorded = select(Recording.call_id).where(Recording.call_id.in_(by_id))
    taken = set(await session.scalars(recorded))
    for file in files:
        seen = SeenFile(path=file.path, size_bytes=file.size_bytes, changed_at=file.changed_at)
        guess = guesses.of(seen)
        if guess is None or guess[0] in taken or by_id[guess[0]].source != "cdr":
            continue
        if file.state == "loose":
            await attach(session, file, guess[0])
            await session.refresh(file)
