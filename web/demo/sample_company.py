"""What the invented client base is written into: the company's people, funnel and tags; and how rows are written.

In: a session. Out: `Company`, and ids of inserted rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.columns import Base
from crm import funnels
from crm.tables import Funnel, User
from web.demo.sample_base import SampleClient

Pairs = Sequence[tuple[int, SampleClient]]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Company:
    """What is there already."""

    now: datetime
    pbx: str
    people: Sequence[int]
    funnel: Funnel
    reasons: Sequence[int]
    tag_ids: dict[str, int] = field(default_factory=dict)

    def owner_of(self, one: SampleClient) -> int | None:
        """Whose client it is; None where nobody works yet."""
        return self.people[one.owner % len(self.people)] if self.people else None


async def company_of(session: AsyncSession, now: datetime, pbx: str, lang: str) -> Company:
    """Look what is there; a funnel is made if there is none."""
    people = select(User.id).where(User.sample.is_(True), User.active.is_(True)).order_by(User.id)
    ids = (await session.scalars(people)).all() or (await session.scalars(select(User.id))).all()
    funnel = await funnels.ensure(session, lang)
    reasons = [one.id for one in await funnels.loss_reasons(session)]
    return Company(now, pbx, ids, funnel, reasons)


async def insert_rows(session: AsyncSession, table: type[Base], rows: Rows) -> None:
    """Insert rows, many in one statement."""
    if rows:
        # Past the ORM, which would send rows of tables with a version one by one.
        connection = await session.connection()
        await connection.execute(insert(cast(Table, table.__table__)), rows)


async def insert_samples(session: AsyncSession, table: type[Base], rows: Rows) -> list[int]:
    """Insert rows that are marked as samples; returns their ids in the same order.

    RETURNING would send them one by one on SQLite. Ids grow in the order of the rows, and nobody else writes samples.
    """
    key, is_sample = table.__table__.c.id, table.__table__.c.sample
    before = await session.scalar(select(func.max(key))) or 0
    await insert_rows(session, table, rows)
    new = select(key).where(key > before, is_sample.is_(True)).order_by(key)
    return list(await session.scalars(new))
