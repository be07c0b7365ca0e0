"""English word forms: one stem for all inflected forms of a word, and no more. Pure.

In: a word in lower case. Out: its stems; several where a form belongs to several words ("left": "leave", "left").
Endings of inflection only are taken off (steps 1 and 5 of Porter's second stemmer): "customer" does not become "custom",
"manager" not "manage". Irregular forms stand in `english_forms`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from calls.search.english_forms import COMPARED, IRREGULAR, UNCHANGED

VOWELS = "aeiouy"
_R1 = re.compile(r"[aeiouy][^aeiouy]")
_SHORT = re.compile(r"(?:^[aeiouy][^aeiouy]|[^aeiouy][aeiouy][^aeiouywxY])$")


@lru_cache(maxsize=100_000)
def stems(word: str) -> tuple[str, ...]:
    """Return the stems of all words that this may be a form of, sorted."""
    return _irregular().get(word) or (stem(word),)


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for line in IRREGULAR.strip().splitlines():
        base, *forms = line.split()
        for form in forms:
            own = {stem(form[:-1])} if form.endswith("*") else set()
            found.setdefault(form.rstrip("*"), set()).update({stem(base)} | own)
    for base in COMPARED.split():
        for form in _compared(base):
            found.setdefault(form, set()).add(stem(base))
    return {form: tuple(sorted(bases)) for form, bases in found.items()}


@cache
def joined() -> dict[str, tuple[tuple[str, ...], ...]]:
    """For each stem: the groups of several stems in which it stands."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for group in _irregular().values():
        for one in group:
            if len(group) > 1:
                found.setdefault(one, set()).add(group)
    return {one: tuple(sorted(groups)) for one, groups in found.items()}


def _compared(base: str) -> tuple[str, str]:
    if base.endswith("e"):
        return f"{base}r", f"{base}st"
    if base.endswith("y") and base[-2] not in VOWELS:
        return f"{base[:-1]}ier", f"{base[:-1]}iest"
    if re.search(r"[^aeiouy][aeiou][^aeiouywx]$", base):
        return f"{base}{base[-1]}er", f"{base}{base[-1]}est"
    return f"{base}er", f"{base}est"


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Take the ending of a regular form off."""
    if len(word) <= 2 or word in UNCHANGED:
        return word
    bare = _participle(_plural(_marked(word)))
    if len(bare) > 2 and bare[-1] in "yY" and bare[-2] not in VOWELS:
        bare = f"{bare[:-1]}i"
    return _final(bare).replace("Y", "y")


def _marked(word: str) -> str:
    """Write Y for a y that is a consonant."""
    return re.sub(r"(^|[aeiouy])y", r"\1Y", word)


def _r1(word: str) -> int:
    for prefix in ("gener", "commun", "arsen"):
        if word.startswith(prefix):
            return len(prefix)
    found = _R1.search(word)
    return found.end() if found else len(word)


def _r2(word: str) -> int:
    found = _R1.search(word, _r1(word))
    return found.end() if found else len(word)


def _has_vowel(word: str) -> bool:
    return any(letter in VOWELS for letter in word)


def _plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith(("us", "ss", "is")) or not word.endswith("s"):
        return word
    return word[:-1] if _has_vowel(word[:-2]) else word


def _participle(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if len(word) - 3 >= _r1(word) else word
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            bare = word[: -len(ending)]
            return _mended(bare) if _has_vowel(bare) else word
    return word


def _mended(bare: str) -> str:
    if bare.endswith(("at", "bl", "iz")):
        return f"{bare}e"
    if len(bare) > 2 and bare[-1] == bare[-2] and bare[-1] in "bdfgmnprt":
        return bare[:-1]
    if _r1(bare) >= len(bare) and _SHORT.search(bare):
        return f"{bare}e"
    return bare


def _final(word: str) -> str:
    last = len(word) - 1
    if word.endswith("e"):
        in_r1 = last >= _r1(word) and not _SHORT.search(word[:-1])
        return word[:-1] if last >= _r2(word) or in_r1 else word
    if word.endswith("ll") and last >= _r2(word):
        return word[:-1]
    return word
