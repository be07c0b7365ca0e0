"""One websocket: a snapshot, then deltas, by one sender; what the page says is read and dropped."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from crm.access import Permission
from web.live.protocol import DELTA, SNAPSHOT, frame
from web.routes import actor_of, socket
from web.services import services_of


async def live(websocket: WebSocket) -> None:
    """Serve one page until it goes away."""
    hub = services_of(websocket).hub
    mailbox = hub.open(actor_of(websocket).user_id)
    try:
        await websocket.accept()
        async with asyncio.TaskGroup() as tasks:
            sender = tasks.create_task(_send(websocket, mailbox), name="live-sender")
            await _read_until_closed(websocket)
            sender.cancel()
    finally:
        hub.close(mailbox)


async def _send(websocket: WebSocket, mailbox: object) -> None:
    seq = 0
    await websocket.send_text(frame(SNAPSHOT, seq))
    while True:
        topics = await mailbox.wait()  # type: ignore[attr-defined]
        seq += 1
        await websocket.send_text(frame(DELTA, seq, topics=topics))


async def _read_until_closed(websocket: WebSocket) -> None:
    try:
        while True:
            if (await websocket.receive())["type"] == "websocket.disconnect":
                return
    except (WebSocketDisconnect, RuntimeError):
        return


live_routes: list[BaseRoute] = [socket("/live", live, permission=Permission.LOGGED_IN)]
