"""Which calls a person sees: operators those of their own phones, all others all.

In: an actor. Out: a condition for queries on `calls`, or a refusal for one call.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from calls.participation import took_part
from calls.tables import Call
from crm.access import Actor, Permission
from crm.errors import Forbidden


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Call`: merged rows never, and for operators own calls only.

    A phone's call is one that it took part in, see `took_part`.
    """
    listed = Call.merged_into_id.is_(None)
    if not actor.sees_only_own_calls:
        return listed & true()
    return and_(listed, took_part(actor.extensions))


async def require(session: AsyncSession, actor: Actor, call: Call) -> None:
    """Raise `Forbidden` unless the actor sees this call."""
    query = select(Call.id).where(Call.id == call.id, seen_by(actor))
    if await session.scalar(query) is None:
        raise Forbidden(Permission.CALLS_SEE_ALL)
