"""Two cards of one client made one, and two again.

In: the card to keep and the one to give up, and whose value of each field stays. Out: everything that named the given-up
card names the kept one: calls, notes, tasks, promises, deals, comments, files, numbers, whatever table there is
(`crm.client_rows` finds them by itself). The given-up card keeps its row, and whatever the kept card had already, so an
undo gives back exactly what moved and still is there. `crm.merge_plan` holds the rules, `crm.merge_preview` shows them
before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from calls.db import exclusive
from crm import audit, callbacks, changes, client_rows, client_visibility, merge_callbacks
from crm import merge_fields as fields
from crm.access import Action, Actor, Permission
from crm.automatic_cards import is_automatic
from crm.errors import Conflict, Invalid, NotFound
from crm.finding import index
from crm.merge_plan import Side, to_restore
from crm.notices import announce
from crm.tables import Client, ClientMerge, DuplicatePair, NotDuplicates, Task

LOCK = "client_merges"
_COLLECTIONS = ("numbers", "emails", "workplaces", "staff")
UNLIKE = "only two cards of the same kind can be merged"
Choices = Mapping[str, Side]
"""Field → whose value stays; of a custom field `merge_plan.FIELD_OF` and its id."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did."""

    merge: ClientMerge
    kept_fields: tuple[str, ...]
    """Fields that somebody changed since, and that stay as they are."""
    left_rows: int
    """Rows that moved with the merge and were given to somebody else since."""
    callbacks_whole: bool
    """Whether both cards have their own call-backs again, as far as they had some."""


async def merge(
    session: AsyncSession,
    actor: Actor,
    kept_id: int,
    gone_id: int,
    choices: Choices | None = None,
) -> ClientMerge:
    """Give everything of one client to another.

    Args:
        session: a write session.
        actor: who merges.
        kept_id: the client whose card stays.
        gone_id: the client who is the same one.
        choices: whose value of a field stays; missing: as `merge_plan.default_side`.

    Raises:
        Forbidden: the actor may not merge, or may not edit one of the two.
        NotFound: no such client, or one in the bin or merged already.
        Invalid: a client with himself, or a person with an organisation.
    """
    actor.require(Permission.CLIENTS_MERGE)
    for client_id in (kept_id, gone_id):
        await client_visibility.require(session, actor, client_id, Action.EDIT)
    return await join(session, actor, kept_id, gone_id, choices or {})


async def join(
    session: AsyncSession, actor: Actor, kept_id: int, gone_id: int, choices: Choices
) -> ClientMerge:
    """As `merge`, without asking who may: for cards that Slovo made by itself (`crm.automatic_cards`)."""
    await exclusive(session, LOCK)
    kept, gone = await _listed(session, kept_id), await _listed(session, gone_id)
    if kept_id == gone_id or not (kept.kind == gone.kind or is_automatic(gone)):
        raise Invalid("client", UNLIKE)
    joined = await merge_callbacks.join(session, kept_id, gone_id)
    written = await fields.join(session, kept, gone, choices)
    rows = {
        reference.name: keys
        for reference in client_rows.references()
        if reference.name != fields.CUSTOM
        and (keys := await client_rows.give(session, reference, gone_id, kept_id))
    }
    await _rename_callbacks(session, kept_id, gone_id)
    now = datetime.now(UTC)
    done = ClientMerge(
        kept_id=kept_id,
        gone_id=gone_id,
        by_id=actor.user_id or None,
        at=now,
        moved={
            "rows": rows,
            "callbacks": joined,
            "not_duplicates": await _copy_not_duplicates(session, kept_id, gone_id),
            **written,
        },
    )
    session.add(done)
    kept.updated_at = gone.updated_at = now
    gone.merged_into_id = kept_id
    await _written(session, kept_id)
    subject = changes.Subject("client", kept_id, kept_id)
    before, after = written["before"], written["after"]
    changes.record(session, actor, subject, before, after | {"merged": fields.label(gone)})
    detail, words = {"gone": gone_id, "merge": done.id}, {"name": gone.name}
    await audit.record(session, actor, "client.merge", "client", kept_id, detail, words=words)
    await _tell(session, kept_id, gone_id)
    return done


async def undo(session: AsyncSession, actor: Actor, merge_id: int) -> Undone:
    """Make two cards of one again: what moved and still is there goes back, what came since stays.

    Raises:
        Forbidden: the actor may not merge, or may not edit the card.
        NotFound: no such merge, or one of a client that the actor may not see.
        Invalid: it was undone, or the kept card is in the bin or merged further: that has to be undone first.
    """
    actor.require(Permission.CLIENTS_MERGE)
    await exclusive(session, LOCK)
    done = await session.get(ClientMerge, merge_id, populate_existing=True)
    if done is None:
        raise NotFound("merge", merge_id)
    return await part(session, actor, done)


