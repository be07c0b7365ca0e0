"""Who sits down is logged into their queues at that phone, who leaves is logged out (setting `seat_queues`).

In: a sitting that began or ended. Out: QueueAdd and QueueRemove; what the PBX refused, in its words. Members of
queues.conf are left alone: nobody can log them out.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from crm.access import Actor
from crm.seating import Seat
from crm.tables import QueueMember
from pbx.actions import MEMBER_SIGNS
from pbx.errors import PbxError
from web.phones import channel_of
from web.services import Services


async def log_in(services: Services, actor: Actor, seat: Seat) -> list[str]:
    """Log the phone into the person's queues of its PBX; returns what went wrong, one line for each queue."""
    if not services.settings.seat_queues:
        return []
    pbx = next((one for one in services.settings.pbxs if one.name == seat.pbx), None)
    if pbx is None:
        return []
    there = await _members(services, seat)
    async with services.db.read() as session:
        channel = await channel_of(session, pbx, seat.extension, actor.user_id)
    wanted = sorted(queue for name, queue in actor.queues if name == seat.pbx)
    name = actor.name.translate(dict.fromkeys(map(ord, MEMBER_SIGNS), " "))
    failures = []
    for queue in wanted:
        if any(member.queue == queue for member in there):
            continue
        try:
            actions = services.actions_on(seat.pbx)
            await actions.queue_add(queue, channel, name=name)
        except PbxError as error:
            failures.append(f"{queue}: {error}")
    return failures


async def log_out(services: Services, seat: Seat) -> list[str]:
    """Log the phone out of all queues that it was logged into; returns what went wrong."""
    if not services.settings.seat_queues:
        return []
    failures = []
    for member in await _members(services, seat):
        if not member.dynamic:
            continue
        try:
            actions = services.actions_on(seat.pbx)
            await actions.queue_remove(member.queue, member.interface)
        except PbxError as error:
            failures.append(f"{member.queue}: {error}")
    return failures


async def _members(services: Services, seat: Seat) -> Sequence[QueueMember]:
    query = select(QueueMember).where(
        QueueMember.pbx == seat.pbx, QueueMember.extension == seat.extension
    )
    async with services.db.read() as session:
        return (await session.scalars(query)).all()
