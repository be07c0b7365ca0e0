"""Rows of the list of calls: the calls with the names of clients and operators.

In: one page of calls. Out: its `CallRow`s, in the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Recording
from crm import client_visibility
from crm.access import Actor
from crm.tables import CallLink, Client
from web.pages.outcome_words import reason_words
from web.pages.phone_names import PhoneNames


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call of the list."""

    call: Call
    caller_name: str
    called_name: str
    operator_name: str
    client_id: int | None
    client_name: str
    recording_id: int | None
    reason: str


async def rows_of(
    session: AsyncSession,
    actor: Actor,
    calls: Sequence[Call],
    names: PhoneNames,
    hearable: Collection[int] | None = None,
) -> list[CallRow]:
    """Put names, clients and recordings beside calls, with two queries for all of them.

    Args:
        session: An open session.
        actor: Who looks: clients whom they may not see stand there as numbers.
        calls: What is listed.
        names: Whose phones there are.
        hearable: Ids of the calls whose recordings are named; None names all.
    """
    clients = await _clients_of(session, actor, calls)
    heard = calls if hearable is None else [call for call in calls if call.id in hearable]
    recordings = await _recordings_of(session, heard)
    return [_row(call, names, clients.get(call.id), recordings.get(call.id)) for call in calls]


def _row(
    call: Call, names: PhoneNames, client: tuple[int, str] | None, recording_id: int | None
) -> CallRow:
    at = call.answered_at or call.started_at
    return CallRow(
        call=call,
        caller_name=names.of(call.pbx, call.caller, call.started_at),
        called_name=names.of(call.pbx, call.called, call.started_at),
        operator_name=names.of(call.pbx, operator_of(call), at),
        client_id=client[0] if client else None,
        client_name=client[1] if client else "",
        recording_id=recording_id,
        reason=reason_words(call, names),
    )


def operator_of(call: Call) -> str:
    """Our side of the call: who made it, or who took it; "" while nobody did."""
    return call.caller if call.direction == "out" else call.answered_by


async def _clients_of(
    session: AsyncSession, actor: Actor, calls: Sequence[Call]
) -> Mapping[int, tuple[int, str]]:
    rows = await session.execute(
        select(CallLink.call_id, Client.id, Client.name)
        .join(Client, Client.id == CallLink.client_id)
        .where(CallLink.call_id.in_([call.id for call in calls]), client_visibility.seen_by(actor))
    )
    return {call_id: (client_id, name) for call_id, client_id, name in rows}


async def _recordings_of(session: AsyncSession, calls: Sequence[Call]) -> Mapping[int, int]:
    rows = await session.execute(
        select(Recording.call_id, Recording.id)
        .where(
            Recording.call_id.in_([call.id for call in calls]),
            Recording.state == "ready",
        )
        .order_by(Recording.id.desc())
    )
    return {call_id: recording_id for call_id, recording_id in rows if call_id is not None}
