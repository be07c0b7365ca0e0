"""Disputes: the list, a new case, and the page of one.

In: forms and addresses. Out: pages. What is done with a case is in `dispute_deeds`, what its page shows in
`dispute_facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.tables import Call, SpeechAct
from crm import (
    call_links,
    client_visibility,
    deal_visibility,
    dispute_evidence,
    dispute_queries,
    dispute_visibility,
    disputes,
)
from crm.access import Actor, Permission
from crm.dispute_queries import PAGE_ROWS, STATES, Asked
from crm.disputes import DisputeFields
from crm.errors import CrmError, NotFound
from crm.promise_visibility import get as get_promise
from crm.tables import Client, Deal
from web.error_words import explain
from web.ids import id_of
from web.pages.call_access import may_hear, visible_call
from web.pages.dispute_facts import facts_of
from web.pages.dispute_forms import fields_of, people_of
from web.pages.promises import page_of
from web.promise_words import action_words, unit_choices, verdict_words
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of


async def show_disputes(request: Request) -> Response:
    """The cases of a state, newest first."""
    services, actor = services_of(request), actor_of(request)
    asked, number = _asked(request), page_of(request)
    every = Asked(action=asked.action, client_id=asked.client_id)
    async with services.db.read() as session:
        lines = await dispute_queries.page(session, actor, asked, number=number)
        counts = await dispute_queries.counts(session, actor, every)
    return render(
        request,
        "disputes/list.html",
        lines=lines[:PAGE_ROWS],
        next_page=number + 1 if len(lines) > PAGE_ROWS else None,
        number=number,
        asked=asked,
        counts=counts,
        states=STATES,
        kinds=action_words(),
        verdicts=verdict_words(),
        link=lambda **changed: _link(asked, **changed),
    )


async def show_new(request: Request) -> Response:
    """An empty case, or one filled from a found claim (`act`), a promise, a call or a client."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        fields, client = await _begun(session, services, actor, request)
        return await _form(request, session, fields, client)


async def open_new(request: Request) -> Response:
    """Open the case, and let Slovo look for evidence at once."""
    services, actor = services_of(request), actor_of(request)
    form = await request.form()
    try:
        fields = fields_of(form, services.clock().astimezone(services.zone).date())
        async with services.db.write() as session:
            await _check_origin(session, actor, fields)
            dispute = await disputes.open_dispute(session, actor, fields)
            await dispute_evidence.propose(session, actor, dispute.id, services.zone)
    except CrmError as error:
        words = explain(error)
        if words.status != 422:
            raise
        async with services.db.read() as session:
            begun, client = await _begun(session, services, actor, request, form)
            return await _form(request, session, begun, client, words.text)
    return RedirectResponse(f"/disputes/{dispute.id}", status_code=303)


async def show_dispute(request: Request) -> Response:
    """One case with its evidence, verdict and remarks."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        dispute = await dispute_visibility.get(session, actor, request.path_params["dispute_id"])
        facts = await facts_of(session, services, actor, dispute)
        people = await people_of(session)
    return render(
        request,
        "disputes/dispute.html",
        facts=facts,
        people=people,
        kinds=action_words(),
        units=unit_choices(),
        verdicts=verdict_words(),
    )


async def show_in_call(request: Request) -> Response:
    """The open cases of a call's client: what a selected moment may be evidence for."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        call = await visible_call(session, actor, request.path_params["call_id"])
        client = await call_links.client_of(session, call.id)
        lines = []
        if client is not None:
            asked = Asked(state="open", client_id=client.id)
            lines = await dispute_queries.page(session, actor, asked)
    return render(request, "disputes/in_call.html", lines=lines, call=call, client=client)


def _asked(request: Request) -> Asked:
    asked = request.query_params
    state, action = asked.get("state", "open"), asked.get("action", "")
    return Asked(
        state=state if state in STATES else "",
        action=action if action in action_words() else "",
        client_id=id_of(asked.get("client", "")),
    )


def _link(asked: Asked, **changed: object) -> str:
    values = {
        "state": asked.state or "all",
        "action": asked.action,
        "client": asked.client_id,
        **changed,
    }
    return "/disputes?" + urlencode({name: str(value) for name, value in values.items() if value})


