"""Lines of the record that Asterisk sent over AMI while we were connected (cdr_manager), kept for the next pass.

In: `CdrReported` events. Out: rows, as from a file. They correct calls of which a part was missed; what happened without a
connection they cannot tell, so they fill no blind time. In memory only: a restart forgets them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from calls.cdr.row import CdrRow, column, row_of, zone_of
from calls.errors import CdrUnreadable
from pbx.events import CdrReported

KEPT = timedelta(hours=12)
MOST = 50_000


class ReportedRows:
    """The lines of one PBX."""

    name = "ami"

    def __init__(self, zone: tzinfo | None, local: tzinfo) -> None:
        self.malformed = 0
        self._zone, self._local = zone, local
        self._lines: deque[dict[str, object]] = deque(maxlen=MOST)

    def take(self, event: CdrReported) -> None:
        """Keep one line."""
        self._lines.append({column(name): value for name, value in event.values})

    def rows(self, since: datetime) -> Iterator[CdrRow]:
        """Yield the rows of calls that ended later than `since`, and some before."""
        lines = list(self._lines)
        zone = self._zone or zone_of(lines, self._local)
        for line in lines:
            try:
                row = row_of(line, zone)
            except CdrUnreadable:
                self.malformed += 1
                continue
            if row.end >= since - KEPT:
                yield row

    def newest(self) -> None:
        """Say that nothing proves this to be all: lines that came while we were away are not here."""
        return None
