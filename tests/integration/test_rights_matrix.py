"""The matrix of rights: who asks × how the client stands to them × every route that names a thing.

What is expected is said here in plain words (`sees`, `reaches`), apart from the code that decides it. Beside the answers:
no page, list, search, count, export, answer of the API or live page may show the name of a client who is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from sqlalchemy import select
from starlette.routing import Route
from support.api import program
from support.rights_table import CASES, ELSEWHERE, OF_THE_HOUSE, Case
from support.rights_world import STEM, Relation, World, belong_to, build, name_of
from support.sockets import live_page
from support.web import Site

from crm import role_scopes
from crm.access import DEFAULT_SCOPES, SYSTEM, Action, Permission, Role, Scope, permissions_of
from crm.tables import User
from web.routes import permission_of

OWN, DEPT, OTHER, NOBODY = Relation.OWN, Relation.DEPT, Relation.OTHER, Relation.NOBODY
GONE = (Relation.BIN, Relation.MERGED)
REFUSED = frozenset({403, 404})


@dataclass(frozen=True)
class Asker:
    """A person with the scopes of a test; "" = as delivered."""

    login: str
    role: Role
    scope: str = ""

    def reach(self, action: Action) -> Scope:
        return Scope(self.scope) if self.scope else DEFAULT_SCOPES[self.role][action]

    def may(self, permission: Permission) -> bool:
        return permission in permissions_of(self.role)


ASKERS = [
    Asker("anna", Role.OPERATOR),
    Asker("anna", Role.OPERATOR, "own"),
    Asker("anna", Role.OPERATOR, "department"),
    Asker("anna", Role.OPERATOR, "none"),
    Asker("mila", Role.MANAGER),
    Asker("mila", Role.MANAGER, "own"),
    Asker("mila", Role.MANAGER, "department"),
    Asker("mila", Role.MANAGER, "none"),
    Asker("sergey", Role.SUPERVISOR),
    Asker("root", Role.ADMINISTRATOR),
]
BOTH = [
    pytest.param(
        asker,
        database,
        id=f"{asker.role}-{asker.scope or 'default'}-{database}",
        marks=[pytest.mark.postgresql] if database == "postgresql" else [],
    )
    for database in ("sqlite", "postgresql")
    for asker in ASKERS
    # The conditions are the same there: the two that reach deepest are enough.
    if database == "sqlite"
    or (asker.login, asker.scope) in (("mila", "own"), ("anna", "department"))
]
every_asker = pytest.mark.parametrize(("asker", "database_url"), BOTH, indirect=["database_url"])


def within(scope: Scope, relation: Relation) -> bool:
    """Whether something of this relation is within the scope."""
    reached = {
        Scope.NONE: (),
        Scope.OWN: (OWN,),
        Scope.DEPARTMENT: (OWN, DEPT, NOBODY),
        Scope.ALL: tuple(Relation),
    }
    return relation in reached[scope]


def of_client(asker: Asker, action: Action, relation: Relation) -> bool:
    """Clients, and what belongs to them: never what is in the bin or merged; a crossed one is a stranger's."""
    plain = OTHER if relation is Relation.CROSSED else relation
    return relation not in GONE and within(asker.reach(action), plain)


def of_thing(asker: Asker, action: Action, relation: Relation) -> bool:
    """What has a holder of its own, whoever the client is."""
    mine = (Relation.CROSSED, Relation.MERGED, Relation.BIN)
    return within(asker.reach(action), OWN if relation in mine else relation)


def sees(asker: Asker, kind: str, relation: Relation) -> bool:
    """Whether the person sees the thing at all."""
    has = of_thing(asker, Action.SEE, relation)
    client = of_client(asker, Action.SEE, relation)
    mine = relation not in (DEPT, OTHER, NOBODY)
    match kind:
        case "client" | "file" | "comment" | "inquiry_talk":
            return client
        case "deal":
            return has and relation is not Relation.BIN
        case "task":
            return asker.may(Permission.TASKS_SEE_ALL) or mine or relation is NOBODY
        case "task_talk":
            return sees(asker, "task", relation) or client
        case "inquiry":
            return asker.reach(Action.SEE) is not Scope.NONE and (mine or client)
        case "call" | "promise":
            return asker.may(Permission.CALLS_SEE_ALL) or mine or hears(asker, relation)
        case "recording" | "utterance" | "transcript" | "mark" | "shared_clip" | "heard_call":
            return hears(asker, relation)
    raise AssertionError(kind)


