"""Keys of the HTTP API: each acts as its person, within the scopes that it was given.

In: a person who may use the API. Out: a token that is shown once (only its hash is kept), and the `Actor` of a request
that brings it. A token never may more than its person, whose role and scopes count at the time of the request.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.db import Database
from calls.errors import DatabaseUnavailable
from crm import audit
from crm.access import Actor, Permission
from crm.agents import actor_for
from crm.errors import Invalid, NotFound
from crm.tables import ApiToken, User

log = structlog.get_logger(__name__)

PREFIX = "slovo_"
"""So that a token is recognised where it should not be: in a log, in a repository."""
TOUCH_EVERY = timedelta(minutes=1)
_ALWAYS = frozenset({Permission.PUBLIC, Permission.LOGGED_IN, Permission.API_USE})
_HEARD = frozenset(
    {Permission.CALLS_SEE_OWN, Permission.CALLS_SEE_ALL, Permission.RECORDINGS_PLAY_OWN}
)
"""What quotes of calls need. Sound itself is given to no key: it is asked for at pages, which take none."""
SCOPES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        "clients:read": frozenset({Permission.CLIENTS_SEE}),
        "clients:write": frozenset(
            {
                Permission.CLIENTS_SEE,
                Permission.CLIENTS_EDIT,
                Permission.COMMENTS_WRITE,
                Permission.FILES_ADD,
            }
        ),
        "clients:delete": frozenset({Permission.CLIENTS_SEE, Permission.CLIENTS_DELETE}),
        "clients:merge": frozenset({Permission.CLIENTS_SEE, Permission.CLIENTS_MERGE}),
        "personal:read": frozenset({Permission.CLIENTS_SEE, Permission.PERSONAL_SEE}),
        "deals:read": frozenset({Permission.DEALS_SEE}),
        "deals:write": frozenset({Permission.DEALS_SEE, Permission.DEALS_EDIT}),
        "deals:delete": frozenset({Permission.DEALS_SEE, Permission.DEALS_DELETE}),
        "tasks:read": frozenset({Permission.TASKS_SEE_OWN, Permission.TASKS_SEE_ALL}),
        "tasks:write": frozenset(
            {Permission.TASKS_SEE_OWN, Permission.TASKS_SEE_ALL, Permission.TASKS_CLOSE}
        ),
        # A form on a web site has such a key: whoever finds it there must not read or change clients with it.
        "inquiries:read": frozenset({Permission.INQUIRIES_SEE}),
        "inquiries:write": frozenset({Permission.INQUIRIES_SEE, Permission.INQUIRIES_SORT}),
        "calls:read": frozenset({Permission.CALLS_SEE_OWN, Permission.CALLS_SEE_ALL}),
        "promises:read": _HEARD | {Permission.PROMISES_SEE},
        # Confirming one makes a task, saying what became of it closes that task.
        "promises:write": _HEARD
        | {
            Permission.PROMISES_SEE,
            Permission.PROMISES_MARK,
            Permission.TASKS_SEE_OWN,
            Permission.TASKS_SEE_ALL,
            Permission.TASKS_CLOSE,
        },
        "disputes:read": _HEARD | {Permission.PROMISES_SEE, Permission.DISPUTES_SEE},
        "disputes:write": _HEARD
        | {
            Permission.PROMISES_SEE,
            Permission.DISPUTES_SEE,
            Permission.DISPUTES_OPEN,
            Permission.DISPUTES_JUDGE,
        },
        "webhooks:write": frozenset({Permission.ADMINISTER}),
    }
)
"""Scope → what it opens, as far as the person may."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. `secret` is shown once and kept nowhere."""

    row: ApiToken
    secret: str


async def add(
    session: AsyncSession,
    actor: Actor,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
) -> NewToken:
    """Make a token for the actor.

    Args:
        session: a write session.
        actor: whose token it is.
        name: what it is for.
        scopes: of `SCOPES`, one at least.
        expires_at: from when on it is refused; None: until it is revoked.

    Raises:
        Forbidden: the actor may not use the API.
        Invalid: no name, an unknown scope, or an end in the past.
    """
    actor.require(Permission.API_USE)
    name, wanted = " ".join(name.split()), sorted(set(scopes))
    if not 1 <= len(name) <= 128:
        raise Invalid("name", "say in 1 to 128 characters what the key is for")
    if not wanted or any(scope not in SCOPES for scope in wanted):
        raise Invalid("scopes", f"choose at least one of {', '.join(SCOPES)}")
    now = datetime.now(UTC)
    if expires_at is not None and expires_at <= now:
        raise Invalid("expires_at", "this time is over already")
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        user_id=actor.user_id,
        name=name,
        token_hash=_hash(secret),
        scopes=wanted,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    await session.flush()
    await audit.record(session, actor, "token.add", "token", row.id, {"scopes": wanted})
    return NewToken(row, secret)


async def revoke(session: AsyncSession, actor: Actor, token_id: int) -> None:
    """End a token of one's own; administrators end anybody's.

    Raises:
        NotFound: no such token.
        Forbidden: it is somebody else's.
    """
    row = await session.get(ApiToken, token_id)
    if row is None:
        raise NotFound("token", token_id)
    if row.user_id != actor.user_id:
        actor.require(Permission.ADMINISTER)
    if row.revoked_at is None:
        row.revoked_at = datetime.now(UTC)
        await audit.record(session, actor, "token.revoke", "token", token_id)


async def listed(session: AsyncSession, actor: Actor) -> list[tuple[ApiToken, str]]:
    """Tokens that are not revoked, with the login of their person: the actor's own, or all for administrators."""
    actor.require(Permission.API_USE)
    query = (
        select(ApiToken, User.login)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
    )
    if not actor.may(Permission.ADMINISTER):
        query = query.where(ApiToken.user_id == actor.user_id)
    return [(token, login) for token, login in await session.execute(query)]


async def actor_of(db: Database, secret: str, address: str = "") -> tuple[Actor, int] | None:
    """Who acts with this token, and the token's id; None if it is unknown, over or revoked, or its person may not.

    Raises:
        DatabaseUnavailable: it cannot be looked up now.
    """
    if not secret.startswith(PREFIX):
        return None
    now = datetime.now(UTC)
    async with db.read() as session:
        found = (
            await session.execute(
                select(ApiToken, User)
                .join(User, User.id == ApiToken.user_id)
                .where(ApiToken.token_hash == _hash(secret))
                .options(selectinload(User.devices), selectinload(User.queues))
            )
        ).one_or_none()
        if found is None:
            return None
        token, user = found.ApiToken, found.User
        over = token.expires_at is not None and token.expires_at <= now
        if token.revoked_at is not None or over or not user.active:
            return None
        actor = await actor_for(session, user, address)
    if not actor.may(Permission.API_USE):
        return None
    if token.used_at is None or now - token.used_at >= TOUCH_EVERY:
        await _touch(db, token.id, now)
    opened = [SCOPES[scope] for scope in token.scopes if scope in SCOPES]
    return replace(actor, allowed=_ALWAYS.union(*opened)), token.id


async def _touch(db: Database, token_id: int, now: datetime) -> None:
    try:
        async with db.write() as session:
            used = update(ApiToken).where(ApiToken.id == token_id).values(used_at=now)
            await session.execute(used)
    except DatabaseUnavailable:
        # The token is valid all the same; it is written again with the next request.
        log.warning("token_not_touched", token_id=token_id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
