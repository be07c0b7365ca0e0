"""The small forms of a client's card: days to remember, consents. What is wrong is told in the card itself."""

from __future__ import annotations

from datetime import date, datetime, time

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import consents, personal_dates
from crm.access import Permission
from crm.consents import ConsentField
from crm.custom_kinds import FieldKind, parse
from crm.errors import Invalid
from crm.personal_dates import DayField
from web.error_words import explain
from web.ids import id_of
from web.pages.client import Trouble, show_card
from web.routes import actor_of, page
from web.services import Services, services_of


async def add_date(request: Request) -> Response:
    """Add a day to remember."""
    data, client_id = await request.form(), request.path_params["client_id"]
    try:
        typed = DayField(
            name=str(data.get("name", "")),
            day=_number(data, "day", -1),
            month=_number(data, "month", -1),
            year=_number(data, "year", -1) if data.get("year") else None,
            remind_days=_number(data, "remind_days", 0),
        )
        async with services_of(request).db.write() as session:
            await personal_dates.add(session, actor_of(request), client_id, typed)
    except Invalid as error:
        return await show_card(request, trouble=_trouble("dates", error, data))
    return RedirectResponse(f"/clients/{client_id}#dates", status_code=303)


async def remove_date(request: Request) -> Response:
    """Take a day to remember away."""
    client_id, date_id = request.path_params["client_id"], request.path_params["date_id"]
    async with services_of(request).db.write() as session:
        await personal_dates.remove(session, actor_of(request), client_id, date_id)
    return RedirectResponse(f"/clients/{client_id}#dates", status_code=303)


async def note_consent(request: Request) -> Response:
    """Write down what a client agreed to or refused."""
    services, client_id = services_of(request), request.path_params["client_id"]
    data = await request.form()
    try:
        said = ConsentField(
            kind=str(data.get("kind", "")),
            given=data.get("given") == "yes",
            given_at=_given_at(services, data),
            source=str(data.get("source", "")),
        )
        async with services.db.write() as session:
            await consents.note(session, actor_of(request), client_id, said, services.clock())
    except Invalid as error:
        return await show_card(request, trouble=_trouble("consents", error, data))
    return RedirectResponse(f"/clients/{client_id}#consents", status_code=303)


def _given_at(services: Services, data: FormData) -> datetime:
    """The day as typed; of today the present moment, so that what is said later counts later."""
    now = services.clock()
    day = parse(FieldKind.DATE, "given_at", str(data.get("day", "")))
    if not isinstance(day, date) or day == now.astimezone(services.zone).date():
        return now
    return datetime.combine(day, time(12), services.zone)


def _number(data: FormData, name: str, otherwise: int) -> int:
    number = id_of(str(data.get(name, "")).strip())
    return otherwise if number is None else min(number, 10**6)


def _trouble(part: str, error: Invalid, data: FormData) -> Trouble:
    said = explain(error)
    typed = {name: str(value) for name, value in data.items()}
    return Trouble(part=part, text=said.text, status=said.status, typed=typed)


_one = "/clients/{client_id:id}"
_edit = Permission.CLIENTS_EDIT
routes = [
    page(f"{_one}/dates", add_date, permission=_edit, methods=["POST"]),
    page(f"{_one}/dates/{{date_id:id}}/remove", remove_date, permission=_edit, methods=["POST"]),
    page(f"{_one}/consents", note_consent, permission=_edit, methods=["POST"]),
]
