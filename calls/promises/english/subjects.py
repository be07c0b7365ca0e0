"""Subjects: the noun phrase to the left of a verb group, and whom it names. Pure.

In: tokens and the place of the verb group. Out: where the subject begins and its kind (`Who`).
"""

from __future__ import annotations

from collections.abc import Sequence

from calls.promises.english.clause import Who
from calls.promises.english.listed import listed
from calls.promises.english.wordlists import (
    ADVERBS,
    CONJUNCTIONS,
    DETERMINERS,
    FILLERS,
    FINITE,
    OBJECTS,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
    RELATIVES,
    STAFF,
    SUBORDINATORS,
    THIRD_PARTIES,
)
from calls.promises.english.words import STOP

PRONOUN_KINDS = {
    "i": Who.I,
    "we": Who.WE,
    "you": Who.YOU,
    "he": Who.HE,
    "she": Who.HE,
    "they": Who.THEY,
    "it": Who.IT,
    "that": Who.IT,
    "this": Who.IT,
    "there": Who.IT,
}
BARRIERS = PRONOUNS | OBJECTS | FINITE | {"let", STOP, "not"}
COMPANY = listed(
    "company firm people side end business bookkeeper accountant treasurer committee agency",
    "employer staff",
)
LONGEST = 9


def subject_start(tokens: Sequence[str], verb_at: int, floor: int) -> int:
    """The first token of the subject of the verb group at `verb_at`; `verb_at` itself: there is none.

    Args:
        tokens: of the utterance.
        verb_at: the place of the verb group.
        floor: the end of the verb group before; nothing left of it is looked at.
    """
    end = verb_at
    while (
        end > floor
        and (tokens[end - 1] in ADVERBS or tokens[end - 1] in FILLERS - CONJUNCTIONS)
        and tokens[end - 1] not in PRONOUNS
    ):
        end -= 1
    if end > floor and tokens[end - 1] in PRONOUNS:
        return end - 1
    if end > floor and tokens[end - 1] in {"who", "which"}:
        end -= 1
    return _noun_phrase(tokens, end, verb_at, floor)


def _noun_phrase(tokens: Sequence[str], end: int, verb_at: int, floor: int) -> int:
    """Walk left over a noun phrase: "the balance on your account", "one of our drivers"."""
    start = end
    while start > max(floor, end - LONGEST):
        word = tokens[start - 1]
        if word in BARRIERS or word in CONJUNCTIONS or word in SUBORDINATORS | QUESTION_WORDS:
            break
        start -= 1
        if word in DETERMINERS and not _goes_on(tokens, start, floor):
            break
    while start < end and tokens[start] in (ADVERBS | FILLERS | PREPOSITIONS):
        start += 1
    return start if start < end else verb_at


def _goes_on(tokens: Sequence[str], start: int, floor: int) -> bool:
    """Whether a preposition before the determiner ties it to more of the same phrase."""
    if start - 2 < floor:
        return False
    before, further = tokens[start - 1], tokens[start - 2]
    if before == "of":
        return True
    if before not in {"for", "from", "at", "with", "in", "on"}:
        return before == "all"
    return further not in BARRIERS and further not in CONJUNCTIONS | SUBORDINATORS


def kind(phrase: Sequence[str], side: str) -> Who:
    """Say whom a subject names.

    Args:
        phrase: its tokens.
        side: who speaks; a client's "the driver" is the other side's, an operator's is his own company's.
    """
    if not phrase:
        return Who.IMPLIED
    if (
        len(phrase) <= 2
        and phrase[0] in PRONOUN_KINDS
        and (len(phrase) == 1 or phrase[1] in {"both", "all", "guys"})
    ):
        return PRONOUN_KINDS[phrase[0]]
    if phrase[0] == "my" or (phrase[0] == "our" and side == "client"):
        return _of_speaker(set(phrase))
    return _of_others(phrase, set(phrase), side)


def _of_speaker(words: set[str]) -> Who:
    """Tell "my wife", "my parcel" and "my bank" apart."""
    if words & (THIRD_PARTIES - {"manager"}):
        return Who.THIRD
    return Who.MINE if words & (RELATIVES | STAFF | COMPANY) else Who.THING


def _of_others(phrase: Sequence[str], words: set[str], side: str) -> Who:
    if phrase[0] == "your":
        return Who.THIRD if words & THIRD_PARTIES and not words & STAFF else Who.YOURS
    if phrase[0] == "the" and "company" in words and side != "client":
        return Who.THIRD
    if words & {"our", "us"}:
        return Who.OURS
    if words & THIRD_PARTIES or words & RELATIVES - STAFF - {"colleague"}:
        return Who.THIRD
    if words & STAFF or phrase[0] in {"one", "someone", "somebody"}:
        return Who.OURS
    return Who.THING
