"""A program on loopback that takes webhooks, and answers as the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """What came, and what is answered: statuses in turn, the last one for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.headers.append(headers)
        self.bodies.append(body)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        extra = "Location: /elsewhere\r\n" if 300 <= status < 400 else ""
        said = f"HTTP/1.1 {status} X\r\n{extra}Content-Length: 4\r\nConnection: close\r\n\r\n"
        if status == 204:
            said = "HTTP/1.1 204 X\r\nConnection: close\r\n\r\n"
        writer.write(said.encode() + (b"" if status == 204 else b"oops"))
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Take webhooks on a free port of loopback."""
    taken = Receiver()
    server = await asyncio.start_server(taken.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    taken.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield taken
    finally:
        server.close()
        await server.wait_closed()
