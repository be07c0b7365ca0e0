"""The HTTP server: one application on one socket, until it is told to stop.

In: an ASGI application and an address. Out: pages and websockets. Signals belong to the whole process (`web.bootstrap`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import uvicorn
from starlette.types import ASGIApp

from crm.errors import SettingInvalid

MAX_MESSAGE_BYTES = 65536
"""A security limit: pages send nothing but a few words over the websocket."""
GRACE_S = 3
"""How long requests in progress may take when we stop."""


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, that says when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def listening_socket(host: str, port: int) -> socket.socket:
    """Take the address.

    Raises:
        SettingInvalid: it cannot be used; says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        why = f"{host}:{port} cannot be used: {error}; choose another SLOVO_HTTP_PORT"
        raise SettingInvalid("SLOVO_HTTP_PORT", why) from error


async def serve(
    app: ASGIApp, host: str, port: int, stop: asyncio.Event, on_ready: Callable[[int], None]
) -> None:
    """Serve the application until `stop` is set.

    Args:
        app: the pages.
        host: address to listen at.
        port: TCP port; 0 = a free one.
        stop: ends it; open requests get `GRACE_S` seconds.
        on_ready: called with the real port once pages can be opened.

    Raises:
        SettingInvalid: the address cannot be used.
    """
    with closing(listening_socket(host, port)) as listening:
        config = uvicorn.Config(
            app,
            http="h11",  # httptools, the quicker one, takes headers without end into memory
            ws="websockets-sansio",
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        real_port = listening.getsockname()[1]
        server = _Server(config, lambda: on_ready(real_port))
        serving = asyncio.create_task(server.serve([listening]), name="uvicorn")
        ended = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            server.should_exit = True
        await serving
