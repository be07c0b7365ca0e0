"""Which words of the vocabulary answer a typed one, and by which rows a client fits what was typed.

In: terms of the search box. Out: for each, the ways in which a client may fit it, from exact to tolerant. The same on
both databases: ranges, equality and `LIKE` over folded text only; typing errors are judged in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from crm.finding.grams import (
    SHORTEST_PART,
    Fit,
    errors_forgiven,
    fit,
    grams_of,
    inner_grams,
    shared_at_least,
)
from crm.finding.terms import FEWEST_DIGITS, Term, TypedNumber, TypedTag, TypedWord, tag_key
from crm.tables import ClientNumber, ClientTag, ClientWord, SearchGram, SearchWord, Tag

MOST_WITH_ERRORS = 300
"""Words with typing errors beside a typed one; the nearest are taken."""
_LAST = "\U0010ffff"
_NUMBER_DIGITS = 15
_NATIONAL = 10

Condition = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """A client fits if a row of this table is theirs and the condition holds for it."""

    table: Any
    condition: Condition


Way = tuple[Part, ...]
"""All parts must be there."""


@dataclass(slots=True)
class Sought:
    """One typed term and the ways to fit it; the looser ones are worked out when they are needed."""

    term: Term
    ways: dict[Fit, list[Way]] = field(default_factory=dict)

    def up_to(self, worst: Fit) -> list[Way]:
        """Every way that is no worse than this."""
        return [way for how, ways in self.ways.items() if how <= worst for way in ways]


async def widen(session: AsyncSession, sought: Sought, how: Fit) -> None:
    """Work out the ways of this kind."""
    match sought.term:
        case TypedWord():
            sought.ways[how] = await _word_ways(session, sought.term, how)
        case TypedNumber():
            sought.ways[how] = _number_ways(sought.term, how)
        case TypedTag():
            sought.ways[how] = await _tag_ways(session, sought.term, how)


async def _word_ways(session: AsyncSession, term: TypedWord, how: Fit) -> list[Way]:
    if how is Fit.EXACT:
        return [_has(SearchWord.word == term.word, term.in_email)]
    if how is Fit.PREFIX:
        return [_has(_begins(term.word), term.in_email)]
    if how is Fit.INSIDE:
        inside = await _inside(session, term.word)
        return [] if inside is None else [_has(inside, term.in_email)]
    near = await _near(session, term.word)
    return [
        *([_has_ids(near, term.in_email)] if near else []),
        *(_has(_begins(other), term.in_email) for other in term.others),
    ]


def _has(condition: ColumnElement[bool], in_email: bool) -> Way:
    ids = select(SearchWord.id).where(condition)
    return (Part(ClientWord, lambda row: and_(row.word_id.in_(ids), _field(row, in_email))),)


def _has_ids(ids: Sequence[int], in_email: bool) -> Way:
    return (Part(ClientWord, lambda row: and_(row.word_id.in_(ids), _field(row, in_email))),)


def _field(row: Any, in_email: bool) -> ColumnElement[bool]:
    return row.field == "email" if in_email else true()


def _begins(word: str) -> ColumnElement[bool]:
    return and_(SearchWord.word >= word, SearchWord.word < word + _LAST)


async def _inside(session: AsyncSession, word: str) -> ColumnElement[bool] | None:
    """Words around this one: those of its rarest part are compared."""
    if len(word) < SHORTEST_PART or word.isdigit():
        return None
    parts = sorted(inner_grams(word))
    many = func.count()
    counted = select(SearchGram.gram, many).where(SearchGram.gram.in_(parts))
    found = {
        gram: count for gram, count in await session.execute(counted.group_by(SearchGram.gram))
    }
    if len(found) < len(parts):
        return None
    rarest = min(parts, key=lambda gram: (found[gram], gram))
    having = select(SearchGram.word_id).where(SearchGram.gram == rarest)
    return and_(SearchWord.id.in_(having), SearchWord.word.contains(word, autoescape=True))


async def _near(session: AsyncSession, word: str) -> list[int]:
    """Words that differ by typing errors, the nearest first."""
    errors = errors_forgiven(word)
    if not errors:
        return []
    alike = (
        select(SearchGram.word_id)
        .where(SearchGram.gram.in_(sorted(grams_of(word))))
        .group_by(SearchGram.word_id)
        .having(func.count() >= shared_at_least(word))
        .subquery()
    )
    query: Select[int, str] = select(SearchWord.id, SearchWord.word).join(
        alike, alike.c.word_id == SearchWord.id
    )
    length = func.length(SearchWord.word).between(len(word) - errors, len(word) + errors)
    rows = await session.execute(query.where(length))
    found = sorted((other, word_id) for word_id, other in rows if fit(word, other) is Fit.TOLERANT)
    return [word_id for _, word_id in found[:MOST_WITH_ERRORS]]


def _number_ways(term: TypedNumber, how: Fit) -> list[Way]:
    ways: list[Way] = []
    if how is Fit.EXACT:
        ways.append(tuple(_has(SearchWord.word == word, False)[0] for word in term.words))
    elif how is Fit.PREFIX:
        ways.append(tuple(_has(_begins(word), False)[0] for word in term.words))
    if len(term.digits) >= FEWEST_DIGITS and how is not Fit.TOLERANT:
        ways.append((Part(ClientNumber, lambda row: _number_fits(row, term, how)),))
    return ways


def _number_fits(row: Any, term: TypedNumber, how: Fit) -> ColumnElement[bool]:
    digits = term.digits
    if how is Fit.EXACT:
        tail = digits[-_NATIONAL:]
        same = row.last10 == tail if len(digits) in (_NATIONAL, _NATIONAL + 1) else false()
        return or_(row.e164 == f"+{digits}", same)
    if how is Fit.INSIDE:
        return or_(row.last10.contains(digits), row.e164.contains(digits))
    begun = [] if term.is_international else [_from(row.last10, one) for one in term.national]
    return or_(_from(row.e164, f"+{digits}"), *begun, row.last10.endswith(digits))


def _from(column: Any, digits: str) -> ColumnElement[bool]:
    # A range of digits is in the same order under every collation, and uses the index.
    return and_(column >= digits, column <= digits.ljust(_NUMBER_DIGITS + 1, "9"))


async def _tag_ways(session: AsyncSession, term: TypedTag, how: Fit) -> list[Way]:
    if how not in (Fit.EXACT, Fit.PREFIX):
        return []
    rows = [(tag_id, tag_key(name)) for tag_id, name in await session.execute(_ALL_TAGS)]
    if how is Fit.EXACT:
        ids = [tag_id for tag_id, key in rows if key == term.key]
    else:
        ids = [tag_id for tag_id, key in rows if key.startswith(term.key)]
    return [(Part(ClientTag, lambda row: row.tag_id.in_(ids)),)] if ids else []


_ALL_TAGS = select(Tag.id, Tag.name)
