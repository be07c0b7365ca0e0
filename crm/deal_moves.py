"""Moving deals: from stage to stage, and within a column of the board.

In: a deal as somebody saw it, and where it goes. Out: the deal there, a step with who and when, and a line in the change
history. A loss needs a reason. Whoever moves a deal that a colleague has moved meanwhile is refused, with words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from crm import audit, changes, deals, funnels
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid
from crm.notices import announce
from crm.tables import Deal, DealStep, LossReason, Stage

CLOSEST = 1e-6
"""Nearer than this two places are not told apart for sure: then the column is numbered anew."""
_NOTE_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a deal goes. Without `above` and `below` it goes on top of the column."""

    stage_id: int
    above_id: int | None = None
    """The deal that shall stand right above it."""
    below_id: int | None = None
    """The deal that shall stand right below it."""
    loss_reason_id: int | None = None
    loss_note: str = ""


@dataclass(frozen=True, slots=True)
class _Loss:
    """Why a deal was lost; of an administrator's move of a whole stage without a reason of its own."""

    reason: LossReason | None
    note: str


async def move(session: AsyncSession, actor: Actor, deal_id: int, version: int, to: Move) -> Deal:
    """Put a deal into a stage, also of another funnel; back from won or lost opens it again.

    Args:
        session: a write session.
        actor: who moves it.
        deal_id: which.
        version: `Deal.version` as the person saw it.
        to: where; of a stage of kind "lost" with the reason.

    Raises:
        Forbidden: the actor may not edit this deal.
        NotFound: no such deal or stage.
        Conflict: somebody else changed it since.
        Invalid: the stage is not in use, or a loss without a reason.
    """
    deal = await deals.for_edit(session, actor, deal_id, version)
    stage = await funnels.stage(session, to.stage_id)
    if stage.id == deal.stage_id:
        await _put_between(session, deal, to)
        announce(session, "deal", deal.id)
        return deal
    if stage.archived_at is not None or stage.funnel.archived_at is not None:
        raise Invalid("stage_id", "this stage is not in use any more")
    before, came_from = await _facts(session, deal), deal.stage_id
    reason = await _reason(session, stage, to)
    place = await _place(session, stage.id, to)
    _enter(session, actor, deal, stage, _Loss(reason, to.loss_note))
    deal.place = place
    await deals.keep(session, deal)
    changes.record(session, actor, deals.subject_of(deal), before, await _facts(session, deal))
    detail = {"from": came_from, "to": stage.id, "state": stage.kind}
    await audit.record(session, actor, "deal.move", "deal", deal.id, detail)
    announce(session, "deal", deal.id)
    return deal


async def move_all(session: AsyncSession, actor: Actor, from_stage_id: int, stage: Stage) -> int:
    """Put all deals of a stage into another, those in the bin as well; returns how many. For an administrator's set-up.

    Raises:
        Forbidden: the actor is no administrator.
        Conflict: somebody moved one of them in this moment.
    """
    actor.require(Permission.ADMINISTER)
    query = select(Deal).where(Deal.stage_id == from_stage_id).order_by(Deal.place)
    found = (await session.scalars(query)).all()
    place = await deals.top_of(session, stage.id) - len(found)
    source = await session.get_one(Stage, from_stage_id)
    for step, deal in enumerate(found):
        subject = deals.subject_of(deal)
        _enter(session, actor, deal, stage, _Loss(None, deal.loss_note))
        deal.place = place + step
        changes.record(session, actor, subject, {"stage": source.name}, {"stage": stage.name})
    try:
        await session.flush()
    except StaleDataError as error:
        why = "a colleague moved one of these deals in this moment"
        raise Conflict("stage", from_stage_id, why) from error
    announce(session, "deal", from_stage_id)
    return len(found)


