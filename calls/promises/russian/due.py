"""Until when: which of the times that were said binds the act, resolved by the rules of the label book. Pure.

In: an utterance and the clauses of an act. Out: a `Due`, or that the time was vague. Times of a condition, of a past
event or of another verb do not count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from calls.promises.model import ActionKind, Due, Label
from calls.promises.russian import lexicon as lex
from calls.promises.russian.clauses import IF, WHEN, Clause
from calls.promises.russian.family import family
from calls.promises.russian.utterance import Utterance, inside
from calls.promises.russian.when import (
    AT_ONCE,
    DATE,
    IGNORED,
    MOMENT,
    PART,
    SPAN,
    TIME,
    UNKNOWN,
    When,
)
from calls.promises.russian.words import FINITE, IMPERATIVE


@dataclass(frozen=True, slots=True)
class Until:
    """A due date, or that none can be made of what was said."""

    due: Due | None = None
    vague: bool = False


NEVER = Until()


def until(utterance: Utterance, own: list[Clause], label: Label, kind: ActionKind) -> Until:
    """Find the due date of an act that these clauses make."""
    if label is Label.REFUSAL:
        return NEVER
    said = _said(utterance, own, label, kind)
    if not said:
        said = [
            w for w in _said(utterance, utterance.clauses, label, kind) if _free(utterance, w, own)
        ]
    if not said:
        return NEVER
    found = _resolved(utterance, said)
    return _of_claim(utterance, said, found) if label is Label.CLAIM else found


def _said(
    utterance: Utterance, clauses: list[Clause], label: Label, kind: ActionKind
) -> list[When]:
    found = []
    for clause in clauses:
        for when in utterance.whens:
            if (
                inside(when, clause)
                and when.kind not in (IGNORED, AT_ONCE)
                and not _conditional(utterance, when, clause)
            ):
                found.append(when)
    return [w for w in found if w.kind != SPAN or _span_counts(utterance, w, kind, label)]


def _conditional(utterance: Utterance, when: When, clause: Clause) -> bool:
    """Times behind "after", or of a time clause."""
    before = utterance.texts()[max(0, when.start - 2) : when.start]
    begins_late = (
        "раньше" in before or "ранее" in before or (before[-1:] == ["после"] and when.kind != PART)
    )
    first = utterance.texts()[when.start]
    return (
        begins_late or (first == "после" and when.kind == TIME and False) or clause.opener in (IF,)
    )


def _span_counts(utterance: Utterance, when: When, kind: ActionKind, label: Label) -> bool:
    """A bare span: «за два дня сделаем» and «отложу на три дня», not «гарантия год», «за час позвонит»."""
    first = utterance.texts()[when.start]
    after = utterance.texts()[when.end : when.end + 1]
    if first == "за" and utterance.has(None, frozenset({"напомнить", "предупредить"})):
        return False
    if kind is ActionKind.GUARANTEE or after == ["до"] or label is Label.CLAIM:
        return False
    if utterance.has(None, HOLDS):
        return first in ("на", "еще") or not first.startswith("за")
    return first == "за" and kind not in (
        ActionKind.CALLBACK,
        ActionKind.WAIVER,
        ActionKind.PAYMENT,
        ActionKind.PRICE,
        ActionKind.DISCOUNT,
    )


HOLDS = (
    lex.HOLD - family("оставить записать действовать продлить приостановить заморозить")
) | family("действовать держим подержим")


def _free(utterance: Utterance, when: When, own: list[Clause]) -> bool:
    """Whether a time stands in a clause that has no deed of its own: not a condition, no past, no request."""
    clause = next(c for c in utterance.clauses if inside(when, c))
    verb = utterance.verb(clause.head)
    if clause.opener in (IF, WHEN):
        return False
    if utterance.texts()[when.start] in ("дайте", "дай") or (verb and verb.lemma == "ждать"):
        return True
    if verb is None:
        return True
    return not (
        verb.form == IMPERATIVE
        or (
            verb.form == FINITE
            and verb.tense in ("past", "pres")
            and verb.lemma not in lex.OWN_PLAN | lex.VOW
        )
    )


def _resolved(utterance: Utterance, said: list[When]) -> Until:
    moment = next((w for w in said if w.kind in (MOMENT, SPAN)), None)
    dates = [w for w in said if w.kind == DATE and w.on]
    times = [w for w in said if w.kind == TIME]
    if moment and moment.on and (moment.at or not dates):
        at = moment.at or (_clock(times[0], said) if times and times[0].at else None)
        return Until(Due(moment.on, at))
    if dates:
        on = _last_of_range(utterance, dates)
        return Until(Due(on, _clock(times[-1], said) if times else None))
    if any(w.kind == UNKNOWN for w in said) or (moment and moment.on is None):
        return Until(vague=True)
    today = utterance.call_at.date()
    if times:
        at = _clock(times[-1], said)
        passed = at is not None and at <= utterance.call_at.time()
        return Until(Due(today + timedelta(days=passed), at))
    return Until(Due(today)) if any(w.kind == PART for w in said) else NEVER


def _last_of_range(utterance: Utterance, dates: list[When]) -> date:
    """«в среду или в четверг», «с понедельника по среду»: to the end; else the first date that was said."""
    chosen = dates[0]
    for later in dates[1:]:
        between = utterance.texts()[chosen.end : later.start]
        if (
            (len(between) <= 1 and set(between) <= {"или", "либо", "по", "до", "максимум"})
            or "нет" in between
            or "точнее" in between
        ):
            chosen = later
    assert chosen.on is not None  # noqa: S101 (dates are kept with a day only)
    return chosen.on


def _clock(when: When, said: list[When]) -> time | None:
    """A time with the part of the day that was said apart: «вечером в восемь»."""
    part = next((w.part for w in said if w.kind == PART), "")
    at = when.at
    if at is None or when.hour_said:
        return at
    if part == "am" and 12 < at.hour <= 19:
        return replace_hour(at, at.hour - 12)
    if part == "pm" and 8 <= at.hour < 12:
        return replace_hour(at, at.hour + 12)
    return at


def replace_hour(at: time, hour: int) -> time:
    """The same minutes in another hour."""
    return at.replace(hour=hour)


def _of_claim(utterance: Utterance, said: list[When], found: Until) -> Until:
    """Of a claim only today or later counts: a day that was named, and nothing that has gone by."""
    named = [w for w in said if w.kind == DATE]
    if found.due is None or not named:
        return NEVER
    words = utterance.texts()[named[0].start : named[0].end]
    gone = (
        any(t.endswith(("ого", "его")) for t in words)
        and found.due.on.month != utterance.call_at.month
    )
    if gone:
        return NEVER
    absolute = any(t in ("сегодня", "завтра", "послезавтра") for t in words)
    if not absolute and _failed(utterance):
        return NEVER
    return replace(found, vague=False) if found.due.on >= utterance.call_at.date() else NEVER


def _failed(utterance: Utterance) -> bool:
    """Whether the claim also tells that the time has gone by."""
    texts = utterance.texts()
    past_not = any(
        t == "не" and i + 1 < len(texts) and (v := utterance.verb(i + 1)) and v.tense == "past"
        for i, t in enumerate(texts)
    )
    return past_not or utterance.says(
        None,
        "до сих пор",
        "так и не",
        "уже",
        "прошел",
        "прошла",
        "прошло",
        "а сегодня",
        "сегодня уже",
        "и тишина",
        "а теперь",
        "никого",
        "ничего нет",
        "вчера",
        "где",
        "жду",
        "сижу",
        "стою",
    )
