from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from web import format as formats

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)  # already 3 March in Moscow


@pytest.mark.parametrize(
    ("raw", "pretty"),
    [
        ("+79161234567", "+7 916 123-45-67"),
        ("89161234567", "+7 916 123-45-67"),
        ("+420605123456", "+420 605 123 456"),
        ("101", "101"),
        ("", ""),
        ("anonymous", "anonymous"),
        ("99999999999999999999", "99999999999999999999"),
    ],
)
def test_number_is_written_as_people_write_it(raw: str, pretty: str) -> None:
    assert formats.pretty_number(raw) == pretty


@pytest.mark.parametrize(
    ("raw", "dialled"),
    [("+7 (916) 123-45-67", "+79161234567"), ("*43#", "*43#"), ("anonymous", ""), ("+", "")],
)
def test_only_what_a_phone_can_dial_is_dialled(raw: str, dialled: str) -> None:
    assert formats.dialable(raw) == dialled


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0:00"), (7.4, "0:07"), (760, "12:40"), (3725, "1:02:05"), (-3, "0:00")],
)
def test_duration_is_short(seconds: float | None, text: str) -> None:
    assert formats.duration(seconds) == text


def test_today_is_the_company_s_today() -> None:
    at = datetime(2026, 3, 2, 21, 5, tzinfo=UTC)
    assert formats.day_and_time(at, MOSCOW, "en", NOW) == "00:05"


def test_yesterday_has_its_day_and_last_year_its_year() -> None:
    at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert formats.day_and_time(at, MOSCOW, "en", NOW) == "2 Mar, 13:00"
    old = datetime(2024, 3, 2, 10, 0, tzinfo=UTC)
    assert formats.day_and_time(old, MOSCOW, "ru", NOW) == "2 мар. 2024, 13:00"


def test_unknown_times_are_empty() -> None:
    assert formats.clock_time(None, MOSCOW, "ru") == ""
    assert formats.full_time(None, MOSCOW, "ru") == ""
    assert formats.day(None, MOSCOW, "ru") == ""


def test_day_begins_at_the_company_s_midnight() -> None:
    assert formats.start_of_day(NOW, MOSCOW) == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    assert formats.start_of_day(NOW, MOSCOW, 1) == datetime(2026, 3, 1, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "locale", "shown"),
    [
        (10, "en", "10 B"),
        (1023, "ru", "1 023 Б"),
        (4500, "ru", "4,4 КБ"),
        (4500, "en", "4.4 KB"),
        (25 * 2**20, "ru", "25 МБ"),
        (3 * 2**40, "en", "3,072 GB"),
    ],
)
def test_size_of_a_file_is_short(size: int, locale: str, shown: str) -> None:
    assert formats.file_size(size, locale).replace("\N{NO-BREAK SPACE}", " ") == shown