def hears(asker: Asker, relation: Relation) -> bool:
    """Own: the person talked; the department's: a colleague did. With NOBODY nobody of ours talked."""
    scope = asker.reach(Action.LISTEN)
    mine = relation not in (DEPT, OTHER, NOBODY)
    return {
        Scope.NONE: False,
        Scope.OWN: mine,
        Scope.DEPARTMENT: mine or relation is DEPT,
        Scope.ALL: True,
    }[scope]


def reaches(asker: Asker, case: Case, relation: Relation) -> bool:
    """Whether the person may do it with what they see."""
    if case.by_author:
        return relation is OWN
    if case.kind in ("comment", "file") and case.action is Action.DELETE:
        # One's own may always be put away.
        rights = asker.may(Permission.CLIENTS_DELETE) and of_client(asker, Action.DELETE, relation)
        return relation is OWN or rights
    if case.kind == "deal":
        return of_thing(asker, case.action, relation)
    if case.kind in ("client", "file", "comment"):
        return of_client(asker, case.action, relation)
    return True


def routes_of(site: Site) -> Iterator[tuple[str, str, Permission]]:
    """Every route that answers requests: method, path, permission."""
    for route in site.app.routes:
        if isinstance(route, Route):
            permission = permission_of(route)
            assert permission is not None
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, route.path, permission


def address_of(path: str, case: Case, world: World, relation: Relation) -> str:
    kind = {"task_talk": "task", "inquiry_talk": "inquiry"}.get(case.kind, case.kind)

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in case.path:
            return str(world.of(kind, relation))
        known = case.path[name]
        return str(world.of(*known) if isinstance(known, tuple) else known)

    return re.sub(r"\{(\w+)(?::\w+)?\}", value, path)


def relations_for(asker: Asker) -> tuple[Relation, ...]:
    """Who sees everything, or nothing, sees no difference between most of them."""
    if asker.scope in ("own", "department"):
        return tuple(Relation)
    return (OWN, OTHER, Relation.BIN) if not asker.scope else (OWN, OTHER)


def may_restore(asker: Asker) -> bool:
    return asker.may(Permission.BIN_RESTORE) and asker.reach(Action.DELETE) is not Scope.NONE


def hidden_names(asker: Asker) -> list[str]:
    return [name_of(one) for one in Relation if not of_client(asker, Action.SEE, one)]


async def ready(site: Site, asker: Asker) -> World:
    """The world, as it stands to the asker, with the asker's scopes in force."""
    world = await build(site)
    await belong_to(site, world, asker.login)
    if asker.scope:
        async with site.services.db.write() as session:
            wanted = {asker.role: dict.fromkeys(Action, Scope(asker.scope))}
            await role_scopes.save(session, SYSTEM, wanted)
    return world


def expected(
    asker: Asker, permission: Permission, case: Case, relation: Relation
) -> frozenset[int]:
    """The statuses that are right; empty where anything but a refusal is."""
    if not asker.may(permission):
        return frozenset({403})
    if case.kind in ("comment", "file") and case.action is Action.DELETE and relation in GONE:
        # One's own may be put away, wherever its client is.
        return frozenset() if of_thing(asker, Action.SEE, relation) else REFUSED
    if not sees(asker, case.kind, relation):
        return case.gone if relation in GONE and case.kind == "client" else REFUSED
    if not reaches(asker, case, relation):
        return frozenset({403})
    return frozenset()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_with_an_id_is_in_the_table(site: Site) -> None:
    named = {
        f"{method} {path}"
        for method, path, permission in routes_of(site)
        if "{" in path and permission not in OF_THE_HOUSE
    }
    unknown = sorted(named - set(CASES) - set(ELSEWHERE))
    assert not unknown, (
        f"{unknown}: add each to CASES in tests/support/rights_table.py (whose thing the id is, what is done, a form "
        "that would be accepted), or to ELSEWHERE with the reason"
    )
    old = sorted((set(CASES) | set(ELSEWHERE)) - named)
    assert not old, (
        f"{old}: no such routes any more, take them out of tests/support/rights_table.py"
    )


