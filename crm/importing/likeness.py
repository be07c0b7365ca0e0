"""Whether two names may be the same person, or the same organisation. Pure.

In: two names. Out: yes or no. A number that two people share must not make one of them: "Иванов Иван" and "Иванова Анна"
are two; "Иванов И.И." and "Иван Иванов" may be one.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

_WORD = re.compile(r"[^\W_]+")
_ALIKE = 90
_FORMS = frozenset("ооо оао зао пао нао ао ип чп гуп муп фгуп тоо одо llc ltd inc gmbh co".split())  # noqa: SIM905
_LONG_FORMS = (
    ("общество с ограниченной ответственностью", "ооо"),
    ("публичное акционерное общество", "пао"),
    ("закрытое акционерное общество", "зао"),
    ("открытое акционерное общество", "оао"),
    ("акционерное общество", "ао"),
    ("индивидуальный предприниматель", "ип"),
)
_LATIN = str.maketrans("oacpekmhtbxy", "оасрекмнтвху")


def people_agree(one: str, other: str) -> bool:
    """Whether two names of people may be one person's: the same words, fewer of them, initials, a typing error."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return True
    short, long = sorted((first, second), key=len)
    left = list(long)
    for word in short:
        found = next((w for w in left if _same_word(word, w)), None)
        if found is None:
            break
        left.remove(found)
    else:
        return True
    return _is_typing_error(" ".join(sorted(first)), " ".join(sorted(second)))


def firms_agree(one: str, other: str) -> bool:
    """Whether two names of organisations may be one: legal form and quotation marks aside."""
    (first, form), (second, other_form) = firm_key(one), firm_key(other)
    if not first or not second:
        return True
    if form and other_form and form != other_form:
        return False
    return first == second or (
        min(len(first), len(second)) > 5 and fuzz.ratio(first, second) >= _ALIKE
    )


def firm_key(name: str) -> tuple[str, str]:
    """(name without its legal form, legal form), both folded."""
    text = name.casefold().replace("ё", "е")
    for long, short in _LONG_FORMS:
        text = text.replace(long, short)
    words = _WORD.findall(text)
    forms = [word for word in words if _form(word)]
    core = " ".join(word for word in words if not _form(word))
    return (core or " ".join(words), _form(forms[0]) if forms and core else "")


def person_key(name: str) -> str:
    """A person's name whatever the order of its words."""
    return " ".join(sorted(_words(name)))


def _form(word: str) -> str:
    russian = word.translate(_LATIN)
    return word if word in _FORMS else russian if russian in _FORMS else ""


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold().replace("ё", "е"))


def _same_word(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _is_typing_error(one: str, other: str) -> bool:
    if fuzz.ratio(one, other) < _ALIKE:
        return False
    # "Александр" and "Александра" are two people, "Алексндр" is a typing error.
    pairs = zip(one.split(), other.split(), strict=False)
    return not any(a != b and (a + "а" == b or b + "а" == a) for a, b in pairs)
