"""Recordings that were found before their call was: files whose names hold an id of it.

In: a call that was just filled in. Out: its recordings, as if the file had been found later than the call.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.recordings import names
from calls.recordings.attach import attach
from calls.tables import RecordingFile


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
