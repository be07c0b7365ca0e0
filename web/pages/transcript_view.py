"""A transcript as the page shows it: turns with the speaker's name, words with their times and doubts. Pure.

In: stored utterances. Out: `Turn`s in the order of time. Where an engine gave no times per word (imported transcripts),
every word of a turn plays from the turn's beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from calls.tables import Utterance

DOUBTFUL_BELOW = 0.6
"""Words of which the engine was less sure are shown as doubtful: numbers, names and "not" decide disputes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWord:
    """One word. `index` counts from 0 in its turn, as in the search index and in promises."""

    index: int
    text: str
    start_s: float
    end_s: float
    conf: float | None

    @property
    def doubtful(self) -> bool:
        """Whether the engine was not sure."""
        return self.conf is not None and self.conf < DOUBTFUL_BELOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One speaker's turn."""

    utterance_id: int
    side: str
    speaker: str
    who: str
    start_s: float
    words: tuple[ShownWord, ...]


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
        )
        for utterance in sorted(utterances, key=lambda one: (one.start_s, one.turn))
    ]


def words_of(utterance: Utterance) -> tuple[ShownWord, ...]:
    """The turn's words; without times of their own they have the turn's."""
    if utterance.words:
        return tuple(
            ShownWord(
                index=index,
                text=str(word["word"]),
                start_s=float(word["start_s"]),
                end_s=float(word["end_s"]),
                conf=None if word.get("conf") is None else float(word["conf"]),
            )
            for index, word in enumerate(utterance.words)
        )
    return tuple(
        ShownWord(
            index=index, text=text, start_s=utterance.start_s, end_s=utterance.end_s, conf=None
        )
        for index, text in enumerate(utterance.text.split())
    )
