"""Times of tasks that come again: month ends, leap days, the change of the clocks."""

# ruff: noqa: DTZ001 - wall times have no zone

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import Invalid
from crm.recurrence import (
    DAYS,
    Every,
    Recurrence,
    at_zone,
    end_of_day,
    following,
    latest,
    next_times,
    read,
    rule_of,
    wall_time,
)

BERLIN = ZoneInfo("Europe/Berlin")
walls = st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
recurrences = st.builds(
    Recurrence,
    every=st.sampled_from(Every),
    interval=st.integers(1, 5),
    days=st.lists(st.sampled_from(DAYS), unique=True, max_size=6).map(tuple),
    count=st.none() | st.integers(1, 9),
)


def days_of(every: Every, first: datetime, many: int, **more: int) -> list[date]:
    rule = rule_of(Recurrence(every=every, **more), first)  # type: ignore[arg-type]
    return [at.date() for at in next_times(rule, first, many)]


def test_monthly_from_the_31st_takes_the_last_day_of_each_month() -> None:
    found = days_of(Every.MONTH, datetime(2027, 12, 31, 9), 5)
    assert [day.isoformat() for day in found] == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip


def test_yearly_from_a_leap_day_is_never_left_out() -> None:
    found = days_of(Every.YEAR, datetime(2028, 2, 29, 9), 5)
    assert [day.isoformat()[2:] for day in found] == [
        "28-02-29", "29-02-28", "30-02-28", "31-02-28", "32-02-29",
    ]  # fmt: skip


def test_working_days_leave_out_the_weekend() -> None:
    found = days_of(Every.WORKING_DAY, datetime(2026, 11, 20, 9), 3)
    assert [day.isoweekday() for day in found] == [5, 1, 2]


def test_every_second_week_on_two_days() -> None:
    first = datetime(2026, 11, 23, 9)
    rule = rule_of(Recurrence(every=Every.WEEK, interval=2, days=("TH", "MO")), first)
    assert rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"
    assert [at.day for at in next_times(rule, first, 4)] == [23, 26, 7, 10]


def test_time_of_day_stays_when_the_clocks_change() -> None:
    first = datetime(2027, 3, 26, 9, 30)
    rule = rule_of(Recurrence(every=Every.DAY), first)
    moments = [at_zone(at, BERLIN) for at in next_times(rule, first, 4)]
    assert [at.astimezone(BERLIN).strftime("%H:%M") for at in moments] == ["09:30"] * 4
    assert moments[2] - moments[1] == timedelta(hours=23)


def test_hour_that_spring_leaves_out_is_the_next_one_and_of_two_in_autumn_the_first() -> None:
    assert wall_time(at_zone(datetime(2027, 3, 28, 2, 30), BERLIN), BERLIN).hour == 3
    autumn = at_zone(datetime(2027, 10, 31, 2, 30), BERLIN)
    assert autumn == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_series_ends_by_count_and_by_day() -> None:
    first = datetime(2026, 11, 20, 13, 30)
    by_count = rule_of(Recurrence(every=Every.DAY, count=3), first)
    by_day = rule_of(Recurrence(every=Every.DAY, until=end_of_day(datetime(2026, 11, 22))), first)
    for rule in (by_count, by_day):
        assert len(next_times(rule, first, 10)) == 3
        assert following(rule, first, datetime(2026, 11, 22, 13, 30)) is None


def test_latest_time_that_has_come_is_one_however_many_were_slept_through() -> None:
    first = datetime(2026, 11, 1, 9)
    rule = rule_of(Recurrence(every=Every.DAY), first)
    now = datetime(2026, 11, 20, 8)
    assert latest(rule, first, first, now) == datetime(2026, 11, 19, 9)
    assert latest(rule, first, datetime(2026, 11, 19, 9), now) is None


@pytest.mark.parametrize(
    "rule",
    ["", "x", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
     "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;BYHOUR=3",
     "FREQ=DAILY;COUNT=99999", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;BYDAY=MO"],
)  # fmt: skip
def test_rule_that_is_not_ours_is_refused(rule: str) -> None:
    with pytest.raises(Invalid):
        read(rule)


@given(recurrences, walls)
def test_rule_is_read_as_it_was_made(recurrence: Recurrence, first: datetime) -> None:
    rule = rule_of(recurrence, first)
    assert rule_of(read(rule), first) == rule
    assert read(rule).count == recurrence.count


@given(recurrences, walls)
def test_times_grow_keep_the_clock_and_are_those_of_rfc_5545(
    recurrence: Recurrence, first: datetime
) -> None:
    rule = rule_of(recurrence, first)
    found = next_times(rule, first, 12)
    assert found == sorted(set(found))
    assert {at.time() for at in found} <= {first.time()}
    rfc = rrulestr(rule, dtstart=first)
    assert found == [at for at, _ in zip(rfc, range(12), strict=False)]


@given(walls, st.integers(1, 40))
def test_no_month_is_left_out(first: datetime, months: int) -> None:
    rule = rule_of(Recurrence(every=Every.MONTH), first)
    found = next_times(rule, first, months)
    assert [at.year * 12 + at.month for at in found] == [
        first.year * 12 + first.month + n for n in range(months)
    ]
    assert all(at.day == min(first.day, 28) or at.day >= 28 for at in found)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 31)))
def test_a_moment_shows_the_same_clock_or_one_that_spring_moved(wall: datetime) -> None:
    shown = wall_time(at_zone(wall, BERLIN), BERLIN)
    assert shown - wall in (timedelta(0), timedelta(hours=1))
