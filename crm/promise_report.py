"""The report on promises: kept in time, late and broken, by who promised and by kind; of those that the reader may see.

In: a period of calls. Out: counts. Only confirmed promises of ours count: what nobody checked may be none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import agents
from crm.access import Actor
from crm.promise_visibility import seen_by
from crm.promise_watch import overdue
from crm.tables import Promise


@dataclass(kw_only=True)
class Kept:
    """What became of some promises."""

    in_time: int = 0
    late: int = 0
    undated: int = 0
    """Kept, without a date to be late for."""
    broken: int = 0
    overdue: int = 0
    """Still open, though their time has passed."""
    open: int = 0
    other: int = 0
    """Cancelled or disputed."""
    without_date: int = 0
    """Of all, those of which nobody knows until when."""

    @property
    def total(self) -> int:
        """All of them."""
        return (
            self.in_time + self.late + self.undated + self.broken + self.overdue + self.open
        ) + self.other

    @property
    def ended(self) -> int:
        """Those that can be judged: kept, broken, or overdue."""
        return self.in_time + self.late + self.undated + self.broken + self.overdue

    @property
    def in_time_share(self) -> float | None:
        """Kept in time (or without a date) of those that can be judged, 0 to 1."""
        return (self.in_time + self.undated) / self.ended if self.ended else None

    @property
    def broken_share(self) -> float | None:
        """Broken or overdue of those that can be judged, 0 to 1."""
        return (self.broken + self.overdue) / self.ended if self.ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseReport:
    """The numbers of one period."""

    total: Kept = field(default_factory=Kept)
    by_person: list[tuple[str, Kept]]
    by_kind: list[tuple[str, Kept]]
    by_month: list[tuple[date, Kept]]
    unchecked: int
    """Found in this time, and looked at by nobody."""


async def report(
    session: AsyncSession,
    actor: Actor,
    period: tuple[datetime, datetime],
    now: datetime,
    zone: ZoneInfo,
) -> PromiseReport:
    """Count the promises given in calls of this time.

    Args:
        session: any session.
        actor: who reads.
        period: first moment, and the first one behind it.
        now: the moment: it says what is overdue.
        zone: the company's.
    """
    query = (
        select(Promise, Call.started_at, overdue(now, zone).label("late"))
        .join(Call, Call.id == Promise.call_id)
        .where(
            seen_by(actor),
            Promise.by_side != "client",
            Promise.state != "rejected",
            Promise.withdrawn.is_(False),
            Call.started_at >= period[0],
            Call.started_at < period[1],
        )
    )
    rows = (await session.execute(query)).all()
    checked = [row for row in rows if row[0].state != "found"]
    people = await agents.names(session, [p.promiser_id for p, _, _ in checked if p.promiser_id])
    total = Kept()
    by_person: dict[str, Kept] = {}
    by_kind: dict[str, Kept] = {}
    by_month: dict[date, Kept] = {}
    for promise, at, is_late in checked:
        assert at is not None  # noqa: S101 - asked for above
        month = at.astimezone(zone).date().replace(day=1)
        for kept in (
            total,
            by_person.setdefault(people.get(promise.promiser_id or 0, ""), Kept()),
            by_kind.setdefault(promise.action, Kept()),
            by_month.setdefault(month, Kept()),
        ):
            _count(kept, promise, is_late=bool(is_late))
    return PromiseReport(
        total=total,
        by_person=sorted(by_person.items(), key=lambda one: -one[1].total),
        by_kind=sorted(by_kind.items(), key=lambda one: -one[1].total),
        by_month=sorted(by_month.items()),
        unchecked=len(rows) - len(checked),
    )


def _count(kept: Kept, promise: Promise, *, is_late: bool) -> None:
    kept.without_date += promise.due_on is None
    if promise.state == "kept":
        kept.in_time += promise.in_time is True
        kept.late += promise.in_time is False
        kept.undated += promise.in_time is None
    elif promise.state == "broken":
        kept.broken += 1
    elif promise.state == "open":
        kept.overdue += is_late
        kept.open += not is_late
    else:
        kept.other += 1
