"""What we may ask Asterisk to do, as typed functions with checked values.

In: plain values, some typed by users. Out: one AMI action each, through `Listener.send`. `Command` and `System` are not
offered on purpose: nothing of Slovo needs them, and `asterisk-conf` grants no right to them.

Every value is checked before it is sent: AMI has no escaping, a line break in a number would be a second action.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from pbx.errors import ActionFailed, UnsafeValue
from pbx.link import Fields
from pbx.protocol import Headers, check_values

DIALLABLE = re.compile(r"[+*#0-9]{1,32}")
"""What may be dialled: digits, a leading plus, feature codes."""
CHANNEL = re.compile(r"[A-Za-z0-9_]{1,20}/[A-Za-z0-9_.+@:/;*#=-]{1,120}")
"""A channel or dial string ("PJSIP/101", "Local/101@internal-00000002;1"); no `&`, no dialplan functions."""
NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")
"""A context, a queue or a channel id."""
VARIABLE = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,79}")
"""A plain channel variable: `SHELL(...)` and other functions are no names."""

MEMBER_SIGNS = "|;"
"""What parts queue members, and their fields, where Asterisk keeps them."""

EXPECTED_REASONS = {
    "0": "failed or declined",
    "1": "no answer",
    "3": "no answer",
    "5": "busy",
    "8": "congested",
}
"""OriginateResponse's Reason; 4 is answered. Source: Asterisk 22, AST_CONTROL_* numbers."""


class Sender(Protocol):
    """`Listener.send`."""

    async def __call__(
        self, fields: Fields, *, timeout_s: float | None = None, single: bool = False
    ) -> list[Headers]:
        """Send an action, return its answer or raise."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickToCall:
    """An outgoing call that begins at the operator's phone."""

    channel: str
    """The operator's phone as Asterisk dials it: "PJSIP/101". It rings first."""
    number: str
    """Whom to call when the operator has picked up, as the dialplan expects it."""
    context: str
    """Where in the dialplan `number` is dialled."""
    caller_id: str = ""
    """Number that the operator's phone shows while it rings; the client's, so that a redial works."""
    caller_name: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    timeout_s: float = 20.0
    """How long the operator's phone rings, in seconds."""
    channel_id: str = ""
    """Uniqueid that the operator's leg shall have; "" lets Asterisk choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Originated:
    """What became of the operator's leg. `channel` and `uniqueid` are "" as long as that is not known."""

    answered: bool | None
    """None: accepted by Asterisk, the phone rings."""
    reason: str = ""
    channel: str = ""
    uniqueid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMember:
    """One member of one queue, from QueueStatus."""

    queue: str
    interface: str
    name: str
    paused: bool
    pause_reason: str
    in_call: bool


