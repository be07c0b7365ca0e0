"""Names of a client's fields in the language of the page: for the card, its history and two versions side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crm.errors import Invalid
from crm.tables import CustomField
from web.error_words import explain
from web.i18n import gettext as _

_FLAGS = frozenset({"confirmed", "mailing_consent", "recording_consent"})


def field_words(custom: Mapping[str, str] | None = None) -> dict[str, str]:
    """Field as the change history and the form name it → its words.

    Args:
        custom: key → name of custom fields; they are named "custom.KEY".
    """
    words = {
        "kind": _("Kind"),
        "name": _("Name"),
        "legal_name": _("Registered name"),
        "inn": _("INN"),
        "kpp": _("KPP"),
        "ogrn": _("OGRN"),
        "legal_address": _("Legal address"),
        "address": _("Address"),
        "source": _("Where the client came from"),
        "notes": _("About the client"),
        "confirmed": _("Confirmed"),
        "responsible": _("Responsible"),
        "numbers": _("Numbers"),
        "emails": _("E-mail"),
        "workplaces": _("Works at"),
        "born_on": _("Date of birth"),
        "sex": _("Sex"),
        "home_address": _("Home address"),
        "passport": _("Passport"),
        "mailing_consent": _("Consent to mailings"),
        "recording_consent": _("Consent to recording"),
        "personal_dates": _("Personal dates"),
    }
    return words | {f"custom.{key}": name for key, name in (custom or {}).items()}


def value_words(field: str, value: object) -> str:
    """A value of a field of the form as people read it."""
    if isinstance(value, list):
        return ", ".join(" · ".join(filter(None, _shown(field, row))) for row in value)
    known = {
        ("kind", "person"): _("person"),
        ("kind", "organisation"): _("company"),
        ("sex", "female"): _("female"),
        ("sex", "male"): _("male"),
    }
    # Flags stand in the history without a language; a custom text field that says just "no" may be translated as well.
    if field in _FLAGS or field.startswith("custom."):
        known |= {(field, "yes"): _("yes"), (field, "no"): _("no")}
    return known.get((field, str(value)), str(value or ""))


def _shown(field: str, row: object) -> list[str]:
    if not isinstance(row, list | tuple):
        return [str(row)]
    # The first column of a workplace is the hidden id of its organisation.
    return [str(one) for one in (row[1:] if field == "workplaces" else row)]


def told(error: Invalid, fields: Iterable[CustomField]) -> tuple[str, str]:
    """What is wrong with the form, with the name of the field before it; and the field as the form names it."""
    aliases = {"number": "numbers", "email": "emails", "responsible_id": "responsible"}
    field = aliases.get(error.field, error.field)
    words = field_words({one.key: one.name for one in fields})
    text = explain(error).text
    return (f"{words[field]}: {text}" if field in words else text), field
