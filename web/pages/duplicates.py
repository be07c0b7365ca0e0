"""Duplicates: cards that may be one client, everywhere (/duplicates) and beside one card; merges that can be undone."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import client_merge, duplicate_search, duplicates
from crm.access import Permission
from crm.errors import Invalid
from web.ids import id_of
from web.pages.merge_words import merge_lines
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/duplicates"


async def show_duplicates(request: Request) -> Response:
    """Pairs, the surest first, and the newest merges."""
    services, actor, query = services_of(request), actor_of(request), request.query_params
    after = _after(query.get("after", ""))
    async with services.db.read() as session:
        found = await duplicates.page(session, actor, after=after)
        total = await duplicates.count(session, actor)
        merges = await merge_lines(session, await duplicates.merges(session, actor))
        last = await duplicate_search.last_search(session)
    return render(
        request,
        "duplicates/duplicates.html",
        found=found,
        total=total,
        merges=merges,
        last=last,
        is_first=after is None,
        said=_ids(query.get("said", "")),
    )


async def search_now(request: Request) -> Response:
    """Compare all cards now."""
    await duplicate_search.refresh(services_of(request).db)
    return RedirectResponse(HOME, status_code=303)


async def say_not_same(request: Request) -> Response:
    """Two cards are two clients (`one`, `other`); `again` takes it back."""
    form = await request.form()
    one, other = id_of(str(form.get("one", ""))), id_of(str(form.get("other", "")))
    if one is None or other is None:
        raise Invalid("client", "choose two different clients")
    async with services_of(request).db.write() as session:
        if form.get("again"):
            await duplicates.ask_again(session, actor_of(request), one, other)
        else:
            await duplicates.say_not_same(session, actor_of(request), one, other)
    back = id_of(str(form.get("back", "")))
    if back is not None:
        return RedirectResponse(f"/clients/{back}", status_code=303)
    said = "" if form.get("again") else f"?said={one}-{other}"
    return RedirectResponse(f"{HOME}{said}", status_code=303)


async def show_of_client(request: Request) -> Response:
    """Who may be the same client, and what was merged into this card; nothing where there is neither."""
    actor, client_id = actor_of(request), request.path_params["client_id"]
    async with services_of(request).db.read() as session:
        pairs = await duplicates.of_client(session, actor, client_id)
        merges = await merge_lines(session, await client_merge.of_client(session, client_id))
    return render(
        request,
        "clients/panels/duplicates.html",
        pairs=pairs,
        merges=merges,
        client_id=client_id,
    )


def _after(text: str) -> tuple[int, int, int] | None:
    parts = _ids(text)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def _ids(text: str) -> list[int]:
    found = [id_of(part) for part in text.split("-")]
    return [one for one in found if one is not None] if None not in found else []


_merge = Permission.CLIENTS_MERGE
routes = [
    page(HOME, show_duplicates, permission=_merge),
    page(
        f"{HOME}/search", search_now, permission=_merge, methods=["POST"], name="search_duplicates"
    ),
    page(f"{HOME}/not-same", say_not_same, permission=_merge, methods=["POST"]),
    page(
        "/clients/{client_id:id}/duplicates",
        show_of_client,
        permission=_merge,
        name="client_duplicates",
    ),
]
