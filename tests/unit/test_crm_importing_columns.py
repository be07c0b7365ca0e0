import pytest

from crm.importing.columns import find_layout, letter_of
from crm.importing.header_words import FIELDS, meaning_of

IVAN = ["Иванов Иван Иванович", "8 916 123-45-67", "ivan@mail.ru"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Телефон", "phone"), ("Тел.", "phone"), ("тел", "phone"), ("Моб.", "phone"), ("Сотовый", "phone"),
        ("Контактный телефон 2", "phone"), ("Мобильный", "phone"), ("WhatsApp", "phone"), ("Факс", "phone"),
        ("Номер телефона", "phone"), ("Телефон для SMS-рассылок", "phone"), ("Тел./факс", "phone"),
        ("ФИО", "name"), ("Ф.И.О. клиента", "name"), ("Фамилия Имя Отчество", "name"), ("Фамилия, имя", "name"),
        ("Клиент", "name"), ("Покупатель", "name"), ("Наименование", "name"), ("Название", "name"),
        ("Фамилия", "last_name"), ("Имя", "first_name"), ("Отчество", "middle_name"),
        ("Наименование организации", "organisation"), ("Контрагент", "organisation"), ("Компания", "organisation"),
        ("Юр. лицо", "organisation"), ("Место работы", "organisation"), ("Фирма", "organisation"),
        ("Полное наименование", "legal_name"), ("Юр. адрес", "legal_address"), ("Юридический адрес", "legal_address"),
        ("Фактический адрес", "address"), ("Почтовый адрес", "address"), ("Адрес доставки", "address"),
        ("Адрес регистрации", "home_address"), ("Город", "city"), ("г.", "city"), ("Регион", "region"),
        ("ИНН/КПП", "inn"), ("ИНН", "inn"), ("КПП", "kpp"), ("ОГРН/ОГРНИП", "ogrn"), ("Реквизиты", "requisites"),
        ("E-mail", "email"), ("Эл. почта", "email"), ("Почта", "email"), ("Электронный адрес", "email"),
        ("Адрес электронной почты", "email"), ("e-mail для рассылок", "email"), ("Емейл", "email"),
        ("Дата рождения", "born_on"), ("День рождения", "born_on"), ("Д.р.", "born_on"),
        ("Менеджер", "responsible"), ("Ответственный", "responsible"), ("Куратор", "responsible"),
        ("Примечание", "notes"), ("Комментарий", "notes"), ("Прим.", "notes"), ("Доп. информация", "notes"),
        ("Сайт", "website"), ("Адрес сайта", "website"), ("Должность", "position"), ("Источник", "source"),
        ("Теги", "tags"), ("Тип клиента", "kind"), ("Физ./юр. лицо", "kind"), ("Пол", "sex"), ("Telegram", "messenger"),
        ("Согласие на рассылку", "mailing_consent"), ("Дата создания", "created_at"), ("Сделка", "deal_name"),
        ("Сумма", "deal_amount"), ("Стадия", "deal_stage"), ("Контактное лицо", "contact"),
        ("Генеральный директор", "contact"), ("ОПФ", "legal_form"),
        ("№", ""), ("№ п/п", ""), ("ID", ""), ("Кем создан", ""), ("Телефон менеджера", ""), ("Дата договора", ""),
    ],
)  # fmt: skip
def test_header_says_what_its_column_is(header: str, field: str) -> None:
    meaning = meaning_of(header)
    assert meaning is not None
    assert meaning.field == field


@pytest.mark.parametrize("header", ["Скидка", "Статус", "Лицевой счёт", ""])
def test_unknown_header_says_nothing(header: str) -> None:
    assert meaning_of(header) is None


def test_header_below_a_title_and_empty_rows_is_found() -> None:
    layout = find_layout(
        [["Список клиентов на 01.01.2024"], [], ["№", "ФИО", "Тел.", "Почта"], [1, *IVAN]]
    )
    assert layout.fields == {"№": "", "ФИО": "name", "Тел.": "phone", "Почта": "email"}
    assert layout.first == 3


def test_table_without_header_is_told_by_its_contents() -> None:
    layout = find_layout([IVAN, ["Петрова Анна Ивановна", "+7 903 111 22 33", ""]])
    assert layout.fields == {"A": "name", "B": "phone", "C": "email"}
    assert layout.first == 0


