"""`slovo settings`: the values that are in force, secrets masked."""

from __future__ import annotations

import json
import re
from typing import Any

import typer
from pydantic import BaseModel, SecretStr

from web.settings import PREFIX, file_path, load, variables

MASK = "********"


def settings(
    as_json: bool = typer.Option(False, "--json", help="One JSON object: variable → value."),
) -> None:
    """Print the settings that are in force, secrets masked, each as the variable that sets it."""
    values = effective()
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    typer.echo(f"settings file: {file_path() or 'none'}", err=True)
    helps = variables()
    for name, value in values.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        typer.echo(f"{name}={'' if shown is None else shown}")
        typer.echo(f"    {helps[name]}")


def effective() -> dict[str, Any]:
    """Variable → value in force as plain JSON types, secrets masked.

    Raises:
        SettingInvalid: a value cannot be accepted.
    """
    loaded = load()
    values = {**_plain(loaded), **_plain(loaded.pbx)}
    values["pbx_name"] = values.pop("name")
    masked = {PREFIX + name.upper(): _masked(value) for name, value in values.items()}
    url = str(masked["SLOVO_DATABASE_URL"])
    url = re.sub(r"(://[^:/@]*):.*@", rf"\1:{MASK}@", url)  # a password may hold "@" and ":" itself
    masked["SLOVO_DATABASE_URL"] = re.sub(r"(password=)[^&]*", rf"\1{MASK}", url)
    return masked


def _plain(model: BaseModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in type(model).model_fields}


def _masked(value: object) -> Any:
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else None
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
