"""Deals: listed, read, added, changed, moved, put into the bin; their positions, payments, funnels and products."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from crm import bin as bin_of_things
from crm import deal_moves, deal_obligatory, deal_visibility, deals, funnels, payments
from crm.access import Permission
from crm.bin_kinds import Kind
from crm.deal_items import ItemFields
from crm.deal_moves import Move
from crm.deals import DealFields
from crm.errors import NotFound
from crm.payments import PaymentFields
from crm.tables import Deal, Payment, Product
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.values import Id, Money, Time, TimeIn, Version

_TAGS = ("Deals",)
Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Quantity = Annotated[
    Decimal,
    Field(gt=0, lt=Decimal(10) ** 9, decimal_places=3, max_digits=12, allow_inf_nan=False),
]
Percent = Annotated[
    Decimal, Field(ge=0, le=100, decimal_places=2, max_digits=5, allow_inf_nan=False)
]


class Item(Schema):
    """A position of a deal."""

    name: Name
    quantity: Quantity = Decimal(1)
    unit: str = Field(default="", max_length=32)
    price: Money = Decimal(0)
    discount: Percent = Decimal(0)
    product_id: Id | None = None


class PaymentOut(Schema):
    """A sum that is due, or was paid."""

    id: int
    due_on: date
    amount: Money
    paid_on: date | None
    note: str


class PaymentIn(Schema):
    """A sum that is due, or was paid."""

    due_on: date
    amount: Annotated[
        Decimal,
        Field(gt=0, lt=Decimal(10) ** 13, decimal_places=2, max_digits=15, allow_inf_nan=False),
    ]
    paid_on: date | None = None
    note: str = Field(default="", max_length=255)


class DealIn(Schema):
    """A new deal."""

    name: Name
    client_id: Id | None = None
    contact_id: Id | None = None
    amount: Money = Field(default=Decimal(0), description="Of a deal with positions theirs counts.")
    currency: Currency | None = Field(default=None, description="Left out: as the funnel.")
    responsible_id: Id | None = None
    expected_on: date | None = None
    notes: str = Field(default="", max_length=20_000)
    source: str = Field(default="api", max_length=64)
    items: list[Item] = Field(default_factory=list, max_length=200)
    funnel_id: Id | None = Field(default=None, description="Left out: the first one.")
    stage_id: Id | None = Field(default=None, description="Left out: the funnel's first one.")

    def fields(self) -> DealFields:
        """What it says, as `crm` takes it."""
        plain = self.model_dump(exclude={"items", "funnel_id", "stage_id", "currency"})
        return DealFields(**plain, currency=self.currency or "", items=_items(self.items))


class DealPatch(Schema):
    """What shall be different; what is left out stays."""

    version: Version
    name: Name | None = None
    client_id: Id | None = None
    contact_id: Id | None = None
    amount: Money | None = None
    currency: Currency | None = None
    responsible_id: Id | None = None
    expected_on: date | None = None
    notes: str | None = Field(default=None, max_length=20_000)
    source: str | None = Field(default=None, max_length=64)
    items: list[Item] | None = Field(default=None, max_length=200)

    def changes(self) -> dict[str, object]:
        """Fields of `DealFields` that shall be different; null empties what may be empty."""
        empties = {"client_id", "contact_id", "responsible_id", "expected_on"}
        found: dict[str, object] = {}
        for name in self.model_fields_set - {"version"}:
            value = getattr(self, name)
            if value is not None or name in empties:
                found[name] = _items(value) if name == "items" else value
        return found


class DealOut(Schema):
    """A deal."""

    id: int
    name: str
    client_id: int | None
    contact_id: int | None
    funnel_id: int
    stage_id: int
    state: Literal["open", "won", "lost"]
    amount: Money
    currency: str
    responsible_id: int | None
    expected_on: date | None
    loss_reason_id: int | None
    loss_note: str
    notes: str
    source: str
    opened_at: Time
    stage_at: Time
    closed_at: Time | None
    updated_at: Time
    version: int
    items: list[Item]
    payments: list[PaymentOut]

    @classmethod
    def of(cls, deal: Deal) -> DealOut:
        """A deal whose positions and payments are loaded."""
        plain = {
            name: getattr(deal, name)
            for name in cls.model_fields
            if name not in ("items", "payments")
        }
        return cls(
            **plain,
            items=[Item.model_validate(_facts(item, Item)) for item in deal.items],
            payments=[PaymentOut.model_validate(one) for one in deal.payments],
        )


class DealList(Schema):
    """A page of deals."""

    items: list[DealOut]
    next_cursor: str | None


class DealQuery(PageQuery):
    """Which deals."""

    client_id: Id | None = None
    funnel_id: Id | None = None
    stage_id: Id | None = None
    state: Literal["open", "won", "lost"] | None = None
    responsible_id: Id | None = None
    updated_since: TimeIn | None = None


class MoveIn(Schema):
    """Where the deal goes; into a stage of kind "lost" with the reason."""

    version: Version
    stage_id: Id
    loss_reason_id: Id | None = None
    loss_note: str = Field(default="", max_length=255)


class StageOut(Schema):
    """A stage of a funnel."""

    id: int
    name: str
    kind: Literal["open", "won", "lost"]
    colour: str
    probability: int


class FunnelOut(Schema):
    """A funnel with its stages in order."""

    id: int
    name: str
    currency: str
    stages: list[StageOut]


class FunnelList(Schema):
    """The funnels that are in use."""

    items: list[FunnelOut]


class ProductOut(Schema):
    """Something that is sold."""

    id: int
    name: str
    code: str
    unit: str
    price: Money
    currency: str


class ProductList(Schema):
    """A page of products that are in use."""

    items: list[ProductOut]
    next_cursor: str | None


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


async def list_funnels(asked: Asked) -> FunnelList:
    """The funnels that are in use, with their stages."""
    found = await funnels.active(asked.session)
    return FunnelList(
        items=[
            FunnelOut(
                id=funnel.id,
                name=funnel.name,
                currency=funnel.currency,
                stages=[
                    StageOut.model_validate(_facts(stage, StageOut))
                    for stage in funnel.stages
                    if stage.archived_at is None
                ],
            )
            for funnel in found
        ]
    )


async def list_products(asked: Asked) -> ProductList:
    """A page of products, by id."""
    wanted = select(Product).where(Product.archived_at.is_(None))
    if (after := id_in(asked.query.cursor)) is not None:
        wanted = wanted.where(Product.id > after)
    limit = asked.query.limit
    rows = (await asked.session.scalars(wanted.order_by(Product.id).limit(limit + 1))).all()
    more = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    items = [ProductOut.model_validate(row) for row in rows[:limit]]
    return ProductList(items=items, next_cursor=more)


async def _one(asked: Asked, deal_id: int) -> DealOut:
    return DealOut.of(await deals.get(asked.session, asked.actor, deal_id))


async def _payment(asked: Asked) -> None:
    """A payment is named below its deal: of another deal it is not found."""
    deal = await deals.get(asked.session, asked.actor, asked.id("deal_id"))
    row = await asked.session.get(Payment, asked.id("payment_id"))
    if row is None or row.deal_id != deal.id:
        raise NotFound("payment", asked.id("payment_id"))


def _items(items: list[Item] | None) -> tuple[ItemFields, ...] | None:
    if items is None:
        return None
    return tuple(ItemFields(**item.model_dump()) for item in items)


def _facts(row: object, schema: type[Schema]) -> dict[str, object]:
    return {name: getattr(row, name) for name in schema.model_fields}


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
    Operation(
        method="GET", path="/funnels", name="listFunnels", summary="Funnels and their stages",
        permission=Permission.DEALS_SEE, run=list_funnels, answer=FunnelList, tags=_TAGS,
    ),
    Operation(
        method="GET", path="/products", name="listProducts", summary="Products",
        permission=Permission.DEALS_SEE, run=list_products, query=PageQuery, answer=ProductList, tags=_TAGS,
    ),
]  # fmt: skip
