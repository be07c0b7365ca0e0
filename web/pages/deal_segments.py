"""Segments of clients on pages of deals: as a filter, and as what a funnel is for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import funnels
from crm.access import Actor
from crm.errors import Invalid
from crm.finding import lists, segments
from crm.finding.filters import Moment
from crm.tables import Funnel, Segment
from web.ids import id_of
from web.services import Services


async def clients_of(
    session: AsyncSession, services: Services, actor: Actor, segment: str
) -> Select[int] | None:
    """Ids of the actor's clients in this segment; None where none is named.

    Raises:
        NotFound: no such segment, or nobody shared it with the actor.
        Invalid: its filter asks for a field that is there no more.
    """
    segment_id = id_of(segment)
    if segment_id is None:
        return None
    row = await segments.get(session, actor, segment_id)
    node = await segments.filter_of(session, actor, row)
    return lists.fitting(actor, node, moment_of(services, actor))


async def stage_for(
    session: AsyncSession,
    services: Services,
    actor: Actor,
    client_id: int,
) -> int | None:
    """The first stage of the funnel that is for this client's segment; None: of no special one."""
    for way in await funnels.active(session):
        if await _is_for(session, services, actor, way, client_id):
            first = [stage for stage in funnels.stages_of(way) if stage.kind == "open"]
            return first[0].id if first else None
    return None


def moment_of(services: Services, actor: Actor) -> Moment:
    """When and for whom a segment is asked."""
    return Moment(services.clock(), services.zone, actor.user_id)


def names_of(rows: Sequence[Segment]) -> list[tuple[int, str]]:
    """(id, name), for a choice."""
    return [(row.id, row.name) for row in rows]


async def _is_for(
    session: AsyncSession, services: Services, actor: Actor, way: Funnel, client_id: int
) -> bool:
    if way.segment_id is None:
        return False
    segment = await session.get_one(Segment, way.segment_id)
    try:
        return await segments.holds(session, actor, segment, client_id, moment_of(services, actor))
    except Invalid:
        # A field of its filter is gone: the funnel is still there, it is only not offered first.
        return False
