"""A whole story: the administrator defines fields, a manager fills them in, both languages show them."""

from pathlib import Path

from playwright.async_api import Page, expect
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.web_seed import seed_day


async def add_field(page: Page, name: str, kind: str, *options: str) -> None:
    form = page.locator("#new-field")
    await form.get_by_label("Name of the field").fill(name)
    await form.get_by_label("What it holds").select_option(kind)
    for number, option in enumerate(options, start=1):
        await form.get_by_label(f"Option {number}", exact=True).fill(option)
    await form.get_by_role("button", name="Add the field").click()
    await expect(page.locator(".rows .row-main", has_text=name)).to_be_visible()


async def fits(page: Page) -> None:
    assert await axe_violations(page) == []
    size = page.viewport_size
    assert size is not None
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]


async def test_fields_are_defined_filled_in_and_shown_in_both_languages(
    live_site: LiveSite, open_page: OpenPage, tmp_path: Path
) -> None:
    ids = await seed_day(live_site.services)
    admin = (await open_page("root", "/admin/fields")).page
    await expect(admin.locator("#new-field").get_by_label("Option 1", exact=True)).to_be_hidden()
    await add_field(admin, "Пробег", "number")
    await add_field(admin, "Размер", "list", "S", "M")
    await add_field(admin, "Увлечения", "many", "шахматы", "рыбалка", "сад")
    await add_field(admin, "Договор до", "date")
    await add_field(admin, "Привёл", "client")
    await add_field(admin, "Скан", "file")
    await fits(admin)
    await screenshot(admin, "fields-desk")

    watched = await open_page("mila", f"/clients/{ids['irina']}?edit=1")
    page = watched.page
    watched.allow("422")
    await page.get_by_label("Пробег").fill("сто")
    await page.get_by_label("Размер").select_option("M")
    await page.get_by_label("шахматы").check()
    await page.get_by_label("сад").check()
    await page.get_by_label("Договор до").fill("2027-03-31")
    await page.get_by_label("Привёл").press_sequentially("Horák")
    offered = page.locator("#f-custom-privel-offered option")
    await expect(offered).to_have_count(1)
    await page.get_by_label("Привёл").fill(await offered.get_attribute("value") or "")
    scan = tmp_path / "договор.txt"
    scan.write_text("Договор № 1", "utf-8")
    await page.get_by_label("Скан").set_input_files(scan)
    await expect(page.locator("[data-file-name]")).to_have_text("договор.txt")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Пробег: сто is no number")
    await expect(page.get_by_label("Пробег")).to_have_value("сто")
    await expect(page.get_by_label("сад")).to_be_checked()
    await expect(page.locator("[data-file-name]")).to_have_text("договор.txt")
    await fits(page)
    await page.get_by_label("Пробег").fill("12 500,5")
    await page.get_by_role("button", name="Save", exact=True).click()
    extra = page.locator(".client-extra")
    for text in ("12,500.5", "M", "шахматы, сад", "31 Mar 2027", "Pavel Horák", "договор.txt"):
        await expect(extra).to_contain_text(text)
    await fits(page)
    await screenshot(page, "custom-fields-desk-en")

    phone = (
        await open_page(
            "mila", f"/clients/{ids['irina']}", viewport=PHONE, dark=True, locale="ru-RU"
        )
    ).page
    await phone.request.post(
        "/language", form={"locale": "ru", "back": "/"}, headers={"origin": live_site.url}
    )
    await phone.reload()
    extra = phone.locator(".client-extra")
    for text in ("Дополнительно", "12 500,5", "31 мар. 2027"):
        await expect(extra).to_contain_text(text)
    await fits(phone)
    await screenshot(phone, "custom-fields-phone-ru")
    await phone.goto(f"/clients/{ids['irina']}?edit=1")
    await fits(phone)
