"""Which moment of the call a second of a recording is. Pure.

In: what the PBX named (`Recording.source`), the call's record, when the recording was begun. Out: the time of audio second
0, and of every later second.

Nothing is written while no sound passes the recorded leg. A caller's phone usually sends none before it is answered, so a
recording that was begun while it rang has its second 0 later: as much later as it is shorter than the time to the call's
end, but never after the first talk. With MixMonitor's option b nothing is written while the leg talks to nobody: second 0
is the first talk, and the talks stand one behind the other without the time between them.

Source: app_mixmonitor of Asterisk 13 to 22 (`ast_channel_is_bridged`); trace `rec-transfer`, where
two talks give one file of both their lengths.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from calls.record import CallRecord, Talk


def began(
    source: Mapping[str, Any],
    record: CallRecord | None,
    named_at: datetime | None,
    duration_s: float | None,
) -> datetime | None:
    """When audio second 0 was.

    Args:
        source: as `Recording.source`.
        record: the call; None where none is kept.
        named_at: when the PBX said that it begins to record, or what was found before; None = unknown.
        duration_s: of the sound; None = unknown.
    """
    if source.get("bridged_only") and record is not None:
        pieces = _pieces(source, record, named_at)
        return pieces[0][0] if pieces else named_at
    if named_at is None and source.get("finished_at") and duration_s is not None:
        return datetime.fromisoformat(str(source["finished_at"])) - timedelta(seconds=duration_s)
    return _first_sound(record, named_at, duration_s)


def _first_sound(
    record: CallRecord | None, named_at: datetime | None, duration_s: float | None
) -> datetime | None:
    """When sound first passed, of a recording that goes on to the call's end."""
    if record is None or named_at is None or duration_s is None or record.ended_at is None:
        return named_at
    first = next((talk.started_at for talk in record.talks if talk.started_at), None)
    if first is None or first <= named_at:
        return named_at
    missing = record.ended_at - named_at - timedelta(seconds=duration_s)
    return min(named_at + max(missing, timedelta()), first)


def moment(
    source: Mapping[str, Any], record: CallRecord, started_at: datetime | None, second_s: float
) -> datetime | None:
    """When a second of the recording was.

    Args:
        source: as `Recording.source`.
        record: the call.
        started_at: when audio second 0 was; None = unknown.
        second_s: seconds of audio.
    """
    if started_at is None:
        return None
    if source.get("bridged_only"):
        for start, length_s in _pieces(source, record, started_at):
            if length_s is None or second_s < length_s:
                return start + timedelta(seconds=second_s)
            second_s -= length_s
            started_at = start + timedelta(seconds=length_s)
    return started_at + timedelta(seconds=second_s)


def stretches(
    source: Mapping[str, Any],
    record: CallRecord | None,
    started_at: datetime,
    from_at: datetime,
    until_at: datetime,
) -> list[tuple[float, float]]:
    """Which seconds of the recording lie between two moments of the call: `moment` the other way round.

    Args:
        source: as `Recording.source`.
        record: the call; None where none is kept.
        started_at: when audio second 0 was.
        from_at: the first moment.
        until_at: the last one.

    Returns:
        Beginnings and ends in seconds of audio; none where nothing was recorded meanwhile.
    """
    pieces: list[tuple[datetime, float | None]] = [(started_at, None)]
    if source.get("bridged_only") and record is not None:
        pieces = _pieces(source, record, started_at)
    found, before_s = [], 0.0
    for start, length_s in pieces:
        begin_s = max((from_at - start).total_seconds(), 0.0)
        end_s = (until_at - start).total_seconds()
        end_s = end_s if length_s is None else min(end_s, length_s)
        if begin_s < end_s:
            found.append((before_s + begin_s, before_s + end_s))
        before_s += length_s or 0.0
    return found


def talked_after(record: CallRecord, at: datetime | None) -> bool:
    """Whether somebody talked while it was recorded: after `at`, or at all where that is unknown."""
    if at is None:
        return bool(record.talks)
    return any(talk.ended_at is None or talk.ended_at > at for talk in record.talks)


def _pieces(
    source: Mapping[str, Any], record: CallRecord, at: datetime | None
) -> list[tuple[datetime, float | None]]:
    """Beginning and length of each talk of the recorded leg from `at` on; None as length: to the end."""
    pieces: list[tuple[datetime, float | None]] = []
    for talk in record.talks:
        start, end = talk.started_at, talk.ended_at
        if start is None or not _takes_part(talk, source, record):
            continue
        if at is not None:
            if end is not None and end <= at:
                continue
            start = max(start, at)
        pieces.append((start, (end - start).total_seconds() if end else None))
    return pieces


def _takes_part(talk: Talk, source: Mapping[str, Any], record: CallRecord) -> bool:
    """Whether the recorded leg is one of those who talk; a leg that nobody can name is the caller's."""
    party = str(source.get("recorded_party") or record.caller.label)
    labels = {one.label for one in talk.parties}
    return party in labels or not party
