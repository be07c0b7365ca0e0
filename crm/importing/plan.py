"""What shall be done with each row: a new client, an old one completed, or nothing. Pure.

In: entries in the order of the file, and the clients they may be. Out: a `RowPlan` for each; nothing is written here, so
a check before an import and the import itself say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any, Literal

from crm.importing import issues
from crm.importing.cards import TEXTS, Card, DealFields, Entry
from crm.importing.issues import Issue
from crm.importing.known import Existing, Known
from crm.importing.phones import Phone
from crm.importing.resolving import Lexicon, resolve

Outcome = Literal["created", "updated", "duplicate", "error", "heading"]


class OnDuplicate(StrEnum):
    """What happens with a row whose client is in the base already."""

    SKIP = "skip"
    FILL = "fill"
    """Empty fields are filled, numbers and addresses added."""
    ALL = "all"
    """Fields that the file has are taken from it."""
    CREATE = "create"
    """Another card all the same."""


_MORE = (
    "responsible_id",
    "mailing_consent",
    "recording_consent",
    "born_on",
    "sex",
    "home_address",
    "passport",
)
"""Fields of a card beside `TEXTS` that are filled when they are empty."""


@dataclass(slots=True, kw_only=True)
class Update:
    """What an old client gets."""

    target: Existing
    fields: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    """The same fields as they were."""
    phones: list[Phone] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is new."""
        return not (self.fields or self.phones or self.emails or self.tags or self.custom)


@dataclass(slots=True)
class RowPlan:
    """What becomes of a row."""

    row: int
    outcome: Outcome
    made: list[Existing] = field(default_factory=list)
    """New clients; `Existing.card` says what they are."""
    updates: list[Update] = field(default_factory=list)
    jobs: list[tuple[Existing, Existing, str]] = field(default_factory=list)
    """(person, organisation, position) to be written."""
    met: Existing | None = None
    """Whom the row is about, where he was there before."""
    deal: tuple[DealFields, Existing, Existing | None] | None = None
    """(deal, client, contact person)."""
    issues: list[Issue] = field(default_factory=list)


