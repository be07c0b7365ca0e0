"""A request that may be sent again: the second one gets the answer of the first, and nothing is done twice.

In: a token, the key that its program chose, and the request. Out: the kept answer, or none. The answer is kept in the
transaction of the deed itself, so there is no moment in which the deed is done and the answer is not known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from crm.errors import Conflict
from crm.tables import IdempotencyKey

KEPT = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: the same key with another request is refused."""

    token_id: int
    key: str
    method: str
    path: str
    body: bytes

    @property
    def digest(self) -> str:
        """Hash of method, path and body."""
        return hashlib.sha256(f"{self.method} {self.path}\n".encode() + self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, as it was sent."""

    status: int
    body: str


async def earlier(session: AsyncSession, request: Request) -> Answer | None:
    """Return the answer to an earlier request with this key. Two at the same time wait for one another.

    Raises:
        Conflict: the key was used for another request.
    """
    await exclusive(session, f"idempotency:{request.token_id}:{request.key}")
    row = await session.get(IdempotencyKey, (request.token_id, request.key))
    if row is None:
        return None
    if row.request_hash != request.digest:
        why = "this Idempotency-Key was used for another request"
        raise Conflict("idempotency_key", request.key, why)
    return Answer(row.status, row.body)


def keep(session: AsyncSession, request: Request, answer: Answer) -> None:
    """Keep an answer for `KEPT`."""
    session.add(
        IdempotencyKey(
            token_id=request.token_id,
            key=request.key,
            request_hash=request.digest,
            status=answer.status,
            body=answer.body,
            at=datetime.now(UTC),
        )
    )


async def prune(session: AsyncSession) -> None:
    """Forget answers that nobody asks for again."""
    old = IdempotencyKey.at < datetime.now(UTC) - KEPT
    await session.execute(delete(IdempotencyKey).where(old))
