"""How words sound, so far as a speech engine may mishear them. Pure.

In: plain words. Out: keys that are equal for words that sound alike: unstressed vowels, voiced and voiceless consonants,
«-тся» and «-ться», double letters; for English words silent letters and vowels in a rough way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from calls.search.text import CYRILLIC, LATIN

SHORTEST = 5
"""Shorter words are too much like others to forgive anything."""
LONGEST = 30
ENDING = 2
"""Letters at the end in which forms and related words differ."""

_RUSSIAN = [
    (r"[ьъ]", ""), (r"тс|дс|ц", "ц"), (r"тц|дц", "ц"), (r"сч|зч|жч|щ", "ш"), (r"стн", "сн"), (r"здн", "зн"),
    (r"стл", "сл"), (r"лнц", "нц"), (r"вств", "ств"), (r"([оеи])г(о)$", r"\1в\2"), (r"чт", "шт"),
    (r"([^аеиоуыэюя])\1", r"\1"),
]  # fmt: skip
_RUSSIAN_RULES = [(re.compile(pattern), to) for pattern, to in _RUSSIAN]
_VOICELESS = str.maketrans("бвгджз", "пфктшс")
_VOWELS = str.maketrans("оеэыяю", "аиииау")
_ROUGH_VOWELS = str.maketrans("оеэыяю", "аииииу")
_ENGLISH = [
    (r"^kn", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^gu(?=[aei])", "g"), (r"ght", "t"), (r"gh", ""), (r"ph", "f"),
    (r"ck", "k"), (r"sch", "sk"), (r"c(?=[eiy])", "s"), (r"[cq]", "k"), (r"x", "ks"), (r"z", "s"), (r"wh", "w"),
    (r"tion|sion", "shn"), (r"y", "i"), (r"dg", "g"), (r"(.)\1", r"\1"), (r"e$", ""), (r"(?<=.)h", ""),
    (r"(?<=.)[aeiou]+", "a"), (r"a$", ""),
]  # fmt: skip
_ENGLISH_RULES = [(re.compile(pattern), to) for pattern, to in _ENGLISH]
_VOWEL = re.compile(r"[аеиоуыэюя]")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return how a word sounds in the rough: what may be confused is written alike. "" for other scripts and digits."""
    if CYRILLIC.fullmatch(word):
        for pattern, to in _RUSSIAN_RULES:
            word = pattern.sub(to, word)
        return word.translate(_VOICELESS).translate(_ROUGH_VOWELS)
    if LATIN.fullmatch(word):
        for pattern, to in _ENGLISH_RULES:
            word = pattern.sub(to, word)
        return word
    return ""


def same_speech(one: str, other: str) -> bool:
    """Whether two Russian words are spoken the same but for a stress that nobody wrote: «компания» and «кампания».

    Vowels may differ in long words only: «полка» and «палка» are two words. What differs only in its ending is
    another word of the same root: «оплати» and «оплате».
    """
    return one[:-ENDING] != other[:-ENDING] and _strict(one) == _strict(other)


@lru_cache(maxsize=100_000)
def _strict(word: str) -> str:
    vowels = len(_VOWEL.findall(word))
    for pattern, to in _RUSSIAN_RULES:
        word = pattern.sub(to, word)
    heard = _assimilated(word)
    return heard.translate(_VOWELS) if vowels >= 3 else heard


def _assimilated(word: str) -> str:
    """Consonants lose their voice at the end and before others without voice."""
    voiceless = set("пфктшсхцч")
    letters = list(word)
    dull = True
    for index in range(len(letters) - 1, -1, -1):
        if dull:
            letters[index] = letters[index].translate(_VOICELESS)
        dull = letters[index] in voiceless
    return "".join(letters)


def keys_of(word: str, *, listed: bool) -> Iterator[str]:
    """Return the keys under which a spoken word is kept: its sound, and for unlisted words the sound less one.

    Args:
        word: plain.
        listed: whether a dictionary has it.
    """
    heard = sound(word)
    if not heard:
        return
    yield f"={heard}"
    if not listed and len(word) >= SHORTEST:
        yield from sorted({f"-{less}" for less in lessened(heard)})


def lessened(heard: str) -> Iterator[str]:
    """A sound without one of its letters."""
    if len(heard) >= SHORTEST:
        yield heard
        for index in range(len(heard)):
            yield heard[:index] + heard[index + 1 :]


def distance(one: str, other: str, most: int) -> int:
    """How many letters must change, go, come or swap with their neighbour; `most` + 1 for more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, against in enumerate(other, start=1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
