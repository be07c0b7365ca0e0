"""Search in everything that was said: GET /search. Each search is in the audit log, with what it found.

In: a query and filters in the address. Out: hits with their words lit up, each playing from its word: exact ones, behind
them those that forgive a recognition error, and counts that narrow the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from calls.errors import InvalidSearchQuery
from calls.search import Query, SearchFilters, count, newest, parse, search
from calls.search.index import is_behind
from crm import audit, saved_searches
from crm.access import Actor, Permission
from crm.search_scope import Beside, filters_of
from web.error_words import explain
from web.pages import call_filters
from web.pages.call_listing import name_of_client, phones_of
from web.pages.phone_names import PhoneNames, phone_names
from web.pages.search_asked import MOST_PAGES, Asked, asked_of
from web.pages.search_facets import Facet, facets_of, months_of
from web.pages.search_hits import ShownHit, shown_hits
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

PAGE_SIZE = 25
COUNTED = 1000
"""More hits are called "more than 1000": to count all of a frequent word takes too long."""


@dataclass(kw_only=True)
class Found:
    """What the page shows of one search. `total` and `tolerant` count up to `COUNTED` + 1."""

    hits: list[ShownHit] = field(default_factory=list)
    total: int = 0
    tolerant: int = 0
    facets: list[Facet] = field(default_factory=list)
    wrong: str = ""

    @property
    def shown_total(self) -> int:
        """How many hits pages lead to."""
        return min(self.total, COUNTED) + self.tolerant


async def search_page(request: Request) -> Response:
    """The page; without a query what can be typed, and the searches that the person keeps."""
    services, actor = services_of(request), actor_of(request)
    params = request.query_params
    filters = call_filters.filters_of(params, services.zone, services.clock())
    asked = asked_of(params, filters)
    pbxs = services.settings.pbx_names
    async with services.db.read() as session:
        names = await phone_names(session)
        found = await _found(session, actor, asked, names, services) if asked.query else Found()
        client_name = await name_of_client(session, actor, asked.filters.client_id)
        saved = await saved_searches.of(session, actor)
        behind = bool(asked.query) and await is_behind(session)
        new = await saved_searches.new_counts(session, actor) if saved else {}
    if asked.query and not found.wrong:
        await _log_search(request, asked, found)
    return render(
        request,
        "search.html",
        status=400 if found.wrong else 200,
        asked=asked,
        found=found,
        counted=COUNTED,
        client_name=client_name,
        operators=names.choices(pbxs),
        pbxs=pbxs,
        behind=behind,
        saved=saved,
        new=new,
        pages=min(-(-found.shown_total // PAGE_SIZE), MOST_PAGES),
        first=(asked.page - 1) * PAGE_SIZE + 1,
    )


def beside_of(asked: Asked, pbxs: Sequence[str]) -> Beside:
    """The fields beside the query."""
    return Beside(
        side=asked.side,
        phones=phones_of(asked.filters, pbxs),
        pbx=asked.filters.pbx,
        client_id=asked.filters.client_id,
        client=asked.client,
        since=asked.filters.since,
        until=asked.filters.until,
    )


async def _found(
    session: AsyncSession, actor: Actor, asked: Asked, names: PhoneNames, services: Services
) -> Found:
    pbxs, zone = services.settings.pbx_names, services.zone
    try:
        query: Query = parse(asked.query, services.clock().astimezone(zone).date())
    except InvalidSearchQuery as error:
        return Found(wrong=explain(error).text)
    narrowing = query.narrowing
    if asked.queue:
        narrowing = replace(narrowing, queues=(*narrowing.queues, asked.queue))
    filters = await filters_of(session, actor, narrowing, beside_of(asked, pbxs), zone)
    rows = [] if asked.tolerant else await newest(session, query, filters, most=COUNTED + 1)
    tolerant = await count(session, query, filters, most=COUNTED, match="tolerant")
    found = Found(total=len(rows), tolerant=tolerant)
    hits = await _hits(session, query, filters, asked, found)
    found.hits = await shown_hits(session, actor, hits, names)
    if rows:
        found.facets = await facets_of(session, actor, rows, names, pbxs)
        found.facets.append(months_of(rows, zone))
    return found


async def _hits(
    session: AsyncSession, query: Query, filters: SearchFilters, asked: Asked, found: Found
) -> list[Any]:
    """One page: exact hits, and tolerant ones where those end."""
    offset = (asked.page - 1) * PAGE_SIZE
    exact = min(found.total, COUNTED)
    hits = []
    if offset < exact:
        limit = min(PAGE_SIZE, exact - offset)
        hits = await search(
            session, query, filters, limit=limit, offset=offset, order=asked.order, match="exact"
        )
    left = PAGE_SIZE - len(hits)
    if left and found.tolerant and offset + len(hits) >= exact:
        start = max(0, offset - exact)
        hits += await search(
            session, query, filters, limit=left, offset=start, order=asked.order, match="tolerant"
        )
    return hits


async def _log_search(request: Request, asked: Asked, found: Found) -> None:
    # What was searched for may be words that must be deleted one day: they stand beside the log, not in it.
    words: dict[str, Any] = {"query": asked.query}
    if asked.address(asked.page):
        words["address"] = asked.address(asked.page)
    detail = {"found": found.shown_total}
    async with services_of(request).db.write() as session:
        actor = actor_of(request)
        await audit.record(session, actor, "search", "transcripts", "", detail, words=words)


routes = [page("/search", search_page, permission=Permission.TRANSCRIPTS_SEARCH, name="search")]
