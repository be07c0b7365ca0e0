"""All settings of an installation: defaults, then the TOML file of `SLOVO_CONFIG`, then the environment, which wins.

In: environment variables with the prefix `SLOVO_` and one TOML file with the same names in lower case and without the
prefix (`http_port = 8000`). Out: one frozen `Settings`. Lists are written `["a", "b"]` in TOML and `a, b` in a variable.

Without `SLOVO_CONFIG`, `slovo.toml` in the data directory is read if it is there: that is where `slovo init` puts it.
What the PBX needs is checked only when `Settings.pbx` is asked for, so commands without a PBX need none of it.
"""

from __future__ import annotations

import os
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from crm.errors import SettingInvalid, SettingMissing
from crm.settings import CrmSettings
from pbx.settings import PbxSettings

PREFIX = "SLOVO_"
FILE_NAME = "slovo.toml"


class _Sources(BaseSettings):
    """Where values come from, and how lists are written; the same for all parts."""

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

    @field_validator("*", mode="before")
    @classmethod
    def _split_lists(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields[info.field_name or ""]
        if isinstance(value, str) and field.annotation == tuple[str, ...]:
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value


_CONFIG = SettingsConfigDict(
    env_prefix=PREFIX, env_ignore_empty=True, enable_decoding=False, extra="ignore", frozen=True
)


class _Pbx(_Sources, PbxSettings):
    """`PbxSettings`, read from our sources; its `name` is `SLOVO_PBX_NAME`."""

    model_config = _CONFIG

    name: str = Field(
        default="main",
        min_length=1,
        validation_alias=AliasChoices("SLOVO_PBX_NAME", "pbx_name"),
        description="Our name of this PBX.",
    )


class Settings(_Sources, CrmSettings):
    """The settings of this installation; `pbx` holds those of the PBX. Build it with `load`."""

    model_config = _CONFIG

    data_dir: Path = Field(
        default=Path("data"),
        validate_default=True,
        description="Directory of database, recordings and speech models.",
    )
    database_url: str = Field(
        default_factory=lambda known: f"sqlite:///{known.get('data_dir', 'data')}/slovo.db",
        min_length=1,
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    http_host: str = Field(default="127.0.0.1", min_length=1, description="Address of the pages.")
    http_port: int = Field(default=8000, ge=0, le=65535, description="TCP port; 0 = a free one.")
    speech_lang: str = Field(
        default="",
        max_length=8,
        description='Language of the calls ("ru", "en"); empty = that of the best installed model.',
    )
    secret_key: SecretStr | None = Field(
        default=None, description="Signs what pages hand out. Needed, and without a default."
    )

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.partition(":")[0].partition("+")[0]
        if scheme not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @cached_property
    def pbx(self) -> PbxSettings:
        """What the PBX side needs.

        Raises:
            SettingInvalid: a value of it cannot be accepted.
        """
        return _read(_Pbx)

    def secret(self) -> str:
        """Return the key for signing, in clear.

        Raises:
            SettingMissing: `SLOVO_SECRET_KEY` is not set or empty.
        """
        value = self.secret_key.get_secret_value() if self.secret_key else ""
        if not value:
            raise SettingMissing("SLOVO_SECRET_KEY")
        return value


_Part = TypeVar("_Part", bound=BaseModel)


def load() -> Settings:
    """Read and check all settings but those of the PBX.

    Raises:
        SettingInvalid: a value, a name in the file, or the file itself cannot be accepted; says which and why.
    """
    settings = _read(Settings)
    for name in read_file():
        if name not in {known.lower().removeprefix(PREFIX.lower()) for known in variables()}:
            raise SettingInvalid(name, f"no setting has this name ({file_path()})")
    return settings


def variables() -> dict[str, str]:
    """Name of every variable → what it is for."""
    fields = {**Settings.model_fields, **_Pbx.model_fields}
    fields["pbx_name"] = fields.pop("name")
    return {PREFIX + name.upper(): field.description or "" for name, field in fields.items()}


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


def _read(part: type[_Part]) -> _Part:
    try:
        return part()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        key = name if name.startswith(PREFIX) else PREFIX + name.upper()
        message = first["msg"].removeprefix("Value error, ")
        raise SettingInvalid(key.rstrip("_"), message) from error
