"""Comments for colleagues on clients, deals, tasks and inquiries; whoever is mentioned in one is told.

In: an actor, a subject and a text. Out: rows. A colleague is named by `@login`; only who may see the subject himself can
be mentioned, for everybody else the way there would end at a closed door. Edits and deletions of own comments stand in the
change history with the words as they were.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm import agents, changes, notifications, subjects
from crm import bin as bin_of_things
from crm.access import Actor, Permission
from crm.bin_kinds import Kind
from crm.errors import Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.notifications import News
from crm.subjects import Subject, SubjectKind
from crm.tables import Client, Comment, Mention, User

LONGEST = 20_000
MOST_SHOWN = 200
PICKED = 8
_TOLD = 160
_MENTION = re.compile(r"(?<![\w@./:-])@([\w](?:[\w.@-]*[\w])?)")
"""As logins are written; not the tail of an e-mail address or of a link."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with the name of who wrote it, and the names of who is mentioned by their logins."""

    comment: Comment
    author: str
    mentioned: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be mentioned."""

    login: str
    name: str


async def write(session: AsyncSession, actor: Actor, subject: Subject, text: str) -> Comment:
    """Add a comment, and tell whoever is mentioned.

    Raises:
        Forbidden: the actor may not write comments.
        NotFound: no such subject, or none that the actor may see.
        Invalid: the text is empty or too long, or somebody mentioned may not see the subject.
    """
    actor.require(Permission.COMMENTS_WRITE)
    client_id = await subjects.require(session, actor, subject)
    said = _checked(text)
    named = await _named(session, subject, said)
    comment = Comment(user_id=actor.user_id or None, text=said, at=datetime.now(UTC))
    setattr(comment, f"{subject.kind}_id", subject.id)
    session.add(comment)
    await session.flush()
    await _mention(session, actor, comment, client_id, named)
    announce(session, "comment", comment.id)
    return comment


async def edit(session: AsyncSession, actor: Actor, comment_id: int, text: str) -> Comment:
    """Change an own comment; only who was not mentioned before is told.

    Raises:
        Forbidden: it is somebody else's.
        NotFound, Invalid: as `write`.
    """
    comment, client_id = await _own(session, actor, comment_id)
    said = _checked(text)
    if said == comment.text:
        return comment
    named = await _named(session, subject_of(comment), said)
    _record(session, actor, comment, client_id, said)
    comment.text, comment.edited_at = said, datetime.now(UTC)
    known = select(Mention.user_id).where(Mention.comment_id == comment.id)
    before = set((await session.scalars(known)).all())
    await _mention(
        session, actor, comment, client_id, [user for user in named if user.id not in before]
    )
    announce(session, "comment", comment.id)
    return comment


async def delete(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """Put an own comment into the bin; its words stay in the change history.

    Raises:
        Forbidden: it is somebody else's.
        NotFound: there is none, or none that the actor may see.
    """
    comment, client_id = await _own(session, actor, comment_id)
    _record(session, actor, comment, client_id, "")
    await bin_of_things.put(session, actor, Kind.COMMENT, comment.id)
    announce(session, "comment", comment.id)
    return comment


async def get(session: AsyncSession, actor: Actor, comment_id: int) -> Comment:
    """One comment.

    Raises:
        NotFound: there is none, or none that the actor may see.
    """
    comment = await session.get(Comment, comment_id)
    if comment is None or comment.deleted_at is not None:
        raise NotFound("comment", comment_id)
    await subjects.require(session, actor, subject_of(comment))
    return comment


async def of(session: AsyncSession, actor: Actor, subject: Subject) -> list[Said]:
    """The newest comments on this subject itself, oldest first, at most `MOST_SHOWN`.

    Raises:
        NotFound: no such subject, or none that the actor may see.
    """
    await subjects.require(session, actor, subject)
    column = getattr(Comment, f"{subject.kind}_id")
    query = select(Comment).where(column == subject.id, Comment.deleted_at.is_(None))
    newest = query.order_by(Comment.at.desc(), Comment.id.desc()).limit(MOST_SHOWN)
    return await with_names(session, reversed((await session.scalars(newest)).all()))


async def with_names(session: AsyncSession, comments: Iterable[Comment]) -> list[Said]:
    """Put the names beside comments, with two queries for all of them."""
    shown = list(comments)
    names = await agents.names(session, {c.user_id for c in shown if c.user_id is not None})
    told: dict[int, dict[str, str]] = {}
    query = (
        select(Mention.comment_id, User.login, User.name)
        .join(User, User.id == Mention.user_id)
        .where(Mention.comment_id.in_([comment.id for comment in shown]))
    )
    for comment_id, login, name in await session.execute(query):
        told.setdefault(comment_id, {})[login] = name or login
    return [Said(c, names.get(c.user_id or 0, ""), told.get(c.id, {})) for c in shown]


async def colleagues(
    session: AsyncSession, actor: Actor, subject: Subject, typed: str
) -> list[Colleague]:
    """Whom the actor can mention here: whose login or a word of whose name begins so, at most `PICKED`.

    Raises:
        NotFound: no such subject, or none that the actor may see.
    """
    await subjects.require(session, actor, subject)
    wanted = typed.strip().casefold()
    query = _people(User.active.is_(True), User.id != actor.user_id)
    found: list[Colleague] = []
    for user in (await session.scalars(query.order_by(User.name, User.login))).all():
        words = [user.login, *user.name.casefold().split()]
        if not any(word.startswith(wanted) for word in words):
            continue
        if await _sees(session, user, subject):
            found.append(Colleague(user.login, user.name or user.login))
        if len(found) == PICKED:
            break
    return found


def mentioned_in(text: str) -> list[str]:
    """The logins that a text names, in lower case, each once."""
    return list(dict.fromkeys(name.lower() for name in _MENTION.findall(text)))


def subject_of(comment: Comment) -> Subject:
    """What a comment is on."""
    for kind in SubjectKind:
        found = getattr(comment, f"{kind}_id")
        if found is not None:
            return Subject(kind, found)
    raise NotFound("comment", comment.id)


def _checked(text: str) -> str:
    said = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not said:
        raise Invalid("comment", "write something")
    if len(said) > LONGEST:
        raise Invalid("comment", "must not be longer than %(most)s characters", most=LONGEST)
    return said


async def _named(session: AsyncSession, subject: Subject, text: str) -> list[User]:
    """The people whom a text mentions; words that are nobody's login are just words."""
    logins = mentioned_in(text)
    if not logins:
        return []
    users = list(
        (await session.scalars(_people(User.active.is_(True), User.login.in_(logins)))).all()
    )
    refused = [user for user in users if not await _sees(session, user, subject)]
    if refused:
        who = ", ".join(user.name or user.login for user in refused)
        why = "%(who)s may not see this, and so cannot be mentioned here"
        raise Invalid("comment", why, who=who)
    return users


