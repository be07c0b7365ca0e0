"""What an act is done with: its verbs, and the things and people around them. Pure.

In: an utterance and one of its clauses. Out: a `Matter`, which the rules of `money_kinds` and `deed_kinds` ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from calls.promises.russian import lexicon as lex
from calls.promises.russian.clauses import Clause
from calls.promises.russian.family import family
from calls.promises.russian.number_words import CURRENCIES, FRACTIONS
from calls.promises.russian.utterance import PREPOSITIONS, Utterance
from calls.promises.russian.words import Word

PRONOUNS = family("я мы он она они вы ты кто это все оно")


@dataclass(frozen=True)
class Matter:
    """What the rules look at: the verbs of an act and the words around them."""

    utterance: Utterance
    clause: Clause | None
    verbs: frozenset[str]
    by_client: bool
    """The client acts; of a claim: the side that is said to have promised."""
    negated: bool

    def verb(self, *lexicons: frozenset[str]) -> bool:
        """Whether a verb of the act is in a lexicon."""
        return any(not self.verbs.isdisjoint(known) for known in lexicons)

    def thing(self, *lexicons: frozenset[str]) -> bool:
        """Whether something else than a verb is."""
        return any(not word.verb and word.of(*lexicons) for word in self.words)

    def any(self, *lexicons: frozenset[str]) -> bool:
        """Verb or thing."""
        return self.verb(*lexicons) or any(word.of(*lexicons) for word in self.words)

    @cached_property
    def words(self) -> list[Word]:
        """The words of the part, without those that say when."""
        part = self.clause
        timed = self.utterance.timed_places
        said = self.utterance
        places = range(part.start, part.end) if part else said.unconditional_places
        return [self.utterance.words[at] for at in places if at not in timed]

    @cached_property
    def part_of_price(self) -> bool:
        """Whether «половина» is said, and not in «две с половиной тысячи»."""
        counted = {at for q in self.utterance.quantities for at in range(q.start, q.end)}
        part = self.clause
        return any(
            word.of(frozenset(FRACTIONS)) and at not in counted | self.utterance.timed_places
            for at, word in enumerate(self.utterance.words)
            if part is None or part.start <= at < part.end
        )

    def for_a_sum(self) -> bool:
        """Whether a sum stands behind «за», «в», «по»: a price."""
        return any(
            q.start > 0 and self.utterance.words[q.start - 1].text in ("за", "по", "в")
            for q in self.utterance.quantities
            if _money_like(q.unit, float(q.value)) in CURRENCIES
        )

    @cached_property
    def thing_acts(self) -> bool:
        """Whether the subject is a thing: goods go out, people come."""
        subject = self.utterance.subject(self.clause) if self.clause else None
        return bool(
            subject
            and not subject.animate
            and not subject.of(lex.OURS)
            and subject.text not in PRONOUNS
        )

    def says(self, *phrases: str) -> bool:
        """Whether a phrase occurs, word for word."""
        return self.utterance.says(self.clause, *phrases)

    @property
    def units(self) -> set[str]:
        """Units of the numbers that were said."""
        part = self.clause
        return {
            _money_like(q.unit, float(q.value))
            for q in self.utterance.quantities
            if part is None or part.start <= q.start < part.end
        }

    @property
    def sum_said(self) -> bool:
        """Whether an amount of money is said."""
        return bool(self.units & CURRENCIES)

    def person_acts(self) -> bool:
        """Whether somebody who comes is subject or object: not behind a preposition, «с мастером»."""
        return bare(self, lex.VISITOR)


def _money_like(unit: str, value: float) -> str:
    return unit or ("RUB" if value >= 100 else "")


def bare(m: Matter, lexicon: frozenset[str]) -> bool:
    """Whether a thing is named without a preposition before it (or before its adjective)."""
    words = m.words
    for at, word in enumerate(words):
        if (
            word.verb
            or not word.noun
            or not word.of(lexicon)
            or (lexicon is lex.VISITOR and word.of(lex.GOODS) and not word.nominative)
            or (
                lexicon is not lex.VISITOR
                and word.of(lex.VISITOR)
                and word.nominative
                and word.animate
            )
        ):
            continue
        before = [w.text for w in words[max(0, at - 2) : at]]
        adjective = at > 0 and words[at - 1].adjective
        if (before[-1:] and before[-1] in PREPOSITIONS) or (
            adjective and before[0] in PREPOSITIONS
        ):
            continue
        return True
    return False
