"""Where people sit: choose the phone of the desk, leave it; and for administrators who sat where, when.

In: a form. Out: pages, and holdings of phones (`crm.seating`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import agents, seating
from crm.access import Actor, Permission
from crm.errors import Forbidden, SeatTaken
from crm.seating import Seat
from crm.tables import Device, PhoneHolding, PhoneState, User
from web.auth.addresses import local_address
from web.ids import id_of
from web.pages import seat_queues
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A phone as the page offers it."""

    pbx: str
    extension: str
    device: str = ""
    sitter: str = ""
    since: datetime | None = None
    owners: str = ""
    is_mine: bool = False
    """The person sits there."""
    is_last: bool = False
    """The person sat there last."""


async def show_seats(request: Request) -> Response:
    """The phones to choose from: where the person sat last comes first, then free ones."""
    return await _page(request)


async def sit(request: Request) -> Response:
    """Sit down. A colleague's phone is asked about first.

    Raises:
        Forbidden: phones are not chosen here: only an administrator says whose calls are whose.
    """
    services, actor = services_of(request), actor_of(request)
    if not services.settings.free_seating:
        raise Forbidden("free_seating")
    form = await request.form()
    seat = Seat(str(form.get("pbx", "")), str(form.get("extension", "")))
    try:
        async with services.db.write() as session:
            is_sure = form.get("sure") == "1"
            ended = await seating.sit(session, actor, seat, services.clock(), is_sure=is_sure)
    except SeatTaken as taken:
        return await _page(request, taken=taken, status=HTTPStatus.CONFLICT)
    failures = []
    for one in ended:
        failures += await seat_queues.log_out(services, Seat(one.pbx, one.extension))
    failures += await seat_queues.log_in(services, actor, seat)
    if failures:
        return await _page(request, failures=failures)
    return RedirectResponse(local_address(str(form.get("next", "/"))), status_code=303)


async def leave(request: Request) -> Response:
    """Leave the phone."""
    services, actor = services_of(request), actor_of(request)
    failures = await leave_seat(services, actor, "left")
    if failures:
        return await _page(request, failures=failures)
    return RedirectResponse("/seat", status_code=303)


async def understood(request: Request) -> Response:
    """The person has read who sat down at their phone."""
    async with services_of(request).db.write() as session:
        await seating.told(session, actor_of(request).user_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def leave_seat(services: Services, actor: Actor, why: str) -> list[str]:
    """End the person's sitting, if there is one; returns what the PBX refused."""
    async with services.db.write() as session:
        left = await seating.leave(session, actor, actor.user_id, why, services.clock())
    if left is None:
        return []
    return await seat_queues.log_out(services, Seat(left.pbx, left.extension))


async def show_history(request: Request) -> Response:
    """Who sat where, when, newest first."""
    before = id_of(request.query_params.get("before", ""))
    async with services_of(request).db.read() as session:
        rows = await seating.sittings(session, before_id=before, limit=ROWS)
        people = [user_id for row in rows for user_id in (row.user_id, row.ended_by_id) if user_id]
        names = await agents.names(session, people)
    return render(request, "admin/seats.html", rows=rows, names=names, has_more=len(rows) == ROWS)


async def _page(
    request: Request,
    *,
    taken: SeatTaken | None = None,
    failures: Sequence[str] = (),
    status: int = HTTPStatus.OK,
) -> Response:
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        places = await _places(session, actor, services.settings.pbx_names)
    return render(
        request,
        "seat.html",
        status=status,
        places=places,
        taken=taken,
        failures=failures,
        mine=next((place for place in places if place.is_mine), None),
        wanted=local_address(request.query_params.get("next", "/")),
    )


async def _places(session: AsyncSession, actor: Actor, pbxs: Sequence[str]) -> list[Place]:
    last = await seating.last_seat(session, actor.user_id)
    devices = {
        (row.pbx, row.extension): row.device
        for row in await session.scalars(select(PhoneState).where(PhoneState.pbx.in_(pbxs)))
    }
    owners = await _owners(session)
    seated = {
        (row.pbx, row.extension): (row, user)
        for row, user in await session.execute(
            select(PhoneHolding, User)
            .join(User, User.id == PhoneHolding.user_id)
            .where(PhoneHolding.how == "seat", PhoneHolding.until_at.is_(None))
        )
    }
    known = {phone for phone in devices.keys() | owners.keys() | seated.keys() if phone[0] in pbxs}
    places = []
    for pbx, extension in known:
        row, user = seated.get((pbx, extension), (None, None))
        places.append(
            Place(
                pbx=pbx,
                extension=extension,
                device=devices.get((pbx, extension), ""),
                sitter=(user.name or user.login) if user else "",
                since=row.from_at if row else None,
                owners=", ".join(owners.get((pbx, extension), ())),
                is_mine=user is not None and user.id == actor.user_id,
                is_last=last == Seat(pbx, extension),
            )
        )
    return sorted(
        places,
        key=lambda one: (
            not one.is_last,
            bool(one.sitter),
            one.pbx,
            len(one.extension),
            one.extension,
        ),
    )


async def _owners(session: AsyncSession) -> dict[tuple[str, str], list[str]]:
    query = select(Device.pbx, Device.extension, User.name, User.login).join(User)
    found: dict[tuple[str, str], list[str]] = {}
    for pbx, extension, name, login in await session.execute(query.where(User.active.is_(True))):
        found.setdefault((pbx, extension), []).append(name or login)
    return found


_post = ["POST"]
routes = [
    page("/seat", show_seats, permission=Permission.CALLS_MAKE),
    page("/seat", sit, permission=Permission.CALLS_MAKE, methods=_post),
    page("/seat/leave", leave, permission=Permission.CALLS_MAKE, methods=_post, name="leave_seat"),
    page("/seat/told", understood, permission=Permission.CALLS_MAKE, methods=_post),
    page("/admin/seats", show_history, permission=Permission.ADMINISTER),
]
