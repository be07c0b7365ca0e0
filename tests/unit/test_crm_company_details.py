"""Registration numbers: real forms pass, one mistyped digit is found."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm import company_details as details
from crm.errors import Invalid

# Invented; their check digits were worked out beside the code under test.
GOOD_INN_10 = "7701234560"
GOOD_INN_12 = "770712345633"
GOOD_OGRN = "1037700123450"
GOOD_OGRNIP = "310774612345677"


@pytest.mark.parametrize("number", [GOOD_INN_10, GOOD_INN_12, "7701 234560", ""])
def test_right_inn_is_kept_as_digits(number: str) -> None:
    assert details.inn(number) == number.replace(" ", "")


@pytest.mark.parametrize("number", [GOOD_OGRN, GOOD_OGRNIP, "1-03-77-00-12345-0", ""])
def test_right_ogrn_is_kept_as_digits(number: str) -> None:
    assert details.ogrn(number) == number.replace("-", "")


@pytest.mark.parametrize("number", ["770101001", "7701AB001", "7701ab001", "7701 01 001", ""])
def test_right_kpp_is_kept_in_capitals(number: str) -> None:
    assert details.kpp(number) == number.replace(" ", "").upper()


@pytest.mark.parametrize(
    ("check", "number", "why"),
    [
        (details.inn, "770123456", "this one has 9"),
        (details.inn, "7701234561", "check digit"),
        (details.inn, "770712345634", "check digit"),
        (details.inn, "0000000000", "check digit"),
        (details.inn, "77O1234560", "only digits"),
        (details.inn, "٧٧٠١٢٣٤٥٦٠", "only digits"),
        (details.kpp, "77010100", "9 digits"),
        (details.kpp, "7701ФЫ001", "9 digits"),
        (details.ogrn, "103770012345", "this one has 12"),
        (details.ogrn, "1037700123451", "check digit"),
        (details.ogrn, "2037700123450", "begins with"),
        (details.ogrn, "310774612345678", "check digit"),
    ],
)
def test_wrong_number_is_told_what_is_wrong(
    check: Callable[[str], str], number: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        check(number)


def test_person_has_no_inn_of_a_company() -> None:
    with pytest.raises(Invalid, match="12 digits"):
        details.inn(GOOD_INN_10, of_person=True)
    assert details.inn(GOOD_INN_12, of_person=True) == GOOD_INN_12


@given(
    st.sampled_from([(details.ogrn, GOOD_OGRN), (details.ogrn, GOOD_OGRNIP)])
    | st.sampled_from([(details.inn, GOOD_INN_12)]),
    st.integers(1, 14),
    st.integers(1, 9),
)
def test_no_mistyped_digit_of_a_long_number_passes_unless_its_check_is_the_same(
    good: tuple[Callable[[str], str], str], place: int, by: int
) -> None:
    check, number = good
    place %= len(number)
    assume(place > 0)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    # A remainder of 10 is written as 0, so now and then two numbers share a check digit; then both can be real.
    try:
        kept = check(wrong)
    except Invalid:
        return
    assert kept == wrong
    assert wrong[-1] == number[-1], "the check digit itself was changed"


@given(st.text(max_size=30))
def test_any_text_is_kept_or_refused_never_half_taken(text: str) -> None:
    for check in (details.inn, details.kpp, details.ogrn):
        try:
            kept = check(text)
        except Invalid:
            continue
        assert kept == "" or kept.isascii()
        assert check(kept) == kept
