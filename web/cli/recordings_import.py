"""`slovo import recordings`: old files become calls with recordings."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.errors import StorageFull
from calls.recordings.import_names import NamePattern, PatternRefused
from calls.recordings.import_plan import Plan, plan_of
from calls.recordings.importing import Import, Imported, run
from calls.tables import Call
from crm import audit, call_links, migrate
from crm.access import SYSTEM
from crm.number_rules import NumberRules
from pbx.numbers import INTERNAL, Endpoints
from web.cli.database import with_database
from web.settings import Settings, load

MOST_SHOWN = 20


def import_recordings(  # noqa: PLR0913 (what the command takes)
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", exists=True, file_okay=False, help="Where the files lie."),
    ],
    names: Annotated[
        str,
        typer.Option(
            metavar="PATTERN",
            help="How they are named, of {date} {time} {caller} {called} {uniqueid} {side}; * passes over anything. "
            "With a slash it stands for the path below DIR.",
        ),
    ],
    internal: Annotated[
        str, typer.Option(metavar="REGEX", help="Numbers that are the company's own phones.")
    ] = INTERNAL.pattern,
    lang: Annotated[str, typer.Option(help='Language of the talks ("ru"); "" = as set.')] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Import old recordings: each becomes a call with sound, linked to its client, and is transcribed by the worker.

    Dates and times are the company's. Two files whose names differ in {side} are one call: client and operator, in and
    out (what the calling leg says and hears), or rx and tx. Importing the same files again changes nothing. Files that
    cannot be used are listed with the reason. With --json: {"files","calls","imported","already","linked","hours",
    "errors":[{"file","why"}]}.
    """
    settings = load()
    plan = plan_of(_files(folder), _pattern(names, settings), _endpoints(internal, settings))
    done = Imported(refused=plan.refused) if dry_run else _run(settings, plan, folder, lang)
    if as_json:
        typer.echo(json.dumps(_values(plan, done, dry_run=dry_run), ensure_ascii=False))
    else:
        _say(plan, done, dry_run=dry_run)
    if not plan.calls or len(done.refused) == plan.files:
        raise typer.Exit(1)


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _pattern(names: str, settings: Settings) -> NamePattern:
    try:
        return NamePattern.of(names, ZoneInfo(settings.time_zone))
    except PatternRefused as error:
        raise typer.BadParameter(str(error), param_hint="--names") from error


def _endpoints(internal: str, settings: Settings) -> Endpoints:
    try:
        return Endpoints(internal=re.compile(internal), own_numbers=settings.own_numbers)
    except re.error as error:
        raise typer.BadParameter(
            f"no regular expression: {error}", param_hint="--internal"
        ) from error


def _run(settings: Settings, plan: Plan, folder: Path, lang: str) -> Imported:
    if migrate.current(settings.database_url) is None:
        migrate.upgrade(settings.database_url)
    rules = NumberRules.of(settings)

    async def link(session: AsyncSession, call: Call) -> bool:
        return await call_links.link_by_number(session, call, rules)

    order = Import(
        folder=folder.absolute(), data_dir=settings.data_dir, link=link, region=settings.region, lang=lang
    )  # fmt: skip

    async def work(db: Database) -> Imported:
        with typer.progressbar(length=len(plan.calls), label="calls", file=sys.stderr) as bar:
            done = await run(db, plan, order, lambda: bar.update(1))
        async with db.write() as session:
            counts = {"calls": done.calls, "already": done.already, "refused": len(done.refused)}
            await audit.record(session, SYSTEM, "recordings.import", "", "", counts)
        return done

    try:
        return with_database(work, settings)
    except StorageFull as error:
        typer.echo(
            f"{error}. What was imported so far stays: make room and run it again.", err=True
        )
        raise typer.Exit(1) from error


def _values(plan: Plan, done: Imported, *, dry_run: bool) -> dict[str, Any]:
    return {
        "files": plan.files,
        "calls": len(plan.calls),
        "imported": done.calls,
        "already": done.already,
        "linked": done.linked,
        "hours": round(done.seconds / 3600, 3),
        "dry_run": dry_run,
        "errors": [{"file": one.file, "why": one.why} for one in done.refused],
    }


def _say(plan: Plan, done: Imported, *, dry_run: bool) -> None:
    for one in done.refused[:MOST_SHOWN]:
        typer.echo(f"{one.file}: {one.why}", err=True)
    if len(done.refused) > MOST_SHOWN:
        typer.echo(f"… and {len(done.refused) - MOST_SHOWN} more: --json lists them all", err=True)
    if dry_run:
        for call in plan.calls[:MOST_SHOWN]:
            who = f"{call.named.caller or '(withheld)'} -> {call.named.called or '(not told)'}"
            typer.echo(
                f"{call.named.at:%Y-%m-%d %H:%M:%S}  {call.direction.value:<8}  {who}", err=True
            )
        typer.echo(f"{plan.files} files: {len(plan.calls)} calls would be imported", err=True)
        return
    typer.echo(
        f"{plan.files} files: {done.calls} calls imported ({done.known} of them known from the call log, "
        f"{done.linked} linked to clients), {done.already} were there, {len(done.refused)} files not used",
        err=True,
    )