async def _begun(
    session: AsyncSession,
    services: Services,
    actor: Actor,
    request: Request,
    form: Mapping[str, Any] | None = None,
) -> tuple[DisputeFields | None, Client | None]:
    """What the form begins with; the client is None until one is chosen."""
    asked = form if form is not None else request.query_params
    get = asked.get
    today = services.clock().astimezone(services.zone).date()
    act_id, call_id = id_of(str(get("act", ""))), id_of(str(get("call", "")))
    promise_id, client_id = (
        id_of(str(get("promise", ""))),
        id_of(str(get("client") or get("client_id", ""))),
    )
    begun = DisputeFields(
        client_id=client_id or 0, claim=str(get("claim", ""))[:4000], claimed_on=today
    )
    if act_id is not None:
        begun = await _of_act(session, actor, act_id, services)
    elif promise_id is not None:
        promise = await get_promise(session, actor, promise_id)
        begun = DisputeFields(
            client_id=promise.client_id or 0, claim=begun.claim, claimed_on=today,
            action=promise.action, amount=promise.amount_value, unit=promise.amount_unit,
            promise_id=promise.id,
        )  # fmt: skip
    elif call_id is not None:
        call = await visible_call(session, actor, call_id)
        linked = await call_links.client_of(session, call.id)
        begun = DisputeFields(
            client_id=linked.id if linked else 0, claim=begun.claim, claimed_on=_day(call, services),
            call_id=call.id,
        )  # fmt: skip
    if form is not None:
        begun = replace(begun, claim=str(form.get("claim", ""))[:4000])
    seen = select(Client).where(Client.id == begun.client_id, client_visibility.seen_by(actor))
    return begun, await session.scalar(seen)


async def _of_act(
    session: AsyncSession, actor: Actor, act_id: int, services: Services
) -> DisputeFields:
    act = await session.get(SpeechAct, act_id)
    if act is None:
        raise NotFound("act", act_id)
    call = await visible_call(session, actor, act.call_id)
    linked = await call_links.client_of(session, call.id)
    heard = await may_hear(session, actor, call)
    return DisputeFields(
        client_id=linked.id if linked else 0,
        claim=act.quote if heard else "",
        claimed_on=_day(call, services),
        action=act.action,
        amount=act.amount_value,
        unit=act.amount_unit,
        call_id=call.id,
        act_id=act.id,
    )


def _day(call: Call, services: Services) -> date:
    return (call.started_at or services.clock()).astimezone(services.zone).date()


async def _check_origin(session: AsyncSession, actor: Actor, fields: DisputeFields) -> None:
    """A case comes only from what its author may see."""
    if fields.call_id is not None:
        await visible_call(session, actor, fields.call_id)
    if fields.act_id is not None:
        act = await session.get(SpeechAct, fields.act_id)
        if act is None or act.call_id != fields.call_id:
            raise NotFound("act", fields.act_id)
    if fields.promise_id is not None:
        await get_promise(session, actor, fields.promise_id)


async def _form(
    request: Request,
    session: AsyncSession,
    fields: DisputeFields | None,
    client: Client | None,
    failure: str = "",
) -> Response:
    deals = []
    if client is not None and actor_of(request).may(Permission.DEALS_SEE):
        mine = select(Deal.id, Deal.name).where(
            Deal.client_id == client.id, deal_visibility.seen_by(actor_of(request))
        )
        deals = [(row.id, row.name) for row in await session.execute(mine.order_by(Deal.id.desc()))]
    return render(
        request,
        "disputes/new.html",
        status=422 if failure else 200,
        fields=fields,
        client=client,
        deals=deals,
        people=await people_of(session),
        kinds=action_words(),
        units=unit_choices(),
        failure=failure,
    )


routes = [
    page("/disputes", show_disputes, permission=Permission.DISPUTES_SEE),
    page("/disputes", open_new, permission=Permission.DISPUTES_OPEN, methods=["POST"], name="open_dispute"),
    page("/disputes/new", show_new, permission=Permission.DISPUTES_OPEN, name="new_dispute"),
    # Whoever's words it was about sees the end of it: `crm.dispute_visibility` decides.
    page("/disputes/{dispute_id:id}", show_dispute, permission=Permission.PROMISES_SEE),
    page("/calls/{call_id:id}/disputes", show_in_call, permission=Permission.DISPUTES_OPEN, name="disputes_of_call"),
]  # fmt: skip
