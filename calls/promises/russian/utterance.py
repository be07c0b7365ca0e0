"""One utterance with all that its rules ask: words, clauses, times, quantities, who speaks to whom. Pure.

In: text, side and the local time of the call. Out: an `Utterance`; it judges nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from calls.promises.russian import lexicon as lex
from calls.promises.russian.clauses import IF, PURPOSE, WHEN, Clause, clauses_of
from calls.promises.russian.family import family
from calls.promises.russian.kin import kin
from calls.promises.russian.numbers import Quantity, quantities
from calls.promises.russian.when import AT_ONCE, IGNORED, PART, SPAN, When, whens
from calls.promises.russian.words import Verb, Word, words_of

YOU = family(
    "вам вас вами вы тебе тебя тобой ваш ваша ваше ваши вашу вашего вашей вашему вашим ваших "
    "вашими вашем"
)
TO_YOU = YOU - {"вы"}
CLIENT, OPERATOR = "client", "operator"


@dataclass(frozen=True)
class Utterance:
    """What was said by one side at one time."""

    words: list[Word]
    clauses: list[Clause]
    whens: list[When]
    quantities: list[Quantity]
    side: str
    call_at: datetime

    @cached_property
    def timed_places(self) -> frozenset[int]:
        """Places of the words that say when."""
        return frozenset(at for w in self.whens if w.kind != SPAN for at in range(w.start, w.end))

    @cached_property
    def unconditional_places(self) -> list[int]:
        """Places of all words but those of conditions and time clauses."""
        return [
            at
            for c in self.clauses
            if c.opener not in (IF, WHEN, PURPOSE)
            for at in range(c.start, c.end)
        ] or list(range(len(self.words)))

    def texts(self, clause: Clause | None = None) -> list[str]:
        """Word forms of a clause, or of all."""
        return [w.text for w in self.part(clause)]

    def part(self, clause: Clause | None) -> list[Word]:
        """Words of a clause, or all."""
        return self.words[clause.start : clause.end] if clause else self.words

    def verb(self, at: int) -> Verb | None:
        """The verb at a place, or None."""
        return self.words[at].verb if at >= 0 else None

    def has(self, clause: Clause | None, *lexicons: frozenset[str]) -> bool:
        """Whether a clause (or the whole) has a word of the lexicons."""
        return any(word.of(*lexicons) for word in self.part(clause))

    def says(self, clause: Clause | None, *phrases: str) -> bool:
        """Whether one of the phrases is said, word for word."""
        joined = f" {' '.join(self.texts(clause))} "
        return any(f" {phrase} " in joined for phrase in phrases)

    def addressed(self, clause: Clause | None) -> bool:
        """Whether the other side is named as the one who gets something."""
        return any(text in TO_YOU for text in self.texts(clause))

    def timed(self, clause: Clause) -> bool:
        """Whether a time ahead is said in a clause, a vague one too; "now" is none."""
        return any(w.kind not in (AT_ONCE, IGNORED, SPAN) and inside(w, clause) for w in self.whens)

    def dated(self, clause: Clause) -> bool:
        """Whether a day or an hour is said in a clause."""
        return any(
            w.kind not in (AT_ONCE, IGNORED, SPAN, PART) and inside(w, clause) for w in self.whens
        )

    def at_once(self) -> bool:
        """Whether something is done while the other side waits."""
        minute = self.says(None, "одну минуту", "одну секунду", "буквально минуту")
        waits = minute or self.texts()[:1] == ["минуту"] or self.has(None, WAITING)
        return waits or any(w.kind == AT_ONCE for w in self.whens)

    def verbs(self, clause: Clause) -> list[str]:
        """Lemmas of the clause's predicate and infinitives, those that are done first."""
        places = [*([clause.head] if clause.head >= 0 else []), *clause.infinitives]
        return [kin(verb.lemma) for at in places if (verb := self.words[at].verb)]

    def subject(self, clause: Clause) -> Word | None:
        """The noun or pronoun in the nominative that fits the predicate best: the nearest before it, else behind."""
        verb = self.verb(clause.head)
        if verb is None or (verb.person in (1, 2) and verb.tense != "past"):
            return None
        timed = self.timed_places
        places: list[int] = [
            *range(clause.head - 1, clause.start - 1, -1),
            *range(clause.head + 1, clause.end),
        ]
        for at in places:
            word = self.words[at]
            governed = at > 0 and self.words[at - 1].text in PREPOSITIONS
            if (
                word.noun
                and word.nominative
                and at not in timed
                and not governed
                and not self._counted(at)
            ):
                return word
        return None

    def _counted(self, at: int) -> bool:
        return any(q.start <= at < q.end for q in self.quantities)


PREPOSITIONS = family(
    "в во на к ко с со у за по от из о об про для до без через под над при между вместо"
)
WAITING = family(
    "секунда секундочка секундочку секунду минуточку минуточка момент моментик минутку минутка "
    "погодите подождите обождите повисите"
)


def inside(when: When, clause: Clause) -> bool:
    """Whether an expression of time belongs to a clause."""
    return clause.start <= when.start < clause.end


def utterance(text: str, side: str, call_at: datetime) -> Utterance:
    """Analyse what was said."""
    words = words_of(text)
    return Utterance(
        words=words,
        clauses=clauses_of(words),
        whens=whens(words, call_at),
        quantities=quantities(words),
        side=side if side in (CLIENT, OPERATOR) else "unknown",
        call_at=call_at,
    )


def negated(utterance: Utterance, at: int) -> bool:
    """Whether "не" belongs to a word: just before it, or with a light word between."""
    words = utterance.words
    if at <= 0:
        return False
    return words[at - 1].text == "не" or (
        at > 1
        and words[at - 2].text == "не"
        and words[at - 1].text in ("я", "мы", "вам", "вас", "уже", "будем", "буду", "бы")
    )


def own_staff(word: Word) -> bool:
    """Whether a noun is one of a company's people or parts."""
    return word.of(lex.OURS)