@every_asker
async def test_answers_are_those_of_the_rights(site: Site, asker: Asker) -> None:
    world = await ready(site, asker)
    browser = await site.client(asker.login)
    api = await program(site, asker.login) if asker.may(Permission.API_USE) else None
    hidden, wrong = hidden_names(asker), []
    for method, path, permission in routes_of(site):
        case = CASES.get(f"{method} {path}")
        client = api if path.startswith("/api/") else browser
        if case is None or client is None:
            continue
        for relation in relations_for(asker):
            right = expected(asker, permission, case, relation)
            if not right and method != "GET":
                continue  # allowed: done, and proved, in the tests of each page
            address = address_of(path, case, world, relation)
            answer = await ask(client, method, address, case.form(world, relation))
            what = f"{method} {address} ({relation}): {answer.status_code}"
            if answer.status_code not in (right or case.fine):
                wrong.append(f"{what}, right: {sorted(right or case.fine)}")
            told = name_of(relation) if answer.status_code == 410 else ""
            shown = (name for name in hidden if name in answer.text and name != told)
            wrong += [f"{what} shows {name}" for name in shown]
            if not asker.may(permission):
                break  # refused before anybody looks whose it is
    assert not wrong, "\n".join(wrong)


async def ask(
    client: httpx2.AsyncClient, method: str, address: str, form: object
) -> httpx2.Response:
    if method == "GET":
        return await client.get(address)
    if address.startswith("/api/"):
        headers = {"idempotency-key": f"{method}{address}"}
        if method == "DELETE":
            return await client.delete(address)
        return await client.request(method, address, json=form, headers=headers)
    assert isinstance(form, dict)
    if address.endswith("/files"):
        query = {"name": "x.txt", "place": "relation"}
        return await client.post(address, params=query, content=b"words")
    return await client.request(method, address, data=form)


@every_asker
async def test_lists_and_live_pages_name_no_hidden_client(site: Site, asker: Asker) -> None:
    await ready(site, asker)
    browser = await site.client(asker.login)
    api = await program(site, asker.login) if asker.may(Permission.API_USE) else None
    hidden, shown = hidden_names(asker), set()
    visible = [name_of(one) for one in Relation if of_client(asker, Action.SEE, one)]
    wrong = []
    for method, path, permission in routes_of(site):
        client = api if path.startswith("/api/") else browser
        if method != "GET" or "{" in path or client is None or permission in OF_THE_HOUSE:
            continue
        for query in ({}, {"q": STEM.lower()}, {"number": "+79120001102"}):
            answer = await client.get(path, params=query)
            assert answer.status_code < 500, f"{path} {query}: {answer.text[:500]}"
            if not asker.may(permission):
                assert answer.status_code == 403, f"{path}: {answer.status_code}"
            # Whoever may restore sees what lies in the bin, there and nowhere else.
            told = name_of(Relation.BIN) if path == "/bin" and may_restore(asker) else ""
            shows = (name for name in hidden if name in answer.text and name != told)
            wrong += [f"GET {path} {query} shows {name}" for name in shows]
            shown |= {name for name in visible if name in answer.text}
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    for view in ("day", "board", "page"):
        async with live_page(site.app, cookie, view) as end:
            await end.settle()
        for region, html in end.regions.items():
            wrong += [f"live {view}/{region} shows {name}" for name in hidden if name in html]
    assert not wrong, "\n".join(wrong)
    assert shown == set(visible), (
        "a client who may be seen is found nowhere: the test looks at nothing"
    )


@every_asker
async def test_export_holds_only_what_may_be_exported(site: Site, asker: Asker) -> None:
    await ready(site, asker)
    browser = await site.client(asker.login)
    answer = await browser.get("/clients/export.csv")
    if not asker.may(Permission.CLIENTS_EXPORT):
        assert answer.status_code == 403
        return
    held = {one for one in Relation if name_of(one) in answer.text}
    assert held == {one for one in Relation if of_client(asker, Action.EXPORT, one)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_askers_are_who_the_matrix_says(site: Site) -> None:
    async with site.services.db.read() as session:
        rows = await session.execute(select(User.login, User.role))
        roles = {login: Role(role) for login, role in rows}
    assert all(roles[asker.login] is asker.role for asker in ASKERS)
