"""`slovo tasks`: what is to be done, as the database holds it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from crm import tasks as ledger
from crm.access import SYSTEM
from crm.tasks import State, TaskView
from web.cli.database import with_database

STATES: tuple[State, ...] = ("open", "done", "cancelled")


def tasks(
    as_json: bool = typer.Option(False, "--json", help="One JSON object per line."),
    only_open: bool = typer.Option(False, "--open", help="Open tasks only."),
) -> None:
    """Print tasks, open ones first, longest waiting first.

    With --json one object per line: id; kind (callback, todo); state (open, done, cancelled); title; client (name, or
    null); client_id; number as received; e164; queue; assignee; waited_s, seconds that the client waited in the last vain
    call; missed_calls, how often the client called in vain; tries, how often we did; opened_at; closed_at; closed_by (name
    of the person, else the extension); closed_call, linkedid of the talk that closed it; minutes_to_contact.
    """

    async def work(db: Database) -> list[dict[str, Any]]:
        async with db.read() as session:
            return [
                await _values(session, view)
                for state in (STATES[:1] if only_open else STATES)
                for view in await _all(session, state)
            ]

    for values in with_database(work):
        typer.echo(json.dumps(values, ensure_ascii=False) if as_json else _line(values))


async def _all(session: AsyncSession, state: State) -> list[TaskView]:
    views: list[TaskView] = []
    before: int | None = None
    while True:
        page = await ledger.page(session, SYSTEM, state=state, before=before, limit=500)
        views += page.tasks
        before = page.next_before
        if before is None:
            return views


async def _values(session: AsyncSession, view: TaskView) -> dict[str, Any]:
    task = view.task
    closed_call = await ledger.closing_call(session, task)
    return {
        "id": task.id,
        "kind": task.kind,
        "state": task.state,
        "title": task.title,
        "client": view.client_name or None,
        "client_id": task.client_id,
        "number": task.number,
        "e164": task.e164,
        "queue": task.queue,
        "assignee": view.assignee or None,
        "waited_s": task.waited_s,
        "missed_calls": task.missed_calls,
        "tries": task.tries,
        "opened_at": _iso(task.opened_at),
        "closed_at": _iso(task.closed_at),
        "closed_by": view.closed_by or None,
        "closed_call": closed_call,
        "minutes_to_contact": view.minutes_to_contact,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _line(values: dict[str, Any]) -> str:
    who = values["client"] or values["number"] or values["title"]
    counted = f"missed {values['missed_calls']}, tried {values['tries']}"
    end = (
        f"  {values['closed_by']} after {values['minutes_to_contact']} min"
        if values["closed_call"]
        else ""
    )
    return f"{values['id']}  {values['state']}  {values['kind']}  {who}  {counted}  {values['opened_at']}{end}"
