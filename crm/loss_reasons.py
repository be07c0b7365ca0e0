"""Reasons for losses: why deals are lost, as an administrator words them.

In: what somebody typed. Out: rows, each change audited. `crm.funnels.loss_reasons` reads them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import funnels
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.funnel_setup import checked_name, done
from crm.tables import LossReason


async def add(session: AsyncSession, actor: Actor, name: str) -> LossReason:
    """Add a reason for losses; one of this name that was archived is in use again.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: no name.
    """
    actor.require(Permission.ADMINISTER)
    wanted = checked_name(name)
    reason = await session.scalar(select(LossReason).where(LossReason.name == wanted))
    if reason is None:
        last = await session.scalar(select(func.max(LossReason.place)))
        reason = LossReason(name=wanted, place=(last or 0) + 1)
        session.add(reason)
    reason.archived_at = None
    await session.flush()
    await done(session, actor, "loss_reason.create", "loss_reason", reason.id)
    return reason


async def rename(session: AsyncSession, actor: Actor, reason_id: int, name: str) -> None:
    """Give a reason another name, also for deals that were lost for it.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such reason.
        Invalid: no name, or another reason has it.
    """
    reason = await _reason(session, actor, reason_id)
    wanted = checked_name(name)
    same = select(LossReason.id).where(LossReason.name == wanted, LossReason.id != reason_id)
    if await session.scalar(same) is not None:
        raise Invalid("stage_name", "another reason has this name")
    reason.name = wanted
    await done(session, actor, "loss_reason.edit", "loss_reason", reason_id)


async def archive(session: AsyncSession, actor: Actor, reason_id: int) -> None:
    """Offer a reason no more; lost deals keep it.

    Raises:
        Forbidden, NotFound: as `rename`.
        Conflict: it is the last one.
    """
    reason = await _reason(session, actor, reason_id)
    if len(await funnels.loss_reasons(session)) <= 1:
        raise Conflict("loss_reason", reason_id, "one reason must be left to choose")
    reason.archived_at = datetime.now(UTC)
    await done(session, actor, "loss_reason.archive", "loss_reason", reason_id)


async def _reason(session: AsyncSession, actor: Actor, reason_id: int) -> LossReason:
    actor.require(Permission.ADMINISTER)
    reason = await session.get(LossReason, reason_id)
    if reason is None:
        raise NotFound("loss reason", reason_id)
    return reason
