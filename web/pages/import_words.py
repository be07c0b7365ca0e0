"""Words of imports: fields, states, what happens with duplicates, and what is wrong with a cell."""

from __future__ import annotations

from collections.abc import Mapping

from crm.importing.header_words import FIELDS
from crm.importing.resolving import Lexicon
from crm.tables import ImportRow
from web.i18n import gettext as _


def field_words() -> dict[str, str]:
    """Field of a column → its name, in the order of the choice."""
    words = {
        "name": _("Name (person or company)"),
        "last_name": _("Last name"),
        "first_name": _("First name"),
        "middle_name": _("Patronymic"),
        "organisation": _("Company"),
        "legal_name": _("Name as registered"),
        "legal_form": _("Legal form"),
        "contact": _("Contact person"),
        "position": _("Position"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "inn": _("INN (and KPP)"),
        "kpp": _("KPP"),
        "ogrn": _("OGRN"),
        "requisites": _("Company details in one cell"),
        "address": _("Address"),
        "city": _("Town"),
        "region": _("Region"),
        "legal_address": _("Legal address"),
        "home_address": _("Home address"),
        "website": _("Website"),
        "messenger": _("Messenger"),
        "born_on": _("Date of birth"),
        "sex": _("Sex"),
        "passport": _("Passport"),
        "kind": _("Person or company"),
        "responsible": _("Responsible"),
        "source": _("Source"),
        "tags": _("Tags"),
        "mailing_consent": _("Consent to mailings"),
        "recording_consent": _("Consent to recording"),
        "created_at": _("Created on"),
        "notes": _("Notes"),
        "deal_name": _("Deal: name"),
        "deal_amount": _("Deal: sum"),
        "deal_stage": _("Deal: stage"),
    }
    return {field: words[field] for field in FIELDS}


def choices(lexicon: Lexicon) -> list[tuple[str, str]]:
    """What a column may be: (field, name); custom fields last."""
    own = list(field_words().items())
    added = [(f"custom:{key}", one.name) for key, one in sorted(lexicon.fields.items())]
    return [("", _("(leave out)")), *own, *added]


def duplicate_words() -> Mapping[str, str]:
    """What may happen with clients who are there already."""
    return {
        "fill": _("Add what is missing: empty fields, new phones and addresses"),
        "all": _("Replace their fields by those of the file"),
        "skip": _("Leave them as they are"),
        "create": _("Make a second card all the same"),
    }


def state_words() -> Mapping[str, str]:
    """States of an import."""
    return {
        "mapping": _("not checked yet"),
        "checking": _("is being checked"),
        "checked": _("checked, not imported"),
        "running": _("is running"),
        "done": _("is imported"),
        "failed": _("stopped"),
        "undoing": _("is being undone"),
        "undone": _("is undone"),
    }


def action_words() -> Mapping[str, str]:
    """What became of a row."""
    return {
        "error": _("error"),
        "warning": _("remark"),
        "duplicate": _("known already"),
        "updated": _("completed"),
        "created": _("new client"),
        "kept": _("stayed"),
    }


def why_of(row: ImportRow) -> str:
    """What is said of a row, in the current language."""
    template = row.before.get("template") if row.action in ("error", "warning") else None
    if template:
        values = {str(key): str(value) for key, value in row.before.get("values", {}).items()}
        try:
            return _(template) % values
        except (KeyError, TypeError, ValueError):
            return row.why
    return _(row.why) if row.why else ""
