"""What a listener is made of and what it tells of itself.

In: nothing. Out: `LinkState`, and what the listener needs of a tracker and of a recorder of raw bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pbx.events import PbxEvent
from pbx.resync import Answer, Snapshot


class LinkState(StrEnum):
    """Where the connection stands; shown on every page."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
    """Lost or never reached; the next attempt is on its way."""
    REFUSED = "refused"
    """Wrong user or secret: nothing more is tried until the settings change."""
    CLOSED = "closed"


class Tracker(Protocol):
    """What the listener needs of `pbx.tracker.CallTracker`."""

    def feed(self, headers: Mapping[str, Any], at: datetime | None) -> list[PbxEvent]:
        """Take one AMI event; return what it means."""
        ...

    def resync(self, snapshot: Snapshot, at: datetime | None) -> list[PbxEvent]:
        """Compare with what Asterisk holds now; return what was missed."""
        ...

    def look(self, channels: Answer, at: datetime | None) -> list[PbxEvent]:
        """Compare with a list of Asterisk's channels; return what lost events had hidden."""
        ...

    def link_lost(self, at: datetime | None) -> list[PbxEvent]:
        """Learn that events will be missing from now on; return what that ends."""
        ...


class Recorder(Protocol):
    """Keeps the raw bytes of each connection; see `pbx.trace_record`."""

    def connection(self) -> Callable[[bytes], None]:
        """Begin a new connection; return where its bytes go."""
        ...
