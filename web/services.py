"""What every page may use: one object, built by `web.bootstrap` or by a test, kept as `app.state.services`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from starlette.requests import HTTPConnection

from crm.export_watch import ExportWatch
from crm.sessions import Sessions
from pbx.errors import NotConnected
from web.live.hub import Hub
from web.live.protocol import LinkView

if TYPE_CHECKING:
    from calls.db import Database
    from calls.feed import Feed
    from crm.numbers_index import NumbersIndex
    from pbx.actions import Actions
    from web.settings import Settings


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


def no_links() -> Sequence[LinkView]:
    """The state of the PBX connections in a process that listens to none and was told nothing."""
    return ()


@dataclass(kw_only=True)
class Services:
    """The parts of one running web process."""

    settings: Settings
    db: Database
    hub: Hub = field(default_factory=Hub)
    feed: Feed | None = None
    """Where notices come from; None in tests that need no live page."""
    number_index: NumbersIndex | None = None
    actions: Mapping[str, Actions] = field(default_factory=dict)
    """Commands to each PBX, by its name; see `actions_on`."""
    links: Callable[[], Sequence[LinkView]] = no_links
    """State of each PBX connection, newest knowledge."""
    clock: Callable[[], datetime] = utc_now
    sample_data: bool = False
    """Whether pages say that calls and clients are samples."""

    def actions_on(self, pbx: str) -> Actions:
        """Commands to this PBX.

        Raises:
            NotConnected: this process has no way to it.
        """
        try:
            return self.actions[pbx]
        except KeyError:
            raise NotConnected(f"this process has no connection to PBX {pbx}") from None

    @cached_property
    def export_watch(self) -> ExportWatch:
        """Who opens how many cards."""
        return ExportWatch(self.db, self.clock)

    @cached_property
    def sessions(self) -> Sessions:
        """Logins."""
        return Sessions(self.db, self.settings, self.clock)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The company's zone: all times are shown in it."""
        return ZoneInfo(self.settings.time_zone)


def services_of(connection: HTTPConnection) -> Services:
    """The services of the application that got this request or websocket."""
    services = connection.app.state.services
    assert isinstance(services, Services)  # noqa: S101 - create_app puts it there
    return services
