"""One sentence, one label. Pure.

In: a sentence, who says it, and the local time of the call. Out: the `Found` act that counts most, or nothing.
"""

from __future__ import annotations

from datetime import datetime

from calls.promises.model import NOTHING, Found
from calls.promises.russian.acts import acts_of, best
from calls.promises.russian.utterance import utterance


def sentence(text: str, call_at: datetime, side: str = "unknown") -> Found:
    """Label one sentence; of several acts the one that counts most."""
    chosen = best(acts_of(utterance(text, side, call_at)))
    return chosen.found if chosen else NOTHING
