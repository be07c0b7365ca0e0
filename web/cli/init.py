"""`slovo init`: a settings file with random secrets, the database's tables, the first administrator."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import typer
from sqlalchemy import func, select

from calls.db import Database
from crm import agents, migrate, passwords
from crm.access import SYSTEM, Role
from crm.errors import SettingInvalid
from crm.person_fields import Person
from crm.tables import User
from web.cli.database import with_database
from web.settings import FILE_NAME, load

ADMINISTRATOR = "admin"


def init(
    data_dir: Path | None = typer.Option(  # noqa: B008
        None, help="Directory of database, recordings and models; ./data if nothing else is set."
    ),
) -> None:
    """Write a settings file (readable by you alone), set up the database, make the first administrator.

    Prints the administrator's account once, on standard output. A second run changes nothing and says so.
    """
    if data_dir is not None:
        os.environ["SLOVO_DATA_DIR"] = str(data_dir.expanduser().absolute())
    path = _settings_path()
    wrote = _write_once(path)
    os.environ["SLOVO_CONFIG"] = str(path)
    settings = load()
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrated = not migrate.is_current(settings.database_url)
    migrate.upgrade(settings.database_url)
    password = passwords.random_password()
    made = with_database(lambda db: _first_administrator(db, password), settings)
    if wrote:
        typer.echo(f"Wrote {path}: its ami_secret goes into the PBX's manager.conf.", err=True)
    if made:
        typer.echo(f"login: {ADMINISTRATOR}\npassword: {password}")
        typer.echo("This account is shown once: keep the password.", err=True)
    if not (wrote or migrated or made):
        typer.echo(f"Nothing to do: {path} and the database are there.", err=True)


def _settings_path() -> Path:
    named = os.environ.get("SLOVO_CONFIG")
    folder = Path(os.environ.get("SLOVO_DATA_DIR") or "data")
    return (Path(named) if named else folder / FILE_NAME).expanduser().absolute()


def _write_once(path: Path) -> bool:
    """Write the settings file unless it is there; True if it was written.

    Raises:
        SettingInvalid: the file or its directory cannot be written.
    """
    named = os.environ.get("SLOVO_CONFIG")
    folder = Path(os.environ.get("SLOVO_DATA_DIR") or ("data" if named else path.parent))
    folder = folder.expanduser().absolute()
    text = (
        "# Settings of Slovo. `slovo settings` lists all of them; a variable SLOVO_… wins over this file.\n"
        f"data_dir = {json.dumps(str(folder), ensure_ascii=False)}\n"
        f'secret_key = "{secrets.token_urlsafe(32)}"\n'
        "# The same secret belongs into the section [slovo] of the PBX's manager.conf.\n"
        f'ami_secret = "{secrets.token_urlsafe(24)}"\n'
        "# Several PBXs: instead of this line, at the end of the file a table for each, the first one first:\n"
        "# [[pbx]]\n"
        '# name = "north"\n'
        '# ami_host = "192.0.2.10"\n'
        '# ami_secret = "…"\n'
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.is_file():
            return False
        raise SettingInvalid("SLOVO_CONFIG", f"{path} is no file") from None
    except OSError as error:
        why = f"cannot write {path}: {error.strerror}"
        raise SettingInvalid("SLOVO_CONFIG", why) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


async def _first_administrator(db: Database, password: str) -> bool:
    """Make the administrator if there is nobody at all; True if it was made."""
    password_hash = await passwords.hashed(password, ADMINISTRATOR)
    async with db.write() as session:
        if await session.scalar(select(func.count()).select_from(User)):
            return False
        person = Person(login=ADMINISTRATOR, role=Role.ADMINISTRATOR)
        await agents.add(session, SYSTEM, person, password_hash)
        return True
