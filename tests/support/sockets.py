"""A browser's end of the live page's websocket, in the test's own loop: it keeps what a page would show."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from support.web import ORIGIN

REGION = re.compile(
    r'<(\w+) id="live-([\w-]+)" hx-swap-oob="outerMorph" class="[^"]*">'
    r'(.*?)</\1>\n?(?=<\w+ id="live-|$)',
    re.S,
)
WAIT_S = 5.0


class PageEnd:
    """What one page has received."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.regions: dict[str, str] = {}
        """What each region shows; "pops" has all cards, one after the other."""
        self.cards: dict[str, str] = {}
        self.topics: set[str] = set()
        self.seqs: list[int] = []
        self.kinds: list[str] = []
        self.close_code: int | None = None
        self.slowest_s = 0.0
        """The longest that a frame let itself be waited for: how slow this machine is now."""
        self.stuck = asyncio.Event()
        self.stuck.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.stuck.wait()
        await self.from_app.put(message)

    async def receive_frame(self, wait_s: float = WAIT_S) -> dict[str, Any] | None:
        """The next frame, taken into account; None if the socket was closed."""
        message = await asyncio.wait_for(self.from_app.get(), wait_s)
        if message["type"] == "websocket.accept":
            return await self.receive_frame(wait_s)
        if message["type"] == "websocket.close":
            self.close_code = message.get("code", 1000)
            return None
        frame: dict[str, Any] = json.loads(message["text"])
        self.seqs.append(frame["seq"])
        self.kinds.append(frame["kind"])
        self.topics |= set(frame["topics"])
        for _tag, name, inner in REGION.findall(frame.get("content", "")):
            self.regions[name] = inner
        if "pops" in frame:
            self.cards |= frame["pops"]["cards"]
            self.cards = {key: self.cards[key] for key in frame["pops"]["order"]}
            self.regions["pops"] = "\n".join(self.cards.values())
        return frame

    async def settle(self, quiet_s: float = 0.8) -> None:
        """Receive until nothing comes any more: for so long, and three times as long as frames took to come so far."""
        loop = asyncio.get_running_loop()
        while True:
            begun, is_first = loop.time(), not self.seqs
            # Link and cards come at once; the bell, which every page has, with what the database tells.
            is_whole = "bell" in self.regions
            patience_s = max(quiet_s, 3 * self.slowest_s) if is_whole else WAIT_S
            try:
                if await self.receive_frame(min(patience_s, WAIT_S)) is None:
                    return
            except TimeoutError:
                return
            if not is_first:  # the first one waits for the session and the whole page's rights
                self.slowest_s = max(self.slowest_s, loop.time() - begun)


@asynccontextmanager
async def live_page(
    app: Starlette, cookie: str, view: str = "page", origin: str = ORIGIN
) -> AsyncIterator[PageEnd]:
    """Open the websocket as a page with this cookie does."""
    end = PageEnd()
    scope = {
        "type": "websocket",
        "path": "/live",
        "raw_path": b"/live",
        "root_path": "",
        "scheme": "ws",
        "query_string": f"view={view}".encode(),
        "headers": [
            (b"host", ORIGIN.split("//")[1].encode()),
            (b"origin", origin.encode()),
            (b"cookie", cookie.encode()),
        ],
        "client": ("127.0.0.1", 50001),
        "subprotocols": [],
    }
    await end.to_app.put({"type": "websocket.connect"})
    running = asyncio.create_task(app(scope, end.to_app.get, end.send))
    try:
        yield end
    finally:
        end.stuck.set()
        await end.to_app.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(running, WAIT_S)
