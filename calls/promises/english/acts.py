"""The acts of one utterance: promises, claims and refusals with what, how much and until when. Pure.

In: an utterance, the local time of the call, who speaks. Out: `Found` acts in order, one for each clause that holds one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calls.promises.english.claimed import claim
from calls.promises.english.claims import reports
from calls.promises.english.clauses import clauses
from calls.promises.english.judging import judge
from calls.promises.english.set_acts import of_phrases
from calls.promises.english.utterance import Utterance, is_denied, is_matrix, told_until
from calls.promises.english.words import said
from calls.promises.model import Found


def acts(text: str, call_at: datetime, side: str) -> list[Found]:
    """Find the acts of an utterance, in order."""
    words = said(text)
    if not words.tokens:
        return []
    found = clauses(words.tokens, side)
    told = [
        (report, told_until(report, found, len(words.tokens))) for report in reports(words, side)
    ]
    whole = Utterance(said=words, clauses=found, reports=told, call_at=call_at, side=side)
    given = [*_claims(whole), *_of_clauses(whole)]
    given.extend(of_phrases(whole, given))
    return sorted(given, key=lambda act: act.word_from)


def _claims(whole: Utterance) -> Iterator[Found]:
    last = -1
    for report, end in sorted(whole.reports, key=lambda pair: pair[0].start):
        if report.own or report.start < last:
            continue
        last = end
        yield claim(whole.said, (report.start, report.end, end), whole.call_at)


def _of_clauses(whole: Utterance) -> Iterator[Found]:
    for index, clause in enumerate(whole.clauses):
        if whole.told(clause) or is_matrix(whole, index) or is_denied(whole, index):
            continue
        act = judge(whole, index)
        if act is not None:
            yield act
