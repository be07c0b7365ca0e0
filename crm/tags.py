"""Tags: words that people put on clients, deals, calls and inquiries, made where they are needed.

In: an actor, a thing and a name. Out: rows. A tag is one however it is typed; who may change a thing may tag it; who may
arrange tags (`Permission.TAGS_ARRANGE`) renames, recolours, merges and deletes them for everybody. `search.find` reads
`#tag`, so nothing of the index of the search box changes with tags.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import upsert
from calls.errors import CallNotFound
from calls.tables import Call
from crm import audit, call_visibility, changes, subjects
from crm.access import Action, Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.finding.terms import folded, tag_key
from crm.notices import announce
from crm.subjects import Subject, SubjectKind
from crm.tables import CallTag, ClientTag, DealTag, InquiryTag, Segment, Tag

COLOURS = ("grey", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink")
"""Calm colours; the pages give each a light and a dark form that can be read."""
NAME_LENGTH = 64
MOST = 30
"""Tags on one thing."""


class Tagged(StrEnum):
    """What may have tags."""

    CLIENT = "client"
    DEAL = "deal"
    CALL = "call"
    INQUIRY = "inquiry"


_LINKS: Mapping[Tagged, tuple[Any, Any]] = {
    Tagged.CLIENT: (ClientTag, ClientTag.client_id),
    Tagged.DEAL: (DealTag, DealTag.deal_id),
    Tagged.CALL: (CallTag, CallTag.call_id),
    Tagged.INQUIRY: (InquiryTag, InquiryTag.inquiry_id),
}


async def all_tags(session: AsyncSession) -> list[Tag]:
    """Every tag, by name."""
    return list((await session.scalars(select(Tag).order_by(Tag.folded))).all())


async def uses(session: AsyncSession) -> dict[int, int]:
    """How often each tag is used, on everything together. For those who arrange tags."""
    counts: dict[int, int] = defaultdict(int)
    for table, _ in _LINKS.values():
        rows = await session.execute(select(table.tag_id, func.count()).group_by(table.tag_id))
        for tag_id, count in rows:
            counts[tag_id] += count
    return counts


async def of_many(
    session: AsyncSession, kind: Tagged, ids: Collection[int]
) -> dict[int, list[Tag]]:
    """The tags of these things, by name. The caller asks who may see the things."""
    table, column = _LINKS[kind]
    found: dict[int, list[Tag]] = {one: [] for one in ids}
    if ids:
        query = select(column, Tag).join(table, table.tag_id == Tag.id).where(column.in_(ids))
        for thing_id, tag in await session.execute(query.order_by(Tag.folded)):
            found[thing_id].append(tag)
    return found


async def require(
    session: AsyncSession, actor: Actor, kind: Tagged, thing_id: int, action: Action
) -> int | None:
    """Refuse unless the actor may do this with the thing; return the client in whose history it stands.

    Raises:
        NotFound, CallNotFound: no such thing, or the actor may not see it.
        Forbidden: he sees it, but may not do this.
    """
    if kind is not Tagged.CALL:
        return await subjects.require(session, actor, Subject(SubjectKind(kind), thing_id), action)
    if action is not Action.SEE:
        actor.require(Permission.NOTES_WRITE)
    call = await session.get(Call, thing_id)
    if call is None:
        raise CallNotFound(thing_id)
    await call_visibility.require(session, actor, call)
    return None


async def put(session: AsyncSession, actor: Actor, kind: Tagged, thing_id: int, name: str) -> Tag:
    """Put a tag on a thing; a new name makes a new tag.

    Raises:
        NotFound, CallNotFound, Forbidden: as `require`.
        Invalid: no name, too long, or the thing has too many tags.
    """
    client_id = await _may_edit(session, actor, kind, thing_id)
    before = (await of_many(session, kind, [thing_id]))[thing_id]
    if len(before) >= MOST:
        raise Invalid("tag", "not more than %(most)d tags on one thing", most=MOST)
    tag = await named(session, name)
    if tag.id not in {one.id for one in before}:
        table, column = _LINKS[kind]
        await session.execute(insert(table).values(**{column.key: thing_id, "tag_id": tag.id}))
        await _note(session, actor, kind, thing_id, client_id, before)
    return tag


async def take_off(
    session: AsyncSession, actor: Actor, kind: Tagged, thing_id: int, tag_id: int
) -> None:
    """Take a tag off a thing; one that is not there is fine.

    Raises:
        NotFound, CallNotFound, Forbidden: as `require`.
    """
    client_id = await _may_edit(session, actor, kind, thing_id)
    before = (await of_many(session, kind, [thing_id]))[thing_id]
    table, column = _LINKS[kind]
    await session.execute(delete(table).where(column == thing_id, table.tag_id == tag_id))
    await _note(session, actor, kind, thing_id, client_id, before)


async def named(session: AsyncSession, name: str) -> Tag:
    """The tag of this name, made if there is none. For whoever checked the right to tag.

    Raises:
        Invalid: no name, or too long.
    """
    shown, key = _checked(name)
    tag = await session.scalar(select(Tag).where(Tag.folded == key))
    if tag is None:
        many = await session.scalar(select(func.count()).select_from(Tag)) or 0
        colour = COLOURS[1 + many % (len(COLOURS) - 1)]
        row = {"name": shown, "folded": key, "colour": colour, "created_at": datetime.now(UTC)}
        # Somebody else may make the same one at this moment.
        await upsert(session, Tag, [row], ["folded"], replace=False)
        tag = (await session.scalars(select(Tag).where(Tag.folded == key))).one()
    return tag


async def by_name(session: AsyncSession, name: str) -> Tag | None:
    """The tag of this name, however it is typed."""
    return await session.scalar(select(Tag).where(Tag.folded == _checked(name)[1]))


async def change(session: AsyncSession, actor: Actor, tag_id: int, name: str, colour: str) -> Tag:
    """Give a tag another name or colour, for everybody.

    Raises:
        Forbidden: the actor may not arrange tags.
        NotFound: no such tag.
        Invalid: the name or the colour cannot be.
        Conflict: another tag has this name: merge them instead.
    """
    actor.require(Permission.TAGS_ARRANGE)
    tag = await _tag(session, tag_id)
    shown, key = _checked(name)
    if colour not in COLOURS:
        raise Invalid("colour", "choose one of the colours")
    if await session.scalar(select(exists().where(Tag.folded == key, Tag.id != tag_id))):
        raise Conflict("tag", tag_id, "another tag has this name already: merge the two")
    tag.name, tag.folded, tag.colour = shown, key, colour
    await session.flush()
    await audit.record(session, actor, "tag.change", "tag", tag_id, {"name": shown})
    return tag


async def merge(session: AsyncSession, actor: Actor, gone_id: int, kept_id: int) -> None:
    """Make two tags one: everything that had the first has the second, in filters of segments as well.

    Raises:
        Forbidden: the actor may not arrange tags.
        NotFound: no such tag.
        Invalid: a tag and itself.
    """
    actor.require(Permission.TAGS_ARRANGE)
    if gone_id == kept_id:
        raise Invalid("tag", "choose another tag")
    gone, kept = await _tag(session, gone_id), await _tag(session, kept_id)
    for table, column in _LINKS.values():
        having = select(column).where(table.tag_id == kept_id)
        both = delete(table).where(table.tag_id == gone_id, column.in_(having))
        await session.execute(both.execution_options(synchronize_session=False))
        moved = update(table).where(table.tag_id == gone_id).values(tag_id=kept_id)
        await session.execute(moved.execution_options(synchronize_session=False))
    for segment in await session.scalars(select(Segment)):
        segment.filter = _with_tag(segment.filter, str(gone_id), str(kept_id))
    said = {"gone": gone.name, "kept": kept.name}
    await session.delete(gone)
    await audit.record(session, actor, "tag.merge", "tag", kept_id, said)


async def remove(session: AsyncSession, actor: Actor, tag_id: int) -> None:
    """Delete a tag; everything that had it loses it.

    Raises:
        Forbidden: the actor may not arrange tags.
        NotFound: no such tag.
    """
    actor.require(Permission.TAGS_ARRANGE)
    tag = await _tag(session, tag_id)
    await audit.record(session, actor, "tag.delete", "tag", tag_id, {"name": tag.name})
    await session.delete(tag)


def typed_as(tag: Tag) -> str:
    """What finds everything with this tag in the search box."""
    return f"#{tag_key(tag.name)}"


def _checked(name: str) -> tuple[str, str]:
    shown = " ".join(name.replace("\x00", "").strip().lstrip("#").split())
    if not tag_key(shown) or len(shown) > NAME_LENGTH:
        raise Invalid("tag", "name the tag with 1 to 64 characters")
    return shown, folded(shown)[:NAME_LENGTH]


async def _may_edit(session: AsyncSession, actor: Actor, kind: Tagged, thing_id: int) -> int | None:
    needed = {Tagged.CLIENT: Permission.CLIENTS_EDIT, Tagged.DEAL: Permission.DEALS_EDIT}
    needed[Tagged.INQUIRY] = Permission.INQUIRIES_SORT
    if kind in needed:
        actor.require(needed[kind])
    return await require(session, actor, kind, thing_id, Action.EDIT)


async def _note(  # noqa: PLR0913 (who, what, whose, before)
    session: AsyncSession,
    actor: Actor,
    kind: Tagged,
    thing_id: int,
    client_id: int | None,
    before: Iterable[Tag],
) -> None:
    """Write the change into the history, and ring the pages."""
    after = (await of_many(session, kind, [thing_id]))[thing_id]
    if kind is not Tagged.CALL:
        subject = changes.Subject(kind, thing_id, client_id)
        was, now = ({"tags": [one.name for one in some]} for some in (before, after))
        changes.record(session, actor, subject, was, now)
    announce(session, kind, thing_id)


async def _tag(session: AsyncSession, tag_id: int) -> Tag:
    tag = await session.get(Tag, tag_id)
    if tag is None:
        raise NotFound("tag", tag_id)
    return tag


def _with_tag(node: Any, old: str, new: str) -> Any:
    """A stored filter with one tag in the place of another."""
    if isinstance(node, list):
        return [_with_tag(one, old, new) for one in node]
    if not isinstance(node, dict):
        return node
    if node.get("field") == "tags" and isinstance(node.get("value"), list):
        values = [new if str(one) == old else str(one) for one in node["value"]]
        return {**node, "value": list(dict.fromkeys(values))}
    return {key: _with_tag(value, old, new) for key, value in node.items()}
