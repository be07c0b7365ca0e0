"""All tests in two halves at once: what waits for telephones, pages and speech, and what computes.

In: arguments for pytest. Out: the output of the first half as it comes, that of the second afterwards; exit code 0 when
both passed. A test that waits in real time leaves the processor to the others, and never meets another one that waits. The
computing half has two workers, for its tests wait for databases much of the time, and gives way to the other half. Its
files are kept in memory where there is room: every test has a database of its own, and making one writes hundreds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

IN_REAL_TIME = "asterisk or chromium or vosk"
WORKERS = 2
GIVES_WAY = 5
"""Niceness of the computing half: pages and telephones of the other one must not wait for it."""
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free there."""
NOTHING_COLLECTED = 5
"""Exit code of pytest, as when `-k` names a test of the other half."""


def main(arguments: Sequence[str]) -> int:
    """Run both halves; return the exit code."""
    with tempfile.TemporaryFile("w+b") as later, _quick_folder() as folder:
        computing = _pytest(
            f"not ({IN_REAL_TIME})",
            ["-n", str(WORKERS), "-o", "tmp_path_retention_policy=failed", *arguments],
            stdout=later,
            stderr=later,
            env={**os.environ, "TMPDIR": folder},
            preexec_fn=partial(os.nice, GIVES_WAY),
        )
        try:
            codes = [_pytest(IN_REAL_TIME, arguments).wait(), computing.wait()]
        finally:
            computing.kill()
        later.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(later.read())
    ran = [code for code in codes if code != NOTHING_COLLECTED] or [NOTHING_COLLECTED]
    return next((abs(code) for code in ran if code), 0)


@contextmanager
def _quick_folder() -> Iterator[str]:
    """A folder for temporary files: in memory if there is room, else where they always are."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM
    with tempfile.TemporaryDirectory(
        prefix="slovo-", dir=MEMORY if in_memory else None, ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        yield folder


def _pytest(marks: str, arguments: Sequence[str], **streams: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-m", marks, *arguments]
    return subprocess.Popen(command, **streams)  # type: ignore[call-overload, no-any-return]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
