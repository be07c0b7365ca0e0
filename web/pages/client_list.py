"""The list of clients: found by words, filtered, sorted, with columns of one's choice; and what is done to several."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import responsible, tags
from crm.access import Action, Actor, Permission, Scope
from crm.errors import Invalid, NotFound
from crm.finding import columns, lists, segments
from crm.finding.fields import CUSTOM, Catalog
from crm.finding.filters import Group, Moment, as_json, parse
from crm.finding.lists import Asked, Found
from crm.tables import Segment
from web.error_words import explain
from web.ids import id_of
from web.pages import finding_words
from web.pages.client_query import QUICK, ClientQuery
from web.pages.client_rows import rows_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PICKED = 6
AT_ONCE = 8
"""Hits below the search box of every page."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked, read and checked. `failure`: why the filter cannot be used."""

    query: ClientQuery
    catalog: Catalog
    node: Group
    segment: Segment | None
    failure: str = ""


def moment_of(request: Request) -> Moment:
    """When and for whom a filter is asked."""
    services = services_of(request)
    return Moment(services.clock(), services.zone, actor_of(request).user_id)


def known_columns(catalog: Catalog) -> list[str]:
    """Every column that the list has."""
    added = [key for key, one in catalog.items() if key.startswith(CUSTOM) and not one.is_archived]
    return [*columns.OWN, *added]


async def show_clients(request: Request) -> Response:
    """The page; `?part=list` gives the rows alone, `?part=count` how many fit."""
    part = request.query_params.get("part", "")
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        asked = await _question(session, actor, ClientQuery.read(request.query_params))
        if part == "count":
            return await _count(request, session, asked)
        known = known_columns(asked.catalog)
        shown = await columns.chosen(session, actor, known)
        found = await _found(session, request, asked)
        rows = await rows_of(session, actor, found.ids, shown)
        choices = await finding_words.choices(session, actor)
        saved = await segments.of(session, actor) if not part else []
    return render(
        request,
        "clients/list.html" if part == "list" else "clients/clients.html",
        status=422 if asked.failure else 200,
        query=asked.query,
        failure=asked.failure,
        segment=asked.segment,
        may_change=bool(asked.segment and segments.may_change(actor, asked.segment)),
        may_edit=actor.may(Permission.CLIENTS_EDIT) and actor.scope(Action.EDIT) is not Scope.NONE,
        found=found,
        rows=rows,
        shown=shown,
        known=known,
        saved=saved,
        choices=choices,
        quick=QUICK,
        catalog=asked.catalog,
        builder=_builder(asked, choices),
        currency="RUB",
        column_name=lambda key: finding_words.column_name(key, asked.catalog),
        words=finding_words,
    )


async def find(request: Request) -> Response:
    """A few clients below the search box of every page, as one types."""
    typed = request.query_params.get("q", "").replace("\x00", "").strip()
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        asked = Asked(typed=typed, limit=AT_ONCE)
        found = await lists.page(session, actor, asked, moment_of(request)) if typed else None
        rows = await rows_of(session, actor, found.ids, ("company", "phone")) if found else []
    return render(request, "clients/found.html", typed=typed, found=found, rows=rows)


async def pick(request: Request) -> Response:
    """A few clients to choose from, as buttons that attach a number and a call."""
    query = request.query_params
    typed = query.get("q", "").replace("\x00", "").strip()
    actor = actor_of(request)
    rows = []
    if typed:
        async with services_of(request).db.read() as session:
            asked = Asked(typed=typed, limit=PICKED)
            found = await lists.page(session, actor, asked, moment_of(request))
            rows = await rows_of(session, actor, found.ids, ())
    return render(
        request,
        "clients/pick.html",
        found=[row.client for row in rows],
        asked=typed,
        number=query.get("number", ""),
        call_id=query.get("call_id", ""),
    )


async def offered(request: Request) -> Response:
    """A few clients that fit what stands in an input (whatever its name), as options "name #id" for its list."""
    typed = next((text.strip() for text in request.query_params.values()), "").replace("\x00", "")
    actor, rows = actor_of(request), []
    if typed and "#" not in typed:
        async with services_of(request).db.read() as session:
            asked = Asked(typed=typed, limit=PICKED)
            found = await lists.page(session, actor, asked, moment_of(request))
            rows = await rows_of(session, actor, found.ids, ())
    return render(request, "clients/offered.html", found=[row.client for row in rows])


