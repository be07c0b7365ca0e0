"""Segments: filters with a name, one's own or shared.

In: an actor, a name and a filter. Out: rows of `segments`. A segment says which clients fit now; whose they may be is
asked of each reader anew, so two people may count differently.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import Actor, Permission
from crm.client_visibility import colleagues
from crm.errors import Forbidden, Invalid, NotFound
from crm.finding import filter_sql, lists
from crm.finding.filters import Group, Moment, as_json, parse
from crm.tables import Client, Segment

SHARED = ("own", "department", "all")
NAME_LENGTH = 128
CLIENT = "client"


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Segment`: the actor's own, and those shared with them."""
    near = (Segment.shared == "department") & Segment.owner_id.in_(colleagues(actor))
    return or_(Segment.owner_id == actor.user_id, Segment.shared == "all", near)


async def of(session: AsyncSession, actor: Actor, subject: str = CLIENT) -> list[Segment]:
    """The segments that the actor may open, by name."""
    query = select(Segment).where(Segment.subject == subject, seen_by(actor))
    return list((await session.scalars(query.order_by(Segment.name, Segment.id))).all())


async def get(session: AsyncSession, actor: Actor, segment_id: int) -> Segment:
    """One of them.

    Raises:
        NotFound: no such segment, or nobody shared it with the actor.
    """
    query = select(Segment).where(Segment.id == segment_id, seen_by(actor))
    segment = await session.scalar(query)
    if segment is None:
        raise NotFound("segment", segment_id)
    return segment


async def make(session: AsyncSession, actor: Actor, name: str, data: object) -> Segment:
    """Keep a filter under a name, for oneself.

    Raises:
        Invalid: the filter or the name cannot be accepted.
    """
    node = parse(data, await lists.catalog(session, actor))
    segment = Segment(
        subject=CLIENT,
        name=_checked(name),
        owner_id=actor.user_id or None,
        shared="own",
        filter=as_json(node),
        created_at=datetime.now(UTC),
    )
    session.add(segment)
    await session.flush()
    return segment


async def change(  # noqa: PLR0913 (what may be changed of one segment)
    session: AsyncSession,
    actor: Actor,
    segment_id: int,
    *,
    name: str | None = None,
    shared: str | None = None,
    data: object = None,
) -> Segment:
    """Rename, share or refill a segment. None: as it is.

    Raises:
        NotFound: no such segment, or nobody shared it with the actor.
        Forbidden: it is somebody else's, or the actor may not share.
        Invalid: a value cannot be accepted.
    """
    segment = await _own(session, actor, segment_id)
    if name is not None:
        segment.name = _checked(name)
    if shared is not None and shared != segment.shared:
        if shared not in SHARED:
            raise Invalid("shared", "choose who else sees the segment")
        actor.require(Permission.SEGMENTS_SHARE)
        segment.shared = shared
        said = {"name": segment.name, "shared": shared}
        await audit.record(session, actor, "segment.share", "segment", segment_id, said)
    if data is not None:
        segment.filter = as_json(parse(data, await lists.catalog(session, actor)))
    await session.flush()
    return segment


async def remove(session: AsyncSession, actor: Actor, segment_id: int) -> None:
    """Delete a segment; funnels that were for it are for everybody again.

    Raises:
        NotFound: no such segment, or nobody shared it with the actor.
        Forbidden: it is somebody else's.
    """
    segment = await _own(session, actor, segment_id)
    said = {"name": segment.name}
    await session.delete(segment)
    await audit.record(session, actor, "segment.delete", "segment", segment_id, said)


def may_change(actor: Actor, segment: Segment) -> bool:
    """The owner, and administrators: somebody must be able to mend what a colleague left behind."""
    return segment.owner_id == actor.user_id or actor.may(Permission.ADMINISTER)


async def filter_of(session: AsyncSession, actor: Actor, segment: Segment) -> Group:
    """The segment's filter, checked anew.

    Raises:
        Invalid: a field of it is there no more, was archived, or is not for this actor.
    """
    return parse(segment.filter, await lists.catalog(session, actor))


async def holds(
    session: AsyncSession, actor: Actor, segment: Segment, client_id: int, moment: Moment
) -> bool:
    """Whether this client fits the segment now. Who may see the client is not asked.

    Raises:
        Invalid: as `filter_of`.
    """
    node = await filter_of(session, actor, segment)
    query = select(Client.id).where(Client.id == client_id, filter_sql.condition(node, moment))
    return await session.scalar(query) is not None


async def _own(session: AsyncSession, actor: Actor, segment_id: int) -> Segment:
    segment = await get(session, actor, segment_id)
    if not may_change(actor, segment):
        raise Forbidden(Permission.SEGMENTS_SHARE)
    return segment


def _checked(name: str) -> str:
    shown = " ".join(name.replace("\x00", "").split())
    if not 0 < len(shown) <= NAME_LENGTH:
        raise Invalid("segment_name", "give the segment a name of 1 to 128 characters")
    return shown
