"""Acts in set phrases that no clause shows. Pure.

In: an utterance and the acts found in its clauses. Out: further `Found` acts: "no charge", "out of the question".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from calls.promises.english import phrases
from calls.promises.english.actions import action_of
from calls.promises.english.amounts import amount_in
from calls.promises.english.due import when
from calls.promises.english.kinds import HOLDING
from calls.promises.english.refusals import NOT_DECLINED, PHRASES
from calls.promises.english.utterance import Utterance
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Found, Label, Strength

STATED = re.compile(r" (?:if|was|were|usually) ")


def of_phrases(whole: Utterance, given: list[Found]) -> Iterator[Found]:
    """Acts in set phrases that no clause shows: "no charge", "out of the question"."""
    labels = {act.label for act in given}
    text = whole.said.text()
    honour = _honour(whole, text)
    if honour and not labels & {Label.PROMISE, Label.REFUSAL}:
        yield _given_word(whole, text, honour)
    phrase = PHRASES.search(text)
    known = Label.REFUSAL in labels or NOT_DECLINED.search(text)
    if phrase and not known and not _is_questioned(whole, phrase):
        yield _declining(whole, text, phrase)


def _honour(whole: Utterance, text: str) -> re.Match[str] | None:
    """A word of honour, or a price said to stand."""
    if any(clause.asked for clause in whole.clauses) or any(
        not told.own for told, _ in whole.reports
    ):
        return None
    if phrases.GENERAL.search(text) or phrases.UNSURE.search(text):
        return None
    honour = phrases.HONOUR.search(text)
    if whole.side == "client":
        own = honour and re.search(r" (?:my|our) word| count on | promise ", honour[0])
        return honour if own else None
    return honour or (None if STATED.search(text) else phrases.KEPT.search(text))


def _given_word(whole: Utterance, text: str, honour: re.Match[str]) -> Found:
    text = _unconditional(whole)
    time = when(text, whole.call_at, held=bool(HOLDING.search(text)))
    kind = action_of(re.sub(r"~+", "~", time.rest))
    hedged = phrases.HEDGES.search(text)
    act = Found(
        label=Label.PROMISE,
        action=kind,
        amount=amount_in(text if kind is Kind.GUARANTEE else time.rest, kind),
        due=None if kind is Kind.GUARANTEE else time.due,
        vague=time.vague,
        strength=Strength.HEDGED if hedged else Strength.FIRM,
        why="honour",
    )
    return _at_match(whole, honour, act)


def _unconditional(whole: Utterance) -> str:
    """The text without the clauses that are conditions."""
    tokens = list(whole.said.tokens)
    for clause in whole.clauses:
        if clause.under:
            tokens[clause.start : clause.end] = ["~"] * (clause.end - clause.start)
    return f" {' '.join(tokens)} "


def _declining(whole: Utterance, text: str, phrase: re.Match[str]) -> Found:
    rest = when(text, whole.call_at).rest
    kind = action_of(re.sub(r"~+", "~", rest))
    if kind is Kind.PRICE and re.search(r" (?:fee|charge|fine|penalty) ", text):
        kind = Kind.WAIVER
    amount = amount_in(rest, kind)
    return _at_match(
        whole, phrase, Found(label=Label.REFUSAL, action=kind, amount=amount, why="phrase")
    )


def _is_questioned(whole: Utterance, phrase: re.Match[str]) -> bool:
    """Whether a refusing phrase stands in a question, a condition or a report."""
    at = whole.said.text()[: phrase.start() + 1].count(" ") - 1
    for clause in whole.clauses:
        if clause.start <= at + 1 < clause.end + 1 and (
            clause.asked or clause.under in {"if", "unless", "whether"} or whole.told(clause)
        ):
            return True
    return any(clause.asked and clause.start <= at < clause.end for clause in whole.clauses)


def _at_match(whole: Utterance, match: re.Match[str], act: Found) -> Found:
    text = whole.said.text()
    first = text[: match.start() + 1].count(" ") - 1
    last = max(first, text[: match.end()].rstrip().count(" ") - 1)
    limit = len(whole.said.tokens) - 1
    return replace(
        act,
        word_from=whole.said.first[min(first, limit)],
        word_to=whole.said.last[min(last, limit)],
    )
