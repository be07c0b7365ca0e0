"""Which client a call was with: found by its number, or said by a person.

In: call events with their call's row. Out: one link per call. A number that fits several clients links nobody: the
candidates are shown, and a person chooses (`link`). What a person chose is never changed by a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound
from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call
from crm import (
    audit,
    automatic_cards,
    call_visibility,
    callbacks,
    client_visibility,
    deal_calls,
    last_contact,
    number_lookup,
)
from crm.access import Actor, Permission
from crm.notices import announce
from crm.number_lookup import Found
from crm.number_rules import NumberRules
from crm.tables import CallLink, Client, Inquiry, Promise, Task, TaskCall
from pbx.events import CallEnded, CallsMerged, CallStarted, CallUpdated, PbxEvent

BY_NUMBER = "number"
MANUAL = "manual"
_TELLING = (CallStarted, CallUpdated, CallsMerged, CallEnded)
"""Events after which a number may be known, or be another one, than before."""


class CallLinks:
    """Handler of call events: links a call as soon as its number is known."""

    def __init__(self, rules: NumberRules) -> None:
        self._rules = rules

    async def on_event(
        self,
        session: AsyncSession,
        event: PbxEvent,
        record: CallRecord | None,
        call_row_id: int | None,
    ) -> Sequence[Notice]:
        """Link the call of this event to the one client of its number."""
        if not isinstance(event, _TELLING) or call_row_id is None:
            return ()
        call = await session.get(Call, call_row_id, populate_existing=True)
        if call is None:
            return ()
        changed = await link_by_number(session, call, self._rules)
        return (Notice("call", {"id": call_row_id}),) if changed else ()


async def link_by_number(session: AsyncSession, call: Call, rules: NumberRules) -> bool:
    """Link a call to the one client of its outside number; True if something changed."""
    before = await session.get(CallLink, call.id)
    if before is not None and before.how == MANUAL:
        return False
    found = await number_lookup.find(session, call.remote_number, rules)
    if found.one is None:
        # The number turned out to be another one than it seemed at first.
        if before is not None:
            await session.delete(before)
            await session.flush()
            await automatic_cards.leave(session, before.client_id, rules.key(call.remote_number))
        return before is not None
    if before is not None and before.client_id == found.one.id:
        return False
    left = before.client_id if before is not None else None
    await _put(session, before, call.id, found.one.id, BY_NUMBER)
    if left is not None:
        await automatic_cards.leave(session, left, rules.key(call.remote_number))
    return True


async def client_of(session: AsyncSession, call_id: int) -> Client | None:
    """Return the client that this call is linked to."""
    query = select(Client).join(CallLink, CallLink.client_id == Client.id)
    return await session.scalar(query.where(CallLink.call_id == call_id))


async def candidates(session: AsyncSession, call: Call, rules: NumberRules) -> Found:
    """Return the clients that the call's number fits: what to choose from while it is not linked."""
    return await number_lookup.find(session, call.remote_number, rules)


async def link(session: AsyncSession, actor: Actor, call_id: int, client_id: int) -> None:
    """Say which client this call was with. Its call-back becomes that client's.

    Raises:
        Forbidden: the actor may not edit clients, or does not see this call.
        CallNotFound: no such call.
        NotFound: no such client, or one whom the actor may not see.
    """
    actor.require(Permission.CLIENTS_EDIT)
    call = await session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id)
    await call_visibility.require(session, actor, call)
    await client_visibility.require(session, actor, client_id)
    await give(session, call_id, client_id)
    await audit.record(session, actor, "call.link", "call", call_id, {"client_id": client_id})
    announce(session, "call", call_id)
    announce(session, "client", client_id)


async def give(session: AsyncSession, call_id: int, client_id: int) -> None:
    """As `link`, for whoever was asked already: the call, its call-back and what it asks for are this client's."""
    await _put(session, await session.get(CallLink, call_id), call_id, client_id, MANUAL)
    await _move_callback(session, call_id, client_id)
    nobodys = select(Inquiry).where(Inquiry.call_id == call_id, Inquiry.client_id.is_(None))
    for inquiry in (await session.scalars(nobodys)).all():
        inquiry.client_id = client_id
        announce(session, "inquiry", inquiry.id)


async def link_earlier_calls(session: AsyncSession, client: Client, rules: NumberRules) -> None:
    """Link the calls of a client's numbers that were linked to nobody; numbers that others share are left alone."""
    numbers = [number.e164 for number in client.numbers if number.e164]
    linked = exists().where(CallLink.call_id == Call.id)
    unlinked = select(Call).where(Call.remote_e164.in_(numbers), ~linked)
    for call in (await session.scalars(unlinked)).all():
        if await link_by_number(session, call, rules) and not call.ended:
            announce(session, "call", call.id)


async def _put(
    session: AsyncSession, before: CallLink | None, call_id: int, client_id: int, how: str
) -> None:
    now = datetime.now(UTC)
    if before is None:
        row = CallLink(call_id=call_id, client_id=client_id, how=how, linked_at=now)
        session.add(row)
        touched = {client_id}
    else:
        touched = {client_id, before.client_id}
        before.client_id, before.how, before.linked_at = client_id, how, now
    given = update(Promise).where(Promise.call_id == call_id)
    await session.execute(given.values(client_id=client_id))
    await session.flush()
    await deal_calls.follow(session, call_id)
    if await session.scalar(select(Call.ended).where(Call.id == call_id)):
        await last_contact.renew(session, touched)


async def _move_callback(session: AsyncSession, call_id: int, client_id: int) -> None:
    """The open call-back that this call belongs to is the client's, now that a person said so."""
    await callbacks.take_lock(session)
    query = (
        select(Task)
        .join(TaskCall, TaskCall.task_id == Task.id)
        .where(TaskCall.call_id == call_id, Task.state == "open", Task.kind == "callback")
    )
    for task in (await session.scalars(query)).all():
        await callbacks.give(session, task, client_id)
