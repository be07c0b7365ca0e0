"""How far the rights of each role reach, where the administrator changed it: none, own, department or all.

In: a role, an action and a scope from the page. Out: rows of `role_scopes`, and what `Actor.scopes` holds. They are read
with each person who logs in or asks for a page (one look by primary key), so a change counts at once, in every process;
open pages hear of it by the notice "user". An administrator's own rights always reach everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import DEFAULT_SCOPES, Action, Actor, Permission, Role, Scope
from crm.errors import Invalid
from crm.notices import announce
from crm.tables import RoleScope

CHANGEABLE = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
"""Whose rights can be changed."""
_UNCHANGED: Mapping[Action, Scope] = MappingProxyType({})


async def of_role(session: AsyncSession, role: Role) -> Mapping[Action, Scope]:
    """What was changed for this role; values of a later version are left out, so that the default counts."""
    if role not in CHANGEABLE:
        return _UNCHANGED
    rows = await session.execute(
        select(RoleScope.action, RoleScope.scope).where(RoleScope.role == role.value)
    )
    known = {
        Action(action): Scope(scope)
        for action, scope in rows
        if action in list(Action) and scope in list(Scope)
    }
    return MappingProxyType(known)


async def table(session: AsyncSession) -> dict[Role, dict[Action, Scope]]:
    """What counts now, for every role and action."""
    return {role: {**DEFAULT_SCOPES[role], **await of_role(session, role)} for role in Role}


async def save(
    session: AsyncSession, actor: Actor, wanted: Mapping[Role, Mapping[Action, Scope]]
) -> int:
    """Put scopes in force; what is as it was stays untouched, what is as by default is no row any more.

    Returns:
        How many rights reach otherwise now.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: an administrator's rights would be narrowed, or a right that sees nothing may change something.
    """
    actor.require(Permission.ADMINISTER)
    before = await table(session)
    changed: dict[str, str] = {}
    for role, scopes in wanted.items():
        for action, scope in scopes.items():
            if before[role][action] is not scope:
                _refuse_administrators(role)
                await _put(session, role, action, scope)
                changed[f"{role}.{action}"] = f"{before[role][action]} → {scope}"
    if changed:
        _check(await table(session))
        await audit.record(session, actor, "rights.change", "role", "", changed)
        announce(session, "user", 0)
    return len(changed)


async def reset(session: AsyncSession, actor: Actor) -> None:
    """Back to what a new installation has.

    Raises:
        Forbidden: the actor is no administrator.
    """
    actor.require(Permission.ADMINISTER)
    await session.execute(delete(RoleScope))
    await audit.record(session, actor, "rights.reset", "role")
    announce(session, "user", 0)


async def _put(session: AsyncSession, role: Role, action: Action, scope: Scope) -> None:
    row = await session.get(RoleScope, (role.value, action.value))
    if scope is DEFAULT_SCOPES[role][action]:
        if row is not None:
            await session.delete(row)
    elif row is None:
        session.add(RoleScope(role=role.value, action=action.value, scope=scope.value))
    else:
        row.scope = scope.value
    await session.flush()


def _refuse_administrators(role: Role) -> None:
    if role is Role.ADMINISTRATOR:
        raise Invalid("role", "the rights of administrators always reach everything")


def _check(scopes: Mapping[Role, Mapping[Action, Scope]]) -> None:
    width = list(Scope)
    for role, of_actions in scopes.items():
        seen = width.index(of_actions[Action.SEE])
        for action in (Action.EDIT, Action.EXPORT, Action.DELETE):
            if width.index(of_actions[action]) > seen:
                raise Invalid(
                    f"{role}.{action}",
                    "nobody may change, export or delete more than what they see",
                )
