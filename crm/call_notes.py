"""Notes on calls: what a person typed into the card, kept as typed.

In: the whole text, again and again while somebody types. Out: one note per call and person; the last text wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound
from calls.tables import Call
from crm import call_visibility
from crm.access import Actor, Permission
from crm.errors import Invalid
from crm.notices import announce
from crm.tables import CallNote, User

LONGEST = 20_000
"""Characters; more than an hour of quick typing."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note with its author's name."""

    call_id: int
    user_id: int
    author: str
    text: str
    updated_at: datetime


async def save(session: AsyncSession, actor: Actor, call_id: int, text: str) -> CallNote:
    """Keep what the actor typed about a call, exactly as typed.

    Raises:
        Forbidden: the actor may write no notes, or does not see this call.
        CallNotFound: no such call.
        Invalid: the text is too long; what was kept before stays.
    """
    actor.require(Permission.NOTES_WRITE)
    if len(text) > LONGEST:
        raise Invalid("text", f"must not be longer than {LONGEST} characters")
    call = await session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id)
    await call_visibility.require(session, actor, call)
    note = await _note(session, actor, call_id)
    # PostgreSQL refuses the zero character; no keyboard types it.
    note.text, note.updated_at = text.replace("\x00", ""), datetime.now(UTC)
    await session.flush()
    announce(session, "note", call_id)
    return note


async def of_call(session: AsyncSession, call_id: int) -> list[Note]:
    """All notes on a call, oldest first. Whether the call may be seen is the caller's question."""
    rows = await session.execute(
        select(CallNote, User.name, User.login)
        .join(User, User.id == CallNote.user_id)
        .where(CallNote.call_id == call_id)
        .order_by(CallNote.id)
    )
    return [
        Note(note.call_id, note.user_id, name or login, note.text, note.updated_at)
        for note, name, login in rows
    ]


async def _note(session: AsyncSession, actor: Actor, call_id: int) -> CallNote:
    query = select(CallNote).where(CallNote.call_id == call_id, CallNote.user_id == actor.user_id)
    note = await session.scalar(query)
    if note is not None:
        return note
    made = CallNote(call_id=call_id, user_id=actor.user_id, updated_at=datetime.now(UTC))
    try:
        async with session.begin_nested():
            session.add(made)
    except IntegrityError:
        # Two tabs of one person began the note at once: the other tab's row is the one.
        return (await session.scalars(query)).one()
    return made
