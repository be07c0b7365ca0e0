"""Rows of untidy tables: who is in them, and what happens with each."""

from collections.abc import Sequence
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from crm.importing import issues
from crm.importing.cards import Card, Entry
from crm.importing.cells import Cell
from crm.importing.columns import find_layout
from crm.importing.known import Existing, Known
from crm.importing.plan import OnDuplicate, Planner, RowPlan
from crm.importing.report import Report
from crm.importing.resolving import Field, Lexicon
from crm.importing.row_reader import RowReader
from crm.number_rules import NumberRules

RULES = NumberRules("RU", frozenset(["4950000001"]))
Rows = Sequence[Sequence[Cell]]


def entries(rows: Rows) -> list[Entry]:
    layout = find_layout(rows)
    reader = RowReader(layout, RULES, date(2026, 11, 1))
    read = (reader.read(at + 1, rows[at]) for at in range(layout.first, len(rows)))
    return [entry for entry in read if entry is not None]


def one(*rows: Sequence[Cell]) -> Entry:
    (entry,) = entries(rows)
    return entry


def plans(
    rows: Rows, known: Known | None = None, mode: OnDuplicate = OnDuplicate.FILL
) -> list[RowPlan]:
    planner = Planner(known or Known(), mode)
    return [planner.plan(entry) for entry in entries(rows)]


def numbers(card: Card) -> list[str]:
    return [phone.e164 for phone in card.phones]


def test_company_and_its_contact_person_are_two_cards() -> None:
    entry = one(
        ["Организация", "Контактное лицо", "Должность", "Телефон", "Почта", "ИНН/КПП", "Город"],
        ["ООО «Ромашка»", "Иванов Иван", "директор", "89161234567, 8 495 123-45-67", "ivan@r.ru; info@r.ru",
         "7707083893/770701001", "Москва"],
    )  # fmt: skip
    firm, person = entry.cards
    assert (firm.kind, firm.name, firm.inn, firm.kpp) == (
        "organisation",
        "ООО «Ромашка»",
        "7707083893",
        "770701001",
    )
    assert (numbers(firm), firm.emails, firm.address) == (["+74951234567"], ["info@r.ru"], "Москва")
    assert (person.kind, person.name, person.position) == ("person", "Иванов Иван", "директор")
    assert (numbers(person), person.emails) == (["+79161234567"], ["ivan@r.ru"])


def test_table_of_people_with_their_companies_belongs_to_the_people() -> None:
    entry = one(
        ["ФИО", "Телефон", "Компания", "Примечание", "Дата рождения"],
        ["ИВАНОВ ИВАН", "84951234567", "ООО Рога", "важный", 29586.0],
    )
    person, firm = entry.cards
    assert (person.name, numbers(person), person.notes) == (
        "Иванов Иван",
        ["+74951234567"],
        ["важный"],
    )
    assert person.born_on == date(1980, 12, 31)
    assert (firm.kind, firm.name) == ("organisation", "ООО Рога")


def test_name_in_three_columns_is_joined() -> None:
    entry = one(
        ["Фамилия", "Имя", "Отчество", "Телефон"], ["Иванов", "Иван", "Иванович", 89161234567.0]
    )
    assert entry.cards[0].name == "Иванов Иван Иванович"
    assert numbers(entry.cards[0]) == ["+79161234567"]


def test_counterparty_may_be_a_person() -> None:
    rows = [
        ["Контрагент", "ИНН"],
        ["Иванов Иван Иванович", "500100732259"],
        ["Ромашка", "7707083893"],
    ]
    assert [entry.cards[0].kind for entry in entries(rows)] == ["person", "organisation"]


def test_sole_proprietor_is_an_organisation() -> None:
    card = one(["Клиент", "ИНН"], ["ИП Сидоров П.П.", 500100732259]).cards[0]
    assert (card.kind, card.name, card.inn) == ("organisation", "ИП Сидоров П.П.", "500100732259")


def test_column_of_kinds_decides() -> None:
    rows = [["Название", "Тип клиента"], ["Ромашка", "юр. лицо"], ["Ромашка", "физ. лицо"]]
    assert [entry.cards[0].kind for entry in entries(rows)] == ["organisation", "person"]


