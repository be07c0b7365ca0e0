"""A rule of repetition in words, in the current language: "every 2 weeks on Mon, Thu, 10 times".

In: a rule and its first time. Out: one sentence.
"""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date, get_day_names, get_month_names

from crm.recurrence import DAYS, Every, Recurrence, read
from crm.series import Series
from web.i18n import current_locale, ngettext
from web.i18n import gettext as _


def series_words(kept: str) -> str:
    """The repetition of a task as it is kept; "" for none."""
    if not kept:
        return ""
    series = Series.read(kept)
    return words(read(series.rule), series.first)


def words(rule: Recurrence, first: datetime) -> str:
    """What a rule says.

    Args:
        rule: the rule.
        first: its first time, wall time: names the day of the month, and of the week where none is chosen.
    """
    parts = [_how_often(rule, first), _at(first), _end(rule)]
    return ", ".join(part for part in parts if part)


def _how_often(rule: Recurrence, first: datetime) -> str:
    many = rule.interval
    day = rule.month_day or first.day
    match rule.every:
        case Every.WORKING_DAY:
            return _("every working day, Monday to Friday")
        case Every.DAY:
            return ngettext("every day", "every %(num)d days", many) % {"num": many}
        case Every.WEEK:
            often = ngettext("every week", "every %(num)d weeks", many) % {"num": many}
            return f"{often}: {_days(rule, first)}"
        case Every.MONTH:
            often = ngettext("every month", "every %(num)d months", many) % {"num": many}
            on = _("on day %(day)d") % {"day": day}
        case Every.YEAR:
            often = ngettext("every year", "every %(num)d years", many) % {"num": many}
            month = get_month_names("wide", "format", current_locale())[rule.month or first.month]
            on = _("on %(day)d %(month)s") % {"day": day, "month": month}
    is_short = day > (28 if rule.every is Every.MONTH or day < 30 else 31)
    note = _("or the last day of a shorter month") if is_short else ""
    return f"{often} {on}" + (f" ({note})" if note else "")


def _days(rule: Recurrence, first: datetime) -> str:
    names = get_day_names("abbreviated", "stand-alone", current_locale())
    chosen = rule.days or (DAYS[first.weekday()],)
    return ", ".join(names[place] for place, day in enumerate(DAYS) if day in chosen)


def _at(first: datetime) -> str:
    return _("at %(time)s") % {"time": first.strftime("%H:%M")}


def _end(rule: Recurrence) -> str:
    if rule.count is not None:
        return ngettext("once", "%(num)d times", rule.count) % {"num": rule.count}
    if rule.until is not None:
        day = format_date(rule.until, "d MMM y", locale=current_locale())
        return _("until %(day)s") % {"day": day}
    return ""
