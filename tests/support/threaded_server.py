"""A real server in a thread of its own, for programs that do not live in the test's event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from support.browser import Server
from support.web import add_people, settings_for

from calls.db import Database
from web.app import create_app
from web.services import Services

T = TypeVar("T")


class ThreadedServer:
    """Slovo's pages and API on loopback, over a database of its own, with `support.web.PEOPLE`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.db: Database
        self.url = ""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the server's own event loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@contextmanager
def threaded_server(database_url: str, data_dir: Path) -> Iterator[ThreadedServer]:
    """Serve until the end of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="server", daemon=True)
    thread.start()
    served = ThreadedServer(loop)

    async def begin() -> Server:
        served.db = Database(database_url)
        await add_people(served.db)
        services = Services(settings=settings_for(database_url, data_dir), db=served.db)
        server = Server(create_app(services))
        await server.start()
        return server

    async def end(server: Server) -> None:
        await server.stop()
        await served.db.dispose()

    server = served.run(begin())
    served.url = server.url
    try:
        yield served
    finally:
        served.run(end(server))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
