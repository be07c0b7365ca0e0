import re

import pytest
from support.several import with_two_pbxs
from support.web import PASSWORD, Site

from crm import agents
from crm.access import Permission, Role, permissions_of
from web.routes import permission_of

FIELDS = {"login": "vera", "name": "Вера", "role": "operator", "locale": "ru", "phones": "103",
          "queues": "sales", "password": "long enough phrase"}  # fmt: skip


async def test_person_is_added_with_phones_and_queues(site: Site) -> None:
    client = await site.client("root")
    assert (await client.post("/admin/people/new", data=FIELDS)).status_code == 303
    stranger = await site.client()
    answer = await stranger.post("/login", data={"login": "vera", "password": FIELDS["password"]})
    assert answer.status_code == 303
    page = (await client.get("/admin")).text
    assert "Вера" in page
    assert "103" in page


async def test_taken_login_and_weak_password_are_told(site: Site) -> None:
    client = await site.client("root")
    taken = await client.post("/admin/people/new", data={**FIELDS, "login": "anna"})
    assert taken.status_code == 409
    assert "this login is taken" in taken.text
    weak = await client.post("/admin/people/new", data={**FIELDS, "password": "123"})
    assert weak.status_code == 422
    assert 'role="alert"' in weak.text


async def test_edit_keeps_the_password_that_was_not_typed(site: Site) -> None:
    client = await site.client("root")
    path = f"/admin/people/{site.people['anna']}"
    data = {
        "login": "anna",
        "name": "Анна Белая",
        "role": "operator",
        "phones": "101",
        "password": "",
    }
    assert (await client.post(path, data=data)).status_code == 303
    anna = await site.client("anna")
    assert "Анна Белая" in (await anna.get("/")).text


async def test_locked_out_person_is_out_at_once(site: Site) -> None:
    anna, root = await site.client("anna"), await site.client("root")
    answer = await root.post(f"/admin/people/{site.people['anna']}/active", data={"active": "0"})
    assert answer.status_code == 303
    assert (await anna.get("/")).headers["location"] == "/login"
    again = await anna.post("/login", data={"login": "anna", "password": PASSWORD})
    assert again.status_code == 401


async def test_last_administrator_stays(site: Site) -> None:
    root = await site.client("root")
    data = {"login": "root", "name": "x", "role": "operator"}
    answer = await root.post(f"/admin/people/{site.people['root']}", data=data)
    assert answer.status_code == 409


async def test_audit_log_is_read_by_supervisors(site: Site) -> None:
    assert "login" in (await (await site.client("sergey")).get("/admin/audit")).text


@pytest.mark.parametrize("login", ["anna", "mila", "sergey", "root", ""])
async def test_every_page_follows_its_permission(site: Site, login: str) -> None:
    roles = {
        "anna": Role.OPERATOR,
        "mila": Role.MANAGER,
        "sergey": Role.SUPERVISOR,
        "root": Role.ADMINISTRATOR,
    }
    client = await site.client(login)
    for route in site.app.routes:
        methods, path = getattr(route, "methods", None) or (), getattr(route, "path", "")
        permission = permission_of(route)
        if "GET" not in methods or "{" in path or permission is Permission.PUBLIC:
            continue
        if path.startswith("/api/v1/"):
            continue  # programs come with keys, not as people: tests of the API ask for those
        answer = await client.get(path)
        if not login:
            assert answer.status_code == 303, path
        elif permission in permissions_of(roles[login]):
            assert answer.status_code == 200, path
        else:
            assert answer.status_code == 403, path


async def test_phones_of_several_pbxs_are_told_apart(site: Site) -> None:
    client = await with_two_pbxs(site).client("root")
    fields = FIELDS | {"phones": "103, North/103", "queues": "north/sales"}
    assert (await client.post("/admin/people/new", data=fields)).status_code == 303
    async with site.services.db.read() as session:
        vera = agents.person_of(await agents.by_login(session, "vera"))
    assert [(phone.pbx, phone.extension) for phone in vera.phones] == [
        ("main", "103"),
        ("north", "103"),
    ]
    assert [(queue.pbx, queue.name) for queue in vera.queues] == [("north", "sales")]
    people = (await client.get("/admin")).text
    assert "103, north/103" in people
    assert "<span>north/sales</span>" in people
    vera_id = site.people["root"] + 1
    form = (await client.get(f"/admin/people/{vera_id}")).text
    assert 'value="103, north/103"' in form
    assert 'value="north/sales"' in form


async def test_phone_of_a_pbx_that_is_not_there_is_told_and_stays_in_the_form(site: Site) -> None:
    client = await site.client("root")
    answer = await client.post("/admin/people/new", data={**FIELDS, "phones": "east/201"})
    assert answer.status_code == 422
    assert "there are: main" in answer.text
    assert 'value="east/201"' in answer.text


async def test_first_page_leads_to_every_page_of_the_administration(site: Site) -> None:
    root = await site.client("root")
    page = (await root.get("/admin")).text
    listed = page.split('class="panel admin-map"')[1].split("</nav>")[0]
    addresses = re.findall(r'href="(/[^"]+)"', listed)
    for path in addresses:
        assert (await root.get(path)).status_code == 200, path
    known = {str(getattr(route, "path", "")) for route in site.app.routes}
    pages = {path for path in known if re.fullmatch(r"/admin/[a-z]+", path)}
    forms = {"/admin/webhooks"}
    assert pages - forms <= set(addresses)


async def test_who_may_read_the_audit_log_finds_it_without_being_an_administrator(
    site: Site,
) -> None:
    for login, shown in (("sergey", True), ("anna", False)):
        page = (await (await site.client(login)).get("/")).text
        assert ('href="/admin/audit"' in page) is shown
