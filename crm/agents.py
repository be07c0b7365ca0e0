"""People: who logs in, which phones and queues are theirs.

In: what an administrator typed. Out: rows, and the `Actor` that pages act as. Which person a ringing phone belongs to is
answered without the database by `crm.phone_owners`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm import audit, departments, duties, role_scopes, seating
from crm.access import Actor, Permission, Role
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.person_fields import Person, Phone, Queue, checked
from crm.tables import Device, Session, Task, User, UserQueue


async def add(session: AsyncSession, actor: Actor, person: Person, password_hash: str) -> User:
    """Add a person.

    Args:
        session: a write session.
        actor: an administrator, or `SYSTEM`.
        person: who.
        password_hash: from `crm.passwords.hashed`, made before the transaction began.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: a value cannot be accepted.
        Conflict: the login is taken.
    """
    actor.require(Permission.ADMINISTER)
    person = checked(person)
    await _check_department(session, person)
    if await session.scalar(select(User.id).where(User.login == person.login)) is not None:
        raise Conflict("user", person.login, "this login is taken")
    user = User(
        login=person.login,
        password_hash=password_hash,
        created_at=datetime.now(UTC),
        devices=[],
        queues=[],
    )
    _fill(user, person)
    session.add(user)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict("user", person.login, "this login is taken") from error
    await audit.record(session, actor, "user.add", "user", user.id, {"role": person.role})
    await seating.follow_devices(session, user, user.created_at)
    announce(session, "user", user.id)
    return user


async def edit(session: AsyncSession, actor: Actor, user_id: int, person: Person) -> User:
    """Replace what is said about a person, phones and queues included.

    Raises:
        Forbidden, Invalid, Conflict: as `add`; also when the last administrator would be none any more.
        NotFound: no such person.
    """
    actor.require(Permission.ADMINISTER)
    person = checked(person)
    await _check_department(session, person)
    user = await _get(session, user_id)
    taken = select(User.id).where(User.login == person.login, User.id != user_id)
    if await session.scalar(taken) is not None:
        raise Conflict("user", person.login, "this login is taken")
    if person.role != Role.ADMINISTRATOR:
        await _keep_an_administrator(session, user)
    _fill(user, person)
    await session.flush()
    await seating.follow_devices(session, user, datetime.now(UTC))
    await audit.record(session, actor, "user.edit", "user", user.id, {"role": person.role})
    announce(session, "user", user.id)
    return user


async def set_active(
    session: AsyncSession, actor: Actor, user_id: int, active: bool, *, knowingly: bool = False
) -> None:
    """Lock a person out at once (all logins end), or let him in again. Nobody is ever deleted.

    Args:
        session: a write session.
        actor: an administrator, or `SYSTEM`.
        user_id: whom.
        active: let in, or lock out.
        knowingly: the actor was told that clients, deals or inquiries stay without anybody, and wants it so for now.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such person.
        Conflict: it is the last active administrator, or somebody's clients would silently be nobody's.
    """
    actor.require(Permission.ADMINISTER)
    user = await _get(session, user_id)
    if not active:
        await _keep_an_administrator(session, user)
        if not knowingly and (left := await duties.would_be_orphaned(session, user_id)):
            words = ", ".join(f"{kind}: {count}" for kind, count in left.items())
            raise Conflict("user", user.login, f"hand over what they answer for first ({words})")
        await session.execute(delete(Session).where(Session.user_id == user_id))
        # His open tasks are nobody's now: everybody responsible sees them again.
        mine = (Task.assignee_id == user_id) & (Task.state == "open")
        await session.execute(update(Task).where(mine).values(assignee_id=None))
        await seating.leave(session, actor, user_id, "locked", datetime.now(UTC))
    user.active = active
    await audit.record(
        session, actor, "user.activate" if active else "user.deactivate", "user", user_id
    )
    announce(session, "user", user_id)


async def set_password(
    session: AsyncSession, actor: Actor, user_id: int, password_hash: str
) -> None:
    """Give a person a new password and end all logins made with the old one.

    Raises:
        Forbidden: neither an administrator nor the person himself.
        NotFound: no such person.
    """
    if actor.user_id != user_id and not actor.may(Permission.ADMINISTER):
        raise Forbidden(Permission.ADMINISTER)
    user = await _get(session, user_id)
    user.password_hash = password_hash
    await session.execute(delete(Session).where(Session.user_id == user_id))
    await audit.record(session, actor, "user.password", "user", user_id)
    announce(session, "user", user_id)


async def set_locale(session: AsyncSession, actor: Actor, locale: str) -> None:
    """Keep the language that a person chose for himself: "ru", "en", or "" for the browser's.

    Raises:
        Invalid: another language.
        NotFound: the person is gone.
    """
    if locale not in ("", "ru", "en"):
        raise Invalid("locale", f"{locale!r} is none of ru, en")
    (await _get(session, actor.user_id)).locale = locale


async def people(session: AsyncSession, actor: Actor) -> list[User]:
    """Everybody, by login, with phones and queues loaded.

    Raises:
        Forbidden: the actor is no administrator.
    """
    actor.require(Permission.ADMINISTER)
    return list((await session.scalars(_with_parts().order_by(User.login))).all())


async def by_login(session: AsyncSession, login: str) -> User:
    """Return the person with this login.

    Raises:
        NotFound: nobody has it.
    """
    user = await session.scalar(_with_parts().where(User.login == login.strip().lower()))
    if user is None:
        raise NotFound("user", login)
    return user


async def names(session: AsyncSession, user_ids: Iterable[int]) -> dict[int, str]:
    """Id → name to show (the login where there is no name) of these people."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    rows = await session.execute(select(User.id, User.name, User.login).where(User.id.in_(wanted)))
    return {user_id: name or login for user_id, name, login in rows}


