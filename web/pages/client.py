"""One client: everything about them on one page, edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import call_links, client_numbers, clients
from crm.access import Permission
from crm.client_numbers import NumberField
from crm.errors import Invalid
from crm.number_rules import NumberRules
from web.error_words import explain
from web.i18n import gettext as _
from web.ids import id_of
from web.pages.client_facts import client_facts
from web.pages.client_form import ClientForm, base_of
from web.pages.client_typed import choices, fields_of
from web.pages.client_words import field_words, value_words
from web.pages.three_way import merge
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


@dataclass(kw_only=True)
class Editing:
    """The form as it stands in the page: what was typed, what is wrong with it, what a colleague did meanwhile."""

    form: ClientForm | None = None
    failure: str = ""
    status: int = 200
    clashes: Mapping[str, Any] = field(default_factory=dict)
    """Field → the colleague's value, where both changed it."""


async def show_client(request: Request) -> Response:
    """The page; with `?edit=1` the form stands in the place of the facts."""
    if request.query_params.get("edit"):
        actor_of(request).require(Permission.CLIENTS_EDIT)
        return await _page(request, Editing())
    return await _page(request, None)


async def save(request: Request) -> Response:
    """Keep the form. If somebody else was faster, both versions are put together; what both changed is asked."""
    services, actor = services_of(request), actor_of(request)
    client_id = request.path_params["client_id"]
    data = await request.form()
    rules, base, form = NumberRules.of(services.settings), base_of(data), ClientForm.read(data)
    try:
        async with services.db.write() as session:
            client = await clients.get(session, actor, client_id)
            now = ClientForm.of(client)
            form = _chosen(ClientForm.read(data, ClientForm.of_values(base) if base else now), data)
            if client.version != id_of(str(data.get("version", ""))):
                merged = merge(base, form.values(), now.values())
                form = ClientForm.of_values(merged.values)
                if merged.clashes:
                    words = _("A colleague changed the same fields meanwhile.")
                    told = Editing(form=form, failure=words, status=409, clashes=merged.clashes)
                    return await _page(request, told)
            fields = await fields_of(session, actor, form, rules)
            client = await clients.edit(session, actor, client_id, client.version, fields, rules)
            await call_links.link_earlier_calls(session, client, rules)
    except Invalid as error:
        said = explain(error)
        return await _page(request, Editing(form=form, failure=said.text, status=said.status))
    return RedirectResponse(f"/clients/{client_id}", status_code=303)


async def confirm(request: Request) -> Response:
    """Say that a card which a call made by itself is right."""
    client_id = request.path_params["client_id"]
    async with services_of(request).db.write() as session:
        await clients.confirm(session, actor_of(request), client_id)
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


def _chosen(form: ClientForm, data: FormData) -> ClientForm:
    """The form with the colleague's values where the editor chose them (the version that both were shown)."""
    shown = base_of(data)
    if shown is None:
        return form
    values = form.values()
    values |= {name: shown[name] for name in shown if data.get(f"choose.{name}") == "theirs"}
    return ClientForm.of_values(values)


async def _page(request: Request, editing: Editing | None) -> Response:
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        facts = await client_facts(session, actor, request.path_params["client_id"])
        companies, people = await choices(session, actor) if editing else ([], [])
    context: dict[str, Any] = {"facts": facts, "client": facts.client, "edit": editing is not None}
    if editing is not None:
        now = ClientForm.of(facts.client)
        context |= {
            "form": editing.form or now,
            "base": now.as_json(),
            "failure": editing.failure,
            "clashes": _told(editing, people),
            "companies": companies,
            "people": people,
        }
    status = editing.status if editing else 200
    return render(request, "clients/client.html", status=status, **context)


def _told(editing: Editing, people: list[tuple[int, str]]) -> list[tuple[str, str, str, str]]:
    """(field, its name, mine, theirs) of what both changed."""
    names, words = {str(user_id): name for user_id, name in people}, field_words()
    mine = editing.form.values() if editing.form else {}

    def text(name: str, value: Any) -> str:
        return names.get(value, "") if name == "responsible" else value_words(name, value)

    return [
        (name, words.get(name, name), text(name, mine.get(name)), text(name, theirs))
        for name, theirs in editing.clashes.items()
    ]


_one = "/clients/{client_id:id}"
routes = [
    page(_one, show_client, permission=Permission.CLIENTS_SEE),
    page(_one, save, permission=Permission.CLIENTS_EDIT, methods=["POST"], name="save_client"),
    page(f"{_one}/confirm", confirm, permission=Permission.CLIENTS_EDIT, methods=["POST"]),
    page(f"{_one}/attach", attach, permission=Permission.CLIENTS_EDIT, methods=["POST"]),
]