def test_person_and_company_in_one_cell_are_told_apart() -> None:
    for text in (
        "Мария (ООО Ромашка)",
        "ООО Ромашка, Петрова Мария",
        "ООО Ромашка - Петрова Мария",
    ):
        entry = one(["Клиент", "Телефон"], [text, "89161234567"])
        assert {card.kind for card in entry.cards} == {"person", "organisation"}, text


def test_several_contact_persons_have_their_own_phones() -> None:
    entry = one(
        ["Организация", "Директор", "Тел. директора", "Бухгалтер", "Тел. бухгалтера"],
        ["ООО Ромашка", "Иванов И.И.", "89161234567", "Петрова А.А.", "89031112233"],
    )
    _, first, second = entry.cards
    assert (first.position, numbers(first)) == ("директор", ["+79161234567"])
    assert (second.position, numbers(second)) == ("бухгалтер", ["+79031112233"])


def test_phone_within_the_name_is_taken_out() -> None:
    card = one(["Имя", "Телефон"], ["Иван 89161234567", ""]).cards[0]
    assert (card.name, numbers(card)) == ("Иван", ["+79161234567"])


def test_name_beside_the_phone_is_the_name_where_there_is_no_other() -> None:
    card = one(["Телефон"], ["89161234567 Иван"]).cards[0]
    assert (card.name, numbers(card)) == ("Иван", ["+79161234567"])


def test_address_and_phone_in_each_other_s_columns_are_found() -> None:
    card = one(
        ["ФИО", "Телефон", "E-mail"], ["Иванов Иван", "ivan@mail.ru", "8 916 123 45 67"]
    ).cards[0]
    assert (numbers(card), card.emails) == (["+79161234567"], ["ivan@mail.ru"])


def test_bad_cells_are_told_and_kept_in_the_notes() -> None:
    entry = one(
        ["ФИО", "Телефон", "ИНН", "Дата рождения", "E-mail"],
        ["Иванов Иван", "231-45-67", "7707083894", "32.01.1990", "ivan@mail"],
    )
    assert [(issue.column, issue.text) for issue in entry.issues if issue.severity == "error"] == [
        ("Телефон", issues.NO_AREA_CODE),
        ("E-mail", issues.NO_EMAIL),
        ("ИНН", issues.WRONG_INN),
        ("Дата рождения", issues.NO_DATE),
    ]
    assert {"Телефон: 231-45-67", "ИНН: 7707083894", "Дата рождения: 32.01.1990"} <= set(
        entry.cards[0].notes
    )


def test_own_number_of_the_company_is_left_out() -> None:
    entry = one(["ФИО", "Телефон"], ["Иванов Иван", "8 495 000-00-01"])
    assert numbers(entry.cards[0]) == []
    assert [issue.text for issue in entry.issues] == [issues.OWN_NUMBER]


def test_totals_headings_and_repeated_headers_are_no_clients() -> None:
    read = entries(
        [
            ["ФИО", "Телефон", "Примечание"],
            ["Иванов Иван", "89161234567", ""],
            ["", "", ""],
            ["ФИО", "Телефон", "Примечание"],
            ["", "", "Раздел второй"],
            ["Итого", "1", ""],
            ["Страница 1 из 3", "", ""],
        ]
    )
    assert [(entry.row, entry.is_heading) for entry in read] == [(2, False), (5, True)]


def test_row_without_anybody_is_an_error() -> None:
    entry = one(["ФИО", "Телефон", "Примечание", "Город"], ["", "", "важно", "Москва"])
    assert entry.cards == []
    assert entry.issues[-1].text == issues.NOTHING_KNOWN


def test_two_digits_of_a_birth_year_are_of_the_past() -> None:
    assert one(["ФИО", "Дата рождения"], ["Иванов Иван", "15.06.27"]).cards[0].born_on == date(
        1927, 6, 15
    )


