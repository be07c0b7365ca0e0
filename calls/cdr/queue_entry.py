"""One line of Asterisk's queue_log. Pure.

In: a line of the file (`epoch|callid|queue|agent|event|data…`) or a row of a table. Out: `QueueEntry`, for the events that
say what became of a caller: ENTERQUEUE, CONNECT, ABANDON, EXITWITHTIMEOUT, RINGNOANSWER, COMPLETE* and the other exits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

LEFT_UNANSWERED = {
    "ABANDON": "abandoned",
    "EXITWITHTIMEOUT": "timeout",
    "EXITEMPTY": "timeout",
    "EXITWITHKEY": "timeout",
    "FULL": "timeout",
    "JOINEMPTY": "timeout",
}
"""How a caller left a queue without a person, in the words of `pbx.events.QueueLeft`."""
WANTED = frozenset({*LEFT_UNANSWERED, "ENTERQUEUE", "CONNECT", "RINGNOANSWER"})


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """What happened to a caller in a queue. `call` is the uniqueid of his channel."""

    at: datetime
    call: str
    queue: str
    agent: str
    """Member name or interface; Asterisk writes the name where a member has one."""
    event: str
    data: tuple[str, ...] = ()


def entry_of_line(line: str) -> QueueEntry | None:
    """Return the entry of a line of the file; None for events of no caller and for lines that are none."""
    parts = line.rstrip("\r\n").split("|")
    if len(parts) < 5 or parts[4] not in WANTED:
        return None
    try:
        at = datetime.fromtimestamp(float(parts[0]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return QueueEntry(at, parts[1], parts[2], parts[3], parts[4], tuple(parts[5:]))


def entry_of_row(values: Mapping[str, object], zone: tzinfo) -> QueueEntry | None:
    """Return the entry of a table's row (columns time, callid, queuename, agent, event, data or data1…data5)."""
    named = {name.lower(): value for name, value in values.items()}
    event, at = str(named.get("event") or ""), _time(named.get("time"), zone)
    if event not in WANTED or at is None:
        return None
    one = str(named.get("data") or "")
    data = (
        tuple(one.split("|"))
        if one
        else tuple(str(named.get(f"data{n}") or "") for n in range(1, 6))
    )
    return QueueEntry(
        at,
        str(named.get("callid") or ""),
        str(named.get("queuename") or ""),
        str(named.get("agent") or ""),
        event,
        data,
    )


def _time(value: object, zone: tzinfo) -> datetime | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    text = str(value or "").strip()
    try:
        if text.replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(text), UTC)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
