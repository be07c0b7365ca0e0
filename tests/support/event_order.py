"""What two AMI streams of one scenario must have in common, whatever their ids, times and thread timing.

Asterisk runs a thread per channel, so only the events of one thread are in order. `threads()` cuts a stream into these.
"""

from __future__ import annotations

from collections import defaultdict

OWN = {
    *("Newchannel", "Newstate", "NewCallerid", "NewConnectedLine", "BridgeEnter", "BridgeLeave"),
    *("HangupRequest", "SoftHangupRequest", "Hangup", "MixMonitorStart", "Unhold"),
}
"""Events of the channel in their "Channel" header."""
DIALLING = {
    *("DialBegin", "DialEnd", "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon"),
    *("AgentCalled", "AgentConnect", "AgentRingNoAnswer"),
}
"""Events of the thread that dials."""
LOOSE = {
    "DialState",
    "BridgeCreate",
    "BridgeDestroy",
    "AgentComplete",
    "BlindTransfer",
    "OriginateResponse",
}
"""Events that must come as often, anywhere."""

Event = dict[str, str]


def role(channel: str) -> str:
    """ "PJSIP/101-0000001a" -> "101"."""
    return channel.partition("/")[2].rpartition("-")[0]


def threads(events: list[Event]) -> dict[str, list[str]]:
    """Thread → its events in order, with what matters of each."""
    found: dict[str, list[str]] = defaultdict(list)
    for event in events:
        name, own, dest = event["Event"], event.get("Channel", ""), event.get("DestChannel", "")
        if name in OWN:
            state = event["ChannelStateDesc"] if name == "Newstate" else ""
            cause = event["Cause"] if name == "Hangup" else ""
            kind = "connected " if name == "NewConnectedLine" else ""
            found[f"{kind}{role(own)}"].append(" ".join(filter(None, [name, state, cause])))
        elif name in DIALLING:
            found["dialling"].append(f"{name} {role(dest)} {event.get('DialStatus', '')}".strip())
        elif name in LOOSE:
            found["loose"].append(f"{name} {role(dest)} {event.get('DialStatus', '')}".strip())
    found["loose"].sort()
    return dict(found)