def test_same_phone_and_name_make_one_client() -> None:
    planned = plans([["ФИО", "Телефон", "E-mail"], ["Иванов Иван", "89161234567", ""],
                     ["Иванов И.", "+7 916 123-45-67", "ivan@mail.ru"]])  # fmt: skip
    assert [plan.outcome for plan in planned] == ["created", "duplicate"]
    (made,) = planned[0].made
    assert made.card is not None
    assert made.card.emails == ["ivan@mail.ru"]


def test_shared_number_of_different_people_makes_two_clients() -> None:
    planned = plans(
        [["ФИО", "Телефон"], ["Иванов Иван", "84951234567"], ["Петрова Анна", "84951234567"],
         ["Иванова Александра", "89161234567"], ["Иванов Александр", "89161234567"]]
    )  # fmt: skip
    assert [plan.outcome for plan in planned] == ["created"] * 4


def test_company_in_several_rows_is_one_with_several_contacts() -> None:
    planned = plans([["Организация", "Контактное лицо", "Телефон"], ["ООО «Ромашка»", "Иванов Иван", "89161234567"],
                     ['ООО "Ромашка"', "Петрова Анна", "89031112233"],
                     ["ООО Ромашка", "Иванов Иван", "89161234567"]])  # fmt: skip
    assert [len(plan.made) for plan in planned] == [2, 1, 0]
    assert planned[2].outcome == "duplicate"


def base() -> Known:
    known = Known()
    values = {"name": "Иванов Иван", "address": "Тверь"}
    known.add(
        Existing(ref=7, kind="person", name="Иванов Иван", phones={"+79161234567"}, values=values)
    )
    return known


TABLE: Rows = [
    ["ФИО", "Телефон", "E-mail", "Адрес"],
    ["Иванов Иван", "89161234567", "ivan@mail.ru", "Москва"],
]


def test_client_of_the_base_gets_what_was_empty() -> None:
    (plan,) = plans(TABLE, base())
    (update,) = plan.updates
    assert plan.outcome == "updated"
    assert (update.emails, update.fields) == (["ivan@mail.ru"], {})


def test_client_of_the_base_is_overwritten_skipped_or_doubled_as_chosen() -> None:
    (plan,) = plans(TABLE, base(), OnDuplicate.ALL)
    assert plan.updates[0].fields == {"address": "Москва"}
    assert plan.updates[0].before == {"address": "Тверь"}
    assert [plan.outcome for plan in plans(TABLE, base(), OnDuplicate.SKIP)] == ["duplicate"]
    assert [plan.outcome for plan in plans(TABLE, base(), OnDuplicate.CREATE)] == ["created"]


def test_client_of_a_colleague_is_told_without_details() -> None:
    known = Known()
    known.add(
        Existing(
            ref=7,
            kind="person",
            name="Иванов Иван",
            phones={"+79161234567"},
            visible=False,
            editable=False,
        )
    )
    (plan,) = plans(TABLE, known)
    assert (plan.outcome, plan.met) == ("duplicate", None)
    assert [issue.text for issue in plan.issues] == [issues.EXISTS_HIDDEN]


def test_number_of_several_clients_chooses_nobody() -> None:
    known = base()
    known.add(Existing(ref=8, kind="person", name="Сидоров Иван", phones={"+79161234567"}))
    (plan,) = plans([["Имя", "Телефон"], ["Иван", "89161234567"]], known)
    assert (plan.outcome, plan.made) == ("duplicate", [])
    assert [issue.text for issue in plan.issues] == [issues.SHARED_NUMBER]


def test_card_of_an_unknown_caller_becomes_the_client_of_the_file() -> None:
    known = Known()
    known.add(Existing(ref=7, kind="person", confirmed=False, phones={"+74951234567"}))
    (plan,) = plans([["Организация", "Телефон"], ["ООО Ромашка", "84951234567"]], known)
    assert plan.updates[0].fields == {
        "name": "ООО Ромашка",
        "kind": "organisation",
        "confirmed": True,
    }


def test_branches_with_one_inn_are_two_clients() -> None:
    rows = [
        ["Организация", "ИНН", "КПП"],
        ["ООО А", "7707083893", "770701001"],
        ["ООО А филиал", "7707083893", "780701001"],
    ]
    assert [plan.outcome for plan in plans(rows)] == ["created", "created"]


