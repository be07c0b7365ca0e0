"""Kinds of custom fields: what may be typed into each, and how a value is written again. Pure.

In: a value as typed in a form, read from a file or sent by a program. Out: a plain value of the kind (text, Decimal, date,
bool, tuple of choices, id of a client or a file), None for nothing; or what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from urllib.parse import urlsplit

from crm.errors import Invalid

Value = str | Decimal | date | bool | int | tuple[str, ...]


class FieldKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    FLAG = "flag"
    LIST = "list"
    MANY = "many"
    LINK = "link"
    FILE = "file"
    CLIENT = "client"


WITH_OPTIONS = frozenset({FieldKind.LIST, FieldKind.MANY})
TEXT_LENGTH = 10_000
LINK_LENGTH = 2000
KEY_LENGTH = 64
_LARGEST = Decimal(10) ** 13
"""Larger numbers do not fit into 64 bits with four places."""
_YES = frozenset({"1", "true", "yes", "on", "да", "+", "y", "истина"})
_NO = frozenset({"0", "false", "no", "off", "нет", "-", "n", "ложь"})
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True)),
        **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya"},
        **{"ъ": "", "ь": ""},
    }
)


def key_of(name: str) -> str:
    """The key of a field with this name: Latin letters, digits and _; "" if nothing of the name can be written so."""
    key = re.sub(r"[^a-z0-9]+", "_", name.lower().translate(_LATIN)).strip("_")
    return key[: KEY_LENGTH - 4].strip("_")


def parse(kind: str, name: str, typed: object, choices: Sequence[str] = ()) -> Value | None:
    """Read a value.

    Args:
        kind: of `FieldKind`.
        name: key of the field: names it in errors, as "custom.KEY".
        typed: a text, a list of texts, or a value of the right type already; None and "" are nothing.
        choices: of kinds "list" and "many": what may be chosen.

    Raises:
        Invalid: the value is not of this kind.
    """
    field = f"custom.{name}"
    if kind == FieldKind.MANY:
        return _many(field, typed, choices)
    if isinstance(typed, list | tuple):
        if len(typed) > 1:
            raise Invalid(field, "only one value fits here")
        typed = typed[0] if typed else None
    if typed is None or (isinstance(typed, str) and not typed.strip()):
        return None
    return _READERS[FieldKind(kind)](field, typed, choices)


def texts_of(value: Value | None) -> list[str]:
    """The value as a form shows it and `parse` reads it again: a text for each choice."""
    if value is None:
        return []
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, Decimal):
        return [f"{value.normalize():f}"]
    return [str(value)]


def _text(field: str, typed: object, _choices: Sequence[str]) -> str:
    text = str(typed).strip()
    if len(text) > TEXT_LENGTH:
        raise Invalid(field, "must not be longer than %(most)d characters", most=TEXT_LENGTH)
    return text


def _decimal(field: str, typed: object, places: int) -> Decimal:
    text = re.sub(r"[\s\u00a0\u202f_']", "", str(typed)).replace("−", "-").replace(",", ".")
    try:
        number = Decimal(text) if text.isascii() else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if isinstance(typed, bool) or not number.is_finite():
        raise Invalid(field, "%(typed)s is no number", typed=str(typed)[:40])
    if abs(number) >= _LARGEST:
        raise Invalid(field, "this number is too large")
    if number != round(number, places):
        why = "a number with at most %(places)d digits behind the comma, please"
        raise Invalid(field, why, places=places)
    return number


def _number(field: str, typed: object, _choices: Sequence[str]) -> Decimal:
    return _decimal(field, typed, 4)


def _money(field: str, typed: object, _choices: Sequence[str]) -> Decimal:
    return round(_decimal(field, typed, 2), 2)


def _date(field: str, typed: object, _choices: Sequence[str]) -> date:
    if isinstance(typed, date):
        return date(typed.year, typed.month, typed.day)
    text = str(typed).strip()
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise Invalid(field, "%(typed)s is no date: write 31.12.2026", typed=text[:40])
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Invalid(field, "there is no such day: %(typed)s", typed=text) from error


def _flag(field: str, typed: object, _choices: Sequence[str]) -> bool:
    if isinstance(typed, bool):
        return typed
    text = str(typed).strip().casefold()
    if text not in _YES | _NO:
        raise Invalid(field, "say yes or no, not %(typed)s", typed=text[:40])
    return text in _YES


def _one(field: str, typed: object, choices: Sequence[str]) -> str:
    text = str(typed).strip()
    same = next((one for one in choices if one.casefold() == text.casefold()), None)
    if same is None:
        raise Invalid(
            field,
            "%(typed)s is not in the list: %(choices)s",
            typed=text[:80],
            choices=", ".join(choices)[:300],
        )
    return same


def _many(field: str, typed: object, choices: Sequence[str]) -> tuple[str, ...] | None:
    if isinstance(typed, str):
        # A choice with a comma in it is one choice when it stands alone.
        whole = typed.strip().casefold() in {one.casefold() for one in choices}
        typed = [typed] if whole else re.split(r"[;,\n]", typed)
    listed = typed if isinstance(typed, list | tuple) else [] if typed is None else [typed]
    chosen = {_one(field, one, choices) for one in listed if str(one).strip()}
    return tuple(one for one in choices if one in chosen) or None


def _link(field: str, typed: object, _choices: Sequence[str]) -> str:
    text = str(typed).strip()
    if "://" not in text and "." in text and " " not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", text):
        why = "%(typed)s is no address of a page: it begins with https://"
        raise Invalid(field, why, typed=text[:80])
    if len(text) > LINK_LENGTH:
        raise Invalid(field, "must not be longer than %(most)d characters", most=LINK_LENGTH)
    return text


def _id(field: str, typed: object, _choices: Sequence[str]) -> int:
    if isinstance(typed, int) and not isinstance(typed, bool) and 0 <= typed < 10**18:
        return typed
    text = str(typed).strip()
    found = re.fullmatch(r"(?:.*#)?([0-9]{1,18})", text, re.DOTALL)
    if found is None:
        raise Invalid(field, "choose one of those that are offered, not %(typed)s", typed=text[:80])
    return int(found[1])


_READERS: dict[FieldKind, Callable[[str, object, Sequence[str]], Value]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _money,
    FieldKind.DATE: _date,
    FieldKind.FLAG: _flag,
    FieldKind.LIST: _one,
    FieldKind.LINK: _link,
    FieldKind.FILE: _id,
    FieldKind.CLIENT: _id,
}
