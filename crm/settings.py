"""What `crm` must be told: the company's numbers, zone and language, and how long a login lasts.

In: values from the environment and the settings file, merged by `web.settings`. Out: checked fields. The field
`contact_min_s` is the variable `SLOVO_CONTACT_MIN_S`, and so on; units stand in the names and in the help texts.
"""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from pbx.actions import MEMBER_SIGNS


class CrmSettings(BaseModel):
    """Settings of the company: region, zone, language, own numbers, logins, e-mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str = Field(
        default="RU", description="Country (ISO 3166, two letters) of numbers without a country."
    )
    time_zone: str = Field(
        default="Europe/Moscow", description="IANA name of the zone in which times are shown."
    )
    locale: Literal["ru", "en"] = Field(
        default="ru", description="Language of pages for people who did not choose one."
    )
    own_numbers: tuple[str, ...] = Field(
        default=(), description="Numbers of the company itself: these never become clients."
    )
    contact_min_s: float = Field(
        default=5.0, ge=0, description="A shorter talk (seconds) does not count as a contact."
    )
    pause_reasons: tuple[str, ...] = Field(
        default=("lunch", "break", "training", "paperwork"),
        description="Reasons for a pause that people choose from; in the words that they shall read.",
    )
    pause_free_text: bool = Field(
        default=True, description="Whether a reason for a pause may also be typed."
    )
    wrap_up_s: float = Field(
        default=0.0,
        ge=0,
        le=3600,
        description="Wrap-up after each talk with a client (seconds); a queue's own counts if longer.",
    )
    free_seating: bool = Field(
        default=True, description="Whether people choose the phone at which they sit."
    )
    seat_queues: bool = Field(
        default=False,
        description="Whether sitting down logs the phone into the person's queues, and leaving out.",
    )
    session_hours: float = Field(
        default=12.0, gt=0, le=24 * 366, description="A login ends after so many idle hours."
    )
    session_max_hours: float = Field(
        default=24.0 * 7, gt=0, le=24 * 366, description="A login ends after so many hours at all."
    )
    password_attempts: int = Field(
        default=5, ge=1, description="Wrong passwords for one login before it has to wait."
    )
    address_attempts: int = Field(
        default=50, ge=1, description="Failed logins from one address before it has to wait."
    )
    password_lockout_s: float = Field(
        default=300.0, gt=0, description="How long (seconds) failed logins count, and block."
    )
    public_url: str = Field(
        default="",
        description="Address at which people open the pages (https://crm.company.ru), for links in e-mails.",
    )
    timestamp_url: str = Field(
        default="",
        description="Time-stamp server (RFC 3161) for proof packs; it gets a hash only. Empty = none.",
    )
    smtp_host: str = Field(
        default="",
        description="Server that sends e-mails of reminders; empty = none, and none are offered.",
    )
    smtp_port: int = Field(
        default=0, ge=0, le=65535, description="Its port; 0 = 587, 465 with tls, 25 with none."
    )
    smtp_user: str = Field(default="", description="Login there; empty = without.")
    smtp_password: SecretStr | None = Field(default=None, description="Password there.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to it is encrypted."
    )
    smtp_from: str = Field(default="", description="Sender of the e-mails: Slovo <crm@company.ru>.")

    @field_validator("region")
    @classmethod
    def _is_region(cls, value: str) -> str:
        region = value.strip().upper()
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"{value!r} is no country code such as RU, KZ, BY")
        return region

    @field_validator("pause_reasons")
    @classmethod
    def _are_reasons(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for reason in value:
            wrong = set(reason) & set(MEMBER_SIGNS) or not reason.isprintable()
            if not reason.strip() or len(reason) > 80 or wrong:
                why = "is no reason: 1 to 80 printable characters, and no | or ;"
                raise ValueError(f"{reason!r} {why}")
        return tuple(dict.fromkeys(reason.strip() for reason in value))

    @field_validator("public_url", "timestamp_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("smtp_from")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        if value and ("@" not in value or not value.isprintable()):
            raise ValueError(f"{value!r} is no sender such as Slovo <crm@company.ru>")
        return value.strip()

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone such as Europe/Moscow") from error
        return value
