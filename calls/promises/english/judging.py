"""One clause judged: a promise with its sum and time, a refusal, or neither. Pure.

In: an utterance and the index of a clause. Out: `Found` or None.
"""

from __future__ import annotations

import re
from dataclasses import replace

from calls.promises.english import phrases
from calls.promises.english.actions import action_of
from calls.promises.english.amounts import amount_in
from calls.promises.english.case import BOUND, Case
from calls.promises.english.clause import Clause, Mood, Who
from calls.promises.english.due import NEVER_SAID, When, when
from calls.promises.english.kinds import HOLDING, kind_of
from calls.promises.english.promises import promised
from calls.promises.english.refusals import declined
from calls.promises.english.utterance import Utterance, behind_verb, span_of, without_conditions
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Found, Label

CONDITION = re.compile(
    r" (?:if|unless|provided|providing|as long as|once|whenever|should (?:it|anything|"
    r"you)|when)(?! (?:possible|needed|necessary|not|so) )(?= )| (?:anything|whatever|"
    r"any \w+) (?:that )?(?:\w+ ){0,2}?\w+s (?:\S+ ){0,6}?(?:we|i) |^ (?:any|the @1|"
    r"one) \S+(?: \S+){0,9} and (?:we|i|you) "
)


def judge(whole: Utterance, index: int) -> Found | None:
    """The act of the clause at `index`, or None."""
    clause = whole.clauses[index]
    start, end = span_of(whole, index)
    text = whole.said.text(start, end)
    rest = f" {clause.verb}{whole.said.text(behind_verb(whole.said, clause), end)}"
    cut = without_conditions(whole.said, clause, start, end)
    time = when(cut, whole.call_at, held=bool(HOLDING.search(cut)))
    about = next((other for other in whole.clauses if clause.end <= other.start < end), clause)
    kind = kind_of(whole, about, (cut, re.sub(r"~+", "~", time.rest)), text)
    case = Case(
        clause=clause,
        text=text,
        rest=rest,
        whole=whole.said.text(),
        kind=kind,
        timed=time.due is not None or time.vague,
        side=whole.side,
        conditional=clause.conditioned or bool(CONDITION.search(whole.said.text())),
    )
    strength = promised(case)
    place = Found(
        label=Label.PROMISE, word_from=whole.said.first[start], word_to=whole.said.last[end - 1]
    )
    if strength is not None:
        return _promise(whole, index, replace(place, strength=strength, action=kind), time)
    if declined(case):
        kind = kind_of(whole, about, (text, re.sub(r"~+", "~", time.rest)), text)
        return replace(
            place,
            label=Label.REFUSAL,
            action=kind,
            amount=amount_in(_timeless(whole, text), kind),
            why="denied",
        )
    return None


def _promise(whole: Utterance, index: int, act: Found, time: When) -> Found:
    """Complete a promise with its sum and its time."""
    kind = act.action or Kind.OTHER
    amount = amount_in(time.rest, kind) or amount_in(_elsewhere(whole, index), kind)
    if kind is Kind.GUARANTEE:
        return replace(
            act, amount=amount or amount_in(whole.said.text(), kind), why=whole.clauses[index].mood
        )
    if time.due is None and not time.vague:
        time = _time_nearby(whole, index)
    return replace(
        act, amount=amount, due=time.due, vague=time.vague, why=whole.clauses[index].mood
    )


def _timeless(whole: Utterance, text: str) -> str:
    return when(text, whole.call_at).rest


def _elsewhere(whole: Utterance, index: int) -> str:
    """The text of the clauses beside, without conditions, for a sum that was said before or after."""
    parts = [
        whole.said.text(clause.start, clause.end)
        for place, clause in enumerate(whole.clauses)
        if place != index
        and not clause.under
        and not clause.asked
        and not whole.told(clause)
        and promised(_bare_case(whole, clause)) is None
    ]
    return _timeless(whole, " ~ ".join(parts)) if parts else " "


def _bare_case(whole: Utterance, clause: Clause) -> Case:
    text = whole.said.text(clause.start, clause.end)
    rest = f" {clause.verb}{whole.said.text(behind_verb(whole.said, clause), clause.end)}"
    return Case(
        clause=clause,
        text=text,
        rest=rest,
        whole=text,
        kind=action_of(text),
        timed=False,
        side=whole.side,
    )


def _time_nearby(whole: Utterance, index: int) -> When:
    """A time that another clause of the same speaker's plan says: "I'm done at four and will call you"."""
    for place in (index + 1, index - 1, index + 2):
        if not 0 <= place < len(whole.clauses):
            continue
        clause = whole.clauses[place]
        text = whole.said.text(clause.start, clause.end)
        giving = clause.mood is Mood.ORDER and clause.verb in {"give", "allow"}
        planned = clause.mood in {
            Mood.FUTURE,
            Mood.PROGRESSIVE,
            Mood.SHOULD,
        } and clause.who in BOUND | {Who.YOU, Who.OURS, Who.IT}
        if (
            clause.under
            or clause.asked
            or whole.told(clause)
            or phrases.EXCUSES.search(text)
            or not (giving or planned)
        ):
            continue
        if place > index and not clause.chained and clause.who in {Who.I, Who.WE, Who.OURS}:
            continue
        time = when(without_conditions(whole.said, clause, clause.start, clause.end), whole.call_at)
        if time.due is not None:
            return time
    return NEVER_SAID
