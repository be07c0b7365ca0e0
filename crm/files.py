"""Files of clients and deals: those of the organisation itself kept apart from those of the relation with it.

In: an actor, and bytes that came in (`crm.file_store`). Out: rows of `StoredFile`. Who may see the client or the deal sees
its files, who may edit it adds and changes them. Names, notes and deletions stand in the change history, downloads in the
audit log. Deletions go to the bin (`crm.bin`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit, changes, company_settings, deal_visibility, subjects
from crm import bin as bin_of_things
from crm.access import Action, Actor, Permission
from crm.bin_kinds import Kind
from crm.errors import Invalid, NotFound
from crm.file_kinds import USUAL, Group, clean_name, group_of, media_type
from crm.file_store import Received
from crm.notices import announce
from crm.subjects import Subject, SubjectKind
from crm.tables import Client, Deal, StoredFile

SETTING = "files"
MOST_MB = 1024
MOST_SHOWN = 500
_NOTE_LENGTH = 255
Place = Literal["core", "relation", "field"]


class FileRules(BaseModel):
    """What the administrator set."""

    max_mb: int = Field(default=25, ge=1, le=MOST_MB)
    groups: frozenset[Group] = USUAL
    """Kinds of files that may be kept."""

    @property
    def most_bytes(self) -> int:
        """The largest file."""
        return self.max_mb * 2**20


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that somebody adds."""

    name: str
    received: Received
    place: str = "relation"
    note: str = ""


async def rules(session: AsyncSession) -> FileRules:
    """Size and kinds that are allowed."""
    return await company_settings.load(session, SETTING, FileRules)


async def require_add(session: AsyncSession, actor: Actor, subject: Subject) -> FileRules:
    """Refuse unless the actor may add files there; asked before the first byte is taken.

    Raises:
        Forbidden: he may not.
        NotFound: there is no such client or deal, or none that he may see.
    """
    actor.require(Permission.FILES_ADD)
    if subject.kind not in (SubjectKind.CLIENT, SubjectKind.DEAL):
        raise NotFound(subject.kind.value, subject.id)
    await subjects.require(session, actor, subject, Action.EDIT)
    return await rules(session)


def check_kind(allowed: FileRules, new: NewFile) -> str:
    """The file's media type, if it may be kept.

    Raises:
        Invalid: the administrator does not allow such files, or it has no name.
    """
    if not clean_name(new.name):
        raise Invalid("file", "the file has no name")
    kind = media_type(new.received.head, new.received.tail)
    if group_of(kind, new.name) not in allowed.groups:
        raise Invalid("file", "files of this kind may not be kept here", kind=kind)
    return kind


async def add(session: AsyncSession, actor: Actor, subject: Subject, new: NewFile) -> StoredFile:
    """Note a file whose bytes are kept already.

    Raises:
        Forbidden, NotFound, Invalid: as `require_add` and `check_kind`; or "core" files of what is no organisation.
    """
    allowed = await require_add(session, actor, subject)
    kind = check_kind(allowed, new)
    if new.received.size_bytes > allowed.most_bytes:
        raise Invalid("file", "the file is too large")
    await _check_place(session, subject, new.place)
    file = StoredFile(
        place=new.place,
        name=clean_name(new.name),
        media_type=kind,
        size_bytes=new.received.size_bytes,
        sha256=new.received.sha256,
        note=new.note.strip()[:_NOTE_LENGTH],
        user_id=actor.user_id or None,
        at=datetime.now(UTC),
    )
    setattr(file, f"{subject.kind}_id", subject.id)
    session.add(file)
    await session.flush()
    announce(session, "file", file.id)
    return file


async def get(
    session: AsyncSession, actor: Actor, file_id: int, action: Action = Action.SEE
) -> StoredFile:
    """One file.

    Raises:
        NotFound: there is none, it is in the bin, or the actor may not see it.
        Forbidden: he sees it, but may not do this.
    """
    file = await session.get(StoredFile, file_id, populate_existing=True)
    if file is None or file.deleted_at is not None:
        raise NotFound("file", file_id)
    try:
        await subjects.require(session, actor, subject_of(file), action)
    except NotFound as error:
        raise NotFound("file", file_id) from error
    return file


async def edit(
    session: AsyncSession, actor: Actor, file_id: int, *, name: str, note: str
) -> StoredFile:
    """Give a file another name or note.

    Raises:
        Forbidden, NotFound: as `get`.
        Invalid: there is nothing left of the name, or it is one that a computer would run.
    """
    actor.require(Permission.FILES_ADD)
    file = await get(session, actor, file_id, Action.EDIT)
    before = _facts(file)
    named = clean_name(name)
    if not named:
        raise Invalid("file", "the file has no name")
    if group_of(file.media_type, named) not in (await rules(session)).groups | {
        group_of(file.media_type, file.name)
    }:
        raise Invalid("file", "files of this kind may not be kept here")
    file.name, file.note = named, note.strip()[:_NOTE_LENGTH]
    await _record(session, actor, file, before, _facts(file))
    announce(session, "file", file.id)
    return file


