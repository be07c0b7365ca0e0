"""Forms about disputes, read and checked.

In: what a browser sends. Out: values for `crm`, or `Invalid` with the field's name.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from crm.dispute_evidence import Spot
from crm.dispute_verdict import Verdict
from crm.disputes import DisputeFields
from crm.errors import Invalid
from crm.tables import User
from web.ids import id_of
from web.pages.promise_forms import date_of, number_of, sum_of, text_of

LONGEST_S = 24 * 3600.0


async def people_of(session: AsyncSession) -> list[tuple[int, str]]:
    """Everybody who works here, for fields that choose a person."""
    query = select(User.id, User.name, User.login).where(User.active.is_(True)).order_by(User.name)
    return [(one.id, one.name or one.login) for one in await session.execute(query)]


def fields_of(form: FormData, today: date) -> DisputeFields:
    """What somebody says about a case.

    Raises:
        Invalid: Names the field.
    """
    client_id = id_of(text_of(form, "client_id"))
    if client_id is None:
        raise Invalid("client_id", "Choose the client from the list.")
    return DisputeFields(
        client_id=client_id,
        claim=text_of(form, "claim"),
        claimed_on=date_of(form, "claimed_on") or today,
        action=text_of(form, "action") or "other",
        amount=sum_of(form, "amount"),
        unit=text_of(form, "unit"),
        promised_from=date_of(form, "promised_from"),
        promised_to=date_of(form, "promised_to"),
        deal_id=id_of(text_of(form, "deal_id")),
        responsible_id=id_of(text_of(form, "responsible_id")),
        call_id=id_of(text_of(form, "call")),
        act_id=id_of(text_of(form, "act")),
        promise_id=id_of(text_of(form, "promise")),
    )


def verdict_of(form: FormData) -> Verdict:
    """What a supervisor decides.

    Raises:
        Invalid: Names the field.
    """
    return Verdict(
        verdict=text_of(form, "verdict"),
        text=text_of(form, "text"),
        granted=sum_of(form, "granted"),
        respondent_id=id_of(text_of(form, "respondent_id")),
    )


def spot_of(form: FormData) -> Spot:
    """A place in a call: words, or a stretch of the sound.

    Raises:
        Invalid: Names the field.
    """
    has_words = bool(text_of(form, "utterance_id"))
    return Spot(
        call_id=number_of(form, "call_id"),
        utterance_id=number_of(form, "utterance_id") if has_words else None,
        word_from=number_of(form, "word_from") if has_words else None,
        word_to=number_of(form, "word_to") if has_words else None,
        start_s=_second(form, "start_s"),
        end_s=_second(form, "end_s"),
        note=text_of(form, "note"),
    )


def _second(form: FormData, name: str) -> float | None:
    text = text_of(form, name)
    try:
        value = float(text) if text else None
    except ValueError:
        raise Invalid(name, "must be a number") from None
    if value is not None and not 0 <= value <= LONGEST_S:
        raise Invalid(name, "must be a number")
    return value
