"""Where the values of settings come from: the environment, then the TOML file.

In: variables with the prefix `SLOVO_` and the file of `SLOVO_CONFIG`; without that, `slovo.toml` in the data directory is
read if it is there: that is where `slovo init` puts it. Out: models filled from both, or an error that names the setting.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from crm.errors import SettingInvalid

PREFIX = "SLOVO_"
FILE_NAME = "slovo.toml"
CONFIG = SettingsConfigDict(
    env_prefix=PREFIX, env_ignore_empty=True, enable_decoding=False, extra="ignore", frozen=True
)


class Lists(BaseModel):
    """Lists may be written `["a", "b"]` or `a, b`; the same for all parts."""

    @field_validator("*", mode="before")
    @classmethod
    def _split_lists(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields[info.field_name or ""]
        if isinstance(value, str) and field.annotation == tuple[str, ...]:
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value


class Sources(Lists, BaseSettings):
    """Settings that are read from the environment and from the names at the top of the file."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Explicit values, then the environment, then the file."""
        return (init_settings, env_settings, InitSettingsSource(settings_cls, read_file()))


def file_path() -> Path | None:
    """The settings file, or None when there is none: `SLOVO_CONFIG`, else `slovo.toml` in the data directory."""
    named = os.environ.get("SLOVO_CONFIG")
    if named:
        return Path(named).expanduser().absolute()
    usual = Path(os.environ.get("SLOVO_DATA_DIR") or "data").expanduser().absolute() / FILE_NAME
    return usual if usual.is_file() else None


def read_file() -> dict[str, Any]:
    """The values of the settings file as written, {} when there is none.

    Raises:
        SettingInvalid: `SLOVO_CONFIG` names a file that is not there, cannot be read or is no TOML.
    """
    path = file_path()
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        why = f"cannot read {path}: {error.strerror}; `slovo init` writes this file"
        raise SettingInvalid("SLOVO_CONFIG", why) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingInvalid("SLOVO_CONFIG", f"{path} is no TOML file: {error}") from error


Part = TypeVar("Part", bound=BaseModel)


def read(part: type[Part]) -> Part:
    """Fill a part of the settings.

    Raises:
        SettingInvalid: a value cannot be accepted; names its variable and says why.
    """
    try:
        return part()
    except ValidationError as error:
        name, why = first_fault(error)
        key = name if name.startswith(PREFIX) else PREFIX + name.upper()
        raise SettingInvalid(key.rstrip("_"), why) from error


def first_fault(error: ValidationError) -> tuple[str, str]:
    """The field that is wrong ("" for a fault between fields), and why."""
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return name, "no setting has this name; `slovo settings` lists all"
    return name, first["msg"].removeprefix("Value error, ")
