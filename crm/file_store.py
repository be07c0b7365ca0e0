"""The bytes of people's files: below the data directory, named by their hash, whole or not at all.

In: pieces as they come over the network. Out: `files/ab/abcd…`, written beside its place first, synced and moved, so that
a file that is there is whole, also after a power cut. The same bytes are kept once. Everything here blocks: call it in a
thread.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from calls.errors import StorageFull
from calls.recordings.storage import SPARE_BYTES
from crm.errors import Invalid
from crm.file_kinds import HEAD_BYTES

FOLDER = "files"
_INCOMING = ".incoming"
_FORGOTTEN_S = 24 * 3600.0
"""What a process that was killed left half written is removed after so long."""
_HASH = re.compile(r"[0-9a-f]{64}")


def place_of(sha256: str) -> str:
    """Where the bytes with this hash lie, relative to the data directory.

    Raises:
        ValueError: this is no SHA-256.
    """
    if not _HASH.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256")
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came whole: what is known of its bytes."""

    sha256: str
    size_bytes: int
    head: bytes
    tail: bytes


@dataclass
class Incoming:
    """A file on its way in. Use as a block: what was not kept at its end is gone."""

    data_dir: Path
    most_bytes: int
    """More is refused as soon as it comes."""
    _file: BinaryIO | None = None
    _path: Path | None = None
    _size: int = 0
    _head: bytes = b""
    _tail: bytes = b""
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def open(self) -> None:
        """Make room for it.

        Raises:
            StorageFull: there is none.
        """
        folder = self.data_dir / FOLDER / _INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        if shutil.disk_usage(folder).free < self.most_bytes + SPARE_BYTES:
            raise StorageFull(str(folder), self.most_bytes)
        handle, name = tempfile.mkstemp(dir=folder)
        self._file, self._path = os.fdopen(handle, "wb"), Path(name)

    def write(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            Invalid: it is larger than allowed.
            StorageFull: the disk is.
        """
        self._size += len(piece)
        if self._size > self.most_bytes:
            raise too_large(self.most_bytes)
        self._digest.update(piece)
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]
        self._tail = (self._tail + piece)[-HEAD_BYTES:]
        assert self._file is not None  # noqa: S101 - open() comes first
        try:
            self._file.write(piece)
        except OSError as error:
            raise _full(error, self._size) from error

    def received(self) -> Received:
        """What came, when all of it is there.

        Raises:
            Invalid: nothing came.
        """
        if not self._size:
            raise Invalid("file", "the file is empty")
        return Received(self._digest.hexdigest(), self._size, self._head, self._tail)

    def keep(self) -> None:
        """Put it where it belongs, for good.

        Raises:
            StorageFull: the disk is full.
        """
        assert self._file is not None and self._path is not None  # noqa: S101, PT018
        target = self.data_dir / place_of(self._digest.hexdigest())
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._path, target)
            _sync_folder(target.parent)
        except OSError as error:
            raise _full(error, self._size) from error
        self._path = None

    def close(self) -> None:
        """Remove what was not kept."""
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None


def too_large(most_bytes: int) -> Invalid:
    """The refusal of a file beyond the limit."""
    why = "the file is larger than %(most)s MB, which the administrator set as the limit"
    return Invalid("file", why, most=most_bytes // 2**20)


def _full(error: OSError, size: int) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageFull(FOLDER, size)
    return error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # directories cannot be opened elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    old = time.time() - _FORGOTTEN_S
    for left in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # kept at this moment
            if left.stat().st_mtime < old:
                left.unlink()
