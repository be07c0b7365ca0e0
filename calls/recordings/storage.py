"""Copying recordings in: whole or not at all, with their hash, and never touching the source.

In: a file that the PBX left. Out: a kept copy below the data directory and its SHA-256.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from calls.errors import RecordingUnreadable, StorageFull

PIECE_BYTES = 1 << 20
SPARE_BYTES = 64 * 10**6
"""Room that recordings leave for the database: a full disk must not stop the call log."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is ours now."""

    path: Path
    sha256: str
    size_bytes: int


def copy_in(source: Path, target: Path) -> Kept:
    """Copy a file so that `target` is whole whenever it exists, also after a power cut.

    Args:
        source: the PBX's file; stays as it is.
        target: where to keep it; replaced if there (the same job tried again).

    Raises:
        RecordingUnreadable: the source is not there, or cannot be read.
        StorageFull: no room; nothing is left behind.
    """
    digest = hashlib.sha256()
    try:
        size = source.stat().st_size
        with source.open("rb") as file, replacing(target, size) as part, part.open("wb") as out:
            while piece := file.read(PIECE_BYTES):
                digest.update(piece)
                out.write(piece)
    except OSError as error:
        raise RecordingUnreadable(str(source), error.strerror or str(error)) from error
    return Kept(target, digest.hexdigest(), target.stat().st_size)


@contextmanager
def replacing(target: Path, needed_bytes: int) -> Iterator[Path]:
    """Give a new file's path beside `target`, and put it in target's place at the end of the block.

    Raises:
        StorageFull: no room, before or in the middle; nothing is left behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(target.parent).free < needed_bytes + SPARE_BYTES:
        raise StorageFull(str(target.parent), needed_bytes)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-", suffix=target.suffix)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        os.replace(part, target)
        _sync_folder(target.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(str(target.parent), needed_bytes) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def _sync(file: Path) -> None:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # directories cannot be opened elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
