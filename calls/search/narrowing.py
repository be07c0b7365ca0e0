"""The words of a query that narrow it: sides, days, people, queues, tags, confidence. Pure.

In: what stands behind `from:`, `who:` and the like. Out: values, or `InvalidSearchQuery` with what is wrong and its mend.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from calls.errors import InvalidSearchQuery

NAMES = {
    "client": "client", "клиент": "client", "operator": "operator", "оператор": "operator",
    "from": "from", "с": "from", "от": "from", "to": "to", "по": "to", "до": "to",
    "who": "who", "кто": "who", "queue": "queue", "очередь": "queue",
    "min-confidence": "confidence", "уверенность": "confidence",
}  # fmt: skip
"""Names of what narrows a query → what it narrows."""
SIDES = ("client", "operator")
_RELATIVE = {
    "today": 0, "сегодня": 0, "yesterday": -1, "вчера": -1, "позавчера": -2, "завтра": 1, "tomorrow": 1,
}  # fmt: skip
_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d+)?)(%?)")


def days_of(typed: str, value: str, today: date | None) -> tuple[date, date]:
    """Return the first and last day of what is named: a day, a month or a year.

    Raises:
        InvalidSearchQuery: it names no day.
    """
    word = value.lower()
    if word in _RELATIVE and today is not None:
        day = today + timedelta(days=_RELATIVE[word])
        return day, day
    try:
        span = _span(word)
    except ValueError:
        span = None
    if span is None:
        why = "is no date: write 2026-12-31, 31.12.2026, 2026-11 or yesterday"
        raise InvalidSearchQuery(typed, why, value)
    return span


def _span(word: str) -> tuple[date, date] | None:
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", word):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return day, day
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", word):
        day = date(int(found[3]), int(found[2]), int(found[1]))
        return day, day
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})|(\d{1,2})\.(\d{4})", word):
        year, month = int(found[1] or found[4]), int(found[2] or found[3])
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if found := re.fullmatch(r"(\d{4})", word):
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    return None


def confidence_of(typed: str, value: str) -> float:
    """Read 0.8, 0,8 or 80%.

    Raises:
        InvalidSearchQuery: it is no share.
    """
    found = _SHARE.fullmatch(value)
    share = float(found[1].replace(",", ".")) if found else -1.0
    if found and (found[2] or share > 1):
        share /= 100
    if not 0 <= share <= 1:
        why = "is no confidence: write a share such as 0.8 or 80%"
        raise InvalidSearchQuery(typed, why, value)
    return share
