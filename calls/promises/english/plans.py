"""What a speaker says will happen: his own acts, what the other side gets, what becomes of a thing. Pure."""

from __future__ import annotations

import re

from calls.promises.english import phrases
from calls.promises.english.case import (
    BOUND,
    CLIENT_ACTS,
    RECEIVING,
    Case,
    strength_of,
)
from calls.promises.english.clause import Who
from calls.promises.english.favours import favour
from calls.promises.english.listed import listed
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Strength

CLIENT_VERBS = listed(
    "leave make sign fill return bring confirm complete clear unlock open send pay deliver",
    "drop collect pick post forward upload provide settle transfer wire ship replace repair",
    "cover reimburse refund prepare hand install remove vacate sort follow keep save get",
)


OBJECT = re.compile(
    r" (?:it|that|this|them|those|these|the|your|one|so|everything|something|a|an|"
    r"another|him|her|my|our|its|some|any|both|all|#\S+) "
)
"""What an act of an unknown kind must have if it names neither a time nor the other side: "we'll manage" binds nobody."""
RECEIVED = listed(
    "refund call contact credit pay compensate reimburse cover notify charge phone ring",
    "telephone email reconnect transfer bill give send put upgrade move rebook update invite",
    "seat reseat connect fine send deliver informed visit",
)


def future(case: Case) -> Strength | None:
    """Judge what is said to happen."""
    clause = case.clause
    if phrases.UNSURE.search(case.text):
        return None
    if clause.negated:
        return favour(case)
    if clause.who in BOUND or (clause.who is Who.OURS and not case.client):
        return own_act(case)
    if case.client:
        return clients_thing(case)
    if clause.who is Who.YOU:
        return received(case)
    return thing(case)


def own_act(case: Case) -> Strength | None:
    """Judge what the speaker or his people will do."""
    if is_work(case):
        return None
    if case.kind is Kind.OTHER and not (case.timed or case.to_you) and not OBJECT.search(case.rest):
        return None
    if case.client:
        return clients_act(case)
    if case.clause.who is Who.OURS and case.kind is Kind.OTHER and not (case.timed or case.to_you):
        return None
    if (
        case.clause.who is Who.OURS
        and case.clause.verb == "be"
        and case.kind is Kind.OTHER
        and not case.timed
    ):
        return None
    if re.search(
        r" be (?:closed|open|away|off|on (?:holiday|leave)|short|busy|out of|in (?:a )?meetings?|"
        r"at lunch|introducing|launching|holding|running) ",
        case.rest,
    ):
        return None
    return strength_of(case)


def is_work(case: Case) -> bool:
    """Whether an act is done during the call itself: "I'll just check"."""
    if case.clause.who in {Who.OURS, Who.MINE}:
        return False
    if not phrases.WORK.search(case.rest) or phrases.SUBSTANCE.search(case.rest):
        return False
    if case.kind in {Kind.TRANSFER}:
        return False
    return not (
        case.timed
        and re.match(
            r" (?:\w+ ){0,2}(?:check|look|find|ask|confirm|go (?:through|over)|work|"
            r"see to|start|update|hold|read|take|test|write|add|know|verify)\b",
            case.rest,
        )
    )


def clients_act(case: Case) -> Strength | None:
    """A client's plans bind him only if they are for the other side."""
    clause = case.clause
    if re.match(r" make (?:\w+ )?(?:sure|certain) ", case.rest):
        return strength_of(case)
    own = phrases.OWN_PLANS.match(case.rest) and not re.search(
        r" (?:call|ring|phone|email|text|let) you ", case.rest
    )
    sent = case.to_you and case.kind in {Kind.PAYMENT, Kind.DOCUMENT, Kind.DELIVERY}
    own = own and not sent
    if own and not (
        case.kind in {Kind.PAYMENT, Kind.VISIT, Kind.CALLBACK}
        and not re.match(
            r" (?:be|think|discuss|talk|go|ask|call|ring|phone|wait|see|use|need|have to|check)\b",
            case.rest,
        )
    ):
        return None
    if (
        re.search(r" (?:myself|elsewhere|my own|for (?:him|her|them|my \w+)) ", case.rest)
        and not case.to_you
    ):
        return None
    if clause.verb == "go" and not re.search(
        r" (?:to you|to your|down|over|there|ahead) ", case.rest
    ):
        return None
    if case.kind in CLIENT_ACTS and (
        case.kind is not Kind.DELIVERY
        or case.to_you
        or case.timed
        or re.search(r" (?:back|round|over|in) ", case.rest)
    ):
        if clause.verb in {
            "take",
            "order",
            "get",
            "want",
            "need",
            "have",
            "book",
            "see",
            "find",
            "check",
        } and not (case.to_you or case.kind is Kind.PAYMENT):
            return None
        return strength_of(case)
    if (
        clause.verb in CLIENT_VERBS
        and (case.to_you or case.timed)
        and not re.match(r" (?:get|keep|save|make) (?:a|an|one|my) ", case.rest)
    ):
        return strength_of(case)
    return None


