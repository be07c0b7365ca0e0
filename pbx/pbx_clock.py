"""The time by the PBX's clock, which may go before or after ours.

In: headers of events with the times at which they reached us. Out: one time for all that we tell of a PBX: by its clock
where its events bear it (`timestampevents=yes` in manager.conf), else by ours. Both mixed would freeze a call's times
until the slower clock has caught up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pbx.protocol import Headers
from pbx.trace import own_time


class PbxClock:
    """One PBX's clock, as far as its events tell it."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)
        """Of ours."""

    def time_of(self, headers: Headers, arrived_at: datetime) -> datetime:
        """Return when an event happened: its Timestamp header, else when it reached us, by the PBX's clock."""
        own = own_time(headers)
        if own is None:
            return self.at(arrived_at)
        self._ahead = own - arrived_at
        return own

    def at(self, moment: datetime) -> datetime:
        """Return what the PBX's clock shows at a moment of ours."""
        return moment + self._ahead
