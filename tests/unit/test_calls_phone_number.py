"""Numbers become one form, and what is no number stays none."""

import pytest

from calls.phone_number import last10, to_e164


@pytest.mark.parametrize(
    "raw",
    ["8 (495) 123-45-67", "+7 495 123 45 67", "495-123-45-67", "74951234567", "84951234567 "],
)
def test_every_russian_spelling_gives_one_number(raw: str) -> None:
    assert to_e164(raw) == "+74951234567"


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("+1 202 555 0143", "+12025550143"),
        ("0049 30 901820", "+4930901820"),
        ("+49 (30) 901820", "+4930901820"),
    ],
)
def test_foreign_number_keeps_its_country(raw: str, e164: str) -> None:
    assert to_e164(raw) == e164


@pytest.mark.parametrize(
    "raw", ["", "101", "12345", "anonymous", "Unknown", "*97", "s", "+", "8800FLOWERS", "9" * 40]
)
def test_what_is_no_public_number_gives_none(raw: str) -> None:
    assert to_e164(raw) is None


def test_region_decides_about_a_number_without_country() -> None:
    assert to_e164("202 555 0143", "US") == "+12025550143"


def test_last_ten_digits_join_spellings_without_country() -> None:
    assert last10("+7 (916) 000-11-22") == last10("89160001122") == "9160001122"
    assert last10("101") == ""
