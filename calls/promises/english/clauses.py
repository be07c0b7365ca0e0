"""Clauses of an utterance without punctuation. Pure.

In: tokens. Out: `Clause`s in order: each verb group with its subject, mood, negation, whether it asks, and whether it is
a condition or a time of another clause.

Long because the ways in which a clause shows itself exclude each other and are tried in turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from calls.promises.english import subjects
from calls.promises.english.clause import Clause, Group, Mood, Who
from calls.promises.english.listed import listed
from calls.promises.english.verb_groups import group_at
from calls.promises.english.verbs import LEXICON, NOT_VERBS, Form, can_be, lemma
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
    SUBORDINATORS,
    TIGHT_SUBORDINATORS,
    TIMEY,
)
from calls.promises.english.words import STOP

ASIDES = listed("possible necessary needed not so anything applicable required again and")
"""After "if" and "once" these end it: "if possible we'll call"."""


THIRD_PERSON = listed("goes comes leaves arrives ships lands gets stands stays holds remains")
"""Verbs whose present tense with a noun tells what will be."""


@dataclass(frozen=True, slots=True)
class _Raw:
    """A verb group with its subject, before it is known how clauses hang together."""

    subject_at: int
    subject_end: int
    verb_at: int
    group: Group
    asked: bool = False
    chained: bool = False


def clauses(tokens: Sequence[str], side: str) -> list[Clause]:
    """Find the clauses of an utterance, in order."""
    raws = _raw_clauses(tokens)
    starts = [
        _start(tokens, raw, raws[index - 1].group.end if index else 0)
        for index, raw in enumerate(raws)
    ]
    found: list[Clause] = []
    for index, raw in enumerate(raws):
        start = 0 if index == 0 else starts[index]
        end = starts[index + 1] if index + 1 < len(raws) else len(tokens)
        clause = Clause(
            start=start,
            subject_at=raw.subject_at,
            verb_at=raw.verb_at,
            end=min(max(end, raw.group.end), len(tokens)),
            who=subjects.kind(tokens[raw.subject_at : raw.subject_end], side),
            subject=" ".join(tokens[raw.subject_at : raw.subject_end]),
            mood=raw.group.mood,
            verb=raw.group.verb,
            negated=raw.group.negated,
            passive=raw.group.passive,
            asked=raw.asked,
            chained=raw.chained,
        )
        if re.match(r"(?:nobody|no one|none of)\b", clause.subject) and side != "client":
            clause = replace(clause, who=Who.OURS, negated=True)
        if raw.chained and found:
            clause = replace(
                clause,
                who=found[-1].who,
                under=found[-1].under,
                asked=found[-1].asked,
                subject=found[-1].subject,
            )
        else:
            clause = _governed(tokens, clause, found[-1] if found else None)
        found.append(clause)
    return found


def _raw_clauses(tokens: Sequence[str]) -> list[_Raw]:
    raws: list[_Raw] = []
    at = 0
    while at < len(tokens):
        floor = raws[-1].group.end if raws else 0
        raw = _raw_at(tokens, at, floor, raws[-1] if raws else None)
        if raw is None:
            at += 1
        else:
            raws.append(raw)
            at = max(raw.group.end, at + 1)
    return raws


def _raw_at(tokens: Sequence[str], at: int, floor: int, last: _Raw | None) -> _Raw | None:
    """Try each way in which a clause can show itself at one token."""
    if tokens[at] in FINITE and _is_finite(tokens, at):
        return _with_auxiliary(tokens, at, floor)
    if tokens[at] in PRONOUNS:
        return _with_plain_verb(tokens, at)
    if tokens[at] in THIRD_PERSON:
        return _with_third_person(tokens, at, floor)
    if (
        tokens[at] in {"let", "allow"}
        and tokens[at + 1 : at + 2]
        and tokens[at + 1] in {"me", "us"}
    ):
        return _let(tokens, at)
    if tokens[at] in {"and", "then", "or", "but"} and last is not None:
        return _chained(tokens, at, last)
    if at == 0 or (
        at > floor and all(word in FILLERS or word == STOP for word in tokens[floor:at])
    ):
        return _opening(tokens, at)
    return None


def _is_finite(tokens: Sequence[str], at: int) -> bool:
    """Whether an auxiliary is no infinitive ("to do") and no noun ("the will")."""
    before = tokens[at - 1] if at else ""
    if before == "to" or (
        before in {"the", "a", "your", "my"} and tokens[at] in {"will", "can", "must", "might"}
    ):
        return False
    if (
        tokens[at] in {"have", "do"}
        and at > 1
        and tokens[at - 2] in {"let", "help", "make", "have", "see", "letting"}
    ):
        return False
    return not (
        tokens[at] in {"have", "do"}
        and before in {"and", "not"}
        and at + 1 < len(tokens)
        and not can_be(tokens[at + 1], Form.PARTICIPLE)
        and tokens[at + 1] not in {"not", "you"}
    )


def _with_auxiliary(tokens: Sequence[str], at: int, floor: int) -> _Raw | None:
    if _is_inverted(tokens, at, floor):
        behind = _after_subject(tokens, at + 1)
        group = group_at((*tokens[: at + 1], *tokens[behind:]), at)
        shift = behind - at - 1
        group = replace(group, end=group.end + shift)
        return _Raw(at + 1, behind, at, group, asked=True)
    start = subjects.subject_start(tokens, at, floor)
    group = group_at(tokens, at)
    end = at
    while end > start and tokens[end - 1] in ADVERBS:
        end -= 1
    if tokens[start:end] and tokens[end - 1] in {"who", "which"}:
        end -= 1
    asked = (
        bool(at)
        and tokens[at - 1] in QUESTION_WORDS
        and all(w in FILLERS | QUESTION_WORDS for w in tokens[:at])
    )
    return _Raw(start, end, at, group, asked=asked)


def _is_inverted(tokens: Sequence[str], at: int, floor: int) -> bool:
    """Whether the subject follows its auxiliary: "will you", "when is the driver"."""
    behind = at + 1
    while behind < len(tokens) and tokens[behind] in {
        "not",
        "just",
        "also",
        "maybe",
        "please",
        "then",
        "possibly",
    }:
        behind += 1
    following = tokens[behind] if behind < len(tokens) else ""
    before = tokens[at - 1] if at else ""
    if before in PRONOUNS - {"that", "this", "there"}:
        return False
    if following in {"i", "we", "he", "she", "they"}:
        return True
    if following in {"you", "it", "that", "there", "this"}:
        return before not in PRONOUNS or at == 0
    if following not in DETERMINERS and at + 1 < len(tokens):
        return (
            at <= 1
            and tokens[at] in {"do", "does", "did", "are", "is", "can"}
            and (not at or before in FILLERS)
            and not can_be(following, Form.BASE | Form.ING | Form.PARTICIPLE)
        )
    before_all = tokens[max(floor, at - 3) : at]
    if tokens[at] in {"have", "do", "has"} and before in CONJUNCTIONS:
        return False
    return (
        at == 0
        or before in FILLERS | QUESTION_WORDS | {STOP}
        or any(w in {"how", "what", "which"} for w in before_all)
    )


def _after_subject(tokens: Sequence[str], at: int) -> int:
    """The end of a subject that follows its auxiliary."""
    while at < len(tokens) and tokens[at] in {"not", "just", "also", "maybe"}:
        at += 1
    if at < len(tokens) and tokens[at] in PRONOUNS:
        return at + 1
    for ahead in range(at + 1, min(at + 6, len(tokens))):
        if (
            tokens[ahead] in LEXICON
            and tokens[ahead] not in DETERMINERS | PREPOSITIONS
            and ahead > at + 1
        ):
            return ahead
    return min(at + 2, len(tokens))


def _with_plain_verb(tokens: Sequence[str], at: int) -> _Raw | None:
    """Read "we guarantee", "you said", "they told": a pronoun and a verb without an auxiliary."""
    word = tokens[at]
    if word == "there" or (at and _is_object(tokens, at)):
        return None
    place = at + 1
    while place < len(tokens) and (
        tokens[place] in ADVERBS or tokens[place] in {"guys", "people", "lot"}
    ):
        place += 1
    if place >= len(tokens) or tokens[place] in FINITE:
        return None
    form = Form.BASE | Form.PAST if word in {"i", "we", "you", "they"} else Form.S | Form.PAST
    verb = tokens[place]
    if not can_be(verb, form) or (verb in NOT_VERBS and word not in {"i", "we"}):
        return None
    past = can_be(verb, Form.PAST) and not (
        can_be(verb, Form.BASE) and word in {"i", "we", "you", "they"}
    )
    negated = "never" in tokens[at + 1 : place]
    return _Raw(
        at,
        at + 1,
        place,
        Group(Mood.PAST if past else Mood.PRESENT, lemma(verb), place + 1, negated),
    )


def _with_third_person(tokens: Sequence[str], at: int, floor: int) -> _Raw | None:
    """Read "your letter goes out on friday": a noun and one of the few verbs that tell of a coming event."""
    before = tokens[at - 1] if at else ""
    if not before or before in PRONOUNS | DETERMINERS | PREPOSITIONS | CONJUNCTIONS | {
        "who",
        "which",
        "not",
    }:
        return None
    start = subjects.subject_start(tokens, at, floor)
    if start == at or tokens[start] in OBJECTS:
        return None
    return _Raw(start, at, at, Group(Mood.PRESENT, lemma(tokens[at]), at + 1))


def _is_object(tokens: Sequence[str], at: int) -> bool:
    """Whether "you" or "it" here ends what is before: "call you", "for it"."""
    word, before = tokens[at], tokens[at - 1]
    if word in {"i", "we", "he", "she", "they"}:
        return False
    if word in {"that", "this"}:
        return True
    if before == "have" and word == "it":
        return True
    return before in PREPOSITIONS or (
        before in LEXICON
        and before not in FINITE
        and LEXICON[before][0]
        not in {"promise", "guarantee", "say", "think", "hope", "know", "swear", "ensure", "mean"}
    )


def _let(tokens: Sequence[str], at: int) -> _Raw | None:
    place = at + 2
    while place < len(tokens) and (
        tokens[place] in ADVERBS or tokens[place] in {"to", "go", "ahead", "and"}
    ):
        place += 1
    verb = lemma(tokens[place]) if place < len(tokens) else ""
    return _Raw(at, at, at, Group(Mood.LET, verb, place + 1))


def _chained(tokens: Sequence[str], at: int, last: _Raw) -> _Raw | None:
    """Read "and call you back", whose subject and mood are those of the clause before."""
    place = at + 1
    while place < len(tokens) and (
        tokens[place] in ADVERBS or tokens[place] in {"and", "then", "go", "ahead", "not"}
    ):
        place += 1
    if (
        place >= len(tokens)
        or tokens[place] in FINITE - {"have", "do"}
        or tokens[place] in PRONOUNS
    ):
        return None
    verb = tokens[place]
    group = last.group
    wanted = Form.ING if group.mood is Mood.PROGRESSIVE else Form.BASE
    if group.mood in {Mood.PAST, Mood.PERFECT}:
        wanted = Form.PAST | Form.PARTICIPLE
    bare = group.passive and verb in LEXICON and can_be(verb, Form.PARTICIPLE)
    if not (verb in LEXICON and (can_be(verb, wanted) or bare)) or (
        verb in NOT_VERBS and not _takes_object(tokens, place)
    ):
        return None
    if tokens[at] == "or" and not _takes_object(tokens, place):
        return None
    negated = "not" in tokens[at:place] or (group.negated and tokens[at] == "or")
    return _Raw(
        at,
        at,
        place,
        Group(group.mood, lemma(verb), place + 1, negated, bare),
        last.asked,
        chained=True,
    )


def _takes_object(tokens: Sequence[str], place: int) -> bool:
    return place + 1 < len(tokens) and tokens[place + 1] in DETERMINERS | OBJECTS


def _opening(tokens: Sequence[str], at: int) -> _Raw | None:
    """Read an order or a clause without its subject at the start: "send me it", "putting you through"."""
    verb = tokens[at]
    if verb not in LEXICON or verb in FINITE or verb in FILLERS:
        return None
    if can_be(verb, Form.ING) and _takes_object(tokens, at):
        return _Raw(at, at, at, Group(Mood.PROGRESSIVE, lemma(verb), at + 1))
    if (
        at
        and tokens[at - 1] == "well"
        and can_be(verb, Form.BASE)
        and tokens[at + 1 : at + 2] == ("you",)
    ):
        return _Raw(at, at, at, Group(Mood.FUTURE, lemma(verb), at + 1))
    if can_be(verb, Form.BASE) and verb not in NOT_VERBS | {"any", "half"}:
        return _Raw(at, at, at, Group(Mood.ORDER, lemma(verb), at + 1))
    return None


def _start(tokens: Sequence[str], raw: _Raw, floor: int) -> int:
    """Where a clause begins: at the conjunction or the time before its subject."""
    if raw.chained:
        return raw.subject_at
    first = min(raw.subject_at, raw.verb_at)
    for place in range(first - 1, max(floor, first - 9) - 1, -1):
        if tokens[place] in SUBORDINATORS and (
            place == first - 1 or tokens[place] not in TIGHT_SUBORDINATORS
        ):
            return (
                place - 1
                if place > floor and tokens[place - 1] in CONJUNCTIONS | {"even", "as"}
                else place
            )
        if tokens[place] in CONJUNCTIONS | {STOP} and _is_timey(tokens[place + 1 : first]):
            return place
    return first


def _is_timey(tokens: Sequence[str]) -> bool:
    return all(word in TIMEY or word[0] in "#@" or word in FILLERS for word in tokens)


def _governed(tokens: Sequence[str], clause: Clause, before: Clause | None) -> Clause:
    """Say what the clause hangs on: a subordinator of its own, or the condition of the clause it continues."""
    first = min(clause.subject_at, clause.verb_at)
    for place in range(first - 1, clause.start - 1, -1):
        word = tokens[place]
        if word not in SUBORDINATORS or (word in TIGHT_SUBORDINATORS and place != first - 1):
            continue
        between = tokens[place + 1 : first]
        if not between or _is_timey(between):
            if between and between[0] in ASIDES:
                return clause
            return replace(clause, under=_subordinator(tokens, place))
        return replace(
            clause,
            conditioned=word not in {"whether", "how", "why", "what", "who", "which"}
            and between[0] not in ASIDES,
        )
    if (
        before is not None
        and before.under
        and tokens[clause.start] in {"and", "or"}
        and clause.mood is not Mood.FUTURE
        and clause.mood is not Mood.PROGRESSIVE
    ):
        return replace(clause, under=before.under)
    return clause


def _subordinator(tokens: Sequence[str], place: int) -> str:
    """The word itself; "so" of "so that" and "as soon as" as one."""
    word = tokens[place]
    if word == "as" and place and tokens[place - 1] in {"soon", "long", "far"}:
        return {"soon": "when", "long": "if", "far": "far"}[tokens[place - 1]]
    return word


__all__ = ["Who", "clauses"]
