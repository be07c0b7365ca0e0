"""The lines of a growing log file from a moment on, without reading all of it.

In: a path, a moment, and how to tell a line's time. Out: whole lines, of the rotated file before (`NAME.1`) too if the
moment lies before the present file. A line that is still being written has no end yet and is left for the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

NEAR_BYTES = 65_536
PROBES = 64
"""Lines that are looked at to find one whose time can be read."""

TimeOf = Callable[[str], "datetime | None"]


def lines_since(path: Path, since: datetime, time_of: TimeOf) -> Iterator[str]:
    """Yield whole lines, from somewhat before the first that is later than `since`.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = _start(file, size, since, time_of)
        rotated = path.with_name(path.name + ".1")
        if start == 0 and rotated.is_file() and not _first_time(file, 0, time_of, since):
            yield from _rotated(rotated, since, time_of)
        yield from _from(file, start, size)


def _rotated(path: Path, since: datetime, time_of: TimeOf) -> Iterator[str]:
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
