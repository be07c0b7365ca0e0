import httpx2
import pytest
from support.api import program
from support.web import Site

from crm import field_rules, funnels, role_scopes
from crm.access import SYSTEM, Action, Role, Scope


async def added(api: httpx2.AsyncClient, **fields: object) -> dict[str, object]:
    answer = await api.post("/api/v1/clients", json=fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_client_is_added_read_and_changed(site: Site) -> None:
    mila = await program(site, "mila")
    firm = await added(mila, kind="organisation", name="ООО Ромашка", inn="7707083893")
    anna = await added(
        mila,
        name="Анна Ёлкина",
        numbers=[{"raw": "8 (916) 123-45-67", "label": "mobile"}],
        emails=[{"address": "anna@firm.example"}],
        workplaces=[{"organisation_id": firm["id"], "position": "бухгалтер"}],
    )
    assert anna["numbers"] == [
        {"raw": "8 (916) 123-45-67", "label": "mobile", "e164": "+79161234567"}
    ]
    read = (await mila.get(f"/api/v1/clients/{firm['id']}")).json()
    assert read["staff"] == [
        {"client_id": anna["id"], "name": "Анна Ёлкина", "position": "бухгалтер"}
    ]
    changed = await mila.patch(
        f"/api/v1/clients/{anna['id']}", json={"version": anna["version"], "notes": "VIP"}
    )
    assert changed.status_code == 200
    assert (changed.json()["notes"], changed.json()["name"]) == ("VIP", "Анна Ёлкина")
    assert len(changed.json()["numbers"]) == 1
    stale = await mila.patch(
        f"/api/v1/clients/{anna['id']}", json={"version": anna["version"], "notes": "x"}
    )
    assert stale.status_code == 409
    assert stale.json()["detail"] == "somebody else changed this client meanwhile"


async def test_what_cannot_be_is_named_by_a_pointer(site: Site) -> None:
    mila = await program(site, "mila")
    for body, pointer in (
        ({"name": "x", "inn": "1234567890", "kind": "organisation"}, "/inn"),
        ({"name": "x", "numbers": [{"raw": "hello"}]}, "/number"),
        ({"name": "x", "colour": "red"}, "/colour"),
        ({"name": 5}, "/name"),
        ({}, "/name"),
    ):
        answer = await mila.post("/api/v1/clients", json=body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    broken = await mila.post(
        "/api/v1/clients", content=b"{", headers={"content-type": "application/json"}
    )
    assert broken.status_code == 400
    form = await mila.post("/api/v1/clients", data={"name": "x"})
    assert form.status_code == 415


async def test_list_is_read_page_by_page_without_gap_or_double(site: Site) -> None:
    mila = await program(site, "mila")
    made = {(await added(mila, name=f"Client {number}"))["id"] for number in range(7)}
    seen: list[int] = []
    cursor: str | None = None
    while True:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await mila.get("/api/v1/clients", params=params)).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert (await mila.get("/api/v1/clients", params={"cursor": "nonsense"})).status_code == 422


async def test_search_finds_as_the_search_box_does(site: Site) -> None:
    mila = await program(site, "mila")
    anna = await added(mila, name="Анна Ёлкина", numbers=[{"raw": "+79161234567"}])
    for asked in ("елкина", "4567", "йолкина"[1:], "ёлкмна"):
        found = (await mila.get("/api/v1/clients", params={"q": asked})).json()
        assert [one["id"] for one in found["items"]] == [anna["id"]], asked


async def test_request_sent_again_with_its_key_does_nothing_twice(site: Site) -> None:
    mila, other = await program(site, "mila"), await program(site, "sergey")
    key = {"idempotency-key": "order-17"}
    first = await mila.post("/api/v1/clients", json={"name": "Анна"}, headers=key)
    again = await mila.post("/api/v1/clients", json={"name": "Анна"}, headers=key)
    assert (first.status_code, again.status_code, again.text) == (201, 201, first.text)
    assert again.headers["idempotent-replayed"] == "true"
    changed = await mila.post("/api/v1/clients", json={"name": "Борис"}, headers=key)
    assert changed.status_code == 409
    theirs = await other.post("/api/v1/clients", json={"name": "Анна"}, headers=key)
    assert theirs.json()["id"] != first.json()["id"]
    refused = await mila.post("/api/v1/clients", json={}, headers={"idempotency-key": "k2"})
    later = await mila.post(
        "/api/v1/clients", json={"name": "x"}, headers={"idempotency-key": "k2"}
    )
    assert (refused.status_code, later.status_code) == (422, 201)


async def test_card_goes_into_the_bin_and_comes_back(site: Site) -> None:
    sergey = await program(site, "sergey")
    anna = await added(sergey, name="Анна")
    path = f"/api/v1/clients/{anna['id']}"
    assert (await sergey.delete(path)).status_code == 204
    assert (await sergey.get(path)).status_code == 404
    assert (await sergey.post(f"{path}/restore")).status_code == 200
    assert (await sergey.get(path)).status_code == 200


async def test_cards_are_merged(site: Site) -> None:
    mila = await program(site, "mila")
    kept = await added(mila, name="Анна", numbers=[{"raw": "+79160000001"}])
    gone = await added(mila, name="Аня", numbers=[{"raw": "+79160000002"}])
    path = f"/api/v1/clients/{kept['id']}/merge"
    merged = await mila.post(path, json={"gone_id": gone["id"]})
    assert merged.status_code == 200
    assert len(merged.json()["numbers"]) == 2
    assert (await mila.get(f"/api/v1/clients/{gone['id']}")).status_code == 404


async def test_comment_stands_in_the_history(site: Site) -> None:
    mila = await program(site, "mila")
    anna = await added(mila, name="Анна")
    path = f"/api/v1/clients/{anna['id']}"
    said = await mila.post(f"{path}/comments", json={"text": "called, @anna"})
    assert said.status_code == 201
    listed = (await mila.get(f"{path}/comments")).json()["items"]
    assert [one["text"] for one in listed] == ["called, @anna"]
    history = (await mila.get(f"{path}/history", params={"kinds": "comment"})).json()
    assert [(one["kind"], one["subject_id"]) for one in history["items"]] == [
        ("comment", said.json()["id"])
    ]


@pytest.fixture
async def only_own(site: Site) -> Site:
    own = dict.fromkeys((Action.SEE, Action.EDIT), Scope.OWN)
    async with site.services.db.write() as session:
        await role_scopes.save(session, SYSTEM, {Role.MANAGER: own})
    return site


async def test_token_reaches_no_further_than_its_person(only_own: Site) -> None:
    mila, sergey = await program(only_own, "mila"), await program(only_own, "sergey")
    theirs = await added(sergey, name="Секретов", responsible_id=only_own.people["sergey"])
    path = f"/api/v1/clients/{theirs['id']}"
    assert (await mila.get(path)).status_code == 404
    assert (await mila.get(f"{path}/history")).status_code == 404
    assert (await mila.patch(path, json={"version": 1, "notes": "x"})).status_code == 404
    for params in ({}, {"q": "секретов"}):
        found = await mila.get("/api/v1/clients", params=params)
        assert found.json()["items"] == []


async def test_scope_of_the_token_is_asked(site: Site) -> None:
    reader = await program(site, "mila", ["clients:read"])
    refused = await reader.post("/api/v1/clients", json={"name": "x"})
    assert refused.status_code == 403
    assert refused.json()["detail"] == "this needs the permission clients.edit"
    assert (await reader.get("/api/v1/deals")).status_code == 403


async def test_deal_without_an_obligatory_field_is_no_deal_for_programs_either(site: Site) -> None:
    sergey = await program(site, "sergey")
    async with site.services.db.write() as session:
        await funnels.ensure(session, "en")
        await field_rules.save(session, SYSTEM, "deal", ["expected_on"])
    refused = await sergey.post("/api/v1/deals", json={"name": "Roof"})
    assert refused.status_code == 422
    made = await sergey.post("/api/v1/deals", json={"name": "Roof", "expected_on": "2030-01-02"})
    assert made.status_code == 201
    path, version = f"/api/v1/deals/{made.json()['id']}", made.json()["version"]
    emptied = await sergey.patch(path, json={"version": version, "expected_on": None})
    assert emptied.status_code == 422


async def test_deal_is_added_moved_paid_and_deleted(site: Site) -> None:
    sergey = await program(site, "sergey")
    async with site.services.db.write() as session:
        await funnels.ensure(session, "en")
    anna = await added(sergey, name="Анна")
    body = {
        "name": "Roof",
        "client_id": anna["id"],
        "items": [{"name": "Tiles", "quantity": "2.5", "price": "100.10", "discount": "10"}],
    }
    made = await sergey.post("/api/v1/deals", json=body)
    assert made.status_code == 201, made.text
    deal = made.json()
    assert (deal["amount"], deal["state"]) == ("225.23", "open")
    (funnel, *_) = (await sergey.get("/api/v1/funnels")).json()["items"]
    won = next(stage for stage in funnel["stages"] if stage["kind"] == "won")
    lost = next(stage for stage in funnel["stages"] if stage["kind"] == "lost")
    path = f"/api/v1/deals/{deal['id']}"
    no_reason = await sergey.post(
        f"{path}/move", json={"version": deal["version"], "stage_id": lost["id"]}
    )
    assert no_reason.status_code == 422
    moved = await sergey.post(
        f"{path}/move", json={"version": deal["version"], "stage_id": won["id"]}
    )
    assert moved.json()["state"] == "won"
    paid = await sergey.post(f"{path}/payments", json={"due_on": "2026-12-01", "amount": "225.23"})
    assert paid.status_code == 201
    one = f"{path}/payments/{paid.json()['id']}"
    done = {"due_on": "2026-12-01", "amount": "225.23", "paid_on": "2026-11-30"}
    assert (await sergey.put(one, json=done)).json()["paid_on"] == "2026-11-30"
    elsewhere = one.replace(f"/{deal['id']}/", "/4711/")
    assert (await sergey.delete(elsewhere)).status_code == 404
    assert (await sergey.delete(one)).status_code == 204
    found = await sergey.get("/api/v1/deals", params={"client_id": anna["id"], "state": "won"})
    assert [row["id"] for row in found.json()["items"]] == [deal["id"]]
    assert (await sergey.delete(path)).status_code == 204
    assert (await sergey.get(path)).status_code == 404
