from support.api import program
from support.clients import client
from support.web import Site

from crm import funnels
from crm.access import SYSTEM
from crm.custom_fields import FieldDraft
from crm.custom_fields import add as add_field


async def test_task_is_added_changed_closed_and_opened_again(site: Site) -> None:
    mila, boris = await program(site, "mila"), site.people["boris"]
    anna = await client(site.services.db, "Анна")
    body = {
        "title": "Call at half past one", "due_at": "2026-12-01T13:30:00+03:00",
        "client_id": anna, "priority": "high",
    }  # fmt: skip
    made = await mila.post("/api/v1/tasks", json=body)
    assert made.status_code == 201, made.text
    task = made.json()
    assert (task["due_at"], task["assignees"]) == ("2026-12-01T10:30:00Z", [site.people["mila"]])
    path = f"/api/v1/tasks/{task['id']}"
    changed = await mila.patch(
        path, json={"version": task["version"], "assignees": [boris], "title": "Call"}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["assignees"], changed.json()["priority"]) == ([boris], "high")
    closed = await mila.post(f"{path}/close", json={"result": "agreed"})
    assert (closed.json()["state"], closed.json()["result"]) == ("done", "agreed")
    assert (await mila.post(f"{path}/close", json={})).status_code == 409
    assert (await mila.post(f"{path}/reopen")).json()["state"] == "open"
    listed = await mila.get("/api/v1/tasks", params={"client_id": anna, "state": "open"})
    assert [one["id"] for one in listed.json()["items"]] == [task["id"]]


async def test_inquiry_of_a_form_finds_the_client_and_becomes_a_deal(site: Site) -> None:
    mila = await program(site, "mila")
    async with site.services.db.write() as session:
        await funnels.ensure(session, "en")
    anna = await client(site.services.db, "Анна", "+7 916 000-00-01")
    form = {"channel": "form", "number": "8 916 000 00 01", "text": "a roof, please"}
    made = await mila.post("/api/v1/inquiries", json=form)
    assert made.status_code == 201, made.text
    inquiry = made.json()
    assert (inquiry["client_id"], inquiry["state"]) == (anna, "new")
    path = f"/api/v1/inquiries/{inquiry['id']}"
    deal = await mila.post(f"{path}/deal", json={"name": "Roof"})
    assert deal.json()["state"] == "deal"
    got = await mila.get(f"/api/v1/deals/{deal.json()['deal_id']}")
    assert (got.json()["name"], got.json()["client_id"]) == ("Roof", anna)
    stranger = await mila.post(
        "/api/v1/inquiries", json={"email": "new@firm.example", "name": "Олег"}
    )
    assert stranger.json()["client_id"] not in (None, anna)
    nobody = await mila.post("/api/v1/inquiries", json={"text": "hello"})
    assert nobody.status_code == 422


async def test_own_fields_are_read_and_written(site: Site) -> None:
    mila = await program(site, "mila")
    async with site.services.db.write() as session:
        await add_field(session, SYSTEM, FieldDraft(subject="person", name="Car make", kind="text"))
    made = await mila.post("/api/v1/clients", json={"name": "Анна", "custom": {"car_make": "Lada"}})
    assert made.status_code == 201, made.text
    assert made.json()["custom"] == {"car_make": "Lada"}
    path = f"/api/v1/clients/{made.json()['id']}"
    emptied = await mila.patch(
        path, json={"version": made.json()["version"], "custom": {"car_make": None}}
    )
    assert emptied.json()["custom"] == {}
    wrong = await mila.post("/api/v1/clients", json={"name": "x", "custom": {"colour": "red"}})
    assert wrong.json()["errors"][0]["pointer"] == "/custom.colour"


async def test_calls_name_only_clients_that_may_be_seen(site: Site) -> None:
    mila = await program(site, "mila")
    empty = await mila.get("/api/v1/calls", params={"outcome": "missed"})
    assert empty.json() == {"items": [], "next_cursor": None}
    assert (await mila.get("/api/v1/calls/4711")).status_code == 404
