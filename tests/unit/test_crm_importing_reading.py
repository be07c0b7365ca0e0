"""Files as they come: old and new spreadsheets, exports with a wrong name, csv in any code."""

import io
import struct
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from crm.errors import Invalid
from crm.importing.cells import text_of
from crm.importing.reading import book_of, open_book
from crm.importing.row_reader import RowReader
from crm.importing.source import SheetTable, StoredTable, convert
from crm.importing.text_files import decoded, rows_of
from crm.number_rules import NumberRules

SAMPLES = Path(__file__).parents[1] / "imports"
TEXT = "Клиент;Телефон;Город\r\nИванов Иван;89161234567;Тверь\r\nПетрова Анна;+7 903 111-22-33;Орёл\r\n"


def clients(table: SheetTable | StoredTable) -> list[tuple[int, str, list[str], list[str], str]]:
    reader = RowReader(table.layout, NumberRules(), date(2026, 11, 1))
    read = (reader.read(row.number, row.cells, heading=row.heading) for row in table.rows())
    return [
        (entry.row, card.name, [phone.e164 for phone in card.phones], card.emails, card.inn)
        for entry in read
        if entry is not None
        for card in entry.cards
    ]


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(data: bytes, sheet: str = "") -> SheetTable:
    return SheetTable(book_of(data).sheet(sheet))


def test_old_excel_file_is_read() -> None:
    found = clients(SheetTable(open_book(SAMPLES / "clients.xls").sheet()))
    assert found == [
        (4, "ООО «Север»", ["+74951234567"], ["info@sever.example"], "7707083893"),
        (5, "Иванов Иван Иванович", ["+79161234567"], [], "500100732259"),
        (6, "Петрова Анна Сергеевна", [], ["anna@mail.example"], ""),
    ]


def test_open_document_file_is_read() -> None:
    found = clients(SheetTable(open_book(SAMPLES / "clients.ods").sheet()))
    assert found == [
        (4, "Иванов Иван", ["+79161234567"], ["ivan@mail.example"], ""),
        (5, "Петрова Анна", ["+79031112233"], [], ""),
    ]


def test_first_sheet_with_clients_is_chosen_and_hidden_ones_are_not() -> None:
    rows: list[list[object]] = [["ФИО", "Телефон"], ["Иванов Иван", 89161234567]]
    data = workbook(("Титул", [["Отчёт"]]), ("База", rows), ("Ещё", [["ФИО"], ["Петров Пётр"]]))
    assert table(data).layout.fields == {"ФИО": "name", "Телефон": "phone"}
    assert [name for _, name, *_ in clients(table(data, "Ещё"))] == ["Петров Пётр"]
    with pytest.raises(Invalid, match="no sheet"):
        table(data, "Нет такого")


def test_merged_cells_belong_to_every_row_they_cover() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (["База клиентов"], ["Организация", "Контактное лицо", "Телефон"], ["ООО А", "Иванов Иван", "89161234567"],
                [None, "Петрова Анна", "89031112233"], ["Раздел 2"], ["ООО Б", "Козлов Олег", "89051112233"]):  # fmt: skip
        sheet.append(row)
    for cells in ("A1:C1", "A3:A4", "A5:C5"):
        sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    found = clients(table(out.getvalue()))
    assert [(row, name) for row, name, *_ in found] == [
        (3, "ООО А"), (3, "Иванов Иван"), (4, "ООО А"), (4, "Петрова Анна"), (6, "ООО Б"), (6, "Козлов Олег"),
    ]  # fmt: skip


def test_formula_gives_its_value_and_a_date_its_day() -> None:
    data = workbook(
        (
            "Лист",
            [
                ["ФИО", "Телефон", "Дата рождения"],
                ["Иванов Иван", "89161234567", date(1980, 12, 31)],
            ],
        )
    )
    reader = table(data)
    (row,) = reader.rows()
    entry = RowReader(reader.layout, NumberRules()).read(row.number, row.cells)
    assert entry is not None
    assert entry.cards[0].born_on == date(1980, 12, 31)


@pytest.mark.parametrize(
    "code",
    ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "utf-16", "utf-16-le", "mac_cyrillic"],
)
def test_code_of_a_text_is_recognised(code: str) -> None:
    found = clients(table(TEXT.encode(code)))
    assert [(name, phones) for _, name, phones, *_ in found] == [
        ("Иванов Иван", ["+79161234567"]),
        ("Петрова Анна", ["+79031112233"]),
    ]


