"""What nobody types with good intent: refused in words, never a fault of ours."""

from urllib.parse import quote

import pytest
from support.web import PASSWORD, Site
from support.web_seed import seed_site

NUL = "%00"
"""PostgreSQL has no such character in any text."""


@pytest.mark.parametrize(
    "address",
    [
        f"/clients?q={NUL}",
        f"/clients/pick?q={NUL}",
        f"/calls?number={NUL}",
        f"/calls?operator={NUL}",
        f"/calls?part=rows&operator={NUL}",
        "/clients?q=" + "a" * 60_000,
        "/clients/pick?q=" + quote("_%" * 9_000),
        "/login?next=" + quote("//["),
    ],
)
async def test_address_that_nobody_types_is_no_fault_of_ours(site: Site, address: str) -> None:
    await seed_site(site)
    client = await site.client("anna")
    assert (await client.get(address)).status_code in (200, 303, 400)


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/notes", {"pbx": "main", "call": "1.1\0", "text": "t"}),
        ("/tasks", {"title": "call\0back"}),
        ("/clients", {"name": "Ирина\0", "number": "+79161112233"}),
        ("/clients/quick", {"name": "\0", "number": "+79161112233"}),
        ("/language", {"locale": "en", "back": "//["}),
    ],
)
async def test_form_that_nobody_types_is_no_fault_of_ours(
    site: Site, address: str, form: dict[str, str]
) -> None:
    await seed_site(site)
    client = await site.client("anna")
    assert (await client.post(address, data=form)).status_code < 500


async def test_login_with_a_zero_character_is_refused(site: Site) -> None:
    client = await site.client()
    for login, password in (("anna\0", PASSWORD), ("anna", f"{PASSWORD}\0")):
        answer = await client.post("/login", data={"login": login, "password": password})
        assert answer.status_code in (400, 401)
        assert "set-cookie" not in answer.headers
