"""The pages of tasks: made from anything, edited, ticked, put off, moved, closed; nothing of others is shown."""

import re
from datetime import timedelta

from sqlalchemy import select
from support.tasks import in_minutes, make
from support.web import Site
from support.web_seed import seed_site

from crm import agents, company_settings, notifications
from crm.access import SYSTEM, Actor
from crm.date_reminders import SETTING, DateRules
from crm.notifications import News
from crm.tables import Comment, Notification, RoleScope, Task, User


async def newest(site: Site) -> Task:
    async with site.services.db.read() as session:
        task = await session.scalar(select(Task).order_by(Task.id.desc()).limit(1))
    assert task is not None
    return task


async def actor(site: Site, login: str) -> Actor:
    async with site.services.db.read() as session:
        return await agents.actor_for(session, await agents.by_login(session, login))


FORM = {
    "title": "Перезвонить в 13:30", "day": "2027-01-15", "clock": "13:30", "priority": "high",
    "remind": ["0", "60"], "steps": "найти договор\nпозвонить",
}  # fmt: skip


async def test_task_is_made_from_a_call_to_the_minute_and_leads_back_to_it(site: Site) -> None:
    ids = await seed_site(site)
    anna = await site.client("anna")
    text = (await anna.get(f"/tasks/new?call={ids['talk']}")).text
    assert "Ирина Соколова" in text
    assert "no mail server is set" in text
    data = {**FORM, "call_id": str(ids["talk"]), "others": [str(site.people["boris"])]}
    answer = await anna.post("/tasks/new", data=data)
    task = await newest(site)
    assert answer.headers["location"] == f"/tasks/{task.id}"
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2027-01-15T10:30:00+00:00"
    assert (task.client_id, task.call_id) == (ids["irina"], ids["talk"])
    text = (await anna.get(f"/tasks/{task.id}")).text
    for expected in (f"/calls/{ids['talk']}", f"/clients/{ids['irina']}", "0 / 2", "Борис Орлов"):
        assert expected in text
    assert "Перезвонить" in (await (await site.client("boris")).get("/tasks")).text
    assert (await (await site.client("nophone")).get(f"/tasks/{task.id}")).status_code == 403


async def test_comment_and_inquiry_words_become_the_text(site: Site) -> None:
    ids = await seed_site(site)
    async with site.services.db.write() as session:
        comment = Comment(client_id=ids["irina"], text="Выслать акт\nи счёт", at=in_minutes(0))
        session.add(comment)
        await session.flush()
    text = (await (await site.client("anna")).get(f"/tasks/new?comment={comment.id}")).text
    assert 'value="Выслать акт"' in text
    assert "Выслать акт\nи счёт</textarea>" in text


WRONG: tuple[dict[str, object], ...] = (
    {"title": " "}, {"day": "", "clock": "13:30"}, {"day": "2027-02-30"}, {"who": "4711x"},
    {"every": "day", "day": "", "clock": ""}, {"every": "week", "interval": "0"},
    {"every": "day", "ends": "until", "until": "x"}, {"remind": ["x"]},
)  # fmt: skip


async def test_wrong_value_shows_the_form_again_as_it_was_typed(site: Site) -> None:
    anna = await site.client("anna")
    for wrong in WRONG:
        data = {**FORM, "text": "as typed", **wrong}
        answer = await anna.post("/tasks/new", data=data)
        assert (answer.status_code, "as typed" in answer.text) == (422, True), wrong
        assert 'role="alert"' in answer.text, wrong


async def test_repetition_is_said_in_words_with_its_next_times(site: Site) -> None:
    anna = await site.client("anna")
    rule = {"day": "2027-01-31", "clock": "09:00", "every": "month", "ends": "count", "count": "5"}
    text = (await anna.get("/tasks/repeat", params=rule)).text
    assert "every month on day 31 (or the last day of a shorter month), at 09:00, 5 times" in text
    assert re.findall(r"\d+ \w{3} 2027", text) == ["31 Jan 2027", "28 Feb 2027", "31 Mar 2027"]
    await anna.post("/language", data={"locale": "ru", "back": "/"})
    assert "каждый 1 месяц" in (await anna.get("/tasks/repeat", params=rule)).text
    assert "is-late" in (await anna.get("/tasks/repeat", params={**rule, "count": "0"})).text


