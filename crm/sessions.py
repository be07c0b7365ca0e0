"""Logins: who comes in, for how long, and how often somebody may guess.

In: login and password, later the cookie's token. Out: an `Actor`. The token is 256 random bits; the row holds only its
SHA-256. Every login makes a new token and ends the one that the browser brought along, so a planted cookie is worth
nothing. An attempt is counted before the password is looked at: guessing in parallel wins no attempts.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.db import Database, exclusive
from calls.errors import DatabaseUnavailable
from crm import audit, passwords
from crm.access import Actor
from crm.agents import actor_for
from crm.errors import Invalid, LoginFailed
from crm.notices import announce
from crm.settings import CrmSettings
from crm.tables import LoginAttempt, Session, User

log = structlog.get_logger()

TOUCH_EVERY = timedelta(minutes=1)
"""How old `seen_at` may get before it is written again: not every request needs a write."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a login comes from."""

    address: str = ""
    user_agent: str = ""
    old_token: str = ""
    """The session cookie that the browser brought along, if any."""


def now_utc() -> datetime:
    """The time that the rules below go by."""
    return datetime.now(UTC)


class Sessions:
    """Logins of one installation."""

    def __init__(
        self, db: Database, settings: CrmSettings, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock

    async def login(self, login: str, password: str, visitor: Visitor = Visitor()) -> str:
        """Check a password and open a session.

        Returns:
            The token for the cookie.

        Raises:
            LoginFailed: wrong login or password, a locked person, or too many attempts (`retry_after_s`).
        """
        login = login.strip().lower()[:64]
        async with self._db.write() as session:
            await self._count_attempt(session, login, visitor.address)
            user = await session.scalar(select(User).where(User.login == login))
        known = user if user is not None and user.active else None
        # Outside of the transaction: hashing takes long on purpose, and SQLite has one writer.
        if not await passwords.matches(password, known.password_hash if known else None):
            await self._note_failure(login, visitor.address)
            raise LoginFailed
        if known is None:
            raise LoginFailed
        new_hash = None
        if passwords.is_outdated(known.password_hash):
            new_hash = await passwords.rehashed(password)
        return await self._open(known, new_hash, visitor)

    async def actor_of(self, token: str, address: str = "") -> Actor | None:
        """Return who this token belongs to, and let the session live on; None if it is unknown or has ended."""
        if not token:
            return None
        now = self._clock()
        async with self._db.read() as session:
            row = (
                await session.execute(
                    select(Session, User)
                    .join(User, User.id == Session.user_id)
                    .where(Session.token_hash == _hash(token))
                    .options(selectinload(User.devices), selectinload(User.queues))
                )
            ).one_or_none()
            if row is None or row.Session.expires_at <= now or not row.User.active:
                return None
            actor = await actor_for(session, row.User, address)
        if now - row.Session.seen_at >= TOUCH_EVERY:
            await self._touch(row.Session, now)
        return actor

    async def change_password(self, actor: Actor, old: str, new: str, token: str) -> None:
        """Give the actor another password; all their other logins end. Guesses of the old one count as failed logins.

        Args:
            actor: whose.
            old: the password until now.
            new: the one from now on.
            token: the login that goes on.

        Raises:
            LoginFailed: the old one is wrong, or there were too many attempts (`retry_after_s`).
            Invalid: the new one is too weak, or the same.
        """
        async with self._db.write() as session:
            await self._count_attempt(session, actor.login, actor.address)
            user = await session.get_one(User, actor.user_id)
        known = user.password_hash
        if not await passwords.matches(old, known):
            await self._note_failure(actor.login, actor.address)
            raise LoginFailed
        if old == new:
            raise Invalid("password", "is the same as the old one")
        made = await passwords.hashed(new, actor.login)
        async with self._db.write() as session:
            user = await session.get_one(User, actor.user_id)
            if not user.active or user.password_hash != known:
                raise LoginFailed  # locked, or given another password, while this one was being checked
            user.password_hash = made
            await session.execute(
                delete(LoginAttempt).where(LoginAttempt.subject == f"login:{user.login}")
            )
            await self._forgive_once(session, f"address:{actor.address}")
            others = (Session.user_id == user.id) & (Session.token_hash != _hash(token))
            await session.execute(delete(Session).where(others))
            await audit.record(session, actor, "user.password", "user", user.id)
            announce(session, "user", user.id)

    async def logout(self, token: str) -> None:
        """End this session; an unknown token is no error."""
        async with self._db.write() as session:
            gone = delete(Session).where(Session.token_hash == _hash(token))
            user_id = await session.scalar(gone.returning(Session.user_id))
            if user_id is not None:
                announce(session, "user", user_id)  # other open pages of this login end with it

    async def logout_everywhere(self, user_id: int) -> None:
        """End all sessions of a person."""
        async with self._db.write() as session:
            await session.execute(delete(Session).where(Session.user_id == user_id))
            announce(session, "user", user_id)

    async def prune(self) -> None:
        """Delete sessions that have ended and attempts that no longer count."""
        now = self._clock()
        async with self._db.write() as session:
            await session.execute(delete(Session).where(Session.expires_at <= now))
            await session.execute(delete(LoginAttempt).where(LoginAttempt.at <= now - self._window))

    @property
    def _window(self) -> timedelta:
        return timedelta(seconds=self._settings.password_lockout_s)

    async def _count_attempt(self, session: AsyncSession, login: str, address: str) -> None:
        """Write the attempt down as failed; a success takes it back.

        Raises:
            LoginFailed: there were too many already.
        """
        await exclusive(session, "login_attempts")
        now = self._clock()
        limits = {f"login:{login}": self._settings.password_attempts}
        if address:
            limits[f"address:{address}"] = self._settings.address_attempts
        for subject, limit in limits.items():
            times = (
                await session.scalars(
                    select(LoginAttempt.at)
                    .where(LoginAttempt.subject == subject, LoginAttempt.at > now - self._window)
                    .order_by(LoginAttempt.at.desc())
                    .limit(limit)
                )
            ).all()
            if len(times) >= limit:
                log.warning("login_throttled", login=login, address=address)
                left_s = (times[-1] + self._window - now).total_seconds()
                raise LoginFailed(retry_after_s=max(1, math.ceil(left_s)))
        session.add_all(LoginAttempt(subject=subject, at=now) for subject in limits)

    async def _note_failure(self, login: str, address: str) -> None:
        log.info("login_failed", login=login, address=address)
        async with self._db.write() as session:
            await audit.record(session, None, "login.failed", "user", login, {"address": address})

    async def _open(self, known: User, new_hash: str | None, visitor: Visitor) -> str:
        now, token = self._clock(), secrets.token_urlsafe(32)
        async with self._db.write() as session:
            user = await session.scalar(
                select(User)
                .where(User.id == known.id)
                .options(selectinload(User.devices), selectinload(User.queues))
            )
            # Locked, or given another password, while this one was being checked.
            if user is None or not user.active or user.password_hash != known.password_hash:
                raise LoginFailed
            user.password_hash = new_hash or user.password_hash
            await session.execute(
                delete(LoginAttempt).where(LoginAttempt.subject == f"login:{user.login}")
            )
            await self._forgive_once(session, f"address:{visitor.address}")
            if visitor.old_token:
                await session.execute(
                    delete(Session).where(Session.token_hash == _hash(visitor.old_token))
                )
            session.add(
                Session(
                    token_hash=_hash(token),
                    user_id=user.id,
                    created_at=now,
                    seen_at=now,
                    expires_at=self._expiry(now, now),
                    address=visitor.address[:64],
                    user_agent=visitor.user_agent[:255],
                )
            )
            actor = await actor_for(session, user, visitor.address)
            await audit.record(session, actor, "login", "user", user.id)
        log.info("login", login=actor.login, address=visitor.address)
        return token

    async def _forgive_once(self, session: AsyncSession, subject: str) -> None:
        """Take back the attempt that turned out right; the failures of others at the same address stay."""
        newest = await session.scalar(
            select(LoginAttempt.id)
            .where(LoginAttempt.subject == subject)
            .order_by(LoginAttempt.id.desc())
            .limit(1)
        )
        await session.execute(delete(LoginAttempt).where(LoginAttempt.id == newest))

    def _expiry(self, created_at: datetime, now: datetime) -> datetime:
        return min(
            now + timedelta(hours=self._settings.session_hours),
            created_at + timedelta(hours=self._settings.session_max_hours),
        )

    async def _touch(self, row: Session, now: datetime) -> None:
        try:
            async with self._db.write() as session:
                await session.execute(
                    update(Session)
                    .where(Session.id == row.id)
                    .values(seen_at=now, expires_at=self._expiry(row.created_at, now))
                )
        except DatabaseUnavailable:
            # The session is valid all the same; it is written again with the next request.
            log.warning("session_not_touched", user_id=row.user_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
