"""Plans of a chunk of rows → rows of the database, in few statements.

In: a write session and what `plan` decided. Out: cards with everything of theirs, changes of old ones with their history,
deals, and a row of `import_rows` for each row of the file. Calls and call-backs of new numbers find their clients, and
the search index knows the new words, as when a person types a card; a single notice tells of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.columns import Base
from calls.feed import Notice, store_now
from crm import changes
from crm.access import Actor
from crm.changes import Subject
from crm.finding import index
from crm.finding.terms import folded
from crm.importing import deal_rows, rest_rows
from crm.importing.cards import TEXTS, Card
from crm.importing.known import Existing
from crm.importing.plan import RowPlan, Update
from crm.importing.resolving import Lexicon
from crm.number_rules import NumberRules
from crm.personal_dates import BIRTHDAY
from crm.tables import (
    Client,
    ClientEmail,
    ClientNumber,
    ClientPersonal,
    ImportRow,
    Membership,
    PersonalDate,
)

NOTICE = "clients"
"""Many clients changed at once: the payload has their ids."""
_PERSONAL = ("born_on", "sex", "home_address", "passport")
_OF_CARD = frozenset([*TEXTS, "notes", "responsible_id", "kind", "confirmed"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """What all chunks of an import have in common."""

    actor: Actor
    import_id: int | None
    rules: NumberRules
    lexicon: Lexicon
    zone: ZoneInfo
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def write(self, session: AsyncSession, plans: Sequence[RowPlan]) -> None:
        """Write a chunk, in the session's transaction."""
        made = [(plan.row, one) for plan in plans for one in plan.made]
        await self._add_clients(session, [one for _, one in made])
        updates = [(plan.row, one) for plan in plans for one in plan.updates]
        befores = {}
        for row, one in updates:
            befores[row, one.target.ref] = await self._apply(session, one)
        await self._add_jobs(session, [job for plan in plans for job in plan.jobs])
        await deal_rows.add_deals(session, self.actor, self.import_id, plans)
        fresh = [one for _, one in made]
        await rest_rows.follow_numbers(session, _new_numbers(fresh, plans), self.rules)
        touched = {one.ref for one in fresh} | {one.target.ref for _, one in updates}
        touched |= {
            ref for plan in plans for person, firm, _ in plan.jobs for ref in (person.ref, firm.ref)
        }
        await session.flush()
        await index.renew_many(session, sorted(touched))
        if touched:
            await store_now(session, [Notice(NOTICE, {"ids": sorted(touched)})])
        if self.import_id is not None:
            await self._note_rows(session, plans, befores)

    async def _add_clients(self, session: AsyncSession, made: Sequence[Existing]) -> None:
        if not made:
            return
        cards = [(one, one.card) for one in made if one.card is not None]
        rows = [self._client_row(card) for _, card in cards]
        ids = await session.scalars(
            insert(cast(Table, Client.__table__)).returning(
                Client.__table__.c.id, sort_by_parameter_order=True
            ),
            rows,
        )
        for (one, card), client_id in zip(cards, ids.all(), strict=True):
            one.ref, one.card = client_id, None
            one.values = {name: getattr(card, name) for name in TEXTS} | {
                "notes": "\n".join(card.notes)
            }
            one.values |= {"responsible_id": card.responsible_id}
            one.values |= {name: getattr(card, name) for name in _PERSONAL}
            one.tags = {tag.casefold() for tag in card.tags}
            one.custom = set(card.values)
        whose = [(one.ref, card) for one, card in cards]
        await _insert(session, ClientNumber, _number_rows(whose, self.rules))
        await _insert(session, ClientEmail, _email_rows(whose))
        await self._add_personal(session, whose)
        await rest_rows.add_tags(session, [(ref, card.tags) for ref, card in whose], self.now)
        await rest_rows.add_values(
            session, [(ref, card.values) for ref, card in whose], self.lexicon
        )
        await rest_rows.add_consents(session, self.actor, whose, self.now)

    def _client_row(self, card: Card) -> dict[str, Any]:
        made_at = self.now
        if card.created_at is not None:
            made_at = min(card.created_at.replace(tzinfo=self.zone).astimezone(UTC), self.now)
        return {
            **{name: getattr(card, name) for name in TEXTS},
            "kind": card.kind,
            "search_name": folded(card.name),
            "source": card.source or "import",
            "notes": "\n".join(card.notes),
            "confirmed": True,
            "mailing_consent": card.mailing_consent,
            "recording_consent": card.recording_consent,
            "responsible_id": card.responsible_id,
            "created_by_id": self.actor.user_id or None,
            "import_id": self.import_id,
            "version": 1,
            "sample": False,
            "created_at": made_at,
            "updated_at": self.now,
        }

    async def _add_personal(self, session: AsyncSession, whose: Sequence[tuple[int, Card]]) -> None:
        rows = [
            {"client_id": ref, **{name: getattr(card, name) for name in _PERSONAL}}
            for ref, card in whose
            if card.kind == "person" and any(getattr(card, name) for name in _PERSONAL)
        ]
        await _insert(session, ClientPersonal, rows)
        days = [_birthday(ref, card.born_on) for ref, card in whose if card.born_on is not None]
        await _insert(session, PersonalDate, days)

    async def _apply(self, session: AsyncSession, one: Update) -> dict[str, Any]:
        """Change an old client; returns what is needed to change him back."""
        target, ref = one.target, one.target.ref
        plain = {name: value for name, value in one.fields.items() if name in _OF_CARD}
        if "name" in plain:
            plain["search_name"] = folded(plain["name"])
        grown = {} if target.of_file else {"version": Client.version + 1}
        stamp = update(Client).where(Client.id == ref)
        await session.execute(stamp.values(**plain, **grown, updated_at=self.now))
        personal = {name: value for name, value in one.fields.items() if name in _PERSONAL}
        if personal:
            await rest_rows.put_personal(session, ref, personal)
        card = Card(phones=one.phones, emails=one.emails)
        card.mailing_consent = one.fields.get("mailing_consent")
        card.recording_consent = one.fields.get("recording_consent")
        await _insert(session, ClientNumber, _number_rows([(ref, card)], self.rules))
        await _insert(session, ClientEmail, _email_rows([(ref, card)]))
        added = await rest_rows.add_tags(session, [(ref, one.tags)], self.now)
        custom = await rest_rows.replace_values(session, ref, one.custom, self.lexicon)
        await rest_rows.add_consents(session, self.actor, [(ref, card)], self.now)
        target.phones |= {phone.e164 for phone in one.phones}
        target.emails |= set(one.emails)
        if not target.of_file:
            self._record(session, one)
        return {
            "fields": {
                name: [_json(one.before[name]), _json(value)] for name, value in one.fields.items()
            },
            "numbers": [phone.e164 for phone in one.phones],
            "emails": list(one.emails),
            "tags": added,
            "custom": custom,
        }

    def _record(self, session: AsyncSession, one: Update) -> None:
        """The client's change history: who imported what, old and new."""
        hidden = {"home_address", "passport"}
        before = {name: value for name, value in one.before.items() if name not in hidden}
        after = {name: value for name, value in one.fields.items() if name not in hidden}
        if one.phones:
            after["numbers"] = [*sorted(one.target.phones)]
            before["numbers"] = sorted(one.target.phones - {phone.e164 for phone in one.phones})
        if one.emails:
            after["emails"] = sorted(one.target.emails)
            before["emails"] = sorted(one.target.emails - set(one.emails))
        subject = Subject("client", one.target.ref, one.target.ref)
        changes.record(session, self.actor, subject, before, after)

    async def _add_jobs(
        self, session: AsyncSession, jobs: Sequence[tuple[Existing, Existing, str]]
    ) -> None:
        wanted = {(person.ref, firm.ref): position for person, firm, position in jobs}
        people = [person for person, _ in wanted]
        there = select(Membership.person_id, Membership.organisation_id)
        known = {
            (person, firm)
            for person, firm in await session.execute(there.where(Membership.person_id.in_(people)))
        }
        rows = [
            {"person_id": person, "organisation_id": firm, "position": position}
            for (person, firm), position in wanted.items()
            if (person, firm) not in known
        ]
        await _insert(session, Membership, rows)
        for person, firm, _ in jobs:
            person.firms.add(firm.ref)

    async def _note_rows(
        self,
        session: AsyncSession,
        plans: Sequence[RowPlan],
        befores: Mapping[tuple[int, int], dict[str, Any]],
    ) -> None:
        rows: list[dict[str, Any]] = []
        for plan in plans:
            rows += [self._row(plan.row, "created", one.ref) for one in plan.made]
            for one in plan.updates:
                if not one.target.of_file:
                    before = befores[plan.row, one.target.ref]
                    rows.append(self._row(plan.row, "updated", one.target.ref, before=before))
            jobs = [(person, firm) for person, firm, _ in plan.jobs if not person.of_file]
            rows += [
                self._row(plan.row, "updated", person.ref, before={"workplaces": [firm.ref]})
                for person, firm in jobs
            ]
            if plan.outcome == "duplicate":
                rows.append(self._row(plan.row, "duplicate", plan.met.ref if plan.met else None))
            for issue in plan.issues:
                values = {"template": issue.text, "values": dict(issue.values)}
                said = self._row(plan.row, issue.severity, None, before=values)
                rows.append({**said, "column": issue.column[:255], "why": issue.why})
        await _insert(session, ImportRow, rows)

    def _row(
        self, row: int, action: str, client_id: int | None, before: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {
            "import_id": self.import_id,
            "row": row,
            "action": action,
            "client_id": client_id,
            "column": "",
            "why": "",
            "before": before or {},
        }


def _number_rows(whose: Iterable[tuple[int, Card]], rules: NumberRules) -> list[dict[str, Any]]:
    return [
        {
            "client_id": ref,
            "raw": phone.raw[:128],
            "e164": phone.e164,
            "last10": rules.key(phone.e164).tail,
            "label": phone.label[:64],
        }
        for ref, card in whose
        for phone in card.phones
    ]


def _email_rows(whose: Iterable[tuple[int, Card]]) -> list[dict[str, Any]]:
    return [
        {"client_id": ref, "address": email, "folded": email.lower(), "label": ""}
        for ref, card in whose
        for email in card.emails
    ]


def _birthday(ref: int, born_on: date) -> dict[str, Any]:
    return {
        "client_id": ref,
        "name": BIRTHDAY,
        "day": born_on.day,
        "month": born_on.month,
        "year": born_on.year,
        "remind_days": 0,
    }


def _new_numbers(made: Iterable[Existing], plans: Iterable[RowPlan]) -> dict[int, list[str]]:
    """Client → numbers that he has only now."""
    numbers = {one.ref: sorted(one.phones) for one in made if one.phones}
    for plan in plans:
        for one in plan.updates:
            if one.phones:
                listed = numbers.setdefault(one.target.ref, [])
                listed += [phone.e164 for phone in one.phones]
    return numbers


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


async def _insert(
    session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    if rows:
        await session.execute(insert(cast(Table, table.__table__)), rows)
