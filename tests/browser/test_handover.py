"""A colleague leaves: all clients go to another one in one act, the dossier says what is urgent, and it can be undone."""

from datetime import timedelta

from playwright.async_api import expect
from sqlalchemy import select, update
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.clients import client

from crm.tables import Client, Deal, Funnel, Payment, Stage, Task
from web.services import utc_now


async def leave_something(site: LiveSite) -> None:
    """Boris has two clients: one with an overdue payment and task, one whom nobody has talked with."""
    db, now = site.services.db, utc_now()
    late = await client(db, "Kolosok Bakery", "+7 912 000-11-22", kind="organisation")
    await client(db, "Quiet Man", "+7 912 000-11-23")
    async with db.write() as session:
        boris = site.people["boris"]
        await session.execute(update(Client).values(responsible_id=boris))
        stage = Stage(name="Offer", kind="open")
        funnel = Funnel(name="Sales", stages=[stage])
        session.add(funnel)
        await session.flush()
        deal = Deal(name="Flour for a year", client_id=late, funnel_id=funnel.id, stage_id=stage.id,
                    amount=125000, responsible_id=boris, opened_at=now, stage_at=now,
                    updated_at=now)  # fmt: skip
        session.add(deal)
        await session.flush()
        session.add(Payment(deal_id=deal.id, due_on=(now - timedelta(days=5)).date(), amount=25000))
        session.add(Task(kind="todo", title="Send the bill", client_id=late, assignee_id=boris,
                         opened_at=now, due_at=now - timedelta(days=1)))  # fmt: skip


async def test_all_clients_are_handed_over_with_a_dossier_and_back(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await leave_something(live_site)
    page = (await open_page("sergey", "/handover")).page
    await page.get_by_label("Whose clients").select_option(label="Борис Орлов")
    await page.get_by_role("button", name="Show").click()
    counts = page.get_by_test_id("handover-counts")
    await expect(counts).to_contain_text("clients: 2")
    await expect(counts).to_contain_text("open deals: 1")
    await expect(page.locator("#handover-choices")).to_be_hidden()
    assert await axe_violations(page) == []
    await screenshot(page, "handover")
    await page.get_by_label("To whom").select_option(label="Мила Котова")
    await page.get_by_label("A word for them").fill("Call the bakery first")
    await page.get_by_role("button", name="Hand over").click()
    parts = page.get_by_test_id("dossier-client")
    await expect(parts).to_have_count(2)
    await expect(parts.first).to_contain_text("Kolosok Bakery")
    await expect(parts.first).to_contain_text("1 overdue payment")
    await expect(parts.first).to_contain_text("Send the bill")
    await expect(parts.last).to_contain_text("nobody has talked with them yet")
    assert await axe_violations(page) == []
    await screenshot(page, "dossier")
    successor = (await open_page("mila", page.url.partition("?")[0], viewport=PHONE)).page
    await expect(successor.get_by_test_id("dossier-client")).to_have_count(2)
    assert await successor.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.get_by_test_id("undo").click()
    await expect(page.get_by_text("This hand-over was undone")).to_be_visible()
    async with live_site.services.db.read() as session:
        holders = (await session.scalars(select(Client.responsible_id).distinct())).all()
    assert list(holders) == [live_site.people["boris"]]
