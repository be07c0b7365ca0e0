"""Entries of a client's history as the page shows them: with names, titles and the first words that were said.

In: a page of entries and the reader. Out: `Line`s, newest first, changes of one act together. Every kind of name is read
with one query for all lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Recording
from crm import agents, client_visibility, comments, recording_marks
from crm.access import Actor
from crm.comments import Said
from crm.history import Entry
from crm.recording_marks import Marked
from crm.tables import (
    Change,
    Client,
    ClientMerge,
    Comment,
    Consent,
    Deal,
    DealStep,
    Dispute,
    Handover,
    HandoverItem,
    Inquiry,
    Payment,
    Promise,
    RecordingMark,
    Stage,
    Task,
)
from web.pages.change_words import ShownChange, shown_changes
from web.pages.history_calls import CallTold, calls_told


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the history."""

    entry: Entry
    day: date
    who: str = ""
    """Who did it; "" if nobody of ours."""
    whose: str = ""
    """The contact person that it happened to, where it is not the client of the page."""
    call: CallTold | None = None
    said: Said | None = None
    marked: Marked | None = None
    """Words at a time of the recording of the call `call_id`."""
    call_id: int = 0
    deal: Deal | None = None
    task: Task | None = None
    handover: Handover | None = None
    from_name: str = ""
    to_name: str = ""
    """Stages, people or cards between which it went."""
    changes: Sequence[ShownChange] = ()

    @property
    def key(self) -> str:
        """Names the line in the page."""
        place = self.entry.place
        return f"{self.entry.kind}-{place.rank}-{place.row_id}"

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.entry.at


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that was read beside the entries."""

    people: Mapping[int, str]
    clients: Mapping[int, str]
    deals: Mapping[int, Deal]
    stages: Mapping[int, str]
    tasks: Mapping[int, Task]
    handovers: Mapping[int, Handover]
    changes: Mapping[int, ShownChange] = field(default_factory=dict)
    calls: Mapping[int, CallTold] = field(default_factory=dict)
    said: Mapping[int, Said] = field(default_factory=dict)
    marked: Mapping[int, Marked] = field(default_factory=dict)
    recordings: Mapping[int, Recording] = field(default_factory=dict)


async def lines_of(
    session: AsyncSession, actor: Actor, client_id: int, entries: Sequence[Entry], zone: ZoneInfo
) -> list[Line]:
    """The lines of these entries.

    Args:
        session: a read session.
        actor: who reads.
        client_id: the client of the page; of others the name is told.
        entries: newest first.
        zone: the company's, in which days begin.
    """
    known = await _known(session, actor, entries)
    lines = [_line(entry, client_id, known, zone) for entry in entries]
    return _changes_together(lines)


async def _known(session: AsyncSession, actor: Actor, entries: Sequence[Entry]) -> _Known:
    rows = [entry.row for entry in entries]
    handovers = await _by_id(
        session, Handover, (row.handover_id for row in rows if isinstance(row, HandoverItem))
    )
    deals = await _by_id(session, Deal, (getattr(row, "deal_id", None) for row in rows))
    tasks = await _by_id(
        session, Task, (row.task_id for row in rows if isinstance(row, Comment) and row.task_id)
    )
    people = {
        getattr(row, name, None)
        for row in [*rows, *handovers.values()]
        for name in ("user_id", "by_id", "from_id", "to_id", "closed_by_id", "created_by_id",
                     "marked_by_id", "noted_by_id", "opened_by_id", "decided_by_id")
    }  # fmt: skip
    changed = [row for row in rows if isinstance(row, Change)]
    shown = await shown_changes(session, actor, changed) if changed else []
    return _Known(
        people=await agents.names(session, (one for one in people if one is not None)),
        clients=await _client_names(session, actor, entries),
        deals=deals,
        stages=await _stages(session, rows),
        tasks=tasks,
        handovers=handovers,
        changes={one.row.id: one for one in shown},
        calls=await calls_told(session, actor, [row for row in rows if isinstance(row, Call)]),
        said=await _said(session, rows),
        marked=await _marked(session, rows),
        recordings=await _by_id(
            session, Recording, (r.recording_id for r in rows if isinstance(r, RecordingMark))
        ),
    )


def _line(entry: Entry, client_id: int, known: _Known, zone: ZoneInfo) -> Line:
    row = entry.row
    whose = known.clients.get(entry.client_id, "") if entry.client_id != client_id else ""
    more: dict[str, Any] = {"deal": known.deals.get(getattr(row, "deal_id", None) or 0)}
    match row:
        case Call():
            more["call"] = known.calls[row.id]
        case Comment():
            more["said"] = known.said[row.id]
            more["task"] = known.tasks.get(row.task_id or 0)
        case RecordingMark():
            more["marked"] = known.marked[row.id]
            more["call_id"] = known.recordings[row.recording_id].call_id or 0
        case Deal():
            more["deal"] = row
        case DealStep():
            more["from_name"] = known.stages.get(row.from_stage_id or 0, "")
            more["to_name"] = known.stages.get(row.stage_id, "")
        case ClientMerge():
            more["from_name"] = known.clients.get(row.gone_id, "")
        case HandoverItem():
            handover = known.handovers[row.handover_id]
            more["handover"] = handover
            more["from_name"] = known.people.get(handover.from_id or 0, "")
            more["to_name"] = known.people.get(handover.to_id or 0, "")
            row = handover
        case Change():
            more["changes"] = (known.changes[row.id],)
    day = entry.row.paid_on if entry.what == "paid" else entry.at.astimezone(zone).date()
    return Line(entry=entry, day=day, who=_who(row, entry.what, known), whose=whose, **more)


def _who(row: Any, what: str, known: _Known) -> str:
    """Who did it: of what ends, who ended it."""
    match row:
        case Task():
            user_id = row.closed_by_id if what == "closed" else row.created_by_id
        case Inquiry():
            user_id = row.closed_by_id if what == "closed" else None
        case Promise():
            user_id = row.marked_by_id if what == "given" else None
        case Dispute():
            user_id = row.opened_by_id if what == "dispute_opened" else row.decided_by_id
        case Consent():
            user_id = row.noted_by_id
        case ClientMerge() | Handover():
            user_id = row.by_id
        case Deal() | Payment():
            user_id = row.created_by_id
        case _:
            user_id = getattr(row, "user_id", None)
    name = known.people.get(user_id or 0, "")
    return name or (row.login if isinstance(row, Change) else "")


def _changes_together(lines: Iterable[Line]) -> list[Line]:
    """Fields that were changed in one act are one line."""
    shown: list[Line] = []
    for line in lines:
        before = shown[-1] if shown else None
        if before is not None and before.changes and line.changes and _is_one_act(before, line):
            shown[-1] = Line(
                entry=before.entry,
                day=before.day,
                who=before.who,
                whose=before.whose,
                deal=before.deal,
                changes=(*line.changes, *before.changes),
            )
        else:
            shown.append(line)
    return shown


def _is_one_act(one: Line, other: Line) -> bool:
    a, b = one.entry.row, other.entry.row
    same = (a.subject_kind, a.subject_id, a.user_id) == (b.subject_kind, b.subject_id, b.user_id)
    return same and abs((a.at - b.at).total_seconds()) < 1


async def _by_id(session: AsyncSession, table: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    rows = await session.scalars(select(table).where(table.id.in_(wanted)))
    return {row.id: row for row in rows.all()}


async def _client_names(
    session: AsyncSession, actor: Actor, entries: Sequence[Entry]
) -> dict[int, str]:
    """Names of contact persons that the reader sees, and of cards that were merged into seen ones."""
    seen = {entry.client_id for entry in entries}
    gone = {entry.row.gone_id for entry in entries if isinstance(entry.row, ClientMerge)}
    visible = client_visibility.seen_by(actor)
    query = select(Client.id, Client.name).where(Client.id.in_(seen - gone), visible)
    names = {row_id: name for row_id, name in await session.execute(query)}
    if gone:
        of_gone = select(Client.id, Client.name).where(Client.id.in_(gone))
        names |= {row_id: name for row_id, name in await session.execute(of_gone)}
    return names


async def _stages(session: AsyncSession, rows: Sequence[Any]) -> dict[int, str]:
    steps = [row for row in rows if isinstance(row, DealStep)]
    ids = {one for step in steps for one in (step.stage_id, step.from_stage_id)}
    stages = await _by_id(session, Stage, ids)
    return {stage_id: stage.name for stage_id, stage in stages.items()}


async def _said(session: AsyncSession, rows: Sequence[Any]) -> dict[int, Said]:
    written = [row for row in rows if isinstance(row, Comment)]
    if not written:
        return {}
    return {one.comment.id: one for one in await comments.with_names(session, written)}


async def _marked(session: AsyncSession, rows: Sequence[Any]) -> dict[int, Marked]:
    written = [row for row in rows if isinstance(row, RecordingMark)]
    if not written:
        return {}
    return {one.mark.id: one for one in await recording_marks.with_names(session, written)}
