"""A scripted AMI server for tests: it says what it is told, in chunks of any size, or nothing at all.

It keeps no calls; `pbx.simulator` does. Loopback only, port 0.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
Fields = dict[str, str | list[str]]
Reply = Callable[[Fields], "list[Fields] | None"]

LISTS = {
    "CoreShowChannels": "CoreShowChannelsComplete",
    "Status": "StatusComplete",
    "BridgeList": "BridgeListComplete",
    "BridgeInfo": "BridgeInfoComplete",
    "QueueStatus": "QueueStatusComplete",
    "DeviceStateList": "DeviceStateListComplete",
}


def message(**headers: str | list[str]) -> bytes:
    """One AMI message; a list repeats its header."""
    lines = []
    for name, value in headers.items():
        lines += [f"{name}: {item}" for item in (value if isinstance(value, list) else [value])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def listing(action: Fields, complete: str, items: list[Fields]) -> list[Fields]:
    """The answer to a list action, as Asterisk 22 gives it."""
    return [
        {"Response": "Success", "EventList": "start", "Message": f"{action['Action']} will follow"},
        *items,
        {"Event": complete, "EventList": "Complete", "ListItems": str(len(items))},
    ]


BOOTED = {"Event": "FullyBooted", "Status": "Fully Booted"}


class FakeAmi:
    """`async with FakeAmi() as ami:` then `ami.port`."""

    def __init__(self, *, secret: str = "right", chunk: int = 0, banner: bytes = BANNER) -> None:
        self.secret = secret
        self.chunk = chunk
        """Bytes per write; 0 writes at once."""
        self.banner = banner
        self.silent = False
        """Accept and read, but say nothing (a half-open connection)."""
        self.boots = True
        """Say FullyBooted after each login, as an Asterisk does that is up; False: it still starts."""
        self.replies: dict[str, Reply] = {}
        self.received: list[Fields] = []
        self.connections = 0
        self.port = 0
        self._news = asyncio.Condition()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> FakeAmi:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close as a killed Asterisk does: the stream just ends."""
        if self._server is not None:
            self._server.close()
        self.drop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drop(self) -> None:
        """Break all connections, keep listening."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def send_end(self) -> None:
        """Say that no more will come, after all that was said."""
        for writer in self._writers:
            writer.write_eof()

    async def send(self, data: bytes, only: asyncio.StreamWriter | None = None) -> None:
        """Write to every connection (or one), cut into chunks."""
        step = self.chunk or len(data) or 1
        for start in range(0, len(data), step):
            for writer in [only] if only else list(self._writers):
                writer.write(data[start : start + step])
            if self.chunk:
                await asyncio.sleep(0)

    async def event(self, **headers: str | list[str]) -> None:
        await self.send(message(**headers))

    async def replay(self, data: bytes) -> None:
        """Write the bytes of a trace behind its login reply."""
        await self.send(data[data.index(b"Event: ") :])

    def actions(self, name: str) -> list[Fields]:
        return [fields for fields in self.received if fields.get("Action") == name]

    async def until_received(self, name: str, times: int = 1) -> None:
        """Wait until an action came so many times."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.actions(name)) >= times)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self._writers.append(writer)
        try:
            writer.write(self.banner)
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                fields = self._parse(raw)
                self.received.append(fields)
                async with self._news:
                    self._news.notify_all()
                if not self.silent and not await self._answer(fields, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if writer in self._writers:
                self._writers.remove(writer)
            writer.close()

    async def _answer(self, fields: Fields, writer: asyncio.StreamWriter) -> bool:
        action = str(fields.get("Action", ""))
        reply = self.replies.get(action, self._default)
        answers = reply(fields)
        for answer in answers or []:
            tagged: Fields = {**answer}
            if "ActionID" in fields:
                head = next(iter(tagged))
                tagged = {head: tagged.pop(head), "ActionID": fields["ActionID"], **tagged}
            await self.send(message(**tagged), writer)
        refused = action == "Login" and bool(answers) and answers[0].get("Response") == "Error"
        if action == "Login" and answers and not refused and self.boots:
            await self.send(message(**BOOTED), writer)
        return not refused and action != "Logoff"

    def _default(self, fields: Fields) -> list[Fields] | None:
        action = str(fields.get("Action", ""))
        if action == "Login":
            if fields.get("Secret") == self.secret:
                return [
                    {"Response": "Success", "Message": "Authentication accepted"},
                ]
            return [{"Response": "Error", "Message": "Authentication failed"}]
        if action in LISTS:
            return listing(fields, LISTS[action], [])
        if action in ("Ping", "Hangup", "Redirect", "BlindTransfer", "QueuePause"):
            return [{"Response": "Success"}]
        if action == "Logoff":
            return [{"Response": "Goodbye", "Message": "Thanks for all the fish."}]
        return [{"Response": "Error", "Message": "Invalid/unknown command"}]

    @staticmethod
    def _parse(raw: bytes) -> Fields:
        fields: Fields = {}
        for line in raw.decode().strip().split("\r\n"):
            name, _, value = line.partition(": ")
            known = fields.get(name)
            if known is None:
                fields[name] = value
            else:
                fields[name] = [*known, value] if isinstance(known, list) else [known, value]
        return fields
