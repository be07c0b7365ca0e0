"""Keeps the raw bytes of AMI connections as trace files: the writing half of `pbx.trace`.

In: chunks as they arrive. Out: NAME.txt with every byte, and NAME.times.tsv with when each chunk came: seconds since
connect, byte offset, unix time. A second connection goes to NAME.part2.txt, a third to NAME.part3.txt, and so on:
`slovo replay NAME.txt NAME.part2.txt` reads them again. Existing files are never overwritten.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import structlog

from pbx.errors import TraceUnwritable

log = structlog.get_logger(__name__)

HEADING = "# seconds since connect\tbyte offset of the chunk\tunix time\n"


class TraceRecorder:
    """Writes one trace; `close()` it at the end."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """Reserve the files of the first connection.

        Args:
            path: NAME.txt, or NAME (".txt" is added).
            clock: gives unix time in seconds.

        Raises:
            TraceUnwritable: a file exists already, or the directory cannot be written.
        """
        self.path = path if path.suffix == ".txt" else path.with_name(path.name + ".txt")
        self.failed = ""
        """Why recording stopped (a full disk), "" while all is well. The connection is not harmed."""
        self._clock = clock
        self._connections = 0
        self._files: tuple[IO[bytes], IO[str]] | None = None
        self._open()

    def connection(self) -> Callable[[bytes], None]:
        """Begin a connection; return the function that takes its chunks."""
        self._connections += 1
        if self._connections > 1 and not self.failed:
            self.close()
            self._open()
        began, offset = self._clock(), 0

        def take(chunk: bytes) -> None:
            nonlocal offset
            if self._files is None:
                return
            now = self._clock()
            try:
                raw, times = self._files
                times.write(f"{now - began:.3f}\t{offset}\t{now:.3f}\n")
                raw.write(chunk)
            except OSError as error:
                self.failed = f"{self.path}: {error}"
                log.error("trace_recording_stopped", why=self.failed)
                self.close()
            offset += len(chunk)

        return take

    def close(self) -> None:
        """Write what is buffered and close the files."""
        files, self._files = self._files, None
        for file in files or ():
            with contextlib.suppress(OSError):  # the disk is full: said already, in `failed`
                file.close()

    def _open(self) -> None:
        part = f".part{self._connections}" if self._connections > 1 else ""
        stem = self.path.with_suffix("")
        try:
            raw = stem.with_name(f"{stem.name}{part}.txt").open("xb")
            times = stem.with_name(f"{stem.name}{part}.times.tsv").open("x", encoding="utf-8")
        except FileExistsError as error:
            raise TraceUnwritable(
                str(error.filename), "exists already; choose another name"
            ) from error
        except OSError as error:
            raise TraceUnwritable(str(self.path), str(error.strerror or error)) from error
        times.write(HEADING)
        self._files = (raw, times)
