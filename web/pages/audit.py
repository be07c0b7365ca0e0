"""The audit log: GET /admin/audit, newest first, by person, deed, thing and days.

In: what is asked for. Out: rows with what is known of each deed; words beside the log as far as they were not deleted. A
value that cannot be understood is told, and the list is not narrowed by it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from crm import audit
from crm.access import Permission
from crm.audit import Wanted
from web.i18n import gettext as _
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

ROWS = 60
LONGEST = 64
PAGES = {"call": "/calls/{}", "client": "/clients/{}", "deal": "/deals/{}", "task": "/tasks/{}",
         "dispute": "/disputes/{}", "promise": "/promises/{}"}  # fmt: skip
"""Things that have a page of their own."""


async def show_audit(request: Request) -> Response:
    """One page of the log."""
    services, actor = services_of(request), actor_of(request)
    asked = {name: value[:LONGEST].strip() for name, value in request.query_params.items()}
    wanted, wrong = _wanted(asked, services.zone)
    async with services.db.read() as session:
        rows = await audit.entries(
            session, actor, wanted, before_id=id_of(asked.get("before", "")), limit=ROWS
        )
        words = await audit.words_of(session, [row.id for row in rows])
        logins, actions = await audit.choices(session, actor)
    asked.pop("before", None)
    shown = {name: value for name, value in asked.items() if value}
    older = urlencode({**shown, "before": rows[-1].id}) if len(rows) == ROWS else ""
    return render(
        request,
        "audit/audit.html",
        rows=rows,
        words=words,
        details={row.id: json.dumps(row.detail, ensure_ascii=False) for row in rows if row.detail},
        logins=logins,
        actions=_grouped(actions),
        asked=asked,
        narrowed=bool(shown),
        wrong=wrong,
        older=older,
        pages=PAGES,
    )


def _wanted(asked: Mapping[str, str], zone: ZoneInfo) -> tuple[Wanted, str]:
    """What to show, and what of the question could not be understood."""
    wrong = ""
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(asked[name]) if asked.get(name) else None
        except ValueError:
            days[name], wrong = None, _("%(value)s is no day.") % {"value": asked[name]}
    try:
        since, until = _start(days["from"], zone), _start(days["to"], zone, 1)
    except OverflowError:
        since = until = None
        wrong = _("This day is beyond the calendar.")
    return (
        Wanted(
            login=asked.get("who", ""),
            action=asked.get("what", ""),
            subject_kind=asked.get("kind", ""),
            subject_id=asked.get("id", ""),
            since=since,
            until=until,
        ),
        wrong,
    )


def _start(on: date | None, zone: ZoneInfo, more_days: int = 0) -> datetime | None:
    """When this day (or the one after it) begins, in UTC.

    Raises:
        OverflowError: no such day can be stored.
    """
    if on is None:
        return None
    if not 1970 <= on.year < 9999:
        raise OverflowError
    return datetime.combine(on + timedelta(days=more_days), time(), zone)


def _grouped(actions: list[str]) -> list[str]:
    """All deeds, and before those of one group the group itself ("recording.")."""
    groups = {one.partition(".")[0] + "." for one in actions if "." in one}
    return sorted({*actions, *groups})


routes = [page("/admin/audit", show_audit, permission=Permission.AUDIT_SEE)]
