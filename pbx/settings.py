"""What `pbx` must be told: where Asterisk is, who we are there, and which phones are ours.

In: values from the environment and the settings file, merged by `web.settings`. Out: one checked, frozen object.
The field `ami_host` is the variable `SLOVO_AMI_HOST`, and so on; units stand in the names and in the help texts.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from pbx.errors import SettingMissing


class PbxSettings(BaseModel):
    """Settings of one Asterisk. The secret has no default: `secret()` names it when it is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="main", min_length=1, description="Our name of this PBX.")
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
    connect_timeout_s: float = Field(default=5.0, gt=0, description="Connecting, in seconds.")
    action_timeout_s: float = Field(default=5.0, gt=0, description="An action's answer, seconds.")
    ping_interval_s: float = Field(default=5.0, gt=0, description="Between two pings, seconds.")
    ping_timeout_s: float = Field(default=5.0, gt=0, description="A ping's answer, seconds.")
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

    @model_validator(mode="after")
    def _ordered(self) -> PbxSettings:
        if self.reconnect_max_s < self.reconnect_min_s:
            raise ValueError("reconnect_max_s must not be less than reconnect_min_s")
        if self.max_message_bytes < self.max_line_bytes:
            raise ValueError("max_message_bytes must not be less than max_line_bytes")
        return self

    def secret(self) -> str:
        """Return the AMI secret in clear.

        Raises:
            SettingMissing: `SLOVO_AMI_SECRET` is not set or empty.
        """
        value = self.ami_secret.get_secret_value() if self.ami_secret else ""
        if not value:
            raise SettingMissing("SLOVO_AMI_SECRET")
        return value

    def tls_context(self) -> ssl.SSLContext | None:
        """Return how to check the AMI's certificate, or None for plain TCP.

        Raises:
            SettingMissing: the file of `SLOVO_AMI_TLS_CA` is not there.
        """
        if not self.ami_tls:
            return None
        if self.ami_tls_ca and not self.ami_tls_ca.is_file():
            raise SettingMissing(f"SLOVO_AMI_TLS_CA (no such file: {self.ami_tls_ca})")
        return ssl.create_default_context(cafile=str(self.ami_tls_ca) if self.ami_tls_ca else None)
