"""Changes in words: the field, the old and the new value as people read them, and who did it.

In: rows of the change history. Out: `ShownChange`s in the same order; people's names are read with one query for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents
from crm.access import Actor
from crm.client_visibility import names_seen
from crm.custom_kinds import FieldKind
from crm.deal_visibility import client_names
from crm.tables import Change, CustomField, Deal, Task
from web.i18n import gettext as _
from web.pages.client_words import field_words, value_words

_PEOPLE = frozenset({"responsible_id", "assignee_id"})
_CLIENTS = frozenset({"client_id", "contact_id"})


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One changed field."""

    row: Change
    who: str
    about: str
    """Of a deal or a task its name; "" for the card itself."""
    href: str
    field: str
    old: str
    new: str


async def shown_changes(
    session: AsyncSession, actor: Actor, rows: Sequence[Change]
) -> list[ShownChange]:
    """Put words beside changes."""
    people = await agents.names(
        session, _ids(rows, _PEOPLE) | {r.user_id for r in rows if r.user_id}
    )
    clients = await client_names(session, actor, _ids(rows, _CLIENTS))
    fields = (await session.scalars(select(CustomField))).all()
    custom = {field.key: field.name for field in fields}
    links = {f"custom.{field.key}" for field in fields if field.kind == FieldKind.CLIENT}
    linked = {text for row in rows if row.field in links for text in (row.old, row.new) if text}
    readable = await names_seen(session, actor, linked)
    titles = await _titles(session, rows)
    words = field_words(custom) | _more_words()

    def value(row: Change, text: str) -> str:
        known = people if row.field in _PEOPLE else clients if row.field in _CLIENTS else None
        if known is not None and text:
            return known.get(int(text), "…") if text.isdecimal() else text
        if row.field in links:
            return text if text in readable or not text else "…"
        if row.field == "deleted":
            return _("yes") if text else _("no")
        return value_words(row.field, text)

    return [
        ShownChange(
            row=row,
            who=people.get(row.user_id or 0, "") or row.login,
            about=titles.get((row.subject_kind, row.subject_id), ""),
            href=_href(row),
            field=words.get(row.field, row.field),
            old=value(row, row.old),
            new=value(row, row.new),
        )
        for row in rows
    ]


def _ids(rows: Sequence[Change], fields: frozenset[str]) -> set[int]:
    texts = {text for row in rows if row.field in fields for text in (row.old, row.new)}
    return {int(text) for text in texts if text.isdecimal()}


async def _titles(session: AsyncSession, rows: Sequence[Change]) -> Mapping[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    deals = {row.subject_id for row in rows if row.subject_kind == "deal"}
    tasks = {row.subject_id for row in rows if row.subject_kind == "task"}
    for deal_id, name in await session.execute(
        select(Deal.id, Deal.name).where(Deal.id.in_(deals))
    ):
        found["deal", deal_id] = name
    named = select(Task.id, Task.kind, Task.title).where(Task.id.in_(tasks))
    for task_id, kind, title in await session.execute(named):
        found["task", task_id] = title or (_("call back") if kind == "callback" else "")
    return found


def _href(row: Change) -> str:
    places = {"deal": "/deals/{}", "task": "/tasks/{}", "inquiry": "/inquiries/{}"}
    return places[row.subject_kind].format(row.subject_id) if row.subject_kind in places else ""


def _more_words() -> dict[str, str]:
    return {
        "deleted": _("In the bin"),
        "responsible_id": _("Responsible"),
        "assignee_id": _("Who does it"),
        "assignees": _("Who does it"),
        "client_id": _("Client"),
        "contact_id": _("Contact person"),
        "amount": _("Sum"),
        "currency": _("Currency"),
        "expected_on": _("Expected on"),
        "items": _("Positions"),
        "stage": _("Stage"),
        "state": _("State"),
        "payment": _("Payment"),
        "loss_reason": _("Reason for the loss"),
        "title": _("Title"),
        "text": _("Text"),
        "due_at": _("Deadline"),
        "priority": _("Priority"),
        "checklist": _("Checklist"),
        "rrule": _("Comes again"),
        "result": _("Result"),
        "comment": _("Comment"),
        "merged": _("Merged with"),
        "tags": _("Tags"),
        "file": _("File"),
    }
