"""What a person may type into the search box, understood. Pure.

In: `счёт "до пятницы" -аванс оплата NEAR/5 7% client: from:вчера #vip`. Out: a `Query` of terms that must all stand in one
turn, or `InvalidSearchQuery` that says what is wrong, where, and how to mend it. Words are found in every form, numbers
however they are said. "Words in quotes" stand side by side, `-word` must not occur, `A NEAR/5 B` stand at most five words
apart in any order, `client:` and `operator:` (also `клиент:`, `оператор:`) take only turns of that side.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from calls.errors import InvalidSearchQuery
from calls.search import narrowing
from calls.search.figures import lexemes
from calls.search.number_terms import Asked, asked, sequences, word_place
from calls.search.terms import Narrowing, Near, Phrase, Query, Term, one_of
from calls.search.text import tokens

__all__ = ["Query", "Term", "parse"]

QUERY_CHARACTERS = 500
QUERY_WORDS = 32
MOST_APART = 20
USUALLY_APART = 10

_QUOTES = str.maketrans("«»“”„", '"""""')
_VALUE = r'(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]*))'
_NAMED = "|".join(re.escape(name) for name in narrowing.NAMES)
_PART = re.compile(
    rf"(?<!\S)(?P<name>{_NAMED}):(?P<blank>\s*)"
    r'|(?<!\S)\#(?:"(?P<quoted_tag>[^"]*)"|(?P<tag>[^\s"#]+))'
    r"|(?<!\S)(?P<near>(?:NEAR|РЯДОМ)(?:/(?P<apart>\S*))?)(?!\S)"
    r'|(?P<minus>(?<!\S)-)?"(?P<phrase>[^"]*)"'
    r'|(?P<word>[^\s"]+)',
    re.IGNORECASE,
)
_NEAR = re.compile(r"NEAR|РЯДОМ")
_AFTER_NAME = re.compile(_VALUE)
_UNKNOWN = re.compile(r"([A-Za-zА-Яа-яё-]{3,20}):\S*")
ALIKE = 0.87
"""How like a known name a wrong one must be to be taken for it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of plain words, a phrase, or NEAR (`apart` is set then)."""

    text: str = ""
    phrase: bool = False
    minus: bool = False
    apart: int | None = None


@dataclass(slots=True)
class _Read:
    """A query, half understood."""

    parts: list[_Part] = field(default_factory=list)
    sides: set[str] = field(default_factory=set)
    confidence: float | None = None
    narrowing: Narrowing = field(default_factory=Narrowing)


def parse(typed: str, today: date | None = None) -> Query:
    """Understand a query.

    Args:
        typed: what a person typed.
        today: the company's day, for "yesterday"; None: no such words.

    Raises:
        InvalidSearchQuery: it holds nothing to look for, an open quotation mark, two sides, or what makes no sense.
    """
    if len(typed) > QUERY_CHARACTERS:
        raise InvalidSearchQuery(
            typed, "a query may have %(most)s characters at most", most=QUERY_CHARACTERS
        )
    plain = typed.translate(_QUOTES)
    if plain.count('"') % 2:
        raise InvalidSearchQuery(typed, "a quotation mark is open: close it or leave it out")
    read = _read(typed, plain, today)
    if len(read.sides) > 1:
        raise InvalidSearchQuery(typed, "a turn is either the client's or the operator's, not both")
    query = _built(typed, read)
    if not query.wanted and not query.near:
        why = "there is only what must not occur: add a word to look for" if query.unwanted else ""
        raise InvalidSearchQuery(typed, why or "type a word to look for")
    if sum(term.size for term in (*query.terms, *query.unwanted)) > QUERY_WORDS:
        raise InvalidSearchQuery(typed, "a query may have %(most)s words at most", most=QUERY_WORDS)
    return query


def _read(typed: str, plain: str, today: date | None) -> _Read:
    read = _Read()
    place = 0
    while (found := _PART.search(plain, place)) is not None:
        place = found.end()
        if found["name"]:
            place = _take_name(typed, read, found, plain, today)
        elif found["tag"] or found["quoted_tag"]:
            tag = (found["quoted_tag"] or found["tag"]).replace("_", " ").strip()
            read.narrowing = replace(read.narrowing, tags=(*read.narrowing.tags, tag))
        elif found["near"] and _NEAR.match(found["near"]):
            read.parts.append(_Part(apart=_distance(typed, found)))
        elif found["phrase"] is not None:
            read.parts.append(_Part(found["phrase"], phrase=True, minus=bool(found["minus"])))
        else:
            _take_word(typed, read, found["word"] or found["near"] or "")
    return read


def _distance(typed: str, found: re.Match[str]) -> int:
    apart = found["apart"]
    if apart is None:
        return USUALLY_APART
    if not apart.isdecimal() or not 1 <= int(apart[:9]) <= MOST_APART:
        why = "is no distance: write NEAR/1 to NEAR/%(most)s"
        raise InvalidSearchQuery(typed, why, found["near"], most=MOST_APART)
    return int(apart)


def _take_word(typed: str, read: _Read, word: str) -> None:
    unknown = _UNKNOWN.fullmatch(word)
    if unknown is not None and (
        close := difflib.get_close_matches(unknown[1].lower(), narrowing.NAMES, 1, ALIKE)
    ):
        why = "is not known here: write %(name)s:"
        raise InvalidSearchQuery(typed, why, f"{unknown[1]}:", name=close[0])
    minus = word.startswith("-") and len(word) > 1
    last = read.parts[-1] if read.parts else None
    if last and not (minus or last.minus or last.phrase or last.apart is not None):
        read.parts[-1] = replace(last, text=f"{last.text} {word}")
    else:
        read.parts.append(_Part(word[1:] if minus else word, minus=minus))


