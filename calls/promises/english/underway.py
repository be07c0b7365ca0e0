"""Plans in the present: "we're waiving the charge", "it's coming out on thursday". Pure."""

from __future__ import annotations

import re

from calls.promises.english import phrases
from calls.promises.english.case import (
    BOUND,
    CLIENT_ACTS,
    CONCESSIONS,
    Case,
    strength_of,
)
from calls.promises.english.clause import Who
from calls.promises.english.favours import is_bad_news
from calls.promises.english.listed import listed
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Strength

GOING = listed(
    "pop swing drop call visit bring pick collect nip head come arrive go ship deliver "
    "leave send dispatch head return courier post"
)


TALKING = listed("call phone ring contact speak talk write chat follow")


def progressive(case: Case) -> Strength | None:
    """Judge a plan told in the present."""
    clause = case.clause
    if re.search(
        r" (?:still|currently|at the moment|always|constantly|just looking|presently) ", case.text
    ) or phrases.UNSURE.search(case.text):
        return None
    if clause.negated:
        favour = (
            clause.verb in {"charge", "bill", "leave", "let", "put", "raise", "increase", "add"}
            and not case.client
        )
        return (
            strength_of(case) if favour and clause.who in BOUND and not is_bad_news(case) else None
        )
    if (
        clause.verb in TALKING
        and re.search(
            r" (?:about|regarding|to (?:ask|see|check|find|say|let|confirm|make|book|"
            r"arrange|report|complain|order|tell)|from|because|on behalf|for|with|in) ",
            case.rest,
        )
        and not re.search(r" (?:you|back) ", case.rest[:20])
    ):
        return None
    if clause.who in BOUND or (clause.who is Who.OURS and not case.client):
        return _own_plan(case)
    if case.client:
        return None
    if clause.who is Who.YOU:
        return (
            strength_of(case)
            if clause.verb in {"get", "receive", "have"} and case.kind is not Kind.OTHER
            else None
        )
    return _thing_under_way(case)


def _own_plan(case: Case) -> Strength | None:
    """Judge "we're waiving the charge", "I'm coming in on friday"."""
    if case.client and case.clause.passive:
        return None
    clause = case.clause
    if (
        phrases.WORK.search(
            f" "
            f"{clause.verb}{case.rest[len(case.rest.split()[0]) + 1 :] if case.rest.split() else ' '}"
        )
        and not case.timed
        and case.kind is not Kind.TRANSFER
    ):
        return None
    if clause.passive or (
        clause.verb
        in {
            "wonder",
            "hope",
            "look",
            "try",
            "have",
            "be",
            "get",
            "use",
            "wait",
            "think",
            "live",
            "work",
            "want",
            "ask",
            "inquire",
            "enquire",
            "say",
            "tell",
            "see",
            "check",
            "start",
            "run",
            "expect",
            "talk",
            "speak",
            "do",
        }
        and not (case.timed and case.kind is not Kind.OTHER)
        and not (
            clause.verb in {"get", "have"}
            and case.kind in {Kind.REPLACEMENT, Kind.REFUND, Kind.WAIVER}
        )
    ):
        return None
    if case.client:
        wanted = case.kind in CLIENT_ACTS and (
            case.timed or (case.kind in {Kind.DOCUMENT, Kind.PAYMENT} and case.to_you)
        )
        return (
            strength_of(case)
            if wanted and not re.search(r" (?:away|holiday|on vacation) ", case.text)
            else None
        )
    if case.kind is Kind.OTHER and not (case.timed or case.to_you):
        return None
    if case.kind is Kind.CALLBACK and not (case.timed or " back " in case.rest):
        return None
    if phrases.GENERAL.search(case.text):
        return None
    return strength_of(case)


def _thing_under_way(case: Case) -> Strength | None:
    clause = case.clause
    if case.kind is Kind.TRANSFER and clause.passive and clause.who is Who.YOURS:
        return strength_of(case)
    if not case.timed and not (case.to_you and clause.verb in GOING):
        return None
    if case.kind is Kind.OTHER and not case.to_you:
        return None
    return (
        strength_of(case)
        if clause.verb in GOING or clause.passive or case.kind in CONCESSIONS
        else None
    )
