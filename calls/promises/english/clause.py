"""What a clause is: who is to do what, in which mood. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Kinds of grammatical subject, as far as they tell who is bound."""

    I = "i"  # noqa: E741
    WE = "we"
    YOU = "you"
    YOURS = "yours"
    """"Your parcel", "your room"."""
    OURS = "ours"
    """The speaker's people: "our fitter", "the driver", "someone from accounts"."""
    MINE = "mine"
    """"My wife", "my bookkeeper"."""
    HE = "he"
    THEY = "they"
    IT = "it"
    THING = "thing"
    THIRD = "third"
    """Banks, councils, makers: nobody whom the speaker binds."""
    IMPLIED = "implied"
    """Left out: "will send it today"."""


class Mood(StrEnum):
    """What the verb group says about the act."""

    FUTURE = "future"
    PROGRESSIVE = "progressive"
    """"We are sending": a plan or the present moment."""
    WILLING = "willing"
    """"Happy to", "prepared to"."""
    CAN = "can"
    COULD = "could"
    WOULD = "would"
    SHOULD = "should"
    MIGHT = "might"
    MUST = "must"
    SUPPOSED = "supposed"
    PRESENT = "present"
    PAST = "past"
    PERFECT = "perfect"
    LET = "let"
    """"Let me send you"."""
    ORDER = "order"
    """An imperative."""


@dataclass(frozen=True, slots=True)
class Group:
    """A verb group: its mood and main verb; `end`: the token after its main verb."""

    mood: Mood
    verb: str
    end: int
    negated: bool = False
    passive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of an utterance; indexes are of tokens, `end` is exclusive."""

    start: int
    subject_at: int
    verb_at: int
    end: int
    who: Who
    subject: str
    mood: Mood
    verb: str
    negated: bool = False
    passive: bool = False
    asked: bool = False
    under: str = ""
    """The word that makes it a condition, a time or a reason of another clause: "if", "when" and so on."""
    conditioned: bool = False
    """A condition without a verb group of its own stands before it."""
    chained: bool = False
    """Its subject is that of the clause before: "and call you back"."""
