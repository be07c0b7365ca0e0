"""One AMI connection at a time: panoramisk behind a class that has none of its surprises.

In: settings. Out: `connect()` gives a logged-in connection or a typed error, `send()` an answer or a typed error within a
known time. The numbers in the comments are those of the traps that `tests/unit/test_pbx_listener.py` proves one by one.
Reconnecting is not done here but in `pbx.listener`, with back-off; panoramisk's own timers are never started.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from panoramisk import Manager
from panoramisk.actions import Action

from pbx.errors import ActionFailed, ActionTimedOut, LoginRefused, NotConnected, PbxError
from pbx.protocol import Headers, SlovoProtocol, WireCounters, WireLimits
from pbx.settings import PbxSettings

log = structlog.get_logger(__name__)

Fields = Mapping[str, "str | list[str]"]
"""Headers of an action, without ActionID."""


class _EveryAction:
    """Contains every name: no action is ever kept and sent again at the next login (traps 9 and 10).

    A click-to-call that Asterisk never confirmed must not dial minutes later.
    """

    def __contains__(self, name: object) -> bool:
        return True


class _Manager(Manager):  # type: ignore[misc]  # panoramisk has no types
    """panoramisk's Manager without its own reconnecting, pinging and dispatching."""

    def __init__(self, **config: Any) -> None:
        super().__init__(forgetable_actions=_EveryAction(), **config)

    def connect(self, *_: Any, **__: Any) -> None:
        """Do nothing: a pending timer must not reconnect after `close()` (traps 7 and 8)."""

    def ping(self) -> None:
        """Do nothing: panoramisk pings and never looks at the answer (trap 4); `pbx.listener` does."""

    def dispatch(self, event: Any) -> list[str]:
        """Call nobody: events reach the queue from the protocol, in order (traps 1 and 2)."""
        return []

    def connection_lost(self, exc: object) -> None:
        """Do nothing: no timer of panoramisk may reconnect; `SlovoProtocol` reports the end."""


