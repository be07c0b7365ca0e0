from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from support.api import program
from support.web import Site

from crm import agents, api_tokens
from crm.access import Permission
from crm.errors import Forbidden, Invalid, NotFound
from crm.tables import ApiToken
from web.api.openapi import document
from web.api.resources import all_operations


async def test_program_learns_who_it_is_and_what_it_may(site: Site) -> None:
    mila = await program(site, "mila", ["clients:read"])
    answer = await mila.get("/api/v1/me")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["login"], said["role"]) == ("mila", "manager")
    assert "clients.see" in said["permissions"]
    assert "clients.edit" not in said["permissions"]


async def test_cookie_of_a_page_opens_nothing_of_the_api(site: Site) -> None:
    mila = await site.client("mila")
    answer = await mila.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == 401
    assert problem["type"] == "urn:slovo:problem:not_logged_in"


async def test_token_opens_no_page(site: Site) -> None:
    mila = await program(site, "mila")
    answer = await mila.get("/clients", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("what", ["revoked", "over", "unknown", "locked out", "role without API"])
async def test_token_that_counts_no_more_is_refused(site: Site, what: str) -> None:
    mila = await program(site, "mila")
    async with site.services.db.write() as session:
        if what == "revoked":
            token_id = await session.scalar(select(ApiToken.id))
            user = await agents.by_login(session, "mila")
            await api_tokens.revoke(session, await agents.actor_for(session, user), token_id or 0)
        elif what == "over":
            past = datetime.now(UTC) - timedelta(seconds=1)
            await session.execute(update(ApiToken).values(expires_at=past))
        elif what == "unknown":
            mila.headers["authorization"] = "Bearer slovo_unknown"
        elif what == "locked out":
            user = await agents.by_login(session, "mila")
            user.active = False
        else:
            user = await agents.by_login(session, "mila")
            user.role = "operator"
    assert (await mila.get("/api/v1/me")).status_code == 401


async def test_only_who_may_makes_and_ends_tokens(site: Site) -> None:
    async with site.services.db.write() as session:
        people = {
            login: await agents.actor_for(session, await agents.by_login(session, login))
            for login in ("anna", "mila", "sergey", "root")
        }
        with pytest.raises(Forbidden):
            await api_tokens.add(session, people["anna"], "x", ["clients:read"])
        for scopes in ([], ["clients:everything"]):
            with pytest.raises(Invalid):
                await api_tokens.add(session, people["mila"], "x", scopes)
        with pytest.raises(Invalid):
            await api_tokens.add(session, people["mila"], " ", ["clients:read"])
        made = await api_tokens.add(session, people["mila"], "shop", ["clients:read"])
        assert made.secret not in (made.row.token_hash, made.row.name)
        with pytest.raises(Forbidden):
            await api_tokens.revoke(session, people["sergey"], made.row.id)
        with pytest.raises(NotFound):
            await api_tokens.revoke(session, people["root"], 4711)
        assert await api_tokens.listed(session, people["sergey"]) == []
        assert [login for _, login in await api_tokens.listed(session, people["root"])] == ["mila"]
        await api_tokens.revoke(session, people["root"], made.row.id)
        assert await api_tokens.listed(session, people["root"]) == []


async def test_wrong_address_and_method_are_problems_too(site: Site) -> None:
    mila = await program(site, "mila")
    missing, wrong = await mila.get("/api/v1/nothing"), await mila.post("/api/v1/me")
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert wrong.headers["allow"]
    assert {one.headers["content-type"] for one in (missing, wrong)} == {"application/problem+json"}


async def test_document_describes_every_operation_once(site: Site) -> None:
    answer = await (await site.client()).get("/api/v1/openapi.json")
    assert answer.status_code == 200
    said = answer.json()
    assert said["openapi"] == "3.1.0"
    names = [one["operationId"] for path in said["paths"].values() for one in path.values()]
    assert sorted(names) == sorted(operation.name for operation in all_operations())
    assert len(set(names)) == len(names)


def test_every_operation_needs_a_permission_that_a_scope_gives() -> None:
    given = {permission for scope in api_tokens.SCOPES.values() for permission in scope}
    given |= {Permission.API_USE, Permission.LOGGED_IN}
    assert {operation.permission for operation in all_operations()} <= given
    assert document(all_operations())["components"]["schemas"]["Problem"]
