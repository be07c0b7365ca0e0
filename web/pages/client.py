"""One client: everything about them on one page, edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from babel.dates import get_month_names
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import call_links, client_numbers, clients, personal
from crm.access import Actor, Permission
from crm.client_numbers import NumberField
from crm.errors import Invalid, NotFound
from crm.number_rules import NumberRules
from crm.tables import Client
from web.error_words import explain
from web.i18n import current_locale
from web.ids import id_of
from web.pages.client_facts import client_facts
from web.pages.client_form import ClientForm, base_of
from web.pages.client_gone import binned, kept_instead
from web.pages.client_typed import Choices, choices, fields_of, form_of
from web.pages.client_words import field_words, told, value_words
from web.pages.three_way import merge
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


@dataclass(kw_only=True)
class Editing:
    """The form as it stands in the page: what was typed, what is wrong with it, what a colleague did meanwhile."""

    form: ClientForm | None = None
    error: Invalid | None = None
    clashes: Mapping[str, Any] = field(default_factory=dict)
    """Field → the colleague's value, where both changed it."""

    @property
    def status(self) -> int:
        """Of the answer."""
        return 409 if self.clashes else explain(self.error).status if self.error else 200


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What is wrong with one of the small forms of the card, and what was typed there."""

    part: str = ""
    text: str = ""
    status: int = 200
    typed: Mapping[str, Any] = field(default_factory=dict)


async def show_client(request: Request) -> Response:
    """The page; with `?edit=1` the form stands in the place of the facts."""
    is_edit = bool(request.query_params.get("edit"))
    if is_edit:
        actor_of(request).require(Permission.CLIENTS_EDIT)
    try:
        shown = await show_card(request, Editing() if is_edit else None)
    except NotFound:
        return await _gone(request)
    # Who opens unusually many cards may be copying them by hand.
    watch = services_of(request).export_watch
    await watch.opened(actor_of(request), request.path_params["client_id"])
    return shown


async def save(request: Request) -> Response:
    """Keep the form. If somebody else was faster, both versions are put together; what both changed is asked."""
    services, actor = services_of(request), actor_of(request)
    client_id = request.path_params["client_id"]
    data = await request.form()
    rules, base, form = NumberRules.of(services.settings), base_of(data), ClientForm.read(data)
    clashes: Mapping[str, Any] = {}
    try:
        async with services.db.write() as session:
            client = await clients.get(session, actor, client_id)
            now = await form_of(session, actor, client)
            form = _chosen(ClientForm.read(data, ClientForm.of_values(base) if base else now), data)
            if client.version != id_of(str(data.get("version", ""))):
                merged = merge(base, form.values(), now.values())
                form, clashes = ClientForm.of_values(merged.values), merged.clashes
            if not clashes:
                fields = await fields_of(session, actor, form, rules)
                version = client.version
                client = await clients.edit(session, actor, client_id, version, fields, rules)
                await call_links.link_earlier_calls(session, client, rules)
    except Invalid as error:
        return await show_card(request, Editing(form=form, error=error))
    if clashes:
        return await show_card(request, Editing(form=form, clashes=clashes))
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


async def show_card(
    request: Request, editing: Editing | None = None, trouble: Trouble | None = None
) -> Response:
    """The page of the client that the address names.

    Raises:
        NotFound: no such client, or one that the person may not see.
    """
    services, actor = services_of(request), actor_of(request)
    client_id = request.path_params["client_id"]
    async with services.db.read() as session:
        facts = await client_facts(session, actor, client_id)
        form = await _form_context(session, actor, facts.client, editing) if editing else {}
        is_new = facts.shows_guarded and await personal.must_note(
            session, actor, client_id, services.clock()
        )
    if is_new:
        async with services.db.write() as session:
            await personal.note_reading(session, actor, client_id, services.clock())
    trouble = trouble or Trouble()
    context: dict[str, Any] = {
        "facts": facts,
        "client": facts.client,
        "edit": editing is not None,
        "trouble": trouble,
        "today": services.clock().astimezone(services.zone).date(),
        "months": list(get_month_names(locale=current_locale(), context="stand-alone").values()),
    }
    status = editing.status if editing else trouble.status
    return render(request, "clients/client.html", status=status, **context, **form)


async def _form_context(
    session: AsyncSession, actor: Actor, client: Client, editing: Editing
) -> dict[str, Any]:
    now, offered = await form_of(session, actor, client), await choices(session, actor)
    failure, wrong = told(editing.error, offered.fields) if editing.error else ("", "")
    return {
        "form": editing.form or now,
        "base": now.as_json(),
        "failure": failure,
        "wrong": wrong,
        "clashes": _both_versions(editing, offered),
        "offered": offered,
        "files_at": f"/clients/{client.id}/files",
    }


def _both_versions(editing: Editing, offered: Choices) -> list[tuple[str, str, str, str]]:
    """(field, its name, mine, theirs) of what both changed."""
    names = {str(user_id): name for user_id, name in offered.people}
    words = field_words({one.key: one.name for one in offered.fields})
    mine = editing.form.values() if editing.form else {}

    def text(name: str, value: Any) -> str:
        return names.get(value, "") if name == "responsible" else value_words(name, value)

    return [
        (name, words.get(name, name), text(name, mine.get(name)), text(name, theirs))
        for name, theirs in editing.clashes.items()
    ]


async def _gone(request: Request) -> Response:
    """Where a card that is merged or in the bin has gone."""
    actor, client_id = actor_of(request), request.path_params["client_id"]
    async with services_of(request).db.read() as session:
        kept = await kept_instead(session, actor, client_id)
        gone = await binned(session, actor, client_id)
    if kept is not None:
        return RedirectResponse(f"/clients/{kept}", status_code=303)
    if gone is None:
        raise NotFound("client", client_id)
    return render(request, "clients/gone.html", status=410, gone=gone)


_one = "/clients/{client_id:id}"
routes = [
    page(_one, show_client, permission=Permission.CLIENTS_SEE),
    page(_one, save, permission=Permission.CLIENTS_EDIT, methods=["POST"], name="save_client"),
    page(f"{_one}/confirm", confirm, permission=Permission.CLIENTS_EDIT, methods=["POST"]),
    page(f"{_one}/attach", attach, permission=Permission.CLIENTS_EDIT, methods=["POST"]),
]
