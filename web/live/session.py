"""One websocket: a snapshot, then numbered deltas.

Two loops share one wire. The first sends what is kept in memory (cards of ringing calls, the state of the PBX) the moment
it changes; the second asks the database, not more often than it can bear. A page that does not read for `SEND_TIMEOUT_S`
is dropped: it reconnects by itself and begins with a fresh snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from time import monotonic

import structlog
from starlette.routing import BaseRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from calls.errors import DatabaseUnavailable
from crm.access import Actor, Permission
from web.auth.cookies import session_token
from web.i18n import current_locale
from web.live import cards, regions
from web.live.hub import ALL_TOPICS, MEMORY_TOPICS, Mailbox
from web.live.protocol import DELTA, SNAPSHOT, frame
from web.live.regions import LINK, POPS, Region
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
CARD_TOPICS = frozenset({"pop", "call", "task", "client", "promise", "note"})
CLOSE_TRY_AGAIN = 1013


class _LoggedOut(Exception):
    """The session behind this socket is over."""


@dataclass
class Wire:
    """The socket, one message at a time and numbered; remembers what each region looks like in the page."""

    websocket: WebSocket
    _seq: int = -1
    _shown: dict[str, str] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def show(
        self,
        rendered: dict[Region, str] | Callable[[], dict[Region, str]],
        topics: Collection[str] = (),
    ) -> None:
        """Send those regions that look different now, and the topics.

        Args:
            rendered: Region → inner HTML; or a function that renders at the moment of sending, so that of two loops the
                later one never sends the older state.
            topics: What else changed.
        """
        async with self._lock:
            now = rendered() if callable(rendered) else rendered
            fresh = {r: html for r, html in now.items() if self._shown.get(r.name) != html}
            if not fresh and not topics and self._seq >= 0:
                return
            self._seq += 1
            kind = SNAPSHOT if self._seq == 0 else DELTA
            fragments = [regions.fragment(r, html) for r, html in fresh.items()]
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self.websocket.send_text(frame(kind, self._seq, fragments, topics))
            self._shown.update({r.name: html for r, html in fresh.items()})


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
    _loaded: set[str] = field(default_factory=set)

    async def run_memory(self) -> None:
        """Send what is kept in memory: once as the snapshot, then whenever it changes."""
        while True:
            await self.wire.show(self._memory)
            await self.mailbox.at_once.wait()

    async def run_stored(self) -> None:
        """Send what is stored, whenever it may have changed."""
        dirty = frozenset(ALL_TOPICS - MEMORY_TOPICS) | {"pop"}
        is_first = True
        while True:
            started = monotonic()
            try:
                async with self.services.hub.turn:
                    await self._check_login(dirty)
                    await self._show_stored(dirty, announce=not is_first)
                dirty, is_first = frozenset(), False
            except DatabaseUnavailable as error:
                log.warning("live_page_without_database", why=str(error))
                await asyncio.sleep(RETRY_S)
                continue
            pause = max(PAUSE_S, 4 * (monotonic() - started))
            dirty = await self.mailbox.stored.wait()
            await asyncio.sleep(max(COALESCE_S, pause - (monotonic() - started)))
            dirty |= self.mailbox.stored.take()

    def _memory(self) -> dict[Region, str]:
        return {
            LINK: regions.render_link(self.services, self.actor, self.locale),
            POPS: regions.render_pops(self.services, self.actor, self.locale, self._loaded),
        }

    async def _show_stored(self, dirty: frozenset[str], *, announce: bool) -> None:
        if dirty & CARD_TOPICS:
            await self._load_cards()
        # A page that was just opened looks for itself; from then on it hears of every change.
        render = regions.render_for_many if announce else regions.render_inner
        rendered = {
            region: await render(region, self.services, self.actor, self.locale)
            for region in regions.regions_of(self.actor, self.view)
            if region.topics & dirty
        }
        topics = sorted(dirty - MEMORY_TOPICS) if announce else ()
        await self.wire.show(lambda: {**rendered, **self._memory()}, topics)

    async def _load_cards(self) -> None:
        hub, user_id = self.services.hub, self.actor.user_id
        for pop in hub.pops.of(user_id):
            hub.cards[user_id, pop.key] = await cards.load(self.services, self.actor, pop)
            self._loaded.add(pop.key)

    async def _check_login(self, dirty: frozenset[str]) -> None:
        if "user" not in dirty and monotonic() - self._checked_at < LOGIN_CHECK_S:
            return
        actor = await self.services.sessions.actor_of(self.token, self.actor.address)
        if actor is None:
            raise _LoggedOut
        self.actor, self._checked_at = actor, monotonic()


async def live(websocket: WebSocket) -> None:
    """Serve one page until it goes away."""
    services, actor = services_of(websocket), actor_of(websocket)
    await websocket.accept()
    mailbox = services.hub.open(actor.user_id)
    page = LivePage(
        services=services,
        actor=actor,
        view=websocket.query_params.get("view", "page"),
        locale=current_locale(),
        wire=Wire(websocket),
        mailbox=mailbox,
        token=session_token(websocket),
    )
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
