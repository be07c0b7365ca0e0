"""`slovo reconcile`: the call log compared with Asterisk's own record, and what was missed filled in.

In: the settings of the sources, per PBX. Out: what was filled, corrected and found different. A serving Slovo does the
same by itself: after every reconnect, at its start and at night. Both may run at once.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import typer

from calls.db import Database
from calls.reconcile import Reconciler
from crm.errors import SettingMissing
from web.bootstrap import handlers
from web.cli.database import with_database
from web.cli.since_option import since_time
from web.reconciling import own_records
from web.settings import Settings, load


def reconcile(
    since: str | None = typer.Option(
        None,
        "--since",
        metavar="TIME",
        help="From this time on: ISO 8601, in UTC. Without it, from where the last pass ended.",
    ),
    as_json: bool = typer.Option(False, "--json", help="One JSON object."),
) -> None:
    """Fill in the calls that were missed, from the PBX's own record.

    Exit code 1: no source is set, or one cannot be read.
    """
    begin = since_time(since) if since else None
    settings = load()
    if not own_records(settings.pbxs):
        raise SettingMissing(
            "SLOVO_CDR_CSV (in a table [[pbx]]: cdr_csv)",
            "give the path of Asterisk's cdr-csv/Master.csv, or with cdr_url the database of its call "
            "records; `slovo doctor` says whether they can be read",
        )

    async def work(db: Database) -> None:
        total = await _all(db, settings, begin)
        typer.echo(json.dumps(total, ensure_ascii=False) if as_json else _words(total))

    with_database(work)


async def _all(db: Database, settings: Settings, since: datetime | None) -> dict[str, Any]:
    """Reconcile each PBX that has a source; returns one report for all."""
    reconciler = Reconciler(
        db, handlers(settings), region=settings.region, settle_s=settings.reconcile_settle_s
    )
    total: dict[str, Any] = {}
    for record in own_records(settings.pbxs, settings.own_numbers):
        found = (await reconciler.run(record, since)).as_json()
        for name, value in found.items():
            total[name] = total[name] + value if name in total else value
    return total


def _words(total: dict[str, Any]) -> str:
    lines = [
        f"{total['filled']} calls filled in, {total['corrected']} corrected, {total['unchanged']} unchanged"
    ]
    if total["unsettled"]:
        lines.append(f"{total['unsettled']} calls are in progress or too young: run it again later")
    if total["failed"]:
        lines.append(f"{total['failed']} calls could not be written: see the log")
    if total["malformed"]:
        lines.append(f"{total['malformed']} lines are no call records")
    for window in total["windows"]:
        state = "filled" if window["filled"] else "blind"
        lines.append(f"{state} {window['pbx']}: {window['from']} to {window['to'] or 'now'}")
    for found in total["differences"]:
        said = ", ".join(
            f"{k}: {ours or '-'} / {theirs or '-'}"
            for k, (ours, theirs) in found["differs"].items()
        )
        lines.append(
            f"call {found['call']} of {found['started_at']} differs (ours / the PBX's): {said}"
        )
    return "\n".join(lines)
