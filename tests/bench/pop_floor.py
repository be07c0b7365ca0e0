"""The floor of a screen pop: a bare panoramisk callback, a bare websocket message, one element in a bare page.

Run by `pop.py` as a process of its own. Prints one line of JSON with its port, then serves until killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from http import HTTPStatus
from typing import Any

import websockets.asyncio.server as server
from panoramisk import Manager
from websockets.datastructures import Headers
from websockets.http11 import Response

PAGE = b"""<!doctype html><title>floor</title><div id="pops"></div>
<script>
const socket = new WebSocket(`ws://${location.host}/live`);
const pops = document.getElementById("pops");
socket.onmessage = (message) => {
  pops.insertAdjacentHTML("afterbegin", message.data);
  while (pops.children.length > 8) pops.lastChild.remove();
};
</script>"""


def page(_: Any, request: Any) -> Response | None:
    """Answer the page itself over plain HTTP."""
    if request.path == "/live":
        return None
    headers = Headers({"Content-Type": "text/html", "Content-Length": str(len(PAGE))})
    return Response(HTTPStatus.OK, "OK", headers, PAGE)


async def main(ami_port: int) -> None:
    """Pass every ringing phone on to every client."""
    clients: set[server.ServerConnection] = set()

    async def client(connection: server.ServerConnection) -> None:
        clients.add(connection)
        await connection.wait_closed()
        clients.discard(connection)

    manager = Manager(
        host="127.0.0.1", port=ami_port, username="floor", secret="right", ping_delay=3600
    )

    def ringing(_: Manager, event: Any) -> None:
        if event.ChannelStateDesc == "Ringing":
            text = f'<article id="pop-{event.Linkedid}">{event.ConnectedLineNum}</article>'
            server.broadcast(clients, text)

    manager.register_event("Newstate", ringing)
    await manager.connect()
    async with server.serve(
        client, "127.0.0.1", 0, process_request=page, compression=None
    ) as serving:
        port = next(iter(serving.sockets)).getsockname()[1]
        print(json.dumps({"port": port}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
