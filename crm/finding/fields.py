"""The fields that filters, sorting and columns know: our own, and those that the administrator added. Pure.

In: custom fields as rows say them. Out: a catalog by key. A custom field's key is "custom:" and its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

CUSTOM = "custom:"
ME = "me"
"""In a list of people: whoever looks."""


class Kind(StrEnum):
    """What a field holds, as far as filters care."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"
    """One of several."""
    MANY = "many"
    """Several of several."""
    YEARLY = "yearly"
    """Days that come again each year."""
    PRESENCE = "presence"
    """There, or not."""


OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("contains", "lacks", "is", "begins", "filled", "empty"),
    Kind.NUMBER: ("at_least", "at_most", "between", "is", "filled", "empty"),
    Kind.DATE: ("last", "not_last", "next", "between", "since", "until", "filled", "empty"),
    Kind.FLAG: ("yes", "no", "empty"),
    Kind.CHOICE: ("any", "none", "filled", "empty"),
    Kind.MANY: ("any", "all", "none", "filled", "empty"),
    Kind.YEARLY: ("next",),
    Kind.PRESENCE: ("filled", "empty"),
}
"""What can be asked of each kind, the most usual first."""
WITHOUT_VALUE = frozenset({"filled", "empty", "yes", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of clients."""

    key: str
    kind: Kind
    name: str = ""
    """Of a custom field, as the administrator named it; ours are named by the pages."""
    options: tuple[str, ...] = ()
    """Of a custom list; of ours the pages know them."""
    field_id: int = 0
    """Of a custom field."""
    custom_kind: str = ""
    is_personal: bool = False
    """Only for those who may see personal data."""
    is_archived: bool = False


Catalog = Mapping[str, Field]

_TEXTS = (
    "name", "company", "position", "phone", "email", "address", "legal_address", "legal_name", "inn", "notes",
)  # fmt: skip
_NUMBERS = ("spent", "purchases", "average_check", "monthly_spend", "potential")
_DATES = ("created_at", "updated_at", "last_contact_at", "last_bought_at")
_FLAGS = ("confirmed", "mailing_consent", "recording_consent", "vip")
_CHOICES = ("kind", "responsible", "department", "category", "source")
_SETS = ("tags", "open_funnel", "open_stage")

OWN: Catalog = {
    one.key: one
    for one in (
        *(Field(key=key, kind=Kind.TEXT) for key in _TEXTS),
        *(Field(key=key, kind=Kind.CHOICE) for key in _CHOICES),
        *(Field(key=key, kind=Kind.MANY) for key in _SETS),
        *(Field(key=key, kind=Kind.DATE) for key in _DATES),
        *(Field(key=key, kind=Kind.NUMBER) for key in _NUMBERS),
        *(Field(key=key, kind=Kind.FLAG) for key in _FLAGS),
        Field(key="sex", kind=Kind.CHOICE, is_personal=True),
        Field(key="born_on", kind=Kind.DATE, is_personal=True),
        Field(key="birthday", kind=Kind.YEARLY, is_personal=True),
    )
}
"""Fields that every installation has."""

_CUSTOM_KINDS = {
    "text": Kind.TEXT, "link": Kind.TEXT, "number": Kind.NUMBER, "money": Kind.NUMBER, "date": Kind.DATE,
    "flag": Kind.FLAG, "list": Kind.CHOICE, "many": Kind.MANY, "file": Kind.PRESENCE, "client": Kind.PRESENCE,
}  # fmt: skip


def custom(  # noqa: PLR0913 (the columns of one row)
    *, field_id: int, key: str, name: str, kind: str, options: Iterable[str], is_archived: bool
) -> Field:
    """A field that the administrator added."""
    return Field(
        key=f"{CUSTOM}{key}",
        kind=_CUSTOM_KINDS[kind],
        name=name,
        options=tuple(str(one) for one in options),
        field_id=field_id,
        custom_kind=kind,
        is_archived=is_archived,
    )


def catalog(added: Iterable[Field], *, personal: bool) -> dict[str, Field]:
    """Our fields and these; personal data only for those who may see them."""
    own = {key: one for key, one in OWN.items() if personal or not one.is_personal}
    return {**own, **{one.key: one for one in added}}
