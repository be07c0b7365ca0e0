"""From what was said to who bound himself to what: the one way in. Pure.

In: a sentence or the turns of a dialogue, their language, and the local time of the call. Out: `Found` acts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from calls.promises import english, russian
from calls.promises.model import NOTHING, Found, Turn

RULES = "2"
"""Version of the rules: acts found by another one are found anew."""

CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)
GUESSED_FROM = 20
"""Turns whose letters tell the language of a dialogue."""


def sentence(text: str, lang: str, call_at: datetime, side: str = "unknown") -> Found:
    """Label one sentence.

    Args:
        text: as the speech engine writes it.
        lang: "ru" or "en" (also "ru-RU"); "" or "auto" is guessed by the letters. Other languages bind nobody.
        call_at: local time of the call; dates are resolved against it.
        side: who speaks: "client", "operator" or "unknown".

    Returns:
        The act that counts most: promise before claim before refusal; label "none" if there is none.
    """
    match language(text, lang):
        case "ru":
            return russian.sentence(text, call_at, side)
        case "en":
            return english.sentence(text, call_at, side)
        case _:
            return NOTHING


def dialogue(turns: Sequence[Turn], lang: str, call_at: datetime) -> list[Found]:
    """Find all acts of a dialogue in order, each once; a promise spread over two turns is one, withdrawn ones are marked.

    Raises nothing: turns without words bind nobody.
    """
    match language(" ".join(turn.text for turn in turns[:GUESSED_FROM]), lang):
        case "ru":
            return russian.dialogue(turns, call_at)
        case "en":
            return english.dialogue(turns, call_at)
        case _:
            return []


def language(text: str, lang: str) -> str:
    """The rules that fit: as named ("ru-RU" too), else by the letters; "" for neither."""
    named = lang.lower().partition("-")[0]
    if named in ("ru", "en"):
        return named
    cyrillic, latin = len(CYRILLIC.findall(text)), len(LATIN.findall(text))
    if not cyrillic + latin or named not in ("", "auto", "und", "none"):
        return ""
    return "ru" if cyrillic >= latin else "en"
