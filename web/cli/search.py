"""`slovo search`: find what was said."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from calls.db import Database
from calls.search import Hit, parse
from calls.search import search as find
from calls.search.index import is_behind
from crm.access import SYSTEM
from crm.search_scope import Beside, filters_of
from web.cli.database import with_database
from web.settings import load

BEHIND = (
    "the index of old calls is being made anew by `slovo serve`: until that is done, numbers and misheard words are not"
    " found in all of them"
)


class OrderOption(StrEnum):
    """In which order hits come."""

    RECENCY = "recency"
    RELEVANCE = "relevance"


class MatchOption(StrEnum):
    """Which hits are wanted."""

    ALL = "all"
    EXACT = "exact"
    TOLERANT = "tolerant"


QUERY_HELP = (
    'Words in any form; "a phrase"; -word; A NEAR/5 B; client: or operator:; from: to: who: queue: #tag '
    "min-confidence:"
)


def search(
    query: str = typer.Argument(help=QUERY_HELP),
    limit: int = typer.Option(50, "--limit", min=0, help="At most so many hits; 0 = all."),
    order: Annotated[
        OrderOption,
        typer.Option("--order", help="Newest first, or the best of the newest 1000 first."),
    ] = OrderOption.RECENCY,
    match: Annotated[
        MatchOption,
        typer.Option("--match", help="Exact hits, those that forgive an error, or both."),
    ] = MatchOption.ALL,
    as_json: bool = typer.Option(False, "--json", help="One JSON list of hits."),
) -> None:
    """Search all transcripts. All words must stand in one turn; hits that forgive an error come last.

    With --json a list of {"call","turn","side","start_s","text","score","match"}: `call` is an imported transcript's own
    id, else our call id; `turn` counts from 0; `match` is "exact" or "tolerant". Exit code 1 when nothing is found.
    """
    settings = load()
    zone = ZoneInfo(settings.time_zone)
    parsed = parse(query, datetime.now(zone).date())

    async def work(db: Database) -> tuple[list[Hit], bool]:
        async with db.read() as session:
            filters = await filters_of(session, SYSTEM, parsed.narrowing, Beside(), zone)
            found = await find(
                session,
                parsed,
                filters,
                limit=limit or None,
                order=order.value,
                match=None if match is MatchOption.ALL else match.value,
            )
            return found, await is_behind(session)

    hits, behind = with_database(work, settings)
    if behind:
        typer.echo(BEHIND, err=True)
    if as_json:
        typer.echo(json.dumps([_values(hit) for hit in hits], ensure_ascii=False))
    else:
        for hit in hits:
            place = f"{hit.external_id or hit.call_id}:{hit.turn}"
            like = "~ " if hit.match == "tolerant" else ""
            typer.echo(f"{place}  {hit.side:<8}  {hit.start_s:7.1f} s  {like}{hit.text}")
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
