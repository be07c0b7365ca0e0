"""`slovo models`: which speech models there are, and how one comes in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from calls.errors import CallsError
from calls.transcripts.catalogue import CatalogueEntry
from calls.transcripts.model_fetch import Progress
from calls.transcripts.models import InstalledModel, ModelStore
from web.settings import load

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
TELEPHONE = ("no", "usable", "good", "best")


@app.callback()
def models() -> None:
    """Speech models: list, install, add from a file, verify."""


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Show the models of the catalogue and those that are installed."""
    store = _store()
    rows = _rows(store.entries, store.installed())
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        mark = "installed" if row["installed"] else ""
        size = f"{row['size_mb']} MB" if row["size_mb"] else ""
        telephone = f"telephone: {row['telephone']}" if row["telephone"] else ""
        typer.echo(
            f"{row['name']:<32} {row['lang']:<3} {size:>8}  {row['licence']:<11} {telephone:<18} {mark}".rstrip()
        )


def _rows(entries: Any, installed: list[InstalledModel]) -> list[dict[str, Any]]:
    by_name = {model.name: model for model in installed}
    rows = [_row(entry, by_name.pop(entry.name, None)) for entry in entries]
    return rows + [_row(None, model) for model in by_name.values()]


def _row(entry: CatalogueEntry | None, model: InstalledModel | None) -> dict[str, Any]:
    return {
        "name": entry.name if entry else model.name if model else "",
        "lang": entry.lang if entry else model.lang if model else "",
        "size_mb": entry.size_mb if entry else None,
        "ram_mb": entry.ram_mb if entry else None,
        "band": entry.band if entry else "",
        "licence": entry.licence if entry else "",
        "telephone": TELEPHONE[entry.telephone] if entry else "",
        "word_errors": entry.wer if entry else "",
        "installed": model is not None,
        "source": model.source if model else None,
        "path": str(model.path) if model else None,
        "rate_hz": model.rate_hz if model else None,
    }


@app.command()
def install(
    name: Annotated[str, typer.Argument(help="A name of `slovo models list`.")],
    mirror: Annotated[
        list[str] | None,
        typer.Option(help="Base URL to try before the publisher's; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a model, check it, load it once, and put it in place. A download that broke off goes on."""
    with _progress_bar() as progress:
        model = _store().install(name, mirror or (), progress)
    _tell(model, as_json)


@app.command()
def add(
    archive: Annotated[Path, typer.Argument(help="A model's zip, named as the model.")],
    as_json: AsJson = False,
) -> None:
    """Put a model from a zip in place, without a network."""
    _tell(_store().add(archive), as_json)


@app.command()
def verify(
    name: Annotated[str | None, typer.Argument(help="Default: all installed models.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check that models are whole, unchanged and load; exit code 1 if one is not."""
    store = _store()
    names = [name] if name else [model.name for model in store.installed()]
    found = [{"name": each, **_verified(store, each)} for each in names]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        for row in found:
            typer.echo(f"{row['name']}: {row['error'] or 'whole, and loads'}")
    if not found:
        typer.echo("slovo: no model is installed: see `slovo models list`", err=True)
    if not found or not all(row["ok"] for row in found):
        raise typer.Exit(1)


def _verified(store: ModelStore, name: str) -> dict[str, Any]:
    try:
        store.verify(name)
    except CallsError as error:
        return {"ok": False, "error": str(error)}
    return {"ok": True, "error": ""}


def _store() -> ModelStore:
    return ModelStore(load().data_dir / "models")


def _tell(model: InstalledModel, as_json: bool) -> None:
    row = {
        "name": model.name,
        "lang": model.lang,
        "path": str(model.path),
        "rate_hz": model.rate_hz,
    }
    typer.echo(json.dumps(row) if as_json else f"{model.name} is installed: {model.path}")


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    with Bar(
        BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("fetching", total=None)
        yield lambda have, total: bar.update(task, completed=have, total=total or None)
