"""What a claim says was promised: its kind, its sum, and its time if that is still to come. Pure.

In: tokens and the place of a report. Out: a `Found` claim.
"""

from __future__ import annotations

import re
from datetime import datetime, time

from calls.promises.english.actions import action_of
from calls.promises.english.amounts import amount_in
from calls.promises.english.due import when
from calls.promises.english.words import Said
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Due, Found, Label

FAILED = re.compile(
    r" (?:still|never|nothing|nobody|no one|not|already|yet|waiting|waited|late|but|"
    r"where is|empty|instead|now|ago|no sign|come and gone|gone|yesterday|last|passed|"
    r"overdue|been|and i am|wasted|failed|turned up|showed up|came|arrived|got|found|"
    r"charged|three times|twice|again) "
)
LATE = re.compile(r" (?:still|waiting|where is|where are|never|nobody|nothing|no one|late) ")
COMING = re.compile(r" (?:today|tonight|this (?:morning|afternoon|evening))(?= )")
PEOPLE = (
    r" (?:engineer|technician|plumber|electrician|fitter|surveyor|inspector|carpenter|"
    r"installer|repairman|roofer|decorator|builder) "
)
PERSONAL = re.compile(
    r" (?:engineer|technician|plumber|electrician|fitter|cleaner|mechanic|someone|"
    r"somebody|surveyor|inspector|guy|man|locksmith|gardener|nurse|doctor|vet|team|"
    r"crew|roofer|installer|specialist|rep|builder|joiner|painter|carpenter|tuner|"
    r"sweep|they|he|she|you|tutor|carer|decorator|lads?|tech|expert|adjuster|assessor|"
    r"valuer|arborist|estimator|photographer)(?: from \w+)? (?:would|was|were|will)(?: "
    r"be)?(?: \w+)? (?:be |come|coming|here|there|round|out|arrive|arriving|turn|show|"
    r"with (?:me|us)|over|back|at my|to come|to be)"
)


MOVING = frozenset({Kind.DELIVERY, Kind.OTHER, Kind.VISIT})
CARRIED = re.compile(r" (?:courier|driver|parcel|deliver) ")
TERM = re.compile(r" #?\S+ (?:years?|months?) ")
SUM = re.compile(r" #\S+ (?:dollars|pounds|quid|bucks|euros)")


def claim(words: Said, place: tuple[int, int, int], call_at: datetime) -> Found:
    """Describe a claim.

    Args:
        words: the utterance.
        place: tokens where the report begins, where what was promised begins, and where that ends.
        call_at: local time of the call.
    """
    start, content_at, end = place
    content, report = words.text(content_at, end), words.text(start, end)
    kind = _kind(content, report, words.text())
    told = when(content, call_at, held=False)
    amount = amount_in(told.rest, kind) or amount_in(when(words.text(), call_at).rest, kind)
    return Found(
        label=Label.CLAIM,
        action=kind,
        amount=amount,
        due=_still_to_come(words.text(), report, told.due, call_at),
        word_from=words.first[start],
        word_to=words.last[max(end - 1, start)],
        why="reported",
    )


def _kind(content: str, report: str, whole: str) -> Kind:
    kind = action_of(content)
    if PERSONAL.search(report) and kind in MOVING and not CARRIED.search(report):
        return Kind.VISIT
    if kind is Kind.OTHER and re.search(r" (?:price|rate|fee) ", content):
        return Kind.PRICE
    if kind is Kind.OTHER and " guaranteed " in report[:60] and TERM.search(content):
        return Kind.GUARANTEE
    if re.search(r" (?:quoted|a quote of|a price of) ", report[:70]):
        return Kind.PRICE
    if kind is Kind.OTHER:
        kind = action_of(report)
    if kind is Kind.OTHER:
        kind = _by_words(content, report)
    return kind if kind is not Kind.OTHER else action_of(whole)


def _by_words(content: str, report: str) -> Kind:
    """A kind by what the claim is about, where no act is named."""
    if re.search(r" (?:a quote|a price) ", report):
        return Kind.PRICE
    if re.search(r" (?:agreed|deal) ", report) and SUM.search(content):
        return Kind.PRICE
    return Kind.VISIT if re.search(PEOPLE, report) else Kind.OTHER


def _still_to_come(whole: str, report: str, due: Due | None, call_at: datetime) -> Due | None:
    """Only what is said to be due today or later counts; a bare weekday of a promise already broken is past."""
    if due is None or re.search(r" (?:within|in|inside) (?:\w+ )?(?:an?|#\S+|half) ", report):
        return None
    if re.search(r" (?:supposed|meant|due|going) to ", report) and not re.search(
        r" (?:today|tonight|tomorrow|this \w+|next|end of) ", report
    ):
        return None
    now = call_at.replace(tzinfo=None)
    today = COMING.search(report) is not None
    before, _, after = whole.partition(report.strip())
    failed = FAILED.search(f" {after} ") or LATE.search(f" {before} ") or FAILED.search(report)
    if due.on == now.date():
        if due.at is not None and due.at <= now.time().replace(second=0):
            return None
        if re.search(r" this morning ", report) and now.hour >= 12:
            return None
        return due if today or not failed else None
    if (
        due.at is not None
        and due.at != time(0)
        and not re.search(
            r" (?:tomorrow|\w+day|@|next|january|february|march|april|may|june|july|"
            r"august|september|october|november|december|#\d+ \w+ber)",
            report,
        )
    ):
        return None
    return None if failed else due
