"""Fetching one file: into a temporary name, resumed after a cut, whole or not at all.

In: a stream of pieces from `calls.recordings.sftp` or `.http`. Out: the file under its own name, once it is complete.
What was fetched before a cut lies under a name made of the file's size and time at the other end: only the rest of
exactly that file is appended to it.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from calls.errors import RecordingIncomplete, RecordingSourceFailed, StorageFull
from calls.recordings.paths import candidates
from calls.recordings.storage import SPARE_BYTES

PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of fetching: bytes of one file, seconds for one recording, seconds for connecting."""

    max_bytes: int = 2 * 1024**3
    timeout_s: float = 600.0
    connect_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A file at the other end. `version` changes with its content: time, or what HTTP calls an entity tag."""

    name: PurePosixPath
    size_bytes: int | None
    version: str
    changed_s: float | None = None


def part_of(remote: Remote, into: Path) -> Path:
    """Where the pieces of this very version are gathered; pieces of other versions are removed."""
    kind = hashlib.sha256(str(remote.name).encode()).hexdigest()[:16]
    version = hashlib.sha256(f"{remote.size_bytes} {remote.version}".encode()).hexdigest()[:16]
    into.mkdir(parents=True, exist_ok=True)
    part = into / f".part-{kind}-{version}"
    for other in into.glob(f".part-{kind}-*"):
        if other != part:
            other.unlink(missing_ok=True)
    return part


def check_size(place: str, remote: Remote, into: Path, limits: Limits) -> None:
    """Refuse a file that is too large for the settings or for the disk.

    Raises:
        RecordingSourceFailed: larger than `limits.max_bytes`.
        StorageFull: no room.
    """
    size = remote.size_bytes or 0
    if size > limits.max_bytes:
        raise too_large(place, remote.name, limits)
    into.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(into).free < size + SPARE_BYTES:
        raise StorageFull(str(into), size)


def too_large(place: str, name: PurePosixPath, limits: Limits) -> RecordingSourceFailed:
    """The error for a file beyond the limit."""
    return RecordingSourceFailed(
        place,
        "too_large",
        f"{name} is larger than {limits.max_bytes // 2**20} MB",
        "Raise recording_max_mb if that is right",
    )


async def gather(
    place: str, pieces: AsyncIterator[bytes], part: Path, offset: int, limits: Limits
) -> int:
    """Append pieces behind `offset`; returns the size reached.

    Raises:
        RecordingSourceFailed: more than `limits.max_bytes` came.
        StorageFull: no room.
    """
    size = offset
    try:
        with part.open("r+b" if offset else "wb") as out:
            out.seek(offset)
            async for piece in pieces:
                size += len(piece)
                if size > limits.max_bytes:
                    raise too_large(place, PurePosixPath(part.name), limits)
                await asyncio.to_thread(out.write, piece)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(str(part.parent), size) from error
        raise
    return size


def finish(part: Path, remote: Remote, before: Remote, into: Path) -> Path:
    """Give a gathered file its name.

    Args:
        part: what was gathered.
        remote: the file as a second look shows it.
        before: as the first look showed it.
        into: the folder of this recording.

    Raises:
        RecordingIncomplete: it changed between both looks, or its end did not come: try again.
    """
    size = part.stat().st_size
    changed = (remote.size_bytes, remote.version) != (before.size_bytes, before.version)
    if changed or (remote.size_bytes is not None and size != remote.size_bytes):
        raise RecordingIncomplete(str(remote.name))
    target = into / remote.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if remote.changed_s is not None:
        os.utime(part, (remote.changed_s, remote.changed_s))
    os.replace(part, target)
    return target


def ways_of(named: Sequence[str]) -> list[list[PurePosixPath]]:
    """For each name that the PBX gave the paths below the source at which the file may be, the likeliest first."""
    return [list(candidates(one)) for one in named if one]
