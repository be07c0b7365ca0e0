"""`slovo calls`: what the database holds of calls."""

from __future__ import annotations

import json
from typing import Any

import typer

from calls import queries
from calls.db import Database
from calls.queries import CallFilters, call_json
from web.cli.database import with_database
from web.cli.since_option import since_time


def calls(
    as_json: bool = typer.Option(False, "--json", help="One JSON object per line."),
    since: str | None = typer.Option(
        None, "--since", metavar="TIME", help="Calls that began then or later: ISO 8601, in UTC."
    ),
) -> None:
    """Print calls, in the order in which they were first seen.

    With --json one object per line, with the keys of `slovo replay --json` and id, pbx, external_id (of imported ones),
    source (live, resync, cdr: how we know of it).
    Calls in progress have outcome null.
    """
    filters = CallFilters(since=since_time(since) if since else None)

    async def work(db: Database) -> None:
        async with db.read() as session:
            async for row in queries.every_call(session, filters):
                values = call_json(row)
                typer.echo(json.dumps(values, ensure_ascii=False) if as_json else _line(values))

    with_database(work)


def _line(values: dict[str, Any]) -> str:
    began = (values["started_at"] or "").replace("T", " ")[:19]
    parties = f"{values['caller'] or '(hidden)'} → {values['called'] or ''}"
    outcome = values["outcome"] or "in progress"
    return f"{began:<19}  {values['direction']:<8}  {parties:<32}  {outcome:<11}  {values['reason'] or ''}"
