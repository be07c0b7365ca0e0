"""What the page of a client shows.

In: who looks, and whom at. Out: plain facts; companies and contact persons that the looking person may not see are named
without a way to their cards, or left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import (
    agents,
    client_visibility,
    clients,
    consents,
    custom_fields,
    custom_values,
    personal,
    personal_dates,
    promise_ledger,
)
from crm.access import Action, Actor, Permission
from crm.personal_data import PersonalData
from crm.tables import Client, Consent, Membership, PersonalDate, Promise
from web.i18n import current_locale
from web.i18n import gettext as _
from web.pages.client_words import field_words
from web.pages.custom_form import Line, lines
from web.pages.finding_words import source_name

_LEAP_YEAR = 2000
_DETAILS = ("legal_name", "inn", "kpp", "ogrn", "legal_address", "address", "source")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A day to remember, as it is read: "17 May", with the year if that is known."""

    id: int
    name: str
    text: str
    remind_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """What the page shows."""

    client: Client
    may_edit: bool
    may_delete: bool
    responsible: str
    workplaces: list[Membership]
    staff: list[Membership]
    seen: frozenset[int]
    """Those of the companies whose cards the person may open."""
    details: list[tuple[str, str]]
    """(name, value) of registration and address, where known."""
    personal: PersonalData
    """As the person may see it."""
    custom: list[Line]
    dates: list[DateLine]
    consents: list[Consent]
    """The newest first."""
    newest: dict[str, Consent]
    """Kind of consent → what was said last."""
    promises: list[Promise]

    @property
    def shows_guarded(self) -> bool:
        """Whether the page shows data whose reading is written into the audit log."""
        return bool(self.personal.home_address or self.personal.passport)


async def client_facts(session: AsyncSession, actor: Actor, client_id: int) -> ClientFacts:
    """Collect what is known of a client.

    Raises:
        NotFound: no such client, or one that the actor may not see.
    """
    client = await clients.get(session, actor, client_id)
    names = await agents.names(session, [client.responsible_id] if client.responsible_id else [])
    near = [place.organisation_id for place in client.workplaces]
    near += [place.person_id for place in client.staff]
    seen = await _seen(session, actor, near)
    owner, said = custom_values.owner_of(client), await consents.of_client(session, client_id)
    fields = await custom_fields.fields(session, custom_fields.subjects_of(client.kind))
    return ClientFacts(
        client=client,
        may_edit=actor.may(Permission.CLIENTS_EDIT)
        and client_id in await _seen(session, actor, [client_id], Action.EDIT),
        may_delete=actor.may(Permission.CLIENTS_DELETE)
        and client_id in await _seen(session, actor, [client_id], Action.DELETE),
        responsible=names.get(client.responsible_id or 0, ""),
        workplaces=[place for place in client.workplaces if place.organisation.is_listed],
        staff=[place for place in client.staff if place.person_id in seen],
        seen=seen,
        details=_details(client),
        personal=await personal.get(session, actor, client_id),
        custom=await lines(session, actor, fields, await custom_values.get(session, owner)),
        dates=[_date_line(row) for row in await personal_dates.of_client(session, client_id)],
        consents=said,
        newest={one.kind: one for one in reversed(said)},
        promises=await promise_ledger.of_client(session, client_id),
    )


async def _seen(
    session: AsyncSession, actor: Actor, ids: list[int], action: Action = Action.SEE
) -> frozenset[int]:
    if not ids:
        return frozenset()
    query = select(Client.id).where(Client.id.in_(ids), client_visibility.seen_by(actor, action))
    return frozenset((await session.scalars(query)).all())


def _date_line(row: PersonalDate) -> DateLine:
    on = date(row.year or _LEAP_YEAR, row.month, row.day)
    text = format_date(on, "d MMMM y" if row.year else "d MMMM", locale=current_locale())
    name = _("birthday") if row.name == personal_dates.BIRTHDAY else row.name
    return DateLine(row.id, name, text, row.remind_days)


def _details(client: Client) -> list[tuple[str, str]]:
    words = field_words()
    values = {name: getattr(client, name) for name in _DETAILS}
    values["source"] = source_name(client.source)
    return [(words[name], value) for name, value in values.items() if value]
