"""Checks of a PBX's own record of calls: what `slovo reconcile` fills in missed calls from.

In: the settings of one PBX. Out: one finding per source: can it be read, are its columns there, how new is it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from calls.cdr.reading import CdrSource
from calls.cdr.sources import NoLines, queue_log_of, sources_of
from calls.errors import CdrUnreadable
from pbx.settings import PbxSettings
from web.doctor.finding import Finding, fail, ok, warn

CHECK = "own-record"
ENABLE = (
    "In Asterisk: is cdr_csv (or the module of the database) loaded, does cdr.conf say `enable = yes` and, in [csv], "
    "`loguniqueid = yes`? asterisk-conf/cdr.conf shows it."
)


def own_record(pbx: PbxSettings) -> list[Finding]:
    """Look at each source that is set."""
    sources = [source for source in sources_of(pbx) if not isinstance(source, NoLines)]
    found = [_of_source(source) for source in sources]
    if not sources:
        found.append(
            warn(
                CHECK,
                f"Neither {pbx.key('cdr_csv')} nor {pbx.key('cdr_url')} is set: calls of times without a connection "
                "stay unknown.",
                "Set the path of Asterisk's cdr-csv/Master.csv, or the database of its call records.",
            )
        )
    return [*found, *_queue_log(pbx)]


def _of_source(source: CdrSource) -> Finding:
    try:
        newest = source.newest()
    except CdrUnreadable as error:
        return fail(CHECK, f"{error}.", f"May the user that runs Slovo read it? {ENABLE}")
    if newest is None:
        return warn(CHECK, f"{source.name} holds no record yet.", ENABLE)
    what = f"{source.name}: the newest record is of {newest.end:%Y-%m-%d %H:%M:%S} UTC."
    if not newest.uniqueid:
        return warn(
            CHECK,
            f"{what} It has no uniqueid: calls are matched by time and number.",
            "Set `loguniqueid = yes` in cdr.conf, section [csv].",
        )
    return ok(CHECK, what)


def _queue_log(pbx: PbxSettings) -> list[Finding]:
    source = queue_log_of(pbx)
    if source is None:
        return []
    try:
        newest = max((entry.at for entry in source.entries(datetime.now(UTC))), default=None)
    except CdrUnreadable as error:
        return [fail("queue-log", f"{error}.", "May the user that runs Slovo read it?")]
    told = f"read, newest entry {newest:%Y-%m-%d %H:%M:%S} UTC" if newest else "can be read"
    return [ok("queue-log", f"{source.name}: {told}.")]
