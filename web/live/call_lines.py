"""Calls in one line each, for the live parts of pages.

In: an actor and conditions. Out: `CallLine`s, newest first, with the client's and the colleague's names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import call_visibility, client_visibility
from crm.access import Actor
from crm.tables import CallLink, Client
from web.pages.phone_names import PhoneNames, phone_names


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One call as a list shows it."""

    id: int
    pbx: str
    direction: str
    outcome: str | None
    ended: bool
    number: str
    client_id: int | None
    client: str
    queue: str
    colleague: str
    """Who of ours talked, or whose phone it was; "" if nobody."""
    started_at: datetime | None
    answered_at: datetime | None
    talk_s: float | None
    wait_s: float | None
    voicemail: bool
    sample: bool


async def call_lines(
    session: AsyncSession, actor: Actor, *conditions: ColumnElement[bool], limit: int = 10
) -> list[CallLine]:
    """The newest calls that this person sees and that meet the conditions."""
    query = (
        select(Call, Client.id, Client.name)
        .outerjoin(CallLink, CallLink.call_id == Call.id)
        .outerjoin(Client, and_(Client.id == CallLink.client_id, client_visibility.seen_by(actor)))
        .where(call_visibility.seen_by(actor), *conditions)
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(limit)
    )
    rows = (await session.execute(query)).all()
    names = await phone_names(session, [row[0] for row in rows]) if rows else PhoneNames({})
    return [_line(call, client_id, name or "", names) for call, client_id, name in rows]


def _line(call: Call, client_id: int | None, name: str, names: PhoneNames) -> CallLine:
    return CallLine(
        id=call.id,
        pbx=call.pbx,
        direction=call.direction,
        outcome=call.outcome,
        ended=call.ended,
        number=_other_side(call),
        client_id=client_id,
        client=name or call.caller_name if call.direction != "out" else name,
        queue=call.queue,
        colleague=_colleague(call, names),
        started_at=call.started_at,
        answered_at=call.answered_at,
        talk_s=call.talk_s,
        wait_s=call.wait_s,
        voicemail=call.voicemail,
        sample=call.sample,
    )


def _other_side(call: Call) -> str:
    if call.remote_number:
        return call.remote_number
    return call.called if call.direction == "internal" else ""


def _colleague(call: Call, names: PhoneNames) -> str:
    if call.direction in ("out", "internal"):
        return names.of(call.pbx, call.caller, call.started_at)
    ours = call.final_handler or call.answered_by
    return names.of(call.pbx, ours, call.answered_at or call.started_at) if ours else ""
