"""`slovo audit …`: the log of who did, heard and searched what."""

from __future__ import annotations

import json

import typer

from calls.db import Database
from crm import audit
from web.cli.database import with_database

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def audit_log() -> None:
    """Verify the log of who did and heard what."""


@app.command()
def verify(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> None:
    """Check that no row was changed, removed or put in. Exit code 1 if one was.

    Rows cut off at the end leave a whole, shorter chain: note the printed count and head from time to time.
    """

    async def work(db: Database) -> audit.Verification:
        async with db.read() as session:
            return await audit.verify(session)

    found = with_database(work)
    if as_json:
        values = {
            "ok": found.ok,
            "entries": found.entries,
            "head": found.head,
            "broken_id": found.broken_id,
            "why": found.why,
        }
        typer.echo(json.dumps(values))
    elif found.ok:
        typer.echo(f"{found.entries} entries, none changed; head {found.head}")
    else:
        typer.echo(f"entry {found.broken_id}: {found.why}")
    if not found.ok:
        raise typer.Exit(1)
