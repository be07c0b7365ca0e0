from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.importing import issues
from crm.importing.cells import Cell, cleaned, is_nothing, text_of, value_of
from crm.importing.emails import emails_of, is_of_firm
from crm.importing.names import firm_name, joined_name, kind_of, person_name
from crm.importing.values import (
    amount_of,
    date_of,
    flag_of,
    kpp_of,
    moment_of,
    ogrn_of,
    registration_of,
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Иван\u00a0\u200bПетров ", "Иван Петров"),
        ("ООО &quot;Ромашка&quot;", 'ООО "Ромашка"'),
        ("&amp;quot;А&amp;quot;", '"А"'),
        ("'+79161234567", "+79161234567"),
        ("a\r\n\r\nb", "a\nb"),
        ("строка_x000D_\nещё", "строка\nещё"),
        (89161234567.0, "89161234567"),
        (12.5, "12.5"),
        (float("nan"), ""),
        (True, "да"),
        (None, ""),
        (datetime(2024, 5, 1), "2024-05-01"),  # noqa: DTZ001 (a spreadsheet has no zone)
    ],
)
def test_cell_becomes_clean_text(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize("text", ["-", "—", "нет", "Не указан", "#Н/Д", "NULL", "n/a", "  ", "?"])
def test_cell_that_says_nothing_is_nothing(text: str) -> None:
    assert value_of(text) == ""
    assert is_nothing(cleaned(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ivan@Mail.RU", ("ivan@mail.ru",)),
        ("mailto:ivan@mail.ru", ("ivan@mail.ru",)),
        ("ivan @ mail.ru", ("ivan@mail.ru",)),
        ("ivan@mail,ru", ("ivan@mail.ru",)),
        ("ivan@mail. ru", ("ivan@mail.ru",)),
        ("ivan[at]mail.ru", ("ivan@mail.ru",)),
        ("ivаn@mаil.ru", ("ivan@mail.ru",)),  # Cyrillic а
        ("почта@россия.рф", ("почта@россия.рф",)),
        ("Иван <ivan@mail.ru>, petr@ya.ru; x@y.com", ("ivan@mail.ru", "petr@ya.ru", "x@y.com")),
        ("info@firma.ru/zakaz@firma.ru", ("info@firma.ru", "zakaz@firma.ru")),
        ("ivan@mail.ru.", ("ivan@mail.ru",)),
        ("ivan@mail.ru ivan@mail.ru", ("ivan@mail.ru",)),
        ("ivan@mail", ()),
        ("ivan@@mail.ru", ()),
        ("нет", ()),
    ],
)
def test_addresses_are_found_in_untidy_cells(text: str, found: tuple[str, ...]) -> None:
    assert emails_of(text).found == found


def test_broken_address_is_told_and_kept() -> None:
    read = emails_of("ivan@mail")
    assert [issue.text for issue in read.issues] == [issues.NO_EMAIL]
    assert read.rest == ("ivan@mail",)


def test_phone_beside_an_address_is_left_over() -> None:
    assert emails_of("89161234567, ivan@mail.ru").without == "89161234567"


def test_addresses_of_companies_are_told_from_those_of_people() -> None:
    assert is_of_firm("info@firma.ru")
    assert is_of_firm("sales2@firma.ru")
    assert not is_of_firm("ivan.petrov@firma.ru")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ООО «Ромашка»", "organisation"),
        ('OOO "Romashka"', "organisation"),
        ("OOO Ромашка", "organisation"),  # Latin O
        ("ИП Иванов И.И.", "organisation"),
        ("Иванов И.И. ИП", "organisation"),
        ("Завод железобетонных изделий", "organisation"),
        ("«Вектор»", "organisation"),
        ("АО Вектор", "organisation"),
        ("Acme LLC", "organisation"),
        ("Детский сад №5", "organisation"),
        ("Иванов Иван Иванович", "person"),
        ("Иванов И.И.", "person"),
        ("И. И. Иванов", "person"),
        ("Магомедов Али оглы", "person"),
        ("Анна Шмидт", "person"),
        ("Чернова Ипатия", "person"),
        ("Ромашка", None),
        ("Иван", None),
    ],
)
def test_name_says_what_it_is(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


def test_names_are_put_in_order() -> None:
    assert person_name("  ИВАНОВ   ИВАН ИВАНОВИЧ. ") == "Иванов Иван Иванович"
    assert person_name("салтыков-щедрин м.е.") == "Салтыков-Щедрин М.Е."
    assert person_name("г-н Сидоров") == "Сидоров"
    assert person_name("О'Нил Шакил") == "О'Нил Шакил"
    assert firm_name('ООО ""Ромашка""') == 'ООО "Ромашка"'
    assert firm_name('"ООО ""Ромашка"""') == 'ООО "Ромашка"'
    assert firm_name("ООО « Ромашка »") == "ООО «Ромашка»"
    assert joined_name("Иванов", "Иван", "") == "Иванов Иван"


@pytest.mark.parametrize(
    "text", ["31.12.1980", "1980-12-31", "31/12/80", "29586", "12/31/1980", "31 декабря 1980 г.", "19801231",
             "1980-12-31 00:00:00", "31.12.1980 г.", "31 дек. 1980", "31,12,1980", "1980/12/31"]
)  # fmt: skip
def test_date_is_read_in_any_form(text: str) -> None:
    assert date_of(text, text) == date(1980, 12, 31)


@pytest.mark.parametrize("text", ["32.01.1990", "31.12", "вчера", "0", "00.00.0000", "99999999"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert date_of(text, text) is None


def test_serial_and_time_of_a_spreadsheet_are_read() -> None:
    assert date_of(29586.0, "29586") == date(1980, 12, 31)
    moment = moment_of("05.03.2024 14:30", "05.03.2024 14:30")
    assert moment is not None
    assert moment.isoformat() == "2024-03-05T14:30:00"


@pytest.mark.parametrize(("text", "flag"), [("Да", True), ("+", True), ("ИСТИНА", True), ("нет", False), ("-", False),
                                            ("0", False), ("может быть", None), ("Не согласен", False)])  # fmt: skip
def test_yes_and_no_are_read(text: str, flag: bool | None) -> None:
    assert flag_of(text) is flag


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12 500,50 руб.", "12500.50"), ("12,500.50", "12500.50"), ("1.250.000", "1250000"), ("1 250 000", "1250000"),
     ("12.5", "12.5"), ("$1,234", "1234"), ("бесплатно", None)],
)  # fmt: skip
def test_sum_is_read(text: str, amount: str | None) -> None:
    assert amount_of(text, text) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "inn", "kpp"),
    [
        ("7707083893", "7707083893", ""),
        ("7707083893.0", "7707083893", ""),
        ("ИНН 7707083893", "7707083893", ""),
        ("7707083893/770701001", "7707083893", "770701001"),
        ("7707083893 / 770701001", "7707083893", "770701001"),
        ("7707083893 -", "7707083893", ""),
        ("500100732259", "500100732259", ""),
        ("7 707 083 893", "7707083893", ""),
        ("276035770", "0276035770", ""),
    ],
)
def test_inn_is_read_with_its_kpp_and_its_lost_zero(text: str, inn: str, kpp: str) -> None:
    read = registration_of(text)
    assert (read.inn, read.kpp) == (inn, kpp)
    assert (read.issue is not None) == (len(text) == 9)


@pytest.mark.parametrize("text", ["7707083894", "123", "нет данных", "770708389312345"])
def test_wrong_inn_is_refused(text: str) -> None:
    read = registration_of(text)
    assert read.inn == ""
    assert read.issue is not None
    assert read.issue.severity == "error"


def test_kpp_and_ogrn_are_checked() -> None:
    assert kpp_of("77070100 1") == "770701001"
    assert kpp_of("12") is None
    assert ogrn_of("1027700132195") == "1027700132195"
    assert ogrn_of("1027700132196") is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_values_or_none(text: str) -> None:
    text = cleaned(text)
    date_of(text, text)
    amount_of(text, text)
    registration_of(text)
    kpp_of(text)
    ogrn_of(text)
    emails_of(text)
    kind_of(text)
    person_name(text)
    firm_name(text)
