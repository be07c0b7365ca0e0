"""When somebody last talked with a client.

In: calls that ended, and links that changed. Out: `clients.last_contact_at`, always the newest answered call that is
linked: a link that is taken back takes its contact along.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call
from crm.tables import CallLink, Client
from pbx.events import CallEnded, PbxEvent


async def on_event(
    session: AsyncSession, event: PbxEvent, record: CallRecord | None, call_row_id: int | None
) -> Sequence[Notice]:
    """Handler of call events, after the links: the end of a talk is a contact."""
    if isinstance(event, CallEnded) and call_row_id is not None:
        linked = select(CallLink.client_id).where(CallLink.call_id == call_row_id)
        client_id = await session.scalar(linked)
        if client_id is not None:
            await renew(session, [client_id])
    return ()


async def renew(session: AsyncSession, client_ids: Collection[int]) -> None:
    """Look anew when these clients were last talked with. Their cards' version stays: nobody edited anything."""
    if not client_ids:
        return
    last = (
        select(func.max(func.coalesce(Call.ended_at, Call.started_at)))
        .join(CallLink, CallLink.call_id == Call.id)
        .where(
            CallLink.client_id == Client.id,
            Call.outcome == "answered",
            Call.merged_into_id.is_(None),
        )
        .correlate(Client)
        .scalar_subquery()
    )
    await session.execute(
        update(Client)
        .where(Client.id.in_(client_ids))
        .values(last_contact_at=last)
        .execution_options(synchronize_session=False)
    )
