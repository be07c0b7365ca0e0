"""The ledger of promises: /promises with its tabs and filters, and the page of one promise.

In: a tab, filters, a page. Out: lines that one key decides (`promises.js`), and beside each tab its count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from calls.tables import Call
from crm import (
    agents,
    client_visibility,
    promise_evidence,
    promise_precision,
    promise_queries,
    promise_steps,
    promise_visibility,
)
from crm.access import Actor, Permission
from crm.errors import Invalid
from crm.promise_queries import PAGE_ROWS, Tab, Wanted
from crm.tables import Client, Dispute, Task, User
from web.ids import id_of
from web.pages.deal_form import day_of
from web.promise_words import action_words, unit_choices
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

MOST_PAGES = 1000


async def show_promises(request: Request) -> Response:
    """One tab of the ledger. What cannot be understood in the address is left out."""
    services, actor = services_of(request), actor_of(request)
    wanted, number = wanted_of(request), page_of(request)
    now = services.clock()
    async with services.db.read() as session:
        client = await _client(session, actor, wanted.client_id)
        wanted = replace(wanted, client_id=client.id if client else None)
        lines = await promise_queries.page(
            session, actor, wanted, now, services.zone, number=number
        )
        counts = await promise_queries.counts(session, actor, wanted, now, services.zone)
        precision = None
        if wanted.tab is Tab.CONFIRM and not actor.sees_only_own_calls:
            precision = await promise_precision.overall(session)
        people = [] if actor.sees_only_own_calls else await _people(session)
        queues = await _queues(session)
    return render(
        request,
        "promises/list.html",
        lines=lines[:PAGE_ROWS],
        next_page=number + 1 if len(lines) > PAGE_ROWS else None,
        number=number,
        tabs=list(Tab),
        wanted=wanted,
        counts=counts,
        precision=precision,
        people=people,
        queues=queues,
        client=client,
        kinds=action_words(),
        link=lambda **changed: _link(wanted, **changed),
    )


async def show_promise(request: Request) -> Response:
    """One promise: its words, evidence, decisions, and what can be done."""
    services, actor = services_of(request), actor_of(request)
    promise_id = request.path_params["promise_id"]
    async with services.db.read() as session:
        promise = await promise_visibility.get(session, actor, promise_id)
        call = await session.get_one(Call, promise.call_id)
        now = services.clock()
        lines = await promise_queries.lines(session, actor, [(promise, call)], now, services.zone)
        evidence = await promise_evidence.of_promise(session, promise_id)
        steps = await promise_steps.of_promise(session, promise_id)
        ids = {one.by_id for one in evidence} | {one.by_id for one in steps}
        names = await agents.names(session, [one for one in ids if one])
        proposals = []
        if promise.state == "open" and actor.may(Permission.PROMISES_MARK):
            proposals = await promise_evidence.proposals(session, actor, promise)
        task = await session.get(Task, promise.task_id) if promise.task_id else None
        dispute = await session.scalar(
            select(Dispute.id).where(Dispute.promise_id == promise_id).limit(1)
        )
    return render(
        request,
        "promises/promise.html",
        line=lines[0],
        call=call,
        evidence=evidence,
        proposals=proposals,
        steps=steps,
        names=names,
        task=task,
        dispute_id=dispute,
        kinds=action_words(),
        units=unit_choices(),
    )


def wanted_of(request: Request) -> Wanted:
    """What the address asks for."""
    asked = request.query_params
    try:
        tab = Tab(asked.get("tab", Tab.CONFIRM))
    except ValueError:
        tab = Tab.CONFIRM
    action, side = asked.get("action", ""), asked.get("side", "")
    return Wanted(
        tab=tab,
        person_id=id_of(asked.get("person", "")),
        client_id=id_of(asked.get("client", "")),
        action=action if action in action_words() else "",
        side=side if side in ("client", "operator") else "",
        queue=asked.get("queue", "")[:128].replace("\0", ""),
        since=day_asked(asked.get("from", "")),
        until=day_asked(asked.get("to", "")),
    )


def page_of(request: Request) -> int:
    """Which page, from 1."""
    return min(max(id_of(request.query_params.get("page", "")) or 1, 1), MOST_PAGES)


def day_asked(text: str) -> date | None:
    """A day of an address; None for what is none, or beyond what calendars know."""
    try:
        day = day_of("day", text[:20])
    except Invalid:
        return None
    return day if day and date(2000, 1, 1) <= day <= date(9000, 1, 1) else None


def _link(wanted: Wanted, **changed: object) -> str:
    """The address of the same list with something different."""
    values = {
        "tab": wanted.tab.value,
        "person": wanted.person_id,
        "client": wanted.client_id,
        "action": wanted.action,
        "side": wanted.side,
        "queue": wanted.queue,
        "from": wanted.since,
        "to": wanted.until,
        **changed,
    }
    return "/promises?" + urlencode({name: str(value) for name, value in values.items() if value})


async def _client(session: AsyncSession, actor: Actor, client_id: int | None) -> Client | None:
    if client_id is None:
        return None
    seen = select(Client).where(Client.id == client_id, client_visibility.seen_by(actor))
    return await session.scalar(seen)


async def _people(session: AsyncSession) -> list[tuple[int, str]]:
    query = select(User.id, User.name, User.login).where(User.active.is_(True))
    return [
        (one.id, one.name or one.login) for one in await session.execute(query.order_by(User.name))
    ]


async def _queues(session: AsyncSession) -> list[str]:
    query = select(Call.queue).where(Call.queue != "").distinct().order_by(Call.queue).limit(100)
    return list((await session.scalars(query)).all())


routes = [
    page("/promises", show_promises, permission=Permission.PROMISES_SEE),
    page("/promises/{promise_id:id}", show_promise, permission=Permission.PROMISES_SEE),
]
