"""`slovo import transcripts`: transcripts made elsewhere become searchable."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from calls import transcript_import
from calls.db import Database
from calls.transcript_import import Imported
from crm import migrate
from web.cli.database import with_database
from web.settings import load


def import_transcripts(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One call per line.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Import transcripts, one call per line: {"id","lang","call_at","turns":[{"side","start_s","end_s","text"}]}.

    The whole file is checked first: with one wrong line nothing is imported. A call whose id was imported
    before is replaced.
    """
    settings = load()
    if migrate.current(settings.database_url) is None:
        migrate.upgrade(settings.database_url)

    async def work(db: Database) -> Imported:
        return await transcript_import.import_transcripts(db, file)

    done = with_database(work, settings)
    if as_json:
        typer.echo(json.dumps(asdict(done)))
    else:
        again = f", {done.replaced} of them replaced" if done.replaced else ""
        typer.echo(f"{done.calls} calls with {done.turns} turns imported{again}", err=True)
