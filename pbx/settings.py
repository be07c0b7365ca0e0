"""What `pbx` must be told: where Asterisk is, who we are there, and which phones are ours.

In: values from the environment and the settings file, merged by `web.settings`. Out: one checked, frozen object.
The field `ami_host` is the variable `SLOVO_AMI_HOST`, or `ami_host` of the PBX's table; units stand in the names and in
the help texts.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from pbx.errors import SettingMissing

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
"""A PBX's name stands in addresses, in "north/101" and in file names."""


class PbxSettings(BaseModel):
    """Settings of one Asterisk. The secret has no default: `secret()` names it when it is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        default="main",
        pattern=NAME_PATTERN,
        description="Our name of this PBX: letters, digits, dots, hyphens.",
    )
    ami_host: str = Field(default="127.0.0.1", min_length=1, description="Host of the AMI.")
    ami_port: int = Field(default=5038, ge=1, le=65535, description="TCP port of the AMI.")
    ami_user: str = Field(default="slovo", min_length=1, description="Section of manager.conf.")
    ami_secret: SecretStr | None = Field(
        default=None, description="Secret of that section. Needed, and without a default."
    )
    ami_tls: bool = Field(default=False, description="Speak TLS (tlsenable in manager.conf).")
    ami_tls_ca: Path | None = Field(
        default=None, description="PEM file of the authority that signed the AMI's certificate."
    )
    recording_dir: Path | None = Field(
        default=None, description="Where the PBX leaves its recordings, as seen from here."
    )
    recording_url: str = Field(
        default="",
        description="Instead of recording_dir: fetch from sftp://USER@HOST/DIR or https://HOST/DIR/.",
    )
    recording_secret: SecretStr | None = Field(
        default=None,
        description="For recording_url: password, passphrase of the key, or without a user a bearer token.",
    )
    recording_key_file: Path | None = Field(
        default=None, description="For sftp: our private SSH key, instead of a password."
    )
    recording_known_hosts: Path = Field(
        default=Path("~/.ssh/known_hosts"),
        description="For sftp: file with the SSH host key of the PBX; no other key is accepted.",
    )
    recording_max_mb: int = Field(
        default=2048, ge=1, description="Larger files are not fetched, in MB."
    )
    recording_timeout_s: float = Field(
        default=600.0, gt=0, description="Fetching one recording, in seconds; it goes on later."
    )
    internal: str = Field(
        default=r"^\d{2,6}$",
        description="Regular expression of endpoint names that are our phones.",
    )
    trunks: tuple[str, ...] = Field(
        default=(), description="Endpoint names that are trunks, whatever `internal` says."
    )
    phone_channel: str = Field(
        default="PJSIP/{extension}",
        pattern=r"^[\w/@.{}-]+$",
        description="What click-to-call rings first; {extension} is the operator's.",
    )
    dial_context: str = Field(
        default="slovo-click-to-call",
        pattern=r"^[\w-]+$",
        description="Context of the dialplan in which click-to-call dials the number.",
    )
    cdr_csv: Path | None = Field(
        default=None, description="Asterisk's cdr-csv/Master.csv, as seen from here."
    )
    cdr_url: SecretStr | None = Field(
        default=None,
        description="Database of Asterisk's call records: sqlite:///FILE, postgresql://…, mysql://…",
    )
    cdr_table: str = Field(default="cdr", min_length=1, description="Table of call records there.")
    queue_log: Path | None = Field(
        default=None, description="Asterisk's queue_log, as seen from here."
    )
    queue_log_table: str = Field(
        default="", description="Table of the queue_log in the database of the call records."
    )
    cdr_time_zone: str = Field(
        default="",
        description='Zone of the times in call records ("UTC"); empty = told by the records themselves.',
    )
    connect_timeout_s: float = Field(default=5.0, gt=0, description="Connecting, in seconds.")
    action_timeout_s: float = Field(default=5.0, gt=0, description="An action's answer, seconds.")
    ping_interval_s: float = Field(default=5.0, gt=0, description="Between two pings, seconds.")
    ping_timeout_s: float = Field(default=5.0, gt=0, description="A ping's answer, seconds.")
    heartbeat_s: float = Field(
        default=10.0, gt=0, description="Noting that the PBX is heard, seconds between."
    )
    look_interval_s: float = Field(
        default=60.0, gt=0, description="Asking which channels there are, seconds between."
    )
    reconnect_min_s: float = Field(
        default=1.0, gt=0, description="First wait before a new connection, in seconds."
    )
    reconnect_max_s: float = Field(
        default=30.0, gt=0, description="Longest wait before a new connection, in seconds."
    )
    login_attempts: int = Field(
        default=3, ge=1, description="Refused logins in a row before we stop and raise the alarm."
    )
    max_line_bytes: int = Field(
        default=65_536, ge=256, description="A longer header line is dropped and counted."
    )
    max_message_bytes: int = Field(
        default=1_048_576, ge=1024, description="A longer message is dropped and counted."
    )
    max_queued_events: int = Field(
        default=20_000, ge=1, description="More unread events than this stop reading the socket."
    )

    @field_validator("internal")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from error
        return value

    @field_validator("cdr_time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key if value else ""
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone such as Europe/Moscow or UTC") from error

    @field_validator("recording_url")
    @classmethod
    def _fetchable(cls, value: str) -> str:
        if not value:
            return value
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - raises for a wrong one
        except ValueError as error:
            raise ValueError(f"is no address: {error}") from error
        if parts.scheme not in ("sftp", "http", "https") or not parts.hostname:
            raise ValueError("must be sftp://USER@HOST/DIR, https://HOST/DIR/ or http://HOST/DIR/")
        if parts.password is not None:
            raise ValueError("must hold no password: that is recording_secret")
        if parts.query or parts.fragment:
            raise ValueError("must end with the directory, without ? and #")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> PbxSettings:
        if self.recording_dir and self.recording_url:
            raise ValueError("set recording_dir or recording_url, not both")
        return self

    @model_validator(mode="after")
    def _ordered(self) -> PbxSettings:
        if self.reconnect_max_s < self.reconnect_min_s:
            raise ValueError("reconnect_max_s must not be less than reconnect_min_s")
        if self.max_message_bytes < self.max_line_bytes:
            raise ValueError("max_message_bytes must not be less than max_line_bytes")
        return self

    def key(self, field: str) -> str:
        """How an administrator names this field: the variable, or the table and key that set it."""
        return f"SLOVO_{field.upper()}"

    def secret(self) -> str:
        """Return the AMI secret in clear.

        Raises:
            SettingMissing: `SLOVO_AMI_SECRET` is not set or empty.
        """
        value = self.ami_secret.get_secret_value() if self.ami_secret else ""
        if not value:
            raise SettingMissing(self.key("ami_secret"))
        return value

    def tls_context(self) -> ssl.SSLContext | None:
        """Return how to check the AMI's certificate, or None for plain TCP.

        Raises:
            SettingMissing: the file of `ami_tls_ca` is not there.
        """
        if not self.ami_tls:
            return None
        if self.ami_tls_ca and not self.ami_tls_ca.is_file():
            raise SettingMissing(f"{self.key('ami_tls_ca')} (no such file: {self.ami_tls_ca})")
        return ssl.create_default_context(cafile=str(self.ami_tls_ca) if self.ami_tls_ca else None)
