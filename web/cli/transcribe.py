"""`slovo transcribe`: a sound file read by the offline engine, on the terminal or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from calls.transcripts.engine import Progress, SideSource, sides_of
from calls.transcripts.models import ModelStore
from calls.transcripts.segments import Side, TranscriptResult
from calls.transcripts.vosk_engine import VoskEngine
from web.settings import load


def transcribe(
    file: Annotated[
        Path | None,
        typer.Argument(help="A sound file; stereo: left is the client, right the operator."),
    ] = None,
    client: Annotated[Path | None, typer.Option(help="The client's side, in its own file.")] = None,
    operator: Annotated[
        Path | None, typer.Option(help="The operator's side, in its own file.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Directory of a Vosk model; default: the installed one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Transcribe a sound file: wav of every kind, gsm, ogg, flac, mp3; g722 and g729 where ffmpeg is."""
    sources = _sources(file, client, operator)
    store = ModelStore(load().data_dir / "models")
    engine = VoskEngine(model if model is not None else store.default_for("").path)
    try:
        with _progress_bar() as progress:
            result = engine.transcribe(sources, progress)
    finally:
        engine.close()
    for warning in result.warnings:
        typer.echo(f"slovo: {warning}", err=True)
    typer.echo(json.dumps(result.to_json(), ensure_ascii=False) if as_json else _as_text(result))


def _sources(file: Path | None, client: Path | None, operator: Path | None) -> Sequence[SideSource]:
    if file is not None and client is None and operator is None:
        return sides_of(file)
    if file is None and client is not None and operator is not None:
        return (SideSource(Side.CLIENT, client), SideSource(Side.OPERATOR, operator))
    raise typer.BadParameter("give FILE, or --client FILE and --operator FILE")


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    """A bar on a terminal, on standard error; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("listening", total=1.0)
        yield lambda done: bar.update(task, completed=done)


def _as_text(result: TranscriptResult) -> str:
    turns = sorted(
        (turn.start_s, channel.side.value, turn.text)
        for channel in result.channels
        for turn in channel.utterances
    )
    if not turns:
        return "nothing was said, or nothing was recognised"
    return "\n".join(f"{_clock(start_s)}  {side:<8}  {text}" for start_s, side, text in turns)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:3d}:{rest:02d}"