class Planner:
    """Plans row by row; remembers what the rows before made."""

    def __init__(
        self,
        known: Known,
        on_duplicate: OnDuplicate,
        lexicon: Lexicon | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.known = known
        self._on_duplicate = on_duplicate
        self._lexicon = lexicon or Lexicon()
        self._headers = headers or {}
        self._next = count(-1, -1)

    def plan(self, entry: Entry) -> RowPlan:
        """Plan one row."""
        resolve(entry, self._lexicon, self._headers)
        if entry.is_heading:
            return RowPlan(entry.row, "heading", issues=entry.issues)
        if not entry.cards:
            return RowPlan(entry.row, "error", issues=entry.issues)
        plan = RowPlan(entry.row, "duplicate", issues=list(entry.issues))
        firm_card = next((card for card in entry.cards if card.kind == "organisation"), None)
        firm = self._place(firm_card, None, plan) if firm_card is not None else None
        people = [
            (card, placed)
            for card in entry.cards
            if card is not firm_card and (placed := self._place(card, firm, plan)) is not None
        ]
        self._employ(plan, firm, people)
        main = firm if entry.cards[0] is firm_card else (people[0][1] if people else None)
        self._sell(plan, entry, firm, main, people)
        if plan.made:
            plan.outcome = "created"
        elif any(not update.target.of_file for update in plan.updates) or self._moved_in(plan):
            plan.outcome = "updated"
        if main is not None and main not in plan.made:
            plan.met = main
        return plan

    def _place(self, card: Card, firm: Existing | None, plan: RowPlan) -> Existing | None:
        """The client of a card: found, or made; None if nobody may be chosen."""
        match = self.known.match(card, firm)
        found = match.one
        if match.several and self._on_duplicate is not OnDuplicate.CREATE:
            value = next((phone.raw for phone in card.phones), card.name)
            plan.issues.append(issues.warning(issues.SHARED_NUMBER, value=value))
            return None
        if found is None or (self._on_duplicate is OnDuplicate.CREATE and not found.of_file):
            return self._make(card, plan)
        if not found.visible:
            plan.issues.append(issues.warning(issues.EXISTS_HIDDEN))
            return None
        if found.card is not None:
            _merge(found.card, card)
        elif found.editable and (found.of_file or self._on_duplicate is not OnDuplicate.SKIP):
            self._update(card, found, plan)
        self._learn(card, found)
        return found

    def _make(self, card: Card, plan: RowPlan) -> Existing:
        made = Existing(ref=next(self._next), kind=card.kind, of_file=True, card=card)
        plan.made.append(made)
        self._learn(card, made)
        return made

    def _learn(self, card: Card, one: Existing) -> None:
        one.name = one.name or card.name
        one.inn = one.inn or card.inn
        one.kpp = one.kpp or card.kpp
        one.phones |= {phone.e164 for phone in card.phones}
        one.emails |= set(card.emails)
        self.known.add(one)

    def _update(self, card: Card, target: Existing, plan: RowPlan) -> None:
        update = Update(target=target)
        overwrite = self._on_duplicate is OnDuplicate.ALL and not target.of_file
        for name in (*TEXTS, *_MORE):
            value, before = getattr(card, name), target.values.get(name)
            empty = before in (None, "")
            if value not in (None, "") and value != before and (empty or overwrite):
                update.fields[name], update.before[name] = value, before
        self._update_notes(card, update, append=overwrite or target.of_file)
        if not target.name and target.kind != card.kind and card.name:
            update.fields["kind"], update.before["kind"] = card.kind, target.kind
            target.kind = card.kind
        if not target.confirmed:
            update.fields["confirmed"], update.before["confirmed"] = True, False
            target.confirmed = True
        update.phones = [phone for phone in card.phones if phone.e164 not in target.phones]
        update.emails = [email for email in card.emails if email not in target.emails]
        update.tags = [tag for tag in card.tags if tag.casefold() not in target.tags]
        update.custom = {
            key: value
            for key, value in card.values.items()
            if overwrite or key not in target.custom
        }
        if update.is_empty:
            return
        target.values.update(update.fields)
        target.tags |= {tag.casefold() for tag in update.tags}
        target.custom |= update.custom.keys()
        plan.updates.append(update)

    @staticmethod
    def _update_notes(card: Card, update: Update, *, append: bool) -> None:
        before = str(update.target.values.get("notes") or "")
        lines = [line for line in card.notes if line not in before]
        if lines and (not before or append):
            update.fields["notes"] = "\n".join([*([before] if before else []), *lines])
            update.before["notes"] = before

    def _employ(
        self, plan: RowPlan, firm: Existing | None, people: list[tuple[Card, Existing]]
    ) -> None:
        if firm is None:
            return
        for card, person in people:
            # A new workplace is a change of the card; at an own firm it would even make the person one's own.
            may = person.editable and self._on_duplicate is not OnDuplicate.SKIP
            allowed = person.of_file or may
            if firm.ref not in person.firms and person.kind == "person" and allowed:
                person.firms.add(firm.ref)
                self.known.add(person)
                plan.jobs.append((person, firm, card.position))

    @staticmethod
    def _moved_in(plan: RowPlan) -> bool:
        return any(not (person.of_file and firm.of_file) for person, firm, _ in plan.jobs)

    @staticmethod
    def _sell(
        plan: RowPlan,
        entry: Entry,
        firm: Existing | None,
        main: Existing | None,
        people: list[tuple[Card, Existing]],
    ) -> None:
        client = firm or main
        if entry.deal is not None and client is not None:
            contact = people[0][1] if firm is not None and people else None
            plan.deal = (entry.deal, client, contact)


def _merge(into: Card, card: Card) -> None:
    """Put what a later row says of the same client into the card of the earlier one."""
    for name in (*TEXTS, *_MORE, "position", "created_at"):
        if getattr(into, name) in (None, ""):
            setattr(into, name, getattr(card, name))
    there = {phone.e164 for phone in into.phones}
    into.phones += [phone for phone in card.phones if phone.e164 not in there]
    into.emails += [email for email in card.emails if email not in into.emails]
    into.tags += [tag for tag in card.tags if tag not in into.tags]
    into.notes += [note for note in card.notes if note not in into.notes]
    into.values = {**card.values, **into.values}
