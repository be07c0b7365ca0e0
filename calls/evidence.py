"""Which AMI message said what of a call: the ordered evidence behind a decision. Pure.

In: messages and what the tracker made of them. Out: `Evidence`, which `slovo replay --explain` prints. Only a replay that
explains makes it; a running system does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pbx.events import CallEvent
from pbx.messages import Headers, text

_CHANNEL = (
    "DestChannel",
    "Channel",
    "TransfererChannel",
    "OrigTransfererChannel",
    "ParkeeChannel",
    "LocalOneChannel",
)
_DETAIL = {
    "Newchannel": "Exten",
    "Newstate": "ChannelStateDesc",
    "DialBegin": "DialString",
    "DialState": "DialStatus",
    "DialEnd": "DialStatus",
    "Hangup": "Cause-txt",
    "HangupRequest": "Cause",
    "QueueCallerJoin": "Queue",
    "QueueCallerLeave": "Queue",
    "Newexten": "Application",
    "VarSet": "Value",
    "BlindTransfer": "Extension",
    "AttendedTransfer": "DestType",
    "ParkedCall": "ParkingSpace",
    "UnParkedCall": "ParkingSpace",
    "Pickup": "TargetChannel",
    "MeetmeJoin": "Meetme",
    "CoreShowChannelsComplete": "ListItems",
}
"""The header that tells most about an event, beside its channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One message (or the end of a connection) and what it was taken for: a call event, or a `note` why for nothing."""

    at: datetime | None
    name: str
    channel: str = ""
    detail: str = ""
    event: CallEvent | None = None
    note: str = ""


def of_message(
    headers: Headers, at: datetime | None, event: CallEvent | None = None, note: str = ""
) -> Evidence:
    """Return the evidence of one message."""
    name = text(headers, "Event")
    channel = next((found for key in _CHANNEL if (found := text(headers, key))), "")
    return Evidence(
        at=at,
        name=name,
        channel=channel,
        detail=text(headers, _DETAIL[name]) if name in _DETAIL else "",
        event=event,
        note=note,
    )
