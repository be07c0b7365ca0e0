"""Funnels, their stages, and reasons for losses: reading them, and the first ones of a new installation.

In: sessions. Out: rows. What administrators change of them is in `crm.funnel_setup`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.db import Database, exclusive
from crm import funnel_seed
from crm.errors import Invalid, NotFound
from crm.tables import Funnel, LossReason, Stage


async def active(session: AsyncSession) -> list[Funnel]:
    """Funnels in use, in order, with all their stages loaded."""
    query = select(Funnel).where(Funnel.archived_at.is_(None)).options(selectinload(Funnel.stages))
    return list((await session.scalars(query.order_by(Funnel.place, Funnel.id))).all())


async def every(session: AsyncSession) -> list[Funnel]:
    """All funnels, archived ones last."""
    query = select(Funnel).options(selectinload(Funnel.stages))
    order = (Funnel.archived_at.is_not(None), Funnel.place, Funnel.id)
    return list((await session.scalars(query.order_by(*order))).all())


def stages_of(funnel: Funnel) -> list[Stage]:
    """The stages of a funnel that are in use: open ones in their order, then won, then lost."""
    kinds = ("open", "won", "lost")
    in_use = [stage for stage in funnel.stages if stage.archived_at is None]
    return sorted(in_use, key=lambda stage: (kinds.index(stage.kind), stage.place, stage.id))


async def funnel(session: AsyncSession, funnel_id: int) -> Funnel:
    """One funnel with its stages.

    Raises:
        NotFound: no such funnel.
    """
    query = select(Funnel).where(Funnel.id == funnel_id).options(selectinload(Funnel.stages))
    found = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("funnel", funnel_id)
    return found


async def stage(session: AsyncSession, stage_id: int) -> Stage:
    """One stage with its funnel.

    Raises:
        NotFound: no such stage.
    """
    query = select(Stage).where(Stage.id == stage_id)
    query = query.options(selectinload(Stage.funnel).selectinload(Funnel.stages))
    found = await session.scalar(query)
    if found is None:
        raise NotFound("stage", stage_id)
    return found


async def stage_for_new(
    session: AsyncSession, stage_id: int | None, funnel_id: int | None
) -> Stage:
    """Where a new deal begins: in this stage, else in the first of this funnel, else of the first funnel.

    Raises:
        Invalid: it is not in use any more, or there is none.
        NotFound: no such stage or funnel.
    """
    if stage_id is not None:
        chosen = await stage(session, stage_id)
        if chosen.archived_at is not None or chosen.funnel.archived_at is not None:
            raise Invalid("stage_id", "this stage is not in use any more")
        return chosen
    if funnel_id is not None:
        way = await funnel(session, funnel_id)
    else:
        ways = await active(session) or [await ensure(session, "ru")]
        way = ways[0]
    first = next((one for one in stages_of(way) if one.kind == "open"), None)
    if first is None or way.archived_at is not None:
        raise Invalid("funnel_id", "this funnel has no stage in use")
    return await stage(session, first.id)


async def loss_reasons(session: AsyncSession) -> list[LossReason]:
    """Reasons for a loss that may be chosen, in order."""
    query = select(LossReason).where(LossReason.archived_at.is_(None))
    return list((await session.scalars(query.order_by(LossReason.place, LossReason.id))).all())


async def any_there(session: AsyncSession) -> bool:
    """Whether there is a funnel at all."""
    return await session.scalar(select(Funnel.id).limit(1)) is not None


async def begin(db: Database, locale: str) -> None:
    """Make the first funnel of a new installation; with any there nothing is written.

    Args:
        db: the database.
        locale: the company's language.
    """
    async with db.read() as session:
        if await any_there(session):
            return
    async with db.write() as session:
        await ensure(session, locale)


async def ensure(session: AsyncSession, locale: str) -> Funnel:
    """Make the first funnel if there is none; returns the first one.

    Args:
        session: a write session.
        locale: the company's language: "ru" or "en".
    """
    await exclusive(session, "funnels")
    if ways := await active(session):
        return ways[0]
    if await any_there(session):
        raise Invalid("funnel_id", "all funnels are archived: an administrator adds one")
    plan = funnel_seed.seed(locale)
    made = Funnel(name=plan.name, stages=_stages(plan.stages))
    session.add(made)
    if not await session.scalar(select(func.count()).select_from(LossReason)):
        session.add_all(
            LossReason(name=name, place=place) for place, name in enumerate(plan.loss_reasons)
        )
    await session.flush()
    return made


def _stages(plan: Sequence[funnel_seed.StageSeed]) -> list[Stage]:
    return [
        Stage(
            name=one.name,
            kind=one.kind,
            colour=one.colour,
            probability=one.probability,
            place=place,
        )
        for place, one in enumerate(plan)
    ]