def clients_thing(case: Case) -> Strength | None:
    """Judge "the money will be with you on friday" from a client."""
    if (
        case.clause.who is Who.YOU
        and case.clause.verb in RECEIVING
        and case.kind in {Kind.PAYMENT, Kind.REFUND, Kind.DOCUMENT}
    ):
        return strength_of(case)
    if (
        case.clause.who in {Who.THING, Who.IT}
        and case.kind in {Kind.PAYMENT, Kind.REFUND, Kind.DOCUMENT}
        and re.search(r" (?:in|with|to|on|at|into) (?:you|your) ", case.text)
    ):
        return strength_of(case)
    return None


def received(case: Case) -> Strength | None:
    """Judge "you'll have it by friday", "you'll be refunded"."""
    clause = case.clause
    if re.search(
        r" (?:get used|have to|have (?:a (?:great|lovely|good|nice)|fun|no (?:trouble|"
        r"problem)|seen|noticed|heard|received)|see (?:a|an|the) (?:\w+ )?(?:button|"
        r"option|menu|link|sign|building|difference|light|icon|box|page)|get the hang|"
        r"get there|get through|get (?:a|an) (?:\w+ )?(?:prompt|error|option|pop)|hear "
        r"(?:a|the) (?:beep|tone|click|message)|receive (?:mail|offers)) ",
        case.rest,
    ):
        return None
    if clause.passive and clause.verb in RECEIVED:
        return strength_of(case)
    if clause.verb in RECEIVING and (
        case.kind is not Kind.OTHER
        or case.timed
        or re.search(r" (?:it|them|one|your|the) ", case.rest)
    ):
        return strength_of(case)
    if clause.verb in {"pay"} and re.search(
        r" (?:nothing|only|no more than|just|half|the same|the old|a penny less|less) ", case.rest
    ):
        return strength_of(case)
    if (
        clause.verb == "be"
        and re.search(
            r" be (?:back (?:online|on|up|in|with|at work)|up and running|first|next|"
            r"top|on (?:the|our|your) (?:list|next|first|old)|covered|out of pocket|"
            r"sorted|good to go) ",
            case.rest,
        )
        and not re.search(r" not ", case.rest)
    ):
        return strength_of(case)
    return None


def thing(case: Case) -> Strength | None:
    """Judge what will happen to a thing, as the company's word: "your parcel will be at your door"."""
    if re.match(r" come with ", case.rest):
        return None
    clause = case.clause
    if (
        not clause.passive
        and phrases.INFORMS.match(case.rest)
        and not (
            case.kind in {Kind.PRICE, Kind.REPAIR, Kind.DOCUMENT}
            and clause.verb not in {"take", "cost", "close", "open", "need"}
        )
    ):
        return None
    if phrases.GENERAL.search(case.text) and not case.to_you:
        return None
    if (
        clause.who in {Who.HE, Who.THEY}
        and clause.verb
        in {
            "need",
            "want",
            "ask",
            "have",
            "take",
            "tell",
            "know",
            "show",
            "see",
            "say",
            "charge",
            "use",
        }
        and not case.timed
    ):
        return None
    if case.kind is not Kind.OTHER:
        return strength_of(case)
    return (
        strength_of(case)
        if (case.timed or case.to_you)
        and not (clause.verb == "be" and not case.timed and not clause.passive)
        else None
    )
