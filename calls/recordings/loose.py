"""Files without a call, as people are shown them: the sides of one recording together, newest first.

In: rows of `calls.tables.RecordingFile`. Out: `LooseRecording`, each with the call that it most likely belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.recordings.names import side_of, stem_of
from calls.tables import Call, RecordingFile

SIDES_OF_ONE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseRecording:
    """One to three files of one recording. `file_id`: of the file that stands for all; `how`: "id", "number" or ""."""

    file_id: int
    pbx: str
    path: str
    files: int
    size_bytes: int
    changed_at: datetime
    call: Call | None = None
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseFiles:
    """The newest of them, and how many files there are of each kind."""

    recordings: Sequence[LooseRecording]
    total: int
    """Files without a call."""
    aside: int
    """Files that somebody put aside."""
    early: int
    """Files from before the first call."""


async def loose(session: AsyncSession, limit: int, state: str = "loose") -> LooseFiles:
    """The newest files without a call.

    Args:
        session: a read session.
        limit: at most so many recordings.
        state: "loose", or "aside" for those that were put aside.
    """
    rows = await session.execute(
        select(RecordingFile, Call)
        .outerjoin(Call, Call.id == RecordingFile.call_id)
        .where(RecordingFile.state == state)
        .order_by(RecordingFile.changed_at.desc(), RecordingFile.id.desc())
        .limit(limit * SIDES_OF_ONE)
    )
    together: dict[tuple[str, str], list[tuple[RecordingFile, Call | None]]] = {}
    for file, call in rows:
        together.setdefault((file.pbx, stem_of(file.path)), []).append((file, call))
    counts = await session.execute(
        select(RecordingFile.state, func.count()).group_by(RecordingFile.state)
    )
    by_state = {name: number for name, number in counts}
    return LooseFiles(
        recordings=[_one(files) for files in list(together.values())[:limit]],
        total=by_state.get("loose", 0),
        aside=by_state.get("aside", 0),
        early=by_state.get("early", 0),
    )


def _one(files: Iterable[tuple[RecordingFile, Call | None]]) -> LooseRecording:
    ordered = sorted(files, key=lambda found: (side_of(found[0].path) != "mixed", found[0].path))
    first = ordered[0][0]
    call, how = next(((call, f.how) for f, call in ordered if call is not None), (None, ""))
    return LooseRecording(
        file_id=first.id,
        pbx=first.pbx,
        path=first.path,
        files=len(ordered),
        size_bytes=sum(file.size_bytes for file, _ in ordered),
        changed_at=max(file.changed_at for file, _ in ordered),
        call=call,
        how=how,
    )
