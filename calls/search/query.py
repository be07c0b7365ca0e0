"""What a person may type into the search box, understood. Pure.

In: `счёт "до пятницы" -аванс client:`. Out: a `Query` of terms that must all stand in one turn, or
`InvalidSearchQuery`. Words are found in every form. "Words in quotes" stand side by side, `-word` must not occur,
`client:` and `operator:` (also `клиент:`, `оператор:`) take only turns of that side.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from calls.errors import InvalidSearchQuery
from calls.search import text

QUERY_CHARACTERS = 500
QUERY_WORDS = 32
PHRASE_VARIANTS = 256
"""A phrase becomes the product of its words' forms on SQLite; beyond this number the rarest readings are left out."""

SIDES = {"client": "client", "клиент": "client", "operator": "operator", "оператор": "operator"}
_SIDE = re.compile(rf"(?<!\S)({'|'.join(SIDES)}):", re.IGNORECASE)
_PART = re.compile(r'(?<!\S)(?P<minus>-?)"(?P<phrase>[^"]*)"|"(?P<glued>[^"]*)"|(?P<word>[^\s"]+)')
_QUOTES = str.maketrans("«»“”„", '"""""')


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several side by side. Each place holds the index forms of which any one will do."""

    places: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """All of `wanted` and none of `unwanted` in one turn, of one side or of any."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()
    side: str | None = None


def parse(typed: str) -> Query:
    """Understand a query.

    Raises:
        InvalidSearchQuery: it holds nothing to look for, an open quotation mark, two sides, or too much.
    """
    if len(typed) > QUERY_CHARACTERS:
        raise InvalidSearchQuery(typed, f"a query may have {QUERY_CHARACTERS} characters at most")
    plain, side = _without_side(typed, typed.translate(_QUOTES))
    if plain.count('"') % 2:
        raise InvalidSearchQuery(typed, "a quotation mark is open: close it or leave it out")
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for part in _PART.finditer(plain):
        words, minus = _words_of(part)
        if term := _term(words):
            (unwanted if minus else wanted).append(term)
    if not wanted:
        why = "there is only what must not occur: add a word to look for" if unwanted else ""
        raise InvalidSearchQuery(typed, why or "type a word to look for")
    if sum(len(term.places) for term in (*wanted, *unwanted)) > QUERY_WORDS:
        raise InvalidSearchQuery(typed, f"a query may have {QUERY_WORDS} words at most")
    return Query(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)), side)


def _without_side(typed: str, plain: str) -> tuple[str, str | None]:
    sides = {SIDES[found.group(1).lower()] for found in _SIDE.finditer(plain)}
    if len(sides) > 1:
        raise InvalidSearchQuery(typed, "a turn is either the client's or the operator's, not both")
    return _SIDE.sub(" ", plain), sides.pop() if sides else None


def _words_of(part: re.Match[str]) -> tuple[str, bool]:
    word = part["word"]
    if word is None:
        return part["phrase"] or part["glued"] or "", bool(part["minus"])
    minus = word.startswith("-")
    return word, minus


def _term(words: str) -> Term | None:
    """Words of one part stand side by side, so "какой-то" typed or said is the same."""
    places = [text.query_forms(text.plain(word)) for word in text.words(words)]
    if not places:
        return None
    while math.prod(map(len, places)) > PHRASE_VARIANTS:
        longest = max(range(len(places)), key=lambda index: len(places[index]))
        places[longest] = tuple(sorted(places[longest], key=len)[:-1])
    return Term(tuple(places))
