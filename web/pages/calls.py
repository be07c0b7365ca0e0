"""The list of calls: GET /calls.

In: filters in the address. Out: the page, or only its rows (`part=rows`) for the live list. Operators get their own calls.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from calls import queries
from crm.access import Permission
from web.i18n import gettext as _
from web.pages.blind_rows import blind_in, with_blind
from web.pages.call_access import hearable_calls
from web.pages.call_filters import filters_of
from web.pages.call_listing import listed_for, name_of_client, place_of, place_text
from web.pages.call_rows import rows_of
from web.pages.phone_names import phone_names
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def calls(request: Request) -> Response:
    """The list, newest first."""
    services = services_of(request)
    actor = actor_of(request)
    filters = filters_of(request.query_params, services.zone, services.clock())
    pbxs = services.settings.pbx_names
    listed = listed_for(actor, filters, pbxs)
    before = place_of(request.query_params.get("before", ""))
    async with services.db.read() as session:
        listed_page = await queries.calls(session, listed, before=before)
        names = await phone_names(session, listed_page.calls)
        hearable = await hearable_calls(session, actor, listed_page.calls)
        rows = await rows_of(session, actor, listed_page.calls, names, hearable)
        blind = await blind_in(session, filters, before, listed_page)
        client_name = await name_of_client(session, actor, filters.client_id)
    shown: dict[str, Any] = {
        "rows": with_blind(rows, blind),
        "filters": filters,
        "before": before,
        "older": place_text(listed_page.last),
    }
    if request.query_params.get("part") == "rows":
        return render(request, "calls_list.html", **shown)
    operators = names.choices(pbxs)
    return render(
        request,
        "calls.html",
        only_own=actor.sees_only_own_calls,
        operators=operators,
        known_operators={phone for phone, _name in operators},
        pbxs=pbxs,
        client_name=client_name,
        **shown,
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    return {
        "periods": [
            ("today", _("today")),
            ("yesterday", _("yesterday")),
            ("week", _("7 days")),
            ("month", _("30 days")),
            ("all", _("all time")),
        ],
        "directions": [
            ("in", _("incoming")),
            ("out", _("outgoing")),
            ("internal", _("internal")),
        ],
        "outcomes": [
            ("answered", _("answered")),
            ("not_answered", _("not answered")),
            ("missed", _("missed")),
            ("abandoned", _("abandoned")),
            ("busy", _("busy")),
            ("rejected", _("rejected")),
            ("failed", _("failed")),
            ("unknown", _("end not seen")),
        ],
    }


routes = [page("/calls", calls, permission=Permission.CALLS_SEE_OWN)]
