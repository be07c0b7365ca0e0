"""Promises: whether a clause binds its speaker, and how firmly. Pure.

In: a clause with its text, its time and its kind of act, and who speaks. Out: `Strength`, or None.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from calls.promises.english import phrases
from calls.promises.english.case import (
    BOUND,
    CLIENT_ACTS,
    CONCESSIONS,
    RECEIVING,
    Case,
    strength_of,
)
from calls.promises.english.clause import Mood, Who
from calls.promises.english.listed import listed
from calls.promises.english.plans import clients_thing, future, is_work, received, thing
from calls.promises.english.underway import progressive
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Strength

PERFORMED = listed(
    "book put pencil reserve schedule slot arrange set save keep hold get organise organize"
)


def promised(case: Case) -> Strength | None:
    """Say whether a clause is a promise, and how firm."""
    clause = case.clause
    if (
        clause.asked
        or clause.under not in {"", "cause", "far", "that", "because"}
        or clause.mood not in JUDGES
    ):
        return None
    if clause.who is Who.THIRD or _is_set_phrase(case):
        return None
    return JUDGES[clause.mood](case)


def _is_set_phrase(case: Case) -> bool:
    """Threats, courtesies, offers and the like bind nobody."""
    if case.client and phrases.THREATS.search(case.text):
        return True
    if (
        phrases.OFFERED.search(case.whole)
        and case.clause.mood is not Mood.PRESENT
        and not _is_firm_despite_offer(case)
    ):
        return True
    if re.search(
        r" (?:speak|talk|see you)(?: (?:to|with) you)? (?:soon|later|then|around) ", case.text
    ):
        return True
    return bool(phrases.COURTESIES.search(case.text)) and case.kind is Kind.OTHER


def _is_firm_despite_offer(case: Case) -> bool:
    return re.search(
        r" (?:if you are interested|how about|what about|if that is (?:helpful|useful))", case.whole
    ) is None and (re.search(r" if you want (?:to|a|the|your|it)", case.whole) is not None)


def _willing(case: Case) -> Strength | None:
    if case.clause.negated or case.clause.who not in BOUND | {Who.OURS}:
        return None
    wanted = CONCESSIONS | {Kind.REPLACEMENT} if not case.client else {Kind.PAYMENT}
    return strength_of(case) if case.kind in wanted else None


def _able(case: Case) -> Strength | None:
    """Judge "I can": a promise only of a money concession, or with a word of honour."""
    clause = case.clause
    if clause.negated:
        return None
    if clause.verb in {"promise", "guarantee", "assure", "swear"} and clause.who in BOUND:
        return _sworn(case)
    if case.client:
        return (
            Strength.HEDGED
            if clause.who in BOUND and case.kind is Kind.PAYMENT and case.timed
            else None
        )
    if clause.who in BOUND | {Who.OURS}:
        conceding = case.kind in CONCESSIONS and clause.verb not in {
            "take",
            "see",
            "process",
            "check",
            "discuss",
            "explain",
            "tell",
            "show",
        }
        conceding = conceding or (
            case.kind in CONCESSIONS
            and re.search(r" take (?:\S+ ){0,4}off ", case.rest) is not None
        )
        return Strength.HEDGED if conceding else None
    if clause.who is Who.YOU and re.search(
        r" have (?:it|that|them|this|the \w+|a \w+) (?:\w+ )?(?:for #|at #|for free|"
        r"half|with)| have #\d+ percent",
        case.rest,
    ):
        return Strength.HEDGED
    return None


def _likely(case: Case) -> Strength | None:
    """Judge "should" as a hedged "will"."""
    clause = case.clause
    if clause.negated or (
        clause.verb
        in {
            "think",
            "say",
            "know",
            "imagine",
            "hope",
            "check",
            "try",
            "point",
            "mention",
            "warn",
            "ask",
            "see",
            "look",
            "call",
            "go",
            "speak",
        }
        and clause.who in BOUND | {Who.YOU}
        and not (case.timed and clause.who in BOUND)
    ):
        return None
    if clause.who in BOUND or (clause.who is Who.OURS and not case.client):
        return (
            Strength.HEDGED
            if case.kind is not Kind.OTHER
            and (not case.client or case.kind in CLIENT_ACTS)
            and not is_work(case)
            else None
        )
    if case.client:
        return Strength.HEDGED if clients_thing(case) else None
    if clause.who is Who.YOU:
        return (
            Strength.HEDGED
            if (clause.verb in RECEIVING or clause.passive) and received(case)
            else None
        )
    return Strength.HEDGED if thing(case) else None


def _conceding(case: Case) -> Strength | None:
    """Judge "I could knock off ten", "we might be able to waive it"."""
    able = case.clause.mood is not Mood.MIGHT or " able to " in case.text
    if (
        case.clause.negated
        or case.client
        or case.clause.who not in BOUND
        or case.conditional
        or not able
        or phrases.UNSURE.search(case.text.replace(" might be able ", " "))
    ):
        return None
    return Strength.HEDGED if case.kind in {Kind.DISCOUNT, Kind.WAIVER, Kind.REFUND} else None


def _let(case: Case) -> Strength | None:
    """Judge "let me send you": a promise unless it is work during the call."""
    if is_work(case) or (
        case.clause.verb
        in {"know", "be", "go", "in", "have", "get", "tell", "speak", "talk", "down", "off"}
        and not (
            case.kind is not Kind.OTHER
            and (case.timed or case.to_you or case.kind in {Kind.TRANSFER, Kind.CALLBACK})
        )
    ):
        return None
    if case.kind is Kind.OTHER and not case.timed:
        return None
    if re.search(r" let (?:me|us) (?:know|have (?:a|the|your)|be)\b", case.text):
        return None
    if case.client:
        return (
            strength_of(case)
            if (case.kind in {Kind.CALLBACK} and (case.timed or " back " in case.rest))
            or (case.kind in {Kind.PAYMENT, Kind.DOCUMENT} and case.timed)
            else None
        )
    return strength_of(case)


HONOURS = listed("promise guarantee swear assure pledge vow")
HABITS = listed("need have want think know see hope be ask require")
"""Verbs whose present tense binds nobody even under a condition."""
HOPES = listed("expect hope aim plan intend")
DROPPED = listed("waive drop cancel scrap forgive write")
COMING_VERBS = listed("go leave arrive ship come land return get")
ON_ITS_WAY = re.compile(r" (?:on (?:its|the|their) way|in the post|on the van) ")


def _present(case: Case) -> Strength | None:
    """Judge the present tense: a word of honour, a price that stands, what happens on a condition or at a time."""
    clause = case.clause
    if clause.negated or phrases.GENERAL.search(case.text):
        return None
    if clause.who in BOUND and clause.verb in HONOURS:
        return _sworn(case)
    if case.timed and case.to_you and (ON_ITS_WAY.search(case.text) or _is_coming(case)):
        return strength_of(case)
    if clause.verb in HOPES:
        return _hoped(case)
    if case.client:
        return None
    if clause.passive and case.kind is Kind.WAIVER and clause.verb in DROPPED:
        return strength_of(case)
    if phrases.KEPT.search(case.text) and not re.search(r" (?:was|were|had) ", case.text):
        return strength_of(case)
    return strength_of(case) if case.conditional and _follows(case) else None


def _hoped(case: Case) -> Strength | None:
    """Judge "I'd expect him to be with you by six", "we'd like to give you ten percent"."""
    clause = case.clause
    if clause.negated or clause.who not in BOUND or " hear from you " in case.text:
        return None
    if clause.verb == "like":
        offering = re.match(r" like to (?:offer|give|refund|credit|waive|knock|take) ", case.rest)
        return (
            strength_of(case) if offering and not case.client and case.kind in CONCESSIONS else None
        )
    if clause.verb not in HOPES or " to " not in case.rest or not case.timed:
        return None
    wanted = CLIENT_ACTS if case.client else frozenset(Kind) - {Kind.OTHER}
    return Strength.HEDGED if case.kind in wanted else None


def _is_coming(case: Case) -> bool:
    """Whether a thing comes at a time told: "your letter goes out on friday"."""
    clause = case.clause
    if case.client or clause.verb not in COMING_VERBS or case.kind is Kind.OTHER:
        return False
    return clause.who in {Who.YOURS, Who.IT, Who.THING, Who.OURS}


def _follows(case: Case) -> bool:
    """Whether the present tells what the company does once a condition is met."""
    clause = case.clause
    if clause.who in BOUND | {Who.OURS}:
        return (case.kind is not Kind.OTHER or case.to_you) and clause.verb not in HABITS
    if clause.who is Who.YOU:
        return clause.verb in {"get", "receive", "pay", "have"} and case.kind is not Kind.OTHER
    return False


def _sworn(case: Case) -> Strength | None:
    """Judge "I promise", "we guarantee": by what follows."""
    if re.match(r" (?:promise|swear|guarantee|assure)(?: you)? $", case.rest):
        return None
    if (
        re.search(
            r" (?:promise|swear|assure|guarantee)(?: you)?(?: that)? (?:it is|this is|"
            r"that is|i have|i did|i paid|i sent|i am not|i was|we have|we did|he did|"
            r"it was|that was|there is|there are|nothing) ",
            case.text,
        )
        and case.kind is Kind.OTHER
    ):
        return None
    if re.search(
        r" (?:promise|swear|guarantee)(?: you)?(?: that)? (?:i|we|it|he|she) (?:paid|"
        r"sent|posted|called|told|did|had|was|never)\b",
        case.text,
    ):
        return None
    if case.client:
        return strength_of(case) if case.kind in CLIENT_ACTS or " will " in case.text else None
    return (
        Strength.FIRM
        if not re.search(r" (?:try|do my best|should) ", case.text)
        else Strength.HEDGED
    )


def _perfect(case: Case) -> Strength | None:
    """Judge "I've booked you in for friday": done already, and binding for a day to come."""
    clause = case.clause
    if clause.negated or case.client or clause.who not in BOUND or not case.timed:
        return None
    return strength_of(case) if clause.verb in PERFORMED and case.to_you else None


JUDGES: dict[Mood, Callable[[Case], Strength | None]] = {
    Mood.FUTURE: future,
    Mood.PROGRESSIVE: progressive,
    Mood.WILLING: _willing,
    Mood.CAN: _able,
    Mood.COULD: _conceding,
    Mood.MIGHT: _conceding,
    Mood.SHOULD: _likely,
    Mood.SUPPOSED: lambda case: None,
    Mood.WOULD: _hoped,
    Mood.LET: _let,
    Mood.PRESENT: _present,
    Mood.PERFECT: _perfect,
}
