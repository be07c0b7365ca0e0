"""Denials that do the other side a favour: "we won't charge you", "your rate won't go up". Pure."""

from __future__ import annotations

import re

from calls.promises.english.case import (
    BOUND,
    Case,
    strength_of,
)
from calls.promises.english.clause import Who
from calls.promises.english.listed import listed
from calls.promises.model import Strength

FAVOURS = listed(
    "charge bill invoice forget cost raise increase change start touch share sell disconnect",
    "lose add chase tell disappoint let happen miss pay owe wait delay leave expire hike put",
    "give release rest stop penalise penalize regret worry dispatch report deduct debit take",
    "fine ask need switch cut pass publish move close run disclose keep see break",
)
"""Verbs whose denial does the other side a favour: "we won't charge you", "I won't forget"."""


CHARGES = re.compile(
    r" (?:increase|increases|fee|fees|charge|charges|penalty|fine|interest|surcharge|"
    r"rise|tariff|cost) "
)
"""Things whose denial is a favour."""


RATES = re.compile(
    r" (?:balance|price|rate|rent|bill|premium|payments?|tariff|fee|fare|cost|quote|it|that|total) "
)


def favour(case: Case) -> Strength | None:
    """Judge "we won't charge you", "you won't pay a penny"."""
    clause = case.clause
    if case.client and clause.who in BOUND:
        return (
            strength_of(case)
            if clause.verb in {"forget", "let", "miss"}
            and "down" in case.text + " down"
            and case.to_you
            else None
        )
    if case.client or clause.who is Who.THIRD:
        return None
    if clause.verb in FAVOURS and not is_bad_news(case):
        return strength_of(case)
    if re.search(
        r" (?:go up|kick in|increase|rise|change|creep up|be (?:increased|raised|going "
        r"up|changed)) ",
        case.rest,
    ) and RATES.search(f" {clause.subject} "):
        return strength_of(case)
    if CHARGES.search(f" {clause.subject} ") and clause.verb in {
        "apply",
        "be",
        "affect",
        "go",
        "happen",
    }:
        return strength_of(case)
    if (
        clause.who in {Who.YOU, Who.IT, Who.THING, Who.YOURS}
        and clause.verb == "be"
        and re.search(r" (?:any|a|no|an) (?:\w+ )?(?:charge|fee|cost|penalty|extra)", case.rest)
    ):
        return strength_of(case)
    return None


def is_bad_news(case: Case) -> bool:
    """Whether "won't give you", "won't change it" denies what was wanted."""
    clause = case.clause
    if clause.verb in {
        "give",
        "let",
        "change",
        "put",
        "take",
        "move",
        "see",
        "release",
        "keep",
        "tell",
        "leave",
        "add",
        "pay",
        "share",
        "cut",
        "switch",
        "send",
        "stop",
        "pass",
        "touch",
        "start",
        "wait",
        "run",
        "close",
        "break",
        "need",
        "ask",
    }:
        if clause.who is Who.YOU:
            return clause.verb not in {"pay", "lose", "wait", "need", "leave"}
        return (
            re.search(
                r" (?:let you down|let (?:it|that|this) happen|leave you|change (?:the|"
                r"your) (?:price|rate|fee)|put (?:the|your|it|up) ?\w* ?(?:up|price|"
                r"rent)|keep you waiting|give (?:it|that|your \w+|up) (?:to anyone|"
                r"away|up)|anyone else|until (?:you|i have|we have)|without (?:your|"
                r"you|asking|calling|checking|telling|letting)|take (?:a|any) (?:penny|"
                r"money|payment)|ask (?:you )?for|release (?:it|them|the \w+) to|tell "
                r"(?:anyone|anybody)|add any|see (?:any|a) (?:charge|extra|fee)|before "
                r"you|pass (?:it|them|your \w+) (?:on|to)|share your|rest until|stop "
                r"until|start (?:the|any|work|charging|billing)|cut you off|close "
                r"(?:it|your)|need to pay|ask you to|touch your|send (?:it|them|anyone)"
                r" (?:without|until)|happen again) ",
                case.text,
            )
            is None
        )
    return False
