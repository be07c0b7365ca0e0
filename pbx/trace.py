"""Reads recorded AMI traffic: raw bytes as a server sent them, or JSON lines of events.

In: `NAME.txt` with `NAME.times.tsv` beside it if there, or one JSON object per line (header to string or list, optional
`_at`). Out: messages with their times, through the same `MessageReader` that reads a live connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pbx.errors import TraceUnreadable
from pbx.messages import Headers
from pbx.protocol import MessageReader

CHUNK_BYTES = 65_536
_AMI_LINE = re.compile(rb"^(Asterisk Call Manager/|Event: |Response: )", re.MULTILINE)


class TimedMessage(NamedTuple):
    """One message and when it came: its own Timestamp header, else the trace's time, else None."""

    headers: Headers
    at: datetime | None


def read_trace(path: Path) -> Iterator[TimedMessage]:
    """Yield the messages of one recorded connection.

    Raises:
        TraceUnreadable: the file cannot be read, or is neither raw AMI text nor JSON lines.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TraceUnreadable(str(path), error.strerror or str(error)) from error
    if data.lstrip()[:1] == b"{":
        return _json_lines(path, data)
    if data.strip() and not _AMI_LINE.search(data):
        raise TraceUnreadable(str(path), "neither raw AMI text nor JSON lines of events")
    return _raw(data, _times_of(path))


def _raw(data: bytes, times: list[tuple[int, datetime]]) -> Iterator[TimedMessage]:
    if b"\r\n" not in data:  # pasted from a terminal
        data, times = data.replace(b"\n", b"\r\n"), []
    reader = MessageReader()
    for start, end, at in _chunks(len(data), times):
        for headers in reader.feed(data[start:end]):
            yield TimedMessage(headers, own_time(headers) or at)


def _chunks(
    size: int, times: list[tuple[int, datetime]]
) -> Iterator[tuple[int, int, datetime | None]]:
    """Yield (first byte, end, time of arrival) of each chunk; untimed pieces where no times are known."""
    if not times:
        for start in range(0, size, CHUNK_BYTES):
            yield start, min(start + CHUNK_BYTES, size), None
        return
    if times[0][0] > 0:
        yield 0, times[0][0], times[0][1]
    for (start, at), (end, _) in zip(times, [*times[1:], (size, times[-1][1])], strict=True):
        yield start, end, at


def _times_of(path: Path) -> list[tuple[int, datetime]]:
    """Return (byte offset, unix time) of the chunks from `NAME.times.tsv`, nothing if there is none."""
    beside = path.with_suffix(".times.tsv")
    if not beside.exists():
        return []
    try:
        rows = [line.split("\t") for line in beside.read_text("utf-8").splitlines()]
        return [
            (int(row[1]), datetime.fromtimestamp(float(row[2]), UTC))
            for row in rows
            if len(row) >= 3 and not row[0].startswith("#")
        ]
    except (OSError, ValueError) as error:
        raise TraceUnreadable(str(beside), f"not a table of chunk times: {error}") from error


def _json_lines(path: Path, data: bytes) -> Iterator[TimedMessage]:
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            headers = json.loads(line)
            at = headers.pop("_at", None)
            time = _aware(datetime.fromisoformat(at)) if at else None
        except (ValueError, TypeError, AttributeError) as error:
            raise TraceUnreadable(f"{path}:{number}", f"not an event as JSON: {error}") from error
        yield TimedMessage(headers, own_time(headers) or time)


def _aware(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def own_time(headers: Headers) -> datetime | None:
    """Return the time of an event's Timestamp header (`timestampevents=yes` in manager.conf), None if it has none."""
    value = headers.get("Timestamp")
    if not isinstance(value, str) or "Event" not in headers:
        return None
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None
