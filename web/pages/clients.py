"""Clients: adding one. The list is in `web.pages.client_list`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import automatic_cards, call_links, client_visibility, clients
from crm.access import Action, Permission
from crm.client_numbers import NumberField
from crm.clients import ClientFields
from crm.errors import Invalid
from crm.number_rules import NumberRules
from web.error_words import explain
from web.ids import id_of
from web.pages.client_form import ClientForm
from web.pages.client_typed import choices, fields_of
from web.pages.client_words import told
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_new(request: Request) -> Response:
    """The form for a new client; `?number=` and `?call=` come from a call of an unknown number."""
    number, call = request.query_params.get("number", ""), request.query_params.get("call", "")
    guarded = "" if actor_of(request).may(Permission.PERSONAL_SEE) else None
    form = ClientForm(
        numbers=[(number, "")] if number else [], home_address=guarded, passport=guarded
    )
    organisation = request.query_params.get("organisation", "")
    if organisation:
        form.workplaces = [("", organisation[:255], "")]
    return await _form(request, form, call=call)


async def create(request: Request) -> Response:
    """Add the client, and link the calls of their numbers."""
    services, actor = services_of(request), actor_of(request)
    data = await request.form()
    form, call = ClientForm.read(data), str(data.get("call", ""))
    rules = NumberRules.of(services.settings)
    try:
        async with services.db.write() as session:
            fields = await fields_of(session, actor, form, rules)
            client = await clients.create(session, actor, fields, rules)
            await call_links.link_earlier_calls(session, client, rules)
            if (call_id := id_of(call)) is not None:
                await call_links.link(session, actor, call_id, client.id)
    except Invalid as error:
        return await _form(request, form, call=call, error=error)
    return RedirectResponse(f"/clients/{client.id}", status_code=303)


async def create_quickly(request: Request) -> Response:
    """From a screen pop: a client with this number, named or not; the call is theirs at once."""
    services, actor = services_of(request), actor_of(request)
    data = await request.form()
    name, number, call = (str(data.get(key, "")).strip() for key in ("name", "number", "call_id"))
    rules = NumberRules.of(services.settings)
    fields = ClientFields(name=name, numbers=(NumberField(number),) if number else ())
    async with services.db.write() as session:
        stranger = await automatic_cards.of_number(session, number, rules)
        if stranger is not None:
            if stranger.responsible_id not in (None, actor.user_id):
                await client_visibility.require(session, actor, stranger.id, Action.EDIT)
            # The call has made a card already: it gets the name, nobody gets a second one.
            await automatic_cards.confirm(session, actor, stranger, name)
        client = stranger or await clients.create(session, actor, fields, rules, obligatory=False)
        await call_links.link_earlier_calls(session, client, rules)
        if (call_id := id_of(call)) is not None:
            await call_links.link(session, actor, call_id, client.id)
    return Response(status_code=204)


async def _form(
    request: Request, form: ClientForm, *, call: str, error: Invalid | None = None
) -> Response:
    async with services_of(request).db.read() as session:
        offer = await choices(session, actor_of(request))
    failure, wrong = told(error, offer.fields) if error else ("", "")
    return render(
        request,
        "clients/new.html",
        status=explain(error).status if error else 200,
        form=form,
        call=call,
        failure=failure,
        offered=offer,
        files_at="",
        wrong=wrong,
    )


routes = [
    page("/clients", create, permission=Permission.CLIENTS_EDIT, methods=["POST"]),
    page("/clients/new", show_new, permission=Permission.CLIENTS_EDIT),
    page("/clients/quick", create_quickly, permission=Permission.CLIENTS_EDIT, methods=["POST"]),
]
