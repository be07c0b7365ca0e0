"""One line of Asterisk's call detail record. Pure.

In: values by column name, however the back end spells them (cdr_csv, cdr_sqlite3_custom, FreePBX's table, AMI's Cdr
event). Out: `CdrRow`. One call leaves one or many of them: what belongs together is decided in `calls.cdr.grouping`.

Times are written without a zone. `zone_of` finds it by the uniqueids, which begin with the epoch: nobody has to set it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from calls.errors import CdrUnreadable

UNIQUEID = re.compile(r"(?:.*-)?(\d{9,11})\.(\d{1,18})")
"""Epoch and counter, behind the `systemname` if Asterisk has one."""
LONGEST = timedelta(days=366)
"""A line of a longer call is broken, and its end would count as the newest one that the record knows."""
QUARTER_S = 900
FURTHEST_S = 15 * 3600
"""No zone is further from UTC."""
A_MINUTE = timedelta(minutes=1)
ROUNDED = timedelta(seconds=2)
ALIASES = {
    "calldate": "start",
    "source": "src",
    "destination": "dst",
    "destinationcontext": "dcontext",
    "callerid": "clid",
    "destinationchannel": "dstchannel",
    "lastapplication": "lastapp",
    "starttime": "start",
    "answertime": "answer",
    "endtime": "end",
    "billableseconds": "billsec",
}
"""Names of other back ends, in lower case, by cdr_csv's names."""
NEEDED = frozenset({"src", "dst", "channel", "dstchannel", "lastapp", "start", "disposition"})
"""Columns without which nothing can be said of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CdrRow:
    """What one line says. Times are aware; `answer` is None where the channel was never answered."""

    src: str
    dst: str
    context: str
    clid: str
    channel: str
    dst_channel: str
    app: str
    data: str
    start: datetime
    answer: datetime | None
    end: datetime
    disposition: str
    """ANSWERED, NO ANSWER, BUSY, FAILED or CONGESTION: what became of this line, not of the call."""
    uniqueid: str = ""
    """Of `channel`; "" where the back end leaves it out."""
    linkedid: str = ""
    userfield: str = ""

    @property
    def duration_s(self) -> float:
        """From start to end, in seconds; whole ones, as Asterisk writes them."""
        return (self.end - self.start).total_seconds()

    @property
    def answered(self) -> bool:
        """Whether the line says ANSWERED: by a person only if there is a second channel."""
        return self.disposition == "ANSWERED"

    @property
    def connected_s(self) -> float:
        """From the answer to the end, 0 without an answer."""
        return (self.end - self.answer).total_seconds() if self.answer else 0.0


def column(name: str) -> str:
    """Return our name of a column, whatever its case and back end."""
    plain = name.strip().lower().replace("_", "")
    return ALIASES.get(plain, plain)


def zone_of(values: Iterable[Mapping[str, object]], missing: tzinfo) -> tzinfo:
    """Return the zone in which lines are written, found by comparing `start` with the epoch in `uniqueid`.

    Args:
        values: lines, by our column names.
        missing: the zone if no line tells it; also if most lines agree with it, for it knows of summer time.
    """
    offsets: Counter[int] = Counter()
    agree = 0
    for line in values:
        try:
            epoch, naive = epoch_of(str(line.get("uniqueid") or "")), _naive(line.get("start"))
        except CdrUnreadable:
            continue  # this line tells no time; it is counted where it is read
        if epoch is not None and naive is not None:
            ahead = (naive.replace(tzinfo=UTC) - epoch).total_seconds()
            offsets[round(ahead / QUARTER_S) * QUARTER_S] += 1
            if abs(ahead) <= FURTHEST_S:
                agree += abs(_utc(naive, missing, epoch) - epoch) < A_MINUTE
    if 2 * agree >= offsets.total():
        return missing
    seconds = offsets.most_common(1)[0][0]
    if abs(seconds) > FURTHEST_S:
        return missing
    return timezone(timedelta(seconds=seconds))


def epoch_of(uniqueid: str) -> datetime | None:
    """Return when a channel with this uniqueid began, None if the id does not tell."""
    found = UNIQUEID.fullmatch(uniqueid)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def birth_of(uniqueid: str) -> tuple[int, int] | None:
    """Return epoch and counter of a channel, in whose order channels begin; None if the id does not tell."""
    found = UNIQUEID.fullmatch(uniqueid)
    return (int(found[1]), int(found[2])) if found else None


def row_of(values: Mapping[str, object], zone: tzinfo) -> CdrRow:
    """Return the row of a line's values.

    Args:
        values: by our column names (`column`); text, numbers or datetimes.
        zone: of times without one.

    Raises:
        CdrUnreadable: no start, or another value that means nothing.
    """
    try:
        return _row_of(values, zone)
    except (ValueError, OverflowError) as error:
        # One line must not stop the reading of all others: "nan" seconds, a time beyond all calendars.
        raise CdrUnreadable(f"no call has these times: {error}") from error


def _row_of(values: Mapping[str, object], zone: tzinfo) -> CdrRow:
    def text(name: str) -> str:
        value = values.get(name)
        # No database keeps zero characters; a disk that lost its power leaves them in files.
        return "" if value is None else str(value).replace("\0", "").strip()

    start = _time(values.get("start"), zone, epoch_of(text("uniqueid")))
    if start is None:
        raise CdrUnreadable(f"start is {values.get('start')!r}")
    length = timedelta(seconds=_seconds(values.get("duration")))
    talked = timedelta(seconds=_seconds(values.get("billsec")))
    end = max(_time(values.get("end"), zone, start) or start + length, start)
    if end - start > LONGEST:
        raise CdrUnreadable(f"a call that lasts from {start} to {end}")
    answer = _time(values.get("answer"), zone, start)
    if answer is None and talked:
        answer = end - talked  # FreePBX's table has no such column
    return CdrRow(
        src=text("src"),
        dst=text("dst"),
        context=text("dcontext"),
        clid=text("clid"),
        channel=text("channel"),
        dst_channel=text("dstchannel"),
        app=text("lastapp"),
        data=text("lastdata"),
        start=start,
        answer=answer,
        end=end,
        disposition=text("disposition").upper(),
        uniqueid=text("uniqueid"),
        linkedid=text("linkedid"),
        userfield=text("userfield"),
    )


def _seconds(value: object) -> float:
    try:
        return max(float(str(value)), 0.0) if value not in (None, "") else 0.0
    except ValueError as error:
        raise CdrUnreadable(f"{value!r} is no number of seconds") from error


def _time(value: object, zone: tzinfo, after: datetime | None) -> datetime | None:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    naive = _naive(value)
    if naive is None:
        return None
    return _utc(naive, zone, after)


def _utc(naive: datetime, zone: tzinfo, after: datetime | None) -> datetime:
    """Return a time in UTC: of the hour that comes twice in autumn the second, if the first lies before `after`."""
    at = naive.replace(tzinfo=zone).astimezone(UTC)
    if after is None or at >= after - ROUNDED:
        return at
    return naive.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _naive(value: object) -> datetime | None:
    """Return a time as written; None for none ("0000-00-00 00:00:00" is MySQL's word for it)."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    text = str(value or "").strip()
    if not text or text.startswith("0000"):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise CdrUnreadable(f"{value!r} is no time") from error
