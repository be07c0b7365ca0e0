"""One story: a messy spreadsheet is dropped, its columns looked at, checked, imported and taken back."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import openpyxl
from playwright.async_api import Page, expect
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot

from crm.importing.work import work_once
from web.import_place import import_place

_DROP = """([selector, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name));
  document.querySelector(selector).dispatchEvent(
    new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def messy_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["База клиентов отдела продаж на 01.11.2026"],
        [],
        ["№ п/п", "Наименование организации", "Контактное лицо", "Тел.", "Эл. почта", "ИНН/КПП", "Скидка"],
        [1, "ООО «Ромашка»", "Иванов Иван", "8-916-123-45-67 (Иван), 231-45-67", "ivan@mail,ru; info@r.example",
         "7707083893/770701001", "опт"],
        [2, "ИП Сидоров П.П.", "", 89161112233.0, "", 500100732259, "розница"],
        [3, "ООО «Ромашка»", "Петрова Анна", "8 903 111 22 34", "", "7707083893/770701001", "опт"],
        ["Итого", 3],
    ):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A1:G1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@asynccontextmanager
async def working(site: LiveSite) -> AsyncIterator[None]:
    """The work process's part, beside the pages."""

    async def work() -> None:
        while True:
            await work_once(site.services.db, import_place(site.services.settings))
            await asyncio.sleep(0.05)

    task = asyncio.create_task(work(), name="work")
    try:
        yield
    finally:
        task.cancel()


async def drop(page: Page, name: str, data: bytes) -> None:
    await page.evaluate(_DROP, ["#drop", name, base64.b64encode(data).decode()])


async def test_messy_spreadsheet_is_dropped_mapped_checked_imported_and_undone(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    watched = await open_page("mila", "/imports")
    page = watched.page
    assert await axe_violations(page) == []
    await screenshot(page, "imports")
    watched.allow("422")
    await drop(page, "фото.png", b"\x89PNG\r\n\x1a\n")
    await expect(page.locator("[data-failure]")).to_contain_text("xlsx or csv")
    await drop(page, "база.xlsx", messy_workbook())
    await expect(page.locator("#mapping")).to_be_visible()
    await expect(page.get_by_label("Тел.", exact=True)).to_have_value("phone")
    await expect(page.get_by_label("Наименование организации")).to_have_value("organisation")
    await expect(page.get_by_label("Скидка")).to_have_value("")
    await page.get_by_label("Скидка").select_option("tags")
    assert await axe_violations(page) == []
    await screenshot(page, "imports-mapping")
    async with working(live_site):
        await page.get_by_role("button", name="Check", exact=True).click()
        await expect(page.get_by_test_id("import-result")).to_be_visible(timeout=20_000)
        await expect(page.locator('[data-number="created"]')).to_have_text("4")
        await expect(page.get_by_test_id("import-error")).to_contain_text(
            "231-45-67 has no area code"
        )
        assert await axe_violations(page) == []
        await screenshot(page, "imports-checked")
        await page.get_by_role("button", name="Import now").click()
        await expect(page.get_by_test_id("import-state")).to_have_text(
            "is imported", timeout=20_000
        )
        await expect(page.get_by_test_id("import-created")).to_contain_text("Петрова Анна")
        await screenshot(page, "imports-done")
        await page.goto("/clients?q=%2B79161234567")
        await expect(page.locator("#client-list")).to_contain_text("Иванов Иван")
        await page.go_back()
        await page.get_by_text("Undo this import").click()
        await page.get_by_role("button", name="Take it back").click()
        await expect(page.get_by_test_id("import-state")).to_have_text("is undone", timeout=20_000)
    await page.goto("/clients?q=%2B79161234567")
    await expect(page.locator("#client-list")).not_to_contain_text("Иванов Иван")
    phone = await open_page("mila", "/imports/1", viewport=PHONE, same_browser_as=None)
    for path in ("/imports", "/imports/1", "/clients/export"):
        await phone.page.goto(path)
        assert (
            await phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        ), path
        assert await axe_violations(phone.page) == []
        await screenshot(phone.page, "phone" + path.replace("/", "-"))