async def actor_for(session: AsyncSession, user: User, address: str = "") -> Actor:
    """The `Actor` of a person whose phones and queues are loaded: the one place where an actor is made."""
    role = Role(user.role)
    return Actor(
        user_id=user.id,
        login=user.login,
        name=user.name or user.login,
        role=role,
        locale=user.locale,
        extensions=frozenset((phone.pbx, phone.extension) for phone in user.holdings),
        queues=frozenset((queue.pbx, queue.queue) for queue in user.queues),
        departments=await departments.reach(session, user.department_id),
        scopes=await role_scopes.of_role(session, role),
        address=address,
    )


async def actors(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[Actor]:
    """Who may log in and fits these conditions on `User`, by name: to ask what each of them may see."""
    query = _with_parts().where(User.active.is_(True), *conditions)
    users = await session.scalars(query.order_by(User.name, User.login))
    return [await actor_for(session, user) for user in users.all()]


def person_of(user: User) -> Person:
    """What is said about a person, as a starting point for `edit`."""
    return Person(
        login=user.login,
        role=user.role,
        name=user.name,
        locale=user.locale,
        email=user.email,
        department_id=user.department_id,
        phones=tuple(Phone(d.extension, d.pbx, d.channel) for d in user.devices),
        queues=tuple(Queue(q.queue, q.pbx) for q in user.queues),
        sample=user.sample,
    )


def _with_parts() -> Select[User]:
    return select(User).options(selectinload(User.devices), selectinload(User.queues))


async def _get(session: AsyncSession, user_id: int) -> User:
    user = await session.scalar(_with_parts().where(User.id == user_id))
    if user is None:
        raise NotFound("user", user_id)
    return user


async def _keep_an_administrator(session: AsyncSession, user: User) -> None:
    if user.role != Role.ADMINISTRATOR or not user.active:
        return
    others = await session.scalar(
        select(func.count()).where(
            User.role == Role.ADMINISTRATOR, User.active.is_(True), User.id != user.id
        )
    )
    if not others:
        raise Conflict("user", user.login, "this is the last administrator")


def _fill(user: User, person: Person) -> None:
    user.login, user.role, user.name = person.login, person.role, person.name
    user.locale, user.sample = person.locale, person.sample
    user.email, user.department_id = person.email, person.department_id
    kept = {(d.pbx, d.extension): d for d in user.devices}
    user.devices = [
        kept.get((p.pbx, p.extension)) or Device(pbx=p.pbx, extension=p.extension)
        for p in person.phones
    ]
    for device, phone in zip(user.devices, person.phones, strict=True):
        device.channel = phone.channel
    old = {(q.pbx, q.queue): q for q in user.queues}
    user.queues = [
        old.get((q.pbx, q.name)) or UserQueue(pbx=q.pbx, queue=q.name) for q in person.queues
    ]


async def _check_department(session: AsyncSession, person: Person) -> None:
    if person.department_id is not None and not await departments.exists(
        session, person.department_id
    ):
        raise Invalid("department_id", "there is no such department")