class Actions:
    """The actions over one listener."""

    def __init__(self, send: Sender) -> None:
        self._send = send

    async def ping(self) -> None:
        """Ask for a sign of life.

        Raises:
            ActionTimedOut, NotConnected: there was none.
        """
        await self._send({"Action": "Ping"})

    async def originate(self, call: ClickToCall, *, wait_for_answer: bool = False) -> Originated:
        """Ring the operator's phone, then dial the number.

        Args:
            call: whom and how.
            wait_for_answer: wait until the operator picked up or did not, up to `call.timeout_s` and an answer's time.

        Raises:
            ActionFailed: Asterisk refused at once (no such context, no rights).
            ActionTimedOut, NotConnected: it may or may not have rung. Nothing is sent again later.
            UnsafeValue: a value that must not be sent.
        """
        fields = originate_fields(call)
        if not wait_for_answer:
            await self._send(fields, single=True)
            return Originated(answered=None)
        # The phone may ring for timeout_s; the same time again for Asterisk to say so would hide a dead switch.
        answer = (await self._send(fields, timeout_s=call.timeout_s + 5.0))[-1]
        code = str(answer.get("Reason", ""))
        return Originated(
            answered=answer.get("Response") == "Success",
            reason="" if code == "4" else EXPECTED_REASONS.get(code, f"reason {code}"),
            channel=str(answer.get("Channel", "")),
            uniqueid=str(answer.get("Uniqueid", "")),
        )

    async def blind_transfer(self, channel: str, number: str, context: str) -> None:
        """Send the party that talks with `channel` to `number`. `channel` is the operator's.

        Raises:
            ActionFailed: the channel is not in a bridge, or is gone.
            ActionTimedOut, NotConnected, UnsafeValue: as above.
        """
        await self._send(
            {
                "Action": "BlindTransfer",
                "Channel": _checked("Channel", CHANNEL, channel),
                "Context": _checked("Context", NAME, context),
                "Exten": _checked("Exten", DIALLABLE, number),
            }
        )

    async def redirect(self, channel: str, number: str, context: str) -> None:
        """Move `channel` itself to `number`, out of whatever it is in.

        Raises:
            ActionFailed: the channel is gone.
            ActionTimedOut, NotConnected, UnsafeValue: as above.
        """
        await self._send(
            {
                "Action": "Redirect",
                "Channel": _checked("Channel", CHANNEL, channel),
                "Context": _checked("Context", NAME, context),
                "Exten": _checked("Exten", DIALLABLE, number),
                "Priority": "1",
            }
        )

    async def hangup(self, channel: str) -> None:
        """Hang up one channel, with cause 16.

        Raises:
            ActionFailed: the channel is gone.
            ActionTimedOut, NotConnected, UnsafeValue: as above.
        """
        channel = _checked("Channel", CHANNEL, channel)
        await self._send({"Action": "Hangup", "Channel": channel, "Cause": "16"})

    async def channels_of(self, linkedids: Collection[str]) -> list[str]:
        """Return the names of the channels that belong to a call now, Local ones last: nobody records those.

        Raises:
            ActionFailed: Asterisk lists none.
            ActionTimedOut, NotConnected: as above.
        """
        answer = await self._send({"Action": "Status"})
        names = [
            str(item.get("Channel", ""))
            for item in answer
            if item.get("Event") == "Status" and item.get("Linkedid") in linkedids
        ]
        return sorted(filter(None, names), key=lambda name: name.startswith("Local/"))

    async def mute_recording(self, channel: str, *, muted: bool) -> bool:
        """Let MixMonitor write silence instead of what a channel says and hears, or the sound again.

        Returns:
            False when this channel is not recorded.

        Raises:
            ActionTimedOut, NotConnected, UnsafeValue: as above.

        Source: MixMonitorMute of Asterisk 13 to 22; "Cannot set mute flag" is its answer where no MixMonitor runs.
        """
        fields = {
            "Action": "MixMonitorMute",
            "Channel": _checked("Channel", CHANNEL, channel),
            "Direction": "both",
            "State": "1" if muted else "0",
        }
        try:
            await self._send(fields, single=True)
        except ActionFailed:
            return False
        return True

    async def queue_pause(
        self, interface: str, *, paused: bool, queue: str = "", reason: str = ""
    ) -> None:
        """Pause or unpause a member, in one queue or ("") in all of them.

        Raises:
            ActionFailed: no such member.
            ActionTimedOut, NotConnected, UnsafeValue: as above.
        """
        fields = {
            "Action": "QueuePause",
            "Interface": _checked("Interface", CHANNEL, interface),
            "Paused": "true" if paused else "false",
        }
        if queue:
            fields["Queue"] = _checked("Queue", NAME, queue)
        if reason:
            fields["Reason"] = _member_text("Reason", reason)
        check_values(fields.items())
        await self._send(fields, single=True)

    async def queue_add(self, queue: str, interface: str, *, name: str = "") -> None:
        """Log a member into a queue; its own device says whether it is free.

        Raises:
            ActionFailed: no such queue, or it is a member already.
            ActionTimedOut, NotConnected, UnsafeValue: as above.
        """
        interface = _checked("Interface", CHANNEL, interface)
        fields = {
            "Action": "QueueAdd",
            "Queue": _checked("Queue", NAME, queue),
            "Interface": interface,
            "StateInterface": interface,
        }
        if name:
            fields["MemberName"] = _member_text("MemberName", name)
        check_values(fields.items())
        await self._send(fields, single=True)

    async def queue_remove(self, queue: str, interface: str) -> None:
        """Log a dynamic member out of a queue.

        Raises:
            ActionFailed: it is no member, or one of queues.conf.
            ActionTimedOut, NotConnected, UnsafeValue: as above.
        """
        fields = {
            "Action": "QueueRemove",
            "Queue": _checked("Queue", NAME, queue),
            "Interface": _checked("Interface", CHANNEL, interface),
        }
        await self._send(fields, single=True)

    async def queue_status(self, queue: str = "") -> list[QueueMember]:
        """Return the members of one queue or of all.

        Raises:
            ActionFailed: Asterisk has no queues.
            ActionTimedOut, NotConnected, UnsafeValue: as above.
        """
        fields = {"Action": "QueueStatus"}
        if queue:
            fields["Queue"] = _checked("Queue", NAME, queue)
        answer = await self._send(fields)
        return [_member(item) for item in answer if item.get("Event") == "QueueMember"]


