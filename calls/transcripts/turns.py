"""Turns of one person each, from what an engine heard of each side. Pure.

In: the engine's turns of one side each, and an `Attribution`. Out: turns that end where the person on that side changes,
without what is no person's word (music, ringing, announcements), and with the times in which both sides spoke.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, TypeVar

from calls.transcripts.attribution import Attribution, Voice
from calls.transcripts.segments import ChannelTranscript, Side, Utterance, Word

OVERLAP_S = 0.2
"""Both sides at once for less than this (seconds) is how people take turns."""
BREATH_S = 0.4
"""A pause of one speaker that is shorter (seconds) is no silence in which the other could be heard alone."""

Span = tuple[float, float]
T = TypeVar("T")


class LeftOut(TypedDict):
    """How much was heard that is no person's; seconds are those of the words."""

    words: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's turn; `overlaps` are stretches (seconds) in which the other side spoke too."""

    side: Side
    speaker: str
    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()
    overlaps: tuple[Span, ...] = ()


@dataclass(slots=True)
class Turns:
    """The turns of a recording in the order of time, and what was left out of them: reason → how much."""

    turns: list[Turn] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)


def turns_of(channels: Sequence[ChannelTranscript], attribution: Attribution) -> Turns:
    """Give each word to the person who spoke it."""
    found = Turns()
    for channel in channels:
        for heard in channel.utterances:
            for voice, words in _stretches(heard, channel.side, attribution):
                if voice.left_out:
                    _leave_out(found.left_out, voice.left_out, words)
                else:
                    found.turns.append(_turn(voice, words, heard))
    found.turns.sort(key=lambda turn: (turn.start_s, turn.side.value))
    found.turns = _with_overlaps(found.turns)
    return found


def _stretches(
    heard: Utterance, side: Side, attribution: Attribution
) -> Iterator[tuple[Voice, list[Word]]]:
    """Neighbouring words with the same voice; a turn without words of its own is one stretch."""
    words = heard.words or (Word(heard.text, heard.start_s, heard.end_s, 1.0),)
    current: list[Word] = []
    last: Voice | None = None
    for word in words:
        voice = attribution.voice(side, (word.start_s + word.end_s) / 2)
        if last is not None and voice != last:
            yield last, current
            current = []
        current.append(word)
        last = voice
    if last is not None:
        yield last, current


def _leave_out(counts: dict[str, LeftOut], why: str, words: Sequence[Word]) -> None:
    count = counts.setdefault(str(why), {"words": 0, "seconds": 0.0})
    count["words"] += sum(len(word.word.split()) for word in words)
    count["seconds"] = round(count["seconds"] + sum(w.end_s - w.start_s for w in words), 3)


def _turn(voice: Voice, words: Sequence[Word], heard: Utterance) -> Turn:
    return Turn(
        side=voice.side,
        speaker=voice.speaker,
        start_s=words[0].start_s,
        end_s=max(word.end_s for word in words),
        text=" ".join(word.word for word in words),
        words=tuple(words) if heard.words else (),
    )


def overlaps_of(turn: Sequence[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """Where spans of one turn meet spans of another side, for long enough to be noticed; in order of time."""
    met = [(max(a, c), min(b, d)) for a, b in turn for c, d in others if min(b, d) - max(a, c) > 0]
    return tuple((a, b) for a, b in joined(met, BREATH_S) if b - a >= OVERLAP_S)


def joined(spans: Iterable[Span], gap_s: float) -> list[Span]:
    """Join spans that lie closer than `gap_s` seconds."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] < gap_s:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _with_overlaps(turns: Sequence[Turn]) -> list[Turn]:
    """Mark where two sides speak at once; both must have times of their words, for a turn has pauses."""
    spans = [joined(((w.start_s, w.end_s) for w in turn.words), BREATH_S) for turn in turns]
    found: list[Turn] = []
    for number, turn in enumerate(turns):
        near = [
            span
            for other, theirs in zip(_near(turns, number), _near(spans, number), strict=True)
            if other.side is not turn.side and other.end_s > turn.start_s
            for span in theirs
        ]
        overlaps = overlaps_of(spans[number], near)
        found.append(
            Turn(turn.side, turn.speaker, turn.start_s, turn.end_s, turn.text, turn.words, overlaps)
        )
    return found


NEIGHBOURS = 50
"""So many turns before and after one are looked at for overlaps."""


def _near(items: Sequence[T], number: int) -> Sequence[T]:
    return items[max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1]
