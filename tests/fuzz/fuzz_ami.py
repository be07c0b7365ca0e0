"""Coverage-guided fuzzing of everything that reads bytes of an AMI: framing, parsing, tracking, folding, deciding.

Not part of the tests: `make fuzz` runs it for five minutes. The input is a stream of bytes, cut where the fuzzer likes;
the seeds are pieces of recorded traces. Any exception, a hang or growing memory is a fault.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import atheris
import structlog

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["pbx", "calls"]):
    from calls.model import CallRecord, fold
    from calls.outcome import decide
    from pbx.events import CallEvent, PbxName
    from pbx.protocol import MessageReader, WireLimits
    from pbx.tracker import CallTracker

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIMITS = WireLimits(line_bytes=512, message_bytes=4096)
PIECE = 20_000
"""Bytes of a trace that one seed holds: whole calls begin in most of them."""
SWITCH = "--seconds="


def one_input(data: bytes) -> None:
    """Read these bytes as a connection, in chunks whose sizes the first byte chooses."""
    if not data:
        return
    reader, tracker = MessageReader(LIMITS), CallTracker(PbxName("fuzz"))
    records: dict[str, CallRecord] = {}
    step = 1 + data[0] * 8
    for start in range(1, len(data), step):
        for headers in reader.feed(data[start : start + step]):
            for event in tracker.feed(headers, NOON):
                if isinstance(event, CallEvent):
                    records[event.call] = fold(records.get(event.call), event)
        assert len(reader._buffer) <= LIMITS.message_bytes + step
    for _ in range(2):
        for event in tracker.look([], NOON):
            if isinstance(event, CallEvent):
                records[event.call] = fold(records.get(event.call), event)
    assert not tracker.live
    for record in records.values():
        decide(record)


def seeds(folder: Path) -> None:
    """Write pieces of the recorded traces as seeds."""
    for path in sorted((ROOT / "tests" / "traces").glob("*.txt")):
        (folder / path.stem).write_bytes(b"\xff" + path.read_bytes()[:PIECE])


def main() -> None:
    """Fuzz for the seconds of `--seconds=` (300), from the traces, in a folder of its own."""
    seconds = next((a.removeprefix(SWITCH) for a in sys.argv if a.startswith(SWITCH)), "300")
    with tempfile.TemporaryDirectory(prefix="slovo-fuzz-") as made:
        corpus = Path(made) / "corpus"
        corpus.mkdir()
        seeds(corpus)
        found = ROOT / "build" / "fuzz"
        found.mkdir(parents=True, exist_ok=True)
        arguments = [
            sys.argv[0],
            str(corpus),
            f"-max_total_time={seconds}",
            "-timeout=5",
            "-rss_limit_mb=512",
            "-max_len=30000",
            "-print_final_stats=1",
            f"-artifact_prefix={found}/",
        ]
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
        atheris.Setup(arguments, one_input)
        atheris.Fuzz()
        shutil.rmtree(corpus)


if __name__ == "__main__":
    main()