def test_header_of_two_lines_is_one() -> None:
    rows = [
        ["Клиент", "Телефоны", "", "Адрес"],
        ["ФИО", "моб.", "раб.", ""],
        ["Иванов", "1", "2", "Москва"],
    ]
    layout = find_layout(rows)
    assert [column.field for column in layout.columns] == ["name", "phone", "phone", "address"]
    assert layout.first == 2


def test_groups_above_the_header_tell_same_columns_apart() -> None:
    rows = [
        ["Директор", "", "Бухгалтер", ""],
        ["ФИО", "Телефон", "ФИО", "Телефон"],
        [*IVAN[:2], "Петрова Анна", ""],
    ]
    assert find_layout(rows).fields == {
        "Директор ФИО": "contact",
        "Директор Телефон": "phone",
        "Бухгалтер ФИО": "contact",
        "Бухгалтер Телефон": "phone",
    }


def test_line_of_column_numbers_is_no_client() -> None:
    assert find_layout([["ФИО", "Тел", "Прим"], ["1", "2", "3"], IVAN]).first == 2


def test_columns_with_the_same_header_are_numbered() -> None:
    fields = find_layout([["ФИО", "Телефон", "Телефон"], IVAN]).fields
    assert fields == {"ФИО": "name", "Телефон": "phone", "Телефон (2)": "phone"}


def test_first_name_alone_is_the_name() -> None:
    assert find_layout([["Имя", "Телефон"], IVAN]).fields["Имя"] == "name"
    assert find_layout([["Фамилия", "Имя"], ["Иванов", "Иван"]]).fields["Имя"] == "first_name"


def test_contact_person_beside_an_organisation_is_the_name() -> None:
    fields = find_layout(
        [["Организация", "Контактное лицо", "Телефон"], ["ООО А", *IVAN[:2]]]
    ).fields
    assert fields == {"Организация": "organisation", "Контактное лицо": "name", "Телефон": "phone"}


def test_of_two_names_that_of_companies_is_the_organisation() -> None:
    rows = [
        ["Клиент", "ФИО"],
        ["ООО Ромашка", "Иванов Иван Иванович"],
        ["АО Вектор", "Петров Пётр Петрович"],
    ]
    assert find_layout(rows).fields == {"Клиент": "organisation", "ФИО": "name"}


def test_contents_win_against_a_header_that_says_little() -> None:
    assert find_layout([["Клиент", "Номер"], ["Иванов", "89161234567"]]).fields["Номер"] == "phone"
    assert find_layout([["ФИО", "Контакт"], ["Иванов", "89161234567"]]).fields["Контакт"] == "phone"
    address = [["ФИО", "Почта"], *[["Иванов", "Москва, ул. Мира, 1"]] * 3]
    assert find_layout(address).fields["Почта"] == "address"


def test_custom_field_is_found_by_its_name() -> None:
    layout = find_layout([["ФИО", "Размер обуви"], ["Иванов", "42"]], {"размер обуви": "shoe"})
    assert layout.fields["Размер обуви"] == "custom:shoe"


def test_exports_of_other_systems_are_recognised() -> None:
    bitrix = ["ID", "Обращение", "Фамилия", "Имя", "Отчество", "Рабочий телефон", "Мобильный телефон",
              "Рабочий e-mail", "Частный e-mail", "Компания", "Должность", "Ответственный", "Комментарий"]  # fmt: skip
    layout = find_layout([bitrix, ["1", "", "Иванов", "Иван", "", "89161234567"]])
    assert layout.preset == "Bitrix24"
    assert layout.fields["Компания"] == "organisation"
    assert layout.fields["ID"] == layout.fields["Обращение"] == ""
    amo = ["ID", "Полное имя контакта", "Компания контакта", "Ответственный", "Дата создания контакта", "Теги",
           "Рабочий телефон (контакт)", "Рабочий email (контакт)"]  # fmt: skip
    layout = find_layout([amo, ["1", "Иванов Иван", "ООО Ромашка", "", "", "", "'89161234567"]])
    assert layout.preset == "amoCRM"
    assert layout.fields["Полное имя контакта"] == "name"
    assert layout.fields["Рабочий телефон (контакт)"] == "phone"


def test_every_field_of_a_header_is_known() -> None:
    fields = set(FIELDS)
    assert {"name", "phone", "email", "inn"} <= fields
    assert all(
        not column.field or column.field in fields
        for column in find_layout([["ФИО", "ИНН", "x"]]).columns
    )


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [letter_of(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
