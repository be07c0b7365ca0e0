"""Writes AMI events with the headers of a real Asterisk 22, in its order.

In: an event's name, channels, a bridge, further fields. Out: bytes. The layouts were read off real traces into
samples/ami/layouts.json; "@channel" stands for the fourteen headers of a channel, "@channel:Dest" for the same with that
prefix, "@bridge" for the seven of a bridge. Those of BridgeInfo and DeviceStateList follow the source of Asterisk 22, no
trace has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from pbx.simulator.state import Bridge, Channel

LAYOUTS = Path(__file__).parents[1] / "samples" / "ami" / "layouts.json"
END = "\r\n"


@cache
def layouts() -> dict[str, tuple[str, tuple[tuple[str, ...], ...]]]:
    """Return event → (privilege, its layouts, commonest first)."""
    read = json.loads(LAYOUTS.read_text(encoding="utf-8"))
    return {
        name: (item["privilege"], tuple(tuple(layout) for layout in item["layouts"]))
        for name, item in read.items()
    }


def event(
    name: str,
    *,
    channels: Mapping[str, Channel] | None = None,
    bridge: Bridge | None = None,
    fields: Mapping[str, object] | None = None,
    stamp: float | None = None,
) -> bytes:
    """Return one event.

    Args:
        name: as in the layouts.
        channels: prefix → channel; "" is the channel that the event is about.
        bridge: the bridge, if the event shows one.
        fields: the further headers; exactly those that a layout has.
        stamp: unix time in seconds for the Timestamp header of events in the stream; None in answers.

    Raises:
        LookupError: no real trace has such an event: a fault of the simulator.
    """
    channels, fields = channels or {}, fields or {}
    privilege, known = layouts()[name]
    parts = {f"@channel:{prefix}" if prefix else "@channel" for prefix in channels} | set(fields)
    parts |= {"@bridge"} if bridge else set()
    layout = next((layout for layout in known if set(layout) == parts), None)
    if layout is None:
        raise LookupError(f"{name} with {sorted(parts)} is in no trace")
    lines = [f"Event: {name}"]
    if privilege:
        lines.append(f"Privilege: {privilege}")
    if stamp is not None:
        lines.append(f"Timestamp: {stamp:.6f}")
    for part in layout:
        if part == "@bridge" and bridge:
            lines += bridge.lines()
        elif part.startswith("@channel"):
            prefix = part.partition(":")[2]
            lines += channels[prefix].lines(prefix)
        else:
            lines.append(f"{part}: {fields[part]}")
    return message(lines)


def message(lines: Iterable[str]) -> bytes:
    """Return header lines as one AMI message."""
    return (END.join(lines) + END + END).encode()
