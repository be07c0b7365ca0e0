import pytest
from support.web import PASSWORD, Site

from web.auth.addresses import local_address


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ("/tasks?state=done", "/tasks?state=done"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_login_leads_to_own_pages_only(wanted: str, address: str) -> None:
    assert local_address(wanted) == address


async def test_stranger_asking_for_a_page_gets_it_after_the_login(site: Site) -> None:
    client = await site.client()
    answer = await client.get("/tasks?state=done")
    assert answer.headers["location"] == "/login?next=%2Ftasks%3Fstate%3Ddone"
    answer = await client.post(
        "/login", data={"login": "anna", "password": PASSWORD, "next": "/tasks?state=done"}
    )
    assert answer.headers["location"] == "/tasks?state=done"


async def test_fetch_without_login_gets_401_and_a_way_to_the_login(site: Site) -> None:
    client = await site.client()
    answer = await client.get("/tasks", headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login"
    assert answer.json()["error"]["id"] == "not_logged_in"


async def test_wrong_password_is_told_and_the_login_stays_in_the_form(site: Site) -> None:
    client = await site.client()
    answer = await client.post("/login", data={"login": "anna", "password": "no"})
    assert answer.status_code == 401
    assert "Wrong login or password." in answer.text
    assert 'value="anna"' in answer.text


async def test_guessing_is_slowed_down_and_told_how_long(site: Site) -> None:
    client = await site.client()
    for _attempt in range(site.services.settings.password_attempts):
        await client.post("/login", data={"login": "anna", "password": "no"})
    answer = await client.post("/login", data={"login": "anna", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many attempts. Try again in 5 min." in answer.text


async def test_logout_ends_the_session_on_the_server(site: Site) -> None:
    client = await site.client("anna")
    token = client.cookies["slovo_session"]
    assert (await client.post("/logout")).headers["location"] == "/login"
    client.cookies.set("slovo_session", token)
    assert (await client.get("/")).status_code == 303


async def test_language_is_kept_in_the_profile(site: Site) -> None:
    client = await site.client("anna")
    answer = await client.post("/language", data={"locale": "ru", "back": "/tasks"})
    assert answer.headers["location"] == "/tasks"
    assert "Задачи" in (await (await site.client("anna")).get("/tasks")).text


async def test_stranger_chooses_the_language_of_the_login_form(site: Site) -> None:
    client = await site.client()
    await client.post("/language", data={"locale": "ru", "back": "/login"})
    assert "Пароль" in (await client.get("/login")).text


async def test_login_works_while_pages_show_who_is_in(site: Site) -> None:
    client = await site.client("anna")
    assert (await client.get("/login")).headers["location"] == "/"
