"""Queries that forgive one recognition error: «накладная» also as «на кладная», «тариф» as «тарив».

In: a query. Out: queries in each of which one word is replaced by what was said and may be that word misheard; the exact
search then looks for those. Only words that were really said are tried: they are looked up by their sound in the
vocabulary of spoken words, the same on both databases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from calls.search import likeness, text, vocabulary
from calls.search.sounds import sound
from calls.search.terms import Phrase, Place, Query, Term, one_of

MOST_KEYS = 4000
MOST_VARIANTS = 60
"""For one word: more would be no likeness any more."""

Spoken = Mapping[str, Sequence[str]]
"""Spoken words by key."""


async def queries(session: AsyncSession, query: Query) -> tuple[Query, ...]:
    """Return the queries that forgive an error in one word each; none where nothing like it was ever said."""
    keys = sorted({key for term in query.terms for key in _keys(term)} | _keys_across(query))
    spoken = await vocabulary.under(session, keys[:MOST_KEYS]) if keys else {}
    if not spoken:
        return ()
    found = []
    for index, term in enumerate(query.terms):
        phrases = list(_misheard(term, spoken))
        if phrases:
            found.append(query.with_term(index, one_of(*phrases)))
    for index, together in enumerate(_neighbours(query)):
        phrases = [(place,) for place in _joined(*together, spoken)] if together else []
        if phrases:
            found.append(query.with_term(index, one_of(*phrases), taking=2))
    return tuple(found)


def _keys(term: Term) -> Iterator[str]:
    for word in term.typed:
        yield from likeness.keys_for(word)
        for _form, left, right in likeness.halves(word):
            yield f"={sound(left)}"
            yield f"={sound(right)}"
    for left, right in zip(term.typed, term.typed[1:], strict=False):
        yield from (f"={sound(one)}" for one in likeness.joins(left, right))


def _neighbours(query: Query) -> list[tuple[str, str] | None]:
    """Each two plain words that were typed one after the other, by the place of the first."""
    pairs: list[tuple[str, str] | None] = []
    for first, second in zip(query.wanted, query.wanted[1:], strict=False):
        single = len(first.typed) == len(second.typed) == 1
        pairs.append((first.typed[0], second.typed[0]) if single else None)
    return pairs


def _keys_across(query: Query) -> set[str]:
    pairs = [pair for pair in _neighbours(query) if pair]
    return {f"={sound(one)}" for pair in pairs for one in likeness.joins(*pair)}


def _misheard(term: Term, spoken: Spoken) -> Iterator[Phrase]:
    """What may have been heard instead of a word or phrase, with one error."""
    if not term.typed or len(term.ways) != 1:
        return
    (phrase,) = term.ways[0]
    for index, word in enumerate(term.typed):
        before, after = phrase[:index], phrase[index + 1 :]
        variants = [*_alike(word, spoken), *_split(word, spoken)][:MOST_VARIANTS]
        for variant in variants:
            yield (*before, *variant, *after)
        if after:
            for place in _joined(word, term.typed[index + 1], spoken):
                yield (*before, place, *after[1:])


def _alike(word: str, spoken: Spoken) -> Iterator[Phrase]:
    """Spoken words that sound like it; all in one place."""
    near = {one for key in likeness.keys_for(word) for one in spoken.get(key, ())}
    misheard = sorted(one for one in near if likeness.is_misheard(word, one))
    if misheard:
        yield (_exactly(misheard),)


def _exactly(words: Sequence[str]) -> Place:
    return Place(tuple(sorted({text.index_form(word) for word in words})), frozenset(words))


def _split(word: str, spoken: Spoken) -> Iterator[Phrase]:
    """Two spoken words that sound like it together."""
    pairs = set()
    for form, left, right in likeness.halves(word):
        lefts = [left] if len(left) == 1 else spoken.get(f"={sound(left)}", ())
        rights = spoken.get(f"={sound(right)}", ()) if lefts else ()
        pairs |= {
            (one, two) for one in lefts for two in rights if likeness.are_halves(form, one, two)
        }
    for one, two in sorted(pairs):
        yield _exactly([one]), _exactly([two])


def _joined(left: str, right: str, spoken: Spoken) -> Iterator[Place]:
    together = tuple(likeness.joins(left, right))
    near = {one for form in together for one in spoken.get(f"={sound(form)}", ())}
    heard = sorted(one for one in near if likeness.is_joined(one, together))
    if heard:
        yield _exactly(heard)
