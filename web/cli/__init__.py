"""The command `slovo`: one table of commands, each imported only when it is called.

In: the command line. Out: a function of a module beside this one. `--json` prints JSON on standard output and nothing
else there; messages and logs go to standard error. Exit codes: 0 done, 1 refused or not found, 2 usage. An error of our
own trees is one line; with `SLOVO_DEBUG=1` its traceback is shown as well.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

from calls.errors import CallsError
from crm.errors import CrmError
from pbx.errors import PbxError

OWN_ERRORS = (PbxError, CallsError, CrmError)


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command's function (or group of commands) is, and one line of help that needs no import."""

    target: str
    """"module:name" of a function, or of a `typer.Typer` with sub-commands."""
    help: str


COMMANDS: Mapping[str, Command] = {
    "init": Command("web.cli.init:init", "Write a settings file, set up the database, make an administrator."),
    "serve": Command("web.cli.serve:serve", "Run Slovo: listener, pages and worker."),
    "demo": Command("web.cli.demo:demo", "Run Slovo with a simulated PBX and sample clients."),
    "doctor": Command("web.cli.doctor:doctor", "Check PBX, database, models and disk; say how to mend."),
    "settings": Command("web.cli.settings:settings", "Print the effective settings, secrets masked."),
    "migrate": Command("web.cli.migrate:migrate", "Bring the database to this version's tables."),
    "user": Command("web.cli.user:app", "Add, list, change and lock people."),
    "calls": Command("web.cli.calls:calls", "Print the calls that the database holds."),
    "tasks": Command("web.cli.tasks:tasks", "Print the tasks that the database holds."),
    "search": Command("web.cli.search:search", "Search all transcripts."),
    "promises": Command("web.cli.promises:promises", "Find promises, claims and refusals in what was said."),
    "import": Command("web.cli.imports:app", "Import clients, recordings or transcripts."),
    "transcribe": Command("web.cli.transcribe:transcribe", "Transcribe a sound file."),
    "models": Command("web.cli.models:app", "List, install and verify speech models."),
    "reconcile": Command("web.cli.reconcile:reconcile", "Fill in missed calls from the PBX's own record."),
    "recordings": Command("web.cli.recordings:app", "Find missing recordings and files without a call; verify kept ones."),
    "replay": Command("web.cli.replay:replay", "Print the calls of recorded AMI traffic."),
    "trace": Command("web.cli.trace:app", "Make recorded AMI traffic fit to be shown to others."),
    "listen": Command("web.cli.listen:listen", "Print call events of the PBX as they come, or record them."),
    "proof": Command("web.cli.proof:app", "Make and check proof packs; the company's signing key."),
    "erase": Command("web.cli.erase:app", "Delete calls and clients for good; clean the database of them."),
    "audit": Command("web.cli.audit:app", "Verify the log of who did and heard what."),
}  # fmt: skip


class LazyGroup(TyperGroup):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command; None for an unknown name, which is a usage error."""
        command = COMMANDS.get(cmd_name)
        return _imported(cmd_name, command.target) if command else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Help of the whole, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])

    def invoke(self, ctx: Any) -> Any:
        """Run a command; our own errors become one line and exit code 1."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            own = own_error_in(error)
            if own is None or os.environ.get("SLOVO_DEBUG"):
                raise
            typer.echo(f"slovo: {own}", err=True)
            raise typer.Exit(1) from error


def own_error_in(error: BaseException) -> BaseException | None:
    """Return the error of our trees that this is, or that is in a group of parallel tasks' errors."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(own_error_in, error.exceptions)), None)
    if isinstance(error, OWN_ERRORS):
        return error
    web_errors = sys.modules.get("web.errors")  # only commands that serve pages have imported it
    of_the_pages = web_errors is not None and isinstance(error, web_errors.WebError)
    return error if of_the_pages else None


def _imported(name: str, target: str) -> Any:
    module_name, _, attribute = target.partition(":")
    found = getattr(importlib.import_module(module_name), attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    one = typer.Typer(add_completion=False, rich_markup_mode=None)
    one.command(name)(found)
    return typer.main.get_command(one)


app = typer.Typer(
    cls=LazyGroup,
    name="slovo",
    help="Slovo, a call-centre CRM on top of Asterisk.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(
    log_level: str = typer.Option(
        "info", envvar="SLOVO_LOG_LEVEL", help="debug, info, warning or error."
    ),
) -> None:
    """Slovo, a call-centre CRM on top of Asterisk."""
    from web.cli.logs import set_up_logs  # structlog is needed by no help text

    set_up_logs(log_level)


def main() -> None:
    """Entry point of the command `slovo`."""
    try:
        app(prog_name="slovo")
    except BrokenPipeError:
        # `slovo calls | head`: the reader has seen enough. Nothing more can be written, not even at exit.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        raise SystemExit(1) from None
