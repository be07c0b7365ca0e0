"""`slovo proof …`: make proof packs, check them, and the company's signing key."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import typer

from calls.db import Database
from calls.errors import ProofImpossible
from calls.proof import keys, verify
from calls.proof.verify import Report
from crm import proof_keys
from crm.access import SYSTEM
from crm.proof_choice import CALL, DISPUTE, Subject
from crm.tables import ProofKey, ProofPack
from web.cli.database import with_database
from web.settings import load

app = typer.Typer(
    add_completion=False,
    help="Make and check proof packs; the company's signing key.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@app.callback()
def proof() -> None:
    """Make and check proof packs; the company's signing key."""


@app.command("make")
def make_pack(
    target: Path = typer.Option(..., "-o", "--output", help="The pack's file, FILE.zip."),  # noqa: B008
    dispute: int | None = typer.Option(None, "--dispute", metavar="ID", help="Of this dispute."),
    call: int | None = typer.Option(None, "--call", metavar="ID", help="Of this call."),
    require_timestamp: bool = typer.Option(
        False, "--require-timestamp", help="No pack without a time-stamp (SLOVO_TIMESTAMP_URL)."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one object."),
) -> None:
    """Make a signed pack of a dispute or of a call: recordings, words, promises, and who heard and changed what.

    Exit code 1 when there is no such thing, or it cannot be made.
    """
    if (dispute is None) == (call is None):
        raise typer.BadParameter("give --dispute ID or --call ID, one of them")
    from web.proof_making import Order, make_file  # sound libraries take a second

    settings = load()
    if require_timestamp and not settings.timestamp_url:
        raise ProofImpossible("a time-stamp is required, and SLOVO_TIMESTAMP_URL is not set")
    subject = Subject(DISPUTE, dispute) if dispute is not None else Subject(CALL, call or 0)
    order = Order(subject, SYSTEM, require_timestamp)
    path = target.expanduser().absolute()
    if path.is_dir() or not path.parent.is_dir():
        raise typer.BadParameter(f"{path} cannot be written: name a file in a folder that is there")

    async def work(db: Database) -> ProofPack:
        return await make_file(db, settings, order, path)

    pack = with_database(work, settings)
    if as_json:
        typer.echo(json.dumps(_pack_values(pack, path)))
        return
    typer.echo(f"{path}: {pack.size_bytes} bytes, SHA-256 {pack.sha256}")
    typer.echo(f"signed with key {pack.key_id}; time-stamp: {pack.stamp}", err=True)
    if pack.stamp == "failed":
        typer.echo("The time-stamp server did not answer; the pack itself says why.", err=True)
    if pack.absent:
        typer.echo(
            f"{pack.absent} things are missing in it: index.html says which and why", err=True
        )


def _pack_values(pack: ProofPack, path: Path) -> dict[str, Any]:
    return {
        "file": str(path),
        "sha256": pack.sha256,
        "bytes": pack.size_bytes,
        "key": pack.key_id,
        "timestamp": pack.stamp,
        "missing": pack.absent,
        "calls": pack.call_ids,
    }


@app.command("verify")
def verify_pack(
    file: Path = typer.Argument(..., metavar="FILE", help="The pack."),  # noqa: B008
    key: str | None = typer.Option(
        None, "--key", metavar="PUBLICKEY", help="The company's public key, or a file with it."
    ),
    tsa_cert: Path | None = typer.Option(  # noqa: B008
        None, "--tsa-cert", metavar="FILE", help="Certificates (PEM) of the time-stamp server."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one object."),
) -> None:
    """Check a pack: every byte of it, the signature, the time-stamp. Needs no database.

    Without --key the pack's own word is taken for who signed. Exit code 0: valid. 1: not valid; says what is wrong, and
    where. 2: wrong usage.
    """
    try:
        public = verify.read_key(key) if key else None
        report = verify.check(file, public, keys.signature_is_right)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    stamp = _stamp(report, tsa_cert)
    if as_json:
        typer.echo(json.dumps(_report_values(report, stamp), ensure_ascii=False))
    else:
        typer.echo("\n".join([*verify.lines_of(report), *([stamp["words"]] if stamp else [])]))
    if not report.ok:
        raise typer.Exit(1)


def _stamp(report: Report, certificate: Path | None) -> dict[str, Any]:
    """What the time-stamp says; one that is not right for the given certificate is a fault."""
    if not report.timestamp:
        if certificate is not None and report.ok:
            report.faults.append(verify.Fault(verify.TIMESTAMP, "there is no time-stamp"))
        return {}
    from calls.proof.timestamp import examine

    try:
        stamp = examine(report.timestamp, report.stamped, certificate)
    except ValueError as error:
        report.faults.append(verify.Fault(verify.TIMESTAMP, str(error)))
        return {}
    report.notes = [note for note in report.notes if "openssl ts" not in note]
    at, by = stamp.at.isoformat(), stamp.server or "a server without a name"
    if stamp.trusted:
        words = f"time-stamped {at} by {by}: right for the given certificate"
    elif certificate is None:
        words = f"time-stamped {at} by {by}, by its own word: give --tsa-cert to check that"
    else:
        words = f"time-stamped {at} by {by}: not right for the given certificate"
        report.faults.append(verify.Fault(verify.TIMESTAMP, stamp.why))
    return {"at": at, "by": stamp.server, "trusted": stamp.trusted, "words": words}


def _report_values(report: Report, stamp: dict[str, Any]) -> dict[str, Any]:
    manifest = report.manifest or {}
    return {
        "valid": report.ok,
        "faults": [
            {"where": one.where, "what": one.what, "first_byte": one.first_byte, "last_byte": one.last_byte}
            for one in report.faults
        ],
        "notes": report.notes,
        "key": report.public_key or None,
        "subject": manifest.get("subject"),
        "made_at": manifest.get("made_at"),
        "audit": manifest.get("audit"),
        "files": len(manifest.get("files", ())),
        "timestamp": {name: value for name, value in stamp.items() if name != "words"} or None,
    }  # fmt: skip


@app.command("key")
def show_key(
    rotate: bool = typer.Option(
        False, "--rotate", help="Sign with a new key from now on; the old private key is destroyed."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one object."),
) -> None:
    """Print the company's public key and the SHA-256 of verify.py: publish both where others can find them.

    Exit code 1 when the private key is lost or cannot be used.
    """
    settings = load()

    async def work(db: Database) -> tuple[bytes, list[ProofKey]]:
        if rotate:
            key = await proof_keys.rotate(db, SYSTEM, settings.data_dir)
        else:
            key = await proof_keys.current(db, settings.data_dir)
        async with db.read() as session:
            return key.public, list(await proof_keys.all_keys(session))

    public, known = with_database(work, settings)
    former = [one for one in known if one.retired_at is not None]
    if as_json:
        values = {
            "id": keys.key_id(public),
            "public": public.hex(),
            "pem": keys.pem(public),
            "verify_sha256": checker_sha256(),
            "verify": verify.__file__,
            "former": [{"id": one.key_id, "public": one.public} for one in former],
        }
        typer.echo(json.dumps(values))
        return
    typer.echo(f"key {keys.key_id(public)}\n{public.hex()}\n{keys.pem(public).strip()}")
    typer.echo(f"verify.py {verify.__file__}\nSHA-256 {checker_sha256()}")
    for one in former:
        typer.echo(f"former key {one.key_id}\n{one.public}")


def checker_sha256() -> str:
    """The SHA-256 of the checker that stands alone."""
    return hashlib.sha256(Path(verify.__file__).read_bytes()).hexdigest()
