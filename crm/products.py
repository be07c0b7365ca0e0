"""Products: what is sold, with its usual price; offered when a position of a deal is typed.

In: what an administrator typed. Out: rows. A product that is not sold any more is archived, for old deals name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit, deal_sums
from crm.access import Actor, Permission
from crm.deals import checked_currency
from crm.errors import Invalid, NotFound
from crm.tables import Product

MOST = 1000
"""A security limit of one answer; a shop with more goods sells them elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFields:
    """What somebody says about a product."""

    name: str
    code: str = ""
    unit: str = ""
    price: Decimal = Decimal(0)
    currency: str = "RUB"
    sample: bool = False


async def active(session: AsyncSession, actor: Actor) -> list[Product]:
    """Products that are sold, by name.

    Raises:
        Forbidden: the actor may not see deals.
    """
    actor.require(Permission.DEALS_SEE)
    query = select(Product).where(Product.archived_at.is_(None)).order_by(Product.name, Product.id)
    return list((await session.scalars(query.limit(MOST))).all())


async def every(session: AsyncSession, actor: Actor) -> list[Product]:
    """All products, archived ones last.

    Raises:
        Forbidden: the actor is no administrator.
    """
    actor.require(Permission.ADMINISTER)
    order = (Product.archived_at.is_not(None), Product.name, Product.id)
    return list((await session.scalars(select(Product).order_by(*order).limit(MOST))).all())


async def add(session: AsyncSession, actor: Actor, fields: ProductFields) -> Product:
    """Add a product.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: no name, or no price that can be.
    """
    actor.require(Permission.ADMINISTER)
    product = Product(sample=fields.sample)
    _fill(product, fields)
    session.add(product)
    await session.flush()
    await audit.record(session, actor, "product.create", "product", product.id)
    return product


async def edit(
    session: AsyncSession, actor: Actor, product_id: int, fields: ProductFields
) -> Product:
    """Replace what is known of a product; deals keep the price that was agreed.

    Raises:
        Forbidden, Invalid: as `add`.
        NotFound: no such product.
    """
    product = await _get(session, actor, product_id)
    _fill(product, fields)
    await session.flush()
    await audit.record(session, actor, "product.edit", "product", product.id)
    return product


async def set_archived(
    session: AsyncSession, actor: Actor, product_id: int, archived: bool
) -> None:
    """Say that it is not sold any more, or is again.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such product.
    """
    product = await _get(session, actor, product_id)
    product.archived_at = datetime.now(UTC) if archived else None
    await session.flush()
    deed = "product.archive" if archived else "product.restore"
    await audit.record(session, actor, deed, "product", product.id)


async def _get(session: AsyncSession, actor: Actor, product_id: int) -> Product:
    actor.require(Permission.ADMINISTER)
    product = await session.get(Product, product_id)
    if product is None:
        raise NotFound("product", product_id)
    return product


def _fill(product: Product, fields: ProductFields) -> None:
    name = " ".join(fields.name.split())
    if not 1 <= len(name) <= 255:
        raise Invalid("product_name", "give the product a name of 1 to 255 characters")
    price = deal_sums.rounded(fields.price)
    if not 0 <= price < deal_sums.MOST:
        raise Invalid("price", "a price is not below zero")
    product.name, product.code, product.unit = (
        name,
        fields.code.strip()[:64],
        fields.unit.strip()[:32],
    )
    product.price, product.currency = price, checked_currency(fields.currency)
