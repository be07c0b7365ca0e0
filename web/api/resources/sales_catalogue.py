"""What deals are made of: funnels with their stages, and products."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select

from crm import funnels
from crm.access import Permission
from crm.tables import Product
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.resources.deal_schemas import facts_of
from web.api.values import Money


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
                    StageOut.model_validate(facts_of(stage, StageOut))
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


_TAGS = ("Deals",)
OPERATIONS = [
    Operation(
        method="GET", path="/funnels", name="listFunnels", summary="Funnels and their stages",
        permission=Permission.DEALS_SEE, run=list_funnels, answer=FunnelList, tags=_TAGS,
    ),
    Operation(
        method="GET", path="/products", name="listProducts", summary="Products",
        permission=Permission.DEALS_SEE, run=list_products, query=PageQuery, answer=ProductList, tags=_TAGS,
    ),
]  # fmt: skip
