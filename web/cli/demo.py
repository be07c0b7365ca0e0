"""`slovo demo`: the product with a simulated PBX and sample clients."""

from __future__ import annotations

import typer

from web import event_loop
from web.settings import load


def demo(
    clients: int = typer.Option(48, min=12, max=1_000_000, help="How many sample clients."),
) -> None:
    """Run Slovo with its built-in PBX simulator and sample data; nothing else is needed.

    Prints the accounts to log in with on standard output.
    """
    from web.demo.people import Account
    from web.demo.run import run

    settings = load()

    def show(accounts: list[Account]) -> None:
        typer.echo("\nSample accounts:")
        for account in accounts:
            typer.echo(
                f"  {account.login:<6} {account.password}  {account.role:<13} {account.name}"
            )

    def ready(port: int) -> None:
        typer.echo(f"\nSlovo is ready: http://{settings.http_host}:{port}  (Ctrl+C stops it)\n")

    event_loop.run(run(clients, show, ready))
