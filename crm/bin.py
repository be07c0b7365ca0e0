"""The bin: clients, deals, files, comments and tasks that somebody put away, until somebody takes them out again.

In: an actor and a thing. Out: the row's `deleted_at` and `deleted_by_id`, nothing else: numbers, calls, recordings, deals,
tasks and history stay where they are, so that a thing is taken out with everything. Nothing is removed for good here. The
numbers of a client in the bin are a stranger's: `clients_with_number` says what a call from one of them may be offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from crm import audit, changes, client_visibility
from crm.access import Action, Actor, Permission, Scope
from crm.bin_kinds import RULES, Kind, reached, require_delete
from crm.changes import Subject
from crm.errors import Conflict, Forbidden, NotFound
from crm.finding import index
from crm.notices import announce
from crm.number_rules import NumberRules
from crm.tables import Client, ClientNumber, Deal, Task, User

OWN_FOR = timedelta(days=1)
"""So long whoever put a thing away may take it out again without a further right."""
PAGE_SIZE = 50
_TITLE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in the bin."""

    kind: Kind
    id: int
    title: str
    client_id: int | None
    """Of a client itself, or the client that the thing belongs to, where the actor may see that client."""
    client_name: str
    deleted_at: datetime
    deleted_by: str
    may_restore: bool


async def check(session: AsyncSession, actor: Actor, kind: Kind, subject_id: int) -> None:
    """Refuse as `put` would, without doing anything.

    Raises:
        NotFound, Forbidden: as `put`.
    """
    await require_delete(session, actor, kind, subject_id)


async def put(session: AsyncSession, actor: Actor, kind: Kind, subject_id: int) -> None:
    """Put a thing into the bin. A client's calls, recordings, deals and tasks stay as they are.

    Args:
        session: a write session.
        actor: who.
        kind: what kind of thing.
        subject_id: which.

    Raises:
        NotFound: there is no such thing, it is in the bin already, or the actor may not see it.
        Forbidden: the actor may not delete it.
        Conflict: somebody changed it at this moment.
    """
    await require_delete(session, actor, kind, subject_id)
    row = await session.get_one(RULES[kind].model, subject_id, populate_existing=True)
    row.deleted_at, row.deleted_by_id = datetime.now(UTC), actor.user_id or None
    await _moved(session, actor, kind, row, "delete")


async def restore(session: AsyncSession, actor: Actor, kind: Kind, subject_id: int) -> None:
    """Take a thing out of the bin: everything that belonged to it is there again.

    Raises:
        NotFound: there is no such thing in the bin, or the actor may not see it there.
        Forbidden: the actor put it away too long ago, and may not restore.
        Conflict: somebody changed it at this moment.
    """
    model = RULES[kind].model
    here = select(model).where(model.id == subject_id, _in_bin(kind))
    row = await session.scalar(here.where(or_(_shown(actor, kind), _mine(actor, kind))))
    if row is None:
        raise NotFound(kind.value, subject_id)
    if not may_restore(actor, row.deleted_by_id, row.deleted_at):
        raise Forbidden(Permission.BIN_RESTORE)
    row.deleted_at = row.deleted_by_id = None
    await _moved(session, actor, kind, row, "restore")


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    kind: Kind | None = None,
    before: datetime | None = None,
    limit: int = PAGE_SIZE,
) -> list[Entry]:
    """What lies in the bin, newest first: all within the actor's scope for those who may restore, else their own.

    Args:
        session: any session.
        actor: who looks.
        kind: only things of this kind.
        before: only what was put away before this moment.
        limit: how many at most.
    """
    found: list[Entry] = []
    for one in [kind] if kind is not None else list(Kind):
        found += await _entries(session, actor, one, before, limit)
    return sorted(found, key=lambda entry: (entry.deleted_at, entry.id), reverse=True)[:limit]


async def clients_with_number(
    session: AsyncSession, actor: Actor, number: str, rules: NumberRules
) -> list[Entry]:
    """Cards in the bin that have this number: a call from it comes from a stranger, but one of these may be meant."""
    key = rules.key(number)
    if not key.usable:
        return []
    same = ClientNumber.last10 == key.tail
    if key.e164:
        same = or_(ClientNumber.e164 == key.e164, and_(ClientNumber.e164.is_(None), same))
    holders = select(ClientNumber.client_id).where(same)
    return await _entries(session, actor, Kind.CLIENT, None, PAGE_SIZE, Client.id.in_(holders))


