"""What a filter means, in Python. Pure.

In: a checked filter, what is known of a client, when and for whom. Out: whether the client fits. `crm.finding.filter_sql`
says the same in SQL, with the spans of days and the lists of values that are worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from crm.finding.fields import ME, Kind
from crm.finding.filters import Condition, Group, Moment


def fits(node: Group | Condition, facts: Mapping[str, Any], moment: Moment) -> bool:
    """Whether a client fits.

    Args:
        node: a checked filter.
        facts: of each field: folded texts (a set: any of them counts), Decimal, date or datetime, bool, text of a choice,
            set of texts, set of (month, day), whether it is there; None or missing where nothing is known.
        moment: when and for whom.
    """
    if isinstance(node, Group):
        found = (fits(one, facts, moment) for one in node.parts)
        return all(found) if node.is_all or not node.parts else any(found)
    fact = facts.get(node.field.key)
    if node.op == "empty":
        return _is_empty(fact)
    if node.op == "filled":
        return not _is_empty(fact)
    return _TESTS[node.field.kind](node, fact, moment)


def _is_empty(fact: Any) -> bool:
    return fact is None or (isinstance(fact, str | set | frozenset) and not fact)


def _fits_text(node: Condition, fact: Any, _moment: Moment) -> bool:
    texts = fact if isinstance(fact, set | frozenset) else {fact or ""}
    tests: dict[str, Callable[[str], bool]] = {
        "contains": lambda text: node.value in text,
        "lacks": lambda text: node.value in text,
        "is": lambda text: bool(text == node.value),
        "begins": lambda text: text.startswith(node.value),
    }
    return any(map(tests[node.op], texts)) != (node.op == "lacks")


def _fits_number(node: Condition, fact: Any, _moment: Moment) -> bool:
    if fact is None:
        return False
    match node.op:
        case "at_least":
            return bool(fact >= node.value)
        case "at_most":
            return bool(fact <= node.value)
        case "between":
            return bool(node.value[0] <= fact <= node.value[1])
    return bool(fact == node.value)


def _fits_date(node: Condition, fact: Any, moment: Moment) -> bool:
    if fact is None:
        return node.op == "not_last"
    day = fact.astimezone(moment.zone).date() if isinstance(fact, datetime) else fact
    first, last = days_of(node, moment)
    return (first is None or day >= first) and (last is None or day <= last)


def days_of(node: Condition, moment: Moment) -> tuple[date | None, date | None]:
    """The first and the last day that a condition on a date lets through; None: no limit."""
    match node.op:
        case "last":
            return _moved(moment.today, -node.value), moment.today
        case "not_last":
            return None, _moved(moment.today, -node.value - 1)
        case "next":
            return moment.today, _moved(moment.today, node.value)
        case "between":
            first, last = node.value
            return first, last
        case "since":
            return node.value, None
    return None, node.value


def _moved(day: date, days: int) -> date:
    return day + timedelta(days=days)


def yearly_days(node: Condition, moment: Moment) -> list[tuple[int, int]]:
    """(first, last) spans of days of the year, each as month * 100 + day; a birthday on 29 February counts on the 28th."""
    first = moment.today
    last = first + timedelta(days=node.value)
    begin, end = _code(first), _code(last, is_end=True)
    if node.value >= 365:
        return [(101, 1231)]
    return [(begin, end)] if first.year == last.year else [(begin, 1231), (101, end)]


def _code(day: date, *, is_end: bool = False) -> int:
    code = day.month * 100 + day.day
    is_leap = (day + timedelta(days=1)).day == 29
    return 229 if is_end and code == 228 and not is_leap else code


def _fits_yearly(node: Condition, fact: Any, moment: Moment) -> bool:
    codes = [month * 100 + day for month, day in fact or ()]
    spans = yearly_days(node, moment)
    return any(first <= code <= last for code in codes for first, last in spans)


def _fits_flag(node: Condition, fact: Any, _moment: Moment) -> bool:
    return fact is (node.op == "yes")


def _fits_choice(node: Condition, fact: Any, moment: Moment) -> bool:
    return (fact in values_of(node, moment)) != (node.op == "none")


def values_of(node: Condition, moment: Moment) -> tuple[str, ...]:
    """The values of a list, with "me" as whoever looks."""
    if node.field.key != "responsible":
        return tuple(node.value)
    return tuple(str(moment.user_id) if one == ME else one for one in node.value)


def _fits_many(node: Condition, fact: Any, moment: Moment) -> bool:
    values, having = set(node.value), fact or set()
    if node.op == "all":
        return values <= having
    return bool(values & having) != (node.op == "none")


_TESTS: Mapping[Kind, Callable[[Condition, Any, Moment], bool]] = {
    Kind.TEXT: _fits_text,
    Kind.NUMBER: _fits_number,
    Kind.DATE: _fits_date,
    Kind.FLAG: _fits_flag,
    Kind.CHOICE: _fits_choice,
    Kind.MANY: _fits_many,
    Kind.YEARLY: _fits_yearly,
}
