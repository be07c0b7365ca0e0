"""An import taken back.

In: an import that ran. Out: the clients that it made go into the bin, those that it changed get back what they had. Who
was touched since (edited, called, given a task, a deal, a comment, a file) stays and is listed, unless asked otherwise; a
field that somebody changed since is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.feed import Notice, store_now
from crm import changes, client_visibility
from crm.access import Action, Actor
from crm.changes import Subject
from crm.custom_fields import searched
from crm.finding import index
from crm.finding.terms import folded
from crm.importing.imports import keep_claim
from crm.importing.rest_rows import put_personal
from crm.importing.writing import NOTICE
from crm.tables import (
    CallLink,
    Client,
    ClientEmail,
    ClientNumber,
    ClientTag,
    Comment,
    CustomField,
    CustomValue,
    Deal,
    Import,
    ImportRow,
    Inquiry,
    Membership,
    StoredFile,
    Task,
)

CHUNK = 200
KEPT = "kept"
"""`ImportRow.action` of a client that was touched since, and left in the base."""
TOUCHED = "somebody worked with this client since: left in the base"
CHANGED = "changed since: left as it is"
_DATES = frozenset(["born_on"])


def touched(import_id: int) -> ColumnElement[bool]:
    """A condition on `Client`: somebody did something with this client after the import made it."""
    others = or_(Deal.import_id.is_(None), Deal.import_id != import_id)
    return or_(
        Client.version > 1,
        exists().where(CallLink.client_id == Client.id, CallLink.how == "manual"),
        exists().where(Task.client_id == Client.id, Task.kind != "callback"),
        exists().where(Comment.client_id == Client.id),
        exists().where(StoredFile.client_id == Client.id),
        exists().where(Inquiry.client_id == Client.id),
        exists().where(and_(Deal.client_id == Client.id, others)),
    )


async def undo(db: Database, actor: Actor, import_id: int, owner: str) -> None:
    """Take an import back, chunk by chunk; may be called again after it was interrupted.

    Raises:
        ClaimLost: another process does it.
    """
    async with db.read() as session:
        row = await session.get(Import, import_id)
    if row is None:
        return
    everything = bool(row.options.get("touched"))
    counts = {"done": 0}
    await _bin_deals(db, actor, import_id)
    while True:
        async with db.write() as session:
            gone = await _bin_clients(session, actor, import_id, everything)
            counts["done"] += gone
            await keep_claim(session, import_id, owner, counts)
        if gone < CHUNK:
            break
    after = 0
    while True:
        async with db.write() as session:
            rows = await _updated(session, import_id, after)
            for one in rows:
                await _put_back(session, actor, one)
            counts["done"] += len(rows)
            await keep_claim(session, import_id, owner, counts)
        if len(rows) < CHUNK:
            break
        after = rows[-1].id
    async with db.write() as session:
        await _list_kept(session, import_id)


async def _bin_deals(db: Database, actor: Actor, import_id: int) -> None:
    now = datetime.now(UTC)
    async with db.write() as session:
        here = update(Deal).where(Deal.import_id == import_id, Deal.deleted_at.is_(None))
        await session.execute(here.values(deleted_at=now, deleted_by_id=actor.user_id or None))


async def _bin_clients(
    session: AsyncSession, actor: Actor, import_id: int, everything: bool
) -> int:
    made = select(Client.id).where(
        Client.import_id == import_id, Client.deleted_at.is_(None), Client.merged_into_id.is_(None)
    )
    untouched = ~touched(import_id)
    if everything:  # what others work with goes only with those who may delete it
        may = client_visibility.in_scope(actor, Action.DELETE)
        made = made.where(or_(untouched, may))
    else:
        made = made.where(untouched)
    ids = list((await session.scalars(made.order_by(Client.id).limit(CHUNK))).all())
    if not ids:
        return 0
    gone = {"deleted_at": datetime.now(UTC), "deleted_by_id": actor.user_id or None}
    await session.execute(update(Client).where(Client.id.in_(ids)).values(**gone))
    for client_id in ids:
        subject = Subject("client", client_id, client_id)
        changes.record(session, actor, subject, {"deleted": ""}, {"deleted": "import undone"})
    await session.flush()
    await index.renew_many(session, ids)
    await store_now(session, [Notice(NOTICE, {"ids": ids})])
    return len(ids)


async def _updated(session: AsyncSession, import_id: int, after: int) -> Sequence[ImportRow]:
    query = select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.action == "updated", ImportRow.id > after
    )
    return (await session.scalars(query.order_by(ImportRow.id).limit(CHUNK))).all()


async def _put_back(session: AsyncSession, actor: Actor, row: ImportRow) -> None:
    """Give one client back what he had; what was put back is taken out of the row, so that twice does no harm."""
    client = await session.get(Client, row.client_id) if row.client_id is not None else None
    before = dict(row.before)
    if client is None or not before:
        return
    if client.deleted_at is not None:
        return
    was: dict[str, Any] = {}
    now: dict[str, Any] = {}
    kept = await _fields_back(session, client, before.pop("fields", {}), was, now)
    await _rest_back(session, client.id, before)
    for key, (old, new) in dict(before.get("custom") or {}).items():
        await _custom_back(session, client.id, key, old, new)
    row.before = {"kept": kept} if kept else {}
    if kept:
        row.why = CHANGED
    client.updated_at = datetime.now(UTC)
    await session.flush()
    changes.record(session, actor, Subject("client", client.id, client.id), now, was)
    await session.flush()
    await index.renew(session, [client.id])
    await store_now(session, [Notice(NOTICE, {"ids": [client.id]})])


async def _fields_back(
    session: AsyncSession,
    client: Client,
    fields: Mapping[str, Sequence[Any]],
    was: dict[str, Any],
    now: dict[str, Any],
) -> list[str]:
    kept = []
    personal: dict[str, Any] = {}
    for name, (old, new) in fields.items():
        if not hasattr(Client, name):
            personal[name] = date.fromisoformat(old) if old and name in _DATES else old
            continue
        if getattr(client, name) != new:
            kept.append(name)
            continue
        setattr(client, name, old if old is not None or name.endswith(("_id", "_consent")) else "")
        was[name], now[name] = old, new
    if "name" in was:
        client.search_name = folded(client.name)
    if personal:
        await put_personal(session, client.id, personal)
    return kept


async def _rest_back(session: AsyncSession, client_id: int, before: Mapping[str, Any]) -> None:
    for table, column, key in (
        (ClientNumber, ClientNumber.e164, "numbers"),
        (ClientEmail, ClientEmail.folded, "emails"),
        (ClientTag, ClientTag.tag_id, "tags"),
    ):
        if values := before.get(key):
            await session.execute(
                delete(table).where(table.client_id == client_id, column.in_(values))
            )
    if firms := before.get("workplaces"):
        await session.execute(
            delete(Membership).where(
                Membership.person_id == client_id, Membership.organisation_id.in_(firms)
            )
        )


async def _custom_back(
    session: AsyncSession, client_id: int, key: str, old: Sequence[str], new: Sequence[str]
) -> None:
    """Remove what the import wrote into a custom field; texts that stood there before come back."""
    field = await session.scalar(
        select(CustomField).where(CustomField.key == key, CustomField.subject != "deal")
    )
    if field is None:
        return
    here = (CustomValue.client_id == client_id, CustomValue.field_id == field.id)
    await session.execute(delete(CustomValue).where(*here))
    if old and field.kind in ("text", "list", "many", "link"):
        rows = [
            {
                "client_id": client_id,
                "field_id": field.id,
                "text": text,
                "folded": searched(text),
            }
            for text in old
        ]
        await session.execute(insert(CustomValue), rows)


async def _list_kept(session: AsyncSession, import_id: int) -> None:
    await session.execute(
        delete(ImportRow).where(ImportRow.import_id == import_id, ImportRow.action == KEPT)
    )
    left = select(Client.id).where(Client.import_id == import_id, Client.deleted_at.is_(None))
    ids = (await session.scalars(left)).all()
    empty = {
        "import_id": import_id,
        "row": 0,
        "action": KEPT,
        "column": "",
        "why": TOUCHED,
        "before": {},
    }
    rows = [{**empty, "client_id": client_id} for client_id in ids]
    if rows:
        await session.execute(insert(ImportRow), rows)
