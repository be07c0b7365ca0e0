"""Ids in addresses and forms that no database can hold; one login per test, for a login is slow on purpose."""

import pytest
from support.web import Site

from web.ids import id_of

TOO_LONG = ["9223372036854775808", "9" * 30, "1" * 5000]
"""One more than 64 bits hold; far more; more digits than Python turns into a number."""
PAGES = [
    "/calls/{}",
    "/clients/{}",
    "/admin/people/{}",
    "/media/recordings/{}/stereo",
    "/media/recordings/{}/peaks",
]
FORMS = [
    "/tasks/{}/take",
    "/clients/{}",
    "/promises/{}/close",
    "/calls/{}/client",
    "/media/recordings/{}/clip",
]
QUERIES = [
    "/tasks?before={}",
    "/clients?after={}",
    "/admin/audit?before={}",
    "/calls?before=1-{}",
    "/calls?client={}",
    "/search?q=word&client={}",
]


@pytest.mark.parametrize("number", TOO_LONG)
async def test_id_that_no_database_holds_is_not_found(site: Site, number: str) -> None:
    client = await site.client("root")
    for path in PAGES:
        assert (await client.get(path.format(number))).status_code == 404, path
    for path in FORMS:
        assert (
            await client.post(path.format(number), data={"state": "kept"})
        ).status_code == 404, path


async def test_largest_id_that_an_address_may_have_is_looked_for_and_not_found(site: Site) -> None:
    client = await site.client("root")
    for path in PAGES:
        assert (await client.get(path.format("9" * 18))).status_code == 404, path


@pytest.mark.parametrize("number", TOO_LONG)
async def test_id_that_no_database_holds_is_left_out_of_a_query(site: Site, number: str) -> None:
    client = await site.client("root")
    for address in QUERIES:
        assert (await client.get(address.format(number))).status_code == 200, address


@pytest.mark.parametrize("text", ["", "-1", "1.0", "x", "٣", "1" * 19])
def test_text_that_is_no_id_gives_none(text: str) -> None:
    assert id_of(text) is None
