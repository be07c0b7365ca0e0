"""Positions of deals: products or free text, with quantity, price and discount.

In: what somebody typed. Out: rows of the deal. They are replaced only where something differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import deal_sums
from crm.errors import Invalid
from crm.tables import Deal, DealItem, Product

MOST_ITEMS = 200
_NAME_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFields:
    """A position: a product, or free text."""

    name: str
    quantity: Decimal = Decimal(1)
    unit: str = ""
    price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    """In percent."""
    product_id: int | None = None


async def put_items(session: AsyncSession, deal: Deal, items: tuple[ItemFields, ...]) -> None:
    """Give a deal these positions.

    Raises:
        Invalid: too many, or one that cannot be.
    """
    if len(items) > MOST_ITEMS:
        raise Invalid("items", f"not more than {MOST_ITEMS} positions")
    rows = [_item(item, place) for place, item in enumerate(items)]
    products = {item.product_id for item in items if item.product_id is not None}
    known = set(await session.scalars(select(Product.id).where(Product.id.in_(products))))
    if products - known:
        raise Invalid("items", "no such product")
    if [_facts(row) for row in rows] != [_facts(row) for row in deal.items]:
        deal.items = rows


def _item(item: ItemFields, place: int) -> DealItem:
    name = " ".join(item.name.split())[:_NAME_LENGTH]
    if not name:
        raise Invalid("items", "a position needs a name")
    if not 0 < item.quantity < deal_sums.MOST or not 0 <= item.price < deal_sums.MOST:
        raise Invalid("items", f"{name}: quantity above zero, and no price below zero")
    if not 0 <= item.discount <= 100:
        raise Invalid("items", f"{name}: a discount is 0 to 100 percent")
    return DealItem(
        name=name,
        quantity=item.quantity.quantize(Decimal("0.001")),
        unit=item.unit.strip()[:32],
        price=deal_sums.rounded(item.price),
        discount=deal_sums.rounded(item.discount),
        product_id=item.product_id,
        place=place,
    )


def _facts(row: DealItem) -> tuple[object, ...]:
    return row.name, row.quantity, row.unit, row.price, row.discount, row.product_id, row.place


def lines_of(deal: Deal) -> list[str]:
    """The positions of a deal in words, as its change history keeps them."""
    return [
        f"{item.name} × {item.quantity.normalize():f} × {item.price} − {item.discount}%"
        for item in deal.items
    ]
