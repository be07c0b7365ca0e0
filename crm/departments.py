"""Departments: a tree of the company's parts. Whose scope is "department" sees what people of it and below it have.

In: what an administrator typed. Out: rows, and for a person the ids of the own department and of all below. A change is
announced as "user": every process, and every open page, reads its people anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.notices import announce
from crm.tables import Department, User

_NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Branch:
    """A department with its place in the tree: `depth` 0 for those that belong to none."""

    id: int
    name: str
    parent_id: int | None
    depth: int
    people: int
    """Who belong to this very department and may log in."""


async def reach(session: AsyncSession, department_id: int | None) -> frozenset[int]:
    """Ids of this department and of all below it; of none for a person without one."""
    if department_id is None:
        return frozenset()
    part = select(Department.id).where(Department.id == department_id).cte(recursive=True)
    # UNION, not UNION ALL: a loop that somebody wrote past this module ends all the same.
    below = part.union(select(Department.id).join(part, Department.parent_id == part.c.id))
    return frozenset((await session.scalars(select(below.c.id))).all())


async def tree(session: AsyncSession) -> list[Branch]:
    """All departments, each after the one that it belongs to, by name."""
    rows = list((await session.scalars(select(Department).order_by(Department.name))).all())
    counted = await session.execute(
        select(User.department_id, func.count())
        .where(User.department_id.is_not(None), User.active.is_(True))
        .group_by(User.department_id)
    )
    return _branches(rows, {one: count for one, count in counted if one is not None})


async def add(
    session: AsyncSession, actor: Actor, name: str, parent_id: int | None = None
) -> Department:
    """Add a department.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: no name, or no such parent.
        Conflict: the name is taken.
    """
    actor.require(Permission.ADMINISTER)
    await _check_parent(session, None, parent_id)
    department = Department(name=_checked(name), parent_id=parent_id)
    session.add(department)
    return await _written(session, actor, department, "department.add")


async def edit(
    session: AsyncSession, actor: Actor, department_id: int, name: str, parent_id: int | None
) -> Department:
    """Rename a department, or hang it elsewhere.

    Raises:
        Forbidden, Invalid, Conflict: as `add`; also when it would belong to itself.
        NotFound: no such department.
    """
    actor.require(Permission.ADMINISTER)
    department = await _get(session, department_id)
    await _check_parent(session, department_id, parent_id)
    department.name, department.parent_id = _checked(name), parent_id
    return await _written(session, actor, department, "department.edit")


async def remove(session: AsyncSession, actor: Actor, department_id: int) -> None:
    """Take a department out; those below it belong to its parent then.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such department.
        Conflict: people are in it.
    """
    actor.require(Permission.ADMINISTER)
    department = await _get(session, department_id)
    people = select(func.count()).where(User.department_id == department_id, User.active.is_(True))
    if await session.scalar(people):
        raise Conflict("department", department_id, "people are in it: move them first")
    above = department.parent_id
    await session.execute(
        update(Department).where(Department.parent_id == department_id).values(parent_id=above)
    )
    await session.delete(department)
    await session.flush()
    detail = {"name": department.name}
    await audit.record(session, actor, "department.remove", "department", department_id, detail)
    announce(session, "user", 0)


async def exists(session: AsyncSession, department_id: int) -> bool:
    """Whether there is such a department."""
    return await session.get(Department, department_id) is not None


def _branches(rows: Iterable[Department], people: Mapping[int, int]) -> list[Branch]:
    under: dict[int | None, list[Department]] = {}
    for row in rows:
        under.setdefault(row.parent_id, []).append(row)
    found: list[Branch] = []

    def walk(parent_id: int | None, depth: int) -> None:
        for row in under.get(parent_id, ()):
            found.append(Branch(row.id, row.name, parent_id, depth, people.get(row.id, 0)))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found


async def _get(session: AsyncSession, department_id: int) -> Department:
    department = await session.get(Department, department_id)
    if department is None:
        raise NotFound("department", department_id)
    return department


async def _check_parent(
    session: AsyncSession, department_id: int | None, parent_id: int | None
) -> None:
    if parent_id is None:
        return
    if not await exists(session, parent_id):
        raise Invalid("parent_id", "there is no such department")
    if department_id is not None and parent_id in await reach(session, department_id):
        raise Invalid("parent_id", "a department cannot belong to itself or to a part of itself")


def _checked(name: str) -> str:
    name = " ".join(name.replace("\x00", " ").split())
    if not name or len(name) > _NAME_LENGTH:
        raise Invalid("name", f"give a name of 1 to {_NAME_LENGTH} characters")
    return name


async def _written(
    session: AsyncSession, actor: Actor, department: Department, action: str
) -> Department:
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("department", department.name, "this name is taken") from error
    detail = {"name": department.name, "parent": department.parent_id}
    await audit.record(session, actor, action, "department", department.id, detail)
    announce(session, "user", 0)
    return department