def test_capitals_do_not_mislead_about_the_code() -> None:
    for code in ("cp1251", "cp866", "koi8-r"):
        text, found = decoded("КЛИЕНТ;ТЕЛЕФОН\nИВАНОВ ИВАН ИВАНОВИЧ;89161234567\n".encode(code) * 5)
        assert found == code
        assert text.startswith("КЛИЕНТ")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separator_is_recognised(separator: str) -> None:
    text = TEXT.replace(";", separator)
    rows, found = rows_of(text)
    assert found == separator
    assert rows[1][0] == "Иванов Иван"


def test_line_that_names_the_separator_is_no_row() -> None:
    rows, separator = rows_of("sep=;\r\nФИО;Телефон\r\nИванов, Иван;1\r\n")
    assert separator == ";"
    assert rows[0] == ["ФИО", "Телефон"]


def test_quoted_line_ends_and_ragged_rows_are_read() -> None:
    text = 'ФИО;Телефон;Комментарий\n"Иванов\nИван";"8916\n1234567";"сказал ""да"""\nПетров Пётр\nСидоров;1;2;3;4\n'
    rows, _ = rows_of(text)
    assert rows[1] == ["Иванов\nИван", "8916\n1234567", 'сказал "да"']
    assert [len(row) for row in rows] == [3, 3, 1, 5]


def test_quotation_mark_that_is_never_closed_swallows_nothing() -> None:
    lines = "".join(f"Клиент {n};8916{n:07}\n" for n in range(100))
    rows, _ = rows_of(f'ФИО;Телефон\n"ООО Ромашка;89161234567\n{lines}')
    assert len(rows) == 102


def test_html_and_xml_called_xls_are_read() -> None:
    page = (
        "<html><meta charset=utf-8><body><table><tr><th>ФИО</th><th>Телефон</th></tr>"
        "<tr><td>Иванов&nbsp;Иван</td><td>8 916<br>1234567</td></tr></table></body></html>"
    )
    assert [(name, phones) for _, name, phones, *_ in clients(table(page.encode()))] == [
        ("Иванов Иван", ["+79161234567"])
    ]
    xml = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Лист"><Table>'
        "<Row><Cell><Data>ФИО</Data></Cell><Cell><Data>Телефон</Data></Cell></Row>"
        '<Row ss:Index="4"><Cell ss:Index="2"><Data>89161234567</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    assert clients(table(xml.encode())) == [(4, "", ["+79161234567"], [], "")]


def test_entities_of_an_xml_file_are_refused() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&a;</Workbook>'
    )
    with pytest.raises(Invalid, match="broken"):
        book_of(bomb.encode())


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "nothing"),
        (b"\xef\xbb\xbf \r\n", "nothing"),
        (b"%PDF-1.7 ...", "no table"),
        (b"\x89PNG\r\n", "no table"),
        (archive(**{"a.txt": b"x"}), "archive"),
        (workbook(("Лист", [["ФИО"]]))[:-300], "broken"),
        (LOCKED, "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 600, "broken"),
        (struct.pack("<200I", *range(200)), "neither"),
    ],
)
def test_file_that_cannot_be_read_says_why(data: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        book_of(data).sheet()


def test_empty_sheets_are_told() -> None:
    with pytest.raises(Invalid, match="nothing"):
        book_of(workbook(("Лист", []))).sheet()


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(Invalid, match="200,000"):
        book_of(("ФИО\n" + "Иванов Иван\n" * 200_001).encode()).sheet()


def test_stored_table_gives_the_same_rows(tmp_path: Path) -> None:
    convert(SAMPLES / "clients.xls", tmp_path)
    stored = StoredTable(tmp_path)
    assert stored.meta["sheet"] == "Клиенты"
    assert clients(stored) == clients(SheetTable(open_book(SAMPLES / "clients.xls").sheet()))
    assert [row.number for row in stored.rows(after=4)] == [5, 6, 8]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode),
                 st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data),
                 st.binary(max_size=900).map(lambda data: LOCKED[:8] + data)))  # fmt: skip
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    said: Invalid | None
    try:
        sheet = book_of(data).sheet()
    except Invalid as error:
        said = error
    else:
        said = None
        assert any(text_of(cell) for row in sheet.rows for cell in row)
        clients(SheetTable(sheet))
    assert said is None or (said.field == "file" and said.why)
