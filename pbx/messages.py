"""AMI headers in, one typed event out, nothing for what we do not need. Pure.

In: the headers of one message, as `pbx.protocol` or a trace gives them. Out: `parse()`'s event for `pbx.tracker`.

A header without which an event means nothing (the Uniqueid of a Hangup) raises `MalformedMessage`: data from the wire
never meets an assert or a KeyError.
"""

from __future__ import annotations

from collections.abc import Callable

from pbx.ami_events import (
    AgentCalled,
    AmiEvent,
    AttendedTransfer,
    BlindTransfer,
    BridgeDestroy,
    BridgeEnter,
    BridgeLeave,
    CdrLine,
    ChannelInfo,
    DeviceState,
    DialBegin,
    DialEnd,
    DialState,
    FullyBooted,
    Hangup,
    HangupRequest,
    Hold,
    LocalBridge,
    NewCallerId,
    NewChannel,
    NewExten,
    NewState,
    OriginateResponse,
    ParkedCall,
    ParkedCallTimeOut,
    Pickup,
    QueueCallerJoin,
    QueueCallerLeave,
    QueueMember,
    Shutdown,
    Unhold,
    UnParkedCall,
    VariableSet,
)
from pbx.errors import MalformedMessage
from pbx.headers import Headers, channel_info, number, text

__all__ = [
    "KNOWN_EVENTS",
    "Headers",
    "channel_info",
    "device",
    "member",
    "number",
    "parse",
    "text",
]

WANTED_VARIABLES = frozenset(
    {"MIXMONITOR_FILENAME", "VMSTATUS", "QUEUESTATUS", "DIALSTATUS", "SLOVO_ANNOUNCED"}
)
"""Of thousands of VarSet only these mean something to a call."""
VOICEMAIL_APPLICATIONS = frozenset({"VoiceMail", "Voicemail", "MiniVoiceMail", "MinivmRecord"})
WANTED_APPLICATIONS = VOICEMAIL_APPLICATIONS | {"MixMonitor", "Queue", "Dial"}


def _need(headers: Headers, prefix: str = "") -> ChannelInfo:
    info = channel_info(headers, prefix)
    if info is None:
        raise MalformedMessage(
            f"{text(headers, 'Event')} without {prefix}Uniqueid", repr(dict(headers))
        )
    return info


def _need_text(headers: Headers, name: str) -> str:
    value = text(headers, name)
    if not value:
        raise MalformedMessage(f"{text(headers, 'Event')} without {name}", repr(dict(headers)))
    return value


def _of(kind: Callable[[ChannelInfo], AmiEvent]) -> Callable[[Headers], AmiEvent]:
    return lambda h: kind(_need(h))


def _dial(kind: Callable[..., AmiEvent]) -> Callable[[Headers], AmiEvent]:
    return lambda h: kind(
        channel_info(h), _need(h, "Dest"), text(h, "DialStatus"), text(h, "DialString")
    )


def _dial_end(h: Headers) -> DialEnd:
    return DialEnd(
        channel_info(h),
        _need(h, "Dest"),
        text(h, "DialStatus"),
        text(h, "DialString"),
        text(h, "Forward"),
    )


def _queued(kind: Callable[..., AmiEvent]) -> Callable[[Headers], AmiEvent]:
    return lambda h: kind(_need(h), _need_text(h, "Queue"), number(h, "Position"))


def _in_bridge(kind: Callable[..., AmiEvent]) -> Callable[[Headers], AmiEvent]:
    return lambda h: kind(
        _need(h),
        _need_text(h, "BridgeUniqueid"),
        text(h, "BridgeType"),
        text(h, "BridgeTechnology"),
        number(h, "BridgeNumChannels", -1),
    )


def _meetme(h: Headers) -> str:
    """Return a MeetMe room (up to Asterisk 20) as if it was a bridge: nobody enters one there."""
    return f"meetme/{_need_text(h, 'Meetme')}"


def _blind_transfer(h: Headers) -> BlindTransfer:
    return BlindTransfer(
        _need(h, "Transferer"),
        channel_info(h, "Transferee"),
        text(h, "Extension"),
        text(h, "Result") == "Success",
    )


def _attended_transfer(h: Headers) -> AttendedTransfer:
    return AttendedTransfer(
        _need(h, "OrigTransferer"),
        _need(h, "SecondTransferer"),
        channel_info(h, "Transferee"),
        channel_info(h, "TransferTarget"),
        text(h, "DestType"),
        text(h, "Result") == "Success" and text(h, "DestType") != "Fail",
    )


def _parked(kind: Callable[..., AmiEvent]) -> Callable[[Headers], AmiEvent]:
    return lambda h: kind(_need(h, "Parkee"), text(h, "ParkerDialString"), text(h, "ParkingSpace"))


