"""Hits as searches return them, made from rows. Pure but for the rows.

In: a row of a turn with its call, and the queries that found it. Out: a `Hit` with the places of its words, or nothing
where the words themselves, looked at again, do not fit: other forms of a misheard word, or words that are too doubtful.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.search.highlight import Highlight, highlight
from calls.search.matching import Indexed, indexed, matches
from calls.search.ranking import score
from calls.search.terms import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One turn that matches."""

    call_id: int
    external_id: str | None
    """The imported transcript's own id."""
    call_at: datetime | None
    utterance_id: int
    turn: int
    side: str
    speaker: str
    start_s: float
    """Where the first matched word begins, in seconds; the turn's beginning where words have no times."""
    text: str
    """The version of the turn that the words stand in: corrected where that one matches, else as it was heard."""
    words_from: int
    words_to: int
    """The first match: indexes into the turn's words, inclusive."""
    words: tuple[int, ...]
    """Indexes of all matched words: into the transcript's words, or into the text split at spaces."""
    score: float
    """How well it fits: above one half for exact matches (`calls.search.ranking`)."""
    match: str
    """"exact", or "tolerant" of recognition errors."""
    shown: tuple[str, ...] = ()
    """The words that `words` counts."""


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of a turn: its words, with times where they have any."""

    text: str
    timed: Sequence[Any]

    @property
    def words(self) -> list[str]:
        return [str(word["word"]) for word in self.timed] if self.timed else self.text.split()


def hit_of(row: Any, queries: Sequence[Query], match: str, *, strict: bool) -> Hit | None:
    """Make a hit.

    Args:
        row: of `calls.search.backend.COLUMNS`.
        queries: any of which may have found it.
        match: "exact" or "tolerant".
        strict: whether the words must fit as they stand, not only by the index.
    """
    for version in _versions(row):
        for query in queries:
            found = _found(version, query, strict=strict)
            if found is not None and _sure_enough(found[0], found[1], query.confidence):
                return _made(row, found[0], found[1], query, match)
    return None if strict else _made(row, _versions(row)[0], None, queries[0], match)


def _versions(row: Any) -> list[_Version]:
    heard = _Version(row.text, row.words or ())
    if row.corrected is None:
        return [heard]
    return [_Version(row.corrected, row.corrected_words or ()), heard]


def _found(version: _Version, query: Query, *, strict: bool) -> tuple[_Version, Highlight] | None:
    turn = indexed(" ".join(version.words), counted=query.counts)
    if strict and not _fits(turn, version, query):
        return None
    found = highlight(version.words, query, turn)
    if found is None and version.timed:
        # Words and text were split differently: the text is what was indexed.
        version = _Version(version.text, ())
        found = highlight(version.words, query)
    return None if found is None else (version, found)


def _fits(turn: Indexed, version: _Version, query: Query) -> bool:
    return matches(turn, query) or (bool(version.timed) and matches(indexed(version.text), query))


def _sure_enough(version: _Version, found: Highlight, least: float | None) -> bool:
    """Whether the engine was sure of every matched word; what people wrote or imported counts as certain."""
    if least is None or not version.timed:
        return True
    known = (version.timed[index].get("conf") for index in found.words)
    return all(conf is None or conf >= least for conf in known)


def _made(row: Any, version: _Version, found: Highlight | None, query: Query, match: str) -> Hit:
    first = version.timed[found.first] if version.timed and found else None
    words = version.words
    return Hit(
        call_id=row.call_id,
        external_id=row.external_id,
        call_at=row.started_at,
        utterance_id=row.id,
        turn=row.turn,
        side=row.side,
        speaker=row.speaker,
        start_s=first["start_s"] if first else row.start_s,
        text=version.text,
        words_from=found.first if found else 0,
        words_to=found.last if found else 0,
        words=found.words if found else (),
        score=score(len(words), found.words if found else (), len(query.terms), match),
        match=match,
        shown=tuple(words),
    )
