"""A transcript as the page shows it: turns with the speaker's name, words with their times and doubts. Pure.

In: stored utterances. Out: `Turn`s in the order of time. What people corrected is shown; what was heard is kept beside it.
Where an engine gave no times per word (imported transcripts), every word of a turn plays from the turn's beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from calls.tables import Utterance
from calls.transcripts import current

DOUBTFUL_BELOW = 0.6
"""Words of which the engine was less sure are shown as doubtful: numbers, names and "not" decide disputes."""
MANY_DOUBTS = 20
"""Percent of a turn's words: from here on the turn says how many it doubts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWord:
    """One word. `index` counts from 0 in its turn, as in the search index and in promises."""

    index: int
    text: str
    start_s: float
    end_s: float
    conf: float | None
    typed: bool = False
    """A person wrote it."""
    overlapped: bool = False
    """The other side spoke at the same time."""

    @property
    def doubtful(self) -> bool:
        """Whether the engine was not sure."""
        return self.conf is not None and self.conf < DOUBTFUL_BELOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One speaker's turn. `heard`: what the engine heard, where people corrected it."""

    utterance_id: int
    side: str
    speaker: str
    who: str
    start_s: float
    words: tuple[ShownWord, ...]
    version: int = 0
    heard: str | None = None
    overlaps: tuple[tuple[float, float], ...] = ()

    @property
    def text(self) -> str:
        """All words as they stand."""
        return " ".join(word.text for word in self.words)

    @property
    def doubtful(self) -> int:
        """How many words the engine was not sure of."""
        return sum(word.doubtful for word in self.words)

    @property
    def has_many_doubts(self) -> bool:
        """Whether so much of the turn is doubtful that it should be listened to."""
        return self.doubtful * 100 >= MANY_DOUBTS * max(len(self.words), 1) and self.doubtful > 1


def turns_of(utterances: Iterable[Utterance], name_of: Callable[[str, str], str]) -> list[Turn]:
    """The turns, as they began.

    Args:
        utterances: of one transcript.
        name_of: from side and speaker (extension or number) to a name.
    """
    return [
        Turn(
            utterance_id=utterance.id,
            side=utterance.side,
            speaker=utterance.speaker,
            who=name_of(utterance.side, utterance.speaker),
            start_s=utterance.start_s,
            words=words_of(utterance),
            version=utterance.version,
            heard=None if utterance.corrected is None else utterance.text,
            overlaps=_spans(utterance),
        )
        for utterance in sorted(utterances, key=lambda one: (one.start_s, one.turn))
    ]


def words_of(utterance: Utterance) -> tuple[ShownWord, ...]:
    """The turn's words as they stand; without times of their own they have the turn's."""
    if timed := current.words(utterance):
        overlaps = _spans(utterance)
        return tuple(
            ShownWord(
                index=index,
                text=str(word["word"]),
                start_s=float(word["start_s"]),
                end_s=float(word["end_s"]),
                conf=None if word.get("conf") is None else float(word["conf"]),
                typed=utterance.corrected is not None and word.get("conf") is None,
                overlapped=_meets(overlaps, float(word["start_s"]), float(word["end_s"])),
            )
            for index, word in enumerate(timed)
        )
    return tuple(
        ShownWord(
            index=index, text=text, start_s=utterance.start_s, end_s=utterance.end_s, conf=None
        )
        for index, text in enumerate(current.text(utterance).split())
    )


def _spans(utterance: Utterance) -> tuple[tuple[float, float], ...]:
    return tuple((float(start), float(end)) for start, end in utterance.overlaps or ())


def _meets(overlaps: Sequence[tuple[float, float]], start_s: float, end_s: float) -> bool:
    return any(start_s < end and start < end_s for start, end in overlaps)