def test_colleagues_and_custom_fields_are_resolved() -> None:
    rows = [
        ["ФИО", "Менеджер", "Размер"],
        ["Иванов Иван", "Котова М.", "42"],
        ["Петров Пётр", "Никто", "большой"],
    ]
    layout = find_layout(rows, {"размер": "size"})
    reader = RowReader(layout, RULES)
    lexicon = Lexicon(
        {"мила котова": 5, "mila": 5}, {"size": Field(1, "size", "Размер", "number", "client")}
    )
    headers = {column.field: column.header for column in layout.columns}
    planner = Planner(Known(), OnDuplicate.FILL, lexicon, headers)
    read = [reader.read(at, rows[at]) for at in (1, 2)]
    first, second = (planner.plan(entry) for entry in read if entry is not None)
    made = first.made[0].card
    assert made is not None
    assert (made.responsible_id, str(made.values["size"])) == (5, "42")
    assert [issue.text for issue in second.issues] == [issues.UNKNOWN_PERSON, issues.NO_CHOICE]
    assert second.made[0].card is not None
    assert second.made[0].card.notes == ["Менеджер: Никто", "Размер: большой"]


def test_report_counts_rows_and_clients() -> None:
    report = Report(keep=True)
    report.add(plans([["Организация", "Контактное лицо", "Телефон"], ["ООО А", "Иванов Иван", "89161234567"],
                      ["ООО А", "Иванов Иван", "89161234567"], ["", "", "123"]]))  # fmt: skip
    totals = report.totals
    assert (totals.rows, totals.created, totals.duplicates, totals.failed) == (3, 2, 1, 1)
    assert [client["name"] for client in report.clients()] == ["ООО А", "Иванов Иван"]


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-10, 10**13), st.floats(), st.dates(), st.text(max_size=20),
    st.sampled_from(["ФИО", "Телефон", "ООО Ромашка", "89161234567", "ivan@mail.ru", "Иванов И.И.", "Итого", "ИНН",
                     "7707083893",
                     "31.12.1980", "E-mail", "Организация", "Контактное лицо", "Сумма", "Теги", "Согласие на рассылку"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=8))
def test_any_table_is_read_without_a_fault(rows: list[list[Cell]]) -> None:
    planned = plans(rows)
    report = Report(keep=True)
    report.add(planned)
    totals = report.totals
    assert totals.created == sum(len(plan.made) for plan in planned)
    assert totals.failed + totals.duplicates <= totals.rows
    for plan in planned:
        for made in plan.made:
            assert made.card is not None
            assert made.card.kind in ("person", "organisation")
            assert made.card.name or made.card.phones
            assert len(made.card.name) <= 255


def test_habits_of_real_tables_are_understood() -> None:
    rows = [["Клиент", "Юр/Физ", "Тел1", "Контакты"], ["Ромашка", "Ю", "89161234567", "почта: a@b.example"],
            ["Иванов", "Ф", "", "тел: 8-903-1112233"]]  # fmt: skip
    first, second = (entry.cards[0] for entry in entries(rows))
    assert (first.kind, numbers(first), first.emails) == (
        "organisation",
        ["+79161234567"],
        ["a@b.example"],
    )
    assert (second.kind, numbers(second)) == ("person", ["+79031112233"])
    firm, person = one(
        ["Орг-ция", "Контактное лицо/должность"], ["ООО А", "Сидорова Анна, бухгалтер"]
    ).cards
    assert (firm.name, person.name, person.position) == ("ООО А", "Сидорова Анна", "бухгалтер")
    assert one(["Клиент", "ИНН"], ["Ип Козлов", "500100732259"]).cards[0].kind == "organisation"


def test_sum_without_a_deal_makes_none() -> None:
    layout = find_layout([["Имя", "Сумма покупок"], ["Иван", "1500"]])
    assert layout.fields["Сумма покупок"] == ""
    assert one(["Имя", "Сделка", "Сумма"], ["Иван", "Окна", "1500"]).deal is not None
