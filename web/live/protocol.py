"""What travels over the live page's websocket. Pure.

In: fragments, cards and topics. Out: text frames. A frame is JSON:

- `kind`: "snapshot" or "delta"; `seq`: 0 for the snapshot that begins a connection, then 1, 2, 3 …; a page that sees a
  gap reconnects and gets a fresh snapshot;
- `content`: fragments with stable ids that htmx puts in place (`hx-swap-oob`); absent when there are none;
- `pops`: the cards, absent when nothing about them changed: `order` has the keys of all cards from top to bottom, `cards`
  the HTML of those that are new or look different now; a card that is not in `order` is gone;
- `topics`: what else changed ("call", "task" …): the page's script fires `slovo:call` and so on, for parts that fetch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

SNAPSHOT = "snapshot"
DELTA = "delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What people are told about the connection to one PBX."""

    pbx: str
    connected: bool
    since: datetime | None = None
    login_refused: bool = False
    resynced: bool = True
    """False: it does not let us list its channels, so what happened while it was not heard stays hidden."""


def frame(
    kind: str,
    seq: int,
    fragments: Iterable[str] = (),
    topics: Collection[str] = (),
    *,
    pops: str = "",
) -> str:
    """One message for the page; `pops` is what `pops_part` gave."""
    content = "\n".join(fragments)
    parts = [f'{{"kind":"{kind}","seq":{seq},"topics":{json.dumps(sorted(topics))}']
    if pops:
        parts.append(f'"pops":{pops}')
    if content:
        parts.append(f'"content":{json.dumps(content, ensure_ascii=False)}')
    return ",".join(parts) + "}"


def pops_part(order: Iterable[str], cards: Mapping[str, str]) -> str:
    """The cards' part of a frame.

    Args:
        order: Keys of all cards, from top to bottom.
        cards: Key → HTML as JSON: of a card that many pages get, it is encoded once.
    """
    html = ",".join(f'"{key}":{encoded}' for key, encoded in cards.items())
    return f'{{"order":{json.dumps(list(order))},"cards":{{{html}}}}}'
