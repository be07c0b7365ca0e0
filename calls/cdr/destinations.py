"""Whom the lines of a call reached: the phones and trunks behind its Local channels. Pure.

In: the lines of one call. Out: one `Reached` per offer to a party, in order of time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from calls.cdr.grouping import CallRows, plain
from calls.cdr.row import CdrRow
from pbx.call_state import dialled_party
from pbx.endpoint_ties import EndpointTies
from pbx.events import Direction, Party
from pbx.numbers import (
    device_extension,
    dialled_number,
    endpoint_of,
    is_technical,
    sent_number,
)

LONGEST_CHAIN = 8
DIALLING = frozenset({"Dial", "Queue"})


@dataclass(frozen=True, slots=True)
class Reached:
    """One offer: the lines from the caller's own down to the one that dialled the party."""

    party: Party
    rows: tuple[CdrRow, ...]
    on_channel: bool = True
    """False where the switch could not even begin to call: no registered phone."""
    free_from: datetime | None = None
    """Until then a colleague had the party on the line (consultation before an attended transfer)."""

    @property
    def outer(self) -> CdrRow:
        """The caller's own line."""
        return self.rows[0]

    @property
    def answered(self) -> bool:
        """Whether the party took it."""
        return self.on_channel and all(row.answered for row in self.rows)

    @property
    def rang_s(self) -> float:
        """How long it was offered, in seconds; a line that was answered before (menu, Originate) begins later."""
        inner = self.rows[-1]
        began = inner.start
        if inner.answer is not None and inner.answer > began and not inner.answered:
            began = inner.answer
        return (inner.end - began).total_seconds()

    @property
    def talk_from(self) -> datetime:
        """When the talk began, if it was answered."""
        times = [row.answer or row.start for row in self.rows]
        if self.free_from is not None:
            times.append(self.free_from)
        return min(max(times), self.end)

    @property
    def end(self) -> datetime:
        """When the first of the lines ended."""
        return min(row.end for row in self.rows)


def destinations(call: CallRows, ties: EndpointTies) -> list[Reached]:
    """Return whom this call reached, in order of time."""
    found = [
        one
        for row in call.own
        for one in _behind(call, (row,), ties)
        if row.dst_channel or row.app in DIALLING
    ]
    return sorted(found, key=lambda one: (one.rows[-1].start, one.end))


def _behind(call: CallRows, chain: tuple[CdrRow, ...], ties: EndpointTies) -> Iterator[Reached]:
    row = chain[-1]
    if not row.dst_channel:
        yield from _unreached(chain, ties)
    elif not is_technical(row.dst_channel):
        yield Reached(_party(row, ties), chain, free_from=_consulted_until(call, chain))
    else:
        inner = [r for r in call.others if r.channel == _other_half(row.dst_channel)]
        reaching = [r for r in inner if r.dst_channel]
        for further in reaching if len(chain) < LONGEST_CHAIN else ():
            yield from _behind(call, (*chain, further), ties)
        extension = device_extension(row.dst_channel, ties.endpoints)
        if extension and not reaching:
            # Its own lines may have been written long before: then the caller's line says whether it was taken.
            yield Reached(Party(extension=extension), chain, on_channel=row.answered and not inner)


def _unreached(chain: tuple[CdrRow, ...], ties: EndpointTies) -> Iterator[Reached]:
    """Phones that Dial named and could not call: they are in no line."""
    if chain[-1].app != "Dial":
        return
    for device in chain[-1].data.split(",")[0].split("&"):
        extension = ties.device(device)
        if extension:
            yield Reached(Party(extension=extension), chain, on_channel=False)


def _other_half(channel: str) -> str:
    name = plain(channel)
    return name[:-1] + ("2" if name.endswith("1") else "1")


def _consulted_until(call: CallRows, chain: tuple[CdrRow, ...]) -> datetime | None:
    """Until when a colleague spoke through the Local channel that later became this call's."""
    ends = [
        row.end
        for link in chain[:-1]
        for row in call.others
        if plain(row.dst_channel) == plain(link.dst_channel)
    ]
    return max(ends, default=None)


def _party(row: CdrRow, ties: EndpointTies) -> Party:
    extension = ties.extension_of(row.dst_channel)
    if extension:
        return Party(extension=extension)
    endpoint = endpoint_of(row.dst_channel)
    devices = row.data.split(",")[0].split("&") if row.app == "Dial" else []
    numbers = [dialled_number(device) for device in devices if endpoint in device]
    return Party(number=next(filter(None, numbers), "") or row.dst)


def click_to_call_sides(
    call: CallRows, reached: Sequence[Reached], ties: EndpointTies
) -> tuple[Direction, Party, Party]:
    """Who called whom when the switch itself began: our phone, rung first, is the caller."""
    others = [*reached, *_of_other_half(call, ties)]
    ours = [one.party for one in others if one.party.is_ours]
    outside = [one.party for one in others if not one.party.is_ours]
    caller = ours[0] if ours else Party()
    if outside:
        return Direction.OUT, caller, outside[0]
    numbers = [sent_number(row.src) for row in call.rows]
    parties = [dialled_party(number, ties.endpoints) for number in numbers if number]
    called = next((p for p in parties if p.label and p.label != caller.label), Party())
    direction = Direction.INTERNAL if called.is_ours or len(ours) > 1 else Direction.OUT
    return direction, caller, called


def _of_other_half(call: CallRows, ties: EndpointTies) -> Iterator[Reached]:
    other = _other_half(call.root)
    for row in call.others:
        if row.channel == other and row.dst_channel:
            yield from _behind(call, (row,), ties)