async def choose_columns(request: Request) -> Response:
    """Keep the columns that were ticked, in the order in which they were sent."""
    data = await request.form()
    actor = actor_of(request)
    async with services_of(request).db.write() as session:
        known = known_columns(await lists.catalog(session, actor))
        wanted = [str(one) for one in data.getlist("column")]
        await columns.choose(session, actor, wanted, known)
    return RedirectResponse(_back(data.get("back")), status_code=303)


async def act(request: Request) -> Response:
    """Do something to all clients that were ticked: give them to a person, put a tag on them or take it off."""
    data = await request.form()
    actor = actor_of(request)
    ids = [one for value in data.getlist("client") if (one := id_of(str(value))) is not None]
    deed, tag = str(data.get("deed", "")), str(data.get("tag", ""))
    if not ids:
        raise Invalid("clients", "choose at least one client")
    async with services_of(request).db.write() as session:
        if deed == "responsible":
            to = id_of(str(data.get("to", "")))
            if to is None:
                raise Invalid("to", "choose who answers for them")
            await responsible.assign(session, actor, ids, to)
        elif deed in ("tag", "untag"):
            await _tag(session, actor, ids, tag, is_on=deed == "tag")
        else:
            raise Invalid("deed", "choose what to do")
    return RedirectResponse(_back(data.get("back")), status_code=303)


async def _tag(
    session: AsyncSession, actor: Actor, ids: Sequence[int], name: str, *, is_on: bool
) -> None:
    if len(ids) > responsible.MOST:
        raise Invalid("clients", "choose at most %(most)d clients", most=responsible.MOST)
    for client_id in ids:
        if is_on:
            await tags.put(session, actor, tags.Tagged.CLIENT, client_id, name)
        else:
            known = await tags.by_name(session, name)
            if known is None:
                raise NotFound("tag", name)
            await tags.take_off(session, actor, tags.Tagged.CLIENT, client_id, known.id)


async def _question(session: AsyncSession, actor: Actor, query: ClientQuery) -> _Question:
    catalog = await lists.catalog(session, actor)
    segment = None
    if query.segment:
        segment = await segments.get(session, actor, int(query.segment))
    try:
        data = query.data if query.f or segment is None else segment.filter
        return _Question(query, catalog, parse(data, catalog), segment)
    except Invalid as error:
        return _Question(query, catalog, Group(True, ()), segment, explain(error).text)


async def _found(session: AsyncSession, request: Request, asked: _Question) -> Found:
    if asked.failure:
        return Found([], None, {})
    wanted = Asked(
        typed=asked.query.q,
        filter=asked.node,
        sort=asked.query.sort or "name",
        after=id_of(asked.query.after),
    )
    return await lists.page(session, actor_of(request), wanted, moment_of(request))


async def _count(request: Request, session: AsyncSession, asked: _Question) -> Response:
    many = 0
    if not asked.failure:
        many = await lists.count(session, actor_of(request), asked.node, moment_of(request))
    return render(request, "clients/count.html", many=many, most=lists.COUNTED)


def _builder(asked: _Question, choices: finding_words.Choices) -> dict[str, str]:
    """What the script of the filter reads: fields, words, and the filter as it stands."""
    data: Any = {}
    if not asked.failure:
        data = as_json(asked.node) if asked.node.parts else {}
    described = finding_words.described(asked.catalog, choices)
    return {
        "fields": json.dumps(described, ensure_ascii=False),
        "words": json.dumps(finding_words.words_for_builder(), ensure_ascii=False),
        "value": json.dumps(data, ensure_ascii=False),
        "is_set": "1" if asked.node.parts or asked.failure else "",
    }


def _back(address: object) -> str:
    """Back to the list as it was; nowhere else."""
    text = str(address or "")
    return text if text == "/clients" or text.startswith("/clients?") else "/clients"


_SEE, _EDIT = Permission.CLIENTS_SEE, Permission.CLIENTS_EDIT
routes = [
    page("/clients", show_clients, permission=_SEE),
    page("/clients/find", find, permission=_SEE, name="find_clients"),
    page("/clients/pick", pick, permission=_SEE),
    page("/clients/offered", offered, permission=_SEE),
    page("/clients/columns", choose_columns, permission=_SEE, methods=["POST"]),
    page("/clients/act", act, permission=_EDIT, methods=["POST"], name="act_on_clients"),
]
