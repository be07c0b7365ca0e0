"""Search in everything that was said: GET /search. Each search is in the audit log, with what it found.

In: a query and filters in the address. Out: hits with their words lit up, each playing from its word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from calls.errors import InvalidSearchQuery
from calls.search import Query, SearchFilters, count, parse, search
from calls.tables import Call
from crm import audit, call_visibility
from crm.access import Actor, Permission
from crm.finding.terms import folded
from crm.tables import Client, ClientNumber
from web.i18n import gettext as _
from web.pages.call_filters import AskedFilters, filters_of
from web.pages.call_listing import name_of_client, phones_of, with_client
from web.pages.phone_names import PhoneNames, phone_names
from web.pages.search_hits import ShownHit, shown_hits
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PAGE_SIZE = 25
MOST_PAGES = 400
SIDES = ("client", "operator", "unknown")


@dataclass(kw_only=True)
class Found:
    """What the page shows of one search."""

    hits: list[ShownHit] = field(default_factory=list)
    total: int = 0
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for; `filters` are those of the list of calls."""

    query: str
    side: str
    client: str
    page: int
    filters: AskedFilters

    def address(self, page_number: int) -> str:
        """The query string of another page of the same search."""
        more = {"q": self.query, "side": self.side, "who": self.client}
        return self.filters.query(**more, page=str(page_number) if page_number > 1 else "")


async def search_page(request: Request) -> Response:
    """The page; without a query only what can be typed."""
    services, actor = services_of(request), actor_of(request)
    params = request.query_params
    asked = asked_of(params, filters_of(params, services.zone, services.clock()))
    pbxs = services.settings.pbx_names
    async with services.db.read() as session:
        names = await phone_names(session)
        found = await _found(session, actor, asked, names, pbxs) if asked.query else Found()
        client_name = await name_of_client(session, actor, asked.filters.client_id)
    if asked.query and not found.wrong:
        await _log_search(request, asked, found)
    return render(
        request,
        "search.html",
        status=400 if found.wrong else 200,
        asked=asked,
        found=found,
        client_name=client_name,
        operators=names.choices(pbxs),
        pbxs=pbxs,
        pages=min(-(-found.total // PAGE_SIZE), MOST_PAGES),
        first=(asked.page - 1) * PAGE_SIZE + 1,
    )


def asked_of(params: Mapping[str, str], filters: AskedFilters) -> Asked:
    """Read the address; what cannot be understood asks for nothing."""
    number = params.get("page", "1")
    side = params.get("side", "")
    return Asked(
        query=params.get("q", "").replace("\x00", " ").strip(),
        side=side if side in SIDES else "",
        client=params.get("who", "").replace("\x00", " ").strip()[:100],
        page=min(max(int(number), 1), MOST_PAGES) if number.isdecimal() and len(number) < 5 else 1,
        filters=filters,
    )


async def _found(
    session: AsyncSession, actor: Actor, asked: Asked, names: PhoneNames, pbxs: Sequence[str]
) -> Found:
    try:
        query: Query = parse(asked.query)
    except InvalidSearchQuery as error:
        return Found(wrong=_(error.why))
    filters = SearchFilters(
        side=asked.side or None,
        since=asked.filters.since,
        until=asked.filters.until,
        phones=phones_of(asked.filters, pbxs),
        visible=and_(*_conditions(actor, asked)),
    )
    total = await count(session, query, filters)
    offset = (asked.page - 1) * PAGE_SIZE
    hits = await search(session, query, filters, limit=PAGE_SIZE, offset=offset)
    return Found(hits=await shown_hits(session, actor, hits, names), total=total)


def _conditions(actor: Actor, asked: Asked) -> Iterator[ColumnElement[bool]]:
    # Hits show what was said: only of calls that the person may hear as well.
    yield call_visibility.seen_by(actor)
    yield call_visibility.heard_by(actor)
    if asked.filters.pbx:
        yield Call.pbx == asked.filters.pbx
    if asked.filters.client_id is not None:
        yield with_client(actor, Client.id == asked.filters.client_id)
    if asked.client:
        digits = "".join(char for char in asked.client if char.isdigit())
        named = [Client.search_name.contains(folded(asked.client), autoescape=True)]
        if len(digits) >= 3:
            number = select(ClientNumber.client_id).where(
                ClientNumber.last10.contains(digits[-10:], autoescape=True)
            )
            named.append(Client.id.in_(number))
        yield with_client(actor, or_(*named))


async def _log_search(request: Request, asked: Asked, found: Found) -> None:
    # What was searched for may be words that must be deleted one day: they stand beside the log, not in it.
    words: dict[str, Any] = {"query": asked.query}
    if asked.address(asked.page):
        words["address"] = asked.address(asked.page)
    detail = {"found": found.total}
    async with services_of(request).db.write() as session:
        actor = actor_of(request)
        await audit.record(session, actor, "search", "transcripts", "", detail, words=words)


routes = [page("/search", search_page, permission=Permission.TRANSCRIPTS_SEARCH, name="search")]
