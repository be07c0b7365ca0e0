"""Lists and numbers of disputes, of those that the reader may see.

In: who reads, and what they want. Out: rows with names, and how cases ended: by verdict, operator and kind, with sums and
the days that they took.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents, client_visibility
from crm.access import Actor
from crm.dispute_visibility import seen_by
from crm.tables import Client, Dispute

PAGE_ROWS = 40
STATES = ("open", "awaiting", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case with the names that the reader may see."""

    dispute: Dispute
    client_name: str
    responsible: str
    respondent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which cases; None and "" leave nothing out."""

    state: str = ""
    verdict: str = ""
    action: str = ""
    client_id: int | None = None
    respondent_id: int | None = None
    responsible_id: int | None = None
    promise_id: int | None = None


@dataclass(kw_only=True)
class Ends:
    """How some cases ended."""

    verdicts: Counter[str] = field(default_factory=Counter)
    claimed: dict[str, Decimal] = field(default_factory=dict)
    granted: dict[str, Decimal] = field(default_factory=dict)
    days: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.verdicts.values())

    @property
    def median_days(self) -> float | None:
        """Days from opening to the end."""
        return median(self.days) if self.days else None

    def add(self, dispute: Dispute) -> None:
        """Count one."""
        self.verdicts[dispute.verdict] += 1
        _sum(self.claimed, dispute.unit, dispute.amount)
        _sum(self.granted, dispute.unit, dispute.granted)
        if dispute.closed_at is not None:
            self.days.append((dispute.closed_at - dispute.opened_at).total_seconds() / 86400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Cases that ended in a period."""

    total: Ends
    by_operator: list[tuple[str, Ends]]
    by_kind: list[tuple[str, Ends]]
    by_month: list[tuple[datetime, Ends]]
    waiting: int
    """Cases that are not decided yet, of all times."""


def conditions(actor: Actor, asked: Asked) -> list[ColumnElement[bool]]:
    """Conditions on `Dispute`."""
    wanted = (
        ("state", asked.state),
        ("verdict", asked.verdict),
        ("action", asked.action),
        ("client_id", asked.client_id),
        ("respondent_id", asked.respondent_id),
        ("responsible_id", asked.responsible_id),
        ("promise_id", asked.promise_id),
    )
    own = [getattr(Dispute, name) == value for name, value in wanted if value]
    return [seen_by(actor), *own]


async def page(
    session: AsyncSession, actor: Actor, asked: Asked, *, number: int = 1, rows: int = PAGE_ROWS
) -> list[Line]:
    """One page, the newest first, and one row more where another page follows."""
    query = select(Dispute).where(*conditions(actor, asked)).order_by(Dispute.id.desc())
    found = (await session.scalars(query.offset((number - 1) * rows).limit(rows + 1))).all()
    return await lines(session, actor, found)


async def counts(session: AsyncSession, actor: Actor, asked: Asked) -> dict[str, int]:
    """How many there are in each state."""
    query = select(Dispute.state, func.count()).where(*conditions(actor, asked))
    grouped = await session.execute(query.group_by(Dispute.state))
    rows: dict[str, int] = {state: number for state, number in grouped}
    return {state: rows.get(state, 0) for state in STATES}


async def lines(session: AsyncSession, actor: Actor, found: Iterable[Dispute]) -> list[Line]:
    """These cases with names."""
    found = list(found)
    seen = select(Client.id, Client.name).where(
        Client.id.in_({one.client_id for one in found if one.client_id}),
        client_visibility.seen_by(actor),
    )
    names = {row.id: row.name for row in await session.execute(seen)}
    ids = {one.responsible_id for one in found} | {one.respondent_id for one in found}
    people = await agents.names(session, [one for one in ids if one])
    return [
        Line(
            dispute=one,
            client_name=names.get(one.client_id or 0, ""),
            responsible=people.get(one.responsible_id or 0, ""),
            respondent=people.get(one.respondent_id or 0, ""),
        )
        for one in found
    ]


async def report(session: AsyncSession, actor: Actor, period: tuple[datetime, datetime]) -> Report:
    """How the cases that ended in this time ended."""
    ended = select(Dispute).where(
        seen_by(actor),
        Dispute.state == "closed",
        Dispute.closed_at >= period[0],
        Dispute.closed_at < period[1],
    )
    found = (await session.scalars(ended.order_by(Dispute.closed_at))).all()
    people = await agents.names(session, [one.respondent_id for one in found if one.respondent_id])
    total = Ends()
    by_operator: dict[str, Ends] = {}
    by_kind: dict[str, Ends] = {}
    by_month: dict[datetime, Ends] = {}
    for one in found:
        assert one.closed_at is not None  # noqa: S101 - asked for above
        month = one.closed_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        for ends in (
            total,
            by_operator.setdefault(people.get(one.respondent_id or 0, ""), Ends()),
            by_kind.setdefault(one.action, Ends()),
            by_month.setdefault(month, Ends()),
        ):
            ends.add(one)
    waiting = select(func.count()).where(seen_by(actor), Dispute.state != "closed")
    return Report(
        total=total,
        by_operator=sorted(by_operator.items(), key=lambda one: -one[1].count),
        by_kind=sorted(by_kind.items(), key=lambda one: -one[1].count),
        by_month=sorted(by_month.items()),
        waiting=await session.scalar(waiting.select_from(Dispute)) or 0,
    )


def _sum(sums: dict[str, Decimal], unit: str, amount: Decimal | None) -> None:
    if amount is not None:
        sums[unit] = sums.get(unit, Decimal(0)) + amount
