"""Words and their normal forms, the same for the index and for queries. Pure.

In: text as transcribed or typed. Out: one index form per word. A Russian word form can belong to several words
("банка" is a jar, and of a bank; "стали" is steel, and they became). Its index form names all of them, joined by "·",
and a query for one of them asks for every such form in which it occurs: nothing is missed, and "сталь" does not find
"стал". Latin words are taken to their English stem in the same way; other scripts and digits stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import pymorphy3

from calls.search import english

JOINT = "·"
LIKELY = 0.02
"""Readings of a word form that are rarer than this are left out. "банка" as a jar has 0.045, "стали" as steel 0.025."""
WORD_CHARACTERS = 100
"""Longer "words" are cut: PostgreSQL refuses lexemes of more than 2046 bytes."""
CYRILLIC = re.compile(r"[а-яё]+")
LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text and where it stands: text[start:end]."""

    start: int
    end: int
    form: str
    """Its index form."""
    word: str = ""
    """As it is spoken, plain; "" for what stands for a whole number."""


@cache
def _word() -> re.Pattern[str]:
    """Letters and digits of every script with the marks that stand on them."""
    marks = [chr(c) for c in range(0x300, 0x10000) if unicodedata.category(chr(c))[0] == "M"]
    return re.compile(rf"[^\W_](?:[^\W_]|[{''.join(marks)}])*")


@cache
def _morphology() -> Any:
    return pymorphy3.MorphAnalyzer()


def tokens(text: str) -> Iterator[Token]:
    """Split a text into words with their index forms."""
    for found in _word().finditer(text):
        word = plain(found.group())
        if word:
            yield Token(found.start(), found.end(), index_form(word), word)


def words(text: str) -> list[str]:
    """Split a text into words as they are written."""
    return _word().findall(text)


def index_text(text: str) -> str:
    """Return what the index holds for the words of a text: one form per word, in order, parted by single spaces."""
    return " ".join(token.form for token in tokens(text))


def plain(word: str) -> str:
    """Return a word in lower case, composed, without stress marks, ё as е."""
    composed = unicodedata.normalize("NFC", word.lower())
    return composed.replace("\u0301", "").replace("\u0300", "").replace("ё", "е")[:WORD_CHARACTERS]


@lru_cache(maxsize=200_000)
def index_form(word: str) -> str:
    """Return the form under which a plain word is indexed."""
    if CYRILLIC.fullmatch(word):
        return JOINT.join(_lemmas(word))
    if LATIN.fullmatch(word):
        return JOINT.join(english.stems(word))
    return word


@lru_cache(maxsize=20_000)
def query_forms(word: str) -> tuple[str, ...]:
    """Return all index forms that a search for a plain word must look for, sorted."""
    if LATIN.fullmatch(word):
        stems = english.stems(word)
        groups = {JOINT.join(group) for stem in stems for group in english.joined().get(stem, ())}
        return tuple(sorted({*stems, *groups}))
    if not CYRILLIC.fullmatch(word):
        return (index_form(word),)
    wanted = set(_lemmas(word))
    forms = {index_form(word), *wanted}
    forms |= {index_form(form) for form in spoken_forms(word)}
    return tuple(sorted(form for form in forms if wanted & set(form.split(JOINT))))


@lru_cache(maxsize=20_000)
def spoken_forms(word: str) -> tuple[str, ...]:
    """Return all forms of the words that a plain Russian word may belong to, sorted; any other word alone."""
    if not CYRILLIC.fullmatch(word):
        return (word,)
    wanted = set(_lemmas(word))
    forms = {word}
    for parse in _morphology().parse(word):
        if plain(parse.normal_form) in wanted:
            forms |= {plain(form.word) for form in parse.lexeme}
    return tuple(sorted(forms))


def is_known(word: str) -> bool:
    """Whether the dictionary has this plain Russian word."""
    return bool(_morphology().word_is_known(word))


@lru_cache(maxsize=200_000)
def _lemmas(word: str) -> tuple[str, ...]:
    """The words that a word form may belong to, sorted."""
    scores: dict[str, float] = {}
    parses = _morphology().parse(word)
    for parse in parses:
        lemma = plain(parse.normal_form)
        scores[lemma] = scores.get(lemma, 0.0) + parse.score
    best = plain(parses[0].normal_form)
    if not parses[0].is_known:
        return (best,)
    return tuple(sorted({best, *(lemma for lemma, score in scores.items() if score >= LIKELY)}))