def _take_name(
    typed: str, read: _Read, found: re.Match[str], plain: str, today: date | None
) -> int:
    """Take what narrows the query; returns the place behind it."""
    kind = narrowing.NAMES[found["name"].lower()]
    if kind in narrowing.SIDES:
        read.sides.add(kind)
        return found.end()
    after = _AFTER_NAME.match(plain, found.end())
    value = (after["quoted"] or after["value"] or "").strip() if after else ""
    if after is None or not value:
        why = "needs a value behind it"
        raise InvalidSearchQuery(typed, why, f"{found['name']}:")
    _narrow(typed, read, kind, value, today)
    return after.end()


def _narrow(typed: str, read: _Read, kind: str, value: str, today: date | None) -> None:
    narrow = read.narrowing
    if kind == "confidence":
        read.confidence = narrowing.confidence_of(typed, value)
    elif kind == "from":
        read.narrowing = replace(narrow, first_day=narrowing.days_of(typed, value, today)[0])
    elif kind == "to":
        read.narrowing = replace(narrow, last_day=narrowing.days_of(typed, value, today)[1])
    elif kind == "who":
        read.narrowing = replace(narrow, who=(*narrow.who, value))
    else:
        read.narrowing = replace(narrow, queues=(*narrow.queues, value))
    days = read.narrowing
    if days.first_day and days.last_day and days.first_day > days.last_day:
        why = "no day lies between %(first)s and %(last)s: swap from: and to:"
        raise InvalidSearchQuery(typed, why, first=days.first_day, last=days.last_day)


def _built(typed: str, read: _Read) -> Query:
    wanted: list[Term] = []
    unwanted: list[Term] = []
    near: list[Near] = []
    parts = read.parts
    for index, part in enumerate(parts):
        before = parts[index - 1] if index else None
        after = parts[index + 1] if index + 1 < len(parts) else None
        if part.apart is not None:
            near.append(_near(typed, before, part.apart, after))
            continue
        terms = list(_terms(_beside(part, before, after)))
        (unwanted if part.minus else wanted).extend(terms)
    return Query(
        tuple(dict.fromkeys(wanted)),
        tuple(dict.fromkeys(unwanted)),
        tuple(dict.fromkeys(near)),
        next(iter(read.sides), None),
        read.confidence,
        read.narrowing,
    )


def _beside(part: _Part, before: _Part | None, after: _Part | None) -> _Part:
    """What is left of a part when NEAR takes the word at its side."""
    takes_first = before is not None and before.apart is not None
    takes_last = after is not None and after.apart is not None
    if part.phrase or part.minus:
        return replace(part, text="") if takes_first or takes_last else part
    words = part.text.split()
    words = words[1:] if takes_first else words
    return replace(part, text=" ".join(words[:-1] if takes_last else words))


def _near(typed: str, before: _Part | None, apart: int, after: _Part | None) -> Near:
    operands = []
    for part, which in ((before, -1), (after, 0)):
        usable = part is not None and part.apart is None and not part.minus
        text = (part.text if part.phrase else part.text.split()[which]) if part and usable else ""
        term = _phrase(text)
        if term is None:
            raise InvalidSearchQuery(
                typed, "NEAR needs a word or a phrase on either side: discount NEAR/5 contract"
            )
        operands.append(term)
    first, second = operands
    if _forms_of(first) & _forms_of(second):
        raise InvalidSearchQuery(typed, "NEAR needs two different words on its sides")
    return Near(first, second, apart)


def _forms_of(term: Term) -> set[str]:
    return {form for phrase in term.phrases for place in phrase for form in place.forms}


def _terms(part: _Part) -> Iterator[Term]:
    if part.phrase:
        term = _phrase(part.text)
        if term is not None:
            yield term
        return
    parts = lexemes(part.text)
    chunks = [found.span() for found in re.finditer(r"\S+", part.text)]
    group: list[Asked] = []
    within = -1
    for one in asked(parts):
        first = _chunk_of(chunks, parts[one.start].start)
        last = _chunk_of(chunks, parts[one.end - 1].start)
        if group and (first != within or last != first):
            yield _side_by_side(group)
            group = []
        group.append(one)
        within = last
    if group:
        yield _side_by_side(group)


def _chunk_of(chunks: Sequence[tuple[int, int]], place: int) -> int:
    return next(index for index, (start, end) in enumerate(chunks) if start <= place < end)


def _side_by_side(group: Sequence[Asked]) -> Term:
    """Words of one part stand side by side, so "какой-то" typed or said is the same."""
    if len(group) == 1:
        return group[0].term
    typed = tuple(word for one in group for word in one.term.typed)
    whole = any(one.whole for one in group)
    return one_of(*sequences(group), typed=() if whole else typed)


def _phrase(text: str) -> Term | None:
    """Words in quotes: as they stand, and with their numbers as they may be said."""
    parts = lexemes(text)
    if not parts:
        return None
    items = asked(parts)
    whole = any(one.whole for one in items)
    phrases: list[Phrase] = sequences(items)
    words = tuple(token.word for token in tokens(text))
    if whole and words and not any(character.isdigit() for character in text):
        phrases.append(tuple(word_place(word) for word in words))
    return one_of(*phrases, typed=() if whole else words)
