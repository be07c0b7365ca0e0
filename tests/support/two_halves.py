"""All tests in two halves at once: what waits for telephones, pages and speech, and what computes.

In: arguments for pytest. Out: the output of the first half as it comes, that of the second afterwards; exit code 0 when
both passed. A test that waits in real time leaves the processor to the others, and never meets another one that waits.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence

IN_REAL_TIME = "asterisk or chromium or vosk"
NOTHING_COLLECTED = 5
"""Exit code of pytest, as when `-k` names a test of the other half."""


def main(arguments: Sequence[str]) -> int:
    """Run both halves; return the exit code."""
    with tempfile.TemporaryFile("w+b") as later:
        computing = _pytest(f"not ({IN_REAL_TIME})", arguments, stdout=later, stderr=later)
        try:
            codes = [_pytest(IN_REAL_TIME, arguments).wait(), computing.wait()]
        finally:
            computing.kill()
        later.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(later.read())
    ran = [code for code in codes if code != NOTHING_COLLECTED] or [NOTHING_COLLECTED]
    return next((abs(code) for code in ran if code), 0)


def _pytest(marks: str, arguments: Sequence[str], **streams: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", "-m", marks, *arguments]
    return subprocess.Popen(command, **streams)  # type: ignore[call-overload, no-any-return]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