async def part(session: AsyncSession, actor: Actor, done: ClientMerge) -> Undone:
    """As `undo`, for whoever may edit the kept card; the permission was asked before."""
    kept, gone = await _parted(session, done)
    await client_visibility.require(session, actor, kept.id, Action.EDIT)
    moved, left = done.moved, 0
    for reference in client_rows.references():
        keys = moved["rows"].get(reference.name, [])
        left += len(keys) - await client_rows.put(session, reference, keys, kept.id, gone.id)
    left += await fields.part_custom(session, kept.id, gone.id, moved)
    await _rename_callbacks(session, gone.id, kept.id, of=gone.id)
    await session.flush()
    await _refresh(session)
    whole = await merge_callbacks.part(session, moved["callbacks"])
    for first, second in moved["not_duplicates"]:
        row = await session.get(NotDuplicates, (first, second))
        if row is not None:
            await session.delete(row)
    now = await fields.read(session, kept)
    restored = to_restore(moved["before"], moved["after"], now)
    await fields.write(session, kept, restored.values)
    kept.updated_at = gone.updated_at = datetime.now(UTC)
    gone.merged_into_id = None
    done.undone_at, done.undone_by_id = kept.updated_at, actor.user_id or None
    await _written(session, kept.id)
    await _fill_up(session, kept.id)
    subject = changes.Subject("client", kept.id, kept.id)
    before = {field: now.get(field) for field in restored.values}
    said = {"merged": fields.label(gone)}
    changes.record(session, actor, subject, before | said, dict(restored.values))
    detail = {"gone": gone.id, "merge": done.id, "left": left}
    await audit.record(session, actor, "client.merge.undo", "client", kept.id, detail)
    await _tell(session, kept.id, gone.id)
    return Undone(done, restored.changed_since, left, whole)


async def of_client(session: AsyncSession, client_id: int) -> list[ClientMerge]:
    """The merges into this card that can be undone, newest first."""
    query = select(ClientMerge).where(
        ClientMerge.kept_id == client_id, ClientMerge.undone_at.is_(None)
    )
    return list((await session.scalars(query.order_by(ClientMerge.id.desc()))).all())


async def _listed(session: AsyncSession, client_id: int) -> Client:
    client = await session.get(Client, client_id)
    if client is None or not client.is_listed:
        raise NotFound("client", client_id)
    return client


async def _parted(session: AsyncSession, done: ClientMerge) -> tuple[Client, Client]:
    kept = await session.get(Client, done.kept_id)
    gone = await session.get(Client, done.gone_id)
    if done.undone_at is not None:
        raise Invalid("merge", "this merge was undone already")
    if kept is None or gone is None:
        raise NotFound("merge", done.id)
    if kept.merged_into_id is not None:
        raise Invalid("merge", "this card was merged into another one since: undo that merge first")
    if kept.deleted_at is not None:
        raise Invalid("merge", "this card is in the bin: restore it first")
    return kept, gone


async def _rename_callbacks(
    session: AsyncSession, to_id: int, from_id: int, of: int | None = None
) -> None:
    """Let call-backs be called after the client that they are of now."""
    renamed = update(Task).where(
        Task.kind == "callback",
        Task.client_id == (to_id if of is None else of),
        Task.subject_key == callbacks.subject_of(from_id),
    )
    await session.execute(
        renamed.values(subject_key=callbacks.subject_of(to_id)),
        execution_options={"synchronize_session": False},
    )


async def _copy_not_duplicates(
    session: AsyncSession, kept_id: int, gone_id: int
) -> list[list[int]]:
    """Who is not the gone card's client is not the kept one's either; returns the pairs that were added."""
    one, other = NotDuplicates.first_id, NotDuplicates.second_id
    rows = (
        await session.scalars(
            select(NotDuplicates).where((one == gone_id) | (other == gone_id)).order_by(one, other)
        )
    ).all()
    added = []
    for row in rows:
        third = row.second_id if row.first_id == gone_id else row.first_id
        pair = sorted((kept_id, third))
        if third == kept_id or await session.get(NotDuplicates, tuple(pair)) is not None:
            continue
        copy = NotDuplicates(first_id=pair[0], second_id=pair[1], by_id=row.by_id, at=row.at)
        session.add(copy)
        await session.flush()
        added.append(pair)
    return added


async def _fill_up(session: AsyncSession, kept_id: int) -> None:
    """What another merged card has kept because the card that is given back had it as well moves now."""
    for other in await of_client(session, kept_id):
        rows = dict(other.moved["rows"])
        for reference in client_rows.references():
            if reference.alike and reference.name != fields.CUSTOM:
                keys = await client_rows.give(session, reference, other.gone_id, kept_id)
                if keys:
                    rows[reference.name] = [*rows.get(reference.name, []), *keys]
        other.moved = other.moved | {"rows": rows}
    await session.flush()


async def _written(session: AsyncSession, client_id: int) -> None:
    try:
        await session.flush()
    except StaleDataError as error:
        why = "somebody else changed this client meanwhile"
        raise Conflict("client", client_id, why) from error
    await _refresh(session)


async def _refresh(session: AsyncSession) -> None:
    """Rows moved behind the back of what this session has loaded."""
    tables = {reference.table.name for reference in client_rows.references()}
    for row in list(session.identity_map.values()):
        if getattr(row, "__tablename__", "") in tables:
            await session.refresh(row)
        elif isinstance(row, Client):
            there = [name for name in _COLLECTIONS if name in row.__dict__]
            if there:
                await session.refresh(row, there)


async def _tell(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    pairs = (DuplicatePair.first_id, DuplicatePair.second_id)
    named = [column == gone_id for column in pairs]
    await session.execute(delete(DuplicatePair).where(named[0] | named[1]))
    await index.renew(session, [kept_id, gone_id])
    announce(session, "client", kept_id)
    announce(session, "client", gone_id)
