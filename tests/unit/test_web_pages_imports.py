"""The pages of imports and exports: who may, what they say, and that a file comes back as it went out."""

import csv
import io
from pathlib import Path

import httpx2
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from support.clients import client
from support.web import Site

from crm import audit
from crm.access import SYSTEM
from crm.client_fields import ClientFields, EmailField, NumberField, Workplace
from crm.clients import create
from crm.exporting import csv_file, xlsx_file
from crm.exporting.safe_cell import for_csv
from crm.importing import issues, undo
from crm.importing.cells import cleaned
from crm.importing.reading import book_of
from crm.importing.source import SheetTable
from crm.importing.work import work_once
from crm.number_rules import NumberRules
from crm.tables import Client, Import
from web.i18n import gettext, use_locale
from web.import_place import import_place

TABLE = "ФИО;Тел;Комментарий\nИванов Иван;89161234567;vip\nПетрова Анна;231-45-67;\nИванов И.;8 916 1234567;\n"


async def sent(browser: httpx2.AsyncClient, data: bytes, name: str = "база.csv") -> httpx2.Response:
    return await browser.post(
        "/imports", params={"name": name}, content=data, headers={"accept": "application/json"}
    )


async def work(site: Site) -> None:
    assert await work_once(site.services.db, import_place(site.services.settings))


async def test_import_goes_from_the_file_to_the_clients_and_back(site: Site) -> None:
    mila = await site.client("mila")
    place = (await sent(mila, TABLE.encode("cp1251"))).json()["location"]
    page = (await mila.get(place)).text
    assert 'name="column-1"' in page
    assert '<option value="phone" selected>' in page
    assert "Иванов Иван" in page
    chosen = {"column-0": "name", "column-1": "phone", "column-2": "tags", "duplicates": "fill"}
    assert (await mila.post(f"{place}/check", data=chosen)).status_code == 303
    assert "import-progress" in (await mila.get(f"{place}/state")).text
    await work(site)
    assert (await mila.get(f"{place}/state")).status_code == 204
    page = (await mila.get(place)).text
    assert 'data-number="created">2<' in page
    assert "has no area code" in page
    sheet = await mila.get(f"{place}/problems.csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "has no area code" in sheet.text
    book = openpyxl.load_workbook(io.BytesIO((await mila.get(f"{place}/problems.xlsx")).content))
    assert book.worksheets[0].max_row >= 3
    assert (await mila.post(f"{place}/run")).status_code == 303
    await work(site)
    assert "Петрова Анна" in (await mila.get(place)).text
    assert (await mila.post(f"{place}/undo", data={})).status_code == 303
    await work(site)
    async with site.services.db.read() as session:
        assert await session.scalar(select(func.count()).where(Client.deleted_at.is_(None))) == 0
    assert (await mila.get("/imports")).text.count("data-row") >= 1


@pytest.mark.parametrize("login", ["anna", "nophone"])
async def test_operators_may_neither_import_nor_export(site: Site, login: str) -> None:
    anna = await site.client(login)
    for path in ("/imports", "/clients/export", "/clients/export.xlsx", "/clients/export.csv"):
        assert (await anna.get(path)).status_code == 403, path
    assert (await sent(anna, TABLE.encode())).status_code == 403
    page = (await anna.get("/clients")).text
    assert "/imports" not in page
    assert "/clients/export" not in page


async def test_file_that_cannot_be_read_is_refused_in_words(site: Site) -> None:
    mila = await site.client("mila")
    answer = await sent(mila, b"%PDF-1.4")
    assert answer.status_code == 422
    assert "xlsx or csv" in answer.text
    folder = Path(site.services.settings.data_dir) / "imports"
    assert list(folder.iterdir()) == []
    async with site.services.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Import)) == 0


async def test_file_larger_than_other_forms_is_taken(site: Site) -> None:
    mila = await site.client("mila")
    lines = "".join(f"Клиент Номер{n};8916{n:07};{'х' * 60}\n" for n in range(20_000))
    answer = await sent(mila, f"ФИО;Телефон;Комментарий\n{lines}".encode())
    assert answer.status_code == 201
    assert "20000" in (await mila.get(answer.json()["location"])).text.replace(
        "\u00a0", ""
    ).replace(",", "")


async def test_import_of_a_colleague_is_not_found(site: Site) -> None:
    root, mila = await site.client("root"), await site.client("mila")
    place = (await sent(root, TABLE.encode())).json()["location"]
    assert (await mila.get(place)).status_code == 404
    assert (await mila.post(f"{place}/run")).status_code == 404


async def test_file_is_thrown_away(site: Site) -> None:
    mila = await site.client("mila")
    place = (await sent(mila, TABLE.encode())).json()["location"]
    assert (await mila.post(f"{place}/run")).status_code == 409
    assert (await mila.post(f"{place}/forget")).status_code == 303
    assert (await mila.get(place)).status_code == 404
    assert list((Path(site.services.settings.data_dir) / "imports").iterdir()) == []


async def test_other_sheet_is_read(site: Site) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["ФИО", "Телефон"])
    book.worksheets[0].append(["Иванов Иван", "89161234567"])
    second = book.create_sheet("Второй")
    second.append(["Компания", "ИНН"])
    second.append(["ООО Ромашка", "7707083893"])
    out = io.BytesIO()
    book.save(out)
    mila = await site.client("mila")
    place = (await sent(mila, out.getvalue(), "база.xlsx")).json()["location"]
    assert (await mila.post(f"{place}/sheet", data={"sheet": "Второй"})).status_code == 303
    assert "ООО Ромашка" in (await mila.get(place)).text


