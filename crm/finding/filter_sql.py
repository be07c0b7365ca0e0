"""A filter as a condition on `Client`.

In: a checked filter, when and for whom. Out: SQL that says what `matching.fits` says, on both databases. Rows of other
tables are looked up once and compared by client (`id IN (…)`): SQLite begins with them where they are few, PostgreSQL
hashes them. Nothing here says who may see a client: `crm.client_visibility` stands beside it in every query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, false, or_, select, true
from sqlalchemy.orm import aliased

from crm.finding.fields import Field, Kind
from crm.finding.filters import Condition, Group, Moment
from crm.finding.matching import days_of, values_of, yearly_days
from crm.tables import (
    Client,
    ClientEmail,
    ClientFigures,
    ClientNumber,
    ClientPersonal,
    ClientTag,
    ClientText,
    CustomValue,
    Deal,
    Membership,
    PersonalDate,
    User,
)

Predicate = Callable[[Any], ColumnElement[bool]]
_firm = aliased(Client)
_card = aliased(Client)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where a field's values stand when it is not a column of `clients`: (client, value) of each row."""

    clients: Any
    value: Any
    base: tuple[ColumnElement[bool], ...] = ()
    join: tuple[Any, Any] | None = None
    has_time: bool = False

    def where(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """The client has a row like this."""
        query: Select[Any] = select(self.clients)
        if self.join is not None:
            query = query.join(*self.join)
        return Client.id.in_(query.where(self.clients.is_not(None), *self.base, *conditions))

    def __call__(self, predicate: Predicate) -> ColumnElement[bool]:
        return self.where(predicate(self.value))

    def filled(self) -> ColumnElement[bool]:
        """The client has a row with a value."""
        return self.where(self.value.is_not(None))


@dataclass(frozen=True, slots=True)
class _Column:
    """A field that is a column of `clients`."""

    value: Any
    has_time: bool = False

    def __call__(self, predicate: Predicate) -> ColumnElement[bool]:
        return and_(self.value.is_not(None), predicate(self.value))

    def filled(self) -> ColumnElement[bool]:
        """The client has a value."""
        return and_(self.value.is_not(None))


_Source = _Rows | _Column


def condition(node: Group | Condition, moment: Moment) -> ColumnElement[bool]:
    """The clients that fit.

    Args:
        node: a checked filter.
        moment: what "last 30 days" and "mine" mean.
    """
    if isinstance(node, Group):
        parts = [condition(one, moment) for one in node.parts]
        if not parts:
            return true()
        return and_(*parts) if node.is_all else or_(*parts)
    source = _source(node.field)
    if node.op in ("filled", "empty"):
        filled = _filled(node.field, source)
        return filled if node.op == "filled" else ~filled
    return _TESTS[node.field.kind](node, source, moment)


def _filled(field: Field, source: _Source) -> ColumnElement[bool]:
    if field.kind is Kind.TEXT or field.key in ("source", "sex"):
        return source(lambda value: value != "")
    return source.filled()


def _text(node: Condition, source: _Source, _moment: Moment) -> ColumnElement[bool]:
    text: str = node.value
    tests: dict[str, Predicate] = {
        "contains": lambda value: value.contains(text, autoescape=True),
        "lacks": lambda value: value.contains(text, autoescape=True),
        "is": lambda value: value == text,
        "begins": lambda value: value.startswith(text, autoescape=True),
    }
    found = source(tests[node.op])
    return ~found if node.op == "lacks" else found


def _number(node: Condition, source: _Source, _moment: Moment) -> ColumnElement[bool]:
    limit: Any = node.value
    tests: dict[str, Predicate] = {
        "at_least": lambda value: value >= limit,
        "at_most": lambda value: value <= limit,
        "between": lambda value: value.between(*limit),
        "is": lambda value: value == limit,
    }
    return source(tests[node.op])


def _date(node: Condition, source: _Source, moment: Moment) -> ColumnElement[bool]:
    first, last = days_of(node, moment)

    def within(value: Any) -> ColumnElement[bool]:
        begin: Any = first
        if source.has_time:
            begin = moment.begin(first) if first is not None else None
            limits = [value < moment.begin(last + timedelta(days=1))] if last is not None else []
        else:
            limits = [value <= last] if last is not None else []
        return and_(*([value >= begin] if begin is not None else []), *limits)

    found = source(within)
    return or_(found, ~source.filled()) if node.op == "not_last" else found


def _flag(node: Condition, source: _Source, _moment: Moment) -> ColumnElement[bool]:
    return source(lambda value: value.is_(node.op == "yes"))


def _choice(node: Condition, source: _Source, moment: Moment) -> ColumnElement[bool]:
    wanted = _values(node.field, values_of(node, moment))
    found = source(lambda value: value.in_(wanted)) if wanted else false()
    return ~found if node.op == "none" else found


def _many(node: Condition, source: _Source, _moment: Moment) -> ColumnElement[bool]:
    wanted = _values(node.field, node.value)
    if node.op == "all":
        if len(wanted) < len(node.value):
            return false()
        return and_(*(source(_equals(one)) for one in wanted))
    found = source(lambda value: value.in_(wanted)) if wanted else false()
    return ~found if node.op == "none" else found


def _equals(wanted: Any) -> Predicate:
    return lambda value: and_(value == wanted)


def _yearly(node: Condition, _source: _Source, moment: Moment) -> ColumnElement[bool]:
    spans = yearly_days(node, moment)
    own = PersonalDate.month * 100 + PersonalDate.day
    born = extract("month", ClientPersonal.born_on) * 100 + extract("day", ClientPersonal.born_on)
    kept = _Rows(PersonalDate.client_id, own, (PersonalDate.name == "birthday",))
    return or_(
        *(
            rows(lambda day: _in_spans(day, spans))
            for rows in (kept, _Rows(ClientPersonal.client_id, born))
        )
    )


def _in_spans(day: Any, spans: list[tuple[int, int]]) -> ColumnElement[bool]:
    return or_(*(day.between(first, last) for first, last in spans))


def _presence(_node: Condition, source: _Source, _moment: Moment) -> ColumnElement[bool]:
    return source.filled()


_TESTS: Mapping[Kind, Callable[[Condition, Any, Moment], ColumnElement[bool]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.MANY: _many,
    Kind.YEARLY: _yearly,
    Kind.PRESENCE: _presence,
}

_BY_ID = frozenset({"responsible", "department", "tags", "open_funnel", "open_stage"})


def _values(field: Field, values: tuple[str, ...]) -> list[Any]:
    """As the column has them: ids are numbers; what is none matches nobody."""
    if field.key not in _BY_ID:
        return list(values)
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) <= 18]


