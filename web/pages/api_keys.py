"""Keys of the HTTP API and webhooks: made, ended, and what was sent to whom; and the API's own description to read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import api_tokens, webhooks
from crm.access import Permission
from crm.errors import Invalid
from web.api.resources import all_operations
from web.error_words import explain
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

DELIVERIES = 50
_DAYS = {"30": 30, "365": 365, "": None}
"""How long a new key counts, as the form offers it; None: until it is ended."""


async def show_keys(request: Request) -> Response:
    """Keys that count, and for administrators webhooks."""
    return await _show(request)


async def add_key(request: Request) -> Response:
    """Make a key; its secret stands on this one answer and nowhere else."""
    services, actor = services_of(request), actor_of(request)
    data = await request.form()
    days = _DAYS.get(str(data.get("days", "")))
    until = datetime.now(UTC) + timedelta(days=days) if days else None
    scopes = [str(scope) for scope in data.getlist("scope")]
    try:
        async with services.db.write() as session:
            made = await api_tokens.add(session, actor, str(data.get("name", "")), scopes, until)
    except Invalid as error:
        return await _show(request, failure=error, form="key", typed=dict(data), scopes=scopes)
    return await _show(request, secret=made.secret, shown="key")


async def end_key(request: Request) -> Response:
    """End a key: from now on it opens nothing."""
    async with services_of(request).db.write() as session:
        await api_tokens.revoke(session, actor_of(request), request.path_params["token_id"])
    return RedirectResponse("/admin/api", status_code=303)


async def add_webhook(request: Request) -> Response:
    """Tell an address of events from now on."""
    services, actor = services_of(request), actor_of(request)
    data = await request.form()
    events = [str(event) for event in data.getlist("event")]
    try:
        async with services.db.write() as session:
            made = await webhooks.add(session, actor, str(data.get("url", "")).strip(), events)
    except Invalid as error:
        return await _show(request, failure=error, form="webhook", typed=dict(data), events=events)
    return await _show(request, secret=made.secret, shown="webhook")


async def show_webhook(request: Request) -> Response:
    """One webhook, and what was sent to it."""
    before = id_of(request.query_params.get("before", ""))
    webhook_id = request.path_params["webhook_id"]
    async with services_of(request).db.read() as session:
        actor = actor_of(request)
        webhook = await webhooks.get(session, actor, webhook_id)
        sent = await webhooks.deliveries(
            session, actor, webhook_id, before=before, limit=DELIVERIES + 1
        )
    return render(
        request,
        "admin/webhook.html",
        webhook=webhook,
        sent=sent[:DELIVERIES],
        more=sent[DELIVERIES - 1].id if len(sent) > DELIVERIES else None,
        events=webhooks.EVENTS,
    )


async def save_webhook(request: Request) -> Response:
    """Change what a webhook is told, pause it, or let it go on."""
    webhook_id = request.path_params["webhook_id"]
    data = await request.form()
    events = [str(event) for event in data.getlist("event")]
    async with services_of(request).db.write() as session:
        await webhooks.edit(
            session, actor_of(request), webhook_id, events=events, active="active" in data
        )
    return RedirectResponse(f"/admin/webhooks/{webhook_id}", status_code=303)


async def remove_webhook(request: Request) -> Response:
    """Forget a webhook and what was sent to it."""
    async with services_of(request).db.write() as session:
        await webhooks.remove(session, actor_of(request), request.path_params["webhook_id"])
    return RedirectResponse("/admin/api", status_code=303)


async def send_again(request: Request) -> Response:
    """Send one delivery again, now."""
    async with services_of(request).db.write() as session:
        row = await webhooks.send_again(
            session, actor_of(request), request.path_params["delivery_id"]
        )
        webhook_id = row.webhook_id
    return RedirectResponse(f"/admin/webhooks/{webhook_id}", status_code=303)


async def show_reference(request: Request) -> Response:
    """What the API offers, to read; programs read `/api/v1/openapi.json`."""
    by_topic: dict[str, list[object]] = {}
    for operation in all_operations():
        by_topic.setdefault(operation.tags[0] if operation.tags else "", []).append(operation)
    return render(request, "admin/api_reference.html", topics=by_topic)


async def _show(  # noqa: PLR0913 (what was typed, and what came of it)
    request: Request,
    *,
    failure: Invalid | None = None,
    form: str = "",
    typed: dict[str, object] | None = None,
    scopes: list[str] | None = None,
    events: list[str] | None = None,
    secret: str = "",
    shown: str = "",
) -> Response:
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        tokens = await api_tokens.listed(session, actor)
        hooks = await webhooks.listed(session, actor) if actor.may(Permission.ADMINISTER) else []
    said = explain(failure) if failure else None
    return render(
        request,
        "admin/api.html",
        status=said.status if said else 200,
        failure=said.text if said else "",
        failed_form=form,
        typed=typed or {},
        chosen_scopes=scopes or [],
        chosen_events=events or [],
        scopes=api_tokens.SCOPES,
        all_events=webhooks.EVENTS,
        tokens=tokens,
        hooks=hooks,
        secret=secret,
        shown=shown,
    )


_hook = "/admin/webhooks/{webhook_id:id}"
routes = [
    page("/admin/api", show_keys, permission=Permission.API_USE),
    page("/admin/api/keys", add_key, permission=Permission.API_USE, methods=["POST"]),
    page(
        "/admin/api/keys/{token_id:id}/end",
        end_key,
        permission=Permission.API_USE,
        methods=["POST"],
    ),
    page("/admin/api/reference", show_reference, permission=Permission.API_USE),
    page("/admin/webhooks", add_webhook, permission=Permission.ADMINISTER, methods=["POST"]),
    page(_hook, show_webhook, permission=Permission.ADMINISTER),
    page(_hook, save_webhook, permission=Permission.ADMINISTER, methods=["POST"]),
    page(f"{_hook}/remove", remove_webhook, permission=Permission.ADMINISTER, methods=["POST"]),
    page(
        "/admin/webhooks/deliveries/{delivery_id:id}/again",
        send_again,
        permission=Permission.ADMINISTER,
        methods=["POST"],
    ),
]
