"""Numbers, times and durations as people read them. Pure.

In: stored values, a zone and a language. Out: text. Templates call these as filters with the request's zone and language.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "CNY": "¥"}


@lru_cache(maxsize=4096)
def pretty_number(raw: str, region: str = "RU") -> str:
    """A telephone number as people write it: "+7 495 123-45-67"; extensions and names stay as they are."""
    digits = sum(ch.isdigit() for ch in raw)
    if digits < 7:
        return raw
    try:
        parsed = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return raw
    if not phonenumbers.is_possible_number(parsed):
        return raw
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def dialable(raw: str) -> str:
    """What a phone may dial of this: digits, `*`, `#` and a leading plus; "" if nothing is left."""
    kept = "".join(ch for ch in raw if ch.isdigit() or ch in "*#")
    return ("+" if raw.strip().startswith("+") and kept else "") + kept


def clock_time(at: datetime | None, zone: ZoneInfo, locale: str) -> str:
    """Hours and minutes in the company's zone; "" for an unknown time."""
    return "" if at is None else format_time(at.astimezone(zone), "HH:mm", locale=locale)


def day_and_time(at: datetime | None, zone: ZoneInfo, locale: str, now: datetime) -> str:
    """A time as short as it can be understood: today only the clock, this year without the year."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    today = now.astimezone(zone).date()
    if local.date() == today:
        return format_time(local, "HH:mm", locale=locale)
    pattern = "d MMM, HH:mm" if local.year == today.year else "d MMM y, HH:mm"
    return format_datetime(local, pattern, locale=locale)


def weekday_and_time(at: datetime, zone: ZoneInfo, locale: str) -> str:
    """A time to come, with its day of the week: "Fri, 20 Nov 2026, 13:30"."""
    return format_datetime(at.astimezone(zone), "EEE, d MMM y, HH:mm", locale=locale)


def full_time(at: datetime | None, zone: ZoneInfo, locale: str) -> str:
    """Date, clock with seconds and zone: for tooltips and lists of evidence."""
    return (
        ""
        if at is None
        else format_datetime(at.astimezone(zone), "d MMM y, HH:mm:ss", locale=locale)
    )


def day(on: date | datetime | None, zone: ZoneInfo, locale: str) -> str:
    """A day with its year."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(zone).date()
    return format_date(on, "d MMM y", locale=locale)


def plain_day(on: date, locale: str) -> str:
    """A day that belongs to no zone: "27 Nov 2026"."""
    return format_date(on, "d MMM y", locale=locale)


def near_day(on: date, locale: str) -> str:
    """A day of this week or the next: "Friday, 27 November", «пятница, 27 ноября»."""
    return format_date(on, "EEEE, d MMMM", locale=locale)


def day_of_month(on: date, locale: str) -> str:
    """A day of this year or the next: "21 November", «21 ноября»."""
    return format_date(on, "d MMMM", locale=locale)


def month(on: date, locale: str) -> str:
    """A month with its year, short: "Nov 2026", «нояб. 2026»."""
    return format_date(on, "LLL y", locale=locale)


def duration(seconds: float | None) -> str:
    """How long something took: "0:07", "12:40", "1:02:05"; "" if unknown."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def start_of_day(now: datetime, zone: ZoneInfo, days_ago: int = 0) -> datetime:
    """Midnight in the company's zone, in UTC."""
    local = now.astimezone(zone) - timedelta(days=days_ago)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def money(amount: Decimal | None, currency: str, locale: str) -> str:
    """A sum as people write it: "1 234,50 ₽", without ",00"; "" for none. The sign stands behind in each language."""
    if amount is None:
        return ""
    whole = amount == amount.to_integral_value()
    number = format_decimal(amount, "#,##0" if whole else "#,##0.00", locale=locale)
    return f"{number}\N{NO-BREAK SPACE}{_SIGNS.get(currency, currency)}"


def quantity(number: Decimal | float | None, locale: str) -> str:
    """A quantity or a percentage without zeros at its end: "1,5", "3"; "" for none."""
    return "" if number is None else format_decimal(number, "#,##0.###", locale=locale)


def file_size(size_bytes: int, locale: str) -> str:
    """The size of a file: "10 B", "4.4 KB", «25 МБ»; counted in steps of 1024, as file managers do."""
    units = ("Б", "КБ", "МБ", "ГБ") if locale == "ru" else ("B", "KB", "MB", "GB")
    size, step = float(size_bytes), 0
    while size >= 1024 and step < len(units) - 1:
        size, step = size / 1024, step + 1
    shown = format_decimal(size, "#,##0" if step == 0 or size >= 10 else "#,##0.#", locale=locale)
    return f"{shown}\N{NO-BREAK SPACE}{units[step]}"