def originate_fields(call: ClickToCall) -> dict[str, str | list[str]]:
    """Return the headers of an Originate.

    Raises:
        UnsafeValue: a value that could become another header, channel or dialplan function.
        ActionFailed: the ringing time is not between 1 and 300 seconds.
    """
    if not 1 <= call.timeout_s <= 300:
        raise ActionFailed(
            "Originate", f"ringing time of {call.timeout_s:g} s; 1 to 300 are allowed"
        )
    fields: dict[str, str | list[str]] = {
        "Action": "Originate",
        "Async": "true",
        "Channel": _checked("Channel", CHANNEL, call.channel),
        "Context": _checked("Context", NAME, call.context),
        "Exten": _checked("Exten", DIALLABLE, call.number),
        "Priority": "1",
        "Timeout": str(int(call.timeout_s * 1000)),
    }
    if call.caller_id:
        number = _checked("CallerID", DIALLABLE, call.caller_id)
        fields["CallerID"] = f'"{_plain("CallerID", call.caller_name)}" <{number}>'
    if call.channel_id:
        fields["ChannelId"] = _checked("ChannelId", NAME, call.channel_id)
    if call.variables:
        fields["Variable"] = [
            f"{_checked('Variable', VARIABLE, name)}={_plain('Variable', value)}"
            for name, value in call.variables.items()
        ]
    return fields


def _checked(header: str, allowed: re.Pattern[str], value: str) -> str:
    if not allowed.fullmatch(value):
        raise UnsafeValue(header)
    return value


def _member_text(header: str, value: str) -> str:
    """Return text that stays one field of one member.

    Asterisk keeps members over a restart as `interface;penalty;paused;name;state;reason|interface;…`, unescaped: with
    these signs a reason would be another member, whatever it dials. Source: app_queue.c, dump_queue_members.
    """
    if any(sign in value for sign in MEMBER_SIGNS):
        raise UnsafeValue(header)
    return value


def _plain(header: str, value: str) -> str:
    """Return text that stays text: Asterisk cuts variables at commas, and expands `${...}` in the dialplan."""
    check_values([(header, value)])
    if any(sign in value for sign in '",;$<>|\\'):
        raise UnsafeValue(header)
    return value


def _member(item: Headers) -> QueueMember:
    return QueueMember(
        queue=str(item.get("Queue", "")),
        interface=str(item.get("Location") or item.get("StateInterface") or ""),
        name=str(item.get("Name", "")),
        paused=item.get("Paused") == "1",
        pause_reason=str(item.get("PausedReason", "")),
        in_call=item.get("InCall") == "1",
    )
