"""Which deal a call is about: the client's one open deal, or what a person said.

In: call events with their call's row, after `crm.call_links`. Out: at most one row per call. A client with several open
deals gets none: the deals are shown, and a person chooses. What a person chose, also "none", no event changes. What was
found by itself stays when that deal is won in the middle of the call, and goes along when the call turns out to be with
another client.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound
from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call
from crm import audit, call_visibility, deal_visibility
from crm.access import Actor, Permission
from crm.errors import Forbidden
from crm.notices import announce
from crm.tables import CallLink, Deal, DealCall, Membership
from pbx.events import CallEnded, CallsMerged, CallStarted, CallUpdated, PbxEvent

BY_ITSELF = "only"
MANUAL = "manual"
MOST_OFFERED = 20
_TELLING = (CallStarted, CallUpdated, CallsMerged, CallEnded)


class DealCalls:
    """Handler of call events: attaches a call to the client's one open deal."""

    async def on_event(
        self,
        session: AsyncSession,
        event: PbxEvent,
        record: CallRecord | None,
        call_row_id: int | None,
    ) -> Sequence[Notice]:
        """Attach the call of this event, as its client is known now."""
        if not isinstance(event, _TELLING) or call_row_id is None:
            return ()
        if not await follow(session, call_row_id):
            return ()
        return (Notice("call", {"id": call_row_id}),)


async def follow(session: AsyncSession, call_id: int) -> bool:
    """Attach a call as its client is known now; True if something changed. A second time changes nothing.

    Args:
        session: a write session.
        call_id: the call, whose link to a client may be new, another one, or gone.
    """
    row = await session.get(DealCall, call_id, populate_existing=True)
    if row is not None and row.how == MANUAL:
        return False
    call = await session.get(Call, call_id)
    client_id = await session.scalar(select(CallLink.client_id).where(CallLink.call_id == call_id))
    if call is None or client_id is None:
        return await _put(session, row, call_id, None)
    if row is not None and await _is_of(session, row.deal_id, client_id):
        return False
    return await _put(session, row, call_id, await _only(session, call, client_id))


async def attach(session: AsyncSession, actor: Actor, call_id: int, deal_id: int | None) -> None:
    """Say which deal a call is about; None: about none.

    Raises:
        Forbidden: the actor may not edit deals, or does not see this call.
        CallNotFound: no such call.
        NotFound: no such deal, or one that the actor may not see.
    """
    actor.require(Permission.DEALS_EDIT)
    call = await session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id)
    await call_visibility.require(session, actor, call)
    if deal_id is not None:
        await deal_visibility.require(session, actor, deal_id)
    row = await session.get(DealCall, call_id)
    if row is not None and await _is_hidden(session, actor, row.deal_id):
        # From a deal that the actor cannot even see nothing is taken away.
        raise Forbidden("deals.see")
    if row is None:
        row = DealCall(call_id=call_id)
        session.add(row)
    row.deal_id, row.how, row.at = deal_id, MANUAL, datetime.now(UTC)
    await session.flush()
    await audit.record(session, actor, "call.deal", "call", call_id, {"deal_id": deal_id})
    announce(session, "call", call_id)
    if deal_id is not None:
        announce(session, "deal", deal_id)


async def deal_of(session: AsyncSession, actor: Actor, call_id: int) -> Deal | None:
    """The deal that a call is about, if the actor may see it."""
    if not actor.may(Permission.DEALS_SEE):
        return None
    query = select(Deal).join(DealCall, DealCall.deal_id == Deal.id)
    query = query.where(DealCall.call_id == call_id, deal_visibility.seen_by(actor))
    return await session.scalar(query)


async def is_decided(session: AsyncSession, call_id: int) -> bool:
    """Whether the call has a deal, or a person said that it is about none."""
    return await session.get(DealCall, call_id) is not None


async def offered(session: AsyncSession, actor: Actor, client_id: int) -> list[Deal]:
    """Open deals of a client that a call may be about, as far as the actor sees them; the newest first.

    Those of the organisations that a person works for are offered where the person has none.
    """
    if not actor.may(Permission.DEALS_SEE):
        return []
    seen = deal_visibility.seen_by(actor)
    for whose in (_own(client_id), _of_firms(client_id)):
        query = select(Deal).where(whose, Deal.state == "open", seen)
        query = query.order_by(Deal.updated_at.desc()).limit(MOST_OFFERED)
        if found := list((await session.scalars(query)).all()):
            return found
    return []


def calls_of(deal_id: int) -> ColumnElement[bool]:
    """A condition on `Call`: about this deal."""
    return Call.id.in_(select(DealCall.call_id).where(DealCall.deal_id == deal_id))


async def _only(session: AsyncSession, call: Call, client_id: int) -> int | None:
    """The one open deal, if there is exactly one. A deal that was opened after the call cannot be what it was about."""
    until = call.ended_at or datetime.now(UTC)
    for whose in (_own(client_id), _of_firms(client_id)):
        query = select(Deal.id).where(
            whose, Deal.state == "open", Deal.deleted_at.is_(None), Deal.opened_at <= until
        )
        found = (await session.scalars(query.limit(2))).all()
        if found:
            return found[0] if len(found) == 1 else None
    return None


async def _is_of(session: AsyncSession, deal_id: int | None, client_id: int) -> bool:
    query = select(Deal.id).where(
        Deal.id == deal_id, Deal.deleted_at.is_(None), or_(_own(client_id), _of_firms(client_id))
    )
    return await session.scalar(query) is not None


async def _is_hidden(session: AsyncSession, actor: Actor, deal_id: int | None) -> bool:
    listed = select(Deal.id).where(Deal.id == deal_id, deal_visibility.LISTED)
    if await session.scalar(listed) is None:
        return False
    return await session.scalar(listed.where(deal_visibility.in_scope(actor))) is None


def _own(client_id: int) -> ColumnElement[bool]:
    return or_(Deal.client_id == client_id, Deal.contact_id == client_id)


def _of_firms(client_id: int) -> ColumnElement[bool]:
    firms = select(Membership.organisation_id).where(Membership.person_id == client_id)
    return Deal.client_id.in_(firms)


async def _put(
    session: AsyncSession, row: DealCall | None, call_id: int, deal_id: int | None
) -> bool:
    if deal_id is None:
        if row is not None:
            await session.delete(row)
            await session.flush()
        return row is not None
    if row is None:
        row = DealCall(call_id=call_id)
        session.add(row)
    row.deal_id, row.how, row.at = deal_id, BY_ITSELF, datetime.now(UTC)
    await session.flush()
    return True
