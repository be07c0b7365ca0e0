"""A mail server for tests: takes messages on a free port of this machine, or refuses them as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class SmtpServer:
    """`received`: what it took. `answer`: what it says to a whole message; "" = it hangs up instead."""

    port: int = 0
    answer: str = "250 taken"
    recipient_answer: str = "250 ok"
    received: list[EmailMessage] = field(default_factory=list)
    offered: int = 0
    """How often somebody began to send a message."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.offered += 1
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                if not self.answer:
                    return
                if self.answer.startswith("2"):
                    message = message_from_bytes(body[:-3], policy=default)
                    assert isinstance(message, EmailMessage)
                    self.received.append(message)
                writer.write(f"{self.answer}\r\n".encode())
            elif word == b"RCPT":
                writer.write(f"{self.recipient_answer}\r\n".encode())
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 ok\r\n")


@asynccontextmanager
async def smtp_server() -> AsyncIterator[SmtpServer]:
    """A running one."""
    server = SmtpServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
