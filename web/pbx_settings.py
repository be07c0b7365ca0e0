"""The PBXs of an installation: tables `[[pbx]]` in the settings file, or the one PBX that the variables describe.

In: the settings file and the environment. Out: one checked `PbxSettings` for each PBX, in the order of the file; the first
is the one that is meant where no PBX is named. With tables, the variables of the one PBX would describe nothing any more:
they are refused rather than passed over.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from pydantic import AliasChoices, Field, ValidationError

from crm.errors import SettingInvalid
from pbx.settings import NAME_PATTERN, PbxSettings
from web.settings_sources import (
    CONFIG,
    PREFIX,
    Lists,
    Sources,
    file_path,
    first_fault,
    read,
    read_file,
)

TABLES = "pbx"
_NAME = PbxSettings.model_fields["name"].description


class OnePbx(Sources, PbxSettings):
    """`PbxSettings`, read from our sources; its `name` is `SLOVO_PBX_NAME`."""

    model_config = CONFIG

    name: str = Field(
        default="main",
        pattern=NAME_PATTERN,
        validation_alias=AliasChoices("SLOVO_PBX_NAME", "pbx_name"),
        description=_NAME,
    )

    def key(self, field: str) -> str:
        """The variable that sets this field."""
        return PREFIX + ("PBX_NAME" if field == "name" else field.upper())


class _Table(Lists, PbxSettings):
    """`PbxSettings` of one table."""

    name: str = Field(pattern=NAME_PATTERN, description=_NAME)

    def key(self, field: str) -> str:
        """Table and key of this field."""
        return table_key(self.name, field)


def table_key(table: str, field: str) -> str:
    """How errors name a key of a table: `[[pbx]] north, ami_port`."""
    return f"[[{TABLES}]] {table}" + (f", {field}" if field else "")


def are_tables() -> bool:
    """Whether the settings file has tables, so that the variables of one PBX mean nothing."""
    return TABLES in read_file()


def names_of_one() -> set[str]:
    """The names at the top of the file that describe the one PBX of an installation without tables."""
    return {"pbx_name", *PbxSettings.model_fields} - {"name"}


def read_pbxs() -> tuple[PbxSettings, ...]:
    """Read and check all PBXs; there is at least one.

    Raises:
        SettingInvalid: a value cannot be accepted, two PBXs have the same name or address, or variables of one PBX stand
            beside tables of several.
    """
    tables = read_file().get(TABLES)
    if tables is None:
        return (read(OnePbx),)
    if not isinstance(tables, list) or not tables:
        raise SettingInvalid(TABLES, f"write a table [[{TABLES}]] for each PBX ({file_path()})")
    _refuse_one_beside()
    found = tuple(_table(table, number) for number, table in enumerate(tables, start=1))
    _refuse_twice(found)
    return found


def _table(table: Any, number: int) -> PbxSettings:
    shown = table.get("name") if isinstance(table, dict) else None
    try:
        return _Table.model_validate(table)
    except ValidationError as error:
        field, why = first_fault(error)
        raise SettingInvalid(table_key(str(shown or f"no. {number}"), field), why) from error


def _refuse_one_beside() -> None:
    named = names_of_one()
    wrong = [name for name in read_file() if name in named]
    wrong += [name for name in map(_variable, sorted(named)) if os.environ.get(name)]
    if wrong:
        why = (
            f"describes one PBX, and {file_path()} has tables [[{TABLES}]]: "
            "write it into the table of the PBX that it is meant for"
        )
        raise SettingInvalid(wrong[0], why)


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _refuse_twice(found: Iterable[PbxSettings]) -> None:
    """Two names for one PBX would make two of each call; one name for two would mix them."""
    names: set[str] = set()
    places: dict[tuple[str, int], str] = {}
    for one in found:
        if one.name.casefold() in names:
            raise SettingInvalid(one.key("name"), "another table has this name already")
        names.add(one.name.casefold())
        other = places.setdefault((one.ami_host.casefold(), one.ami_port), one.name)
        if other != one.name:
            why = f"{one.ami_host}:{one.ami_port} is PBX {other} already"
            raise SettingInvalid(one.key("ami_host"), why)
