"""Verb groups: from an auxiliary to its main verb. Pure.

In: tokens and the place of a finite auxiliary. Out: the mood, the main verb, whether it is negated or passive.
"""

from __future__ import annotations

from collections.abc import Sequence

from calls.promises.english.clause import Group, Mood
from calls.promises.english.verbs import Form, can_be, lemma
from calls.promises.english.wordlists import ADVERBS, BE, DO, FINITE, HAVE, MODALS, PRONOUNS

MOODS = {
    "will": Mood.FUTURE,
    "shall": Mood.FUTURE,
    "would": Mood.WOULD,
    "should": Mood.SHOULD,
    "can": Mood.CAN,
    "could": Mood.COULD,
    "may": Mood.MIGHT,
    "might": Mood.MIGHT,
    "must": Mood.MUST,
}
BRIDGES = {
    "going": Mood.FUTURE,
    "about": Mood.FUTURE,
    "able": Mood.CAN,
    "unable": Mood.CAN,
    "supposed": Mood.SUPPOSED,
    "meant": Mood.SUPPOSED,
    "due": Mood.SUPPOSED,
    "scheduled": Mood.FUTURE,
    "set": Mood.FUTURE,
    "happy": Mood.WILLING,
    "glad": Mood.WILLING,
    "willing": Mood.WILLING,
    "prepared": Mood.WILLING,
    "pleased": Mood.WILLING,
    "delighted": Mood.WILLING,
    "allowed": Mood.CAN,
    "authorised": Mood.CAN,
    "authorized": Mood.CAN,
    "hoping": Mood.SHOULD,
    "aiming": Mood.SHOULD,
    "planning": Mood.SHOULD,
    "trying": Mood.SHOULD,
    "looking": Mood.SHOULD,
    "likely": Mood.SHOULD,
    "expecting": Mood.SHOULD,
    "expected": Mood.SHOULD,
    "bound": Mood.FUTURE,
    "committed": Mood.WILLING,
    "obliged": Mood.MUST,
    "required": Mood.MUST,
    "here": Mood.PRESENT,
}
"""Words which, with "to", carry the mood between "be" and the main verb."""
NEGATIONS = frozenset({"not", "never"})
PAST_AUXILIARIES = frozenset({"was", "were", "did"})


def group_at(tokens: Sequence[str], at: int) -> Group:
    """Read the verb group whose finite auxiliary stands at `at`; after an inversion pass the place behind the subject."""
    first = tokens[at]
    place, negated = _skip(tokens, at + 1, negated=False)
    if first in MODALS:
        return _after_modal(tokens, MOODS[first], place, negated)
    if first in BE:
        return _after_be(
            tokens, Mood.PAST if first in PAST_AUXILIARIES else Mood.PRESENT, place, negated
        )
    if first in HAVE:
        return _after_have(tokens, place, negated, past=first == "had")
    return _after_do(tokens, Mood.PAST if first == "did" else Mood.PRESENT, place, negated)


def _skip(tokens: Sequence[str], place: int, *, negated: bool) -> tuple[int, bool]:
    """Pass over adverbs and negations."""
    while place < len(tokens) and (tokens[place] in ADVERBS or tokens[place] in NEGATIONS):
        negated = negated or tokens[place] in NEGATIONS
        place += 1
    if tokens[place : place + 2] in (("of", "course"), ("at", "least"), ("for", "sure")):
        return _skip(tokens, place + 2, negated=negated)
    return place, negated


def _word(tokens: Sequence[str], place: int) -> str:
    return tokens[place] if place < len(tokens) else ""


def _after_modal(tokens: Sequence[str], mood: Mood, place: int, negated: bool) -> Group:
    word = _word(tokens, place)
    if word == "have" and can_be(_word(tokens, place + 1), Form.PARTICIPLE):
        if mood is not Mood.FUTURE:
            return Group(Mood.PAST, lemma(_word(tokens, place + 1)), place + 2, negated)
        return _participle(tokens, mood, place + 1, negated)
    if word == "have" and _word(tokens, place + 1) == "to":
        return Group(Mood.MUST, lemma(_word(tokens, place + 2)), place + 3, negated)
    if word != "be":
        place = _verb_place(tokens, place)
        return Group(mood, lemma(_word(tokens, place)), place + 1, negated)
    place, negated = _skip(tokens, place + 1, negated=negated)
    return _be_complement(tokens, mood, place, negated)


def _participle(tokens: Sequence[str], mood: Mood, place: int, negated: bool) -> Group:
    """Read "will have been sent", "will have sent"."""
    if tokens[place] == "been" and can_be(_word(tokens, place + 1), Form.PARTICIPLE):
        return Group(mood, lemma(tokens[place + 1]), place + 2, negated, passive=True)
    return Group(mood, lemma(tokens[place]), place + 1, negated)