async def rich_base(site: Site) -> None:
    firm = await client(site.services.db, "ООО «Ромашка»", "+7 495 123-45-67", kind="organisation")
    fields = ClientFields(
        name="Иванов Иван Иванович",
        numbers=(NumberField("+7 916 123-45-67", "моб."), NumberField("+7 903 111-22-33")),
        emails=(EmailField("ivan@mail.example"), EmailField("i2@mail.example")),
        workplaces=(Workplace(firm, "директор"),),
        notes="=HYPERLINK(1)\nвторая; строка \"в кавычках\"",
        address="Тверь, ул. Мира, 1",
        inn="500100732259",
    )  # fmt: skip
    async with site.services.db.write() as session:
        await create(session, SYSTEM, fields, NumberRules())
    await client(site.services.db, "Петрова Анна", "+7 812 345-67-89")


def rows_in(kind: str, data: bytes) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=","))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_export_can_be_imported_again_with_the_same_result(site: Site, kind: str) -> None:
    await rich_base(site)
    root = await site.client("root")
    answer = await root.get(f"/clients/export.{kind}", params={"columns": "all"})
    assert answer.status_code == 200
    rows = rows_in(kind, answer.content)
    assert len(rows) == 4
    formula = next(cell for row in rows for cell in row if "HYPERLINK" in cell)
    assert formula.startswith("'=" if kind == "csv" else "=")
    fields = set(SheetTable(book_of(answer.content).sheet()).layout.fields.values())
    assert {
        "name",
        "kind",
        "organisation",
        "position",
        "phone",
        "email",
        "inn",
        "address",
        "notes",
        "tags",
    } <= fields
    place = (await sent(root, answer.content, f"база.{kind}")).json()["location"]
    page = await root.get(place)
    data = {f"column-{at}": "" for at in range(1)}
    layout = SheetTable(book_of(answer.content).sheet()).layout
    data = {f"column-{one.index}": one.field for one in layout.columns} | {"duplicates": "fill"}
    assert page.status_code == 200
    await root.post(f"{place}/check", data=data)
    await work(site)
    async with site.services.db.read() as session:
        row = await session.scalar(select(Import))
    assert row is not None
    assert (row.created, row.updated, row.duplicates, row.failed) == (0, 0, 3, 0)


async def test_export_has_the_filter_and_is_in_the_audit_log(site: Site) -> None:
    await rich_base(site)
    root = await site.client("root")
    only = '{"all":[{"field":"kind","op":"any","value":["organisation"]}]}'
    answer = await root.get("/clients/export.csv", params={"f": only})
    assert [row[0] for row in rows_in("csv", answer.content)] == ["Name", "ООО «Ромашка»"]
    typed = await root.get("/clients/export.csv", params={"q": "петрова"})
    assert [row[0] for row in rows_in("csv", typed.content)][1:] == ["Петрова Анна"]
    async with site.services.db.read() as session:
        log = [
            entry
            for entry in await audit.entries(session, SYSTEM)
            if entry.action == "clients.export"
        ]
        words = await audit.words_of(session, [entry.id for entry in log])
    assert [entry.detail["rows"] for entry in log] == [1, 1]
    assert "organisation" in words[log[1].id]["filter"]


async def test_manager_exports_own_clients_only_and_no_more_than_the_limit(site: Site) -> None:
    await rich_base(site)
    async with site.services.db.write() as session:
        one = await session.scalar(select(Client).where(Client.name == "Петрова Анна"))
        assert one is not None
        one.responsible_id = site.people["mila"]
    mila, root = await site.client("mila"), await site.client("root")
    answer = await mila.get("/clients/export.csv")
    assert [row[0] for row in rows_in("csv", answer.content)][1:] == ["Петрова Анна"]
    assert "1 client" in (await mila.get("/clients/export")).text
    limits = {"manager": "1", "supervisor": "0", "administrator": "0"}
    assert (await mila.post("/clients/export/rules", data=limits)).status_code == 403
    assert (await root.post("/clients/export/rules", data=limits)).status_code == 303
    assert (await mila.get("/clients/export.csv")).status_code == 422
    assert (await root.get("/clients/export.csv")).status_code == 200


@given(st.text(max_size=30))
def test_no_text_begins_a_formula_and_each_comes_back(text: str) -> None:
    safe = for_csv(text)
    assert not safe.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cleaned(safe) == cleaned(text) or text.startswith("'") or "'" in text


async def test_cells_of_a_workbook_are_text() -> None:
    async def rows():  # type: ignore[no-untyped-def]
        yield ["Имя", "Телефон"]
        yield ["=1+1", "+79161234567"]

    made = b"".join([piece async for piece in await xlsx_file.written(rows(), "Клиенты")])
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [
        ("=1+1", "s"),
        ("+79161234567", "s"),
    ]
    text = b"".join([piece async for piece in csv_file.written(rows())]).decode()
    assert text == "\ufeffИмя;Телефон\r\n'=1+1;'+79161234567\r\n"


def test_every_sentence_about_a_cell_has_russian_words() -> None:
    with use_locale("ru"):
        missing = [one for one in (*issues.ALL, undo.TOUCHED, undo.CHANGED) if gettext(one) == one]
    assert missing == []