async def test_task_that_comes_again_is_edited_without_beginning_anew(site: Site) -> None:
    anna = await site.client("anna")
    await anna.post("/tasks/new", data={**FORM, "every": "week", "days": ["FR", "MO"]})
    task = await newest(site)
    assert "RRULE:FREQ=WEEKLY;BYDAY=MO,FR" in task.rrule
    assert 'value="MO" checked' in (await anna.get(f"/tasks/{task.id}/edit")).text
    data = {**FORM, "title": "Новое имя", "clock": "15:00", "every": "week", "days": ["MO", "FR"],
            "version": str(task.version)}  # fmt: skip
    await anna.post(f"/tasks/{task.id}/edit", data=data)
    edited = await newest(site)
    assert (edited.title, edited.rrule) == ("Новое имя", task.rrule)
    stale = await anna.post(f"/tasks/{task.id}/edit", data=data)
    assert (stale.status_code, "Новое имя" in stale.text) == (409, True)
    await anna.post(f"/tasks/{task.id}/skip")
    following = await newest(site)
    assert following.id != task.id
    await anna.post(f"/tasks/{following.id}/end-series")
    assert (await newest(site)).rrule == ""


async def test_steps_are_added_ticked_and_removed(site: Site) -> None:
    anna = await site.client("anna")
    await anna.post("/tasks/new", data=FORM)
    task = await newest(site)
    added = await anna.post(
        f"/tasks/{task.id}/steps", data={"step": "записать итог"}, headers={"hx-request": "true"}
    )
    ids = re.findall(r'id="step-(\d+)"', added.text)
    assert len(ids) == 3
    ticked = await anna.post(
        f"/tasks/{task.id}/steps/{ids[0]}", data={"done": "1"}, headers={"hx-request": "true"}
    )
    assert "1 / 3" in ticked.text
    assert (await anna.post(f"/tasks/{task.id}/steps/{ids[1]}/remove")).status_code == 303
    assert "1 / 2" in (await anna.get(f"/tasks/{task.id}")).text


async def test_task_is_put_off_and_brought_back(site: Site) -> None:
    anna = await site.client("anna")
    await anna.post("/tasks", data={"title": "Send the offer"})
    task = await newest(site)
    presets = [{"preset": name} for name in ("hour", "tomorrow", "monday", "week")]
    for when in (*presets, {"until": "2028-01-01T09:30"}):
        answer = await anna.post(f"/tasks/{task.id}/snooze", data={**when, "back": "/"})
        assert (answer.status_code, answer.headers.get("location")) == (303, "/"), when
        until = (await newest(site)).snoozed_until
        assert until is not None
        assert until > in_minutes(59), when
    assert "Send the offer" not in (await anna.get("/tasks")).text
    assert "Send the offer" in (await anna.get("/tasks?state=snoozed")).text
    answer = await anna.post(f"/tasks/{task.id}/wake", data={"back": "https://elsewhere.example/"})
    assert answer.headers["location"] == "/"
    assert "Send the offer" in (await anna.get("/tasks")).text
    assert (await anna.post(f"/tasks/{task.id}/snooze", data={"until": "x"})).status_code == 422


async def test_calendar_shows_the_day_and_takes_the_move(site: Site) -> None:
    anna = await site.client("anna")
    await anna.post("/tasks/new", data=FORM)
    task = await newest(site)
    for view in ("month", "week"):
        text = (await anna.get(f"/tasks/calendar?view={view}&on=2027-01-15")).text
        day = text.split('data-day="2027-01-15"')[1].split("</ul>")[0]
        assert f'data-task="{task.id}"' in day
        assert "13:30" in day
    moved = await anna.post(
        f"/tasks/{task.id}/move", data={"day": "2027-01-20"}, headers={"x-requested-with": "fetch"}
    )
    assert moved.status_code == 204
    assert (await newest(site)).due_at == task.due_at + timedelta(days=5)  # type: ignore[operator]
    assert (await anna.post(f"/tasks/{task.id}/move", data={"day": "soon"})).status_code == 422
    for strange in ("on=9999-99-99", "on=0001-01-01", "view=x&on=&whose=x"):
        assert (await anna.get(f"/tasks/calendar?{strange}")).status_code == 200


async def test_list_says_when_a_filter_finds_nothing_and_keeps_it_in_its_links(site: Site) -> None:
    anna = await site.client("anna")
    text = (await anna.get("/tasks?state=week&priority=high&q=договор&whose=given")).text
    assert "No task is like this" in text
    assert "state=overdue&amp;whose=given&amp;priority=high" in text
    assert (await anna.get("/tasks?state=nonsense&whose=x&sort=x")).status_code == 200


async def test_bin_is_for_the_author_and_for_who_sees_all(site: Site) -> None:
    anna, boris, mila = [await site.client(name) for name in ("anna", "boris", "mila")]
    await anna.post("/tasks/new", data={**FORM, "who": str(site.people["boris"])})
    task = await newest(site)
    assert (await boris.post(f"/tasks/{task.id}/delete")).status_code == 403
    assert (await mila.post(f"/tasks/{task.id}/delete")).status_code == 303
    assert (await boris.get(f"/tasks/{task.id}")).status_code == 404
    assert (await mila.post(f"/tasks/{task.id}/restore")).status_code == 303
    assert (await boris.get(f"/tasks/{task.id}")).status_code == 200


