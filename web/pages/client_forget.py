"""Forgetting a client for good: GET /clients/ID/forget says what goes and what stays; then the name is typed again."""

from __future__ import annotations

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import client_visibility, erasure_clients, legal_holds
from crm.access import Action, Permission
from crm.errors import Held, Invalid
from crm.tables import Client, ClientNumber
from web.error_words import explain
from web.pages.personal_words import erased_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def ask(request: Request) -> Response:
    """What goes, what stays and why; with `?step=2` the form that asks for the name."""
    return await _page(request, second=request.query_params.get("step") == "2")


async def forget(request: Request) -> Response:
    """Forget the client whose name was typed."""
    form = await request.form()
    services, client_id = services_of(request), request.path_params["client_id"]
    typed, reason = str(form.get("typed", "")), str(form.get("reason", ""))
    try:
        async with services.db.write() as session:
            await erasure_clients.forget(session, actor_of(request), client_id, typed, reason)
    except (Invalid, Held) as error:
        words = explain(error)
        return await _page(request, second=True, failure=words.text, status=words.status)
    said = await erased_words(services)
    return RedirectResponse(f"/admin/retention?said={said}", status_code=303)


async def _page(
    request: Request, *, second: bool, failure: str = "", status: int = 200
) -> Response:
    actor, client_id = actor_of(request), request.path_params["client_id"]
    held = ""
    async with services_of(request).db.read() as session:
        await client_visibility.require(session, actor, client_id, Action.DELETE)
        client = await session.get_one(Client, client_id)
        of = select(ClientNumber.raw).where(ClientNumber.client_id == client_id)
        number = await session.scalar(of.order_by(ClientNumber.id).limit(1))
        try:
            await legal_holds.require_client_free(session, client_id)
        except Held as error:
            held = explain(error).text
    return render(
        request,
        "personal_data/forget.html",
        status=status,
        client=client,
        typed_again=client.name or number or "",
        second=second,
        held=held,
        failure=failure,
    )


_path, _may = "/clients/{client_id:id}/forget", Permission.DATA_ERASE
routes = [
    page(_path, ask, permission=_may, name="ask_forget_client"),
    page(_path, forget, permission=_may, methods=["POST"], name="forget_client"),
]
