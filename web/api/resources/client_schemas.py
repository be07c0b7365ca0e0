"""Clients as the API takes and gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crm.client_fields import ClientFields, EmailField, NumberField, Workplace
from crm.tables import Client
from web.api.operation import Schema
from web.api.paging import PageQuery
from web.api.values import Id, Time, TimeIn, Version

Text = Annotated[str, StringConstraints(max_length=255)]
Long = Annotated[str, StringConstraints(max_length=500)]
_PLAIN = (
    "name", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address", "source", "notes",
)  # fmt: skip


CustomIn = (
    bool
    | int
    | Annotated[float, Field(allow_inf_nan=False)]
    | Annotated[str, StringConstraints(max_length=10_000)]
    | Annotated[list[Annotated[str, StringConstraints(max_length=255)]], Field(max_length=200)]
    | None
)
"""A value of an own field: numbers and sums may also be text, days are text such as "2026-11-22"."""
CustomOut = bool | int | str | list[str]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a client's row: tags, own fields, and which of its other side the asker may see."""

    tags: list[str]
    custom: Mapping[str, bool | int | str | list[str]]
    seen: set[int]


class NumberIn(Schema):
    """A telephone number as typed."""

    raw: str = Field(min_length=1, max_length=128, examples=["8 (900) 100-00-01"])
    label: str = Field(default="", max_length=64)


class NumberOut(NumberIn):
    """A telephone number, also in E.164 where it is a real one."""

    e164: str | None


class EmailIn(Schema):
    """An address of e-mail."""

    address: str = Field(min_length=3, max_length=255)
    label: str = Field(default="", max_length=64)


class WorkplaceIn(Schema):
    """A person is a contact person of an organisation."""

    organisation_id: Id
    position: str = Field(default="", max_length=128)


class _Parts(Schema):
    numbers: list[NumberIn] = Field(default_factory=list, max_length=50)
    emails: list[EmailIn] = Field(default_factory=list, max_length=50)
    workplaces: list[WorkplaceIn] = Field(
        default_factory=list, max_length=50, description="Of a person only."
    )


class ClientIn(_Parts):
    """A new client: a name or a number at least; an organisation needs a name."""

    kind: Literal["person", "organisation"] = "person"
    name: Text = ""
    legal_name: Long = ""
    inn: Text = ""
    kpp: Text = ""
    ogrn: Text = ""
    legal_address: Long = ""
    address: Long = ""
    source: str = Field(default="api", max_length=64)
    notes: str = Field(default="", max_length=20_000)
    responsible_id: Id | None = None
    custom: dict[str, CustomIn] | None = Field(
        default=None, description="Own fields of the company, by key."
    )

    def fields(self) -> ClientFields:
        """What it says, as `crm` takes it."""
        return ClientFields(
            kind=self.kind,
            **{name: getattr(self, name) for name in _PLAIN},
            responsible_id=self.responsible_id,
            numbers=numbers_of(self.numbers),
            emails=emails_of(self.emails),
            workplaces=workplaces_of(self.workplaces),
            custom=self.custom,
        )


class ClientPatch(Schema):
    """What shall be different; what is left out stays."""

    version: Version
    name: Text | None = None
    legal_name: Long | None = None
    inn: Text | None = None
    kpp: Text | None = None
    ogrn: Text | None = None
    legal_address: Long | None = None
    address: Long | None = None
    source: str | None = Field(default=None, max_length=64)
    notes: str | None = Field(default=None, max_length=20_000)
    responsible_id: Id | None = Field(default=None, description="null: nobody.")
    numbers: list[NumberIn] | None = Field(default=None, max_length=50)
    emails: list[EmailIn] | None = Field(default=None, max_length=50)
    workplaces: list[WorkplaceIn] | None = Field(default=None, max_length=50)
    custom: dict[str, CustomIn] | None = Field(
        default=None, description="By key; keys that are left out stay, null empties a field."
    )

    def changes(self) -> dict[str, object]:
        """Fields of `ClientFields` that shall be different."""
        found: dict[str, object] = {
            name: getattr(self, name) for name in _PLAIN if getattr(self, name) is not None
        }
        if "responsible_id" in self.model_fields_set:
            found["responsible_id"] = self.responsible_id
        if self.numbers is not None:
            found["numbers"] = numbers_of(self.numbers)
        if self.emails is not None:
            found["emails"] = emails_of(self.emails)
        if self.workplaces is not None:
            found["workplaces"] = workplaces_of(self.workplaces)
        if self.custom is not None:
            found["custom"] = self.custom
        return found


