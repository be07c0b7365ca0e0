"""Promises, claims and disputes in words: kinds, sums, dates and states, in the language of the moment.

In: values as the tables keep them. Out: text for pages, tasks and notifications. A promise that the rules found has no
words of its own beside its quote, so its kind and sum say what it is about: "refund, 2 500 ₽".
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from functools import partial

from crm.promise_decisions import House
from crm.tables import Promise
from web import format as formats
from web.i18n import current_locale, ngettext, use_locale
from web.i18n import gettext as _
from web.services import Services


def action_words() -> dict[str, str]:
    """Kinds of what is promised (`calls.promises.model.ActionKind`)."""
    return {
        "callback": _("call back"),
        "discount": _("discount"),
        "refund": _("refund"),
        "delivery": _("delivery"),
        "document": _("document"),
        "price": _("price"),
        "replacement": _("replacement"),
        "payment": _("payment"),
        "visit": _("visit"),
        "repair": _("repair"),
        "waiver": _("waiver of a fee"),
        "transfer": _("handing on"),
        "guarantee": _("guarantee"),
        "other": _("something else"),
    }


def unit_choices() -> dict[str, str]:
    """Units that people choose from."""
    return {
        "RUB": "₽",
        "USD": "$",
        "EUR": "€",
        "percent": "%",
        "pieces": _("pieces"),
        "hours": _("hours"),
        "days": _("days"),
        "weeks": _("weeks"),
        "months": _("months"),
        "years": _("years"),
    }


def amount_words(value: Decimal | None, unit: str) -> str:
    """How much: "10 %", "2 500 ₽", "3 days"; "" for nothing."""
    if value is None:
        return ""
    locale = current_locale()
    if unit == "percent":
        return f"{formats.quantity(value, locale)}\N{NO-BREAK SPACE}%"
    if len(unit) == 3 and unit.isupper():
        return formats.money(value, unit, locale)
    whole = int(value) if value == value.to_integral_value() else None
    counted = _counted(unit, whole) if whole is not None else ""
    named = unit_choices().get(unit, unit)
    return counted or f"{formats.quantity(value, locale)}\N{NO-BREAK SPACE}{named}".strip()


def _counted(unit: str, number: int) -> str:
    forms = {
        "pieces": ngettext("%(num)d piece", "%(num)d pieces", number),
        "minutes": ngettext("%(num)d minute", "%(num)d minutes", number),
        "hours": ngettext("%(num)d hour", "%(num)d hours", number),
        "days": ngettext("%(num)d day", "%(num)d days", number),
        "weeks": ngettext("%(num)d week", "%(num)d weeks", number),
        "months": ngettext("%(num)d month", "%(num)d months", number),
        "years": ngettext("%(num)d year", "%(num)d years", number),
    }
    return forms[unit] % {"num": number} if unit in forms else ""


def about(action: str, value: Decimal | None, unit: str) -> str:
    """Kind and sum: "discount, 10 %"."""
    kind = action_words().get(action, action)
    amount = amount_words(value, unit)
    return f"{kind}, {amount}" if amount else kind


def promise_title(promise: Promise) -> str:
    """What was promised: in a person's words, else by kind and sum."""
    if promise.what:
        return promise.what
    return about(promise.action, promise.amount_value, promise.amount_unit)


def due_words(due_on: date | None, due_time: time | None, today: date | None = None) -> str:
    """Until when: "27 Nov 2026, 14:30", with the weekday where it is within a week; "" without a date."""
    if due_on is None:
        return ""
    locale = current_locale()
    near = today is not None and 0 <= (due_on - today).days < 7
    day = formats.near_day(due_on, locale) if near else formats.plain_day(due_on, locale)
    return f"{day}, {due_time:%H:%M}" if due_time else day


def house_of(services: Services) -> House:
    """What `crm` needs to make tasks of promises: the company's zone and language."""
    return House(services.zone, partial(task_title, services.settings.locale))


def task_title(locale: str, promise: Promise) -> str:
    """What a promise's task is called in this language."""
    with use_locale(locale):
        return _("Promised: %(what)s") % {"what": promise_title(promise)}


def verdict_words() -> dict[str, str]:
    """What a dispute ended with."""
    return {
        "for_client": _("for the client"),
        "for_company": _("for the company"),
        "partly": _("partly for the client"),
        "unproven": _("not proven"),
    }
