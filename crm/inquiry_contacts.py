"""Somebody made contact: counted into their open inquiry, into a closed one that is opened again, or a new one.

In: a call or a letter, and whose it is. Out: the inquiry. Hold the lock of `callbacks`: of two contacts at once one makes
the inquiry. A call is counted once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import changes, notifications, snooze, webhook_outbox
from crm.access import SYSTEM
from crm.intake_rules import IntakeRules
from crm.notices import announce
from crm.notifications import News
from crm.tables import Client, Inquiry, InquiryCall

OPEN, CLOSED = "new", "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What came in."""

    channel: str
    at: datetime
    number: str = ""
    email: str = ""
    text: str = ""
    call_id: int | None = None
    sample: bool = False


def of_call(call: Call) -> Contact:
    """A call as a contact."""
    return Contact(
        channel="call",
        at=call.started_at or datetime.now(UTC),
        number=call.remote_number,
        call_id=call.id,
        sample=call.sample,
    )


async def count(
    session: AsyncSession, client: Client | None, contact: Contact, rules: IntakeRules
) -> Inquiry | None:
    """Take a contact into account; None if this call was counted before."""
    if contact.call_id is not None and await session.get(InquiryCall, contact.call_id) is not None:
        return None
    inquiry = await _open(session, client, contact) or await _closed(
        session, client, contact, rules
    )
    if inquiry is None:
        inquiry = await _new(session, client, contact)
    else:
        await again(session, inquiry, contact)
    if contact.call_id is not None:
        session.add(InquiryCall(call_id=contact.call_id, inquiry_id=inquiry.id))
    elif client is not None:
        # Calls end the snooze of the client's tasks by themselves (`crm.snooze.Snoozes`).
        await snooze.on_inquiry(session, client.id)
    await session.flush()
    announce(session, "inquiry", inquiry.id)
    return inquiry


async def wake(session: AsyncSession, client: Client, contact: Contact) -> Inquiry | None:
    """Let an open inquiry hear that its client made contact; None if there is none, or it heard already."""
    if contact.call_id is not None and await session.get(InquiryCall, contact.call_id) is not None:
        return None
    inquiry = await _open(session, client, contact)
    if inquiry is None:
        return None
    await again(session, inquiry, contact)
    if contact.call_id is not None:
        session.add(InquiryCall(call_id=contact.call_id, inquiry_id=inquiry.id))
    await session.flush()
    announce(session, "inquiry", inquiry.id)
    return inquiry


async def has_open(session: AsyncSession, client_id: int) -> bool:
    """Whether this client has an open inquiry."""
    query = select(Inquiry.id).where(Inquiry.client_id == client_id, Inquiry.state == OPEN)
    return await session.scalar(query.limit(1)) is not None


async def move_call(session: AsyncSession, from_call_id: int, to_call_id: int) -> None:
    """A call turned out to be part of another one: both count as one contact."""
    counted = await session.get(InquiryCall, from_call_id)
    if counted is None:
        return
    inquiry = await session.get(Inquiry, counted.inquiry_id)
    other = await session.get(InquiryCall, to_call_id)
    await session.delete(counted)
    await session.flush()
    if inquiry is None:
        return
    if inquiry.call_id == from_call_id:
        inquiry.call_id = to_call_id
    if other is None:
        session.add(InquiryCall(call_id=to_call_id, inquiry_id=inquiry.id))
    elif other.inquiry_id == inquiry.id:
        inquiry.contacts = max(1, inquiry.contacts - 1)
    elif inquiry.contacts == 1 and inquiry.state == OPEN and not inquiry.last_step:
        await session.delete(inquiry)
    await session.flush()
    announce(session, "inquiry", counted.inquiry_id)


async def again(session: AsyncSession, inquiry: Inquiry, contact: Contact) -> None:
    """They made contact once more: out of the snooze, open again, and whoever has it is told."""
    before = {"state": inquiry.state, "snoozed_until": inquiry.snoozed_until}
    inquiry.contacts += 1
    inquiry.last_contact_at = max(inquiry.last_contact_at, contact.at)
    inquiry.state, inquiry.snoozed_until = OPEN, None
    inquiry.closed_at = inquiry.closed_by_id = None
    inquiry.email = inquiry.email or contact.email
    inquiry.number = inquiry.number or contact.number
    inquiry.text = "\n\n".join(text for text in (inquiry.text, contact.text) if text)
    after = {"state": OPEN, "snoozed_until": None}
    subject = changes.Subject("inquiry", inquiry.id, inquiry.client_id)
    if (
        changes.record(session, SYSTEM, subject, before, after)
        and inquiry.responsible_id is not None
    ):
        detail = {"number": inquiry.number, "why": "contact"}
        news = News("inquiry", "inquiry", inquiry.id, detail)
        await notifications.tell(session, [inquiry.responsible_id], news)


async def _new(session: AsyncSession, client: Client | None, contact: Contact) -> Inquiry:
    inquiry = Inquiry(
        client_id=client.id if client else None,
        channel=contact.channel,
        call_id=contact.call_id,
        number=contact.number,
        email=contact.email,
        text=contact.text,
        state=OPEN,
        responsible_id=client.responsible_id if client else None,
        contacts=1,
        opened_at=contact.at,
        last_contact_at=contact.at,
        last_step={},
        sample=contact.sample,
    )
    session.add(inquiry)
    await session.flush()
    await webhook_outbox.tell(session, "inquiry.opened", ("inquiry", inquiry.id), contact.at)
    if inquiry.responsible_id is not None:
        name = client.name if client else ""
        detail = {"number": contact.number, "client": name, "why": "new"}
        news = News("inquiry", "inquiry", inquiry.id, detail)
        await notifications.tell(session, [inquiry.responsible_id], news)
    return inquiry


async def _open(session: AsyncSession, client: Client | None, contact: Contact) -> Inquiry | None:
    return await _last(session, client, contact, OPEN, None)


async def _closed(
    session: AsyncSession, client: Client | None, contact: Contact, rules: IntakeRules
) -> Inquiry | None:
    if not rules.reopen_days:
        return None
    since = contact.at - timedelta(days=rules.reopen_days)
    return await _last(session, client, contact, CLOSED, since)


async def _last(
    session: AsyncSession,
    client: Client | None,
    contact: Contact,
    state: str,
    closed_since: datetime | None,
) -> Inquiry | None:
    query = select(Inquiry).where(Inquiry.state == state)
    if closed_since is not None:
        query = query.where(Inquiry.closed_at >= closed_since)
    if client is not None:
        query = query.where(Inquiry.client_id == client.id)
    elif contact.number:
        query = query.where(Inquiry.client_id.is_(None), Inquiry.number == contact.number)
    else:
        query = query.where(
            Inquiry.client_id.is_(None), func.lower(Inquiry.email) == contact.email.lower()
        )
    return await session.scalar(query.order_by(Inquiry.id.desc()).limit(1))
