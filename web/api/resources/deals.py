"""Deals: listed, read, added, changed, moved, put into the bin, with their positions and payments."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from crm import bin as bin_of_things
from crm import deal_moves, deal_obligatory, deal_visibility, deals, payments
from crm.access import Permission
from crm.bin_kinds import Kind
from crm.deal_moves import Move
from crm.deals import DealFields
from crm.errors import NotFound
from crm.payments import PaymentFields
from crm.tables import Deal, Payment
from web.api.operation import Asked, Operation
from web.api.paging import cursor_of, id_in
from web.api.resources.deal_schemas import (
    DealIn,
    DealList,
    DealOut,
    DealPatch,
    DealQuery,
    MoveIn,
    PaymentIn,
    PaymentOut,
)

_TAGS = ("Deals",)


async def list_deals(asked: Asked) -> DealList:
    """A page of deals, by id."""
    query = asked.query
    wanted = select(Deal).where(deal_visibility.seen_by(asked.actor))
    for name in ("client_id", "funnel_id", "stage_id", "state", "responsible_id"):
        if (value := getattr(query, name)) is not None:
            wanted = wanted.where(getattr(Deal, name) == value)
    if query.updated_since is not None:
        wanted = wanted.where(Deal.updated_at >= query.updated_since)
    if (after := id_in(query.cursor)) is not None:
        wanted = wanted.where(Deal.id > after)
    wanted = wanted.options(selectinload(Deal.items), selectinload(Deal.payments))
    rows = (await asked.session.scalars(wanted.order_by(Deal.id).limit(query.limit + 1))).all()
    shown = rows[: query.limit]
    more = cursor_of(shown[-1].id) if len(rows) > query.limit else None
    return DealList(items=[DealOut.of(deal) for deal in shown], next_cursor=more)


async def get_deal(asked: Asked) -> DealOut:
    """One deal."""
    return await _one(asked, asked.id("deal_id"))


async def add_deal(asked: Asked) -> DealOut:
    """Add a deal."""
    body = asked.body
    deal = await deals.create(
        asked.session,
        asked.actor,
        body.fields(),
        stage_id=body.stage_id,
        funnel_id=body.funnel_id,
    )
    await deal_obligatory.require(asked.session, deal)
    return await _one(asked, deal.id)


async def change_deal(asked: Asked) -> DealOut:
    """Change a part of a deal; its stage is changed by moving it."""
    deal_id = asked.id("deal_id")
    known = await deals.get(asked.session, asked.actor, deal_id)
    names = ("name", "client_id", "contact_id", "amount", "currency", "responsible_id",
             "expected_on", "notes", "source")  # fmt: skip
    fields = DealFields(**{name: getattr(known, name) for name in names})
    changed = replace(fields, **asked.body.changes())
    deal = await deals.edit(asked.session, asked.actor, deal_id, asked.body.version, changed)
    await deal_obligatory.require(asked.session, deal)
    return await _one(asked, deal_id)


async def move_deal(asked: Asked) -> DealOut:
    """Put a deal into a stage."""
    body, deal_id = asked.body, asked.id("deal_id")
    to = Move(stage_id=body.stage_id, loss_reason_id=body.loss_reason_id, loss_note=body.loss_note)
    await deal_moves.move(asked.session, asked.actor, deal_id, body.version, to)
    return await _one(asked, deal_id)


async def delete_deal(asked: Asked) -> None:
    """Put the deal into the bin."""
    await bin_of_things.put(asked.session, asked.actor, Kind.DEAL, asked.id("deal_id"))


async def add_payment(asked: Asked) -> PaymentOut:
    """Plan a payment, or note one that came."""
    fields = PaymentFields(**asked.body.model_dump())
    row = await payments.add(asked.session, asked.actor, asked.id("deal_id"), fields)
    return PaymentOut.model_validate(row)


async def change_payment(asked: Asked) -> PaymentOut:
    """Replace what is known of a payment."""
    await _payment(asked)
    fields = PaymentFields(**asked.body.model_dump())
    row = await payments.change(asked.session, asked.actor, asked.id("payment_id"), fields)
    return PaymentOut.model_validate(row)


async def delete_payment(asked: Asked) -> None:
    """Take a payment away."""
    await _payment(asked)
    await payments.remove(asked.session, asked.actor, asked.id("payment_id"))


async def _one(asked: Asked, deal_id: int) -> DealOut:
    return DealOut.of(await deals.get(asked.session, asked.actor, deal_id))


async def _payment(asked: Asked) -> None:
    """A payment is named below its deal: of another deal it is not found."""
    deal = await deals.get(asked.session, asked.actor, asked.id("deal_id"))
    row = await asked.session.get(Payment, asked.id("payment_id"))
    if row is None or row.deal_id != deal.id:
        raise NotFound("payment", asked.id("payment_id"))


_ONE = "/deals/{deal_id:id}"
_PAYMENT = f"{_ONE}/payments/{{payment_id:id}}"
OPERATIONS = [
    Operation(
        method="GET", path="/deals", name="listDeals", summary="List deals",
        permission=Permission.DEALS_SEE, run=list_deals, query=DealQuery, answer=DealList, tags=_TAGS,
    ),
    Operation(
        method="POST", path="/deals", name="addDeal", summary="Add a deal",
        permission=Permission.DEALS_EDIT, run=add_deal, body=DealIn, answer=DealOut, status=201, errors=(404,),
        tags=_TAGS,
    ),
    Operation(
        method="GET", path=_ONE, name="getDeal", summary="Read a deal",
        permission=Permission.DEALS_SEE, run=get_deal, answer=DealOut, tags=_TAGS,
    ),
    Operation(
        method="PATCH", path=_ONE, name="changeDeal", summary="Change a part of a deal",
        permission=Permission.DEALS_EDIT, run=change_deal, body=DealPatch, answer=DealOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/move", name="moveDeal", summary="Move a deal to a stage",
        permission=Permission.DEALS_EDIT, run=move_deal, body=MoveIn, answer=DealOut, tags=_TAGS,
    ),
    Operation(
        method="DELETE", path=_ONE, name="deleteDeal", summary="Put a deal into the bin",
        permission=Permission.DEALS_DELETE, run=delete_deal, status=204, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/payments", name="addPayment", summary="Plan or note a payment",
        permission=Permission.DEALS_EDIT, run=add_payment, body=PaymentIn, answer=PaymentOut, status=201, tags=_TAGS,
    ),
    Operation(
        method="PUT", path=_PAYMENT, name="changePayment", summary="Replace a payment",
        permission=Permission.DEALS_EDIT, run=change_payment, body=PaymentIn, answer=PaymentOut, tags=_TAGS,
    ),
    Operation(
        method="DELETE", path=_PAYMENT, name="deletePayment", summary="Take a payment away",
        permission=Permission.DEALS_EDIT, run=delete_payment, status=204, tags=_TAGS,
    ),
]  # fmt: skip
