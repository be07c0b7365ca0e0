"""Imports of clients: drop a file, say what its columns are, see what would happen, run it, take it back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from calls.db import Database
from crm import agents, client_visibility
from crm.access import Actor, Permission
from crm.errors import Conflict, NotFound
from crm.exporting import csv_file, xlsx_file
from crm.importing import imports, matching, run
from crm.importing.columns import Layout
from crm.importing.plan import OnDuplicate
from crm.importing.resolving import Lexicon
from crm.importing.row_reader import plain
from crm.importing.source import StoredTable
from crm.tables import Client, Import, ImportRow
from web.i18n import current_locale
from web.i18n import gettext as _
from web.pages import import_files, import_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PREVIEW_ROWS = 5
LISTED = 200
"""Problems on the page; the file has all."""
_OPEN = ("mapping", "checked", "failed")
_TOLD = {
    "checked": ("error", "duplicate", "updated", "warning"),
    "done": ("error", "warning", "created", "updated"),
    "undone": ("kept", "updated"),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The table of a file as the page shows it."""

    layout: Layout
    rows: list[tuple[int, list[str]]]
    sheets: list[str]
    sheet: str


async def show_imports(request: Request) -> Response:
    """The page: where a file is dropped, and earlier imports."""
    async with services_of(request).db.read() as session:
        listed = await imports.earlier(session, actor_of(request))
        names = await agents.names(session, {row.user_id for row in listed if row.user_id})
    return render(
        request,
        "imports/imports.html",
        imports=listed,
        names=names,
        states=import_words.state_words(),
    )


async def upload(request: Request) -> Response:
    """Take a file in; the answer says where its page is."""
    services, actor = services_of(request), actor_of(request)
    name = request.query_params.get("name", "")[:255] or _("table")
    path, meta = await import_files.receive(request, services.settings.data_dir)
    async with services.db.write() as session:
        row = await imports.begin(session, actor, name, path, meta)
    return JSONResponse({"location": f"/imports/{row.id}"}, status_code=201)


async def show_import(request: Request) -> Response:
    """One import: its mapping, its check, its progress or its result."""
    return await _page(request, request.path_params["import_id"])


async def show_state(request: Request) -> Response:
    """The part that changes while it is worked on."""
    async with services_of(request).db.read() as session:
        row = await imports.get(session, actor_of(request), request.path_params["import_id"])
    if row.state not in imports.WORKED_ON:
        return Response(status_code=204)
    return render(request, "imports/progress.html", row=row, states=import_words.state_words())


async def choose_sheet(request: Request) -> Response:
    """Read another sheet of the same file."""
    services, import_id = services_of(request), request.path_params["import_id"]
    sheet = str((await request.form()).get("sheet", ""))
    async with services.db.read() as session:
        row = await imports.get(session, actor_of(request), import_id)
    if row.state not in _OPEN or not row.path:
        raise Conflict("import", import_id, f"it is {row.state}")
    meta = await import_files.convert(request, services.settings.data_dir / row.path, sheet)
    async with services.db.write() as session:
        row = await imports.get(session, actor_of(request), import_id)
        row.options = {**row.options, **meta, "fields": {}}
        row.rows, row.state = int(meta["rows"]), "mapping"
    return RedirectResponse(f"/imports/{import_id}", status_code=303)


async def check(request: Request) -> Response:
    """Keep the mapping and begin the check."""
    import_id, data = request.path_params["import_id"], await request.form()
    async with services_of(request).db.write() as session:
        await imports.choose(
            session, actor_of(request), import_id, _fields_of(data), str(data.get("duplicates", ""))
        )
    return RedirectResponse(f"/imports/{import_id}", status_code=303)


async def start(request: Request) -> Response:
    """Begin the import itself."""
    import_id = request.path_params["import_id"]
    async with services_of(request).db.write() as session:
        await imports.start_running(session, actor_of(request), import_id)
    return RedirectResponse(f"/imports/{import_id}", status_code=303)


async def take_back(request: Request) -> Response:
    """Begin to undo the import."""
    import_id, data = request.path_params["import_id"], await request.form()
    async with services_of(request).db.write() as session:
        await imports.start_undoing(
            session, actor_of(request), import_id, touched=bool(data.get("touched"))
        )
    return RedirectResponse(f"/imports/{import_id}", status_code=303)


async def forget(request: Request) -> Response:
    """Throw a file away that was not imported."""
    services, import_id = services_of(request), request.path_params["import_id"]
    async with services.db.write() as session:
        path = await imports.forget(session, actor_of(request), import_id)
    import_files.remove(services.settings.data_dir, path)
    return RedirectResponse("/imports", status_code=303)


async def problems(request: Request) -> Response:
    """Everything that was said of rows, as a table to work through."""
    services, actor = services_of(request), actor_of(request)
    import_id, kind = request.path_params["import_id"], request.path_params["kind"]
    if kind not in ("xlsx", "csv"):  # it stands in a header of the answer
        raise HTTPException(404)
    async with services.db.read() as session:
        row = await imports.get(session, actor, import_id)
    actions = _TOLD.get(row.state, ("error", "warning", "duplicate", "kept"))
    lines = _lines(services.db, actor, import_id, actions)
    if kind == "csv":
        made, media = (
            csv_file.written(lines, separator=";" if current_locale() == "ru" else ","),
            csv_file.MEDIA,
        )
    else:
        made, media = await xlsx_file.written(lines, _("Import")), xlsx_file.MEDIA
    headers = {"Content-Disposition": f'attachment; filename="import-{import_id}.{kind}"'}
    return StreamingResponse(made, media_type=media, headers=headers)


