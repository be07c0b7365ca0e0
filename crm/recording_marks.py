"""Marks and comments at times of a recording, for colleagues; whoever is mentioned in one is told.

In: an actor, a recording that he may hear (the caller has asked `crm.call_visibility`) and what he notes. Out: rows.
Whoever may hear the call sees its marks; only who may hear it can be mentioned. Own marks are edited and deleted; the
audit log says that it was done, never the words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.tables import Call, Recording
from crm import agents, audit, call_visibility, notifications
from crm.access import Actor, Permission
from crm.comments import PICKED, Colleague, mentioned_in
from crm.errors import Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.notifications import News
from crm.tables import MarkMention, RecordingMark, User

KINDS = ("note", "question", "good", "bad")
LONGEST = 4000
MOST_SHOWN = 500
_TOLD = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody notes: from and to in seconds (`to_s` None: a moment), a kind of `KINDS`, and words or ""."""

    from_s: float
    to_s: float | None = None
    kind: str = "note"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark with the name of who made it, and the names of who is mentioned by their logins."""

    mark: RecordingMark
    author: str
    mentioned: dict[str, str] = field(default_factory=dict)


async def add(
    session: AsyncSession, actor: Actor, recording: Recording, call: Call, draft: Draft
) -> RecordingMark:
    """Mark a place, and tell whoever is mentioned.

    Raises:
        Forbidden: the actor may not write comments.
        Invalid: the time lies outside the recording, the words are too long, or somebody mentioned may not hear the call.
    """
    actor.require(Permission.COMMENTS_WRITE)
    draft = _checked(draft, recording)
    named = await _named(session, call, draft.text)
    mark = RecordingMark(
        recording_id=recording.id,
        from_s=draft.from_s,
        to_s=draft.to_s,
        kind=draft.kind,
        text=draft.text,
        user_id=actor.user_id or None,
        at=datetime.now(UTC),
    )
    session.add(mark)
    await session.flush()
    await _mention(session, actor, mark, call, named)
    await _log(session, actor, "mark.add", mark, call)
    return mark


async def edit(
    session: AsyncSession, actor: Actor, mark: RecordingMark, call: Call, draft: Draft
) -> None:
    """Change an own mark; only who was not mentioned before is told.

    Raises:
        Forbidden: it is somebody else's.
        Invalid: as `add`.
    """
    _require_own(actor, mark)
    draft = _checked(draft, await session.get_one(Recording, mark.recording_id))
    if draft == _draft_of(mark):
        return
    named = await _named(session, call, draft.text)
    mark.from_s, mark.to_s = draft.from_s, draft.to_s
    mark.kind, mark.text, mark.edited_at = draft.kind, draft.text, datetime.now(UTC)
    known = select(MarkMention.user_id).where(MarkMention.mark_id == mark.id)
    before = set((await session.scalars(known)).all())
    await _mention(session, actor, mark, call, [user for user in named if user.id not in before])
    await _log(session, actor, "mark.edit", mark, call)


async def delete(session: AsyncSession, actor: Actor, mark: RecordingMark, call: Call) -> None:
    """Delete an own mark, words and all.

    Raises:
        Forbidden: it is somebody else's.
    """
    _require_own(actor, mark)
    await session.execute(delete_rows(MarkMention).where(MarkMention.mark_id == mark.id))
    await session.delete(mark)
    await _log(session, actor, "mark.delete", mark, call)


async def get(session: AsyncSession, mark_id: int) -> RecordingMark:
    """One mark; who may see it is asked of its recording.

    Raises:
        NotFound: there is none.
    """
    mark = await session.get(RecordingMark, mark_id)
    if mark is None:
        raise NotFound("mark", mark_id)
    return mark


async def of(session: AsyncSession, recording_id: int) -> list[Marked]:
    """The marks of a recording in the order of its time, at most `MOST_SHOWN`."""
    query = select(RecordingMark).where(RecordingMark.recording_id == recording_id)
    query = query.order_by(RecordingMark.from_s, RecordingMark.id).limit(MOST_SHOWN)
    return await with_names(session, (await session.scalars(query)).all())


async def with_names(session: AsyncSession, marks: Iterable[RecordingMark]) -> list[Marked]:
    """Put the names beside marks, with two queries for all of them."""
    shown = list(marks)
    names = await agents.names(session, {m.user_id for m in shown if m.user_id is not None})
    told: dict[int, dict[str, str]] = {}
    query = (
        select(MarkMention.mark_id, User.login, User.name)
        .join(User, User.id == MarkMention.user_id)
        .where(MarkMention.mark_id.in_([mark.id for mark in shown]))
    )
    for mark_id, login, name in await session.execute(query):
        told.setdefault(mark_id, {})[login] = name or login
    return [Marked(m, names.get(m.user_id or 0, ""), told.get(m.id, {})) for m in shown]


async def colleagues(
    session: AsyncSession, actor: Actor, call: Call, typed: str
) -> list[Colleague]:
    """Whom the actor can mention here: whose login or a word of whose name begins so, at most `PICKED`."""
    wanted = typed.strip().casefold()
    query = select(User).options(selectinload(User.queues))
    query = query.where(User.active.is_(True), User.id != actor.user_id)
    found: list[Colleague] = []
    for user in (await session.scalars(query.order_by(User.name, User.login))).all():
        words = [user.login, *user.name.casefold().split()]
        if any(word.startswith(wanted) for word in words) and await _hears(session, user, call):
            found.append(Colleague(user.login, user.name or user.login))
        if len(found) == PICKED:
            break
    return found


def _checked(draft: Draft, recording: Recording) -> Draft:
    if draft.kind not in KINDS:
        raise Invalid("kind", "must be note, question, good or bad")
    end_s = recording.duration_s
    if draft.from_s < 0 or (end_s is not None and draft.from_s > end_s):
        raise Invalid("from_s", "must be a time within the recording")
    to_s = draft.to_s if end_s is None or draft.to_s is None else min(draft.to_s, end_s)
    if to_s is not None and to_s <= draft.from_s:
        to_s = None
    said = draft.text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(said) > LONGEST:
        raise Invalid("text", "must not be longer than %(most)s characters", most=LONGEST)
    return Draft(from_s=draft.from_s, to_s=to_s, kind=draft.kind, text=said)


def _draft_of(mark: RecordingMark) -> Draft:
    return Draft(from_s=mark.from_s, to_s=mark.to_s, kind=mark.kind, text=mark.text)


def _require_own(actor: Actor, mark: RecordingMark) -> None:
    actor.require(Permission.COMMENTS_WRITE)
    if mark.user_id is None or mark.user_id != actor.user_id:
        raise Forbidden(Permission.COMMENTS_WRITE)


async def _named(session: AsyncSession, call: Call, text: str) -> list[User]:
    """The people whom a text mentions; words that are nobody's login are just words."""
    logins = mentioned_in(text)
    if not logins:
        return []
    query = select(User).options(selectinload(User.queues))
    query = query.where(User.active.is_(True), User.login.in_(logins))
    users = list((await session.scalars(query)).all())
    refused = [user for user in users if not await _hears(session, user, call)]
    if refused:
        who = ", ".join(user.name or user.login for user in refused)
        why = "%(who)s may not hear this call, and so cannot be mentioned here"
        raise Invalid("text", why, who=who)
    return users


async def _hears(session: AsyncSession, user: User, call: Call) -> bool:
    colleague = await agents.actor_for(session, user)
    heard = select(Call.id).where(
        Call.id == call.id,
        call_visibility.seen_by(colleague),
        call_visibility.heard_by(colleague),
    )
    return await session.scalar(heard) is not None


async def _mention(
    session: AsyncSession, actor: Actor, mark: RecordingMark, call: Call, users: Collection[User]
) -> None:
    session.add_all(MarkMention(mark_id=mark.id, user_id=user.id) for user in users)
    detail = {"by": actor.name, "text": mark.text[:_TOLD], "mark_id": mark.id}
    others = [user.id for user in users if user.id != actor.user_id]
    await notifications.tell(session, others, News("mention", "call", call.id, detail))


async def _log(
    session: AsyncSession, actor: Actor, action: str, mark: RecordingMark, call: Call
) -> None:
    detail = {"call": call.id, "recording": mark.recording_id, "from_s": round(mark.from_s, 2)}
    await audit.record(session, actor, action, "mark", mark.id, detail)
    announce(session, "mark", mark.recording_id)
