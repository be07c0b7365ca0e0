"""Where recordings lie: the PBX's names seen from our machine, and our own names. Pure.

In: a path as the PBX names it. Out: a path under `SLOVO_RECORDING_DIR`; and under `SLOVO_DATA_DIR` for what we keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath

MONITOR_DIR = PurePosixPath("/var/spool/asterisk/monitor")
"""Where Asterisk puts recordings that are named without a directory (`astspooldir`)."""
FETCHED = "fetched"
"""Folder of the data directory for what is being fetched; each recording has one of its own in it."""
LONGEST_PATH = 4096
"""No file has a longer path (PATH_MAX of Linux)."""
LONGEST_NAME = 255
"""No file or folder has a longer name, in bytes (NAME_MAX of Linux)."""
MOST_ENDS = 32
"""So many ends of a path are tried at most: each costs a look at the disk, or a question to another machine."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def candidates(named: str) -> Iterator[PurePosixPath]:
    """Paths relative to the recording directory at which a file may lie, the likeliest first.

    The PBX names files by its own directories, which may be mounted elsewhere here: so ever shorter ends of the path
    are tried, down to the bare name. Steps upwards are not followed.

    Args:
        named: a path as Asterisk names it, absolute or relative to its monitor directory.
    """
    if len(named) > LONGEST_PATH:
        return
    path = PurePosixPath(named)
    if path.is_relative_to(MONITOR_DIR):
        path = path.relative_to(MONITOR_DIR)
    parts = [part for part in path.parts if part not in ("/", ".", "")]
    if ".." in parts:
        parts = [part for part in parts[-1:] if part != ".."]
    impossible = [at for at, part in enumerate(parts) if _is_too_long(part)]
    parts = parts[impossible[-1] + 1 :] if impossible else parts
    whole = [0] if len(parts) > MOST_ENDS else []
    for start in (*whole, *range(max(0, len(parts) - MOST_ENDS), len(parts))):
        yield PurePosixPath(*parts[start:])


def _is_too_long(part: str) -> bool:
    return len(part.encode(errors="replace")) > LONGEST_NAME


def kept_name(recording_id: int, role: str, source: str) -> str:
    """The name of a kept original: unique, and still telling where it came from.

    Args:
        recording_id: the recording's row.
        role: "mixed", "client" or "operator".
        source: the file's name on the PBX.
    """
    name = PurePosixPath(source).name
    stem = _UNSAFE.sub("_", PurePosixPath(name).stem)[-80:]
    suffix = _UNSAFE.sub("", PurePosixPath(name).suffix)[:8]
    return f"{recording_id}-{role}-{stem}{suffix}"


def kept_folder(at: datetime) -> PurePosixPath:
    """The folder, relative to the data directory, for recordings of the day of `at` (UTC)."""
    return PurePosixPath("recordings", f"{at:%Y}", f"{at:%m}", f"{at:%d}")
