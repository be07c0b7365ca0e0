import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from support.web import Site

from web.app import create_app
from web.errors import RouteWithoutPermission
from web.routes import permission_of


async def test_route_without_permission_stops_the_start(site: Site) -> None:
    bare = Route("/bare", lambda request: PlainTextResponse("x"))
    with pytest.raises(RouteWithoutPermission, match="/bare"):
        create_app(site.services, extra_routes=[bare])


async def test_every_route_declares_a_permission(site: Site) -> None:
    assert all(permission_of(route) for route in site.app.routes)


async def test_stranger_is_led_to_the_login(site: Site) -> None:
    client = await site.client()
    answer = await client.get("/")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login"


async def test_login_shows_the_first_page(site: Site) -> None:
    client = await site.client("anna")
    answer = await client.get("/")
    assert answer.status_code == 200
    assert "Анна Белова" in answer.text