def _enter(session: AsyncSession, actor: Actor, deal: Deal, stage: Stage, loss: _Loss) -> None:
    now = datetime.now(UTC)
    reason, note = loss.reason, loss.note.strip()[:_NOTE_LENGTH]
    words = ": ".join(part for part in (reason.name if reason else "", note) if part)
    session.add(
        DealStep(
            deal_id=deal.id,
            from_stage_id=deal.stage_id,
            stage_id=stage.id,
            at=now,
            user_id=actor.user_id or None,
            reason=words[:_NOTE_LENGTH] if stage.kind == "lost" else "",
        )
    )
    if stage.kind != deal.state:
        deal.closed_at = None if stage.kind == "open" else now
    if stage.kind != "lost":
        deal.loss_reason_id, deal.loss_note = None, ""
    elif reason is not None:
        deal.loss_reason_id, deal.loss_note = reason.id, note
    deal.funnel_id, deal.stage_id, deal.state = stage.funnel_id, stage.id, stage.kind
    deal.stage_at = deal.updated_at = now


async def _reason(session: AsyncSession, stage: Stage, to: Move) -> LossReason | None:
    if stage.kind != "lost":
        return None
    reason = (
        await session.get(LossReason, to.loss_reason_id) if to.loss_reason_id is not None else None
    )
    if reason is None or reason.archived_at is not None:
        raise Invalid("loss_reason", "choose why the deal was lost")
    return reason


async def _facts(session: AsyncSession, deal: Deal) -> dict[str, str]:
    stage = await session.get_one(Stage, deal.stage_id)
    reason = (
        await session.get(LossReason, deal.loss_reason_id)
        if deal.loss_reason_id is not None
        else None
    )
    return {
        "stage": stage.name,
        "loss_reason": reason.name if reason else "",
        "loss_note": deal.loss_note,
    }


async def _put_between(session: AsyncSession, deal: Deal, to: Move) -> None:
    """Order in a column is no fact of the deal: it makes no new version, so that it hinders nobody's editing."""
    place = await _place(session, deal.stage_id, to, besides=deal.id)
    row = update(Deal).where(Deal.id == deal.id).values(place=place)
    await session.execute(row.execution_options(synchronize_session=False))
    await session.refresh(deal, ["place"])


async def _place(
    session: AsyncSession, stage_id: int, to: Move, *, besides: int | None = None
) -> float:
    """A place right below `above_id`, else right above `below_id`, else on top."""
    for again in (False, True):
        above = await _place_of(session, stage_id, to.above_id)
        below = await _place_of(session, stage_id, to.below_id)
        if above is not None:
            below = await _neighbour(session, stage_id, above, below=True, besides=besides)
        elif below is not None:
            above = await _neighbour(session, stage_id, below, below=False, besides=besides)
        else:
            return await deals.top_of(session, stage_id)
        if above is None and below is not None:
            return below - 1.0
        if below is None and above is not None:
            return above + 1.0
        if above is not None and below is not None and (below - above > CLOSEST or again):
            return (above + below) / 2
        await _number_anew(session, stage_id)
    raise AssertionError("not reached: the second turn returns")


async def _place_of(session: AsyncSession, stage_id: int, deal_id: int | None) -> float | None:
    if deal_id is None:
        return None
    query = select(Deal.place).where(Deal.id == deal_id, Deal.stage_id == stage_id)
    return await session.scalar(query)


async def _neighbour(
    session: AsyncSession, stage_id: int, place: float, *, below: bool, besides: int | None
) -> float | None:
    """The next place below (or above) this one in the column; the deal that is moved does not count."""
    chosen, side = (
        (func.min(Deal.place), Deal.place > place)
        if below
        else (func.max(Deal.place), Deal.place < place)
    )
    query = select(chosen).where(Deal.stage_id == stage_id, side)
    if besides is not None:
        query = query.where(Deal.id != besides)
    found: float | None = await session.scalar(query)
    return found


async def _number_anew(session: AsyncSession, stage_id: int) -> None:
    number = func.row_number().over(order_by=(Deal.place, Deal.id)).label("number")
    ranked = select(Deal.id, number).where(Deal.stage_id == stage_id).subquery()
    place = select(ranked.c.number).where(ranked.c.id == Deal.id).scalar_subquery()
    row = update(Deal).where(Deal.stage_id == stage_id).values(place=place)
    await session.execute(row.execution_options(synchronize_session=False))
