"""One label for one sentence. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from calls.promises.english.acts import acts
from calls.promises.model import NOTHING, ActionKind, Found, Label

COMINGS = frozenset({ActionKind.VISIT, ActionKind.DELIVERY})
AIMS = frozenset({ActionKind.REPAIR, ActionKind.REPLACEMENT})
ORDER = (Label.PROMISE, Label.CLAIM, Label.REFUSAL)


def sentence(text: str, call_at: datetime, side: str) -> Found:
    """The act of a sentence that counts most: promise before claim before refusal.

    Args:
        text: one utterance.
        call_at: local time of the call.
        side: "client", "operator" or "unknown".
    """
    found = acts(text, call_at, side)
    for label in ORDER:
        of_label = [act for act in found if act.label is label]
        if of_label:
            named = [act for act in of_label if act.action is not ActionKind.OTHER]
            return _whole(_aim(named or of_label), of_label)
    return NOTHING


def _aim(found: list[Found]) -> Found:
    """The first act; but who comes and mends, mends."""
    first = found[0]
    for act in found[1:2]:
        if first.action in COMINGS and act.action in AIMS:
            return replace(
                act,
                due=act.due or first.due,
                vague=act.vague or first.vague,
                amount=act.amount or first.amount,
            )
    return first


def _whole(act: Found, given: list[Found]) -> Found:
    """Complete an act by the time and the sum that are said of the same kind again."""
    if act.label is not Label.PROMISE:
        return act
    for other in given:
        if other.action is act.action and other is not act:
            act = replace(
                act,
                due=act.due or other.due,
                amount=act.amount or other.amount,
                vague=act.vague and not other.due,
            )
    return act
