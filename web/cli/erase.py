"""`slovo erase …`: delete calls and clients for good, and finish deletions at once instead of tonight."""

from __future__ import annotations

import typer

from calls import free_space
from calls.db import Database
from crm import erasure, erasure_clients
from crm.access import SYSTEM
from crm.erasure import Order
from web.cli.database import with_database
from web.settings import load

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def erase() -> None:
    """Delete for good what was recorded and said. Nothing under a legal hold is deleted."""


@app.command()
def call(
    call_id: int = typer.Argument(help="Our id of the call, as in its address /calls/ID."),
    what: str = typer.Option("call", "--what", help="audio, words or call (all of it)."),
    reason: str = typer.Option(..., "--reason", help="Why, without the words themselves."),
) -> None:
    """Delete a call, its sound or its words. Exit code 1 when something holds it."""

    async def work(db: Database) -> None:
        async with db.write() as session:
            await erasure.erase_calls(session, SYSTEM, [call_id], Order(what=what, reason=reason))

    with_database(work)
    clean()


@app.command()
def client(
    client_id: int = typer.Argument(help="Our id of the client, as in the address /clients/ID."),
    name: str = typer.Option(..., "--name", help="The name exactly as on the card, to confirm."),
    reason: str = typer.Option(..., "--reason", help="Why, without the name."),
) -> None:
    """Forget a client: names, numbers, calls' sound and words, files, history. Sums of deals stay, nameless."""

    async def work(db: Database) -> None:
        async with db.write() as session:
            await erasure_clients.forget(session, SYSTEM, client_id, name, reason)

    with_database(work)
    clean()


@app.command()
def clean() -> None:
    """Remove files of what was deleted, and clean the free room of the database of it.

    SQLite: the file is written anew (about half a minute per gigabyte, writers wait). PostgreSQL: VACUUM FULL of the
    touched tables, which locks each meanwhile. Exit code 1 when somebody reads the database all the time: try again.
    """
    settings = load()

    async def work(db: Database) -> tuple[int, bool, str]:
        files = await erasure.finish(db, settings.data_dir)
        return files, await erasure.clean_up(db, now=True), free_space.out_of_reach(db)

    files, done, kept = with_database(work, settings)
    state = "the database is clean" if done else "the database is read all the time: NOT clean yet"
    typer.echo(f"{files} files removed; {state}")
    typer.echo(f"out of reach of Slovo: {kept}", err=True)
    if not done:
        raise typer.Exit(1)
