"""Custom fields: what the administrator adds to clients and deals, without a restart.

In: a name, a kind, options. Out: rows of `custom_fields`, in force for the next form that is opened. Their values are in
`crm.custom_values`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import Actor, Permission
from crm.custom_kinds import KEY_LENGTH, WITH_OPTIONS, FieldKind, key_of
from crm.errors import Invalid, NotFound
from crm.finding import index
from crm.finding.terms import folded
from crm.tables import CustomField, CustomValue

SUBJECTS = ("client", "person", "organisation", "deal")
"""Whose field: of every client, of persons, of organisations, of deals."""
OF_CLIENTS = ("client", "person", "organisation")
MOST_OPTIONS = 500
_NAME_LENGTH = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDraft:
    """A field as the administrator describes it."""

    subject: str = "client"
    name: str
    kind: str = "text"
    options: tuple[str, ...] = ()
    obligatory: bool = False
    renamed: Mapping[str, str] | None = None
    """Old option → new one, in an edit: values that have the old one get the new one."""


def subjects_of(subject: str) -> tuple[str, ...]:
    """Fields of which subjects a person, an organisation or a deal has."""
    return (subject,) if subject == "deal" else ("client", subject)


async def fields(
    session: AsyncSession, subjects: Collection[str] = SUBJECTS, *, archived: bool = False
) -> list[CustomField]:
    """The fields of these subjects in the order of the form; archived ones only if asked for."""
    query = select(CustomField).where(CustomField.subject.in_(subjects))
    if not archived:
        query = query.where(CustomField.archived_at.is_(None))
    return list((await session.scalars(query.order_by(CustomField.place, CustomField.id))).all())


async def add(session: AsyncSession, actor: Actor, draft: FieldDraft) -> CustomField:
    """Add a field; its key is made from its name.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: no such kind or subject, a name that is there, or no options to choose from.
    """
    actor.require(Permission.ADMINISTER)
    if draft.subject not in SUBJECTS:
        raise Invalid("subject", "choose whose field it is")
    name, options = await _checked(session, draft, draft.subject, None)
    place = await session.scalar(select(func.max(CustomField.place)))
    field = CustomField(
        subject=draft.subject,
        key=await _free_key(session, draft.subject, name),
        name=name,
        kind=FieldKind(draft.kind).value,
        options=options,
        obligatory=draft.obligatory,
        place=(place or 0) + 1,
    )
    session.add(field)
    await session.flush()
    await _note(session, actor, "field.add", field)
    return field


async def edit(
    session: AsyncSession, actor: Actor, field_id: int, draft: FieldDraft
) -> CustomField:
    """Change name, options, obligation, and the kind while there are no values; key and subject stay.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such field.
        Invalid: as `add`; or another kind though values are there.
    """
    actor.require(Permission.ADMINISTER)
    field = await load(session, field_id)
    name, options = await _checked(session, draft, field.subject, field_id)
    if draft.kind != field.kind and await has_values(session, field_id):
        raise Invalid("kind", "the kind cannot change any more: the field has values")
    await _rename_values(session, field_id, draft.renamed or {}, options)
    field.name, field.kind = name, FieldKind(draft.kind).value
    field.options, field.obligatory = options, draft.obligatory
    await session.flush()
    await _note(session, actor, "field.edit", field)
    return field


async def move(session: AsyncSession, actor: Actor, field_id: int, *, up: bool) -> None:
    """Change places with the field of the same subject before it, or behind it; at the end nothing happens.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such field.
    """
    actor.require(Permission.ADMINISTER)
    field = await load(session, field_id)
    row = await fields(session, [field.subject])
    index = next((place for place, one in enumerate(row) if one.id == field_id), 0)
    other = index + (-1 if up else 1)
    if not 0 <= other < len(row):
        return
    row[index], row[other] = row[other], row[index]
    # Places are of all subjects together: the row's own places, dealt anew.
    for one, place in zip(row, sorted(one.place for one in row), strict=True):
        one.place = place
    if len({one.place for one in row}) < len(row):
        for place, one in enumerate(row):
            one.place = place
    await session.flush()


async def archive(session: AsyncSession, actor: Actor, field_id: int, *, archived: bool) -> None:
    """Ask for a field no more, or again; its values are kept.

    Raises:
        Forbidden: the actor is no administrator.
        NotFound: no such field.
        Invalid: a field of this name was added meanwhile.
    """
    actor.require(Permission.ADMINISTER)
    field = await load(session, field_id)
    if not archived:
        await _name_is_free(session, field.name, field.subject, field_id)
    field.archived_at = datetime.now(UTC) if archived else None
    await session.flush()
    await _note(session, actor, "field.archive" if archived else "field.restore", field)


async def load(session: AsyncSession, field_id: int) -> CustomField:
    """Return a field.

    Raises:
        NotFound: no such field.
    """
    field = await session.get(CustomField, field_id)
    if field is None:
        raise NotFound("field", field_id)
    return field


async def has_values(session: AsyncSession, field_id: int) -> bool:
    """Whether some client or deal has a value of this field."""
    found = await session.scalar(select(exists().where(CustomValue.field_id == field_id)))
    return bool(found)


def searched(text: str) -> str:
    """A value's text as it is searched and filtered."""
    return folded(text)[:255]


