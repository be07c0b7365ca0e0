"""Forms about promises, read and checked.

In: what a browser sends. Out: values for `crm`, or `Invalid` with the field's name.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from crm.errors import Invalid
from crm.promise_decisions import OUTCOMES, Closing
from crm.promise_ledger import Marking, Wording
from web.ids import id_of
from web.pages.deal_form import day_of, decimal_of

LARGEST = Decimal(10) ** 13


def text_of(form: FormData, name: str) -> str:
    """A field's text without spaces around it; "" if it is not there."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def number_of(form: FormData, name: str) -> int:
    """An id or index.

    Raises:
        Invalid: it is none.
    """
    number = id_of(text_of(form, name))
    if number is None:
        raise Invalid(name, "must be a number")
    return number


def sum_of(form: FormData, name: str) -> Decimal | None:
    """A number that is not below zero; None if nothing was typed.

    Raises:
        Invalid: it is none.
    """
    text = text_of(form, name)
    if not text:
        return None
    value = decimal_of(name, text)
    if not 0 <= value < LARGEST:
        raise Invalid(name, "A sum is a number that is not below zero.")
    return value


def date_of(form: FormData, name: str) -> date | None:
    """A day that calendars know; None if nothing was typed.

    Raises:
        Invalid: it is none.
    """
    day = day_of(name, text_of(form, name))
    if day is not None and not date(2000, 1, 1) <= day <= date(9000, 1, 1):
        raise Invalid(name, "must be a day such as 2026-12-31")
    return day


def marking_of(form: FormData) -> Marking:
    """Words of a transcript and what they promise.

    Raises:
        Invalid: Names the field.
    """
    by_side, _colon, by_party = text_of(form, "by").partition(":")
    return Marking(
        utterance_id=number_of(form, "utterance_id"),
        word_from=number_of(form, "word_from"),
        word_to=number_of(form, "word_to"),
        wording=wording_of(form),
        by_side="" if by_side == "unknown" else by_side,
        by_party=by_party[:128],
    )


def wording_of(form: FormData) -> Wording:
    """What was promised and until when.

    Raises:
        Invalid: Names the field.
    """
    return Wording(
        what=text_of(form, "what"),
        due_on=date_of(form, "due_on"),
        due_time=_hour(form),
        action=text_of(form, "action") or "other",
        amount=sum_of(form, "amount"),
        unit=text_of(form, "unit"),
    )


def closing_of(form: FormData, zone: ZoneInfo) -> Closing:
    """What became of a promise.

    Raises:
        Invalid: Names the field.
    """
    for outcome in OUTCOMES:
        if text_of(form, "state") == outcome:
            done_on = day_of("done_on", text_of(form, "done_on"))
            noon = datetime.combine(done_on, time(12), zone) if done_on else None
            return Closing(
                outcome=outcome,
                done_at=noon if outcome == "kept" else None,
                cancelled_by=text_of(form, "cancelled_by"),
                reason=text_of(form, "reason"),
            )
    raise Invalid("state", "must be kept, broken or cancelled")


def _hour(form: FormData) -> time | None:
    text = text_of(form, "due_time")
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Invalid("due_time", "must be an hour such as 14:30") from None
