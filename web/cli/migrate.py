"""`slovo migrate`: the database's tables of this version."""

from __future__ import annotations

import typer

from crm import migrate as migrations
from web.settings import load


def migrate() -> None:
    """Bring the database to this version's tables. Safe to run at any time, by several processes at once."""
    url = load().database_url
    before = migrations.current(url)
    migrations.upgrade(url)
    after = migrations.head()
    message = f"the database is at revision {after}"
    typer.echo(message if before != after else f"{message} already", err=True)
