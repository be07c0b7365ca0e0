"""Two numbers, one client: when and when not."""

import pytest

from crm.number_rules import NumberRules, fits_by_tail
from crm.settings import CrmSettings

RULES = NumberRules.of(CrmSettings(own_numbers=("8 (495) 000-00-01",)))


@pytest.mark.parametrize(
    ("raw", "e164", "tail", "has_country"),
    [
        ("+7 916 000-00-01", "+79160000001", "9160000001", True),
        ("8 (916) 000-00-01", "+79160000001", "9160000001", False),
        ("79160000001", "+79160000001", "9160000001", True),
        ("9160000001", "+79160000001", "9160000001", False),
        ("0049 30 901820", "+4930901820", "4930901820", True),
        ("212345", None, "212345", False),
        ("+37251234567", "+37251234567", "7251234567", True),
        ("+3725123456", "+3725123456", "3725123456", True),
        ("101", None, "", False),
        ("", None, "", False),
        ("anonymous", None, "", False),
    ],
)
def test_number_is_read(raw: str, e164: str | None, tail: str, has_country: bool) -> None:
    key = RULES.key(raw)
    assert (key.e164, key.tail, key.has_country) == (e164, tail, has_country)


def test_extension_and_hidden_caller_have_no_subject() -> None:
    assert RULES.key("101").subject == ""
    assert RULES.key("").subject == ""
    assert RULES.key("8 916 000-00-01").subject == "number:+79160000001"


@pytest.mark.parametrize("raw", ["+74950000001", "84950000001", "4950000001", "74950000001"])
def test_own_number_is_known_in_every_form(raw: str) -> None:
    assert RULES.is_own(raw)
    assert not RULES.is_own("+74950000002")


def test_tails_of_two_countries_do_not_fit() -> None:
    abroad = "+19160000001"
    assert not fits_by_tail(RULES.key("+79160000001"), abroad)
    assert fits_by_tail(RULES.key("9160000001"), abroad)
    assert fits_by_tail(RULES.key("+79160000001"), None)
