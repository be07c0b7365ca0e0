"""All settings of an installation: defaults, then the TOML file of `SLOVO_CONFIG`, then the environment, which wins.

In: environment variables with the prefix `SLOVO_` and one TOML file with the same names in lower case and without the
prefix (`http_port = 8000`); several PBXs are tables `[[pbx]]` of that file. Out: one frozen `Settings`. Lists are written
`["a", "b"]` in TOML and `a, b` in a variable.

What the PBXs need is checked only when `Settings.pbxs` is asked for, so commands without a PBX need none of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from pydantic import Field, PrivateAttr, SecretStr, field_validator

from crm.errors import SettingInvalid, SettingMissing
from crm.settings import CrmSettings
from pbx.settings import PbxSettings
from web.pbx_settings import TABLES, OnePbx, read_pbxs
from web.settings_sources import (
    CONFIG,
    FILE_NAME,
    PREFIX,
    Sources,
    file_path,
    read,
    read_file,
)

__all__ = ["FILE_NAME", "PREFIX", "Settings", "file_path", "load", "read_file", "variables"]


class Settings(Sources, CrmSettings):
    """The settings of this installation; `pbxs` holds those of the PBXs. Build it with `load`."""

    model_config = CONFIG

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
    reconcile_settle_s: float = Field(
        default=60.0,
        ge=0,
        description="The PBX's own record of a call is read this many seconds after the call's end.",
    )
    reconcile_hour: int = Field(
        default=3, ge=0, le=23, description="Hour of the nightly comparison with the PBX's record."
    )
    secret_key: SecretStr | None = Field(
        default=None, description="Signs what pages hand out. Needed, and without a default."
    )
    _given: tuple[PbxSettings, ...] = PrivateAttr(default=())

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
    def pbxs(self) -> tuple[PbxSettings, ...]:
        """Each PBX; at least one. The first is meant where none is named.

        Raises:
            SettingInvalid: a value of them cannot be accepted.
        """
        return self._given or read_pbxs()

    @property
    def pbx_names(self) -> tuple[str, ...]:
        """Our names of the PBXs, the first one first."""
        return tuple(pbx.name for pbx in self.pbxs)

    def secret(self) -> str:
        """Return the key for signing, in clear.

        Raises:
            SettingMissing: `SLOVO_SECRET_KEY` is not set or empty.
        """
        value = self.secret_key.get_secret_value() if self.secret_key else ""
        if not value:
            raise SettingMissing("SLOVO_SECRET_KEY")
        return value


def load(pbxs: Sequence[PbxSettings] = ()) -> Settings:
    """Read and check all settings but those of the PBXs.

    Args:
        pbxs: PBXs to use instead of those that are set: the demonstration brings its own.

    Raises:
        SettingInvalid: a value, a name in the file, or the file itself cannot be accepted; says which and why.
    """
    settings = read(Settings)
    settings._given = tuple(pbxs)
    known = {name.lower().removeprefix(PREFIX.lower()) for name in variables()}
    for name in read_file():
        if name not in known and name != TABLES:
            raise SettingInvalid(name, f"no setting has this name ({file_path()})")
    return settings


def variables() -> dict[str, str]:
    """Name of every variable → what it is for."""
    fields = {**Settings.model_fields, **OnePbx.model_fields}
    fields["pbx_name"] = fields.pop("name")
    return {PREFIX + name.upper(): field.description or "" for name, field in fields.items()}