async def belongings(session: AsyncSession, client_id: int) -> dict[str, int]:
    """How many open deals and tasks a client has: what whoever puts the card away should know of."""
    deals = select(func.count()).where(
        Deal.client_id == client_id, Deal.state == "open", Deal.deleted_at.is_(None)
    )
    tasks = select(func.count()).where(
        Task.client_id == client_id, Task.state == "open", Task.deleted_at.is_(None)
    )
    return {
        "deals": await session.scalar(deals) or 0,
        "tasks": await session.scalar(tasks) or 0,
    }


async def _entries(
    session: AsyncSession,
    actor: Actor,
    kind: Kind,
    before: datetime | None,
    limit: int,
    *more: ColumnElement[bool],
) -> list[Entry]:
    rule = RULES[kind]
    model = rule.model
    query = (
        select(model.id, rule.title, rule.client_id, model.deleted_at, model.deleted_by_id)
        .add_columns(func.coalesce(func.nullif(User.name, ""), User.login, ""))
        .outerjoin(User, User.id == model.deleted_by_id)
        .where(_in_bin(kind), or_(_shown(actor, kind), _mine(actor, kind)), *more)
        .order_by(model.deleted_at.desc(), model.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(model.deleted_at < before)
    rows = (await session.execute(query)).all()
    names = await _client_names(session, actor, kind, [row[2] for row in rows])
    return [
        Entry(
            kind=kind,
            id=row[0],
            title=" ".join(row[1].split())[:_TITLE],
            client_id=row[2] if row[2] in names else None,
            client_name=names.get(row[2], ""),
            deleted_at=row[3],
            deleted_by=row[5],
            may_restore=may_restore(actor, row[4], row[3]),
        )
        for row in rows
    ]


async def _client_names(
    session: AsyncSession, actor: Actor, kind: Kind, client_ids: list[Any]
) -> dict[int, str]:
    """Names of the clients that the things belong to; a card in the bin is no page that could be opened."""
    if kind is Kind.CLIENT or not client_ids:
        return {}
    query = select(Client.id, Client.name).where(
        Client.id.in_([one for one in client_ids if one is not None]),
        client_visibility.seen_by(actor),
    )
    return {client_id: name for client_id, name in await session.execute(query)}


def _in_bin(kind: Kind) -> ColumnElement[bool]:
    return RULES[kind].model.deleted_at.is_not(None)  # type: ignore[no-any-return]


def _shown(actor: Actor, kind: Kind) -> ColumnElement[bool]:
    if not actor.may(Permission.BIN_RESTORE) or actor.scope(Action.DELETE) is Scope.NONE:
        return false()
    return reached(actor, kind, Action.DELETE)


def _mine(actor: Actor, kind: Kind) -> ColumnElement[bool]:
    return RULES[kind].model.deleted_by_id == (actor.user_id or None)  # type: ignore[no-any-return]


def may_restore(actor: Actor, deleted_by_id: int | None, deleted_at: datetime) -> bool:
    """Whether the actor may take out what this person put away then."""
    if actor.may(Permission.BIN_RESTORE):
        return True
    is_own = deleted_by_id is not None and deleted_by_id == actor.user_id
    return is_own and datetime.now(UTC) - deleted_at <= OWN_FOR


async def _moved(session: AsyncSession, actor: Actor, kind: Kind, row: Any, how: str) -> None:
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict(kind.value, row.id, "somebody else changed it meanwhile") from error
    rule = RULES[kind]
    client_id = await session.scalar(select(rule.client_id).where(rule.model.id == row.id))
    if kind in (Kind.CLIENT, Kind.DEAL, Kind.TASK):
        was, now = ("", "yes") if how == "delete" else ("yes", "")
        subject = Subject(kind.value, row.id, client_id)
        changes.record(session, actor, subject, {"deleted": was}, {"deleted": now})
    await audit.record(session, actor, f"{kind}.{how}", kind.value, row.id)
    if kind in (Kind.DEAL, Kind.TASK):
        announce(session, kind.value, row.id)
    if kind in (Kind.CLIENT, Kind.DEAL) and client_id is not None:
        # The company's name is a word of its people; the name of a deal one of its client.
        await index.renew(session, [client_id])
    if client_id is not None:
        announce(session, "client", client_id)
