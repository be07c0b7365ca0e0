"""How far the rights of a role reach, as the administrator set it."""

import pytest
from support.people import person

from calls.db import Database
from crm import agents, role_scopes
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.errors import Forbidden, Invalid


async def narrowed(db: Database, role: Role, **scopes: Scope) -> int:
    async with db.write() as session:
        wanted = {role: {Action(action): scope for action, scope in scopes.items()}}
        return await role_scopes.save(session, SYSTEM, wanted)


async def again(db: Database, actor: Actor) -> Actor:
    async with db.read() as session:
        return await agents.actor_for(session, await agents.by_login(session, actor.login))


async def test_narrowed_right_counts_for_the_next_look_at_the_person(db: Database) -> None:
    mila = await person(db, "mila", "manager")
    assert mila.scope(Action.SEE) is Scope.ALL
    assert await narrowed(db, Role.MANAGER, see=Scope.OWN, edit=Scope.OWN) == 2
    mila = await again(db, mila)
    assert mila.scope(Action.SEE) is Scope.OWN
    assert mila.scope(Action.LISTEN) is Scope.ALL


async def test_default_again_leaves_no_row_behind(db: Database) -> None:
    await narrowed(db, Role.OPERATOR, listen=Scope.NONE)
    await narrowed(db, Role.OPERATOR, listen=Scope.OWN)
    async with db.read() as session:
        assert await role_scopes.of_role(session, Role.OPERATOR) == {}


async def test_reset_gives_everybody_the_rights_of_a_new_installation(db: Database) -> None:
    await narrowed(db, Role.SUPERVISOR, export=Scope.NONE, delete=Scope.OWN)
    async with db.write() as session:
        await role_scopes.reset(session, SYSTEM)
    sergey = await person(db, "sergey", "supervisor")
    assert sergey.scope(Action.EXPORT) is Scope.ALL


async def test_administrators_rights_cannot_be_narrowed(db: Database) -> None:
    with pytest.raises(Invalid):
        await narrowed(db, Role.ADMINISTRATOR, see=Scope.NONE)
    root = await person(db, "root", "administrator")
    assert {root.scope(action) for action in Action} == {Scope.ALL}


async def test_right_to_change_more_than_is_seen_is_refused_as_a_whole(db: Database) -> None:
    with pytest.raises(Invalid) as caught:
        await narrowed(db, Role.MANAGER, see=Scope.OWN)
    assert caught.value.field == "manager.edit"
    async with db.read() as session:
        assert await role_scopes.of_role(session, Role.MANAGER) == {}


async def test_only_administrators_change_rights(db: Database) -> None:
    sergey = await person(db, "sergey", "supervisor")
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await role_scopes.save(session, sergey, {})
