"""Deals on other pages: the panel of a client's card, and which deal a call is about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import call_links, client_visibility, deal_calls, deal_lists, payments
from crm.access import Permission
from crm.errors import Invalid
from crm.tables import Stage
from web.error_pages import wants_page
from web.ids import id_of
from web.pages import deal_people
from web.pages.call_access import visible_call
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

SHOWN = 8


async def client_deals(request: Request) -> Response:
    """The client's deals and debts, for the card."""
    services, actor = services_of(request), actor_of(request)
    client_id = request.path_params["client_id"]
    today = services.clock().astimezone(services.zone).date()
    async with services.db.read() as session:
        await client_visibility.require(session, actor, client_id)
        found = await deal_lists.of_client(session, actor, client_id, limit=SHOWN + 1)
        ids = {deal.stage_id for deal in found}
        context: dict[str, Any] = {
            "deals": found[:SHOWN],
            "has_more": len(found) > SHOWN,
            "stages": {
                s.id: s for s in await session.scalars(select(Stage).where(Stage.id.in_(ids)))
            },
            "overdue": await deal_lists.overdue(session, found, today),
            "debts": await payments.debts_of(session, actor, client_id, today),
            "responsible_names": await deal_people.responsible_names(session, found),
        }
    return render(request, "clients/panels/deals.html", client_id=client_id, **context)


async def call_deal(request: Request) -> Response:
    """Which deal a call is about, and the choice while nobody knows; `?pop` is for the card of the call itself."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        call = await visible_call(session, actor, request.path_params["call_id"])
        client = await call_links.client_of(session, call.id)
        context: dict[str, Any] = {
            "call": call,
            "client": client,
            "deal": await deal_calls.deal_of(session, actor, call.id),
            "decided": await deal_calls.is_decided(session, call.id),
            "offered": await deal_calls.offered(session, actor, client.id) if client else [],
        }
    is_pop = "pop" in request.query_params
    template = "deals/pop_deal.html" if is_pop else "deals/call_deal.html"
    return render(request, template, **context)


async def attach(request: Request) -> Response:
    """Say which deal a call is about; "none" for none."""
    services, actor = services_of(request), actor_of(request)
    call_id = request.path_params["call_id"]
    chosen = str((await request.form()).get("deal", ""))
    deal_id = id_of(chosen)
    if deal_id is None and chosen != "none":
        raise Invalid("deal", "choose a deal")
    async with services.db.write() as session:
        await deal_calls.attach(session, actor, call_id, deal_id)
    if wants_page(request):
        return RedirectResponse(f"/calls/{call_id}", status_code=303)
    return await call_deal(request)


_call = "/calls/{call_id:id}/deal"
routes = [
    page("/clients/{client_id:id}/deals", client_deals, permission=Permission.DEALS_SEE),
    page(_call, call_deal, permission=Permission.DEALS_SEE),
    page(_call, attach, permission=Permission.DEALS_EDIT, methods=["POST"], name="attach_deal"),
]
