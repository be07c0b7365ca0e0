"""Dates, yes or no, sums and registration numbers out of untidy cells. Pure.

In: a cell and its text. Out: a value, and an issue where it is none or was mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from crm import company_details
from crm.errors import Invalid
from crm.importing import issues
from crm.importing.cells import Cell
from crm.importing.issues import Issue

_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets, with the leap year 1900 that they believe in."""
_SERIALS = range(3654, 73051)
"""1910-01-01 to 2099-12-31."""
_DATE = re.compile(
    r"(\d{1,4})\s*[.\-/,\s]\s*(\d{1,2})\s*[.\-/,\s]\s*(\d{1,4})\s*(?:г(?:\.|ода?)?\.?)?(?:[\sT].*)?"
)
_WORDY = re.compile(
    r"(\d{1,2})\s*[.\-\s]?\s*([а-яa-z]{3,10})\.?[.\-\s]*(\d{2,4})\s*(?:г(?:\.|ода?)?\.?)?(?:\s.*)?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("янв jan", "фев feb", "мар mar", "апр apr", "мая май may", "июн jun", "июл jul", "авг aug", "сен sep",
         "окт oct", "ноя nov", "дек dec"), 1)
    for name in names.split()
}  # fmt: skip
_YES_WORDS = (
    "да yes y true истина 1 + v ✓ ✔ ☑ есть д on ок ok можно дано согласен согласна подписан подписана разрешено разрешена "
    "получено"
)
_NO_WORDS = (
    "нет no n false ложь 0 - — – н off ☐ ✗ ✘ отказ отказался отказалась запрещено запрещена нельзя отписан отписался "
    "отписалась"
)
_YES = frozenset([*_YES_WORDS.split(), "да, согласен", "да, согласна"])
_NO = frozenset([*_NO_WORDS.split(), "не согласен", "не согласна", "не дано"])
_SUM = re.compile(r"[+-]?\d[\d\s'’]*(?:[.,]\d+)*")
_INN_LENGTHS = (9, 10, 11, 12)
_PAIR = re.compile(r"(\d{9,12})\s*[/\\|;,\s]\s*(\d{4}[0-9A-Z]{2}\d{3}|-|)")


@dataclass(frozen=True, slots=True)
class Registration:
    """INN and KPP of one cell."""

    inn: str = ""
    kpp: str = ""
    issue: Issue | None = None


def date_of(cell: Cell, text: str) -> date | None:
    """A date in any usual form; None for what is none. Two digits of a year below 30 are of this century."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _EPOCH + timedelta(days=int(cell)) if int(cell) in _SERIALS else None
    if text.isdigit():
        return _of_digits(text)
    if match := _DATE.fullmatch(text):
        return _of_parts(match[1], match[2], match[3])
    if match := _WORDY.fullmatch(text.casefold()):
        month = _MONTHS.get(match[2][:3])
        return _date(_year(match[3]), month, int(match[1])) if month else None
    return None


def moment_of(cell: Cell, text: str) -> datetime | None:
    """A date with or without a time, without zone; None for what is none."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    day = date_of(cell, text)
    if day is None:
        return None
    clock = _TIME.search(text) if not isinstance(cell, date) else None
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (0, 0)
    if hour > 23 or minute > 59:
        hour = minute = 0
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 (a spreadsheet has no zone)


def flag_of(text: str) -> bool | None:
    """Yes or no; None for neither."""
    folded = text.casefold().strip(" .")
    if folded in _YES:
        return True
    return False if folded in _NO else None


def amount_of(cell: Cell, text: str) -> Decimal | None:
    """A sum: "12 500,50 руб." → 12500.50; None for what is none."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(str(cell)).quantize(Decimal("0.01"))
    match = _SUM.search(text)
    if not match:
        return None
    digits = re.sub(r"[\s'’]", "", match[0])
    head, _, tail = digits.replace(",", ".").rpartition(".")
    several = head.count(".") > 0 or ("," in digits and "." in digits)
    if head and len(tail) == 3 and (several or digits.count(",") == 1):
        head, tail = head + tail, ""
    try:
        return Decimal(f"{head.replace('.', '')}.{tail or 0}" if head else tail or "0")
    except InvalidOperation:
        return None


def registration_of(text: str, kpp: str = "") -> Registration:
    """INN (and KPP after a slash); a lost leading zero is given back if the check digit then fits."""
    text = re.sub(r"[иИ][нН]{2}|[кК][пП]{2}|[:№]", " ", text).strip()
    if pair := _PAIR.fullmatch(" ".join(text.upper().split())):
        text, kpp = pair[1], kpp or pair[2].strip("-")
    digits = re.sub(r"[\s\-.]", "", re.sub(r"[.,]0+$", "", text))
    if not (digits.isascii() and digits.isdigit() and len(digits) in _INN_LENGTHS):
        return Registration("", kpp, issues.error(issues.WRONG_INN, value=text))
    tried = digits if len(digits) in (10, 12) else "0" + digits
    if not is_inn(tried):
        return Registration("", kpp, issues.error(issues.WRONG_INN, value=text))
    mended = issues.warning(issues.ZERO_INN, value=text, taken=tried) if tried != digits else None
    return Registration(tried, kpp, mended)


def is_inn(digits: str) -> bool:
    """Whether this is a taxpayer's number with right check digits."""
    try:
        return len(digits) in (10, 12) and company_details.inn(digits) == digits
    except Invalid:
        return False


def kpp_of(text: str) -> str | None:
    """A KPP; a lost leading zero is given back. None for what is none."""
    code = re.sub(r"[\s\-]", "", re.sub(r"[.,]0+$", "", text)).upper()
    code = "0" + code if len(code) == 8 and code.isdigit() else code
    try:
        return company_details.kpp(code)
    except Invalid:
        return None


def ogrn_of(text: str) -> str | None:
    """An OGRN or OGRNIP; None for what is none."""
    try:
        return company_details.ogrn(re.sub(r"\D", "", re.sub(r"[.,]0+$", "", text)))
    except Invalid:
        return None


def _of_digits(text: str) -> date | None:
    if len(text) == 8:
        return _date(int(text[:4]), int(text[4:6]), int(text[6:])) or _date(
            int(text[4:]), int(text[2:4]), int(text[:2])
        )
    return _EPOCH + timedelta(days=int(text)) if len(text) == 5 and int(text) in _SERIALS else None


def _of_parts(first: str, second: str, third: str) -> date | None:
    if len(first) == 4:
        return _date(int(first), int(second), int(third))
    if len(first) > 2 or len(third) == 3:
        return None
    # Day before month, as Russians write; the American order only where no other is possible.
    year = _year(third)
    return _date(year, int(second), int(first)) or _date(year, int(first), int(second))


def _year(text: str) -> int:
    number = int(text)
    if len(text) > 2:
        return number
    return number + (2000 if number < 30 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    return made if 1880 <= year <= 2100 else None