async def put_away(session: AsyncSession, actor: Actor, file_id: int) -> StoredFile:
    """Put a file into the bin.

    Raises:
        NotFound, Forbidden: as `crm.bin.put`.
    """
    await bin_of_things.put(session, actor, Kind.FILE, file_id)
    file = await session.get_one(StoredFile, file_id)
    await _record(session, actor, file, _facts(file), {})
    announce(session, "file", file.id)
    return file


async def restore(session: AsyncSession, actor: Actor, file_id: int) -> StoredFile:
    """Take a file out of the bin.

    Raises:
        NotFound, Forbidden: as `crm.bin.restore`.
    """
    await bin_of_things.restore(session, actor, Kind.FILE, file_id)
    file = await session.get_one(StoredFile, file_id)
    await _record(session, actor, file, {}, _facts(file))
    announce(session, "file", file.id)
    return file


async def of(session: AsyncSession, actor: Actor, subject: Subject) -> list[StoredFile]:
    """The files of a client (with those of its deals that the actor may see) or of a deal, newest first.

    Raises:
        NotFound: there is no such client or deal, or none that the actor may see.
    """
    await subjects.require(session, actor, subject)
    return await _listed(session, actor, subject, StoredFile.deleted_at.is_(None))


async def in_bin(session: AsyncSession, actor: Actor, subject: Subject) -> list[StoredFile]:
    """Files of the client or deal that lie in the bin and that the actor may take out.

    Raises:
        NotFound: as `of`.
    """
    await subjects.require(session, actor, subject)
    away: ColumnElement[bool] = StoredFile.deleted_at.is_not(None)
    if not actor.may(Permission.BIN_RESTORE):
        since = datetime.now(UTC) - bin_of_things.OWN_FOR
        own = StoredFile.deleted_by_id == (actor.user_id or None)
        away = and_(away, own, StoredFile.deleted_at >= since)
    return await _listed(session, actor, subject, away)


async def note_download(session: AsyncSession, actor: Actor, file: StoredFile) -> None:
    """Write into the audit log that the actor took this file away."""
    detail, words = {"client": file.client_id, "deal": file.deal_id}, {"name": file.name}
    await audit.record(session, actor, "file.download", "file", file.id, detail, words=words)


def subject_of(file: StoredFile) -> Subject:
    """Whose file it is."""
    if file.client_id is not None:
        return Subject(SubjectKind.CLIENT, file.client_id)
    if file.deal_id is not None:
        return Subject(SubjectKind.DEAL, file.deal_id)
    raise NotFound("file", file.id)


async def _listed(
    session: AsyncSession, actor: Actor, subject: Subject, state: ColumnElement[bool]
) -> list[StoredFile]:
    whose: ColumnElement[bool] = StoredFile.deal_id == subject.id
    if subject.kind is SubjectKind.CLIENT:
        deals = select(Deal.id).where(Deal.client_id == subject.id, deal_visibility.seen_by(actor))
        whose = or_(StoredFile.client_id == subject.id, StoredFile.deal_id.in_(deals))
    query = select(StoredFile).where(whose, state)
    newest = query.order_by(StoredFile.at.desc(), StoredFile.id.desc()).limit(MOST_SHOWN)
    return list((await session.scalars(newest)).all())


async def _check_place(session: AsyncSession, subject: Subject, place: str) -> None:
    if place not in ("core", "relation", "field"):
        raise Invalid("place", f"{place!r} is no place for files")
    if place == "core" and not await has_core_files(session, subject):
        raise Invalid("place", "only an organisation has documents of its own")


async def has_core_files(session: AsyncSession, subject: Subject) -> bool:
    """Whether it is an organisation, whose own documents are kept apart."""
    if subject.kind is not SubjectKind.CLIENT:
        return False
    is_firm = select(Client.id).where(Client.id == subject.id, Client.kind == "organisation")
    return await session.scalar(is_firm) is not None


def _facts(file: StoredFile) -> dict[str, str]:
    """A file as the change history names it: with its note."""
    return {"file": f"{file.name} ({file.note})" if file.note else file.name}


async def _record(
    session: AsyncSession,
    actor: Actor,
    file: StoredFile,
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> None:
    subject = subject_of(file)
    client_id = file.client_id
    if client_id is None:
        client_id = await session.scalar(select(Deal.client_id).where(Deal.id == file.deal_id))
    where = changes.Subject(subject.kind.value, subject.id, client_id)
    changes.record(session, actor, where, before, after)
