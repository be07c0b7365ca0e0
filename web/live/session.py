"""One websocket: a snapshot, then numbered deltas.

Two loops share one wire. The first sends what is kept in memory (cards of ringing calls, the state of the PBX) the moment
it changes; the second asks the database, not more often than it can bear. A page that does not read for `SEND_TIMEOUT_S`
is dropped: it reconnects by itself and begins with a fresh snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from sqlalchemy import select
from starlette.routing import BaseRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from calls.errors import DatabaseUnavailable
from crm import client_visibility
from crm.access import Actor, Permission
from crm.tables import Client
from web.auth.cookies import session_token
from web.i18n import current_locale
from web.live import card_stack, regions
from web.live.card_keeper import cards_kept
from web.live.card_stack import Stack
from web.live.desk import rights_of
from web.live.hub import ALL_TOPICS
from web.live.mailbox import MEMORY_TOPICS, Mailbox
from web.live.presence import place_of
from web.live.protocol import DELTA, SNAPSHOT, LinkView, frame, pops_part
from web.live.regions import LINK, PRESENT, Region
from web.routes import CLOSE_LOG_IN_AGAIN, actor_of, socket
from web.services import Services, services_of

log = structlog.get_logger(__name__)

SEND_TIMEOUT_S = 20.0
CLOSE_TIMEOUT_S = 1.0
COALESCE_S = 0.05
"""Changes that come together are rendered together."""
PAUSE_S = 0.4
"""Least time between two looks into the database for one page."""
LOGIN_CHECK_S = 60.0
RETRY_S = 1.0
CLOSE_TRY_AGAIN = 1013


class _LoggedOut(Exception):
    """The session behind this socket is over."""


@dataclass(frozen=True, slots=True)
class InMemory:
    """What is shown without asking the database."""

    link: str
    stack: Stack
    present: str | None = None
    """Who else is on the client's card; None on other pages."""


@dataclass
class Wire:
    """The socket, one message at a time and numbered; remembers what the page shows."""

    websocket: WebSocket
    _seq: int = -1
    _shown: dict[str, str] = field(default_factory=dict)
    _stack: Stack | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def show(
        self,
        memory: Callable[[], InMemory],
        rendered: Mapping[Region, str] | None = None,
        topics: Collection[str] = (),
    ) -> None:
        """Send what looks different now, and the topics.

        Args:
            memory: Renders what is kept in memory, at the moment of sending, so that of two loops the later one never
                sends the older state.
            rendered: Region → inner HTML of what is stored.
            topics: What else changed.
        """
        async with self._lock:
            now = memory()
            regions_now = {LINK: now.link, **(rendered or {})}
            if now.present is not None:
                regions_now[PRESENT] = now.present
            fresh = {r: html for r, html in regions_now.items() if self._shown.get(r.name) != html}
            pops = self._pops(now.stack)
            if not fresh and not pops and not topics:
                return
            self._seq += 1
            kind = SNAPSHOT if self._seq == 0 else DELTA
            fragments = [regions.fragment(r, html) for r, html in fresh.items()]
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self.websocket.send_text(frame(kind, self._seq, fragments, topics, pops=pops))
            self._shown.update({r.name: html for r, html in fresh.items()})
            self._stack = now.stack

    def _pops(self, stack: Stack) -> str:
        """The cards' part of the message; "" if the page shows them all as they are now."""
        if stack is self._stack:
            return ""
        before = {card.key: card for card in self._stack or ()}
        # The HTML is compared only where it was rendered anew.
        changed = {
            card.key: card.encoded
            for card in stack
            if (old := before.get(card.key)) is not card and (old is None or old.html != card.html)
        }
        order = [card.key for card in stack]
        if self._stack is not None and not changed and order == list(before):
            return ""
        return pops_part(order, changed)


