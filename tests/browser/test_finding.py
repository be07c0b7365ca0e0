"""Finding, as a person does it: from a typing error to a shared segment."""

from playwright.async_api import expect
from support.browser import DESKTOP, PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.finding import AT, card, keep, works_at

from crm.tables import CustomField, CustomValue


async def seed(live_site: LiveSite) -> None:
    firm = card(
        "ООО «Ромашка»", "+7 495 123-45-67", kind="organisation", address="г. Тверь, ул. Лесная, 5"
    )
    irina = card("Ирина Ёлкина", "+7 916 000-11-22", emails=["irina@mail.example"], source="site")
    pavel = card("Павел Смирнов", "+7 903 765-43-21", source="site", last_contact_at=AT)
    others = [card(f"Клиент {number:02}", source="call") for number in range(12)]
    async with live_site.services.db.write() as session:
        field = CustomField(subject="client", key="car", name="Машина", kind="text", options=[])
        session.add(field)
        await keep(session, firm, irina, pavel, *others, works_at(irina, firm, "Директор"))
        session.add(
            CustomValue(
                field_id=field.id, client_id=pavel.id, text="Лада Веста", folded="лада веста"
            )
        )


async def test_client_is_found_filtered_saved_and_tagged(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed(live_site)
    watched = await open_page("mila", "/")
    page = watched.page
    await expect(page.locator("html[data-live=yes]")).to_be_attached()
    # From any page, with an error, by keys alone.
    await page.keyboard.press("/")
    await page.keyboard.type("елкена")
    await expect(page.locator("#nav-found [data-found]").first).to_contain_text("Ирина Ёлкина")
    await expect(page.locator("#nav-found")).to_contain_text("similar")
    await screenshot(page, "finding-nav")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Ирина Ёлкина")
    # A tag that nobody made before.
    await page.get_by_label("New tag").fill("Важный клиент")
    await page.locator(".tag-form button").click()
    await expect(page.locator(".tags-of .chip-tag")).to_contain_text("Важный клиент")
    await page.locator(".tags-of .chip-tag a").click()
    await expect(page.locator("#client-list [data-row]")).to_have_count(1)
    # A filter with and/or: from the site, and either a Lada or that tag.
    await page.goto("/clients")
    await expect(page.locator("[data-count]")).to_have_text("15 clients")
    await page.locator(".filter-panel summary").click()
    first = page.locator(".filter-row").first
    await first.get_by_label("Field").select_option("source")
    await first.get_by_label("site").check()
    await page.get_by_role("button", name="+ Group").click()
    inner = page.locator(".filter-group .filter-group")
    await inner.get_by_label("Field").select_option("custom:car")
    await inner.get_by_label("Value").fill("лада")
    await inner.get_by_role("button", name="+ Condition").click()
    await inner.get_by_label("Field").nth(1).select_option("tags")
    await inner.get_by_label("#Важный клиент").check()
    await screenshot(page, "finding-filter")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("#client-list [data-row]")).to_have_count(2)
    await expect(page.locator("[data-count]")).to_have_text("2 clients")
    # Saved and shared; a colleague opens it and counts the same.
    await page.get_by_label("Name of the segment").fill("С сайта")
    await page.get_by_role("button", name="Save as a segment").click()
    await expect(page.locator("h1")).to_have_text("С сайта")
    await page.goto("/segments")
    await expect(page.locator("[data-count]")).to_have_text("2 clients")
    await page.get_by_text("Change", exact=True).click()
    await page.get_by_label("Who sees it").select_option("all")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".row-sub")).to_contain_text("everybody")
    other = (await open_page("anna", "/segments")).page
    await other.get_by_role("link", name="С сайта").click()
    await expect(other.locator("#client-list [data-row]")).to_have_count(2)
    # Columns of one's own, in one's own order.
    await other.locator("summary", has_text="Columns").click()
    await other.locator(".column-list li", has_text="Машина").get_by_role("checkbox").check()
    await other.get_by_role("button", name="Машина: earlier").focus()
    for _ in range(25):
        await other.keyboard.press("Enter")
    await other.get_by_role("button", name="Save columns").click()
    await expect(other.locator(".client-table th").nth(2)).to_have_text("Машина")
    await expect(other.locator(".client-table")).to_contain_text("Лада Веста")
    # Two at once.
    await page.goto("/clients?q=клиент")
    await page.get_by_label("All of this page").check()
    await page.locator("#bulk-tag").fill("обзвон")
    await page.get_by_role("button", name="Put on").click()
    await expect(page.locator(".chip-tag", has_text="обзвон")).to_have_count(12)


async def test_pages_of_finding_fit_and_are_accessible(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed(live_site)
    for viewport, dark in ((DESKTOP, False), (PHONE, True)):
        watched = await open_page("root", "/clients", viewport=viewport, dark=dark)
        page = watched.page
        if dark is False:
            await page.goto("/clients?q=ирина")
            await page.locator("#client-list a.row-link").click()
            for name in ("опт", "важно", "рассылка", "долг"):
                await page.get_by_label("New tag").fill(name)
                await page.locator(".tag-form button").click()
                await expect(page.locator(".tags-of .chip-tag", has_text=name)).to_be_visible()
        for path in ("/clients", "/clients?kind=person", "/segments", "/tags", "/clients?q=ёлкена"):
            await page.goto(path)
            await expect(page.locator("html[data-live=yes]")).to_be_attached()
            assert await axe_violations(page) == [], path
            assert (
                await page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            ), path
            name = path.strip("/").replace("?", "-").replace("=", "-")
            await screenshot(page, f"finding-{viewport['width']}-{name}")
