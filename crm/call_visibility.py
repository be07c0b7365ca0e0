"""Which calls a person sees and hears: operators those that their phones had while these were theirs, all others all.

In: an actor. Out: a condition for queries on `calls`, or a refusal for one call. A phone that is given to somebody else,
or at which a colleague sits, takes none of its former calls along (`crm.seating`).
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, CallLeg
from crm.access import Actor, Permission
from crm.errors import Forbidden
from crm.seating import held_at
from crm.tables import PhoneHolding


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Call`: merged rows never, and for operators own calls only.

    A phone's call is one that it made, was called in, was offered or talked in.
    """
    listed = Call.merged_into_id.is_(None)
    if not actor.sees_only_own_calls:
        return listed & true()
    named = PhoneHolding.extension.in_([Call.called, Call.answered_by, Call.final_handler])
    return and_(listed, or_(_on_leg(actor, true()), _by_name(actor, or_(named, _CALLED_OUT))))


def talked_in_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Call`: the person talked in it. A phone that only rang while a colleague answered did not."""
    named = PhoneHolding.extension.in_([Call.answered_by, Call.final_handler])
    return or_(_on_leg(actor, CallLeg.talked.is_(True)), _by_name(actor, or_(named, _CALLED_OUT)))


async def require(session: AsyncSession, actor: Actor, call: Call) -> None:
    """Raise `Forbidden` unless the actor sees this call."""
    query = select(Call.id).where(Call.id == call.id, seen_by(actor))
    if await session.scalar(query) is None:
        raise Forbidden(Permission.CALLS_SEE_ALL)


_CALLED_OUT = and_(Call.direction != "in", PhoneHolding.extension == Call.caller)
"""An outside caller chooses the number that he shows, so the calling side of an incoming call does not count."""


def _on_leg(actor: Actor, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The leg's phone was the person's when the call came to it: a sitting may begin in the middle of a long call."""
    at = func.coalesce(CallLeg.offered_at, CallLeg.rang_at, Call.started_at)
    same = and_(PhoneHolding.extension == CallLeg.extension, _of(actor), held_at(at))
    legs = select(CallLeg.id).join(PhoneHolding, same)
    return legs.where(CallLeg.call_id == Call.id, which).correlate(Call).exists()


def _by_name(actor: Actor, named: ColumnElement[bool]) -> ColumnElement[bool]:
    """A phone that the call names without a leg of its own: imported calls, and callers whom nobody answered."""
    leg = select(CallLeg.id).where(
        CallLeg.call_id == Call.id, CallLeg.extension == PhoneHolding.extension
    )
    own_leg = leg.correlate(Call, PhoneHolding).exists()
    held = select(PhoneHolding.id).where(_of(actor), named, held_at(Call.started_at), ~own_leg)
    return held.correlate(Call).exists()


def _of(actor: Actor) -> ColumnElement[bool]:
    return and_(PhoneHolding.user_id == actor.user_id, PhoneHolding.pbx == Call.pbx)
