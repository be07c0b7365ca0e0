"""`slovo audit …`: the log of who did, heard and searched what."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import typer

from calls.db import Database
from calls.errors import ProofImpossible
from calls.proof import keys, verify
from crm import audit
from web.cli.database import with_database

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def audit_log() -> None:
    """Verify the log of who did and heard what."""


@app.command("verify")
def verify_log(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    expect: Annotated[
        list[str] | None,
        typer.Option(metavar="HEAD", help="A head that was noted before: it must be in the log."),
    ] = None,
    pack: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="A proof pack: the head and rows in it must be in the log."
        ),
    ] = None,
) -> None:
    """Check that no row was changed, removed or put in. Exit code 1 if one was.

    Rows cut off at the end leave a whole, shorter chain: note the printed head elsewhere from time to time and give it
    with --expect later. Every proof pack holds the head of its day: --pack compares.
    """
    wanted = [_checked(one) for one in expect or ()]
    for file in pack or ():
        wanted += _noted_in(file)

    async def work(db: Database) -> audit.Verification:
        async with db.read() as session:
            return await audit.verify(session, wanted)

    found = with_database(work)
    if as_json:
        typer.echo(json.dumps(_values(found)))
    elif found.broken_id is not None:
        typer.echo(f"entry {found.broken_id}: {found.why}")
    else:
        typer.echo(f"{found.entries} entries, none changed; head {found.head}")
    for missing in found.absent:
        typer.echo(f"{missing} was noted elsewhere and is not in the log: rows were cut off or replaced",
                   err=True)  # fmt: skip
    if not found.ok:
        raise typer.Exit(1)


def _values(found: audit.Verification) -> dict[str, Any]:
    return {
        "ok": found.ok,
        "entries": found.entries,
        "head": found.head,
        "broken_id": found.broken_id,
        "why": found.why,
        "absent": list(found.absent),
    }


def _checked(head: str) -> str:
    head = head.strip().lower()
    if len(head) != 64 or set(head) - set("0123456789abcdef"):
        raise typer.BadParameter(
            f"{head!r} is no head: 64 hexadecimal digits, as this command prints"
        )
    return head


def _noted_in(pack: Path) -> list[str]:
    """The head and the hashes of all rows in a pack.

    Raises:
        ProofImpossible: it is not valid, or a row in it has not the hash that it must have.
    """
    try:
        report = verify.check(pack, None, keys.signature_is_right)
    except OSError as error:
        raise typer.BadParameter(f"{pack}: {error.strerror}") from error
    if not report.ok or report.manifest is None:
        raise ProofImpossible(f"{pack} is no valid pack: `slovo proof verify {pack}` says why")
    rows = verify.read_json(pack, "data/audit.json")["rows"]
    for row in rows:
        link = SimpleNamespace(**row)
        link.at = datetime.fromisoformat(row["at"])
        if audit.hash_of(link) != row["hash"]:
            raise ProofImpossible(f"{pack}: entry {row['id']} has not the hash that it must have")
    return [str(report.manifest["audit"]["head"]), *(str(row["hash"]) for row in rows)]
