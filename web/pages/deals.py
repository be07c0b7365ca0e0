"""Deals: the board with a column per stage, the list, quick adding, and moving by hand.

The board's columns come again as a fragment (`?part=board`) whenever a deal changed anywhere.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import deal_lists, deal_moves, deal_obligatory, deal_sums, deals, funnels
from crm.access import Actor, Permission
from crm.deal_moves import Move
from crm.deals import DealFields
from crm.errors import CrmError, Invalid, NotFound
from crm.finding import segments
from crm.finding.search import pick
from crm.tables import Deal, Funnel
from web.error_pages import wants_page
from web.ids import id_of
from web.pages import deal_people, deal_segments
from web.pages.deal import deal_page
from web.pages.deal_query import DealQuery
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

CLOSED_SHOWN = timedelta(days=30)
"""Won and lost deals stay on the board so long; the list has all."""
FOUND_CLIENTS = 8


async def show_deals(request: Request) -> Response:
    """The board, or with `?view=list` the list; `?part=board` gives the columns alone."""
    services, actor = services_of(request), actor_of(request)
    asked = DealQuery.read(request.query_params)
    ways = await ways_of(services)
    today = _today(services)
    async with services.db.read() as session:
        if asked.view == "list":
            context = await _list(session, services, actor, asked)
            template = "deals/list.html"
        else:
            context = await _board(session, services, actor, asked, _chosen(ways, asked))
            template = "deals/board.html"
        if request.query_params.get("part"):
            template = "deals/columns.html"
        context |= {
            "people": await deal_people.choices(session, actor),
            "reasons": await funnels.loss_reasons(session),
            "segments": deal_segments.names_of(await segments.of(session, actor)),
        }
    return render(request, template, asked=asked, ways=ways, today=today, **context)


async def ways_of(services: Services) -> list[Funnel]:
    """The funnels in use; a new installation gets its first one."""
    await funnels.begin(services.db, services.settings.locale)
    async with services.db.read() as session:
        return await funnels.active(session)


async def quick(request: Request) -> Response:
    """Add a deal to a column: a name, perhaps a sum; it is one's own."""
    services, actor = services_of(request), actor_of(request)
    form = await request.form()
    amount = str(form.get("amount", "")).strip()
    value = deal_sums.read_decimal(amount) if amount else Decimal(0)
    if value is None:
        raise Invalid("amount", f"{amount!r} is no sum")
    fields = DealFields(name=str(form.get("name", "")), amount=value, responsible_id=actor.user_id)
    async with services.db.write() as session:
        stage_id = id_of(str(form.get("stage", "")))
        deal = await deals.create(session, actor, fields, stage_id=stage_id)
        await deal_obligatory.require(session, deal)
        await deals.put_custom(session, actor, deal, {})
    return _back(request, form)


async def move(request: Request) -> Response:
    """Put a deal into a stage. A script gets the fresh card, a page the deal's page again, with what went wrong if so."""
    services, actor = services_of(request), actor_of(request)
    deal_id = request.path_params["deal_id"]
    form = await request.form()
    to, version = _move_of(form), id_of(str(form.get("version", ""))) or 0
    try:
        async with services.db.write() as session:
            deal = await deal_moves.move(session, actor, deal_id, version, to)
    except CrmError as error:
        if not wants_page(request) or isinstance(error, NotFound):
            raise
        return await deal_page(request, error=error)
    if wants_page(request):
        return RedirectResponse(f"/deals/{deal_id}", status_code=303)
    async with services.db.read() as session:
        today = _today(services)
        context = await _cards(session, actor, [deal], today)
    return render(request, "deals/card.html", deal=deal, today=today, **context)


async def find_clients(request: Request) -> Response:
    """Clients whose name or number holds `q`, to choose one for a deal."""
    async with services_of(request).db.read() as session:
        search = request.query_params.get("q", "").replace("\x00", "")
        found = await pick(session, actor_of(request), search, limit=FOUND_CLIENTS)
    return render(request, "deals/clients.html", found=found, q=search)


async def _board(
    session: AsyncSession,
    services: Services,
    actor: Actor,
    asked: DealQuery,
    way: Funnel | None,
) -> dict[str, Any]:
    today = _today(services)
    if way is None:
        return {"way": None, "columns": [], **(await _cards(session, actor, [], today))}
    columns = await deal_lists.board(
        session,
        actor,
        funnels.stages_of(way),
        asked.filter(
            actor,
            way.id,
            today,
            await deal_segments.clients_of(session, services, actor, asked.segment),
        ),
        closed_since=services.clock() - CLOSED_SHOWN,
        shown=asked.shown,
    )
    shown = [deal for column in columns for deal in column.deals]
    return {
        "way": way,
        "columns": columns,
        "whole_form": await deal_obligatory.needs_whole_form(session),
        **(await _cards(session, actor, shown, today)),
    }


async def _list(
    session: AsyncSession, services: Services, actor: Actor, asked: DealQuery
) -> dict[str, Any]:
    today = _today(services)
    within = await deal_segments.clients_of(session, services, actor, asked.segment)
    which = asked.filter(actor, id_of(asked.funnel), today, within)
    found = await deal_lists.page(
        session, actor, which, sort=asked.sort or "updated", after=id_of(asked.after)
    )
    every = await funnels.every(session)
    stages = {stage.id: stage for way in every for stage in way.stages}
    return {"found": found, "stages": stages, **(await _cards(session, actor, found.deals, today))}


async def _cards(
    session: AsyncSession, actor: Actor, shown: list[Deal], today: date
) -> dict[str, Any]:
    """What cards and rows say beside the deal itself."""
    return {
        "client_names": await deal_people.client_names(session, actor, shown),
        "responsible_names": await deal_people.responsible_names(session, shown),
        "editable": await deal_lists.editable(session, actor, shown),
        "overdue": await deal_lists.overdue(session, shown, today),
    }


def _today(services: Services) -> date:
    return services.clock().astimezone(services.zone).date()


def _chosen(ways: list[Funnel], asked: DealQuery) -> Funnel | None:
    wanted = id_of(asked.funnel)
    return next((way for way in ways if way.id == wanted), ways[0] if ways else None)


def _move_of(form: FormData) -> Move:
    def number(name: str) -> int | None:
        return id_of(str(form.get(name, "")))

    stage_id = number("stage")
    if stage_id is None:
        raise Invalid("stage_id", "choose a stage")
    return Move(
        stage_id=stage_id,
        above_id=number("above"),
        below_id=number("below"),
        loss_reason_id=number("loss_reason"),
        loss_note=str(form.get("loss_note", "")),
    )


def _back(request: Request, form: FormData) -> Response:
    if not wants_page(request):
        return Response(status_code=204)
    funnel = id_of(str(form.get("funnel", "")))
    return RedirectResponse(DealQuery(funnel=str(funnel or "")).address(), status_code=303)


routes = [
    page("/deals", show_deals, permission=Permission.DEALS_SEE),
    page("/deals/quick", quick, permission=Permission.DEALS_EDIT, methods=["POST"]),
    page("/deals/clients", find_clients, permission=Permission.DEALS_EDIT),
    page(
        "/deals/{deal_id:id}/move",
        move,
        permission=Permission.DEALS_EDIT,
        methods=["POST"],
        name="move_deal",
    ),
]
