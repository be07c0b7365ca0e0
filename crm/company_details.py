"""Registration numbers of Russian companies and entrepreneurs: INN, KPP, OGRN and OGRNIP. Pure.

In: a number as typed. Out: its digits, or what is wrong with it. A number with a wrong check digit was mistyped: no such
company can be registered.

Sources: INN and KPP: order of the Federal Tax Service MMV-7-6/435@ of 29.06.2012 (structure; the check digits are those of
order BG-3-09/178 of 03.03.2004). OGRN and OGRNIP: order of the Ministry of Finance 165n of 30.10.2017 (structure and check
digit), before it government decree 438 of 19.06.2002.
"""

from __future__ import annotations

import re

from crm.errors import Invalid

_SPACING = re.compile(r"[\s\-]+")
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11TH = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12TH = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def inn(typed: str, *, of_person: bool = False) -> str:
    """The taxpayer's number: 10 digits of a legal entity, 12 of a person or an entrepreneur; "" if nothing was typed.

    Raises:
        Invalid: not such a number, or a wrong check digit.
    """
    digits = _digits("inn", typed)
    if not digits:
        return ""
    if of_person and len(digits) != 12:
        raise Invalid(
            "inn", "the INN of a person has 12 digits, this one has %(count)d", count=len(digits)
        )
    if len(digits) not in (10, 12):
        why = "an INN has 10 digits (a company) or 12 (an entrepreneur), this one has %(count)d"
        raise Invalid("inn", why, count=len(digits))
    if not int(digits) or digits[-len(_inn_ends(digits)) :] != _inn_ends(digits):
        raise Invalid("inn", "the check digit of this INN is wrong: a digit was mistyped")
    return digits


def kpp(typed: str) -> str:
    """The reason code of a company's registration: 9 signs, the 5th and 6th may be letters; it has no check digit.

    Raises:
        Invalid: not such a code.
    """
    code = _SPACING.sub("", typed).upper()
    if code and not _KPP.fullmatch(code):
        why = "a KPP has 9 digits (the 5th and the 6th may be Latin letters), this one is %(typed)s"
        raise Invalid("kpp", why, typed=code[:40])
    return code


def ogrn(typed: str) -> str:
    """The registration number: OGRN of 13 digits, or OGRNIP of an entrepreneur of 15; "" if nothing was typed.

    Raises:
        Invalid: not such a number, or a wrong check digit.
    """
    digits = _digits("ogrn", typed)
    if not digits:
        return ""
    if len(digits) not in (13, 15):
        why = "an OGRN has 13 digits, an OGRNIP has 15, this one has %(count)d"
        raise Invalid("ogrn", why, count=len(digits))
    if digits[0] not in ("15" if len(digits) == 13 else "3"):
        raise Invalid("ogrn", "an OGRN begins with 1 or 5, an OGRNIP with 3")
    if int(digits[:-1]) % (len(digits) - 2) % 10 != int(digits[-1]):
        raise Invalid("ogrn", "the check digit of this OGRN is wrong: a digit was mistyped")
    return digits


def _digits(field: str, typed: str) -> str:
    text = _SPACING.sub("", typed)
    if text and not (text.isascii() and text.isdigit()):
        raise Invalid(field, "only digits, please: %(typed)s", typed=text[:40])
    return text


def _inn_ends(digits: str) -> str:
    """The check digits that an INN of these first digits has."""
    if len(digits) == 10:
        return _check(digits, _INN_10)
    return _check(digits, _INN_11TH) + _check(digits, _INN_12TH)


def _check(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11 % 10)
