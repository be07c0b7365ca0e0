"""What a speech engine heard, in turns of one speaker. Pure.

In: the engine's words with their times on the call's clock. Out: `TranscriptResult`, the shape that
`slovo transcribe --json` prints and `calls.transcripts.task` stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

TURN_GAP_S = 0.7
"""A silence of one side that ends its turn, in seconds: shorter ones are breath."""


class Side(StrEnum):
    """Who speaks. Known from the recording, never guessed from the voice."""

    CLIENT = "client"
    OPERATOR = "operator"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """One word; times in seconds from the recording's beginning, `conf` from 0 to 1."""

    word: str
    start_s: float
    end_s: float
    conf: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One speaker's turn."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelTranscript:
    """Everything that one side said."""

    side: Side
    utterances: tuple[Utterance, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What heard it: engine, its version, the model's name and the rate that the model wants."""

    name: str
    version: str
    model: str
    rate_hz: int


@dataclass(frozen=True, slots=True)
class TranscriptResult:
    """One reading of one recording. `cpu_s` counts all threads of the engine's process for this recording."""

    duration_s: float
    cpu_s: float
    engine: EngineInfo
    channels: tuple[ChannelTranscript, ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object of `slovo transcribe --json`; `warnings` only where there are any."""
        found = asdict(self)
        if not self.warnings:
            del found["warnings"]
        return found


def utterances_of(words: Iterable[Word], gap_s: float = TURN_GAP_S) -> tuple[Utterance, ...]:
    """Join one side's words to turns.

    Args:
        words: words of one side, in any order.
        gap_s: a pause at least this long (seconds) begins a new turn.
    """
    turns: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.start_s, w.end_s)):
        if turns and word.start_s - turns[-1][-1].end_s < gap_s:
            turns[-1].append(word)
        else:
            turns.append([word])
    return tuple(_turn(turn) for turn in turns)


def _turn(words: Sequence[Word]) -> Utterance:
    return Utterance(
        start_s=words[0].start_s,
        end_s=max(word.end_s for word in words),
        text=" ".join(word.word for word in words),
        words=tuple(words),
    )


def result_from_json(found: Mapping[str, Any]) -> TranscriptResult:
    """The opposite of `TranscriptResult.to_json`.

    Raises:
        KeyError, TypeError, ValueError: the object has another shape.
    """
    return TranscriptResult(
        duration_s=float(found["duration_s"]),
        cpu_s=float(found["cpu_s"]),
        engine=EngineInfo(**found["engine"]),
        channels=tuple(_channel(channel) for channel in found["channels"]),
        warnings=tuple(found.get("warnings", ())),
    )


def _channel(found: Mapping[str, Any]) -> ChannelTranscript:
    return ChannelTranscript(
        side=Side(found["side"]),
        utterances=tuple(
            Utterance(
                start_s=float(turn["start_s"]),
                end_s=float(turn["end_s"]),
                text=str(turn["text"]),
                words=tuple(Word(**word) for word in turn.get("words", ())),
            )
            for turn in found["utterances"]
        ),
    )