def _unparked(h: Headers) -> UnParkedCall:
    parkee = _need(h, "Parkee")
    dial, space = text(h, "ParkerDialString"), text(h, "ParkingSpace")
    return UnParkedCall(parkee, dial, space, _need(h, "Retriever"))


def _variable(h: Headers) -> VariableSet | None:
    name = text(h, "Variable")
    if name not in WANTED_VARIABLES or not text(h, "Uniqueid"):
        return None
    return VariableSet(_need(h), name, text(h, "Value"))


def _new_exten(h: Headers) -> NewExten | None:
    application = text(h, "Application")
    if application not in WANTED_APPLICATIONS:
        return None
    return NewExten(_need(h), application, text(h, "AppData"))


def member(h: Headers) -> QueueMember:
    """Return a queue member's state, from an event or from a list item of QueueStatus."""
    interface = text(h, "Interface") or text(h, "Location")
    return QueueMember(
        _need_text(h, "Queue"),
        interface,
        text(h, "StateInterface") or interface,
        text(h, "Paused") == "1",
        text(h, "PausedReason") or text(h, "Reason"),
        status=number(h, "Status"),
        last_pause=number(h, "LastPause"),
        wrap_up_s=number(h, "Wrapuptime"),
        dynamic=text(h, "Membership") in ("dynamic", "realtime"),
        present=text(h, "Event") != "QueueMemberRemoved",
    )


def device(h: Headers) -> DeviceState:
    """Return a device's state, from an event or from a list item of DeviceStateList."""
    return DeviceState(_need_text(h, "Device"), text(h, "State"))


def _cdr(h: Headers) -> CdrLine:
    _need_text(h, "StartTime")
    plain = ("Event", "Privilege", "Timestamp", "SequenceNumber", "File", "Line", "Func")
    return CdrLine(tuple((name, text(h, name)) for name in h if name not in plain))


_PARSERS: dict[str, Callable[[Headers], AmiEvent | None]] = {
    "Newchannel": _of(NewChannel),
    "Newstate": _of(NewState),
    "NewCallerid": _of(NewCallerId),
    "DialBegin": _dial(DialBegin),
    "DialState": _dial(DialState),
    "DialEnd": _dial_end,
    "HangupRequest": lambda h: HangupRequest(_need(h), number(h, "Cause")),
    "Hangup": lambda h: Hangup(_need(h), number(h, "Cause")),
    "Hold": lambda h: Hold(_need(h), text(h, "MusicClass")),
    "Unhold": _of(Unhold),
    "BridgeEnter": _in_bridge(BridgeEnter),
    "BridgeLeave": _in_bridge(BridgeLeave),
    "BridgeDestroy": lambda h: BridgeDestroy(_need_text(h, "BridgeUniqueid")),
    "MeetmeJoin": lambda h: BridgeEnter(_need(h), _meetme(h), "base", "meetme", -1),
    "MeetmeLeave": lambda h: BridgeLeave(_need(h), _meetme(h), "base", "meetme", -1),
    "MeetmeEnd": lambda h: BridgeDestroy(_meetme(h)),
    "LocalBridge": lambda h: LocalBridge(_need(h, "LocalOne"), _need(h, "LocalTwo")),
    "QueueCallerJoin": _queued(QueueCallerJoin),
    "QueueCallerLeave": _queued(QueueCallerLeave),
    "AgentCalled": lambda h: AgentCalled(_need(h), _need(h, "Dest"), text(h, "Queue")),
    "BlindTransfer": _blind_transfer,
    "AttendedTransfer": _attended_transfer,
    "Pickup": lambda h: Pickup(_need(h), _need(h, "Target")),
    "ParkedCall": _parked(ParkedCall),
    "ParkedCallTimeOut": _parked(ParkedCallTimeOut),
    "UnParkedCall": _unparked,
    "OriginateResponse": lambda h: OriginateResponse(
        text(h, "Uniqueid"), text(h, "Exten"), text(h, "Response") == "Success"
    ),
    "VarSet": _variable,
    "Newexten": _new_exten,
    "QueueMemberStatus": member,
    "QueueMemberAdded": member,
    "QueueMemberRemoved": member,
    "QueueMemberPause": member,
    "QueueMemberPaused": member,
    "DeviceStateChange": device,
    "Cdr": _cdr,
    "FullyBooted": lambda h: FullyBooted(
        number(h, "Uptime") if text(h, "Uptime").isdigit() else None
    ),
    "Shutdown": lambda h: Shutdown(text(h, "Restart") == "True"),
}

KNOWN_EVENTS = frozenset(_PARSERS)
"""Names of the events that calls are made of: what an account's rights and an event filter must let through."""


def parse(headers: Headers) -> AmiEvent | None:
    """Return the typed event of a message; None for events (and variables) that mean nothing to a call.

    Raises:
        MalformedMessage: a header is missing without which the event has no meaning.
    """
    parser = _PARSERS.get(text(headers, "Event"))
    return parser(headers) if parser else None
