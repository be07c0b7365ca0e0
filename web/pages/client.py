"""One client: everything about them on one page, edited in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.tables import Call
from crm import agents, call_links, client_numbers, clients, promise_ledger
from crm.access import Actor, Permission
from crm.client_numbers import NumberField
from crm.errors import Conflict, Invalid
from crm.number_rules import NumberRules
from crm.tables import CallLink, Client, Promise, Task
from web.error_words import explain
from web.ids import id_of
from web.live.call_lines import CallLine, call_lines
from web.pages.client_form import ClientForm, changed_fields, choices, fields_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

CALLS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """What the page shows."""

    client: Client
    responsible: str
    calls: list[CallLine]
    tasks: list[Task]
    promises: list[Promise]


async def show_client(request: Request) -> Response:
    """The page; with `?edit=1` the form stands in the place of the facts."""
    edit = bool(request.query_params.get("edit"))
    if edit:
        actor_of(request).require(Permission.CLIENTS_EDIT)
    return await _page(request, form=None, edit=edit)


async def save(request: Request) -> Response:
    """Keep the form, unless somebody else was faster: then both versions are shown."""
    services, actor = services_of(request), actor_of(request)
    client_id = request.path_params["client_id"]
    data = await request.form()
    form = ClientForm.read(data)
    version = str(data.get("version", ""))
    rules = NumberRules.of(services.settings)
    try:
        async with services.db.write() as session:
            fields = await fields_of(session, actor, form, rules)
            client = await clients.edit(
                session,
                actor,
                client_id,
                id_of(version) or 0,
                fields,
                rules,
            )
            await call_links.link_earlier_calls(session, client, rules)
    except (Invalid, Conflict) as error:
        said = explain(error)
        return await _page(request, form=form, edit=True, error=error, status=said.status)
    return RedirectResponse(f"/clients/{client_id}", status_code=303)


async def attach(request: Request) -> Response:
    """Give the client a number (of a call), and the call; a number that is theirs already is fine."""
    services, actor = services_of(request), actor_of(request)
    client_id = request.path_params["client_id"]
    data = await request.form()
    number, call = str(data.get("number", "")).strip(), str(data.get("call_id", ""))
    rules = NumberRules.of(services.settings)
    async with services.db.write() as session:
        client = await clients.get(session, actor, client_id)
        known = {rules.key(one.raw).subject for one in client.numbers}
        if number and rules.key(number).subject not in known:
            await client_numbers.attach(session, actor, client_id, NumberField(number), rules)
        if (call_id := id_of(call)) is not None:
            await call_links.link(session, actor, call_id, client_id)
    if "hx-request" in request.headers:
        return Response(status_code=204)
    return RedirectResponse(f"/clients/{client_id}", status_code=303)


async def _page(
    request: Request,
    *,
    form: ClientForm | None,
    edit: bool,
    error: Exception | None = None,
    status: int = 200,
) -> Response:
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        facts = await _facts(session, actor, request.path_params["client_id"])
        companies, people = await choices(session, actor) if edit else ([], [])
    now = ClientForm.of(facts.client)
    context: dict[str, Any] = {
        "facts": facts,
        "client": facts.client,
        "form": form or now,
        "edit": edit,
        "failure": explain(error).text if error else "",
        "theirs": changed_fields(form, now) if form and isinstance(error, Conflict) else {},
        "companies": companies,
        "people": people,
    }
    return render(request, "clients/client.html", status=status, **context)


async def _facts(session: AsyncSession, actor: Actor, client_id: int) -> ClientFacts:
    client = await clients.get(session, actor, client_id)
    linked = select(CallLink.call_id).where(CallLink.client_id == client_id)
    names = await agents.names(session, [client.responsible_id] if client.responsible_id else [])
    open_first = select(Task).where(Task.client_id == client_id)
    open_first = open_first.order_by(Task.state != "open", Task.opened_at.desc()).limit(10)
    return ClientFacts(
        client=client,
        responsible=names.get(client.responsible_id or 0, ""),
        calls=await call_lines(session, actor, Call.id.in_(linked), limit=CALLS),
        tasks=list((await session.scalars(open_first)).all()),
        promises=await promise_ledger.of_client(session, client_id),
    )


_one = "/clients/{client_id:id}"
routes = [
    page(_one, show_client, permission=Permission.CLIENTS_SEE),
    page(_one, save, permission=Permission.CLIENTS_EDIT, methods=["POST"], name="save_client"),
    page(f"{_one}/attach", attach, permission=Permission.CLIENTS_EDIT, methods=["POST"]),
]