async def test_client_out_of_sight_is_nowhere_on_the_pages_of_his_task(site: Site) -> None:
    ids = await seed_site(site)
    task_id = await make(
        site.services.db, SYSTEM, "Тайное", client_id=ids["irina"], due_at=in_minutes(-30),
        assignees=(site.people["anna"],),
    )  # fmt: skip
    async with site.services.db.write() as session:
        session.add(RoleScope(role="operator", action="see", scope="own"))
    anna = await site.client("anna")
    for path in ("/tasks", f"/tasks/{task_id}", f"/tasks/{task_id}/edit", "/tasks/calendar", "/"):
        text = (await anna.get(path)).text
        assert "Ирина Соколова" not in text.replace("Мой день", ""), path
    assert (await anna.get(f"/clients/{ids['irina']}/tasks")).status_code == 404


async def test_client_card_lists_the_tasks_of_the_client(site: Site) -> None:
    ids = await seed_site(site)
    anna = await site.client("anna")
    await anna.post("/tasks/new", data={**FORM, "client_id": str(ids["irina"])})
    text = (await anna.get(f"/clients/{ids['irina']}/tasks")).text
    assert "Перезвонить в 13:30" in text
    assert f"/tasks/new?client={ids['irina']}" in text


async def test_my_day_has_the_overdue_first_and_today_by_the_hour(site: Site) -> None:
    await seed_site(site)
    anna = await actor(site, "anna")
    for minutes, title in ((-120, "Вчерашнее"), (60 * 24 * 3, "Не сегодня")):
        await make(site.services.db, anna, title, due_at=in_minutes(minutes))
    text = (await (await site.client("anna")).get("/")).text
    day = text.split('data-testid="my-day"')[1].split("</section>")[0]
    assert "Overdue" in day
    assert "Вчерашнее" in day
    assert "Не сегодня" not in day
    assert "прислать счёт" in day


async def test_notifications_are_counted_opened_and_marked_as_read(site: Site) -> None:
    db = site.services.db
    async with db.write() as session:
        for number in range(3):
            detail = {"title": f"Дело {number}", "who": "Борис"}
            await notifications.tell(
                session, [site.people["anna"]], News("task", "task", 7, detail)
            )
        await notifications.tell(session, [site.people["boris"]], News("task", "task", 8))
    anna = await site.client("anna")
    text = (await anna.get("/notifications")).text
    assert text.count('data-testid="notification"') == text.count("note-row is-unread") == 3
    async with db.read() as session:
        rows = (await session.scalars(select(Notification).order_by(Notification.id))).all()
    opened = await anna.get(f"/notifications/{rows[0].id}")
    assert opened.headers["location"] == "/tasks/7"
    assert (await anna.get(f"/notifications/{rows[3].id}")).status_code == 404
    await anna.post("/notifications/read", data={"up_to": str(rows[1].id)})
    assert (await anna.get("/notifications")).text.count("note-row is-unread") == 1
    async with db.read() as session:
        assert await notifications.unread_count(session, await actor(site, "boris")) == 1


async def test_empty_pages_say_what_will_stand_there(site: Site) -> None:
    anna = await site.client("anna")
    assert "You were told nothing yet" in (await anna.get("/notifications")).text
    assert "Nothing is due today" in (await anna.get("/")).text
    assert "Nothing is overdue" in (await anna.get("/tasks?state=overdue")).text


async def test_administrator_sets_how_days_are_told(site: Site) -> None:
    root, anna = await site.client("root"), await site.client("anna")
    assert (await anna.get("/admin/reminders")).status_code == 403
    assert "SLOVO_SMTP_HOST" in (await root.get("/admin/reminders")).text
    data = {"hour": "7", "make_task": "1"}
    assert (await root.post("/admin/reminders", data=data)).status_code == 303
    async with site.services.db.read() as session:
        rules = await company_settings.load(session, SETTING, DateRules)
    assert rules == DateRules(hour=7, make_task=True)
    assert (await root.post("/admin/reminders", data={"hour": "25"})).status_code == 422


async def test_person_without_an_address_is_told_so_in_the_form(site: Site) -> None:
    settings = {"smtp_host": "mail.example", "smtp_from": "crm@example.org"}
    site.services.settings = site.services.settings.model_copy(update=settings)
    anna = await site.client("anna")
    assert "You have no e-mail address here" in (await anna.get("/tasks/new")).text
    async with site.services.db.write() as session:
        user = await session.get(User, site.people["anna"])
        assert user is not None
        user.email = "anna@firm.example"
    assert "by e-mail as well" in (await anna.get("/tasks/new")).text
