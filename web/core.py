"""What all parts of one process share: database, feed, and what must be known without asking the database.

In: settings. Out: `Core`, opened and closed as a block. Pops are decided here, before anything is stored.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from calls.db import Database
from calls.dispatch import Handler
from calls.feed import Feed, feed_for
from crm import migrate
from crm.errors import SettingInvalid
from crm.number_rules import NumberRules
from crm.numbers_index import NumbersIndex
from crm.phone_owners import PhoneOwners
from crm.screen_pop import PopShown, PopTracker
from crm.state_keeper import StateKeeper
from pbx.events import CallEvent
from pbx.listener import Listener
from web.live.hub import POP_SHOWN, POP_WITHDRAWN, shown_notice, withdrawn_notice
from web.live.links import LinkBoard
from web.services import utc_now
from web.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What the demonstration adds to a process."""

    sample_data: bool = False
    """Whether pages say that clients and calls are samples."""
    handlers: Sequence[Handler] = ()
    """Of call events, after the usual ones."""
    beside: Sequence[Callable[[Core], Coroutine[Any, Any, None]]] = ()
    """Further work of the same process."""


NO_EXTRAS = Extras()


@dataclass(kw_only=True)
class Core:
    """What all parts of a process share."""

    settings: Settings
    db: Database
    feed: Feed
    owners: PhoneOwners
    numbers: NumbersIndex
    links: LinkBoard
    states: StateKeeper
    """What phones and queue members do now; it writes in the process that listens."""
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    """Those of the PBXs that this process shall hear, by name."""
    hearing: set[str] = field(default_factory=set)
    """PBXs that this process hears, and no other: it has the right to listen to them."""
    extras: Extras = field(default_factory=lambda: NO_EXTRAS)
    on_ready: Callable[[int], None] = field(default=lambda port: None)
    """Called with the port when pages can be opened."""

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Core]:
        """Open the database and what is kept in memory of it.

        Raises:
            SettingInvalid: the database is not of this version.
            DatabaseUnavailable: it cannot be reached.
        """
        if not migrate.is_current(settings.database_url):
            raise SettingInvalid(
                "SLOVO_DATABASE_URL", "the database is not of this version: run `slovo migrate`"
            )
        db = Database(settings.database_url)
        try:
            core = cls(
                settings=settings,
                db=db,
                feed=feed_for(db),
                owners=(owners := PhoneOwners()),
                numbers=NumbersIndex(NumberRules.of(settings)),
                links=LinkBoard(settings.pbx_names, utc_now()),
                states=StateKeeper(db, owners.operators_of, wrap_up_s=settings.wrap_up_s),
            )
            await core.load()
            yield core
        finally:
            await db.dispose()

    async def load(self) -> None:
        """Read anew what is kept in memory."""
        async with self.db.read() as session:
            await self.owners.load(session)
            await self.numbers.load(session)
            await self.links.load(session)

    def show_pop(self, event: CallEvent, pops: PopTracker) -> bool:
        """Send the pops of this event to the pages; returns whether one was shown."""
        shown = False
        for pop in pops.feed(event):
            users = self.owners.operators_of(pop.pbx, pop.extension)
            if isinstance(pop, PopShown):
                if users:
                    self.feed.send_now(POP_SHOWN, shown_notice(pop, users))
                    shown = True
            else:
                self.feed.send_now(POP_WITHDRAWN, withdrawn_notice(pop, users))
        return shown
