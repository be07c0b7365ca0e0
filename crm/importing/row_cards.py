"""Who is in a row, and whose phone, address and number each cell is. Pure.

In: the cells of a row by field. Out: cards: the organisation and its contact persons, the one whom the row is about first.

A row with both belongs to the organisation if its table speaks of organisations (INN, legal address, a contact person),
else to the person, and the organisation is where he works. In a table of organisations a mobile number and a personal
address are the contact person's, a landline and info@ the organisation's, unless the header says whose they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm.importing.card_details import Owners, put_details
from crm.importing.cards import Card
from crm.importing.cells import one_line
from crm.importing.columns import Column
from crm.importing.emails import is_of_firm
from crm.importing.names import (
    Kind,
    firm_name,
    is_firm,
    is_full_name,
    joined_name,
    kind_from,
    kind_of,
    person_name,
)
from crm.importing.phones import Phone
from crm.importing.values import registration_of

if TYPE_CHECKING:
    from crm.importing.row_reader import Reach, Read

_BOTH = re.compile(r"(.{3,}?)\s*(?:\((.{3,})\)|[,;/]\s*(.{3,})|\s[-–—]\s(.{3,}))")
_NAME_BESIDE = re.compile(r"[А-ЯЁ][а-яё]{2,}(?: [А-ЯЁ][а-яё]*\.?){0,2}")
_NAME_AND_POSITION = re.compile(r"([А-ЯЁA-Z][^,]+),\s*([а-яёa-z][^,]{3,})")
"""As in "Сидорова Анна, бухгалтер"."""
_FIRM_FIELDS = frozenset(
    ["inn", "kpp", "ogrn", "legal_address", "legal_name", "contact", "requisites"]
)
_REQUISITES = (
    ("inn", re.compile(r"ИНН\D{0,5}(\d{10}(?:\d\d)?)(?!\d)", re.IGNORECASE)),
    ("kpp", re.compile(r"КПП\D{0,5}(\d{9})(?!\d)", re.IGNORECASE)),
    ("ogrn", re.compile(r"ОГРН(?:ИП)?\D{0,5}(\d{13}(?:\d\d)?)(?!\d)", re.IGNORECASE)),
)
_INN_AND_KPP = re.compile(r"ИНН\s*/\s*КПП\D{0,5}(\d{10})\s*/\s*(\d{9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a table as a whole says of its rows."""

    of_firms: bool
    """It speaks of organisations first."""
    firm: bool
    """A name that does not say what it is, is an organisation's."""


def traits_of(columns: Sequence[Column]) -> Traits:
    """Look at the fields of a table."""
    fields = [column.field for column in columns]
    places = {
        name: fields.index(name) for name in ("organisation", "name", "last_name") if name in fields
    }
    person_at = min((places[name] for name in ("name", "last_name") if name in places), default=99)
    of_firms = bool(_FIRM_FIELDS & set(fields)) or places.get("organisation", 99) < person_at
    return Traits(of_firms, any(column.firm and column.field == "name" for column in columns))


def requisites_of(text: str) -> dict[str, str]:
    """INN, KPP and OGRN that stand in free text."""
    if both := _INN_AND_KPP.search(text):
        return {"inn": both[1], "kpp": both[2]}
    found = ((name, pattern.search(text)) for name, pattern in _REQUISITES)
    return {name: match[1] for name, match in found if match}


def cards_of(read: Read, traits: Traits) -> list[Card]:
    """The cards of a row; none if nobody can be recognised in it."""
    registration = _registration(read)
    firm, people = _who(read, traits, registration)
    if firm is None and not people:
        made = _nameless(read, registration)
        if made is None:
            return []
        firm, people = (made, []) if made.kind == "organisation" else (None, [made])
    of_person = bool(people) and kind_from(read.texts.get("kind", "")) == "person"
    is_firms = firm is not None and (traits.of_firms or not people) and not of_person
    cards = [
        card for card in ([firm, *people] if is_firms else [*people, firm]) if card is not None
    ]
    _share_out(read, cards, firm, people, is_firms)
    first = people[0] if people else None
    whose = cards[0] if of_person else firm or cards[0]
    put_details(read, Owners(cards[0], whose, firm, first), registration)
    for card in cards:
        card.phones = list({phone.e164: phone for phone in reversed(card.phones)}.values())[::-1]
        card.emails = list(dict.fromkeys(card.emails))
    return cards


def _who(read: Read, traits: Traits, registration: str) -> tuple[Card | None, list[Card]]:
    """The organisation and the people of a row, by their names."""
    texts = read.texts
    hint = kind_from(texts["kind"]) if "kind" in texts else None
    firm_text = texts.get("organisation", "")
    people: list[tuple[str, int, str]] = []
    full = joined_name(
        *(texts.get(part, "") for part in ("last_name", "first_name", "middle_name"))
    )
    if full:
        if is_firm(full) and not firm_text:
            firm_text = full
        else:
            people.append((full, _at(read, "last_name", "first_name"), ""))
    name = texts.get("name", "")
    if name and not (people and person_name(name).casefold() == full.casefold()):
        firm_text = _place_name(
            read, name, firm_text, people, _NameHints(hint, traits, registration)
        )
    people += [(text, column.index, column.label) for column, text in read.contacts]
    if firm_text and not people and _is_really_person(read, firm_text, hint, registration):
        people.append((firm_text, _at(read, "organisation"), ""))
        firm_text = ""
    if not firm_text and not people and texts.get("legal_name"):
        firm_text = texts.pop("legal_name")
    firm = _firm(read, firm_text) if firm_text else None
    return firm, [_person(*one) for one in people if person_name(one[0])]


