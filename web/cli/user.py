"""`slovo user …`: people who log in, with their phones and queues."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Sequence
from dataclasses import replace

import typer

from calls.db import Database
from crm import agents, passwords
from crm.access import SYSTEM, Role
from crm.errors import Invalid
from crm.pbx_names import split, written
from crm.person_fields import Person, Phone, Queue
from crm.tables import User
from web.cli.database import with_database
from web.settings import load

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def user() -> None:
    """Add, list, change and lock people."""


EXTENSIONS = typer.Option(
    None,
    "--extension",
    help="A phone of the person; may be repeated. north/101 is that of PBX north.",
)
QUEUES = typer.Option(
    None,
    "--queue",
    help="A queue the person answers for; may be repeated. north/sales: of PBX north.",
)


@app.command()
def add(  # noqa: PLR0913 (what is said about a person)
    login: str = typer.Argument(help="Name to log in with; kept in lower case."),
    role: Role = typer.Option(..., help="What the person may do."),  # noqa: B008
    name: str = typer.Option("", help="Name to show."),
    extension: list[str] = EXTENSIONS,
    queue: list[str] = QUEUES,
    locale: str = typer.Option("", help="ru or en; as the browser asks if not given."),
) -> None:
    """Add a person. The password is asked, or read as the first line of standard input."""
    pbxs = load().pbx_names
    password = _password()
    person = Person(
        login=login,
        role=role,
        name=name,
        locale=locale,
        phones=_phones(extension or [], pbxs),
        queues=_queues(queue or [], pbxs),
    )

    async def work(db: Database) -> None:
        password_hash = await passwords.hashed(password, login)
        async with db.write() as session:
            await agents.add(session, SYSTEM, person, password_hash)

    with_database(work)
    typer.echo(f"{login.strip().lower()} can log in now", err=True)


@app.command("list")
def list_people(
    as_json: bool = typer.Option(False, "--json", help="One JSON object per line."),
) -> None:
    """List everybody with role, phones and queues."""

    async def work(db: Database) -> list[User]:
        async with db.read() as session:
            return await agents.people(session, SYSTEM)

    pbxs = load().pbx_names
    for found in with_database(work):
        values = {
            "id": found.id,
            "login": found.login,
            "name": found.name,
            "role": found.role,
            "active": found.active,
            "extensions": [written(d.pbx, d.extension, pbxs) for d in found.devices],
            "queues": [written(q.pbx, q.queue, pbxs) for q in found.queues],
        }
        typer.echo(json.dumps(values, ensure_ascii=False) if as_json else _line(values))


@app.command()
def edit(  # noqa: PLR0913 (what is said about a person)
    login: str,
    role: Role | None = typer.Option(None, help="New role."),  # noqa: B008
    name: str | None = typer.Option(None, help="New name to show."),
    extension: list[str] = EXTENSIONS,
    queue: list[str] = QUEUES,
    locale: str | None = typer.Option(None, help="ru or en."),
    email: str | None = typer.Option(None, help="Where reminders go."),
) -> None:
    """Change what is given; phones and queues replace the former ones."""
    pbxs = load().pbx_names

    async def work(db: Database) -> None:
        async with db.write() as session:
            found = await agents.by_login(session, login)
            before = agents.person_of(found)
            after = replace(
                before,
                role=role or before.role,
                name=before.name if name is None else name,
                locale=before.locale if locale is None else locale,
                phones=_phones(extension, pbxs) if extension else before.phones,
                queues=_queues(queue, pbxs) if queue else before.queues,
                email=before.email if email is None else email,
            )
            await agents.edit(session, SYSTEM, found.id, after)

    with_database(work)


@app.command()
def password(login: str) -> None:
    """Set a new password, asked or from standard input, and end all logins of the person."""
    new = _password()

    async def work(db: Database) -> None:
        password_hash = await passwords.hashed(new, login)
        async with db.write() as session:
            found = await agents.by_login(session, login)
            await agents.set_password(session, SYSTEM, found.id, password_hash)

    with_database(work)


@app.command()
def deactivate(
    login: str,
    leave_clients: bool = typer.Option(
        False, help="Even if clients, deals and inquiries of the person are left without anybody."
    ),
) -> None:
    """Lock a person out at once. Nobody is deleted: his calls and notes stay his."""
    _set_active(login, False, knowingly=leave_clients)


@app.command()
def activate(login: str) -> None:
    """Let a locked person in again."""
    _set_active(login, True)


def _set_active(login: str, active: bool, *, knowingly: bool = False) -> None:
    async def work(db: Database) -> None:
        async with db.write() as session:
            found = await agents.by_login(session, login)
            await agents.set_active(session, SYSTEM, found.id, active, knowingly=knowingly)

    with_database(work)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise Invalid("password", "the two are not the same")
    return first


def _phones(typed: list[str], pbxs: Sequence[str]) -> tuple[Phone, ...]:
    parts = [split(one, pbxs) for one in typed]
    return tuple(Phone(extension, pbx) for pbx, extension in parts)


def _queues(typed: list[str], pbxs: Sequence[str]) -> tuple[Queue, ...]:
    parts = [split(one, pbxs) for one in typed]
    return tuple(Queue(name, pbx) for pbx, name in parts)


def _line(values: dict[str, object]) -> str:
    locked = "" if values["active"] else " (locked)"
    phones = (
        ", ".join(map(str, values["extensions"])) if isinstance(values["extensions"], list) else ""
    )
    return f"{values['login']}{locked}  {values['role']}  {phones}  {values['name']}"
