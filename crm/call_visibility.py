"""Which calls a person sees and hears: the one place that decides, for pages, sound, words, searches and counts.

In: an actor. Out: a condition for queries on `calls`, or a refusal for one call. Whose list of calls is their own only is
a matter of the role (`Permission.CALLS_SEE_ALL`); whose calls may be heard and read is the scope of `Action.LISTEN`: own
are those in which the person talked, the department's those in which its people talked. What may be heard may be seen. A
phone that is given to somebody else, or at which a colleague sits, takes none of its former calls along (`crm.seating`).
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, CallLeg
from crm import client_visibility
from crm.access import Action, Actor, Permission, Scope
from crm.errors import Forbidden
from crm.seating import held_at
from crm.tables import PhoneHolding


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Call`: merged rows never, and for operators own calls only, with those that they may hear.

    A phone's call is one that it made, was called in, was offered or talked in.
    """
    listed = Call.merged_into_id.is_(None)
    if not actor.sees_only_own_calls:
        return listed & true()
    named = PhoneHolding.extension.in_([Call.called, Call.answered_by, Call.final_handler])
    mine = PhoneHolding.user_id == actor.user_id
    own = or_(_on_leg(mine, true()), _by_name(mine, or_(named, _CALLED_OUT)))
    if actor.scope(Action.LISTEN) in (Scope.DEPARTMENT, Scope.ALL):
        own = or_(own, heard_by(actor))
    return and_(listed, own)


def heard_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Call`: the person may hear its recordings and read its words."""
    scope = actor.scope(Action.LISTEN)
    if scope is Scope.NONE or not actor.may(Permission.RECORDINGS_PLAY_OWN):
        return false()
    if scope is Scope.ALL:
        return true()
    if scope is Scope.DEPARTMENT:
        return _talked_in(PhoneHolding.user_id.in_(client_visibility.colleagues(actor)))
    return talked_in_by(actor)


def talked_in_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Call`: the person talked in it. A phone that only rang while a colleague answered did not."""
    return _talked_in(PhoneHolding.user_id == actor.user_id)


def talked_in_by_people(user_ids: Collection[int]) -> ColumnElement[bool]:
    """A condition on `Call`: one of these people talked in it."""
    return _talked_in(PhoneHolding.user_id.in_(user_ids))


async def require(session: AsyncSession, actor: Actor, call: Call) -> None:
    """Raise `Forbidden` unless the actor sees this call."""
    query = select(Call.id).where(Call.id == call.id, seen_by(actor))
    if await session.scalar(query) is None:
        raise Forbidden(Permission.CALLS_SEE_ALL)


_CALLED_OUT = and_(Call.direction != "in", PhoneHolding.extension == Call.caller)
"""An outside caller chooses the number that he shows, so the calling side of an incoming call does not count."""


def _talked_in(holder: ColumnElement[bool]) -> ColumnElement[bool]:
    named = PhoneHolding.extension.in_([Call.answered_by, Call.final_handler])
    talked = CallLeg.talked.is_(True)
    return or_(_on_leg(holder, talked), _by_name(holder, or_(named, _CALLED_OUT)))


def _on_leg(holder: ColumnElement[bool], which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The leg's phone was the holder's when the call came to it: a sitting may begin in the middle of a long call."""
    at = func.coalesce(CallLeg.offered_at, CallLeg.rang_at, Call.started_at)
    same = and_(PhoneHolding.extension == CallLeg.extension, _of(holder), held_at(at))
    legs = select(CallLeg.id).join(PhoneHolding, same)
    return legs.where(CallLeg.call_id == Call.id, which).correlate(Call).exists()


def _by_name(holder: ColumnElement[bool], named: ColumnElement[bool]) -> ColumnElement[bool]:
    """A phone that the call names without a leg of its own: imported calls, and callers whom nobody answered."""
    leg = select(CallLeg.id).where(
        CallLeg.call_id == Call.id, CallLeg.extension == PhoneHolding.extension
    )
    own_leg = leg.correlate(Call, PhoneHolding).exists()
    held = select(PhoneHolding.id).where(_of(holder), named, held_at(Call.started_at), ~own_leg)
    return held.correlate(Call).exists()


def _of(holder: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(holder, PhoneHolding.pbx == Call.pbx)
