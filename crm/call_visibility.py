"""Which calls a person sees: operators those of their own phones, all others all.

In: an actor. Out: a condition for queries on `calls`, or a refusal for one call.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, CallLeg
from crm.access import Actor, Permission
from crm.errors import Forbidden


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Call`: merged rows never, and for operators own calls only.

    A phone's call is one that it made, was called in, was offered or talked in. An outside caller chooses the number he
    shows, so the calling side counts only where it is ours.
    """
    listed = Call.merged_into_id.is_(None)
    if not actor.sees_only_own_calls:
        return listed & true()
    per_pbx = [_own(pbx, actor) for pbx in {pbx for pbx, _ in actor.extensions}]
    return and_(listed, or_(false(), *per_pbx))


async def require(session: AsyncSession, actor: Actor, call: Call) -> None:
    """Raise `Forbidden` unless the actor sees this call."""
    query = select(Call.id).where(Call.id == call.id, seen_by(actor))
    if await session.scalar(query) is None:
        raise Forbidden(Permission.CALLS_SEE_ALL)


def _own(pbx: str, actor: Actor) -> ColumnElement[bool]:
    phones = [extension for name, extension in actor.extensions if name == pbx]
    leg = exists().where(CallLeg.call_id == Call.id, CallLeg.extension.in_(phones))
    took_part = or_(
        leg,
        Call.answered_by.in_(phones),
        Call.final_handler.in_(phones),
        Call.called.in_(phones),
        and_(Call.direction != "in", Call.caller.in_(phones)),
    )
    return and_(Call.pbx == pbx, took_part)
