"""AMI bytes become headers: framing, decoding, limits, and the tap for trace recording.

In: chunks as TCP cut them. Out: one plain dict per event, in order, to one sink that never raises; answers of actions go
to panoramisk, which pairs them by ActionID. Source: Asterisk 22 banner "Asterisk Call Manager/11.0.0"; every message ends
with an empty line, every header is "Key: value".

Framing is done on bytes and a message is decoded whole, so a letter cut between two chunks cannot be lost (panoramisk
decodes each chunk with 'ignore'). A message that is too long is thrown away up to its end and counted; the stream goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from panoramisk import actions
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from pbx.errors import MalformedMessage, UnsafeValue

log = structlog.get_logger(__name__)

Headers = dict[str, str | list[str]]
"""One AMI message. A header that came several times holds a list."""

END_OF_MESSAGE = b"\r\n\r\n"
BANNER = b"Asterisk Call Manager/"


@dataclass(slots=True)
class WireCounters:
    """What the wire brought, and what of it was unusable."""

    bytes: int = 0
    messages: int = 0
    malformed: int = 0
    """Messages that are neither event nor answer."""
    broken_text: int = 0
    """Messages with bytes that are no UTF-8; those bytes became U+FFFD."""
    broken_lines: int = 0
    """Header lines without a colon, left out."""
    oversized: int = 0
    """Lines or whole messages over the limit, left out."""


@dataclass(frozen=True, slots=True)
class WireLimits:
    """The longest line and message that are accepted, in bytes."""

    line_bytes: int = 65_536
    message_bytes: int = 1_048_576


def values_of(headers: Mapping[str, Any], name: str) -> list[str]:
    """Return every value of a header that may be repeated or absent, as a list."""
    value = headers.get(name, [])
    return list(value) if isinstance(value, list) else [value]


def variables_of(headers: Mapping[str, Any], name: str = "ChanVariable") -> dict[str, str]:
    """Return `name=value` headers as a dict; a value without "=" counts as empty (panoramisk's getdict raises there)."""
    pairs = (value.partition("=") for value in values_of(headers, name))
    return {key: value for key, _, value in pairs}


class MessageReader:
    """Cuts a byte stream into messages. No socket, no clock: bytes in, headers out."""

    def __init__(self, limits: WireLimits | None = None) -> None:
        self.limits = limits or WireLimits()
        self.counters = WireCounters()
        self.version = ""
        """The AMI version of the banner, "" until it was seen."""
        self._buffer = bytearray()
        self._searched = 0
        """Bytes of the buffer in which no end of message begins."""
        self._skipping = False
        """Inside a message that was too long, until its end."""
        self._banner_due = True

    def feed(self, data: bytes) -> list[Headers]:
        """Return the messages that these bytes complete, in order. Never raises."""
        self.counters.bytes += len(data)
        self._buffer += data
        if self._banner_due and not self._take_banner():
            return []
        found: list[Headers] = []
        start = 0
        while (end := self._buffer.find(END_OF_MESSAGE, max(start, self._searched))) >= 0:
            raw = bytes(self._buffer[start:end])
            start = end + len(END_OF_MESSAGE)
            if self._skipping or len(raw) > self.limits.message_bytes:
                self._skipping = False
                self.counters.oversized += 1
            elif (headers := self._headers(raw)) is not None:
                found.append(headers)
        del self._buffer[:start]
        self._forget_too_long()
        self._searched = max(0, len(self._buffer) - len(END_OF_MESSAGE) + 1)
        return found

    def _take_banner(self) -> bool:
        """Read the greeting line, if it is whole. A stream that begins elsewhere is read all the same."""
        end = self._buffer.find(b"\r\n")
        if end < 0 and BANNER.startswith(self._buffer[: len(BANNER)]):
            return False
        if end < 0 and self._buffer.startswith(BANNER) and len(self._buffer) < 200:
            return False
        if self._buffer.startswith(BANNER) and end > 0:
            self.version = self._buffer[len(BANNER) : end].decode("ascii", "replace").strip()
            del self._buffer[: end + 2]
        self._banner_due = False
        return True

    def _forget_too_long(self) -> None:
        if len(self._buffer) > self.limits.message_bytes:
            self._skipping = True
            del self._buffer[: len(self._buffer) - len(END_OF_MESSAGE) + 1]

    def _headers(self, raw: bytes) -> Headers | None:
        if len(raw) > self.limits.line_bytes:
            raw = self._without_long_lines(raw)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self.counters.broken_text += 1
            text = raw.decode("utf-8", "replace")
        headers = self._split(text)
        if "Event" not in headers and "Response" not in headers:
            if raw.strip():
                self.counters.malformed += 1
                log.warning("malformed_message", why=str(MalformedMessage("no AMI message", text)))
            return None
        self.counters.messages += 1
        return headers

    def _split(self, text: str) -> Headers:
        headers: Headers = {}
        for line in text.split("\r\n"):
            key, colon, value = line.partition(": ")
            if not colon:
                if not line.endswith(":"):
                    self.counters.broken_lines += bool(line)
                    continue
                key = line[:-1]
            if key not in headers:
                headers[key] = value
                continue
            known = headers[key]
            headers[key] = [*known, value] if isinstance(known, list) else [known, value]
        return headers

    def _without_long_lines(self, raw: bytes) -> bytes:
        lines = raw.split(b"\r\n")
        kept = [line for line in lines if len(line) <= self.limits.line_bytes]
        self.counters.oversized += len(lines) - len(kept)
        return b"\r\n".join(kept)


def check_values(fields: Iterable[tuple[str, Any]]) -> None:
    """Refuse an action whose values would break out of their header lines.

    Raises:
        UnsafeValue: a control character (CR, LF, NUL …) in a name or a value.
    """
    for name, value in fields:
        for item in value if isinstance(value, list | tuple) else [value]:
            if any(ord(sign) < 32 or ord(sign) == 127 for sign in f"{name}{item}"):
                raise UnsafeValue(name if name.isprintable() else repr(name))


class SlovoProtocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's protocol with our reader before it and one plain sink for events behind it.

    The sink runs inside `data_received`: it must only put the headers into a queue. Should it raise all the same, the
    error is logged and the connection lives (asyncio would close the socket).
    """

    def __init__(
        self,
        on_headers: Callable[[Headers], None],
        on_lost: Callable[[str], None],
        limits: WireLimits | None = None,
        tap: Callable[[bytes], None] | None = None,
    ) -> None:
        self.reader = MessageReader(limits)
        self._on_headers = on_headers
        self._on_lost = on_lost
        self._tap = tap
        self.closed = False
        self.heard_at: datetime | None = None
        """When the other side was heard last: its last bytes, or its orderly end; None before the first."""
        self.factory: Any = None
        self.responses: dict[str, Any] = {}
        self.marks: dict[str, Callable[[], None]] = {}
        """Called once, at the place in the stream where the first answer to that ActionID stands."""

    def data_received(self, data: bytes) -> None:
        """Hand every complete message on. Called by asyncio with a chunk of any size."""
        self.heard_at = datetime.now(UTC)
        if self._tap is not None:
            self._tap(data)
        for headers in self.reader.feed(data):
            try:
                self._deliver(headers)
            except Exception:
                # A border of the system: whatever one message does, the next ones must still be read.
                log.exception("message_lost", message_name=headers.get("Event", "answer"))

    def _deliver(self, headers: Headers) -> None:
        """Give an answer to the action that waits for it, and everything else to the sink."""
        action_id = headers.get("ActionID")
        waiting = isinstance(action_id, str) and action_id in self.responses
        if waiting:
            if (mark := self.marks.pop(str(action_id), None)) is not None:
                mark()
            self.handle_message(Message(headers))
        # The result of an Originate is news of a call as well as an answer; list items are answers only.
        if "Event" in headers and (not waiting or headers["Event"] == "OriginateResponse"):
            self._on_headers(headers)

    def eof_received(self) -> None:
        """Take an orderly end as a word of the other side: all that it had said before has come."""
        self.heard_at = datetime.now(UTC)

    def connection_lost(self, exc: object) -> None:
        """Report the end once; `exc` may be an exception, None or a panoramisk Message (trap 17)."""
        if self.closed:
            return
        self.close()
        self._on_lost(str(exc) if isinstance(exc, BaseException) else "closed by the other side")

    def send(self, data: Any, as_list: bool | None = None) -> Any:
        """Send an action; every value is checked here once more, so that no caller can forget it.

        Raises:
            UnsafeValue: a control character in a value.
        """
        check_values(data.items())
        action = data if isinstance(data, actions.Action) else actions.Action(data)
        return super().send(action, as_list=as_list)
