"""Words of what is typed and of what is indexed. Pure.

In: a name, an address, a line of the search box. Out: folded words; of a typed line, what a client must have to fit it.
Folded: lower case, ё as е, one form of characters that look alike in Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

WORD_LENGTH = 64
"""Longer words are cut, in the index and in what is typed alike."""
TYPED_LENGTH = 300
MOST_TERMS = 8
"""Each term is a condition; nobody types more words to find one client."""
FEWEST_DIGITS = 3
"""Fewer are in nearly every number."""
_NATIONAL_DIGITS = 10

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_NUMERIC = re.compile(r"[+(]*\d[\d().\-/+]*|[()\-.+]+")
_SPACES = re.compile(r"[\s\u2000-\u200b\u2060\ufeff]+")

_QWERTY = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_JCUKEN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_TO_RUSSIAN = str.maketrans(_QWERTY, _JCUKEN)
_TO_LATIN = str.maketrans(_JCUKEN, _QWERTY)
_SOUNDS = (
    ("shch", "щ"), ("sch", "щ"), ("yo", "е"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("ya", "я"), ("ju", "ю"), ("ja", "я"), ("iy", "ий"), ("ey", "ей"), ("ay", "ай"), ("oy", "ой"),
    ("ph", "ф"), ("ck", "к"), ("a", "а"), ("b", "б"), ("c", "к"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"),
    ("h", "х"), ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"),
    ("q", "к"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "в"), ("x", "кс"), ("y", "ы"),
    ("z", "з"),
)  # fmt: skip
_SOUND = re.compile("|".join(latin for latin, _ in _SOUNDS))
_SOUND_OF = dict(_SOUNDS)
_LATIN_OF = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word that a client must have, in any of its texts."""

    word: str
    others: tuple[str, ...] = ()
    """The same keys on the other layout of the keyboard, the same sounds in the other alphabet."""
    in_email: bool = False
    """Only an address of e-mail has it: it was typed with an @."""


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """Digits: of a telephone number, or words of digits (INN, "Магазин 24")."""

    digits: str
    words: tuple[str, ...]
    is_international: bool = False

    @property
    def national(self) -> tuple[str, ...]:
        """How the number may begin without its country: "8 916" and "7 916" are "916" as well."""
        if not self.is_international and self.digits[0] not in "78":
            return (self.digits,)
        if self.digits[0] not in "78" or len(self.digits) <= FEWEST_DIGITS:
            return (self.digits,)
        return (self.digits, self.digits[1:])


@dataclass(frozen=True, slots=True)
class TypedTag:
    """`#tag`: the beginning of a tag's name, as `tag_key` writes it."""

    key: str


Term = TypedWord | TypedNumber | TypedTag


def folded(text: str) -> str:
    """A text as it is compared: lower case, ё as е, single spaces."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return " ".join(plain.split())


def words_of(text: str) -> list[str]:
    """The different words of a text, folded, in their order."""
    return list(dict.fromkeys(word[:WORD_LENGTH] for word in _WORD.findall(folded(text))))


def tag_key(name: str) -> str:
    """A tag's name as it is typed after #: "новый клиент" is #новый_клиент."""
    return "_".join(_WORD.findall(folded(name)))


def typed_terms(text: str) -> list[Term]:
    """Read a line of the search box. [] for a line without letters and digits."""
    terms: list[Term] = []
    numeric: list[str] = []
    for token in _SPACES.split(unicodedata.normalize("NFKC", text[:TYPED_LENGTH]).strip()):
        if _NUMERIC.fullmatch(token):
            numeric.append(token)
            continue
        terms += _number("".join(f"{one} " for one in numeric))
        numeric = []
        terms += _terms_of(token)
    terms += _number("".join(f"{one} " for one in numeric))
    return list(dict.fromkeys(terms))[:MOST_TERMS]


def other_readings(word: str) -> tuple[str, ...]:
    """What a word would be on the other keyboard layout, and in the other alphabet."""
    readings = [_other_layout(word), _other_alphabet(word)]
    found = (words_of(reading) for reading in readings if reading)
    single = [words[0] for words in found if len(words) == 1]
    return tuple(dict.fromkeys(one for one in single if one != word))


def _terms_of(token: str) -> list[Term]:
    if token.startswith("#") and (key := tag_key(token)):
        return [TypedTag(key[:WORD_LENGTH])]
    words = words_of(token)
    is_email = "@" in token
    others = () if is_email else other_readings(folded(token))
    terms: list[Term] = []
    for word in words:
        if word.isdigit() and len(words) == 1:
            terms += _number(word)
        else:
            terms.append(TypedWord(word, tuple(one for one in others if one != word), is_email))
    return terms


def _number(text: str) -> list[Term]:
    groups = tuple(_DIGITS.findall(text))
    digits = "".join(groups)
    if not digits:
        return []
    return [TypedNumber(digits[:WORD_LENGTH], groups[:MOST_TERMS], "+" in text)]


def _other_layout(text: str) -> str:
    if all(character in _QWERTY for character in text):
        return text.translate(_TO_RUSSIAN)
    if all(character in _JCUKEN for character in text):
        return text.translate(_TO_LATIN)
    return ""


def _other_alphabet(text: str) -> str:
    if not text.isalpha():
        return ""
    if text.isascii():
        return _SOUND.sub(lambda found: _SOUND_OF[found.group()], text)
    if all(character in _LATIN_OF for character in text):
        return "".join(_LATIN_OF[character] for character in text)
    return ""
