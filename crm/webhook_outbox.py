"""What webhooks are told: made from the audit log, which holds every deed in its own transaction, and from ended calls.

In: rows of the audit log that a webhook has not seen. Out: deliveries that wait. Rows get their ids in the order of their
commits (`crm.audit` queues the writers), so nothing is passed over; a deed that was rolled back is never told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call
from crm.tables import AuditEntry, Webhook, WebhookDelivery
from pbx.events import CallEnded, PbxEvent

EVENT_OF_ACTION: Mapping[str, str] = MappingProxyType(
    {
        "client.create": "client.created",
        "client.edit": "client.changed",
        "client.number.attach": "client.changed",
        "client.number.detach": "client.changed",
        "client.confirm": "client.changed",
        "client.consent": "client.changed",
        "client.merge": "client.merged",
        "client.merge.undo": "client.changed",
        "client.delete": "client.deleted",
        "client.restore": "client.restored",
        "clients.import": "clients.imported",
        "clients.import.undo": "clients.import_undone",
        "clients.hand_over": "clients.handed_over",
        "clients.hand_over_undo": "clients.handed_over",
        "clients.responsible": "clients.given",
        "deal.create": "deal.created",
        "deal.edit": "deal.changed",
        "deal.move": "deal.stage_changed",
        "deal.delete": "deal.deleted",
        "deal.restore": "deal.restored",
        "task.add": "task.created",
        "task.take": "task.changed",
        "task.release": "task.changed",
        "task.reopen": "task.changed",
        "task.edit": "task.changed",
        "task.move": "task.changed",
        "task.snooze": "task.changed",
        "task.unsnooze": "task.changed",
        "task.end_series": "task.changed",
        "task.close": "task.closed",
        "task.delete": "task.deleted",
        "task.restore": "task.restored",
        "promise.mark": "promise.marked",
        "promise.confirm": "promise.confirmed",
        "promise.reject": "promise.rejected",
        "promise.edit": "promise.changed",
        "promise.evidence": "promise.changed",
        "promise.undo": "promise.changed",
        "promise.disputed": "promise.changed",
        "promise.undisputed": "promise.changed",
        "promise.kept": "promise.closed",
        "promise.broken": "promise.closed",
        "promise.cancelled": "promise.closed",
        "dispute.open": "dispute.opened",
        "dispute.edit": "dispute.changed",
        "dispute.evidence": "dispute.changed",
        "dispute.weigh": "dispute.changed",
        "dispute.return": "dispute.changed",
        "dispute.reopen": "dispute.changed",
        "dispute.answer": "dispute.changed",
        "dispute.close": "dispute.closed",
    }
)
"""Action of the audit log → event. Other actions are told to nobody."""
_ROWS = 500


async def has_news(session: AsyncSession) -> bool:
    """Whether `collect` would find something to look at: asked first, for it takes no turn at writing."""
    newest = select(func.max(AuditEntry.id)).scalar_subquery()
    behind = select(Webhook.id).where(Webhook.active.is_(True), Webhook.audit_id < newest)
    return await session.scalar(behind.limit(1)) is not None


async def collect(session: AsyncSession) -> int:
    """Make deliveries of what happened since the last look; returns how many."""
    await exclusive(session, "webhooks")
    made = 0
    for webhook in (await session.scalars(select(Webhook).where(Webhook.active.is_(True)))).all():
        made += await _collect_for(session, webhook)
    return made


async def _collect_for(session: AsyncSession, webhook: Webhook) -> int:
    query = select(AuditEntry).where(AuditEntry.id > webhook.audit_id)
    entries = (await session.scalars(query.order_by(AuditEntry.id).limit(_ROWS))).all()
    told = 0
    for entry in entries:
        event = EVENT_OF_ACTION.get(entry.action)
        if event in webhook.events:
            session.add(_delivery(webhook.id, str(event), payload_of(entry)))
            told += 1
    if entries:
        webhook.audit_id = entries[-1].id
    return told


def payload_of(entry: AuditEntry) -> dict[str, Any]:
    """What is told of a deed: what, when, by whom; no data."""
    return {
        "event": EVENT_OF_ACTION[entry.action],
        "at": entry.at.astimezone(UTC).isoformat(),
        "subject": {"kind": entry.subject_kind, "id": int(entry.subject_id)},
        "by": entry.login,
    }


async def on_event(
    session: AsyncSession, event: PbxEvent, record: CallRecord | None, call_row_id: int | None
) -> Sequence[Notice]:
    """Handler of call events: tell of an ended call, in the transaction of its rows."""
    if not isinstance(event, CallEnded) or call_row_id is None:
        return ()
    call = await session.get(Call, call_row_id)
    if call is None or call.direction == "internal" or call.consultation:
        return ()
    at = call.ended_at or event.at or datetime.now(UTC)
    await tell(session, "call.ended", ("call", call_row_id), at)
    return ()


async def tell(
    session: AsyncSession, event: str, subject: tuple[str, int], at: datetime, by: str = ""
) -> None:
    """Tell of something that the audit log does not hold, in the transaction of the thing itself.

    Args:
        session: a write session.
        event: one of `crm.webhooks.EVENTS`.
        subject: kind and id.
        at: when.
        by: login of who did it, "" if nobody did.
    """
    kind, subject_id = subject
    told = {
        "event": event,
        "at": at.astimezone(UTC).isoformat(),
        "subject": {"kind": kind, "id": subject_id},
        "by": by,
    }
    for webhook in (await session.scalars(select(Webhook).where(Webhook.active.is_(True)))).all():
        if event in webhook.events:
            session.add(_delivery(webhook.id, event, told))


def _delivery(webhook_id: int, event: str, payload: dict[str, Any]) -> WebhookDelivery:
    now = datetime.now(UTC)
    return WebhookDelivery(
        webhook_id=webhook_id, event=event, payload=payload, next_at=now, created_at=now
    )
