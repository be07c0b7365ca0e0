"""Sending deliveries to webhooks: signed, tried again with growing pauses, each attempt kept.

In: deliveries that are due. Out: one POST each; what answers 2xx took it. At least once: a process that is killed after
the answer and before the commit sends it again, so each carries its id for the receiver to know it by.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2
import structlog
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from crm import notifications
from crm.access import Role
from crm.notifications import News
from crm.tables import User, Webhook, WebhookDelivery
from crm.webhooks import SIGNATURE_HEADER, signature

log = structlog.get_logger(__name__)

PAUSES_S = (10, 60, 300, 1800, 7200, 21600, 43200, 86400)
"""After the first attempt, the second …; after the last it is given up."""
TIMEOUT_S = 10.0
LEASE = timedelta(seconds=120)
"""So long nobody else tries a delivery that somebody took to send."""
AT_ONCE = 20
ANSWER_KEPT = 500
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    attempts: int
    url: str
    secret: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Result:
    status: int | None
    answer: str

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


async def send_due(db: Database) -> int:
    """Try every delivery whose time has come, some at once; returns how many were tried."""
    now = datetime.now(UTC)
    async with (
        db.read() as session
    ):  # mostly there is nothing, and looking takes no turn at writing
        if await session.scalar(select(WebhookDelivery.id).where(_is_due(now)).limit(1)) is None:
            return 0
    async with db.write() as session:
        due = await _claim(session, now)
    if not due:
        return 0
    # Redirects are not followed: they could lead a signed notice to somewhere else.
    async with httpx2.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
        results = await asyncio.gather(*(_send(client, one) for one in due))
    async with db.write() as session:
        for one, result in zip(due, results, strict=True):
            await _keep(session, one, result)
    return len(due)


async def prune(session: AsyncSession) -> None:
    """Forget deliveries that ended long ago."""
    old = WebhookDelivery.finished_at < datetime.now(UTC) - KEPT
    await session.execute(delete(WebhookDelivery).where(old))


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (WebhookDelivery.state == "waiting") & (WebhookDelivery.next_at <= now)


async def _claim(session: AsyncSession, now: datetime) -> Sequence[_Due]:
    is_due = _is_due(now)
    some = select(WebhookDelivery.id).where(is_due).order_by(WebhookDelivery.next_at).limit(AT_ONCE)
    # The condition stands twice: of two processes that saw the same rows the second finds them taken.
    taken = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(some), is_due)
        .values(next_at=now + LEASE, attempts=WebhookDelivery.attempts + 1)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    ids = (await session.scalars(taken)).all()
    rows = await session.execute(
        select(WebhookDelivery, Webhook)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .where(WebhookDelivery.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    return [
        _Due(
            delivery.id,
            delivery.attempts,
            webhook.url,
            webhook.secret,
            json.dumps({"id": delivery.id, **delivery.payload}, ensure_ascii=False).encode(),
        )
        for delivery, webhook in rows
    ]


async def _send(client: httpx2.AsyncClient, due: _Due) -> _Result:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Slovo",
        SIGNATURE_HEADER: signature(due.secret, int(datetime.now(UTC).timestamp()), due.body),
    }
    try:
        async with client.stream("POST", due.url, content=due.body, headers=headers) as answer:
            text = await asyncio.wait_for(_beginning(answer), TIMEOUT_S)
            return _Result(answer.status_code, text)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
        log.warning("webhook_failed", delivery=due.id, why=repr(error))
        return _Result(None, f"{type(error).__name__}: {error}"[:ANSWER_KEPT])


async def _beginning(answer: httpx2.Response) -> str:
    read = b""
    async for piece in answer.aiter_bytes():
        read += piece
        if len(read) >= ANSWER_KEPT:
            break
    return read[:ANSWER_KEPT].decode("utf-8", "replace").replace("\x00", "")


async def _keep(session: AsyncSession, due: _Due, result: _Result) -> None:
    row = await session.get(WebhookDelivery, due.id)
    if row is None:  # its webhook was removed meanwhile
        return
    now = datetime.now(UTC)
    row.status, row.answer = result.status, result.answer
    if result.taken:
        row.state, row.finished_at = "taken", now
    elif due.attempts > len(PAUSES_S):
        row.state, row.finished_at = "given_up", now
        await _tell_administrators(session, row)
    else:
        row.next_at = now + timedelta(seconds=PAUSES_S[due.attempts - 1])


async def _tell_administrators(session: AsyncSession, row: WebhookDelivery) -> None:
    admins = select(User.id).where(User.role == Role.ADMINISTRATOR)
    webhook = await session.get_one(Webhook, row.webhook_id)
    news = News("webhook", "webhook", row.webhook_id, {"url": webhook.url, "event": row.event})
    await notifications.tell(session, (await session.scalars(admins)).all(), news)
