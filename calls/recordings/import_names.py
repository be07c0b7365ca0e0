"""Names of old recordings, read by a pattern: when it was, who called whom, which side. Pure.

In: a pattern such as `{date}-{time}-{caller}-{called}-{side}` and paths. Out: `Named`, or `NameRefused` with the reason.
Nothing is guessed: what the name does not tell is not known.

The pattern stands for the file's name, or for the path below the directory where it holds a "/"; the suffix may be left
out. `*` passes over anything. Dates are 20260131, 2026-01-31 or 31.01.2026, times 093000, 09-30-00, 09:30:00 or 0930.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import PurePosixPath
from types import MappingProxyType
from zoneinfo import ZoneInfo

from calls.recordings.names import SOUND_SUFFIXES
from pbx.numbers import sent_number

_PARTS = {
    "date": r"\d{8}|\d{4}[-._]\d{2}[-._]\d{2}|\d{2}[-._]\d{2}[-._]\d{4}",
    "time": r"\d{6}|\d{2}[-._:]\d{2}[-._:]\d{2}|\d{4}|\d{2}[-._:]\d{2}",
    "caller": r"[+\w*#.@]*",
    "called": r"[+\w*#.@]*",
    "uniqueid": r"(?:[\w-]+-)?\d+\.\d+",
    "side": r"[A-Za-z]+",
}
MOST_STARS = 3
"""More of them take minutes to try on one long name."""
LONGEST = 128
"""Characters of a number or an id: what a call can keep."""
FIRST_YEAR, LAST_YEAR = 1970, 2100
_FIXED = ("date", "time")
"""Parts that end by themselves: another part may stand right behind."""
SIDES: Mapping[str, str] = MappingProxyType(
    {
        "client": "client", "operator": "operator", "agent": "operator",
        "in": "receive", "rx": "receive", "r": "receive", "receive": "receive", "caller": "receive",
        "out": "transmit", "tx": "transmit", "t": "transmit", "transmit": "transmit", "called": "transmit",
    }
)  # fmt: skip
"""What `{side}` may say: whose words a file holds. "receive" is what the calling leg says, "transmit" what it hears."""
_FIELD = re.compile(r"\{(\w*)\}|(\*)")


class PatternRefused(ValueError):
    """A pattern that cannot be used; `str()` says why, in words for people."""


class NameRefused(ValueError):
    """A name from which a call cannot be made; `str()` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What one name tells. `caller` and `called` as written, "" where withheld; `side` as in `SIDES`, "" = both."""

    at: datetime
    caller: str = ""
    called: str = ""
    uniqueid: str = ""
    side: str = ""

    @property
    def call(self) -> tuple[str, ...]:
        """What the names of one call's files have in common."""
        return (self.at.astimezone(UTC).isoformat(), self.caller, self.called, self.uniqueid)


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern that was understood. `zone`: of the dates and times in the names."""

    pattern: str
    zone: ZoneInfo
    _regex: re.Pattern[str]
    parts: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, pattern: str, zone: ZoneInfo) -> NamePattern:
        """Understand a pattern.

        Raises:
            PatternRefused: says what is wrong with it.
        """
        parts = [found[1] for found in _FIELD.finditer(pattern) if found[1] is not None]
        _check(pattern, parts)
        return cls(pattern, zone, re.compile(_regex_of(pattern)), frozenset(parts))

    def read(self, path: str) -> Named:
        """What a path (relative, with slashes) tells.

        Raises:
            NameRefused: it does not fit, or tells something that cannot be.
        """
        found = self._regex.fullmatch(self._seen(path))
        if found is None:
            raise NameRefused(f"the name does not fit {self.pattern}")
        told = found.groupdict(default="")
        if max(map(len, told.values())) > LONGEST:
            raise NameRefused(f"a number or id in it is longer than {LONGEST} characters")
        return Named(
            at=self._time(told),
            caller=_number(told.get("caller", "")),
            called=_number(told.get("called", "")),
            uniqueid=told.get("uniqueid", ""),
            side=_side(told["side"]) if "side" in told else "",
        )

    def _seen(self, path: str) -> str:
        at = PurePosixPath(path)
        whole = path if "/" in self.pattern else at.name
        named = PurePosixPath(self.pattern).suffix.lower() in SOUND_SUFFIXES
        return whole if named or self.pattern.endswith(".*") else whole.removesuffix(at.suffix)

    def _time(self, told: Mapping[str, str]) -> datetime:
        if "date" in told and "time" in told:
            return datetime.combine(_date(told["date"]), _clock(told["time"]), self.zone)
        seconds = told["uniqueid"].rpartition("-")[2].partition(".")[0]
        if not 9 <= len(seconds) <= 10:
            raise NameRefused(f"{told['uniqueid']} is no id that holds a time")
        return datetime.fromtimestamp(int(seconds), UTC)


def _check(pattern: str, parts: list[str]) -> None:
    strange = [part for part in parts if part not in _PARTS]
    if strange:
        raise PatternRefused(
            f"{{{strange[0]}}} is no part of a name: there are "
            + ", ".join(f"{{{part}}}" for part in _PARTS)
        )
    twice = [part for part in _PARTS if parts.count(part) > 1]
    if twice:
        raise PatternRefused(f"{{{twice[0]}}} stands in it twice")
    if not {"date", "time"} <= set(parts) and "uniqueid" not in parts:
        raise PatternRefused("it needs {date} and {time}, or {uniqueid}: a call has a time")
    if not {"caller", "called", "uniqueid"} & set(parts):
        raise PatternRefused(
            "it needs {caller} or {called}, or {uniqueid}: a call has somebody in it"
        )
    if pattern.count("*") > MOST_STARS:
        raise PatternRefused(f"it has more than {MOST_STARS} *: write out what stands in the names")
    for one in re.finditer(r"\{(\w+)\}(?:\{\w+\}|\*)|\*\{(\w+)\}", pattern):
        if one[1] not in _FIXED:
            raise PatternRefused(
                f"nothing stands between the parts of {one[0]}: where does one end?"
            )


def _regex_of(pattern: str) -> str:
    made, last = "", 0
    for found in _FIELD.finditer(pattern):
        made += re.escape(pattern[last : found.start()])
        made += "[^/]*?" if found[2] else f"(?P<{found[1]}>{_PARTS[found[1]]})"
        last = found.end()
    return made + re.escape(pattern[last:])


def _date(text: str) -> date:
    digits = re.sub(r"\D", "", text)
    if len(text) > 8 and not text[:4].isdigit():
        digits = digits[4:] + digits[2:4] + digits[:2]
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise NameRefused(f"{text} is no day") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NameRefused(f"{text} is no day of a recording")
    return day


def _clock(text: str) -> time:
    digits = re.sub(r"\D", "", text).ljust(6, "0")
    try:
        return time(int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        raise NameRefused(f"{text} is no time of day") from None


def _number(text: str) -> str:
    """The number as written, "" where it was withheld."""
    return sent_number(text)


def _side(text: str) -> str:
    side = SIDES.get(text.lower())
    if side is None:
        raise NameRefused(f"{text} is no side: " + ", ".join(sorted(SIDES)))
    return side
