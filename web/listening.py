"""Listening to the PBXs: for each a connection with its tracker, for all together one dispatcher.

In: the PBXs that this process shall hear. Out: every call event at the pages and in the rows. A PBX that is away, refuses
our login or is heard by another process stops none of the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Collection, Sequence

from calls.dispatch import Dispatcher, Handler
from calls.model import CallRecord
from calls.sole_listener import sole_listener
from crm.screen_pop import PopTracker
from pbx.actions import Actions
from pbx.brief_link import BriefLink
from pbx.events import CallEvent, PbxEvent, PbxName
from pbx.link import Fields
from pbx.listener import Listener
from pbx.numbers import Endpoints
from pbx.protocol import Headers
from pbx.settings import PbxSettings
from pbx.tracker import CallTracker
from web.core import Core

LAST_WORDS_S = 3.0
"""How long a stop waits until what was heard is stored."""


def endpoints_of(settings: PbxSettings, own_numbers: Collection[str]) -> Endpoints:
    """How this PBX's endpoints are told apart; `own_numbers`: the company's outside numbers."""
    return Endpoints(
        internal=re.compile(settings.internal),
        trunks=settings.trunks,
        own_numbers=frozenset(own_numbers),
    )


Watch = Callable[[PbxEvent, CallRecord | None], None]
"""Told of every event; must not wait."""


def build_dispatcher(
    core: Core, handlers: Sequence[Handler], watch: Watch = lambda event, record: None
) -> Dispatcher:
    """Wire events to rows and pages: pops at once, the handlers in the transaction of each event."""
    pops = PopTracker()

    def at_once(event: PbxEvent, record: CallRecord | None) -> bool:
        watch(event, record)
        is_pop = core.show_pop(event, pops) if isinstance(event, CallEvent) else False
        core.states.put(event, record)
        if core.links.on_event(event):
            core.feed.send_now("link", {"id": event.pbx})
        return is_pop

    return Dispatcher(core.db, handlers, core.feed, at_once, region=core.settings.region)


def build_listener(
    pbx: PbxSettings, dispatcher: Dispatcher, own_numbers: Collection[str]
) -> Listener:
    """Wire one PBX to the dispatcher.

    Raises:
        SettingMissing: its secret, or the file of its authority, is not there.
    """
    pbx.secret()
    pbx.tls_context()
    tracker = CallTracker(PbxName(pbx.name), endpoints_of(pbx, own_numbers))
    return Listener(pbx, tracker, dispatcher.put)


def actions_on(core: Core, pbx: PbxSettings) -> Actions:
    """Commands to a PBX: over its listener, or where another process listens over a connection for each command."""
    brief = BriefLink(pbx)

    async def send(
        fields: Fields, *, timeout_s: float | None = None, single: bool = False
    ) -> list[Headers]:
        way = core.listeners[pbx.name] if pbx.name in core.hearing else brief
        return await way.send(fields, timeout_s=timeout_s, single=single)

    return Actions(send)


async def listen(core: Core, dispatcher: Dispatcher) -> None:
    """Hear all listeners of this process, and store what they tell, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        store = tasks.create_task(dispatcher.run(), name="dispatch")
        states = tasks.create_task(core.states.run(), name="states")
        try:
            async with asyncio.TaskGroup() as ears:
                for name, listener in core.listeners.items():
                    ears.create_task(_hear(core, listener, dispatcher), name=f"listen-{name}")
        finally:
            # What came last, and that it did, is stored before we go; a database that is away does not hold us.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS_S):
                    await dispatcher.drain()
            store.cancel()
            states.cancel()


async def _hear(core: Core, listener: Listener, dispatcher: Dispatcher) -> None:
    """Be the one process that listens to this PBX."""
    async with sole_listener(core.db, listener.pbx):
        core.hearing.add(listener.pbx)
        await dispatcher.load(listener.pbx)
        await core.states.load(listener.pbx)
        core.states.take_up(listener.pbx, dispatcher.live)
        try:
            await listener.run()
            # A refused login ends the attempts; pages, rows, the worker and the other PBXs go on.
            await asyncio.Event().wait()
        finally:
            core.hearing.discard(listener.pbx)
            await listener.close()
