"""The lines of a growing log file from a moment on, without reading all of it.

In: a path, a moment, and how to tell a line's time. Out: whole lines, of rotated files before (`NAME.1`, `NAME-20261122`,
`queue_log.0`: whoever rotates names them as he likes) too if the moment lies before the present file; packed ones cannot
be read. A line that is still being written has no end yet and is left for the next time.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

NEAR_BYTES = 65_536
PROBES = 64
"""Lines that are looked at to find one whose time can be read."""

PACKED = frozenset({".gz", ".bz2", ".xz", ".zst", ".lz4"})

TimeOf = Callable[[str], "datetime | None"]


def lines_since(path: Path, since: datetime, time_of: TimeOf) -> Iterator[str]:
    """Yield whole lines, from somewhat before the first that is later than `since`.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = _start(file, size, since, time_of)
        if start == 0 and not _first_time(file, 0, time_of, since):
            for rotated in _rotated(path, since):
                yield from _all_since(rotated, since, time_of)
        yield from _from(file, start, size)


def _rotated(path: Path, since: datetime) -> list[Path]:
    """Return the files that this one was before and that were written to since then, oldest first."""
    found = []
    for other in path.parent.iterdir():
        tail = other.name.removeprefix(path.name)
        if tail != other.name and tail[:1] in (".", "-") and other.suffix not in PACKED:
            written = other.stat()
            if stat.S_ISREG(written.st_mode) and written.st_mtime >= since.timestamp():
                found.append((written.st_mtime, other))
    return [other for _, other in sorted(found)]


def _all_since(path: Path, since: datetime, time_of: TimeOf) -> Iterator[str]:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        yield from _from(file, _start(file, size, since, time_of), size)


def _from(file: BinaryIO, start: int, size: int) -> Iterator[str]:
    file.seek(start)
    while file.tell() < size:
        line = file.readline()
        if not line.endswith(b"\n"):
            return
        # A disk that lost its power leaves zero characters in files, and no database keeps them.
        yield line.decode("utf-8", "replace").replace("\0", "")


def _start(file: BinaryIO, size: int, since: datetime, time_of: TimeOf) -> int:
    """Return the place of a line not later than `since`, near the last such one: lines are written in order of time."""
    low, high = 0, size
    while high - low > NEAR_BYTES:
        middle = _line_start(file, (low + high) // 2)
        earlier = _first_time(file, middle, time_of, since)
        if middle >= high or earlier is None:
            high = (low + high) // 2
        elif earlier:
            low = middle
        else:
            high = (low + high) // 2
    return low


def _line_start(file: BinaryIO, offset: int) -> int:
    file.seek(offset)
    file.readline()
    return file.tell()


def _first_time(file: BinaryIO, offset: int, time_of: TimeOf, since: datetime) -> bool | None:
    """Whether the first readable line from here on is earlier than `since`; None if none is readable."""
    file.seek(offset)
    for _ in range(PROBES):
        line = file.readline()
        if not line:
            return None
        at = time_of(line.decode("utf-8", "replace"))
        if at is not None:
            return at < since
    return None