def _figures(column: Any, *, has_time: bool = False) -> _Rows:
    return _Rows(ClientFigures.client_id, column, has_time=has_time)


def _open_deals(column: Any) -> _Rows:
    return _Rows(Deal.client_id, column, (Deal.state == "open", Deal.deleted_at.is_(None)))


def _kept_text(name: str) -> _Rows:
    return _Rows(ClientText.client_id, ClientText.folded, (ClientText.field == name,))


_LISTED_FIRM = (_firm.deleted_at.is_(None), _firm.merged_into_id.is_(None))
_SOURCES: Mapping[str, _Source] = {
    "name": _Column(Client.search_name),
    "inn": _Column(Client.inn),
    "kind": _Column(Client.kind),
    "source": _Column(Client.source),
    "responsible": _Column(Client.responsible_id),
    "confirmed": _Column(Client.confirmed),
    "mailing_consent": _Column(Client.mailing_consent),
    "recording_consent": _Column(Client.recording_consent),
    "created_at": _Column(Client.created_at, has_time=True),
    "updated_at": _Column(Client.updated_at, has_time=True),
    "last_contact_at": _Column(Client.last_contact_at, has_time=True),
    "address": _kept_text("address"),
    "legal_address": _kept_text("legal_address"),
    "legal_name": _kept_text("legal_name"),
    "notes": _kept_text("notes"),
    "position": _kept_text("position"),
    "company": _Rows(Membership.person_id, _firm.search_name, _LISTED_FIRM,
                     (_firm, _firm.id == Membership.organisation_id)),
    "phone": _Rows(ClientNumber.client_id, ClientNumber.last10),
    "email": _Rows(ClientEmail.client_id, ClientEmail.folded),
    "department": _Rows(_card.id, User.department_id, (), (User, User.id == _card.responsible_id)),
    "category": _figures(ClientFigures.category),
    "vip": _figures(ClientFigures.vip),
    "spent": _figures(ClientFigures.spent),
    "purchases": _figures(ClientFigures.purchases),
    "average_check": _figures(ClientFigures.average_check),
    "monthly_spend": _figures(ClientFigures.monthly_spend),
    "potential": _figures(ClientFigures.potential),
    "last_bought_at": _figures(ClientFigures.last_bought_at, has_time=True),
    "tags": _Rows(ClientTag.client_id, ClientTag.tag_id),
    "open_funnel": _open_deals(Deal.funnel_id),
    "open_stage": _open_deals(Deal.stage_id),
    "sex": _Rows(ClientPersonal.client_id, ClientPersonal.sex),
    "born_on": _Rows(ClientPersonal.client_id, ClientPersonal.born_on),
    "birthday": _Rows(ClientPersonal.client_id, ClientPersonal.born_on),
}  # fmt: skip
_CUSTOM_COLUMNS: Mapping[str, Any] = {
    "text": CustomValue.folded, "link": CustomValue.folded, "number": CustomValue.number, "money": CustomValue.number,
    "date": CustomValue.day, "flag": CustomValue.flag, "list": CustomValue.text, "many": CustomValue.text,
    "file": CustomValue.file_id, "client": CustomValue.linked_id,
}  # fmt: skip


def _source(field: Field) -> _Source:
    if not field.field_id:
        return _SOURCES[field.key]
    column = _CUSTOM_COLUMNS[field.custom_kind]
    return _Rows(CustomValue.client_id, column, (CustomValue.field_id == field.field_id,))
