"""Which words of the vocabulary answer a typed one, and by which rows a client fits what was typed.

In: terms of the search box. Out: for each, the ways in which a client may fit it, wider from step to step: exact,
beginnings, parts of words, typing errors. The same on both databases: ranges, equality and `LIKE` over folded text only;
typing errors are judged in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal_column, or_, select
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
_LISTED = 500
"""So many words go into a statement one by one, which databases plan best; more as a condition on the vocabulary."""
_LAST = "\U0010ffff"
_NUMBER_DIGITS = 15
_TAIL_DIGITS = 4
_tail: ColumnElement[str] = literal_column(
    "substr(client_numbers.last10, length(client_numbers.last10) - 3)"
)
"""The last four digits, written as the index of `client_numbers` has them."""
_INSIDE_DIGITS = 5
"""Fewer digits in the middle of a number are there by chance."""
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
    """One typed term, and what answers it so far."""

    term: Term
    word_ids: set[int] = field(default_factory=set)
    wide: list[ColumnElement[bool]] = field(default_factory=list)
    """Conditions on `SearchWord` that too many words answer."""
    others: list[Way] = field(default_factory=list)
    """Ways that are no word: numbers, tags, several words of digits together."""

    @property
    def ways(self) -> list[Way]:
        """The ways to fit, [] for none so far."""
        if not self.word_ids and not self.wide:
            return self.others
        return [(Part(ClientWord, self._is_word),), *self.others]

    def _is_word(self, row: Any) -> ColumnElement[bool]:
        found = [row.word_id.in_(sorted(self.word_ids))] if self.word_ids else []
        found += [row.word_id.in_(select(SearchWord.id).where(one)) for one in self.wide]
        is_email = isinstance(self.term, TypedWord) and self.term.in_email
        return and_(or_(*found), row.field == "email") if is_email else or_(*found)

    async def widen(self, session: AsyncSession, how: Fit, *, found: bool) -> bool:
        """Add what answers the term in this way; whether there is anything new.

        Args:
            session: any session.
            how: the next way.
            found: whether better ways found somebody: then nobody means digits in the middle of a number, for which
                all numbers must be read.
        """
        before = (len(self.word_ids), len(self.wide), len(self.others))
        is_new = False
        match self.term:
            case TypedWord():
                await self._widen_word(session, self.term, how)
            case TypedNumber():
                if how is not Fit.INSIDE or not found:
                    is_new = await self._widen_number(session, self.term, how)
            case TypedTag():
                await self._widen_tag(session, self.term, how)
        return is_new or (len(self.word_ids), len(self.wide), len(self.others)) != before

    async def _widen_word(self, session: AsyncSession, term: TypedWord, how: Fit) -> None:
        if how is Fit.EXACT:
            await self._add(session, SearchWord.word == term.word)
        elif how is Fit.PREFIX:
            await self._add(session, _begins(term.word))
        elif how is Fit.INSIDE:
            inside = await _inside(session, term.word)
            if inside is not None:
                await self._add(session, inside)
        else:
            self.word_ids.update(await _near(session, term.word))
            for other in term.others:
                await self._add(session, _begins(other))

    async def _widen_number(self, session: AsyncSession, term: TypedNumber, how: Fit) -> bool:
        """Digits are words as well ("Магазин 24", INN): one group by its beginning, several as they are."""
        if len(term.words) == 1 and how in (Fit.EXACT, Fit.PREFIX):
            word = term.words[0]
            await self._add(session, SearchWord.word == word if how is Fit.EXACT else _begins(word))
        if how is Fit.TOLERANT or len(term.digits) < FEWEST_DIGITS:
            return False
        if how is Fit.INSIDE and len(term.digits) < _INSIDE_DIGITS:
            return False
        fits = await _listed(session, _number_fits(ClientNumber, term, how))
        by_id = None if fits is None else (lambda row: row.client_id.in_(fits))
        self.others = [(Part(ClientNumber, by_id or (lambda row: _number_fits(row, term, how))),)]
        if len(term.words) > 1:
            self.others.append(tuple(Part(ClientWord, _is_exactly(word)) for word in term.words))
        return True

    async def _widen_tag(self, session: AsyncSession, term: TypedTag, how: Fit) -> None:
        if how is Fit.EXACT:
            self._tagged([one for one, key in await _tags(session) if key == term.key])
        elif how is Fit.PREFIX:
            self._tagged([one for one, key in await _tags(session) if key.startswith(term.key)])

    def _tagged(self, ids: Sequence[int]) -> None:
        if ids:
            self.others.append((Part(ClientTag, lambda row: row.tag_id.in_(ids)),))

    async def _add(self, session: AsyncSession, condition: ColumnElement[bool]) -> None:
        ids = list(await session.scalars(select(SearchWord.id).where(condition).limit(_LISTED + 1)))
        if len(ids) > _LISTED:
            self.wide.append(condition)
        else:
            self.word_ids.update(ids)


async def _listed(session: AsyncSession, numbers: ColumnElement[bool]) -> list[int] | None:
    """Clients with such a number, None for too many to name. The ends of numbers have no index: they are read once."""
    query = select(ClientNumber.client_id).where(numbers).limit(_LISTED + 1)
    ids = list(await session.scalars(query))
    return ids if len(ids) <= _LISTED else None


def _begins(word: str) -> ColumnElement[bool]:
    return and_(SearchWord.word >= word, SearchWord.word < word + _LAST)


def _is_exactly(word: str) -> Condition:
    ids = select(SearchWord.id).where(SearchWord.word == word)
    return lambda row: row.word_id.in_(ids)


async def _inside(session: AsyncSession, word: str) -> ColumnElement[bool] | None:
    """Words around this one: those of its rarest part are compared."""
    if len(word) < SHORTEST_PART or word.isdigit():
        return None
    parts = sorted(inner_grams(word))
    counted = select(SearchGram.gram, func.count()).where(SearchGram.gram.in_(parts))
    rows = await session.execute(counted.group_by(SearchGram.gram))
    found = {gram: count for gram, count in rows}
    if len(found) < len(parts):
        return None
    rarest = min(parts, key=lambda gram: (found[gram], gram))
    having = select(SearchGram.word_id).where(SearchGram.gram == rarest)
    return and_(SearchWord.id.in_(having), SearchWord.word.contains(word, autoescape=True))


async def _near(session: AsyncSession, word: str) -> list[int]:
    """Words that differ by typing errors, the first of the alphabet if there are too many."""
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
    query = select(SearchWord.id, SearchWord.word).join(alike, alike.c.word_id == SearchWord.id)
    length = func.length(SearchWord.word).between(len(word) - errors, len(word) + errors)
    rows = await session.execute(query.where(length))
    found = sorted((other, word_id) for word_id, other in rows if fit(word, other) is Fit.TOLERANT)
    return [word_id for _, word_id in found[:MOST_WITH_ERRORS]]


def _number_fits(row: Any, term: TypedNumber, how: Fit) -> ColumnElement[bool]:
    digits = term.digits
    if how is Fit.EXACT:
        tail = digits[-_NATIONAL:]
        same = row.last10 == tail if len(digits) in (_NATIONAL, _NATIONAL + 1) else false()
        return or_(row.e164 == f"+{digits}", same)
    # "8 916 …" is how "+7 916 …" is dialled at home: the first digit is no part of the number.
    begun = [] if term.is_international else [_from(row.last10, one) for one in term.national]
    begun.append(_from(row.e164, f"+{digits}"))
    if how is Fit.INSIDE:
        return or_(*begun, row.last10.contains(digits), row.e164.contains(digits))
    if len(digits) < _TAIL_DIGITS:
        return or_(*begun)
    ends = row.last10.endswith(digits)
    return or_(*begun, and_(_tail == digits[-_TAIL_DIGITS:], ends) if row is ClientNumber else ends)


def _from(column: Any, digits: str) -> ColumnElement[bool]:
    # A range of digits is in the same order under every collation, and uses the index.
    return and_(column >= digits, column <= digits.ljust(_NUMBER_DIGITS + 1, "9"))


async def _tags(session: AsyncSession) -> list[tuple[int, str]]:
    rows = await session.execute(select(Tag.id, Tag.name).order_by(Tag.id))
    return [(tag_id, tag_key(name)) for tag_id, name in rows]
