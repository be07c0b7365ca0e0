"""Clients that a row may be one of: those of the base, and those made of earlier rows. Pure.

In: clients with their keys. Out: the one that a card fits, or several that it may fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from crm.importing.cards import Card
from crm.importing.likeness import firm_key, firms_agree, people_agree, person_key

_BY_INN, _BY_PHONE, _BY_EMAIL, _BY_NAME = 8, 4, 3, 1


@dataclass(slots=True, kw_only=True, eq=False)
class Existing:
    """A client that is there. `ref`: its id, or a negative number as long as it has none."""

    ref: int
    kind: str
    name: str = ""
    inn: str = ""
    kpp: str = ""
    confirmed: bool = True
    values: dict[str, Any] = field(default_factory=dict)
    """Fields as they are: what is empty may be filled."""
    phones: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    custom: set[str] = field(default_factory=set)
    """Keys of custom fields that have a value."""
    firms: set[int] = field(default_factory=set)
    """Refs of the organisations where the person works."""
    visible: bool = True
    """Whether the person who imports may see it."""
    editable: bool = True
    of_file: bool = False
    """Made of an earlier row of the same file."""
    card: Card | None = None
    """Of one that is not written yet: what is known goes into it."""


@dataclass(frozen=True, slots=True)
class Match:
    """The client that a card is; `several`: it may be more than one, so nobody is chosen."""

    one: Existing | None = None
    several: bool = False


class Known:
    """Clients by what they are recognised by."""

    def __init__(self) -> None:
        self._phones: dict[str, list[Existing]] = defaultdict(list)
        self._emails: dict[str, list[Existing]] = defaultdict(list)
        self._inns: dict[str, list[Existing]] = defaultdict(list)
        self._names: dict[str, list[Existing]] = defaultdict(list)
        """Organisations, and people of whom nothing but the name is known: a large base has hundreds of namesakes."""
        self._colleagues: dict[tuple[int, str], list[Existing]] = defaultdict(list)
        self._refs: set[int] = set()

    def __contains__(self, ref: int) -> bool:
        return ref in self._refs

    def add(self, one: Existing) -> None:
        """Add a client, or what was learnt of one."""
        self._refs.add(one.ref)
        name = _name_key(one.kind, one.name) if one.name else ""
        by_name = bool(name) and (one.kind == "organisation" or not _reachable(one))
        tables: list[tuple[dict[Any, list[Existing]], Iterable[Any]]] = [
            (self._phones, one.phones),
            (self._emails, one.emails),
            (self._inns, [one.inn] if one.inn else []),
            (self._names, [name] if by_name else []),
            (self._colleagues, [(firm, name) for firm in one.firms] if name else []),
        ]
        for table, keys in tables:
            for key in keys:
                if one not in table[key]:
                    table[key].append(one)

    def match(self, card: Card, firm: Existing | None = None) -> Match:
        """Find the client that a card describes.

        Args:
            card: of a row.
            firm: of a contact person: the organisation of the same row.
        """
        scores: dict[int, tuple[int, Existing]] = {}
        for one, points in self._candidates(card, firm):
            before = scores.get(id(one), (0, one))[0]
            scores[id(one)] = (before + points, one)
        if not scores:
            return Match()
        best = max(points for points, _ in scores.values())
        fitting = [one for points, one in scores.values() if points == best]
        if len(fitting) == 1:
            return Match(fitting[0])
        same = [one for one in fitting if _same_name(card, one)]
        return Match(same[0]) if same else Match(several=True)

    def _candidates(self, card: Card, firm: Existing | None) -> Iterable[tuple[Existing, int]]:
        for one in self._inns.get(card.inn, ()) if card.inn else ():
            if one.kind == card.kind and not _other_branch(card, one):
                yield one, _BY_INN
        reaches = [
            *((self._phones, phone.e164, _BY_PHONE) for phone in card.phones),
            *((self._emails, email, _BY_EMAIL) for email in card.emails),
        ]
        for table, key, points in reaches:
            for one in table.get(key, ()):
                if _agree(card, one):
                    yield one, points
        if card.name:
            yield from self._by_name(card, firm)

    def _by_name(self, card: Card, firm: Existing | None) -> Iterable[tuple[Existing, int]]:
        """Namesakes are no duplicates; without anything else to tell them apart the same name is the same client."""
        key = _name_key(card.kind, card.name)
        alone = not (card.phones or card.emails or card.inn)
        found = list(self._names.get(key, ())) if alone or card.kind == "organisation" else []
        if firm is not None:
            found += [one for one in self._colleagues.get((firm.ref, key), ()) if one not in found]
        for one in found:
            is_firm = card.kind == "organisation"
            colleague = firm is not None and firm.ref in one.firms
            if (is_firm or colleague or (alone and not _reachable(one))) and _agree(card, one):
                yield one, _BY_NAME


def _name_key(kind: str, name: str) -> str:
    return f"f {firm_key(name)[0]}" if kind == "organisation" else f"p {person_key(name)}"


def _reachable(one: Existing) -> bool:
    return bool(one.phones or one.emails or one.inn)


def _same_name(card: Card, one: Existing) -> bool:
    return (
        card.kind == one.kind
        and bool(card.name)
        and _name_key(card.kind, card.name) == _name_key(one.kind, one.name)
    )


def _other_branch(card: Card, one: Existing) -> bool:
    """Whether both are parts of one company in different places: one INN, two KPP."""
    return bool(card.kpp and one.kpp and card.kpp != one.kpp)


def _agree(card: Card, one: Existing) -> bool:
    if card.inn and one.inn and card.inn != one.inn:
        return False
    if not one.name:
        # The card of a caller whom nobody has named yet.
        return one.kind == card.kind or not one.confirmed or not card.name
    if not card.name:
        return True
    if card.kind != one.kind:
        return False
    if _other_branch(card, one):
        return False
    return (firms_agree if card.kind == "organisation" else people_agree)(card.name, one.name)
