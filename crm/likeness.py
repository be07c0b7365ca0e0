"""How alike two cards are, and why. Pure.

In: what is known of two clients. Out: a score of 100 and its reasons, None for two who have nothing in common. Names are
compared without legal form, case, ё and the order of words; short names are taken for the long ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz

LEAST_SCORE = 30
"""Pairs below are not proposed."""
ALIKE_FROM = 86.0
"""Names from this likeness (of 100) on are a reason."""
UNLIKE_BELOW = 55.0
"""Names below are different people, whatever telephone they share."""
_LEGAL_FORMS = frozenset(
    {
        "ооо",
        "оао",
        "пао",
        "зао",
        "ао",
        "ип",
        "нко",
        "тоо",
        "пк",
        "тсж",
        "гуп",
        "муп",
        "фгуп",
        "llc",
        "ltd",
        "inc",
        "gmbh",
        "jsc",
        "co",
        "corp",
        "plc",
        "sro",
    }
)
_LONG_FORMS = (
    "общество с ограниченной ответственностью", "публичное акционерное общество",
    "закрытое акционерное общество", "открытое акционерное общество", "акционерное общество",
    "индивидуальный предприниматель", "limited liability company", "joint stock company",
)  # fmt: skip
_SHORT_NAMES = {
    "саша": "александр", "сашка": "александр", "шура": "александр", "алекс": "александр",
    "леша": "алексей", "алеша": "алексей", "толя": "анатолий", "аня": "анна", "анюта": "анна",
    "нюра": "анна", "тоша": "антон", "боря": "борис", "валера": "валерий", "вася": "василий",
    "вера": "вера", "витя": "виктор", "вика": "виктория", "вова": "владимир", "володя": "владимир",
    "галя": "галина", "гена": "геннадий", "гриша": "григорий", "даша": "дарья", "денис": "денис",
    "дима": "дмитрий", "митя": "дмитрий", "женя": "евгений", "катя": "екатерина", "лена": "елена",
    "алена": "елена", "лиза": "елизавета", "ваня": "иван", "игорек": "игорь", "ира": "ирина",
    "костя": "константин", "ксюша": "ксения", "лара": "лариса", "лида": "лидия", "люда": "людмила",
    "люба": "любовь", "рита": "маргарита", "марина": "марина", "маша": "мария", "миша": "михаил",
    "надя": "надежда", "наташа": "наталья", "наталия": "наталья", "коля": "николай", "оля": "ольга",
    "паша": "павел", "петя": "петр", "рома": "роман", "света": "светлана", "слава": "вячеслав",
    "сережа": "сергей", "соня": "софья", "софия": "софья", "степа": "степан", "таня": "татьяна",
    "федя": "федор", "эдик": "эдуард", "юля": "юлия", "юра": "юрий", "яша": "яков",
    "alex": "alexander", "sasha": "alexander", "bob": "robert", "bill": "william", "dick": "richard",
    "jim": "james", "joe": "joseph", "kate": "katherine", "liz": "elizabeth", "mike": "michael",
    "nick": "nicholas", "tom": "thomas", "tony": "anthony",
}  # fmt: skip
_NO_WORD = re.compile(r"[^\w]+|_")


class Reason(StrEnum):
    """What two cards have in common."""

    PHONE = "phone"
    EMAIL = "email"
    INN = "inn"
    SAME_NAME = "same_name"
    LIKE_NAME = "like_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is compared of a client."""

    id: int
    kind: str
    name: str = ""
    inn: str = ""
    kpp: str = ""
    tails: frozenset[str] = frozenset()
    """Last digits of the numbers."""
    emails: frozenset[str] = frozenset()
    nameless: bool = False
    """A call made the card, and nobody has said who it is: it may be anybody, an organisation as well."""
    words: tuple[str, ...] = field(init=False)
    """Those of the name, as they are compared."""

    def __post_init__(self) -> None:
        """A card is compared with many others: its name is taken apart once."""
        object.__setattr__(self, "words", words_of(self.name))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How sure, of 100, and why, the strongest reason first."""

    score: int
    reasons: tuple[Reason, ...]


def compare(one: Known, other: Known) -> Likeness | None:
    """Compare two cards; None if they cannot be the same client, or nothing says that they are."""
    if one.id == other.id or not (one.kind == other.kind or one.nameless or other.nameless):
        return None
    if one.inn and other.inn and one.inn != other.inn:
        return None
    alike = _names(one.words, other.words)
    differ = bool(one.name and other.name) and alike < UNLIKE_BELOW
    weights: dict[Reason, float] = {}
    if one.inn and one.inn == other.inn:
        # Branches of one company have its INN, and a KPP each.
        branches = one.kpp and other.kpp and one.kpp != other.kpp
        weights[Reason.INN] = 0.35 if branches else 0.9
    if one.emails & other.emails:
        weights[Reason.EMAIL] = 0.4 if differ else 0.75
    if one.tails & other.tails:
        weights[Reason.PHONE] = 0.35 if differ else 0.7
    weights |= _by_name(one, other, alike)
    left = 1.0
    for weight in weights.values():
        left *= 1 - weight
    score = round(100 * (1 - left))
    if score < LEAST_SCORE:
        return None
    return Likeness(score, tuple(sorted(weights, key=lambda reason: -weights[reason])))


def _by_name(one: Known, other: Known, alike: float) -> dict[Reason, float]:
    if alike < ALIKE_FROM:
        return {}
    words = min(len(one.words), len(other.words))
    # A first name alone says nothing; a whole name with patronymic much.
    if one.kind == "person" and words < 2:
        return {}
    if alike >= 100:
        return {Reason.SAME_NAME: 0.75 if words > 2 or one.kind == "organisation" else 0.5}
    return {Reason.LIKE_NAME: 0.4}


def _names(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """Likeness of two names, of 100; 0 where one is missing."""
    if not mine or not theirs:
        return 0.0
    if mine == theirs:
        return 100.0
    return min(99.0, fuzz.ratio(" ".join(mine), " ".join(theirs)))


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: folded, in order of the alphabet, without legal form, short names long."""
    folded = name.casefold().replace("ё", "е")
    for form in _LONG_FORMS:
        folded = folded.replace(form, " ")
    words = [word for word in _NO_WORD.split(folded) if word]
    kept = [word for word in words if word not in _LEGAL_FORMS] or words
    return tuple(sorted(_SHORT_NAMES.get(word, word) for word in kept))


def blocks_of(name: str) -> Iterable[str]:
    """Keys under which names that may be alike meet: every two words, and a single word with its neighbours' beginnings.

    Two names with one typing error in one of three words share the other two; in names of two words the error is in one of
    them, so the other one with the first letter of the wrong one still meets.
    """
    words = words_of(name)
    if len(words) == 1:
        yield words[0]
        if len(words[0]) > 5:
            yield words[0][:5] + "*"
        return
    for place, word in enumerate(words):
        for other in words[place + 1 :]:
            yield f"{word} {other}"
            if len(words) == 2:
                yield f"{word} {other[:1]}*"
                yield f"{word[:1]}* {other}"
