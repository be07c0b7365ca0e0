"""`slovo recordings check` and `verify`: files without a call, and kept files that are not what they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import typer

from calls.db import Database
from calls.record_json import iso
from calls.recordings import fixity
from calls.recordings.check import check as look
from calls.recordings.fixity import Round
from calls.recordings.loose import LooseFiles, loose
from calls.recordings.missing import MissingRecording, missing
from calls.recordings.places import sources_of
from calls.tables import RecordingCheck
from crm import recording_fixity
from web.cli.database import with_database
from web.settings import load

app = typer.Typer(
    add_completion=False,
    help="Recordings that are missing or changed, and files without a call.",
    rich_markup_mode=None,
)
Lists = tuple[list[RecordingCheck], list[MissingRecording], LooseFiles]


@app.callback()
def recordings() -> None:
    """Recordings that are missing or changed, and files without a call."""


@app.command()
def check(
    as_json: bool = typer.Option(
        False, "--json", help="Print one object: {looks, missing, loose, aside, early}."
    ),
    days: int = typer.Option(30, min=1, help="Missing recordings of so many days."),
    limit: int = typer.Option(1000, min=1, help="At most so many entries of each list."),
) -> None:
    """Look through the recording directories, then print what is missing and which files belong to no call.

    Exit code 0: everything is in its place. 1: something is missing or without a call, or a directory cannot be read.
    """
    settings = load()
    sources = sources_of(settings.pbxs)

    async def work(db: Database) -> Lists:
        looks = [await look(db, pbx, source) for pbx, source in sources.items()]
        async with db.read() as session:
            gone = await missing(session, datetime.now(UTC) - timedelta(days=days), limit)
            return looks, gone, await loose(session, limit)

    looks, gone, files = with_database(work, settings)
    if as_json:
        typer.echo(json.dumps(_values(looks, gone, files), ensure_ascii=False))
    else:
        _print(looks, gone, files)
    if not looks or gone or files.recordings or any(one.error for one in looks):
        raise typer.Exit(1)


@app.command("verify")
def verify_files(
    as_json: bool = typer.Option(False, "--json", help="Print one object: {looked, bytes, wrong}."),
) -> None:
    """Compare all kept recordings with the SHA-256 that was noted when they were found.

    Exit code 0: all are as they were. 1: a file changed or is gone; administrators are told.
    """
    settings = load()

    async def work(db: Database) -> list[Round]:
        began = datetime.now(UTC)
        rounds: list[Round] = []
        while not rounds or rounds[-1].looked:
            found = await fixity.look(db, settings.data_dir, datetime.now(UTC), older_than=began)
            rounds.append(found)
            async with db.write() as session:
                await recording_fixity.report(session, found.looked)
        return rounds

    rounds = with_database(work, settings)
    wrong = [one for done in rounds for one in done.wrong]
    looked = sum(len(one.looked) for one in rounds)
    read = sum(one.bytes_read for one in rounds)
    if as_json:
        values = [
            {
                "recording": one.recording_id,
                "call": one.call_id,
                "state": one.state,
                "files": one.files,
            }
            for one in wrong
        ]
        typer.echo(json.dumps({"looked": looked, "bytes": read, "wrong": values}))
    else:
        typer.echo(f"{looked} recordings, {read} bytes, {len(wrong)} not as they were")
        for one in wrong:
            for file in one.files:
                what = f"now {file['found']}" if file["found"] else "cannot be read"
                typer.echo(
                    f"  call {one.call_id}, recording {one.recording_id}: {file['path']}: {what}"
                )
    if wrong:
        raise typer.Exit(1)


def _values(
    looks: list[RecordingCheck], gone: list[MissingRecording], files: LooseFiles
) -> dict[str, Any]:
    return {
        "looks": [
            {"pbx": one.pbx, "files": one.files, "writing": one.writing, "unsorted": one.unsorted,
             "error": one.error or None, "mend": one.mend or None}
            for one in looks
        ],
        "missing": [
            {"call": one.call.id, "pbx": one.call.pbx, "linkedid": one.call.linkedid,
             "started_at": iso(one.call.started_at), "why": one.why, "recording": one.recording_id,
             "named": one.named or None, "error": one.error or None, "looked_at": iso(one.looked_at)}
            for one in gone
        ],
        "loose": [
            {"file": one.file_id, "pbx": one.pbx, "path": one.path, "files": one.files,
             "bytes": one.size_bytes, "changed_at": iso(one.changed_at),
             "call": one.call.id if one.call else None, "how": one.how or None}
            for one in files.recordings
        ],
        "aside": files.aside,
        "early": files.early,
    }  # fmt: skip


def _print(looks: list[RecordingCheck], gone: list[MissingRecording], files: LooseFiles) -> None:
    if not looks:
        typer.echo(
            "No PBX has a place of recordings: set recording_dir or recording_url.", err=True
        )
    for one in looks:
        told = f"{one.error}. {one.mend}" if one.error else f"{one.files} files"
        typer.echo(f"{one.pbx}: {told}", err=bool(one.error))
    typer.echo(f"\nExpected, but missing: {len(gone)}")
    for entry in gone:
        began = (iso(entry.call.started_at) or "")[:19]
        typer.echo(f"  call {entry.call.id}  {began}  {entry.why:<8}  {entry.named or entry.error}")
    typer.echo(f"\nFiles without a call: {files.total}")
    for file in files.recordings:
        meant = f"call {file.call.id} (by {file.how})" if file.call else "no call fits"
        typer.echo(f"  {file.path}  {file.size_bytes} bytes  {meant}")