def _verb_place(tokens: Sequence[str], place: int) -> int:
    """Find the main verb after a modal, over a time or a place said in between."""
    if place < len(tokens) and not can_be(tokens[place], Form.BASE):
        for ahead in range(place, min(place + 5, len(tokens))):
            if can_be(tokens[ahead], Form.BASE) and tokens[ahead] not in FINITE | PRONOUNS:
                return ahead if _is_aside(tokens[place]) else place
    return place


def _is_aside(word: str) -> bool:
    return word in {
        "on",
        "at",
        "by",
        "in",
        "before",
        "from",
        "within",
        "as",
        "of",
        "the",
        "this",
    } or word.startswith("#")


def _be_complement(tokens: Sequence[str], mood: Mood, place: int, negated: bool) -> Group:
    """Read what follows "be", "is", "will be"."""
    word = _word(tokens, place)
    if word in BRIDGES and "to" in tokens[place + 1 : place + 2]:
        after, negated = _skip(tokens, place + 2, negated=negated)
        bridged = BRIDGES[word]
        if can_be(_word(tokens, after), Form.BASE) or bridged is Mood.CAN:
            return _bridged(tokens, (mood, bridged), after, negated or word == "unable")
    if can_be(word, Form.ING):
        future = mood is Mood.FUTURE
        return Group(
            mood if future or mood is not Mood.PRESENT else Mood.PROGRESSIVE,
            lemma(word),
            place + 1,
            negated,
        )
    if word == "being" or (word == "getting" and can_be(_word(tokens, place + 1), Form.PARTICIPLE)):
        return Group(
            Mood.PROGRESSIVE, lemma(_word(tokens, place + 1)), place + 2, negated, passive=True
        )
    if can_be(word, Form.PARTICIPLE):
        return Group(mood, lemma(word), place + 1, negated, passive=True)
    return Group(mood, "be", place, negated)


def _bridged(tokens: Sequence[str], moods: tuple[Mood, Mood], place: int, negated: bool) -> Group:
    """Read the main verb after "going to", "able to" and the like. `moods`: of the auxiliary and of the bridge."""
    outer, inner = moods
    mood = inner
    if outer is Mood.FUTURE and inner is Mood.CAN:
        mood = Mood.FUTURE
    elif outer is Mood.PAST:
        mood = Mood.SUPPOSED if inner in {Mood.SUPPOSED, Mood.FUTURE} else Mood.PAST
    elif outer is Mood.WOULD and inner is Mood.WILLING:
        mood = inner
    elif outer not in {Mood.PRESENT, Mood.FUTURE}:
        mood = outer
    if _word(tokens, place) == "be":
        complement = _be_complement(tokens, mood, place + 1, negated)
        return Group(mood, complement.verb, complement.end, complement.negated, complement.passive)
    if _word(tokens, place) == "have" and _word(tokens, place + 1) == "to":
        return Group(Mood.MUST, lemma(_word(tokens, place + 2)), place + 3, negated)
    return Group(mood, lemma(_word(tokens, place)), place + 1, negated)


def _after_be(tokens: Sequence[str], mood: Mood, place: int, negated: bool) -> Group:
    if _word(tokens, place) == "being":
        return Group(
            Mood.PROGRESSIVE if mood is Mood.PRESENT else mood,
            lemma(_word(tokens, place + 1)),
            place + 2,
            negated,
            passive=True,
        )
    return _be_complement(tokens, mood, place, negated)


def _after_have(tokens: Sequence[str], place: int, negated: bool, *, past: bool) -> Group:
    word = _word(tokens, place)
    if word == "got" and _word(tokens, place + 1) == "to":
        return Group(Mood.MUST, lemma(_word(tokens, place + 2)), place + 3, negated)
    if word == "to":
        return Group(
            Mood.PAST if past else Mood.MUST, lemma(_word(tokens, place + 1)), place + 2, negated
        )
    mood = Mood.PAST if past else Mood.PERFECT
    if word == "been":
        after, negated = _skip(tokens, place + 1, negated=negated)
        return Group(
            mood,
            lemma(_word(tokens, after)),
            after + 1,
            negated,
            passive=can_be(_word(tokens, after), Form.PARTICIPLE),
        )
    if can_be(word, Form.PARTICIPLE):
        return Group(mood, lemma(word), place + 1, negated)
    return Group(Mood.PAST if past else Mood.PRESENT, "have", place, negated)


def _after_do(tokens: Sequence[str], mood: Mood, place: int, negated: bool) -> Group:
    word = _word(tokens, place)
    if can_be(word, Form.BASE):
        return Group(mood, lemma(word), place + 1, negated)
    return Group(mood, "do", place, negated)


__all__ = ["DO", "group_at"]
