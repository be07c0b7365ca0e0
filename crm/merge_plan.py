"""How two cards become one: which value of each field stays, which rows move, what an undo may put back. Pure.

In: plain values of both cards. Out: plain values. `crm.client_merge` reads and writes them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CARD_FIELDS = (
    "name", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address", "notes", "source",
    "responsible_id",
)  # fmt: skip
"""Columns of a card whose value a person chooses when both cards have one."""
PERSONAL_FIELDS = ("born_on", "sex", "home_address", "passport")
JOINED = "notes"
"""The one field that may keep both values."""
FIELD_OF = "field:"
"""Before the id of a custom field, where choices name it."""


class Side(StrEnum):
    """Whose value stays."""

    KEPT = "kept"
    GONE = "gone"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that belongs to a card: its key, and what may not be there twice."""

    key: tuple[Any, ...]
    alike: tuple[Hashable, ...] = ()
    """Values of each rule of uniqueness; () where there is none."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What an undo does with fields: values to put back, and names of those that somebody changed since."""

    values: Mapping[str, Any]
    changed_since: tuple[str, ...]


def default_side(field: str, kept: Any, gone: Any) -> Side:
    """Whose value stays unless a person says otherwise: the kept card's, where it has one; of notes both."""
    if is_empty(gone):
        return Side.KEPT
    if is_empty(kept):
        return Side.GONE
    return Side.BOTH if field == JOINED and kept != gone else Side.KEPT


def is_empty(value: Any) -> bool:
    """Whether a field says nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def merged_value(field: str, kept: Any, gone: Any, side: Side | None) -> Any:
    """The field's value on the card that stays; `side` None: as `default_side`."""
    chosen = side or default_side(field, kept, gone)
    if chosen is Side.BOTH and field == JOINED:
        texts = [text for text in (kept, gone) if not is_empty(text)]
        return "\n\n".join(dict.fromkeys(texts))
    return gone if chosen is Side.GONE else kept


def merged_fields(
    kept: Mapping[str, Any], gone: Mapping[str, Any], choices: Mapping[str, Side]
) -> dict[str, Any]:
    """The fields that change on the card that stays, with their new values."""
    values = {
        field: merged_value(field, value, gone[field], choices.get(field))
        for field, value in kept.items()
    }
    return {field: value for field, value in values.items() if value != kept[field]}


def movable(gone: Iterable[Row], kept: Iterable[Row]) -> list[Row]:
    """The rows that may move to the kept card; those that it has already stay where they are, so nothing is lost."""
    there = {value for row in kept for value in enumerate(row.alike)}
    found = []
    for row in gone:
        values = set(enumerate(row.alike))
        if not values & there:
            found.append(row)
            there |= values
    return found


def to_restore(
    before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]
) -> Restored:
    """What an undo puts back: a field that still is as the merge left it, and nothing that a person wrote since.

    Args:
        before: fields that the merge changed, as they were.
        after: the same as the merge left them.
        now: as they are.
    """
    values = {field: value for field, value in before.items() if now.get(field) == after.get(field)}
    return Restored(values, tuple(field for field in before if field not in values))


def newest(dates: Sequence[Any]) -> Any:
    """The latest of some times, None for none."""
    known = [one for one in dates if one is not None]
    return max(known) if known else None