async def _lines(
    db: Database, actor: Actor, import_id: int, actions: tuple[str, ...]
) -> AsyncIterator[list[str]]:
    words = import_words.action_words()
    yield [_("Row"), _("What"), _("Column"), _("Why"), _("Client")]
    after = 0
    while True:
        async with db.read() as session:
            rows = await imports.problems(session, import_id, actions, after=after, limit=1000)
            names = await _names(session, actor, rows)
        for row in rows:
            who = names.get(row.client_id or 0, "")
            yield [
                str(row.row or ""),
                words.get(row.action, row.action),
                row.column,
                import_words.why_of(row),
                who,
            ]
        if len(rows) < 1000:
            return
        after = rows[-1].id


async def _page(request: Request, import_id: int) -> Response:
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        row = await imports.get(session, actor, import_id)
        lexicon = await matching.lexicon_of(session)
        told = await _told(session, actor, row)
    preview = None
    if row.state in _OPEN and row.path:
        folder = services.settings.data_dir / row.path
        preview = await asyncio.to_thread(_preview, StoredTableArguments(folder, row, lexicon))
    return render(
        request,
        "imports/import.html",
        row=row,
        preview=preview,
        choices=import_words.choices(lexicon),
        duplicates=import_words.duplicate_words(),
        on_duplicate=row.options.get("on_duplicate", OnDuplicate.FILL.value),
        states=import_words.state_words(),
        actions=import_words.action_words(),
        why_of=import_words.why_of,
        working=imports.WORKED_ON,
        **told,
    )


@dataclass(frozen=True, slots=True)
class StoredTableArguments:
    """What a preview is made of."""

    folder: Any
    row: Import
    lexicon: Lexicon


def _preview(given: StoredTableArguments) -> Preview | None:
    try:
        table = StoredTable(given.folder, run.names_of(given.lexicon))
    except OSError:
        return None
    fields = {int(index): field for index, field in given.row.options.get("fields", {}).items()}
    layout = table.layout.with_fields(fields)
    rows: list[tuple[int, list[str]]] = []
    for row in table.rows():
        cells = [
            plain(row.cells[c.index]) if c.index < len(row.cells) else "" for c in layout.columns
        ]
        rows.append((row.number, cells))
        if len(rows) == PREVIEW_ROWS:
            break
    meta = table.meta
    return Preview(layout, rows, list(meta["sheets"]), str(meta["sheet"]))


async def _told(session: AsyncSession, actor: Actor, row: Import) -> dict[str, Any]:
    """Problems and clients of an import, by kind, the first of each."""
    kinds = _TOLD.get(row.state, ())
    counts = await imports.counts(session, row.id) if kinds else {}
    listed: dict[str, list[ImportRow]] = {}
    for kind in kinds:
        if counts.get(kind):
            listed[kind] = await imports.problems(session, row.id, [kind], limit=LISTED)
    names = await _names(session, actor, [one for rows in listed.values() for one in rows])
    return {"counts": counts, "listed": listed, "names": names, "most": LISTED}


async def _names(session: AsyncSession, actor: Actor, rows: list[ImportRow]) -> dict[int, str]:
    """Names of clients whom the reader may see, in the bin or not: whoever imported may not see all of them now."""
    ids = {row.client_id for row in rows if row.client_id is not None}
    query = select(Client.id, Client.name).where(
        Client.id.in_(ids), client_visibility.in_scope(actor)
    )
    found = await session.execute(query)
    return {client_id: name or f"№ {client_id}" for client_id, name in found}


def _fields_of(data: FormData) -> dict[int, str]:
    fields = {}
    for key, value in data.items():
        index = key.removeprefix("column-")
        if key.startswith("column-") and index.isdigit() and len(index) < 5:
            fields[int(index)] = str(value)
    if not fields:
        raise NotFound("column", "any")
    return fields


_one = "/imports/{import_id:id}"
_may = Permission.CLIENTS_IMPORT
routes = [
    page("/imports", show_imports, permission=_may),
    page("/imports", upload, permission=_may, methods=["POST"], most_bytes=import_files.BODY_BYTES),
    page(_one, show_import, permission=_may),
    page(f"{_one}/state", show_state, permission=_may),
    page(f"{_one}/sheet", choose_sheet, permission=_may, methods=["POST"]),
    page(f"{_one}/check", check, permission=_may, methods=["POST"]),
    page(f"{_one}/run", start, permission=_may, methods=["POST"]),
    page(f"{_one}/undo", take_back, permission=_may, methods=["POST"]),
    page(f"{_one}/forget", forget, permission=_may, methods=["POST"]),
    page(f"{_one}/problems." + "{kind:str}", problems, permission=_may),
]