async def _rename_values(
    session: AsyncSession, field_id: int, renamed: Mapping[str, str], options: Sequence[str]
) -> None:
    of_field = CustomValue.field_id == field_id
    for old, new in renamed.items():
        if old == new or new not in options:
            continue
        query = select(CustomValue.client_id).where(of_field, CustomValue.text == old)
        whose = [one for one in await session.scalars(query) if one is not None]
        given = update(CustomValue).where(of_field, CustomValue.text == old)
        await session.execute(given.values(text=new, folded=searched(new)))
        await index.renew_many(session, whose)


async def _checked(
    session: AsyncSession, draft: FieldDraft, subject: str, field_id: int | None
) -> tuple[str, list[str]]:
    name = " ".join(draft.name.split())
    if not 0 < len(name) <= _NAME_LENGTH:
        raise Invalid("field_name", "give the field a name of 1 to 128 characters")
    if draft.kind not in set(FieldKind):
        raise Invalid("kind", "choose what the field holds")
    await _name_is_free(session, name, subject, field_id)
    if draft.kind == FieldKind.FILE and draft.obligatory:
        raise Invalid("kind", "a file cannot be obligatory: it is added when the card is there")
    if draft.kind not in WITH_OPTIONS:
        return name, []
    return name, _options(draft.options)


def _options(typed: Sequence[str]) -> list[str]:
    kept = {searched(one): " ".join(one.split())[:255] for one in reversed(typed) if one.strip()}
    if not kept:
        raise Invalid("options", "a list needs something to choose from")
    if len(kept) > MOST_OPTIONS:
        raise Invalid("options", "a list has at most %(most)d options", most=MOST_OPTIONS)
    return list(reversed(kept.values()))


def _rivals(subject: str) -> tuple[str, ...]:
    """Fields of which subjects stand in one form with those of this subject."""
    if subject == "client":
        return OF_CLIENTS
    return subjects_of(subject)


async def _name_is_free(
    session: AsyncSession, name: str, subject: str, field_id: int | None
) -> None:
    for other in await fields(session, _rivals(subject)):
        if other.id != field_id and searched(other.name) == searched(name):
            raise Invalid("field_name", "there is a field with this name already")


async def _free_key(session: AsyncSession, subject: str, name: str) -> str:
    # One key, one field for all kinds of clients: filters, imports and the API name it without the kind.
    group = ("deal",) if subject == "deal" else OF_CLIENTS
    taken = {field.key for field in await fields(session, group, archived=True)}
    base = key_of(name) or "field"
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base[: KEY_LENGTH - 1 - len(str(count))]}_{count}"
    return key


async def _note(session: AsyncSession, actor: Actor, action: str, field: CustomField) -> None:
    detail = {
        "subject": field.subject,
        "key": field.key,
        "name": field.name,
        "kind": field.kind,
        "options": list(field.options),
        "obligatory": field.obligatory,
    }
    await audit.record(session, actor, action, "field", field.id, detail)
