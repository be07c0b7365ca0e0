"""The words of a piece of a recording: what the chosen side said between two times. Pure.

In: utterances and a piece. Out: lines, as they stand after corrections. A turn whose words have no times of their own is
told only if it lies in the piece as a whole: nothing from outside is ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from calls.tables import Utterance
from calls.transcripts import current

_SLACK_S = 0.05
"""Times are rounded when a piece is chosen."""


@dataclass(frozen=True, slots=True)
class Line:
    """Who spoke ("client", "operator", "unknown") and what of it lies within."""

    side: str
    text: str


def lines_between(
    utterances: Iterable[Utterance], from_s: float, to_s: float, side: str = "both"
) -> list[Line]:
    """The words of a piece, in the order of time.

    Args:
        utterances: of one transcript.
        from_s: seconds.
        to_s: seconds.
        side: "both", or whose words alone.
    """
    ordered = sorted(utterances, key=lambda one: (one.start_s, one.turn))
    said = [
        Line(one.side, _within(one, from_s - _SLACK_S, to_s + _SLACK_S))
        for one in ordered
        if side in ("both", one.side)
    ]
    return [line for line in said if line.text]


def _within(utterance: Utterance, from_s: float, to_s: float) -> str:
    words = current.words(utterance)
    if not words:
        whole = utterance.start_s >= from_s and utterance.end_s <= to_s
        return current.text(utterance) if whole else ""
    inside = [
        str(word["word"])
        for word in words
        if float(word["start_s"]) >= from_s and float(word["end_s"]) <= to_s
    ]
    return " ".join(inside)
