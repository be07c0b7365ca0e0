"""`slovo import …`: what comes from elsewhere."""

from __future__ import annotations

import typer

from web.cli.clients_import import import_clients
from web.cli.recordings_import import import_recordings
from web.cli.transcripts_import import import_transcripts

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def imports() -> None:
    """Import what comes from elsewhere."""


app.command("transcripts")(import_transcripts)
app.command("clients")(import_clients)
app.command("recordings")(import_recordings)
