"""Webhooks: other programs that are told what happened here.

In: an address and the events that it wants. Out: rows; `crm.webhook_outbox` fills them with deliveries and
`crm.webhook_delivery` sends these. A delivery names what changed and holds no data of it: the program asks the API, with a
token that has rights of its own, so nothing personal leaves by this way and nothing that is told is ever stale.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import Actor, Permission
from crm.errors import Invalid, NotFound
from crm.tables import AuditEntry, Webhook, WebhookDelivery

EVENTS = (
    "client.created",
    "client.changed",
    "client.merged",
    "client.deleted",
    "client.restored",
    "clients.imported",
    "clients.import_undone",
    "clients.handed_over",
    "clients.given",
    "deal.created",
    "deal.changed",
    "deal.stage_changed",
    "deal.deleted",
    "deal.restored",
    "task.created",
    "task.changed",
    "task.closed",
    "task.deleted",
    "task.restored",
    "inquiry.opened",
    "inquiry.changed",
    "inquiry.closed",
    "call.ended",
    "promise.marked",
    "promise.confirmed",
    "promise.rejected",
    "promise.changed",
    "promise.closed",
    "dispute.opened",
    "dispute.changed",
    "dispute.closed",
)
SIGNATURE_HEADER = "Slovo-Signature"
_LONGEST_URL = 1000


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook just made. `secret` is shown once."""

    row: Webhook
    secret: str


async def add(session: AsyncSession, actor: Actor, url: str, events: Iterable[str]) -> NewWebhook:
    """Tell this address of these events from now on.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: no address of http or https, or no known event.
    """
    actor.require(Permission.ADMINISTER)
    wanted = sorted(set(events))
    _check(url, wanted)
    newest = await session.scalar(select(func.max(AuditEntry.id)))
    row = Webhook(
        url=url,
        secret=secrets.token_urlsafe(32),
        events=wanted,
        audit_id=newest or 0,
        created_by_id=actor.user_id or None,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    await audit.record(session, actor, "webhook.add", "webhook", row.id, {"events": wanted})
    return NewWebhook(row, row.secret)


async def edit(
    session: AsyncSession, actor: Actor, webhook_id: int, *, events: Iterable[str], active: bool
) -> Webhook:
    """Change what a webhook is told, or pause it. What happens while it is paused is never told.

    Raises:
        Forbidden, Invalid: as `add`.
        NotFound: no such webhook.
    """
    row = await get(session, actor, webhook_id)
    wanted = sorted(set(events))
    _check(row.url, wanted)
    if active and not row.active:
        row.audit_id = await session.scalar(select(func.max(AuditEntry.id))) or 0
    row.events, row.active = wanted, active
    detail = {"events": wanted, "active": active}
    await audit.record(session, actor, "webhook.edit", "webhook", row.id, detail)
    return row


async def remove(session: AsyncSession, actor: Actor, webhook_id: int) -> None:
    """Forget a webhook and its deliveries.

    Raises:
        Forbidden, NotFound: as `edit`.
    """
    row = await get(session, actor, webhook_id)
    await session.delete(row)
    await audit.record(session, actor, "webhook.remove", "webhook", webhook_id)


async def get(session: AsyncSession, actor: Actor, webhook_id: int) -> Webhook:
    """Return one webhook.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such webhook.
    """
    actor.require(Permission.ADMINISTER)
    row = await session.get(Webhook, webhook_id)
    if row is None:
        raise NotFound("webhook", webhook_id)
    return row


async def listed(session: AsyncSession, actor: Actor) -> list[Webhook]:
    """All webhooks, oldest first.

    Raises:
        Forbidden: the actor is no administrator.
    """
    actor.require(Permission.ADMINISTER)
    return list((await session.scalars(select(Webhook).order_by(Webhook.id))).all())


async def deliveries(
    session: AsyncSession,
    actor: Actor,
    webhook_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[WebhookDelivery]:
    """The newest deliveries of a webhook, those before the id `before` if given.

    Raises:
        Forbidden, NotFound: as `get`.
    """
    await get(session, actor, webhook_id)
    query = (
        select(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    return list((await session.scalars(query)).all())


async def send_again(session: AsyncSession, actor: Actor, delivery_id: int) -> WebhookDelivery:
    """Put a delivery back, as if it had never been tried.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such delivery.
    """
    actor.require(Permission.ADMINISTER)
    row = await session.get(WebhookDelivery, delivery_id)
    if row is None:
        raise NotFound("delivery", delivery_id)
    row.state, row.attempts, row.finished_at = "waiting", 0, None
    row.next_at = datetime.now(UTC)
    await audit.record(session, actor, "webhook.send_again", "webhook", row.webhook_id)
    return row


def signature(secret: str, at_s: int, body: bytes) -> str:
    """The header's value: `t=SECONDS,v1=HEX`, HMAC-SHA256 (RFC 2104) of "SECONDS.BODY" with the webhook's secret."""
    signed = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={signed}"


def _check(url: str, events: list[str]) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid("url", f"this is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > _LONGEST_URL:
        raise Invalid("url", "give an address that begins with https:// or http://")
    if parts.username or parts.password or parts.fragment or port == 0:
        raise Invalid("url", "give an address without a login, a password and a #fragment")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise Invalid("url", "an address has no spaces")
    if not events or any(event not in EVENTS for event in events):
        raise Invalid("events", f"choose at least one of {', '.join(EVENTS)}")
