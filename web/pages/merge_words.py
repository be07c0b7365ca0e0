"""Words of a merge: fields, tables, and lines of merges that were done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents
from crm.merge_plan import PERSONAL_FIELDS
from crm.tables import Client, ClientMerge
from web.i18n import gettext as _
from web.i18n import ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLine:
    """A merge that was done."""

    merge: ClientMerge
    kept: str
    gone: str
    by: str


async def merge_lines(session: AsyncSession, merges: Sequence[ClientMerge]) -> list[MergeLine]:
    """The merges with the names of cards and people."""
    ids = {one for merge in merges for one in (merge.kept_id, merge.gone_id)}
    rows = await session.execute(select(Client.id, Client.name).where(Client.id.in_(ids)))
    names = {client_id: name or f"№ {client_id}" for client_id, name in rows}
    people = await agents.names(session, [merge.by_id for merge in merges if merge.by_id])
    return [
        MergeLine(
            merge=merge,
            kept=names.get(merge.kept_id, ""),
            gone=names.get(merge.gone_id, ""),
            by=people.get(merge.by_id or 0, ""),
        )
        for merge in merges
    ]


def field_name(field: str) -> str:
    """A field of a card as people call it."""
    words = {
        "name": _("Name"),
        "legal_name": _("Full name"),
        "inn": _("INN"),
        "kpp": _("KPP"),
        "ogrn": _("OGRN"),
        "legal_address": _("Legal address"),
        "address": _("Address"),
        "notes": _("About the client"),
        "source": _("Source"),
        "responsible_id": _("Responsible"),
        "born_on": _("Birthday"),
        "sex": _("Sex"),
        "home_address": _("Home address"),
        "passport": _("Passport"),
        "confirmed": _("Confirmed"),
        "mailing_consent": _("Consent to mailings"),
        "recording_consent": _("Consent to recording"),
        "last_contact_at": _("Last contact"),
    }
    return words.get(field, field)


def field_names(fields: Iterable[str], *, personal: bool) -> list[str]:
    """Names of several fields; those of personal data only for who may see these."""
    return [field_name(one) for one in fields if personal or one not in PERSONAL_FIELDS]


def moving_words(moving: Mapping[str, int]) -> list[str]:
    """What moves with a merge, in words, the most important first."""
    by_table: dict[str, int] = {}
    for name, rows in moving.items():
        table = name.partition(".")[0]
        by_table[table] = by_table.get(table, 0) + rows
    said = [words(rows) for table, words in _WORDS.items() if (rows := by_table.pop(table, 0))]
    other = sum(by_table.values())
    if other:
        said.append(
            ngettext("%(num)d other record", "%(num)d other records", other) % {"num": other}
        )
    return said


_WORDS: Mapping[str, Callable[[int], str]] = {
    "call_links": lambda n: ngettext("%(num)d call", "%(num)d calls", n) % {"num": n},
    "deals": lambda n: ngettext("%(num)d deal", "%(num)d deals", n) % {"num": n},
    "tasks": lambda n: ngettext("%(num)d task", "%(num)d tasks", n) % {"num": n},
    "promises": lambda n: ngettext("%(num)d promise", "%(num)d promises", n) % {"num": n},
    "comments": lambda n: ngettext("%(num)d comment", "%(num)d comments", n) % {"num": n},
    "stored_files": lambda n: ngettext("%(num)d file", "%(num)d files", n) % {"num": n},
    "inquiries": lambda n: ngettext("%(num)d inquiry", "%(num)d inquiries", n) % {"num": n},
    "client_numbers": lambda n: ngettext("%(num)d number", "%(num)d numbers", n) % {"num": n},
    "client_emails": lambda n: ngettext("%(num)d e-mail", "%(num)d e-mails", n) % {"num": n},
    "memberships": lambda n: (
        ngettext("%(num)d workplace or contact", "%(num)d workplaces or contacts", n) % {"num": n}
    ),
    "changes": lambda n: (
        ngettext("%(num)d entry of the history", "%(num)d entries of the history", n) % {"num": n}
    ),
}
"""Tables whose rows people know; the first is said first."""
