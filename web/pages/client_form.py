"""The form of a client: what was typed, as text.

In: a request, or what is known of a client. Out: values for the template, and for comparing two editors' versions.
`web.pages.client_typed` says what the text means.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from crm.personal_data import PersonalData
from crm.tables import Client
from web.pages.custom_form import PREFIX, read_custom

SPARE_ROWS = 1
Pair = tuple[str, str]

_ROWS = {
    "numbers": ("number", "number_label"),
    "emails": ("email", "email_label"),
    "workplaces": ("workplace", "company", "position"),
}
"""List → its inputs, one per column; the row counts if a typed column has text."""
_TEXTS = (
    "kind", "name", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address", "source", "notes",
    "responsible", "born_on", "sex", "home_address", "passport",
)  # fmt: skip


@dataclass(kw_only=True)
class ClientForm:
    """The form's values, as text."""

    kind: str = "person"
    name: str = ""
    legal_name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    legal_address: str = ""
    address: str = ""
    source: str = ""
    notes: str = ""
    responsible: str = ""
    numbers: list[Pair] = field(default_factory=list)
    """(number, what it is)."""
    emails: list[Pair] = field(default_factory=list)
    """(address, what it is)."""
    workplaces: list[tuple[str, str, str]] = field(default_factory=list)
    """(id of the organisation if known, its name, position there)."""
    born_on: str = ""
    """ISO 8601."""
    sex: str = ""
    home_address: str | None = None
    passport: str | None = None
    """None: not shown to this person, so not asked."""
    custom: dict[str, list[str]] = field(default_factory=dict)
    """Key of a custom field → what stands in its input."""

    @classmethod
    def read(cls, data: FormData, start: ClientForm | None = None) -> ClientForm:
        """What somebody sent; what the form did not ask for stays as in `start`."""
        form = cls(**vars(start)) if start is not None else cls()
        for name in _TEXTS:
            if name in data:
                setattr(form, name, str(data[name]))
        for name, columns in _ROWS.items():
            if any(column in data for column in columns):
                setattr(form, name, _rows(data, columns))
        form.custom = {**form.custom, **read_custom(data)}
        return form

    @classmethod
    def of(
        cls, client: Client, personal: PersonalData, custom: Mapping[str, list[str]]
    ) -> ClientForm:
        """What is known of a client.

        Args:
            client: with numbers, addresses and workplaces loaded.
            personal: as the editing person may see it.
            custom: key → what stands in the input (`web.pages.custom_form.typed_texts`).
        """
        plain = ("kind", "name", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address",
                 "source", "notes")  # fmt: skip
        return cls(
            **{name: getattr(client, name) for name in plain},
            responsible=str(client.responsible_id or ""),
            numbers=[(number.raw, number.label) for number in client.numbers],
            emails=[(email.address, email.label) for email in client.emails],
            workplaces=[
                (str(place.organisation_id), place.organisation.name, place.position)
                for place in client.workplaces
                if place.organisation.is_listed
            ],
            born_on=personal.born_on.isoformat() if personal.born_on else "",
            sex=personal.sex,
            home_address=personal.home_address,
            passport=personal.passport,
            custom=dict(custom),
        )

    @property
    def number_rows(self) -> list[Pair]:
        """The numbers and an empty row."""
        return [*self.numbers, *[("", "")] * SPARE_ROWS]

    @property
    def email_rows(self) -> list[Pair]:
        """The addresses and an empty row."""
        return [*self.emails, *[("", "")] * SPARE_ROWS]

    @property
    def workplace_rows(self) -> list[tuple[str, str, str]]:
        """The workplaces and an empty row."""
        return [*self.workplaces, *[("", "", "")] * SPARE_ROWS]

    def values(self) -> dict[str, Any]:
        """All values by field, in the shape that JSON gives back: for comparing versions. Custom ones are "custom.KEY"."""
        plain: dict[str, Any] = json.loads(json.dumps(vars(self)))
        return plain | {PREFIX + key: texts for key, texts in plain.pop("custom").items()}

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> ClientForm:
        """The form with these values.

        Raises:
            TypeError: they are no values of a form.
        """
        plain = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
        if any(value is not None and not isinstance(value, str) for value in _some(plain, _TEXTS)):
            raise TypeError("a text of the form is no text")
        rows = {
            name: [tuple(map(str, row)) for row in values.get(name, []) if len(row) == len(columns)]
            for name, columns in _ROWS.items()
        }
        custom = {
            name.removeprefix(PREFIX): [str(one) for one in texts]
            for name, texts in values.items()
            if name.startswith(PREFIX)
        }
        return cls(**{**plain, **rows, "custom": custom})

    def as_json(self) -> str:
        """The values as the form carries them along."""
        return json.dumps(self.values(), ensure_ascii=False)


def base_of(data: FormData) -> dict[str, Any] | None:
    """What the editing person saw when the form was opened; None if it does not say so."""
    try:
        values = json.loads(str(data.get("base", "")))
        return ClientForm.of_values(values).values()
    except (ValueError, TypeError, AttributeError):
        return None


def _some(values: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    return [values[name] for name in names if name in values]


def _rows(data: FormData, columns: tuple[str, ...]) -> list[Any]:
    lists = [[str(one).strip() for one in data.getlist(column)] for column in columns]
    longest = max(len(one) for one in lists)
    padded = [one + [""] * (longest - len(one)) for one in lists]
    # The hidden id alone is no row: the name beside it was emptied, so the workplace shall go.
    typed = 1 if columns[0] == "workplace" else 0
    return [row for row in zip(*padded, strict=True) if row[typed]]
