"""The filter of clients: conditions on fields joined by and/or. Pure.

In: JSON as it stands in an address or a segment: `{"all": [{"field": "address", "op": "contains", "value": "Лесная"},
{"any": […]}]}`; `{}` lets everybody through. Out: a checked tree, or `Invalid` that says what is wrong. What it means is
said twice and tested to be the same: `crm.finding.matching` in Python, `crm.finding.filter_sql` in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from crm.errors import Invalid
from crm.finding.fields import OPERATORS, OWN, WITHOUT_VALUE, Catalog, Field, Kind
from crm.finding.terms import FEWEST_DIGITS, folded

DEEPEST = 4
MOST_CONDITIONS = 50
MOST_VALUES = 200
TEXT_LENGTH = 200
MOST_DAYS = 36_500
_FIRST_DAY, _LAST_DAY = date(1000, 1, 1), date(9000, 1, 1)
"""Beyond these a day of the company is none of the calendar."""
_LARGEST = Decimal(10) ** 13

Value = Any
"""str, Decimal, int (days), or a pair or tuple of them, by kind and operator."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One field compared with one value."""

    field: Field
    op: str
    value: Value = None


@dataclass(frozen=True, slots=True)
class Group:
    """All of these, or any of these. An empty group lets everybody through."""

    is_all: bool
    parts: tuple[Group | Condition, ...]


EVERYBODY = Group(True, ())


@dataclass(frozen=True, slots=True)
class Moment:
    """When and for whom a filter is asked: what "last 30 days" and "mine" mean."""

    now: datetime
    zone: ZoneInfo
    user_id: int = 0

    @property
    def today(self) -> date:
        """The company's day."""
        return self.now.astimezone(self.zone).date()

    def begin(self, day: date) -> datetime:
        """When a day begins."""
        return datetime.combine(day, time(), self.zone)


def parse(data: object, catalog: Catalog) -> Group:
    """Check a filter.

    Args:
        data: as decoded from JSON.
        catalog: the fields that whoever asks may use.

    Raises:
        Invalid: what is wrong, with the field's name where there is one.
    """
    if data in ({}, None):
        return EVERYBODY
    budget = [MOST_CONDITIONS]
    node = _node(data, catalog, DEEPEST, budget)
    return node if isinstance(node, Group) else Group(True, (node,))


def _node(data: object, catalog: Catalog, depth: int, budget: list[int]) -> Group | Condition:
    if not isinstance(data, dict):
        raise Invalid("filter", "a filter is made of conditions and groups")
    for word, is_all in (("all", True), ("any", False)):
        if word in data:
            parts = data[word]
            if not isinstance(parts, list) or len(data) != 1:
                raise Invalid("filter", "a group of a filter holds a list of conditions")
            if not depth:
                raise Invalid("filter", "the groups of this filter lie too deep in each other")
            return Group(is_all, tuple(_node(one, catalog, depth - 1, budget) for one in parts))
    budget[0] -= 1
    if budget[0] < 0:
        raise Invalid("filter", "a filter has at most %(most)d conditions", most=MOST_CONDITIONS)
    return _condition(data, catalog)


def _condition(data: Mapping[str, object], catalog: Catalog) -> Condition:
    key, op = str(data.get("field", "")), str(data.get("op", ""))
    field = catalog.get(key)
    if field is None:
        if key in OWN:
            raise Invalid(
                "filter", "your role may not filter by personal data (%(name)s)", name=key
            )
        raise Invalid("filter", "there is no field “%(name)s”", name=key[:TEXT_LENGTH])
    name = field.name or field.key
    if field.is_archived:
        raise Invalid(
            "filter", "the field “%(name)s” was archived: take it out of the filter", name=name
        )
    if op not in OPERATORS[field.kind]:
        raise Invalid("filter", "“%(name)s” cannot be compared like this", name=name)
    if op in WITHOUT_VALUE:
        return Condition(field, op)
    read = _phone if key == "phone" else _READERS[field.kind]
    try:
        return Condition(field, op, read(op, data.get("value")))
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        why = "give “%(name)s” a value to compare with"
        raise Invalid("filter", why, name=name) from None


def _text(_op: str, value: object) -> str:
    text = folded(_string(value))
    if not text or len(text) > TEXT_LENGTH:
        raise ValueError
    return text


def _phone(_op: str, value: object) -> str:
    """Digits without the country and the trunk prefix, as `client_numbers.last10` has them."""
    digits = "".join(one for one in _string(value) if one.isdigit())
    if not digits:
        raise ValueError
    return (digits[1:] if digits[0] == "8" and len(digits) > FEWEST_DIGITS else digits)[-10:]


def _number(op: str, value: object) -> Decimal | tuple[Decimal, Decimal]:
    if op == "between":
        low, high = _pair(value)
        return _decimal(low), _decimal(high)
    return _decimal(value)


def _date(op: str, value: object) -> int | date | tuple[date, date]:
    if op in ("last", "not_last", "next"):
        days: int = _days(op, value)
        return days
    if op == "between":
        low, high = _pair(value)
        return _day(low), _day(high)
    return _day(value)


def _day(value: object) -> date:
    day = date.fromisoformat(_string(value))
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError
    return day


def _days(_op: str, value: object) -> int:
    days = int(value if isinstance(value, int) else _string(value))
    if not 0 <= days <= MOST_DAYS:
        raise ValueError
    return days


def _yearly(op: str, value: object) -> int:
    return min(_days(op, value), 365)


def _list(_op: str, value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    found = tuple(dict.fromkeys(_string(one) for one in values))
    if not found or len(found) > MOST_VALUES or not all(found):
        raise ValueError
    return found


def _none(_op: str, _value: object) -> None:
    raise ValueError


_READERS: Mapping[Kind, Callable[[str, object], Value]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.FLAG: _none,
    Kind.CHOICE: _list,
    Kind.MANY: _list,
    Kind.YEARLY: _yearly,
    Kind.PRESENCE: _none,
}


def _pair(value: object) -> tuple[object, object]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError
    return value[0], value[1]


def _string(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    text = str(value).strip()
    if len(text) > TEXT_LENGTH or "\x00" in text:
        raise ValueError
    return text


def _decimal(value: object) -> Decimal:
    number = Decimal("".join(_string(value).replace(",", ".").split()))
    if not number.is_finite() or abs(number) > _LARGEST:
        raise ValueError
    return number


def as_json(node: Group | Condition) -> dict[str, Any]:
    """A checked filter as JSON again."""
    if isinstance(node, Group):
        return {"all" if node.is_all else "any": [as_json(one) for one in node.parts]}
    data: dict[str, Any] = {"field": node.field.key, "op": node.op}
    if node.value is not None:
        data["value"] = _plain(node.value)
    return data


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal | date):
        return str(value)
    return value
