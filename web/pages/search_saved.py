"""Saved searches: kept, opened, silenced and deleted by the person whose they are.

In: forms of the search page. Out: rows of `crm.saved_searches`, and the page again.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import saved_searches
from crm.access import Permission
from crm.saved_searches import Kept
from web.pages import call_filters
from web.pages.call_listing import phones_of
from web.pages.search_asked import asked_of
from web.routes import actor_of, page
from web.services import services_of

_WITHOUT_DAYS: dict[str, str] = {"period": "", "from": "", "to": ""}
"""What the page is opened with again; days are left out: what is said tomorrow counts."""


async def save(request: Request) -> Response:
    """Keep the search of an address under a name."""
    services = services_of(request)
    form = await request.form()
    params = dict(parse_qsl(str(form.get("address", ""))[:4000]))
    filters = call_filters.filters_of(params, services.zone, services.clock())
    asked = asked_of(params, filters)
    phones = phones_of(filters, services.settings.pbx_names)
    kept = {
        "side": asked.side,
        "phone": list(phones[0]) if phones else None,
        "pbx": filters.pbx,
        "client_id": filters.client_id,
        "client": asked.client,
        "address": asked.address(1, **_WITHOUT_DAYS),
    }
    query = asked.query if not asked.queue else f'{asked.query} queue:"{asked.queue}"'
    wanted = Kept(
        name=str(form.get("name", "")),
        query=query,
        filters={name: value for name, value in kept.items() if value},
        notify=form.get("notify") == "yes",
    )
    async with services.db.write() as session:
        row = await saved_searches.keep(session, actor_of(request), wanted)
    return RedirectResponse(_address(row.filters.get("address", ""), row.query), status_code=303)


async def open_saved(request: Request) -> Response:
    """Show what one finds now, and note that the person has seen it."""
    async with services_of(request).db.write() as session:
        number = request.path_params["saved_id"]
        row = await saved_searches.open_one(session, actor_of(request), number)
    return RedirectResponse(_address(row.filters.get("address", ""), row.query), status_code=303)


def _address(kept: str, query: str) -> str:
    return f"/search?{kept or urlencode({'q': query})}"


async def set_notify(request: Request) -> Response:
    """Be told of new hits from now on, or not any more."""
    form = await request.form()
    async with services_of(request).db.write() as session:
        await saved_searches.set_notify(
            session,
            actor_of(request),
            request.path_params["saved_id"],
            form.get("notify") == "yes",
        )
    return RedirectResponse("/search", status_code=303)


async def remove(request: Request) -> Response:
    """Delete one."""
    async with services_of(request).db.write() as session:
        await saved_searches.remove(session, actor_of(request), request.path_params["saved_id"])
    return RedirectResponse("/search", status_code=303)


_SEARCH = Permission.TRANSCRIPTS_SEARCH
_one = "/search/saved/{saved_id:id}"
routes = [
    page("/search/saved", save, permission=_SEARCH, methods=["POST"], name="save_search"),
    page(_one, open_saved, permission=_SEARCH, name="open_saved_search"),
    page(
        f"{_one}/notify",
        set_notify,
        permission=_SEARCH,
        methods=["POST"],
        name="notify_saved_search",
    ),
    page(
        f"{_one}/delete", remove, permission=_SEARCH, methods=["POST"], name="remove_saved_search"
    ),
]