async def _sees(session: AsyncSession, user: User, subject: Subject) -> bool:
    colleague = await agents.actor_for(session, user)
    try:
        await subjects.require(session, colleague, subject)
    except (NotFound, Forbidden):
        return False
    return True


def _people(*conditions: ColumnElement[bool]) -> Select[User]:
    return select(User).options(selectinload(User.queues)).where(*conditions)


async def _mention(
    session: AsyncSession,
    actor: Actor,
    comment: Comment,
    client_id: int | None,
    users: Collection[User],
) -> None:
    if not users:
        return
    session.add_all(Mention(comment_id=comment.id, user_id=user.id) for user in users)
    subject = subject_of(comment)
    client = await session.get(Client, client_id) if client_id is not None else None
    detail: dict[str, Any] = {
        "by": actor.name,
        "text": comment.text[:_TOLD],
        "client": client.name if client is not None else "",
        "comment_id": comment.id,
    }
    others = [user.id for user in users if user.id != actor.user_id]
    news = News("mention", subject.kind.value, subject.id, detail)
    await notifications.tell(session, others, news)


async def _own(session: AsyncSession, actor: Actor, comment_id: int) -> tuple[Comment, int | None]:
    actor.require(Permission.COMMENTS_WRITE)
    comment = await session.get(Comment, comment_id, populate_existing=True)
    if comment is None or comment.deleted_at is not None:
        raise NotFound("comment", comment_id)
    client_id = await subjects.require(session, actor, subject_of(comment))
    if comment.user_id is None or comment.user_id != actor.user_id:
        raise Forbidden(Permission.COMMENTS_WRITE)
    return comment, client_id


def _record(
    session: AsyncSession, actor: Actor, comment: Comment, client_id: int | None, now: str
) -> None:
    subject = subject_of(comment)
    where = changes.Subject(subject.kind.value, subject.id, client_id)
    changes.record(session, actor, where, {"comment": comment.text}, {"comment": now})