class AmiLink:
    """The connection of the moment. `lost` is set as soon as it is gone."""

    def __init__(
        self,
        settings: PbxSettings,
        on_headers: Callable[[Headers], None],
        tap: Callable[[bytes], None] | None = None,
        *,
        events: bool = True,
    ) -> None:
        self.settings = settings
        self.events = events
        """Whether Asterisk shall send events at all; without them only answers come."""
        self.lost = asyncio.Event()
        self.why_lost = ""
        self.ready = False
        self._on_headers = on_headers
        self._tap = tap
        self._manager: _Manager | None = None
        self._protocol: SlovoProtocol | None = None

    @property
    def version(self) -> str:
        """The AMI version of the banner, "" if there was none."""
        return self._protocol.reader.version if self._protocol else ""

    @property
    def counters(self) -> WireCounters:
        """What this connection brought so far."""
        return self._protocol.reader.counters if self._protocol else WireCounters()

    @property
    def heard_at(self) -> datetime | None:
        """When Asterisk was heard last on this connection; None if it never was."""
        return self._protocol.heard_at if self._protocol else None

    async def connect(self) -> None:
        """Connect and log in.

        Raises:
            NotConnected: no TCP or TLS connection, no AMI at the other end, or it ended before the login's answer.
            LoginRefused: wrong user or secret.
            SettingMissing: the secret or the TLS authority's file is missing.
        """
        loop = asyncio.get_running_loop()
        config = self.settings
        self._manager = _Manager(
            loop=loop,
            username=config.ami_user,
            secret=config.secret(),
            host=config.ami_host,
            port=config.ami_port,
            events="on" if self.events else "off",
        )
        limits = WireLimits(config.max_line_bytes, config.max_message_bytes)
        opening = loop.create_connection(
            lambda: SlovoProtocol(self._on_headers, self._gone, limits, self._tap),
            config.ami_host,
            config.ami_port,
            ssl=config.tls_context(),
        )
        try:
            async with asyncio.timeout(config.connect_timeout_s):
                transport, self._protocol = await opening
        except TimeoutError as error:
            raise NotConnected(f"no connection within {config.connect_timeout_s:g} s") from error
        except OSError as error:  # refused, unreachable, unknown host, certificate
            raise NotConnected(str(error)) from error
        if self.lost.is_set():  # closed meanwhile
            transport.abort()
            raise NotConnected(self.why_lost)
        opened: asyncio.Future[Any] = loop.create_future()
        opened.set_result((transport, self._protocol))
        self._manager.connection_made(opened)
        await self._log_in()

    async def _log_in(self) -> None:
        """Wait for the answer to panoramisk's Login; `connect()` alone says nothing about it (trap 6)."""
        assert self._manager is not None  # noqa: S101  # set by connect(), the only caller
        answer = self._manager.authenticated_future
        await self._first_of(answer, self.settings.action_timeout_s)
        if not answer.done():
            why = self.why_lost or "no answer to Login: is this the port of the AMI?"
            self.abort(why)
            raise NotConnected(why)
        if not answer.result().success:
            self.abort("login refused")
            raise LoginRefused(self.settings.ami_user, answer.result().message)
        self.ready = True

    async def send(
        self,
        fields: Fields,
        *,
        timeout_s: float | None = None,
        mark: Callable[[], None] | None = None,
        single: bool = False,
    ) -> list[Headers]:
        """Send one action and return its answer: one message, or all of a list.

        Args:
            fields: headers with "Action"; values are checked for control characters (trap 15).
            timeout_s: seconds to wait; `action_timeout_s` of the settings if None (trap 5).
            mark: called at the place in the event stream where the answer begins.
            single: take the first message, although panoramisk would wait for more: QueueAdd never sends any (16).

        Raises:
            ActionFailed: Asterisk said no.
            ActionTimedOut: it said nothing.
            NotConnected: there is no connection, or it broke before the answer.
            UnsafeValue: a value holds a control character.
        """
        name = str(fields.get("Action", ""))
        if self._protocol is None or self.lost.is_set():
            raise NotConnected(self.why_lost or "no connection to Asterisk")
        protocol, action = self._protocol, Action(dict(fields))
        timeout_s = self.settings.action_timeout_s if timeout_s is None else timeout_s
        if mark is not None:
            protocol.marks[action.id] = mark
        try:
            # Lists are told from single answers by "EventList: start": with as_list=True an error never ends (16).
            future = protocol.send(action, as_list=False if single else None)
            await self._first_of(future, timeout_s)
        finally:
            protocol.responses.pop(
                action.id, None
            )  # an unanswered one would stay for ever (traps 4 and 5)
            protocol.marks.pop(action.id, None)
        if not future.done():
            if self.lost.is_set():
                raise NotConnected(self.why_lost)
            raise ActionTimedOut(name, timeout_s)
        return self._checked(name, future.result())

    @staticmethod
    def _checked(name: str, result: Any) -> list[Headers]:
        """Return an answer as plain dicts, whether panoramisk gave one message or a list (trap 12)."""
        messages = result if isinstance(result, list) else [result]
        answer = [dict(message.items()) for message in messages]
        if answer[0].get("Response") in ("Error", "Fail", "Failure"):
            raise ActionFailed(name, str(answer[0].get("Message", "no reason given")))
        return answer

    async def _first_of(self, future: asyncio.Future[Any], timeout_s: float) -> None:
        """Wait until the future is done, the connection is lost or the time is over; cancels neither."""
        lost = asyncio.ensure_future(self.lost.wait())
        try:
            await asyncio.wait({future, lost}, timeout=timeout_s, return_when="FIRST_COMPLETED")
        finally:
            lost.cancel()

    def pause_reading(self) -> None:
        """Read no more from the socket until `resume_reading`."""
        if self._protocol is not None and not self.lost.is_set():
            self._protocol.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if self._protocol is not None and not self.lost.is_set():
            self._protocol.transport.resume_reading()

    def abort(self, why: str) -> None:
        """Drop the connection at once, without waiting for a peer that may be gone (trap 4)."""
        self.why_lost = self.why_lost or why
        if self._protocol is not None:
            self._protocol.transport.abort()
        self._gone(why)

    async def close(self) -> None:
        """Log off politely if that works at once, then close."""
        if self.ready and not self.lost.is_set():
            try:
                await self.send(
                    {"Action": "Logoff"}, timeout_s=min(1.0, self.settings.action_timeout_s)
                )
            except PbxError as error:
                log.debug("logoff_unanswered", why=str(error))
        if self._manager is not None:
            self._manager.close()
        self._gone("closed by us")

    def _gone(self, why: str) -> None:
        if self.lost.is_set():
            return
        self.why_lost = self.why_lost or why
        self.ready = False
        self.lost.set()
        if self._protocol is not None:
            self._protocol.closed = True
        if self._manager is not None and self._manager.pinger is not None:
            self._manager.pinger.cancel()
