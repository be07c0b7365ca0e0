"""Listens to a real AMI and keeps all that it said; sends actions. Blocking, for tests of the real Asterisk.

In: address and account. Out: messages as header mappings in their order, with their arrival times. It is not the
product's listener on purpose: what it sees is what the account may see.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

Message = dict[str, "str | list[str]"]


class AmiTap:
    """One logged-in AMI connection. Use as a context manager."""

    def __init__(self, address: tuple[str, int], user: str, secret: str) -> None:
        self.messages: list[tuple[datetime, Message]] = []
        self._changed = threading.Condition()
        self._ids = itertools.count(1)
        self._socket = socket.create_connection(address, timeout=10)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        answer = self.action("Login", Username=user, Secret=secret)
        if answer["Response"] != "Success":
            self.close()
            raise AssertionError(f"AMI refused the login of {user}: {answer}")

    def __enter__(self) -> AmiTap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # Asterisk closed it first
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def action(self, name: str, **headers: str) -> Message:
        """Send an action, return its first answer."""
        action_id = f"tap-{next(self._ids)}"
        lines = {"Action": name, "ActionID": action_id, **headers}
        text = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
        self._socket.sendall(f"{text}\r\n".encode())
        return self.wait(lambda m: m.get("ActionID") == action_id and "Response" in m)

    def wait(self, wanted: Callable[[Message], bool], timeout_s: float = 15) -> Message:
        """Return the first message so far, or from now on, that is wanted.

        Raises:
            AssertionError: none came in time.
        """
        deadline = time.monotonic() + timeout_s
        seen = 0
        with self._changed:
            while True:
                for _, message in self.messages[seen:]:
                    if wanted(message):
                        return message
                seen = len(self.messages)
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(
                        f"nothing such in {timeout_s} s; last: {self.names()[-20:]}"
                    )

    def wait_event(self, name: str, timeout_s: float = 15, **headers: str) -> Message:
        """Wait for an event with these headers."""
        wanted = {"Event": name, **headers}
        return self.wait(lambda m: all(m.get(k) == v for k, v in wanted.items()), timeout_s)

    def events(self, name: str) -> list[Message]:
        """All events of one name so far."""
        return [message for _, message in self.messages if message.get("Event") == name]

    def names(self) -> list[str]:
        """Names of the events so far."""
        return [str(message["Event"]) for _, message in self.messages if "Event" in message]

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                data = self._socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            *whole, rest = (rest + data).split(b"\r\n\r\n")
            now = datetime.now(UTC)
            with self._changed:
                self.messages += [(now, _parse(block)) for block in whole]
                self._changed.notify_all()


def _parse(block: bytes) -> Message:
    message: Message = {}
    for line in block.decode(errors="replace").split("\r\n"):
        key, colon, value = line.partition(":")
        if not colon:
            continue  # the banner
        old = message.get(key)
        value = value.lstrip()
        if old is None:
            message[key] = value
        else:
            message[key] = [*(old if isinstance(old, list) else [old]), value]
    return message
