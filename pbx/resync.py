"""What Asterisk holds now, compared with what we knew. Pure.

In: a `Snapshot`. Out: call events for what was missed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Answer = Sequence[Mapping[str, str | list[str]]]
"""The items of a list action, as headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The answers of one moment, as `pbx.snapshot` asks for them after each login."""

    channels: Answer = ()
    """CoreShowChannel items."""
    status: Answer = ()
    """Status items (with variables and bridge ids)."""
    bridges: Answer = ()
    """BridgeListItem items."""
    bridge_channels: Answer = ()
    """BridgeInfoChannel items, each with the BridgeUniqueid of its bridge added."""
    queues: Answer = ()
    """QueueParams, QueueMember and QueueEntry items."""
