"""One AMI client of the simulator: greeting, login, and who gets which answer.

In: a TCP connection. Out: answers by `pbx.simulator.answers` and `pbx.simulator.deeds`, and the stream of events.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from pbx.simulator import answers, deeds
from pbx.simulator.exchange import Exchange
from pbx.simulator.layout import event, message

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
MAX_ACTION_BYTES = 65_536
MAX_UNSENT_BYTES = 16_000_000
"""A client that does not read is dropped then, as Asterisk drops one (its writetimeout)."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who may log in."""

    user: str
    secret: str


class Session:
    """One client, from its connection to its end."""

    def __init__(
        self,
        exchange: Exchange,
        account: Account,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.exchange = exchange
        self.events = False
        """Logged in and listening: the client gets the stream."""
        self._account = account
        self._reader = reader
        self._writer = writer
        self._challenge = ""
        self._logged_in = False

    async def run(self) -> None:
        """Serve the client until it leaves or is dropped."""
        self._writer.write(BANNER)
        try:
            while True:
                fields = parse(await self._reader.readuntil(b"\r\n\r\n"))
                if not await self._obey(fields):
                    break
            await self._writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            return  # gone, or not an AMI client
        finally:
            self.events = False
            self._writer.close()

    def drop(self) -> None:
        """Break the connection, as a crash would."""
        self.events = False
        self._writer.transport.abort()

    def send(self, data: bytes) -> None:
        """Write to the client."""
        if self._writer.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self.drop()
        elif not self._writer.is_closing():
            self._writer.write(data)

    def send_event(self, data: bytes) -> None:
        """Write an event of the stream, if the client wants it."""
        if self.events:
            self.send(data)

    def answer(self, fields: Mapping[str, str], response: str, **headers: object) -> None:
        """Answer an action."""
        action_id = [f"ActionID: {fields['ActionID']}"] if fields.get("ActionID") else []
        lines = [f"Response: {response}", *action_id]
        self.send(message([*lines, *(f"{name}: {value}" for name, value in headers.items())]))

    async def _obey(self, fields: dict[str, str]) -> bool:
        """Do one action; False ends the session."""
        name = fields.get("Action", "").lower()
        if name == "login":
            return await self._log_in(fields)
        if name == "challenge":
            self._challenge = str(secrets.randbelow(10**9))
            self.answer(fields, "Success", Challenge=self._challenge)
            return True
        if name == "logoff":
            self.answer(fields, "Goodbye", Message="Thanks for all the fish.")
            return False
        if not self._logged_in:
            self.answer(fields, "Error", Message="Permission denied")
        elif name in ("events", "eventmask"):
            self.events = fields.get("EventMask", "").lower() not in ("off", "0", "no", "")
            self.answer(fields, "Success", Events="On" if self.events else "Off")
        elif name in answers.ANSWERS:
            answers.ANSWERS[name](self, fields)
        elif name in deeds.DEEDS:
            deeds.DEEDS[name](self, fields)
        else:
            self.answer(fields, "Error", Message="Invalid/unknown command")
        return True

    async def _log_in(self, fields: Mapping[str, str]) -> bool:
        if not self._allowed(fields):
            self.answer(fields, "Error", Message="Authentication failed")
            await self._writer.drain()
            await asyncio.sleep(0.01)  # Asterisk waits a second before it closes
            return False
        self._logged_in = True
        self.answer(fields, "Success", Message="Authentication accepted")
        switch = self.exchange.switch
        uptime = int(switch.clock.now()) - switch.started_at
        booted = {"Uptime": uptime, "LastReload": uptime, "Status": "Fully Booted"}
        self.send(event("FullyBooted", fields=booted, stamp=switch.clock.now()))
        self.events = fields.get("Events", "on").lower() not in ("off", "0", "no")
        return True

    def _allowed(self, fields: Mapping[str, str]) -> bool:
        known = self._account
        if fields.get("Username") != known.user:
            return False
        if fields.get("AuthType", "").upper() != "MD5":
            given = fields.get("Secret", "")
            return hmac.compare_digest(given.encode(), known.secret.encode())
        if not self._challenge:
            return False
        wanted = hashlib.md5(f"{self._challenge}{known.secret}".encode()).hexdigest()  # noqa: S324  # AMI's own
        return hmac.compare_digest(fields.get("Key", "").lower(), wanted)


def parse(raw: bytes) -> dict[str, str]:
    """Return the headers of an action; repeated ones (Variable) are joined with commas, as Asterisk reads them."""
    fields: dict[str, str] = {}
    for line in raw.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon:
            continue
        name, value = _canonical(name), value.strip()
        fields[name] = f"{fields[name]},{value}" if name in fields else value
    return fields


HEADERS = (
    "Action",
    "ActionID",
    "Username",
    "Secret",
    "AuthType",
    "Key",
    "Events",
    "EventMask",
    "Channel",
    "Exten",
    "Context",
    "Priority",
    "CallerID",
    "Timeout",
    "Async",
    "Variable",
    "ChannelId",
    "Cause",
    "Queue",
    "Interface",
    "StateInterface",
    "MemberName",
    "Paused",
    "Reason",
    "BridgeUniqueid",
)
CANONICAL = {name.lower(): name for name in HEADERS}


def _canonical(name: str) -> str:
    """Header names are read without regard to case."""
    return CANONICAL.get(name.strip().lower(), name.strip())
