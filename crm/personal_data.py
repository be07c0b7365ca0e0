"""Personal data of a person: values as typed and as kept. Pure.

`born_on` and `sex` are shown to everybody who sees the client; `home_address` and `passport` only to those with
`Permission.PERSONAL_SEE` (`crm.personal`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from crm.errors import Invalid

SEXES = ("", "female", "male")
OLDEST = date(1880, 1, 1)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is known of a person. `home_address` and `passport` None: not shown, and left as they are."""

    born_on: date | None = None
    sex: str = ""
    home_address: str | None = None
    passport: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not (self.born_on or self.sex or self.home_address or self.passport)


def checked(data: PersonalData, today: date) -> PersonalData:
    """The data as they are kept.

    Raises:
        Invalid: a value that cannot be accepted.
    """
    if data.sex not in SEXES:
        raise Invalid("sex", "choose female, male or nothing")
    if data.born_on is not None and not OLDEST <= data.born_on <= today:
        raise Invalid("born_on", "the date of birth must lie between 1880 and today")
    return replace(
        data,
        home_address=_text("home_address", data.home_address, 500),
        passport=_text("passport", data.passport, 255),
    )


def _text(field: str, value: str | None, most: int) -> str | None:
    if value is None:
        return None
    value = value.strip()
    if len(value) > most:
        raise Invalid(field, "must not be longer than %(most)d characters", most=most)
    return value
