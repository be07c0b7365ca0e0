"""Promises: listed, read, confirmed, rejected, closed, and the last decision taken back."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from crm import client_visibility, promise_decisions, promise_visibility
from crm.access import Permission
from crm.promise_decisions import Closing
from crm.tables import Client, Promise
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.values import Id, Time, TimeIn
from web.promise_words import house_of

State = Literal["found", "rejected", "open", "kept", "broken", "cancelled", "disputed"]


class PromiseOut(Schema):
    """A promise. `quote` and `what` are null for keys whose person may not hear the call."""

    id: int
    call_id: int
    client_id: int | None = Field(description="null where there is none, or one that is hidden.")
    state: State
    by_side: str
    promiser_id: int | None
    task_id: int | None
    what: str | None
    quote: str | None
    action: str
    amount: Decimal | None
    unit: str
    due_on: date | None
    due_time: time | None = Field(description="Local to the company.")
    strength: str
    withdrawn: bool
    found_by: Literal["rules", "person"]
    proposed: Literal["", "kept", "broken"] = Field(description="What Slovo thinks became of it.")
    start_s: float | None
    end_s: float | None
    closed_at: Time | None
    done_at: Time | None
    in_time: bool | None
    cancelled_by: Literal["", "client", "us"]


class PromiseList(Schema):
    """A page of promises."""

    items: list[PromiseOut]
    next_cursor: str | None


class PromiseQuery(PageQuery):
    """Which promises."""

    state: State | None = None
    action: str | None = Field(default=None, max_length=16)
    client_id: Id | None = None
    call_id: Id | None = None
    promiser_id: Id | None = None


class OutcomeIn(Schema):
    """What became of a promise."""

    outcome: Literal["kept", "broken", "cancelled"]
    done_at: TimeIn | None = Field(default=None, description="Of a kept one: when it was done.")
    cancelled_by: Literal["", "client", "us"] = ""
    reason: str = Field(default="", max_length=2_000)


async def list_promises(asked: Asked) -> PromiseList:
    """A page of promises, newest first."""
    query = asked.query
    wanted = select(Promise).where(promise_visibility.seen_by(asked.actor))
    for name in ("state", "action", "call_id", "promiser_id"):
        if (value := getattr(query, name)) is not None:
            wanted = wanted.where(getattr(Promise, name) == value)
    if query.client_id is not None:
        seen = select(Client.id).where(client_visibility.seen_by(asked.actor))
        wanted = wanted.where(Promise.client_id == query.client_id, Promise.client_id.in_(seen))
    if (before := id_in(query.cursor)) is not None:
        wanted = wanted.where(Promise.id < before)
    ordered = wanted.order_by(Promise.id.desc()).limit(query.limit + 1)
    rows = (await asked.session.scalars(ordered)).all()
    more = cursor_of(rows[query.limit - 1].id) if len(rows) > query.limit else None
    items = [await _out(asked, row) for row in rows[: query.limit]]
    return PromiseList(items=items, next_cursor=more)


async def get_promise(asked: Asked) -> PromiseOut:
    """One promise."""
    return await _one(asked)


async def confirm_promise(asked: Asked) -> PromiseOut:
    """Say that what the rules found is a promise."""
    house = house_of(asked.services)
    await promise_decisions.confirm(asked.session, asked.actor, asked.id("promise_id"), house)
    return await _one(asked)


async def reject_promise(asked: Asked) -> PromiseOut:
    """Say that what the rules found is none."""
    await promise_decisions.reject(asked.session, asked.actor, asked.id("promise_id"))
    return await _one(asked)


async def close_promise(asked: Asked) -> PromiseOut:
    """Say what became of a promise."""
    closing = Closing(**asked.body.model_dump())
    zone, promise_id = asked.services.zone, asked.id("promise_id")
    await promise_decisions.close(asked.session, asked.actor, promise_id, closing, zone)
    return await _one(asked)


async def undo_promise(asked: Asked) -> PromiseOut:
    """Take the last decision back."""
    await promise_decisions.undo(asked.session, asked.actor, asked.id("promise_id"))
    return await _one(asked)


async def _one(asked: Asked) -> PromiseOut:
    promise = await promise_visibility.get(asked.session, asked.actor, asked.id("promise_id"))
    return await _out(asked, promise)


async def _out(asked: Asked, promise: Promise) -> PromiseOut:
    readable = await promise_visibility.may_read(asked.session, asked.actor, promise)
    seen = select(Client.id).where(
        Client.id == promise.client_id, client_visibility.seen_by(asked.actor)
    )
    named = {"client_id", "what", "quote", "amount", "unit"}
    plain = {n: getattr(promise, n) for n in PromiseOut.model_fields if n not in named}
    return PromiseOut(
        **plain,
        client_id=await asked.session.scalar(seen),
        what=promise.what if readable else None,
        quote=promise.quote if readable else None,
        amount=promise.amount_value,
        unit=promise.amount_unit,
    )


_TAGS = ("Promises",)
_ONE = "/promises/{promise_id:id}"
_SEE, _MARK = Permission.PROMISES_SEE, Permission.PROMISES_MARK
OPERATIONS = [
    Operation(
        method="GET", path="/promises", name="listPromises", summary="List promises, newest first",
        permission=_SEE, run=list_promises, query=PromiseQuery, answer=PromiseList, tags=_TAGS,
    ),
    Operation(
        method="GET", path=_ONE, name="getPromise", summary="Read a promise",
        permission=_SEE, run=get_promise, answer=PromiseOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/confirm", name="confirmPromise", summary="Confirm what the rules found",
        permission=_SEE, run=confirm_promise, answer=PromiseOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/reject", name="rejectPromise", summary="Reject what the rules found",
        permission=_MARK, run=reject_promise, answer=PromiseOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/close", name="closePromise", summary="Say what became of a promise",
        permission=_MARK, run=close_promise, body=OutcomeIn, answer=PromiseOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/undo", name="undoPromise", summary="Take the last decision back",
        permission=_SEE, run=undo_promise, answer=PromiseOut, tags=_TAGS,
    ),
]  # fmt: skip
