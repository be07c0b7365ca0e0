"""`slovo settings`: the values that are in force, secrets masked."""

from __future__ import annotations

import json
import re
from typing import Any

import typer
from pydantic import BaseModel, SecretStr

from web.pbx_settings import TABLES, are_tables
from web.settings import PREFIX, file_path, load, variables

MASK = "********"


def settings(
    as_json: bool = typer.Option(
        False, "--json", help="One JSON object: variable → value; several PBXs as a list, `pbx`."
    ),
) -> None:
    """Print the settings that are in force, secrets masked, each as the variable or the table's key that sets it."""
    values = effective()
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    typer.echo(f"settings file: {file_path() or 'none'}", err=True)
    helps = variables()
    for name, value in values.items():
        if name != TABLES:
            typer.echo(f"{name}={_shown(value)}")
            typer.echo(f"    {helps[name]}")
    for table in values.get(TABLES, ()):
        typer.echo(f"\n[[{TABLES}]] {table['name']}")
        for name, value in table.items():
            typer.echo(f"{name}={_shown(value)}")


def effective() -> dict[str, Any]:
    """Variable → value in force as plain JSON types, secrets masked; PBXs of tables under `pbx`.

    Raises:
        SettingInvalid: a value cannot be accepted.
    """
    loaded = load()
    masked = {_variable(name): value for name, value in _plain(loaded).items()}
    url = str(masked["SLOVO_DATABASE_URL"])
    url = re.sub(r"(://[^:/@]*):.*@", rf"\1:{MASK}@", url)  # a password may hold "@" and ":" itself
    masked["SLOVO_DATABASE_URL"] = re.sub(r"(password=)[^&]*", rf"\1{MASK}", url)
    if are_tables():
        masked[TABLES] = [_plain(pbx) for pbx in loaded.pbxs]
    else:
        (one,) = loaded.pbxs
        masked |= {one.key(name): value for name, value in _plain(one).items()}
    return masked


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _shown(value: Any) -> Any:
    shown = ", ".join(value) if isinstance(value, list) else value
    return "" if shown is None else shown


def _plain(model: BaseModel) -> dict[str, Any]:
    return {name: _masked(getattr(model, name)) for name in type(model).model_fields}


def _masked(value: object) -> Any:
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else None
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
