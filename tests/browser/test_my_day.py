"""A task from the card of a client to its result: reminded, ticked, put off, brought back by the client's own call."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect
from support.browser import (
    DESKTOP,
    PHONE,
    LiveSite,
    OpenPage,
    axe_violations,
    screenshot,
)
from support.tasks import call_comes, in_minutes, make
from support.told_calls import Told
from support.web_seed import CLIENT_NUMBER, seed_day

from crm import agents, reminders
from crm.access import SYSTEM
from crm.date_reminders import BIRTHDAY
from crm.tables import Client, PersonalDate

OUTSIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""
TOPICS = ["task", "notification", "client", "call"]


async def fits(page: Page) -> None:
    """Nothing sticks out at the side, and axe finds nothing."""
    outside = await page.evaluate(OUTSIDE)
    assert outside == []
    assert await axe_violations(page) == []


async def test_task_from_the_clients_card_to_its_result(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    ids = await seed_day(services)
    page = (await open_page("anna", f"/clients/{ids['irina']}")).page
    await expect(page.locator("html[data-live=yes]")).to_be_attached()
    await page.locator("#client-tasks").get_by_role("link", name="With a time…").click()
    await page.wait_for_url("**/tasks/new?**")
    await expect(page.locator("html[data-live=yes]")).to_be_attached()
    now = datetime.now(services.zone)
    await page.get_by_label("What is to be done").fill("Выслать договор")
    await page.get_by_label("Day", exact=True).fill(now.date().isoformat())
    await page.get_by_label("Time, to the minute").fill(now.strftime("%H:%M"))
    await page.get_by_label("Steps, one a line").fill("найти договор")
    await page.get_by_label("How often").select_option("week")
    await expect(page.locator("#repeat-words")).to_contain_text("every week:")
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url(re.compile(r"/clients/\d+"))
    card = page.locator("#client-tasks")
    await card.get_by_role("link", name="Выслать договор").click()
    await expect(page.get_by_role("list", name="Linked")).to_contain_text("Ирина Соколова")

    async with services.db.write() as session:
        assert len(await reminders.show_due(session, datetime.now(UTC))) == 1
    services.hub.announce(["notification"], {live_site.people["anna"]})
    await expect(page.locator(".toast-news")).to_contain_text("Reminder: Выслать договор")
    await expect(page.locator("#live-bell")).to_contain_text("1")

    await page.get_by_role("checkbox", name="найти договор").check()
    await expect(page.locator("#checklist")).to_contain_text("1 / 1")
    await page.get_by_label("One more step").fill("позвонить")
    await page.keyboard.press("Enter")
    await expect(page.locator("#checklist")).to_contain_text("1 / 2")

    await page.locator("#task-body").get_by_text("Later", exact=True).click()
    await page.get_by_role("button", name="tomorrow morning").click()
    await expect(page.locator("#task-body")).to_contain_text("put off until")
    told_call = Told(number=CLIENT_NUMBER, at=in_minutes(1), talks=((5, 60, "102"),), lasted_s=60)
    await call_comes(services.db, told_call)
    services.hub.announce(TOPICS)
    woken = page.locator(".toast-news", has_text="The client called")
    await expect(woken).to_contain_text("Выслать договор")
    await expect(page.locator("#task-body")).to_contain_text(
        "It was put off, but the client called"
    )

    await page.goto("/tasks/calendar")
    task = page.locator(".plan-task", has_text="Выслать договор")
    await task.get_by_role("link").focus()
    await page.keyboard.press("m")
    later = (now + timedelta(days=1)).date().isoformat()
    await page.get_by_label("Day", exact=True).fill(later)
    async with page.expect_response("**/move"):
        await page.locator("#move-task").get_by_role("button", name="Move").click()
    await page.goto(f"/tasks/calendar?view=week&on={later}")
    await expect(page.locator(f'[data-day="{later}"] [data-task]')).to_have_count(1)

    await page.locator(f'[data-day="{later}"] a').click()
    await page.get_by_label("What came of it?").fill("договор у клиента")
    await page.get_by_role("button", name="Close the task").click()
    await expect(page.locator("#task-body")).to_contain_text("договор у клиента")
    await page.goto("/tasks")
    following = page.get_by_test_id("task").filter(has_text="Выслать договор")
    await expect(following).to_have_count(1)


async def test_news_are_told_in_one_tab_only(live_site: LiveSite, open_page: OpenPage) -> None:
    services = live_site.services
    first = await open_page("anna")
    second = await open_page("anna", "/tasks", same_browser_as=first)
    for watched in (first, second):
        await expect(watched.page.locator("html[data-live=yes]")).to_be_attached()
    async with services.db.read() as session:
        anna = await agents.actor_for(session, await agents.by_login(session, "anna"))
    await make(services.db, anna, "Позвонить", due_at=in_minutes(0))
    async with services.db.write() as session:
        await reminders.show_due(session, datetime.now(UTC))
    services.hub.announce(["notification"], {anna.user_id})
    for watched in (first, second):
        await expect(watched.page.locator("#live-bell")).to_contain_text("1")
    toasts = [await w.page.locator(".toast-news").count() for w in (first, second)]
    assert sum(toasts) == 1
    shown = first.page if toasts[0] else second.page
    await shown.locator(".toast-news a").click()
    await shown.wait_for_url(re.compile(r"/tasks/\d+"))
    await expect(shown.locator("html[data-live=yes]")).to_be_attached()
    await expect(shown.locator("#live-badge-tasks")).not_to_be_empty()
    await expect(shown.locator("#live-bell")).to_be_empty()


async def test_pages_of_tasks_fit_a_telephone_and_both_languages(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    ids = await seed_day(services)
    async with services.db.read() as session:
        anna = await agents.actor_for(session, await agents.by_login(session, "anna"))
    boris = live_site.people["boris"]
    for minutes, title in ((-300, "Отправить коммерческое предложение"), (45, "Перезвонить"),
                           (60 * 26, "Проверить оплату по договору поставки")):  # fmt: skip
        task_id = await make(
            services.db, anna, title, due_at=in_minutes(minutes), client_id=ids["irina"],
            call_id=ids["talk"], assignees=(anna.user_id, boris), steps=("один", "два"),
            priority="high" if minutes < 0 else "normal", text="Подробности задачи.",
        )  # fmt: skip
    today = datetime.now(services.zone).date()
    await make(services.db, SYSTEM, "Отчёт за неделю", assignees=(anna.user_id,))
    async with services.db.write() as session:
        client = await session.get(Client, ids["irina"])
        assert client is not None
        client.responsible_id = anna.user_id
        session.add(
            PersonalDate(client_id=client.id, name=BIRTHDAY, day=today.day, month=today.month)
        )
        await reminders.show_due(session, datetime.now(UTC))
    paths = {
        "day": "/", "tasks": "/tasks", "task": f"/tasks/{task_id}", "form": "/tasks/new",
        "calendar": "/tasks/calendar", "week": "/tasks/calendar?view=week",
        "notifications": "/notifications",
    }  # fmt: skip
    for locale, viewport, name in (("en-US", DESKTOP, "desk"), ("ru-RU", PHONE, "phone")):
        page = (await open_page("anna", viewport=viewport, locale=locale)).page
        if locale == "ru-RU":
            await page.context.request.post(
                f"{live_site.url}/language", form={"locale": "ru", "back": "/"},
                headers={"origin": live_site.url},
            )  # fmt: skip
        for path_name, path in paths.items():
            await page.goto(path)
            await expect(page.locator("html[data-live=yes]")).to_be_attached()
            await fits(page)
            await screenshot(page, f"tasks-{path_name}-{name}")
