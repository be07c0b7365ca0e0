"""`slovo import clients`: clients out of a spreadsheet, with whatever stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from calls.db import Database
from crm import migrate
from crm.access import SYSTEM
from crm.importing import imports, run
from crm.importing.plan import OnDuplicate
from crm.importing.reading import open_book
from crm.importing.report import Report
from crm.importing.run import Job
from crm.importing.source import SheetTable
from crm.number_rules import NumberRules
from web.cli.database import with_database
from web.settings import Settings, load


def import_clients(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="xlsx, xls, ods or csv.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
    sheet: Annotated[
        str, typer.Option("--sheet", help="Name of the sheet; default: the first one with clients.")
    ] = "",
    duplicates: Annotated[
        OnDuplicate,
        typer.Option("--duplicates", help="What happens with clients who are there already."),
    ] = OnDuplicate.FILL,
) -> None:
    """Import clients: columns are recognised, phones and names put in order, duplicates found.

    With --json: {"rows","created","updated","duplicates","failed","errors":[{"row","column","why"}],"warnings":[…],
    "columns":{header: field},"clients":[{"row","name","kind","phones","emails","inn"}],"import"}.
    """
    settings = load()
    if migrate.current(settings.database_url) is None:
        migrate.upgrade(settings.database_url)

    async def work(db: Database) -> dict[str, Any]:
        table = SheetTable(open_book(file).sheet(sheet), await run.custom_names(db))
        if dry_run:
            job = _job(settings, table, duplicates)
            return _as_json(await run.check(db, job, keep=True), table, None)
        import_id = await imports.begin_from_command(db, file.name, table.count(), duplicates)
        job = _job(settings, table, duplicates, import_id)
        report = await imports.run_now(db, job)
        return _as_json(report, table, import_id)

    done = with_database(work, settings)
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False))
    else:
        _say(done, dry_run)


def _job(
    settings: Settings, table: SheetTable, duplicates: OnDuplicate, import_id: int | None = None
) -> Job:
    return Job(
        table=table,
        actor=SYSTEM,
        rules=NumberRules.of(settings),
        zone=ZoneInfo(settings.time_zone),
        on_duplicate=duplicates,
        import_id=import_id,
    )


def _as_json(report: Report, table: SheetTable, import_id: int | None) -> dict[str, Any]:
    totals = report.totals
    return {
        "rows": totals.rows,
        "created": totals.created,
        "updated": totals.updated,
        "duplicates": totals.duplicates,
        "failed": totals.failed,
        "errors": report.listed("error"),
        "warnings": report.listed("warning"),
        "columns": table.layout.fields,
        "clients": report.clients(),
        "import": import_id,
    }


def _say(done: dict[str, Any], dry_run: bool) -> None:
    for header, field in done["columns"].items():
        typer.echo(f"{header}: {field or '(left out)'}", err=True)
    for told in (*done["errors"], *done["warnings"]):
        typer.echo(f"row {told['row']}, {told['column'] or 'whole row'}: {told['why']}", err=True)
    would = "would be " if dry_run else ""
    typer.echo(
        f"{done['rows']} rows: {done['created']} clients {would}created, {done['updated']} {would}updated, "
        f"{done['duplicates']} rows were known, {done['failed']} could not be used",
        err=True,
    )
