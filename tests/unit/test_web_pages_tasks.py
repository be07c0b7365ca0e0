import pytest
from support.web import Site
from support.web_seed import seed_site

from crm.tables import Task


async def state_of(site: Site, task_id: int) -> Task:
    async with site.services.db.read() as session:
        task = await session.get(Task, task_id)
        assert task is not None
        return task


async def test_open_callback_says_number_waiting_and_how_often(site: Site) -> None:
    await seed_site(site)
    text = (await (await site.client("anna")).get("/tasks")).text
    assert text.count('data-testid="task"') == 1
    for expected in ("+7 903 555-00-11", "waited 0:41", "called 2 times", "sales"):
        assert expected in text


async def test_closed_one_says_who_talked_and_after_how_many_minutes(site: Site) -> None:
    await seed_site(site)
    text = (await (await site.client("mila")).get("/tasks?state=done")).text
    assert "Анна Белова talked to the client after 180 minutes" in text


async def test_people_of_other_queues_do_not_see_the_task(site: Site) -> None:
    await seed_site(site)
    text = (await (await site.client("nophone")).get("/tasks")).text
    assert "Nobody waits for a call back" in text


async def test_task_is_taken_closed_and_reopened(site: Site) -> None:
    ids = await seed_site(site)
    client, task = await site.client("anna"), f"/tasks/{ids['task']}"
    assert (await client.post(f"{task}/take")).status_code == 303
    assert (await state_of(site, ids["task"])).assignee_id == site.people["anna"]
    assert (await client.post(f"{task}/close", data={"result": "sent"})).status_code == 303
    assert (await state_of(site, ids["task"])).result == "sent"
    assert "closed by Анна Белова" in (await client.get("/tasks?state=done")).text
    assert (await client.post(f"{task}/reopen")).status_code == 303
    assert (await state_of(site, ids["task"])).state == "open"


async def test_second_who_takes_is_told(site: Site) -> None:
    ids = await seed_site(site)
    await (await site.client("anna")).post(f"/tasks/{ids['task']}/take")
    answer = await (await site.client("mila")).post(f"/tasks/{ids['task']}/take")
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.text


async def test_own_task_is_added_and_an_empty_one_refused(site: Site) -> None:
    client = await site.client("anna")
    assert (await client.post("/tasks", data={"title": "Send the offer"})).status_code == 303
    assert "Send the offer" in (await client.get("/tasks")).text
    assert (await client.post("/tasks", data={"title": " "})).status_code == 422


@pytest.mark.parametrize("before", ["x", "999999999", "-1", "٣"])
async def test_strange_page_mark_is_no_error(site: Site, before: str) -> None:
    await seed_site(site)
    answer = await (await site.client("anna")).get("/tasks", params={"before": before})
    assert answer.status_code == 200