@dataclass(frozen=True, slots=True)
class _NameHints:
    kind: Kind | None
    traits: Traits
    registration: str


def _place_name(
    read: Read, name: str, firm_text: str, people: list[tuple[str, int, str]], hints: _NameHints
) -> str:
    """Put a name with the organisation or the people; returns the organisation's name."""
    at = read.columns["name"].index
    if firm_text:
        if (
            kind_of(name) == "organisation"
            and not people
            and (people or read.contacts or not is_firm(firm_text))
        ):
            read.texts.setdefault("legal_name", firm_text)
            return name
        if kind_of(name) == "organisation":
            read.texts.setdefault("legal_name", name)
        elif name.casefold() != firm_text.casefold():
            people.append((name, at, ""))
        return firm_text
    if parts := _two_in_one(name):
        people.append((parts[1], at, ""))
        return parts[0]
    kind = hints.kind or kind_of(name)
    if (
        kind != "organisation"
        and not is_full_name(name)
        and _has_firm_marks(read, hints.registration)
    ):
        kind = "organisation"
    if kind is None:
        firm = hints.traits.firm or (bool(read.contacts) and hints.traits.of_firms)
        kind = "organisation" if firm else "person"
    if kind == "organisation":
        return name
    people.append((name, at, ""))
    return ""


def _two_in_one(name: str) -> tuple[str, str] | None:
    """(organisation, person) of "Иванов Иван (ООО Ромашка)" or "ООО «Ромашка», Иванов Иван"."""
    match = _BOTH.fullmatch(name)
    if not match:
        return None
    first, second = match[1].strip(), next(filter(None, match.groups()[1:])).strip()
    if is_firm(first) and kind_of(second) == "person":
        return first, second
    return (second, first) if is_firm(second) and kind_of(first) != "organisation" else None


def _has_firm_marks(read: Read, registration: str) -> bool:
    return len(registration) == 10 or any(
        name in read.texts for name in ("kpp", "legal_form", "legal_name")
    )


def _is_really_person(read: Read, text: str, hint: Kind | None, registration: str) -> bool:
    """Whether what stands under "Контрагент" is a person after all."""
    if hint is not None:
        return hint == "person" and not is_firm(text)
    return is_full_name(text) and not _has_firm_marks(read, registration)


def _firm(read: Read, text: str) -> Card:
    name = firm_name(text)
    form = one_line(read.texts.get("legal_form", ""))
    if form and not is_firm(name) and len(form) <= 10:
        name = f"{form} {name}"
    legal = firm_name(read.texts.get("legal_name", ""))
    return Card(
        kind="organisation",
        name=name,
        legal_name=legal if legal.casefold() != name.casefold() else "",
        column=_at(read, "organisation", "name"),
    )


def _person(text: str, column: int, position: str) -> Card:
    if named := _NAME_AND_POSITION.fullmatch(one_line(text)):
        text, position = named[1], named[2]
    return Card(kind="person", name=person_name(text), position=position[:128], column=column)


def _nameless(read: Read, registration: str) -> Card | None:
    """Somebody of whom only a number or an address is known."""
    if len(registration) == 10:
        return Card(kind="organisation", name=f"ИНН {registration}")
    if read.phones or registration:
        name = _named_beside(read) if read.phones else f"ИНН {registration}"
        return Card(kind="person", name=name)
    if read.emails:
        return Card(kind="person", name=str(read.emails[0].value))
    return None


def _named_beside(read: Read) -> str:
    """The name that stands in the cell of the phone: "89161234567 Иван"."""
    labels = [reach.value.label for reach in read.phones if isinstance(reach.value, Phone)]
    return next((label for label in labels if _NAME_BESIDE.fullmatch(label)), "")


def _share_out(
    read: Read, cards: list[Card], firm: Card | None, people: list[Card], is_firms: bool
) -> None:
    """Give each phone and address to one of the cards."""
    for phone in read.phones:
        assert isinstance(phone.value, Phone)  # noqa: S101 - `Read.phones` holds nothing else
        mobile = phone.value.is_mobile
        _owner(phone, cards, firm, people, is_firms and not mobile).phones.append(phone.value)
    for email in read.emails:
        address = str(email.value)
        _owner(email, cards, firm, people, is_firms and is_of_firm(address)).emails.append(address)


def _owner(
    reach: Reach, cards: list[Card], firm: Card | None, people: list[Card], of_firm: bool
) -> Card:
    if firm is None or not people:
        near = _nearest(reach, people)
        return near or cards[0]
    if reach.column.owner == "organisation" or (of_firm and reach.column.owner != "person"):
        return firm
    return _nearest(reach, people) or people[0]


def _nearest(reach: Reach, people: Sequence[Card]) -> Card | None:
    """Of several people the one whose name stands to the left of the cell."""
    left = [card for card in people if card.column <= reach.column.index]
    return max(left, key=lambda card: card.column) if len(people) > 1 and left else None


def _registration(read: Read) -> str:
    """The INN of a row, and its KPP where both stand in one cell."""
    text = read.texts.get("inn", "")
    if not text:
        return ""
    found = registration_of(text, read.texts.get("kpp", ""))
    column = read.columns["inn"]
    if found.issue is not None:
        read.say(found.issue, column)
        if found.issue.severity == "error":
            read.keep(column, text)
    if found.kpp:
        read.texts["kpp"] = found.kpp
        read.columns.setdefault("kpp", column)
    return found.inn


def _at(read: Read, *fields: str) -> int:
    return next((read.columns[name].index for name in fields if name in read.columns), -1)
