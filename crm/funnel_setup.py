"""What administrators change of funnels: add, rename, reorder, archive funnels and stages (losses: `crm.loss_reasons`).

In: what somebody typed. Out: rows, each change audited. Nothing with deals in it goes away under them: a stage is archived
only together with another one of the same funnel and kind that takes its deals, a funnel only without open deals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit, deal_moves, funnels
from crm.access import Actor, Permission
from crm.deals import checked_currency
from crm.errors import Conflict, Invalid
from crm.funnel_seed import COLOURS
from crm.notices import announce
from crm.tables import Deal, Funnel, Segment, Stage

KINDS = ("open", "won", "lost")
MOST_STAGES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelFields:
    """What somebody says about a funnel."""

    name: str
    currency: str = "RUB"
    segment_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFields:
    """What somebody says about a stage. Won is always 100 percent, lost 0."""

    name: str
    colour: str = "grey"
    probability: int = 0


async def add_funnel(
    session: AsyncSession, actor: Actor, fields: FunnelFields, stage_names: Sequence[str]
) -> Funnel:
    """Add a funnel with a first, a won and a lost stage.

    Args:
        session: a write session.
        actor: who.
        fields: what is known of it.
        stage_names: of the three stages.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: a value cannot be accepted.
    """
    actor.require(Permission.ADMINISTER)
    first, won, lost = (checked_name(name) for name in stage_names)
    last = await session.scalar(select(func.max(Funnel.place)))
    funnel = Funnel(
        place=(last or 0) + 1,
        stages=[
            Stage(name=first, kind="open", colour="grey", probability=10, place=0),
            Stage(name=won, kind="won", colour="green", probability=100, place=1),
            Stage(name=lost, kind="lost", colour="red", probability=0, place=2),
        ],
    )
    await _fill_funnel(session, funnel, fields)
    session.add(funnel)
    await session.flush()
    await done(session, actor, "funnel.create", "funnel", funnel.id)
    return funnel


async def edit_funnel(
    session: AsyncSession, actor: Actor, funnel_id: int, fields: FunnelFields
) -> None:
    """Rename it, or change currency and segment of its new deals.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such funnel.
        Invalid: a value cannot be accepted.
    """
    actor.require(Permission.ADMINISTER)
    funnel = await funnels.funnel(session, funnel_id)
    await _fill_funnel(session, funnel, fields)
    await done(session, actor, "funnel.edit", "funnel", funnel_id)


async def archive_funnel(session: AsyncSession, actor: Actor, funnel_id: int) -> None:
    """Take a funnel out of use; its won and lost deals stay to be read.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such funnel.
        Conflict: open deals are in it, or it is the last one.
    """
    actor.require(Permission.ADMINISTER)
    funnel = await funnels.funnel(session, funnel_id)
    query = select(func.count()).select_from(Deal)
    count = await session.scalar(query.where(Deal.funnel_id == funnel_id, Deal.state == "open"))
    if count:
        why = "deals are open in it: move them to another funnel or close them first"
        raise Conflict("funnel", funnel_id, why)
    if len(await funnels.active(session)) <= 1 and funnel.archived_at is None:
        raise Conflict("funnel", funnel_id, "it is the last one: deals need a funnel")
    funnel.archived_at = datetime.now(UTC)
    await done(session, actor, "funnel.archive", "funnel", funnel_id)


async def restore_funnel(session: AsyncSession, actor: Actor, funnel_id: int) -> None:
    """Put it into use again.

    Raises:
        Forbidden, NotFound: as `archive_funnel`.
    """
    actor.require(Permission.ADMINISTER)
    (await funnels.funnel(session, funnel_id)).archived_at = None
    await done(session, actor, "funnel.restore", "funnel", funnel_id)


async def step_funnel(session: AsyncSession, actor: Actor, funnel_id: int, step: int) -> None:
    """Move it up (-1) or down (1) in the order of funnels.

    Raises:
        Forbidden, NotFound: as `archive_funnel`.
    """
    actor.require(Permission.ADMINISTER)
    _step(await funnels.active(session), funnel_id, step)
    await done(session, actor, "funnel.order", "funnel", funnel_id)


async def add_stage(
    session: AsyncSession, actor: Actor, funnel_id: int, kind: str, fields: StageFields
) -> Stage:
    """Add a stage at the end of the open ones, or one more kind of loss.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such funnel.
        Invalid: a value cannot be accepted, or a second won stage.
    """
    actor.require(Permission.ADMINISTER)
    funnel = await funnels.funnel(session, funnel_id)
    if kind not in ("open", "lost"):
        raise Invalid("stage_kind", "a funnel has one won stage: add open or lost ones")
    if len(funnels.stages_of(funnel)) >= MOST_STAGES:
        raise Invalid("stage_kind", f"a funnel has at most {MOST_STAGES} stages")
    last = max((stage.place for stage in funnel.stages if stage.kind == kind), default=0)
    stage = Stage(funnel_id=funnel.id, kind=kind, place=last + 1)
    _fill_stage(stage, fields)
    session.add(stage)
    await session.flush()
    await done(session, actor, "stage.create", "stage", stage.id)
    return stage


async def edit_stage(
    session: AsyncSession, actor: Actor, stage_id: int, fields: StageFields
) -> None:
    """Rename it, or change colour and probability.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such stage.
        Invalid: a value cannot be accepted.
    """
    actor.require(Permission.ADMINISTER)
    _fill_stage(await funnels.stage(session, stage_id), fields)
    await done(session, actor, "stage.edit", "stage", stage_id)


async def step_stage(session: AsyncSession, actor: Actor, stage_id: int, step: int) -> None:
    """Move it one place to the left (-1) or right (1) among the stages of its kind.

    Raises:
        Forbidden, NotFound: as `edit_stage`.
    """
    actor.require(Permission.ADMINISTER)
    stage = await funnels.stage(session, stage_id)
    same = [one for one in funnels.stages_of(stage.funnel) if one.kind == stage.kind]
    _step(same, stage_id, step)
    await done(session, actor, "stage.order", "stage", stage_id)


async def archive_stage(
    session: AsyncSession, actor: Actor, stage_id: int, to_stage_id: int | None = None
) -> int:
    """Take a stage out of use; its deals go to another one of the same funnel and kind. Returns how many.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such stage.
        Conflict: it is the won one or the last of its kind, or it has deals and no stage is named for them.
    """
    actor.require(Permission.ADMINISTER)
    stage = await funnels.stage(session, stage_id)
    same = [one for one in funnels.stages_of(stage.funnel) if one.kind == stage.kind]
    others = [one for one in same if one.id != stage_id]
    if not others:
        raise Conflict("stage", stage_id, "a funnel needs one stage of this kind")
    moved = 0
    if await deals_in(session, [stage_id]):
        to = next((one for one in others if one.id == to_stage_id), None)
        if to is None:
            why = "deals are in it: choose the stage of the same kind that takes them"
            raise Conflict("stage", stage_id, why)
        moved = await deal_moves.move_all(session, actor, stage_id, to)
    stage.archived_at = datetime.now(UTC)
    await done(session, actor, "stage.archive", "stage", stage_id)
    return moved


async def deals_in(session: AsyncSession, stage_ids: Iterable[int]) -> dict[int, int]:
    """Id of a stage → how many deals are in it, those in the bin as well; stages without any are left out."""
    query = select(Deal.stage_id, func.count()).where(Deal.stage_id.in_(list(stage_ids)))
    return {
        stage_id: count for stage_id, count in await session.execute(query.group_by(Deal.stage_id))
    }


async def _fill_funnel(session: AsyncSession, funnel: Funnel, fields: FunnelFields) -> None:
    funnel.name, funnel.currency = checked_name(fields.name), checked_currency(fields.currency)
    if fields.segment_id is not None and await session.get(Segment, fields.segment_id) is None:
        raise Invalid("segment_id", "no such segment")
    funnel.segment_id = fields.segment_id


def _fill_stage(stage: Stage, fields: StageFields) -> None:
    if fields.colour not in COLOURS:
        raise Invalid("colour", f"{fields.colour!r} is none of {', '.join(COLOURS)}")
    if not 0 <= fields.probability <= 100:
        raise Invalid("probability", "a probability is 0 to 100 percent")
    stage.name, stage.colour = checked_name(fields.name), fields.colour
    stage.probability = {"won": 100, "lost": 0}.get(stage.kind, fields.probability)


def checked_name(name: str) -> str:
    """A name of a funnel, stage or reason.

    Raises:
        Invalid: none, or too long.
    """
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= 128:
        raise Invalid("stage_name", "give a name of 1 to 128 characters")
    return plain


def _step(rows: Iterable[Funnel | Stage], row_id: int, step: int) -> None:
    order = list(rows)
    here = next((index for index, row in enumerate(order) if row.id == row_id), None)
    if here is not None and 0 <= here + step < len(order):
        order.insert(here + step, order.pop(here))
    for place, row in enumerate(order):
        row.place = place


async def done(session: AsyncSession, actor: Actor, deed: str, kind: str, row_id: int) -> None:
    """Write a change, audit it, and tell the pages."""
    await session.flush()
    await audit.record(session, actor, deed, kind, row_id)
    announce(session, "deal", row_id)
