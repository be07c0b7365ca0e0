"""Where one PBX's own record is, by its settings.

In: `PbxSettings`. Out: the sources that are set, ready to be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from calls.cdr.master_csv import MasterCsv
from calls.cdr.queue_log import QueueLog, QueueLogFile, QueueLogTable
from calls.cdr.reading import CdrSource
from calls.cdr.row import CdrRow
from calls.cdr.table import CdrTable
from pbx.settings import PbxSettings


class NoLines:
    """Stands for the call records where only the queue_log is set: callers who gave up in queues are found by it."""

    name = "queue_log"
    malformed = 0

    def rows(self, since: datetime) -> Iterator[CdrRow]:
        """Yield nothing."""
        return iter(())

    def newest(self) -> None:
        """Say that nothing proves a time to be filled: the queue_log knows no other calls."""
        return None


def sources_of(settings: PbxSettings) -> list[CdrSource]:
    """Return the call records of this PBX: none, the file, the table, or both."""
    zone = zone_set(settings)
    found: list[CdrSource] = []
    if settings.cdr_csv is not None:
        found.append(MasterCsv(settings.cdr_csv, zone, local_zone(), settings.key("cdr_csv")))
    if settings.cdr_url is not None:
        url = settings.cdr_url.get_secret_value()
        found.append(CdrTable(url, settings.cdr_table, zone, local_zone()))
    if not found and queue_log_of(settings) is not None:
        found.append(NoLines())
    return found


def queue_log_of(settings: PbxSettings) -> QueueLog | None:
    """Return the queue_log of this PBX, if one is set."""
    if settings.queue_log is not None:
        return QueueLogFile(settings.queue_log, settings.key("queue_log"))
    if settings.queue_log_table and settings.cdr_url is not None:
        zone = zone_set(settings) or local_zone()
        return QueueLogTable(settings.cdr_url.get_secret_value(), settings.queue_log_table, zone)
    return None


def zone_set(settings: PbxSettings) -> tzinfo | None:
    """Return the zone that is set for this PBX's record; None = its lines tell it."""
    return ZoneInfo(settings.cdr_time_zone) if settings.cdr_time_zone else None


class _LocalZone(tzinfo):
    """This machine's zone with its summer times; what `astimezone` tells is the offset of one moment only."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """Return how far it is ahead of UTC then."""
        return at.replace(tzinfo=None).astimezone().utcoffset() if at is not None else None

    def dst(self, at: datetime | None) -> timedelta | None:
        """Leave open how much of it is summer time."""
        return None

    def tzname(self, at: datetime | None) -> str:
        """Return a name for people."""
        return "local"

    def fromutc(self, at: datetime) -> datetime:
        """Return a moment of UTC in this zone."""
        return at.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)


def local_zone() -> tzinfo:
    """Return this machine's zone: Asterisk writes in its own, which mostly is the same."""
    return _LocalZone()
