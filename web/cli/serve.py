"""`slovo serve`: the product, in one process or in several."""

from __future__ import annotations

from enum import StrEnum

import typer

from calls.db import is_of_one_process
from crm.errors import SettingInvalid
from web import event_loop
from web.bootstrap import ALL_PARTS, Part, run
from web.cli.pbx_option import named_pbxs
from web.settings import load


class Only(StrEnum):
    """The part to run alone."""

    WEB = "web"
    LISTEN = "listen"
    WORK = "work"


def serve(
    only: Only | None = typer.Option(  # noqa: B008
        None, help="Run one part alone (several processes on one PostgreSQL)."
    ),
    pbx: list[str] = typer.Option(  # noqa: B008
        [],
        metavar="NAME",
        help="With --only listen: hear this PBX; may be repeated. All if not given.",
    ),
) -> None:
    """Run Slovo: the listeners of all PBXs, the pages and the worker in this process, or one of them."""
    settings = load()
    if pbx and only is not Only.LISTEN:
        raise typer.BadParameter("--pbx goes with --only listen: pages and worker serve all PBXs")
    heard = named_pbxs(settings, pbx)
    if only is not None and is_of_one_process(settings.database_url):
        raise SettingInvalid(
            "SLOVO_DATABASE_URL",
            f"--only {only.value} needs postgresql://…: with SQLite no process hears of another's "
            "calls. Run `slovo serve` alone, or move to PostgreSQL",
        )
    parts = frozenset({Part(only.value)}) if only is not None else ALL_PARTS

    def ready(port: int) -> None:
        typer.echo(f"Slovo is ready: http://{settings.http_host}:{port}", err=True)

    event_loop.run(run(settings, parts, pbxs=heard, on_ready=ready))
