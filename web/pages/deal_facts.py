"""What the page of a deal shows: its people, positions, payments, calls, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import (
    agents,
    client_visibility,
    custom_fields,
    custom_values,
    deal_calls,
    deal_lists,
    deal_sums,
    deal_visibility,
    deals,
    funnels,
    payments,
    task_queries,
)
from crm.access import Actor, Permission
from crm.custom_kinds import FieldKind
from crm.custom_values import Owner
from crm.deal_sums import Balance
from crm.tables import Change, CustomField, Deal, DealItem, DealStep, Funnel, LossReason, Stage
from crm.task_queries import TaskFilter, TaskView, Which, Whose
from web.live.call_lines import CallLine, call_lines
from web.pages import custom_form, deal_people

CALLS = 20
TASKS = 20
EVENTS = 60
_IN_STEPS = ("stage", "loss_reason", "loss_note")
"""Changes that the steps tell better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to the deal: it came into a stage (`stage`), or a field was changed (`field`)."""

    at: datetime
    who: str
    stage: str = ""
    from_stage: str = ""
    reason: str = ""
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFacts:
    """One deal as its page shows it."""

    deal: Deal
    stage: Stage
    funnel: Funnel
    stages: list[Stage]
    client_names: dict[int, str]
    responsible: str
    items: list[tuple[DealItem, Decimal]]
    balance: Balance
    calls: list[CallLine]
    tasks: list[TaskView]
    custom: list[custom_form.Line]
    events: list[Event]
    loss_reason: str
    may_edit: bool


async def facts_of(session: AsyncSession, actor: Actor, deal_id: int, today: date) -> DealFacts:
    """Everything that the page shows.

    Raises:
        Forbidden: the actor may not see deals.
        NotFound: no such deal, or one that the actor may not see.
    """
    deal = await deals.get(session, actor, deal_id)
    stage = await funnels.stage(session, deal.stage_id)
    reason = (
        await session.get(LossReason, deal.loss_reason_id)
        if deal.loss_reason_id is not None
        else None
    )
    calls = []
    if actor.may(Permission.CALLS_SEE_OWN):
        calls = await call_lines(session, actor, deal_calls.calls_of(deal.id), limit=CALLS)
    return DealFacts(
        deal=deal,
        stage=stage,
        funnel=stage.funnel,
        stages=funnels.stages_of(stage.funnel),
        client_names=await deal_people.client_names(session, actor, [deal]),
        responsible=(await deal_people.responsible_names(session, [deal])).get(
            deal.responsible_id or 0, ""
        ),
        items=[
            (item, deal_sums.line_sum(item.quantity, item.price, item.discount))
            for item in deal.items
        ],
        balance=payments.balance_of(deal, deal.payments, today),
        calls=calls,
        tasks=await _tasks(session, actor, deal.id),
        custom=await _custom(session, actor, deal.id),
        events=await _events(session, actor, deal),
        loss_reason=reason.name if reason else "",
        may_edit=bool(await deal_lists.editable(session, actor, [deal])),
    )


async def _tasks(session: AsyncSession, actor: Actor, deal_id: int) -> list[TaskView]:
    if not actor.may(Permission.TASKS_SEE_OWN):
        return []
    wanted = TaskFilter(which=Which.ANY_OPEN, whose=Whose.ALL, deal_id=deal_id)
    return (await task_queries.find(session, actor, wanted, limit=TASKS)).tasks


async def _custom(session: AsyncSession, actor: Actor, deal_id: int) -> list[custom_form.Line]:
    fields = await custom_fields.fields(session, custom_fields.subjects_of("deal"))
    values = await custom_values.get(session, Owner("deal", deal_id))
    return await custom_form.lines(session, actor, fields, values)


async def _events(session: AsyncSession, actor: Actor, deal: Deal) -> list[Event]:
    """Steps and changes, newest first."""
    steps = (
        await session.scalars(
            select(DealStep)
            .where(DealStep.deal_id == deal.id)
            .order_by(DealStep.at.desc(), DealStep.id.desc())
            .limit(EVENTS)
        )
    ).all()
    changed = (
        await session.scalars(
            select(Change)
            .where(
                Change.subject_kind == "deal",
                Change.subject_id == deal.id,
                Change.field.not_in(_IN_STEPS),
            )
            .order_by(Change.id.desc())
            .limit(EVENTS)
        )
    ).all()
    acted = {step.user_id for step in steps} | {row.user_id for row in changed}
    people = {user_id for user_id in acted if user_id is not None}
    people |= {int(v) for row in changed if row.field == "responsible_id" for v in _ids(row)}
    names = await agents.names(session, people)
    rows = await session.execute(select(Stage.id, Stage.name).where(Stage.id.in_(_stages(steps))))
    stage_names = {stage_id: name for stage_id, name in rows}
    found = [
        Event(
            at=step.at,
            who=names.get(step.user_id or 0, ""),
            stage=stage_names.get(step.stage_id, ""),
            from_stage=stage_names.get(step.from_stage_id or 0, ""),
            reason=step.reason,
        )
        for step in steps
    ]
    first_at = deal.opened_at
    found += [
        event
        for row, event in zip(changed, await _changes(session, actor, changed, names), strict=True)
        if not _is_first(row, first_at, steps)
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)[:EVENTS]


def _is_first(row: Change, opened_at: datetime, steps: Sequence[DealStep]) -> bool:
    """What was known when the deal was made is not told as changes."""
    return not row.old and abs((row.at - opened_at).total_seconds()) < 1 and bool(steps)


async def _changes(
    session: AsyncSession, actor: Actor, rows: Sequence[Change], people: dict[int, str]
) -> list[Event]:
    ids = {int(value) for row in rows if row.field in _CLIENTS for value in _ids(row)}
    clients = await deal_visibility.client_names(session, actor, ids)
    keys = select(CustomField.key).where(CustomField.kind == FieldKind.CLIENT)
    links = {f"custom.{key}" for key in await session.scalars(keys)}
    linked = {value for row in rows if row.field in links for value in (row.old, row.new) if value}
    readable = await client_visibility.names_seen(session, actor, linked)

    def told(row: Change, value: str) -> str:
        if row.field in links and value:
            return value if value in readable else "…"
        if not value.isdigit():
            return value
        if row.field in _CLIENTS:
            return clients.get(int(value), "…")
        return people.get(int(value), "…") if row.field == "responsible_id" else value

    return [
        Event(
            at=row.at,
            who=people.get(row.user_id or 0, row.login),
            field=row.field,
            old=told(row, row.old),
            new=told(row, row.new),
        )
        for row in rows
    ]


_CLIENTS = ("client_id", "contact_id")


def _ids(row: Change) -> list[str]:
    return [value for value in (row.old, row.new) if value.isdigit()]


def _stages(steps: Sequence[DealStep]) -> set[int]:
    return {one for step in steps for one in (step.stage_id, step.from_stage_id) if one is not None}
