"""`slovo search`: find what was said."""

from __future__ import annotations

import json
from typing import Any

import typer

from calls.db import Database
from calls.search import Hit
from calls.search import search as find
from web.cli.database import with_database


def search(
    query: str = typer.Argument(help='Words in any form; "a phrase"; -word; client: or operator:'),
    limit: int = typer.Option(50, "--limit", min=0, help="At most so many hits; 0 = all."),
    as_json: bool = typer.Option(False, "--json", help="One JSON list of hits."),
) -> None:
    """Search all transcripts. All words must stand in one turn.

    With --json a list of {"call","turn","side","start_s","text","score","match"}: `call` is an imported transcript's own
    id, else our call id; `turn` counts from 0. Exit code 1 when nothing is found.
    """

    async def work(db: Database) -> list[Hit]:
        async with db.read() as session:
            return await find(session, query, limit=limit or None)

    hits = with_database(work)
    if as_json:
        typer.echo(json.dumps([_values(hit) for hit in hits], ensure_ascii=False))
    else:
        for hit in hits:
            place = f"{hit.external_id or hit.call_id}:{hit.turn}"
            typer.echo(f"{place}  {hit.side:<8}  {hit.start_s:7.1f} s  {hit.text}")
    if not hits:
        typer.echo("nothing found", err=True)
        raise typer.Exit(1)


def _values(hit: Hit) -> dict[str, Any]:
    return {
        "call": hit.external_id if hit.external_id is not None else hit.call_id,
        "turn": hit.turn,
        "side": hit.side,
        "start_s": hit.start_s,
        "text": hit.text,
        "score": hit.score,
        "match": hit.match,
    }
