"""Calls: read only; whose they were, how they ended, which client and deal they belong to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from sqlalchemy import ColumnElement, select

from calls.tables import Call
from crm import call_visibility, client_visibility, deal_visibility
from crm.access import Permission
from crm.errors import NotFound
from crm.tables import CallLink, Client, Deal, DealCall
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.values import Id, Time, TimeIn

Outcome = Literal["answered", "missed", "abandoned", "busy", "rejected", "failed", "unknown"]


class CallOut(Schema):
    """A call."""

    id: int
    pbx: str
    linkedid: str
    direction: Literal["in", "out", "internal"]
    caller: str
    called: str
    remote_number: str
    remote_e164: str | None
    queue: str
    outcome: Outcome | None = Field(description="null while the call lasts.")
    needs_callback: bool
    answered_by: str
    final_handler: str
    voicemail: bool
    started_at: Time | None
    answered_at: Time | None
    ended_at: Time | None
    wait_s: float | None
    talk_s: float | None
    hold_s: float | None
    source: Literal["live", "resync", "cdr"]
    client_id: int | None
    deal_id: int | None


class CallList(Schema):
    """A page of calls."""

    items: list[CallOut]
    next_cursor: str | None


class CallQuery(PageQuery):
    """Which calls."""

    client_id: Id | None = None
    direction: Literal["in", "out", "internal"] | None = None
    outcome: Outcome | None = None
    since: TimeIn | None = Field(default=None, description="Begun then or later.")
    until: TimeIn | None = Field(default=None, description="Begun before then.")


async def list_calls(asked: Asked) -> CallList:
    """A page of calls, newest first."""
    query = asked.query
    wanted = select(Call).where(call_visibility.seen_by(asked.actor), *_which(asked))
    if (before := id_in(query.cursor)) is not None:
        wanted = wanted.where(Call.id < before)
    wanted = wanted.order_by(Call.id.desc()).limit(query.limit + 1)
    rows = list((await asked.session.scalars(wanted)).all())
    shown = rows[: query.limit]
    more = cursor_of(shown[-1].id) if len(rows) > query.limit else None
    return CallList(items=await _out(asked, shown), next_cursor=more)


async def get_call(asked: Asked) -> CallOut:
    """One call."""
    call_id = asked.id("call_id")
    one = select(Call).where(Call.id == call_id, call_visibility.seen_by(asked.actor))
    row = await asked.session.scalar(one)
    if row is None:
        raise NotFound("call", call_id)
    return (await _out(asked, [row]))[0]


def _which(asked: Asked) -> list[ColumnElement[bool]]:
    query = asked.query
    found: list[ColumnElement[bool]] = []
    if query.client_id is not None:
        seen = select(Client.id).where(
            Client.id == query.client_id, client_visibility.seen_by(asked.actor)
        )
        linked = select(CallLink.call_id).where(CallLink.client_id.in_(seen))
        found.append(Call.id.in_(linked))
    if query.direction is not None:
        found.append(Call.direction == query.direction)
    if query.outcome is not None:
        found.append(Call.outcome == query.outcome)
    if query.since is not None:
        found.append(Call.started_at >= query.since)
    if query.until is not None:
        found.append(Call.started_at < query.until)
    return found


async def _out(asked: Asked, rows: list[Call]) -> list[CallOut]:
    """Calls with the clients and deals that the asker may see."""
    ids, actor = [row.id for row in rows], asked.actor
    clients = await asked.session.execute(
        select(CallLink.call_id, CallLink.client_id)
        .join(Client, Client.id == CallLink.client_id)
        .where(CallLink.call_id.in_(ids), client_visibility.seen_by(actor))
    )
    deals = await asked.session.execute(
        select(DealCall.call_id, DealCall.deal_id)
        .join(Deal, Deal.id == DealCall.deal_id)
        .where(DealCall.call_id.in_(ids), deal_visibility.seen_by(actor))
    )
    whose = {call_id: client_id for call_id, client_id in clients}
    about = {call_id: deal_id for call_id, deal_id in deals}
    plain = [name for name in CallOut.model_fields if name not in ("client_id", "deal_id")]
    return [
        CallOut(
            **{name: getattr(row, name) for name in plain},
            client_id=whose.get(row.id) if actor.may(Permission.CLIENTS_SEE) else None,
            deal_id=about.get(row.id) if actor.may(Permission.DEALS_SEE) else None,
        )
        for row in rows
    ]


OPERATIONS = [
    Operation(
        method="GET", path="/calls", name="listCalls", summary="List calls, newest first",
        permission=Permission.CALLS_SEE_OWN, run=list_calls, query=CallQuery, answer=CallList, tags=("Calls",),
    ),
    Operation(
        method="GET", path="/calls/{call_id:id}", name="getCall", summary="Read a call",
        permission=Permission.CALLS_SEE_OWN, run=get_call, answer=CallOut, tags=("Calls",),
    ),
]  # fmt: skip
