"""Deals as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crm.deal_items import ItemFields
from crm.deals import DealFields
from crm.tables import Deal
from web.api.operation import Schema
from web.api.paging import PageQuery
from web.api.values import Id, Money, Time, TimeIn, Version

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
        return DealFields(**plain, currency=self.currency or "", items=items_of(self.items))


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
                found[name] = items_of(value) if name == "items" else value
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
            items=[Item.model_validate(facts_of(item, Item)) for item in deal.items],
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


def items_of(items: list[Item] | None) -> tuple[ItemFields, ...] | None:
    """Positions as `crm` takes them; None stays None."""
    if items is None:
        return None
    return tuple(ItemFields(**item.model_dump()) for item in items)


def facts_of(row: object, schema: type[Schema]) -> dict[str, object]:
    """Those values of a row that the schema has."""
    return {name: getattr(row, name) for name in schema.model_fields}
