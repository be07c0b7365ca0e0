"""The facts of a row beside names, phones and addresses: registration numbers, dates, consents, notes. Pure.

In: the cells of a row by field and the cards made of it. Out: the cards with their details; what cannot be understood is
told, and kept in the notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from crm.importing import issues
from crm.importing.cards import TEXTS, Card
from crm.importing.cells import one_line
from crm.importing.values import date_of, flag_of, kpp_of, moment_of, ogrn_of

if TYPE_CHECKING:
    from crm.importing.row_reader import Read

_OLDEST_BIRTH = 1900
_FEMALE = ("ж", "f", "w", "д")


@dataclass(frozen=True, slots=True)
class Owners:
    """The cards of a row."""

    main: Card
    """Whom the row is about."""
    registered: Card
    """Whose the registration numbers are."""
    firm: Card | None
    person: Card | None
    """The first of its people."""


def put_details(read: Read, owners: Owners, registration: str) -> None:
    """Fill the cards of a row.

    Args:
        read: the row.
        owners: its cards.
        registration: the INN, checked.
    """
    main, firm, person = owners.main, owners.firm, owners.person
    _put_registration(read, owners.registered, registration)
    _put_person(read, person)
    texts = read.texts
    owners.registered.legal_address = one_line(texts.get("legal_address", ""))
    main.address = _address(read.addresses)
    main.source = one_line(texts.get("source", ""))
    main.tags = list(dict.fromkeys(read.tags))
    main.custom = dict(read.custom)
    for card in (firm, person):
        if card is not None:
            card.responsible = one_line(texts.get("responsible", ""))
    for name in ("mailing_consent", "recording_consent"):
        if name in texts:
            flag = flag_of(texts[name])
            setattr(main, name, flag)
            if flag is None:
                _refuse(read, name, issues.NO_FLAG)
    if "created_at" in texts:
        main.created_at = moment_of(read.cells["created_at"], texts["created_at"])
        if main.created_at is None:
            _refuse(read, "created_at", issues.NO_DATE)
    main.notes = list(dict.fromkeys(read.notes))
    for card in {id(one): one for one in (main, firm, person) if one is not None}.values():
        _cut(read, card)


def _put_registration(read: Read, card: Card, registration: str) -> None:
    card.inn = registration if card.kind == "organisation" or len(registration) == 12 else ""
    if registration and not card.inn:
        read.notes.append(f"ИНН: {registration}")
    for name, reader, wrong in (
        ("kpp", kpp_of, issues.WRONG_KPP),
        ("ogrn", ogrn_of, issues.WRONG_OGRN),
    ):
        if name in read.texts:
            code = reader(read.texts[name])
            if code is None:
                _refuse(read, name, wrong)
            elif card.kind == "organisation":
                setattr(card, name, code)
            elif code:
                read.notes.append(f"{name.upper()}: {code}")


def _put_person(read: Read, person: Card | None) -> None:
    texts = read.texts
    born = _birth(read)
    if person is None:
        for name in ("position", "passport", "home_address", "born_on"):
            if name in texts and (name != "born_on" or born is not None):
                read.keep(read.columns[name], texts[name])
        return
    person.position = one_line(texts.get("position", "")) or person.position
    person.born_on = born
    person.sex = _sex(texts.get("sex", ""))
    person.passport = one_line(texts.get("passport", ""))[:255]
    person.home_address = one_line(texts.get("home_address", ""))[:500]


def _birth(read: Read) -> date | None:
    if "born_on" not in read.texts:
        return None
    born = date_of(read.cells["born_on"], read.texts["born_on"])
    if born is None:
        _refuse(read, "born_on", issues.NO_DATE)
        return None
    if (
        born > read.today
        and born.year - 100 >= _OLDEST_BIRTH
        and str(born.year) not in read.texts["born_on"]
    ):
        born = date(born.year - 100, born.month, min(born.day, 28) if born.month == 2 else born.day)
    if born.year < _OLDEST_BIRTH or born > read.today:
        _refuse(read, "born_on", issues.FUTURE_BIRTH)
        return None
    return born


def _sex(text: str) -> str:
    first = text.strip().lower()[:1]
    if first in _FEMALE:
        return "female"
    return "male" if first in ("м", "m") else ""


def _address(parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if not any(part.casefold() in other.casefold() for other in parts if other is not part):
            kept.append(part)
    return ", ".join(dict.fromkeys(kept or parts[:1]))


def _refuse(read: Read, name: str, text: str) -> None:
    """Say that a cell cannot be used, and keep it in the notes."""
    column = read.columns[name]
    read.say(issues.error(text, value=one_line(read.texts[name])), column)
    read.keep(column, read.texts[name])


def _cut(read: Read, card: Card) -> None:
    for name, most in TEXTS.items():
        text = getattr(card, name)
        if len(text) > most:
            card.notes.append(text)
            setattr(card, name, text[:most].rstrip())
            read.issues.append(issues.warning(issues.TOO_LONG, most=str(most)))
    card.position = card.position[:128]