class WorkplaceOut(Schema):
    """Where a person works, or who works at an organisation."""

    client_id: int
    name: str
    position: str


class ClientOut(Schema):
    """A client."""

    id: int
    kind: Literal["person", "organisation"]
    name: str
    legal_name: str
    inn: str
    kpp: str
    ogrn: str
    legal_address: str
    address: str
    source: str
    notes: str
    confirmed: bool = Field(description="false: made by a call, no person looked at it yet.")
    responsible_id: int | None
    mailing_consent: bool | None
    recording_consent: bool | None
    last_contact_at: Time | None
    created_at: Time
    updated_at: Time
    version: int
    numbers: list[NumberOut]
    emails: list[EmailIn]
    workplaces: list[WorkplaceOut] = Field(description="Of a person: organisations.")
    staff: list[WorkplaceOut] = Field(description="Of an organisation: contact persons.")
    tags: list[str]
    custom: dict[str, CustomOut] = Field(description="Own fields of the company, by key.")

    @classmethod
    def of(cls, client: Client, beside: Beside) -> ClientOut:
        """A loaded client, with those of its other side that the asker may see."""
        plain = {
            name: getattr(client, name)
            for name in cls.model_fields
            if name not in ("numbers", "emails", "workplaces", "staff", "tags", "custom")
        }
        return cls(
            **plain,
            numbers=[NumberOut(raw=n.raw, label=n.label, e164=n.e164) for n in client.numbers],
            emails=[
                EmailIn.model_construct(address=e.address, label=e.label) for e in client.emails
            ],
            workplaces=[
                WorkplaceOut(
                    client_id=p.organisation_id, name=p.organisation.name, position=p.position
                )
                for p in client.workplaces
                if p.organisation_id in beside.seen
            ],
            staff=[
                WorkplaceOut(client_id=p.person_id, name=p.person.name, position=p.position)
                for p in client.staff
                if p.person_id in beside.seen
            ],
            tags=beside.tags,
            custom=dict(beside.custom),
        )


class ClientList(Schema):
    """A page of clients."""

    items: list[ClientOut]
    next_cursor: str | None


class ClientQuery(PageQuery):
    """Which clients."""

    q: str | None = Field(
        default=None,
        max_length=300,
        description="As in the search box: best first, one page only, `cursor` does not count.",
    )
    kind: Literal["person", "organisation"] | None = None
    responsible_id: Id | None = None
    tag: str | None = Field(default=None, max_length=64)
    updated_since: TimeIn | None = None


class MergeIn(Schema):
    """Which card is given up."""

    gone_id: Id


def numbers_of(numbers: list[NumberIn]) -> tuple[NumberField, ...]:
    """Numbers as `crm` takes them."""
    return tuple(NumberField(one.raw, one.label) for one in numbers)


def emails_of(emails: list[EmailIn]) -> tuple[EmailField, ...]:
    """Addresses as `crm` takes them."""
    return tuple(EmailField(one.address, one.label) for one in emails)


def workplaces_of(places: list[WorkplaceIn]) -> tuple[Workplace, ...]:
    """Workplaces as `crm` takes them."""
    return tuple(Workplace(one.organisation_id, one.position) for one in places)
