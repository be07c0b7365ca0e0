"""A series of times: a rule of repetition with its first time and its zone. Pure.

In: what a form says, or the text that is kept. Out: the moments of the series, in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm.errors import Invalid
from crm.recurrence import (
    WALL_FORMAT,
    Recurrence,
    at_zone,
    following,
    latest,
    not_understood,
    read,
    rule_of,
    times,
    wall_of,
    wall_time,
)

EARLIEST_YEAR = 2000
"""Times are counted from the first one on: the days since the year 1 would keep everybody waiting for seconds."""


@dataclass(frozen=True, slots=True)
class Series:
    """A rule with its first time and zone: all that is needed to count its times. Kept as RFC 5545 writes it."""

    rule: str
    first: datetime
    """Wall time."""
    zone: ZoneInfo

    @classmethod
    def begin(cls, recurrence: Recurrence, at: datetime, zone: ZoneInfo) -> Series:
        """A series whose first time is that moment, or the first one after it that the rule names.

        Raises:
            Invalid: as `rule_of`; also where the rule names no time at all, or the first one lies too long ago.
        """
        first = wall_time(at, zone)
        if first.year < EARLIEST_YEAR:
            raise Invalid("repeat", "it cannot begin before the year %(year)d", year=EARLIEST_YEAR)
        rule = rule_of(recurrence, first)
        named = next(times(rule, first), None)
        if named is None:
            raise Invalid("repeat", "it would end before it begins")
        return cls(rule, named, zone)

    @classmethod
    def read(cls, text: str) -> Series:
        """Read what `text` wrote.

        Raises:
            Invalid: something else; field "repeat".
        """
        head, _, rule = text.partition("\n")
        place, _, first = head.removeprefix("DTSTART;TZID=").partition(":")
        try:
            zone, begun = ZoneInfo(place), wall_of(first)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise not_understood() from error
        rule = rule.removeprefix("RRULE:")
        read(rule)
        return cls(rule, begun, zone)

    @property
    def text(self) -> str:
        """As it is kept: "DTSTART;TZID=…", a line end, "RRULE:…"."""
        return f"DTSTART;TZID={self.zone.key}:{self.first.strftime(WALL_FORMAT)}\nRRULE:{self.rule}"

    @property
    def first_at(self) -> datetime:
        """The first time, as a moment."""
        return at_zone(self.first, self.zone)

    def next_after(self, newest: datetime, now: datetime) -> datetime | None:
        """The moment of the next task: the newest time that has come since, else the first one to come.

        Times that were slept through are not made up for one by one. None when the series has ended.
        """
        after = wall_time(newest, self.zone)
        come = self.come_since(newest, now)
        if come is not None:
            return come
        at = following(self.rule, self.first, after)
        return None if at is None else at_zone(at, self.zone)

    def come_since(self, newest: datetime, now: datetime) -> datetime | None:
        """The newest moment later than `newest` that has come by `now`; None if none has."""
        found = latest(
            self.rule, self.first, wall_time(newest, self.zone), wall_time(now, self.zone)
        )
        return None if found is None else at_zone(found, self.zone)
