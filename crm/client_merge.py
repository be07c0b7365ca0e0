"""Two cards of one client made one.

In: the card to keep and the one to give up. Out: numbers, calls, tasks, promises, contact persons and notes of both on the
kept card. The given-up card's own fields stay in the audit log.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit, callbacks
from crm.access import Actor, Permission
from crm.clients import load
from crm.errors import Invalid
from crm.notices import announce
from crm.tables import CallLink, Client, Membership, Promise, Task


async def merge(session: AsyncSession, actor: Actor, kept_id: int, gone_id: int) -> Client:
    """Give everything of one client to another, and delete the emptied card.

    Args:
        session: a write session.
        actor: who merges.
        kept_id: the client whose name and fields stay.
        gone_id: the client who is the same one.

    Raises:
        Forbidden: the actor may not edit clients.
        NotFound: no such client.
        Invalid: a client with himself, or a person with an organisation.
    """
    actor.require(Permission.CLIENTS_EDIT)
    kept, gone = await load(session, kept_id), await load(session, gone_id)
    if kept_id == gone_id or kept.kind != gone.kind:
        raise Invalid("client", "only two cards of the same kind can be merged")
    before = {
        "gone": gone_id,
        "name": gone.name,
        "email": gone.email,
        "position": gone.position,
        "numbers": [number.raw for number in gone.numbers],
    }
    await _move_tasks(session, kept_id, gone_id)
    for table in (CallLink, Promise):
        given = update(table).where(table.client_id == gone_id)
        await session.execute(given.values(client_id=kept_id))
    _move_numbers(kept, gone)
    await session.execute(
        update(Membership)
        .where(Membership.organisation_id == gone_id)
        .values(organisation_id=kept_id)
    )
    known = {email.folded for email in kept.emails}
    kept.emails.extend(email for email in list(gone.emails) if email.folded not in known)
    kept.notes = "\n\n".join(text for text in (kept.notes, gone.notes) if text.strip())
    kept.updated_at = datetime.now(UTC)
    await session.flush()
    await session.refresh(gone, ["numbers", "emails", "workplaces", "staff"])
    await session.delete(gone)
    await audit.record(session, actor, "client.merge", "client", kept_id, before)
    announce(session, "client", kept_id)
    announce(session, "client", gone_id)
    return kept


def _move_numbers(kept: Client, gone: Client) -> None:
    there = {(number.e164, number.last10) for number in kept.numbers}
    for number in list(gone.numbers):
        if (number.e164, number.last10) not in there:
            gone.numbers.remove(number)
            kept.numbers.append(number)


async def _move_tasks(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    await callbacks.take_lock(session)
    for task in await callbacks.open_for(session, [callbacks.subject_of(gone_id)]):
        await callbacks.give(session, task, kept_id)
    rest = (await session.scalars(select(Task).where(Task.client_id == gone_id))).all()
    for task in rest:
        task.client_id = kept_id
        if task.kind == "callback":
            task.subject_key = callbacks.subject_of(kept_id)
    await session.flush()
