"""What a card says in words → what it means in this installation: colleagues and custom fields. Pure.

In: cards of a row, the colleagues and the custom fields. Out: the same cards; what nobody here is called, or cannot be
chosen, is told and kept in the notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crm.custom_kinds import FieldKind, Value, parse
from crm.errors import Invalid
from crm.importing import issues
from crm.importing.cards import Card, Entry
from crm.importing.cells import is_nothing
from crm.importing.issues import Issue
from crm.importing.values import amount_of, date_of, flag_of

IMPORTABLE = frozenset(set(FieldKind) - {FieldKind.FILE, FieldKind.CLIENT})


@dataclass(frozen=True, slots=True)
class Field:
    """A custom field of clients."""

    id: int
    key: str
    name: str
    kind: str
    subject: str
    """"client", "person" or "organisation"."""
    options: tuple[str, ...] = ()

    def fits(self, card: Card) -> bool:
        """Whether cards of this kind have it."""
        return self.subject in ("client", card.kind)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Colleagues and custom fields of this installation."""

    people: Mapping[str, int] = field(default_factory=dict)
    """Folded name, login or e-mail → id."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """By key."""

    def person(self, text: str) -> int | None:
        """Who is called so: by the whole name, by login or e-mail, or by some words of it that nobody else has."""
        folded = fold(text)
        if folded in self.people:
            return self.people[folded]
        words = set(folded.replace(".", " ").split())
        fitting = {
            user_id
            for name, user_id in self.people.items()
            if len(name.split()) > 1 and _names(words, name.split())
        }
        return fitting.pop() if len(fitting) == 1 else None


def fold(text: str) -> str:
    """A name as it is compared."""
    return " ".join(text.casefold().replace("ё", "е").split())


def resolve(entry: Entry, lexicon: Lexicon, headers: Mapping[str, str]) -> None:
    """Put ids and values into the cards of an entry.

    Args:
        entry: a row.
        lexicon: who and what there is.
        headers: field → header of its column.
    """
    _resolve_people(entry, lexicon, headers.get("responsible", ""))
    main = entry.main
    if main is None:
        return
    texts, main.custom = main.custom, {}
    for key, text in texts.items():
        known = lexicon.fields.get(key)
        header = headers.get(f"custom:{key}", "")
        owner = next((c for c in entry.cards if known and known.fits(c)), None)
        if known is None or owner is None:
            main.notes.append(f"{header}: {text}")
            continue
        value = _value(known, str(text))
        if value is not None:
            owner.values[key] = value
        elif not is_nothing(str(text)):
            said = issues.error(issues.NO_CHOICE, value=str(text))
            entry.issues.append(Issue(said.severity, said.text, said.values, header))
            main.notes.append(f"{header}: {text}")


def _resolve_people(entry: Entry, lexicon: Lexicon, header: str) -> None:
    said: set[str] = set()
    for card in entry.cards:
        if not card.responsible:
            continue
        card.responsible_id = lexicon.person(card.responsible)
        if card.responsible_id is None and card.responsible not in said:
            said.add(card.responsible)
            told = issues.warning(issues.UNKNOWN_PERSON, value=card.responsible)
            entry.issues.append(Issue(told.severity, told.text, told.values, header))
            entry.cards[0].notes.append(f"{header}: {card.responsible}")


def _names(words: Iterable[str], name: Sequence[str]) -> bool:
    """Whether all words are of this name, initials included, and one at least is more than an initial."""
    given = list(words)
    fits = all(
        any(word == part or (len(word) == 1 and part.startswith(word)) for part in name)
        for word in given
    )
    return fits and any(len(word) > 2 for word in given)


def _value(known: Field, text: str) -> Value | None:
    typed: object = text
    match known.kind:
        case FieldKind.DATE:
            typed = date_of(text, text)
        case FieldKind.NUMBER | FieldKind.MONEY:
            typed = amount_of(text, text)
        case FieldKind.FLAG:
            typed = flag_of(text)
        case _ if is_nothing(text):
            return None
    try:
        return parse(known.kind, known.key, typed, known.options)
    except Invalid:
        return None
