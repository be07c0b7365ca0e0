"""An utterance cut into clauses, and how they hang together. Pure.

In: clauses and reports. Out: which clause introduces, denies or completes another,
and the text of one without its conditions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from calls.promises.english.case import BOUND
from calls.promises.english.claims import Report
from calls.promises.english.clause import Clause, Mood
from calls.promises.english.listed import listed
from calls.promises.english.verbs import lemma
from calls.promises.english.wordlists import SUBORDINATORS, TIMEY
from calls.promises.english.words import Said

HEDGERS = listed(
    "think hope expect reckon believe suppose guess imagine say know tell figure trust",
    "confirm mean gather understand",
)


SWEARING = listed("promise guarantee swear assure pledge vow make ensure see arrange")


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What the judging of each clause needs to know of the whole."""

    said: Said
    clauses: list[Clause]
    reports: list[tuple[Report, int]]
    """Each report with the end of what it tells."""
    call_at: datetime
    side: str

    def told(self, clause: Clause) -> bool:
        """Whether a clause belongs to what a report tells, or to the report itself."""
        return any(report.start < clause.verb_at + 1 <= end for report, end in self.reports)


def told_until(report: Report, found: list[Clause], length: int) -> int:
    """The end of what a report tells: where the first clause begins that speaks for itself."""
    content = [
        clause for clause in found if clause.verb_at >= report.end or clause.start >= report.end
    ]
    for index, clause in enumerate(content):
        first = index == 0 and clause.start - report.end <= 2
        if first or clause.chained or clause.mood in {Mood.WOULD, Mood.SUPPOSED}:
            continue
        if clause.under and index:
            continue
        return max(clause.start, report.end)
    return length


def is_matrix(whole: Utterance, index: int) -> bool:
    """Whether a clause only introduces the next: "I think", "I promise", "I'll make sure"."""
    clause = whole.clauses[index]
    if index + 1 >= len(whole.clauses) or clause.negated or clause.asked:
        return False
    following = whole.clauses[index + 1]
    gap = following.start - clause.verb_at
    if clause.mood is Mood.PRESENT and clause.who in BOUND and clause.verb in HEDGERS:
        return gap <= 4 and following.under not in {"if", "what", "how", "why"}
    if clause.verb in SWEARING and clause.mood in {Mood.PRESENT, Mood.CAN} and clause.who in BOUND:
        return gap <= 5 and following.mood in {Mood.FUTURE, Mood.SHOULD, Mood.PROGRESSIVE, Mood.CAN}
    return False


def is_denied(whole: Utterance, index: int) -> bool:
    """Whether a clause is what the words before it deny: "not something we can do", "I can't promise it'll be there"."""
    clause = whole.clauses[index]
    before = whole.said.text(max(0, clause.start - 6), max(clause.subject_at, clause.start))
    if clause.mood is Mood.CAN and re.search(
        r" (?:best|most|least|lowest|furthest|all|far as|low as|much as|high as)(?: that)? $",
        before,
    ):
        return True
    if re.search(
        r" (?:not|no|nothing)(?: (?:something|anything|a thing|a way|way|much|that|how|"
        r"else|more|the way|chance))+(?: that)? $",
        before,
    ):
        return True
    if index == 0:
        return False
    matrix = whole.clauses[index - 1]
    return (
        matrix.negated
        and matrix.verb in HEDGERS | SWEARING
        and clause.start - matrix.verb_at <= 4
        and not clause.under
    )


def span_of(whole: Utterance, index: int) -> tuple[int, int]:
    """The tokens of a clause with the clause that introduces it and the one that completes it."""
    clause = whole.clauses[index]
    start, end = clause.start, clause.end
    if index and is_matrix(whole, index - 1):
        start = whole.clauses[index - 1].start
    if index + 1 < len(whole.clauses) and (
        is_completed(whole, index) or is_denied(whole, index + 1)
    ):
        end = whole.clauses[index + 1].end
    return start, max(end, start + 1)


def is_completed(whole: Utterance, index: int) -> bool:
    """Whether the next clause says what this one is about: "I'll make sure you get it by friday"."""
    clause, following = whole.clauses[index], whole.clauses[index + 1]
    between = whole.said.text(clause.verb_at, following.subject_at)
    if re.search(
        r" (?:make (?:\w+ )?sure|see to it|ensure|arrange|promise|guarantee|assure|"
        r"swear|certain|is that|so that)(?: you)?(?: that)? $",
        between,
    ):
        return not following.asked
    if following.under in {"what", "if"} and re.search(
        r" (?:see) (?:what|if) ", whole.said.text(clause.verb_at, following.verb_at)
    ):
        return following.mood in {Mood.CAN, Mood.COULD}
    return (
        re.search(r" (?:what i will do|all i will do) ", whole.said.text(clause.start, clause.end))
        is not None
    )


def behind_verb(words: Said, clause: Clause) -> int:
    """The token behind the main verb of a clause."""
    for place in range(clause.verb_at, clause.end):
        if lemma(words.tokens[place]) == clause.verb:
            return place + 1
    return min(clause.verb_at + 1, clause.end)


def without_conditions(words: Said, clause: Clause, start: int, end: int) -> str:
    """The text of a clause without conditions that have no verb group of their own: "once approved"."""
    if clause.conditioned:
        start = min(clause.subject_at, clause.verb_at)
    for place in range(clause.verb_at + 1, end):
        word = words.tokens[place]
        following = words.tokens[place + 1] if place + 1 < end else ""
        if word not in SUBORDINATORS - {
            "as",
            "than",
            "what",
            "how",
            "who",
            "which",
            "cos",
            "minute",
            "moment",
            "where",
            "case",
            "why",
            "while",
            "since",
            "though",
        } and words.tokens[place : place + 3] not in {("as", "soon", "as"), ("as", "long", "as")}:
            continue
        if (
            following in TIMEY - {"i", "it"}
            or following[:1] in {"#", "@"}
            or following in {"noon", "christmas", "midnight", "new", "easter"}
        ):
            continue
        if following in {"possible", "needed", "not", "necessary"} or (
            word == "after" and words.tokens[place - 1] in {"day", "week"}
        ):
            continue
        return words.text(start, place)
    return words.text(start, end)
