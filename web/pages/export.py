"""Export of clients: the list as it is filtered, to xlsx or csv, for those who may and as much as they may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from crm import audit, client_visibility, company_settings
from crm.access import Action, Permission
from crm.client_visibility import seen_by
from crm.errors import Invalid
from crm.exporting import csv_file, rows, rules, xlsx_file
from crm.exporting.rules import ExportRules
from crm.finding import columns as list_columns
from crm.finding import filter_sql, lists, segments
from crm.finding.filters import Moment, as_json, parse
from crm.finding.lists import Asked
from crm.tables import Client
from web.i18n import current_locale
from web.i18n import gettext as _
from web.pages.client_list import known_columns, moment_of
from web.pages.client_query import ClientQuery
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

_PAGE = 500


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What shall be exported."""

    ids: list[int]
    names: dict[str, str]
    """Column → header, in order."""
    filter: str


def header_words() -> dict[str, str]:
    """Headers of own columns; an import recognises them in both languages."""
    return {
        "name": _("Name"),
        "kind": _("Kind"),
        "company": _("Company"),
        "position": _("Position"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "inn": _("INN"),
        "kpp": _("KPP"),
        "ogrn": _("OGRN"),
        "legal_name": _("Name as registered"),
        "legal_address": _("Legal address"),
        "address": _("Address"),
        "responsible": _("Responsible"),
        "source": _("Source"),
        "tags": _("Tags"),
        "mailing_consent": _("Consent to mailings"),
        "born_on": _("Date of birth"),
        "created_at": _("Created on"),
        "notes": _("Notes"),
    }


async def show_export(request: Request) -> Response:
    """How many clients there are, and in which form they are wanted."""
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        wanted = await _wanted(request, session)
        left = await rules.left_today(session, actor)
        limits = await rules.rules(session)
    return render(
        request,
        "clients/export.html",
        count=len(wanted.ids),
        left=left,
        limits=limits,
        query=ClientQuery.read(request.query_params),
        own=actor.scope(Action.EXPORT),
    )


async def download(request: Request) -> Response:
    """The file. Who, how many and by which filter is in the audit log before its first byte."""
    services, actor = services_of(request), actor_of(request)
    kind = request.path_params["kind"]
    if kind not in ("xlsx", "csv"):
        raise HTTPException(404)
    async with services.db.write() as session:
        wanted = await _wanted(request, session)
        await rules.require_left(session, actor, len(wanted.ids))
        detail = {
            "rows": len(wanted.ids),
            "form": kind,
            "columns": list(wanted.names),
        }
        asked = {"filter": wanted.filter}
        await audit.record(session, actor, rules.ACTION, "client", "", detail, words=asked)
    words = {"person": _("person"), "organisation": _("company"), "yes": _("yes"), "no": _("no")}
    lines = _with_header(
        list(wanted.names.values()),
        rows.written(
            services.db, actor, wanted.ids, list(wanted.names), zone=services.zone, words=words
        ),
    )
    if kind == "csv":
        separator = ";" if current_locale() == "ru" else ","
        made, media = csv_file.written(lines, separator=separator), csv_file.MEDIA
    else:
        made, media = await xlsx_file.written(lines, _("Clients")), xlsx_file.MEDIA
    headers = {"Content-Disposition": f'attachment; filename="clients.{kind}"'}
    return StreamingResponse(made, media_type=media, headers=headers)


async def save_rules(request: Request) -> Response:
    """The administrator's limits."""
    data = await request.form()
    typed = {role: str(data.get(role, "")).strip() or "0" for role in ExportRules.model_fields}
    if any(not text.isdigit() or len(text) > 7 for text in typed.values()):
        raise Invalid("export", "a limit is a whole number, 0 for none")
    limits = ExportRules(**{role: int(text) for role, text in typed.items()})
    async with services_of(request).db.write() as session:
        await company_settings.save(session, actor_of(request), rules.SETTING, limits)
    return RedirectResponse("/clients/export", status_code=303)


async def _wanted(request: Request, session: AsyncSession) -> _Wanted:
    actor, query = actor_of(request), ClientQuery.read(request.query_params)
    catalog = await lists.catalog(session, actor)
    data = query.data
    if query.segment and not query.f:
        data = (await segments.get(session, actor, int(query.segment))).filter
    node = parse(data, catalog)
    moment = moment_of(request)
    own = select(Client.id).where(seen_by(actor), client_visibility.seen_by(actor, Action.EXPORT))
    if query.q:
        found = await _typed(
            session,
            request,
            Asked(typed=query.q, filter=node, sort=query.sort or "name", limit=_PAGE),
            moment,
        )
        may = set((await session.scalars(own.where(Client.id.in_(found)))).all())
        ids = [one for one in found if one in may]
    else:
        where = filter_sql.condition(node, moment)
        listed = await session.scalars(own.where(where).order_by(Client.search_name, Client.id))
        ids = list(listed.all())
    header = header_words()
    added = await rows.every_column(session)
    if request.query_params.get("columns") == "all":
        names = {**header, **added}
    else:
        shown = await list_columns.chosen(session, actor, known_columns(catalog))
        every = {**header, **added}
        names = {"name": header["name"], **{one: every[one] for one in shown if one in every}}
    said = query.q or str(as_json(node) or "")
    return _Wanted(ids, names, said[:1000])


async def _typed(
    session: AsyncSession, request: Request, asked: Asked, moment: Moment
) -> list[int]:
    """Every client that fits what was typed, page by page as the list shows them."""
    ids: list[int] = []
    after: int | None = None
    while True:
        wanted = replace(asked, after=after)
        found = await lists.page(session, actor_of(request), wanted, moment)
        ids += [one for one in found.ids if one not in ids]
        if found.next_after is None or found.next_after == after or len(ids) > 10_000:
            return ids
        after = found.next_after


async def _with_header(
    header: list[str], lines: AsyncIterator[list[str]]
) -> AsyncIterator[list[str]]:
    yield header
    async for line in lines:
        yield line


_may = Permission.CLIENTS_EXPORT
routes = [
    page("/clients/export", show_export, permission=_may),
    page("/clients/export." + "{kind:str}", download, permission=_may),
    page("/clients/export/rules", save_rules, permission=Permission.ADMINISTER, methods=["POST"]),
]