@dataclass
class LivePage:
    """One open page of one person."""

    services: Services
    actor: Actor
    view: str
    locale: str
    wire: Wire
    mailbox: Mailbox
    token: str = ""
    _checked_at: float = field(default_factory=monotonic)
    _link: tuple[Sequence[LinkView], str] | None = None

    async def run_memory(self) -> None:
        """Send what is kept in memory: once as the snapshot, then whenever it changes."""
        while True:
            await self.wire.show(self._memory)
            await self.mailbox.at_once.wait()

    async def run_stored(self) -> None:
        """Send what is stored, whenever it may have changed."""
        dirty = frozenset(ALL_TOPICS - MEMORY_TOPICS)
        is_first = True
        while True:
            started = monotonic()
            try:
                if is_first:
                    await self.find_place()
                dirty |= await self._check_login(dirty)
                await self._show_stored(dirty, is_first=is_first)
                dirty, is_first = frozenset(), False
            except DatabaseUnavailable as error:
                log.warning("live_page_without_database", why=str(error))
                await asyncio.sleep(RETRY_S)
                continue
            dirty = await self.mailbox.stored.wait()
            await asyncio.sleep(max(COALESCE_S, started + PAUSE_S - monotonic()))
            dirty |= self.mailbox.stored.take()

    def _memory(self) -> InMemory:
        links = self.services.links()
        if self._link is None or self._link[0] != links:
            self._link = links, regions.render_link(self.services, self.actor, self.locale)
        return InMemory(
            self._link[1],
            card_stack.stack_of(self.services, self.mailbox, self.locale),
            self._present(),
        )

    def _present(self) -> str | None:
        place = self.mailbox.place
        if place is None:
            return None
        others = self.services.hub.presence.others(place.client_id, self.actor.user_id)
        return regions.render_presence(self.services, self.actor, self.locale, others)

    async def find_place(self) -> None:
        """Say which client's card the page shows, if its person may see that client.

        Raises:
            DatabaseUnavailable: that cannot be asked now.
        """
        place = place_of(self.view)
        if place is not None:
            seen = select(Client.id).where(
                Client.id == place.client_id, client_visibility.seen_by(self.actor)
            )
            async with self.services.db.read() as session:
                place = place if await session.scalar(seen) is not None else None
        self.services.hub.put(self.mailbox, place)

    async def _show_stored(self, dirty: frozenset[str], *, is_first: bool) -> None:
        rendered = {
            region: await regions.render_for_many(
                region, self.services, self.mailbox, self.locale, is_first=is_first
            )
            for region in regions.regions_of(self.actor, self.view)
            if region.topics & dirty
        }
        await self.wire.show(self._memory, rendered, () if is_first else sorted(dirty))

    async def _check_login(self, dirty: frozenset[str]) -> frozenset[str]:
        """Read the person anew, now and then; returns what must be shown anew because their rights are others."""
        if "user" not in dirty and monotonic() - self._checked_at < LOGIN_CHECK_S:
            return frozenset()
        actor = await self.services.sessions.actor_of(self.token, self.actor.address)
        if actor is None:
            raise _LoggedOut
        before, self.actor, self._checked_at = self.actor, actor, monotonic()
        self.mailbox.desk.belongs_to(actor)
        if rights_of(before) == rights_of(actor):
            return frozenset()
        self.services.hub.shared.forget(self.mailbox.desk.audience)
        await self.find_place()
        return frozenset(ALL_TOPICS - MEMORY_TOPICS)


async def live(websocket: WebSocket) -> None:
    """Serve one page until it goes away."""
    services, actor = services_of(websocket), actor_of(websocket)
    await websocket.accept()
    mailbox = services.hub.open(actor)
    page = LivePage(
        services=services,
        actor=actor,
        view=websocket.query_params.get("view", "page"),
        locale=current_locale(),
        wire=Wire(websocket),
        mailbox=mailbox,
        token=session_token(websocket),
    )
    async with cards_kept(services, mailbox.desk):
        try:
            await _serve(websocket, page)
        finally:
            services.hub.close(mailbox)


async def _serve(websocket: WebSocket, page: LivePage) -> None:
    loops = [
        asyncio.create_task(page.run_memory(), name="live-memory"),
        asyncio.create_task(page.run_stored(), name="live-stored"),
        asyncio.create_task(_read_until_closed(websocket), name="live-reader"),
    ]
    done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
    for loop in loops:
        loop.cancel()
    await asyncio.wait(loops)
    failure = next((loop.exception() for loop in done if loop.exception()), None)
    if failure is not None:
        await _close(websocket, failure)


async def _close(websocket: WebSocket, failure: BaseException) -> None:
    if isinstance(failure, WebSocketDisconnect):
        return
    is_logout = isinstance(failure, _LoggedOut)
    if isinstance(failure, TimeoutError):
        log.warning("live_page_too_slow")
    elif not is_logout:
        # The edge of the live page: whatever failed, this page reconnects and starts with a fresh snapshot.
        log.error("live_page_failed", error=repr(failure), exc_info=failure)
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await websocket.close(CLOSE_LOG_IN_AGAIN if is_logout else CLOSE_TRY_AGAIN)
    except (TimeoutError, RuntimeError, WebSocketDisconnect, OSError) as error:
        log.debug("live_page_gone", why=repr(error))


async def _read_until_closed(websocket: WebSocket) -> None:
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


live_routes: list[BaseRoute] = [socket("/live", live, permission=Permission.LOGGED_IN)]
