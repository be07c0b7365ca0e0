"""Finders of speech acts for tests: they know a few words, so that a test does not hang on the rules of a language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from calls.promises.model import ActionKind, Amount, Due, Found, Label, Strength, Turn
from calls.promises.task import Rules


def find(turns: Sequence[Turn], lang: str, call_at: datetime) -> list[Found]:
    """«сделаем …» promises a discount until the day of the call, «обещали …» is a claim, «можем …» a refusal."""
    found = []
    for number, turn in enumerate(turns):
        words = turn.text.lower().split()
        for label, begin in (
            (Label.PROMISE, "сделаем"),
            (Label.CLAIM, "обещали"),
            (Label.REFUSAL, "можем"),
        ):
            if begin in words:
                promised = label is Label.PROMISE
                found.append(
                    Found(
                        label=label,
                        action=ActionKind.DISCOUNT,
                        amount=Amount(Decimal(10), "percent") if "десять" in words else None,
                        due=Due(call_at.date()) if promised else None,
                        strength=Strength.FIRM if promised else None,
                        turn=number,
                        word_from=words.index(begin),
                        word_to=min(words.index(begin) + 4, len(words) - 1),
                    )
                )
    return found


RULES = Rules(find, "test-1")
