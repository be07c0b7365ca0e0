from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from web.pages.call_filters import filters_of

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
"""Half past one in the night of the 21st in Moscow."""


def test_today_is_the_companys_day_and_not_utcs() -> None:
    filters = filters_of({"period": "today"}, MOSCOW, NOW)
    assert filters.since == datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
    assert filters.until == datetime(2026, 11, 21, 21, 0, tzinfo=UTC)


def test_week_holds_today_and_six_days_before() -> None:
    filters = filters_of({"period": "week"}, MOSCOW, NOW)
    assert (filters.first_day, filters.last_day) == (date(2026, 11, 15), date(2026, 11, 21))


def test_last_day_is_included_whole() -> None:
    filters = filters_of({"from": "2026-11-01", "to": "2026-11-02"}, MOSCOW, NOW)
    assert filters.period == "custom"
    assert filters.until == datetime(2026, 11, 2, 21, 0, tzinfo=UTC)


def test_days_in_wrong_order_are_turned_round() -> None:
    filters = filters_of({"from": "2026-11-05", "to": "2026-11-02"}, MOSCOW, NOW)
    assert (filters.first_day, filters.last_day) == (date(2026, 11, 2), date(2026, 11, 5))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("period", "never"),
        ("from", "yesterday"),
        ("to", "0001-01-01"),
        ("client", "1 OR 1=1"),
        ("client", "٣"),
        ("direction", "up"),
        ("outcome", "lost"),
    ],
)
def test_value_that_means_nothing_filters_nothing_and_is_named(name: str, value: str) -> None:
    filters = filters_of({name: value}, MOSCOW, NOW)
    assert filters.wrong == (name,)
    assert not filters.any


def test_address_of_filters_gives_the_same_filters_again() -> None:
    params = {"from": "2026-11-01", "operator": "101", "direction": "in", "number": "+7 916"}
    filters = filters_of(params, MOSCOW, NOW)
    again = dict(part.split("=") for part in filters.query(outcome="missed").split("&"))
    assert again["outcome"] == "missed"
    assert again["from"] == "2026-11-01"
    assert again["number"] == "%2B7+916"
    assert "period" not in again
