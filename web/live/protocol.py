"""What travels over the live page's websocket. Pure.

In: fragments and topics. Out: text frames. A frame is JSON:

- `kind`: "snapshot" or "delta"; `seq`: 0 for the snapshot that begins a connection, then 1, 2, 3 …; a page that sees a
  gap reconnects and gets a fresh snapshot;
- `content`: fragments with stable ids that htmx puts in place (`hx-swap-oob`); absent when there are none;
- `topics`: what else changed ("call", "task" …): the page's script fires `slovo:call` and so on, for parts that fetch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
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


def frame(kind: str, seq: int, fragments: Iterable[str] = (), topics: Collection[str] = ()) -> str:
    """One message for the page."""
    content = "\n".join(fragments)
    message: dict[str, object] = {"kind": kind, "seq": seq, "topics": sorted(topics)}
    if content:
        message["content"] = content
    return json.dumps(message, ensure_ascii=False)
