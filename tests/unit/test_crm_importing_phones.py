import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.importing import issues
from crm.importing.phones import looks_like_phone, phones_of

ONE = "+79161234567"


@pytest.mark.parametrize(
    "text",
    [
        "89161234567", "+7 (916) 123-45-67", "8-916-123-45-67", "9161234567", "7 916 123 45 67", "8/916/123-45-67",
        "007 916 1234567", "8-9I6-I23-45-67", "8-9О6-123-45-67".replace("О", "1"), "+7_916_123_45_67", "8 (916)1234567",
        "т.89161234567", "+7(916) 123–45–67",
        "89161234567.0", "8,9161234567E+10", "8.9161234567E+10", "+7 8 916 123 45 67",
        "+8 (916) 123-45-67", "8(916)123-45-67; 8(916)123-45-67",
    ],
)  # fmt: skip
def test_number_however_written_is_one_number(text: str) -> None:
    assert [phone.e164 for phone in phones_of(text).found] == [ONE]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("8-916-123-45-67, 8 903 111-22-33", [ONE, "+79031112233"]),
        ("89161234567/89031112233", [ONE, "+79031112233"]),
        ("89161234567 89031112233", [ONE, "+79031112233"]),
        ("89161234567\n+7 495 123-45-67", [ONE, "+74951234567"]),
        ("моб.89161234567 раб. (495)123-45-67", [ONE, "+74951234567"]),
        ("8 (495) 123-45-67, 765-43-21", ["+74951234567", "+74957654321"]),
        ("8(495)123-45-67/68", ["+74951234567", "+74951234568"]),
        ("375291234567", ["+375291234567"]),
        ("8 10 49 30 901820", ["+4930901820"]),
        ("+44 20 7946 0958", ["+442079460958"]),
        ("8 701 123 45 67", ["+77011234567"]),
        ("8 800 555-35-35", ["+78005553535"]),
        ("812 345 67 89", ["+78123456789"]),
        ("8 (34364) 2-34-56", ["+73436423456"]),
    ],
)
def test_cell_with_numbers_gives_each_of_them(text: str, numbers: list[str]) -> None:
    assert [phone.e164 for phone in phones_of(text).found] == numbers


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("8-916-123-45-67 (Иван)", "Иван"),
        ("8 916 123-45-67 доб. 12", "доб. 12"),
        ("+79161234567, доб.12", "доб. 12"),
        ("+79161234567 ext. 22", "доб. 22"),
        ("8(916)123-45-67 #101", "доб. 101"),
        ("Иван: 89161234567", "Иван"),
        ("89161234567 с 9 до 18", "с 9 до 18"),
        ("WhatsApp 89161234567", "WhatsApp"),
    ],
)
def test_words_beside_a_number_are_its_label(text: str, label: str) -> None:
    (phone,) = phones_of(text).found
    assert (phone.e164, phone.label) == (ONE, label)


def test_words_between_two_numbers_belong_to_the_right_one() -> None:
    found = phones_of("89161234567 (Пётр), 89031112233 Мария").found
    assert [phone.label for phone in found] == ["Пётр", "Мария"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("231-45-67", issues.NO_AREA_CODE),
        ("8.91612E+10", issues.LOST_DIGITS),
        ("8,91612E+10", issues.LOST_DIGITS),
        ("8 916 123 45", issues.NO_SUCH_NUMBER),
        ("8 916 123 45 678", issues.NO_SUCH_NUMBER),
        ("1234567890", issues.NO_SUCH_NUMBER),
        ("+7 999 999-99-99", issues.NO_SUCH_NUMBER),
        ("00000000000", issues.NO_SUCH_NUMBER),
        ("спросить у Пети", issues.NO_PHONE),
        ("123", issues.SHORT_PHONE),
    ],
)
def test_what_is_no_number_is_told_and_kept(text: str, why: str) -> None:
    read = phones_of(text)
    assert read.found == ()
    assert [issue.text for issue in read.issues] == [why]
    assert read.rest


def test_good_number_beside_a_bad_one_is_taken() -> None:
    read = phones_of("8-916-123-45-67 (Иван), 231-45-67")
    assert [phone.e164 for phone in read.found] == [ONE]
    assert read.rest == ("231-45-67",)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789+-() .,;/\nдобИванOoЗeE#", max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    read = phones_of(text)
    assert all(phone.e164.startswith("+") for phone in read.found)
    assert len({phone.e164 for phone in read.found}) == len(read.found)
    assert all(phone.label == phone.label.strip() for phone in read.found)


@settings(max_examples=100, deadline=None)
@given(
    st.from_regex(r"\A9[0-9]{9}\Z"),
    st.sampled_from(["8", "+7", "7", ""]),
    st.sampled_from(["", " ", "-", "("]),
)
def test_number_comes_back_from_its_ways_of_writing(national: str, prefix: str, mark: str) -> None:
    if len(set(national)) == 1:
        return
    written = (
        f"{prefix}{mark}{national[:3]}{')' if mark == '(' else mark}{national[3:6]}-{national[6:]}"
    )
    assert [phone.e164 for phone in phones_of(written).found] == [f"+7{national}"]


def test_inn_and_short_text_do_not_look_like_phones() -> None:
    assert not looks_like_phone("ул. Ленина, 5")
    assert not looks_like_phone("123456")
    assert looks_like_phone("8 (916) 123-45-67 Иван")
