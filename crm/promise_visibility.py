"""Which promises a person sees, and of which he may read the words. The one place that decides.

In: an actor. Out: conditions on `promises`. A promise goes with its call, and whoever gave it sees it in any case. The
words are for those who may hear the call.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import call_visibility
from crm.access import Actor, Permission
from crm.errors import Forbidden, NotFound
from crm.tables import Promise


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Promise`."""
    if not actor.may(Permission.PROMISES_SEE):
        return false()
    own = Promise.promiser_id == actor.user_id
    return or_(own, Promise.call_id.in_(select(Call.id).where(call_visibility.seen_by(actor))))


def listed_for(actor: Actor) -> ColumnElement[bool]:
    """As `seen_by`, for lists: a phone that only rang while a colleague talked puts nothing into the operator's list."""
    if not actor.sees_only_own_calls:
        return seen_by(actor)
    return and_(seen_by(actor), or_(Promise.promiser_id == actor.user_id, heard_by(actor)))


def heard_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Promise`: the actor may hear the call in which it was given."""
    heard = and_(Call.merged_into_id.is_(None), call_visibility.heard_by(actor))
    return Promise.call_id.in_(select(Call.id).where(heard))


async def get(session: AsyncSession, actor: Actor, promise_id: int) -> Promise:
    """One promise.

    Raises:
        Forbidden: the actor sees no promises at all, or not this one's call.
        NotFound: no such promise.
    """
    actor.require(Permission.PROMISES_SEE)
    promise = await session.get(Promise, promise_id)
    if promise is None:
        raise NotFound("promise", promise_id)
    seen = select(Promise.id).where(Promise.id == promise_id, seen_by(actor))
    if await session.scalar(seen) is None:
        raise Forbidden(Permission.CALLS_SEE_ALL)
    return promise


async def may_read(session: AsyncSession, actor: Actor, promise: Promise) -> bool:
    """Whether the actor may read the words of a promise that he sees."""
    heard = select(Promise.id).where(Promise.id == promise.id, heard_by(actor))
    return await session.scalar(heard) is not None
