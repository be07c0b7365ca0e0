"""What somebody says about a client, and whether it can be accepted. Pure.

In: values as typed. Out: the same values in their kept form, or the first thing that is wrong with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crm import company_details
from crm.errors import Invalid
from crm.personal_data import PersonalData

NAME_LENGTH = 255
EMAIL_LENGTH = 255
_LENGTHS = {"legal_name": 500, "legal_address": 500, "address": 500, "source": 64}
_PER_CARD = 50
"""More phones, addresses or workplaces than this are a mistake, not a client."""


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number as somebody typed it."""

    raw: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A person is a contact person of this organisation."""

    organisation_id: int
    position: str = ""


@dataclass(frozen=True, slots=True)
class EmailField:
    """An e-mail address as somebody typed it."""

    address: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFields:
    """What somebody says about a client, in full: in an edit an empty text empties the field.

    Tuples, `personal` and `custom` that are None stay as they are (`clients.fields_of` gives what is known to start from).
    """

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
    confirmed: bool = True
    responsible_id: int | None = None
    numbers: tuple[NumberField, ...] | None = None
    emails: tuple[EmailField, ...] | None = None
    workplaces: tuple[Workplace, ...] | None = None
    personal: PersonalData | None = None
    custom: Mapping[str, object] | None = None
    """Key of a custom field → its value (`crm.custom_values`); keys that are not named stay as they are."""
    sample: bool = False


def checked(fields: ClientFields) -> ClientFields:
    """The fields as they are kept: single spaces in names, digits only in registration numbers.

    Raises:
        Invalid: a value that cannot be accepted; `field` names it.
    """
    if fields.kind not in ("person", "organisation"):
        raise Invalid("kind", f"{fields.kind!r} is neither person nor organisation")
    is_person = fields.kind == "person"
    name = " ".join(fields.name.split())
    if len(name) > NAME_LENGTH:
        raise Invalid("name", f"must not be longer than {NAME_LENGTH} characters")
    if not is_person and not name:
        raise Invalid("name", "an organisation needs a name")
    if not is_person and fields.workplaces:
        raise Invalid("workplaces", "an organisation belongs to no organisation")
    for rows, label in ((fields.workplaces, "workplaces"), (fields.numbers, "number")):
        if rows is not None and len(rows) > _PER_CARD:
            raise Invalid(label, "more than %(most)d on one card", most=_PER_CARD)
    texts: dict[str, Any] = {field: _short(field, getattr(fields, field)) for field in _LENGTHS}
    return replace(
        fields,
        name=name,
        inn=company_details.inn(fields.inn, of_person=is_person),
        kpp=company_details.kpp(fields.kpp),
        ogrn=company_details.ogrn(fields.ogrn),
        emails=None if fields.emails is None else _emails(fields.emails),
        workplaces=() if not is_person else _workplaces(fields.workplaces),
        **texts,
    )


def _short(field: str, text: str) -> str:
    text = text.strip()
    if len(text) > _LENGTHS[field]:
        raise Invalid(field, "must not be longer than %(most)d characters", most=_LENGTHS[field])
    return text


def _emails(emails: tuple[EmailField, ...]) -> tuple[EmailField, ...]:
    """Each address once, in the order given."""
    kept: dict[str, EmailField] = {}
    for email in emails:
        address = email.address.strip()
        name, at, host = address.rpartition("@")
        if not (name and at and host) or len(address.split()) != 1 or len(address) > EMAIL_LENGTH:
            raise Invalid("email", "%(typed)s is no e-mail address", typed=address[:80] or "“”")
        kept.setdefault(address.lower(), EmailField(address, email.label.strip()[:64]))
    if len(kept) > _PER_CARD:
        raise Invalid("email", "more than %(most)d on one card", most=_PER_CARD)
    return tuple(kept.values())


def _workplaces(places: tuple[Workplace, ...] | None) -> tuple[Workplace, ...] | None:
    if places is None:
        return None
    kept = {place.organisation_id: place for place in reversed(places)}
    return tuple(
        Workplace(place.organisation_id, place.position.strip()[:128])
        for place in reversed(kept.values())
    )
