"""Which spoken words may be a misheard form of a word. Pure.

In: a word that is looked for, and spoken words that sound somewhat like it. Out: whether one may be meant. A word that the
dictionary has is forgiven only where both are spoken the same; another one also a small difference, the longer the larger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from calls.search import text
from calls.search.listed import is_listed
from calls.search.sounds import SHORTEST, distance, lessened, same_speech, sound

ONE_LETTER = frozenset("свкуоаия")
SHORTEST_SPLIT = 6
MOST_FORMS = 90
_ENDINGS = ("s", "es", "ed", "d", "ing")


@lru_cache(maxsize=5_000)
def forms_of(word: str) -> tuple[str, ...]:
    """The forms of a word in which it may have been said."""
    if text.CYRILLIC.fullmatch(word):
        # Participles have very many forms and are hardly ever said: the shorter half of the rest is enough.
        return tuple(
            sorted(text.spoken_forms(word), key=lambda form: (len(form), form))[:MOST_FORMS]
        )
    base = word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    return tuple(sorted({word, base, *(base + ending for ending in _ENDINGS)}))


@lru_cache(maxsize=5_000)
def keys_for(word: str) -> frozenset[str]:
    """Keys under which misheard forms of a word are kept."""
    if len(word) < SHORTEST or not sound(word):
        return frozenset()
    keys = set()
    for heard in {sound(form) for form in forms_of(word) if len(form) >= SHORTEST}:
        keys.add(f"={heard}")
        keys |= {f"-{less}" for less in lessened(heard)}
    return frozenset(keys)


def is_misheard(word: str, spoken: str) -> bool:
    """Whether a spoken word may be a form of a word that the engine misheard."""
    if len(spoken) < SHORTEST or text.index_form(spoken) in text.query_forms(word):
        return False
    forms = [form for form in forms_of(word) if len(form) >= SHORTEST]
    if is_listed(spoken):
        return bool(text.CYRILLIC.fullmatch(spoken)) and any(same_speech(f, spoken) for f in forms)
    heard = sound(spoken)
    return any(_is_like(heard, sound(form)) for form in forms)


def _is_like(heard: str, wanted: str) -> bool:
    allowed = 0 if len(wanted) < SHORTEST + 1 else 1 if len(wanted) < 10 else 2
    return distance(heard, wanted, allowed) <= allowed


@lru_cache(maxsize=5_000)
def halves(word: str) -> tuple[tuple[str, str, str], ...]:
    """(form, left, right): how forms of a word may have been heard as two words."""
    if len(word) < SHORTEST_SPLIT or not sound(word):
        return ()
    return tuple(
        (form, form[:cut], form[cut:])
        for form in forms_of(word)
        if len(form) >= SHORTEST_SPLIT
        for cut in range(1, len(form) - 1)
        if cut > 1 or form[0] in ONE_LETTER
    )


def are_halves(form: str, left: str, right: str) -> bool:
    """Whether two spoken words, side by side, sound as a form of a word."""
    if len(left) == 1 and left not in ONE_LETTER:
        return False
    joined = left + right
    if joined == form:
        return True
    if is_listed(left) and is_listed(right):
        return bool(text.CYRILLIC.fullmatch(joined)) and same_speech(joined, form)
    return sound(joined) == sound(form)


def joins(left: str, right: str) -> Iterator[str]:
    """What two words of a query may have been heard as together."""
    if len(left) + len(right) >= SHORTEST_SPLIT and bool(left.isascii()) == bool(right.isascii()):
        for form in forms_of(right):
            yield left + form


def is_joined(spoken: str, joined: Iterable[str]) -> bool:
    """Whether a spoken word sounds as two words of a query together."""
    if len(spoken) < SHORTEST_SPLIT:
        return False
    if spoken in (together := tuple(joined)):
        return True
    if is_listed(spoken):
        return bool(text.CYRILLIC.fullmatch(spoken)) and any(
            same_speech(one, spoken) for one in together
        )
    return any(sound(one) == sound(spoken) for one in together)
