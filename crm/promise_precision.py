"""How often the rules are right in this company: what people decided about what was found.

In: rows of `act_decisions`. Out: counts by label and kind, and by month. Only counts: no words, no calls, no people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.tables import ActDecision


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the judged ones were right."""

    right: int
    judged: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where nobody judged any."""
        return self.right / self.judged if self.judged else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """Precision of one kind of one label."""

    label: str
    action: str
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """Precision of all promises that were judged in a month, by the version of the rules."""

    month: date
    rules: str
    precision: Precision


_RIGHT = func.count(ActDecision.id).filter(ActDecision.is_right.is_(True))
_JUDGED = func.count(ActDecision.id)


async def overall(session: AsyncSession, label: str = "promise") -> Precision:
    """Of all that was ever judged."""
    row = (await session.execute(select(_RIGHT, _JUDGED).where(ActDecision.label == label))).one()
    return Precision(row[0], row[1])


async def by_kind(
    session: AsyncSession, period: tuple[datetime, datetime] | None = None
) -> list[KindRow]:
    """By label and kind, the most judged first."""
    query = select(ActDecision.label, ActDecision.action, _RIGHT, _JUDGED).group_by(
        ActDecision.label, ActDecision.action
    )
    if period is not None:
        query = query.where(ActDecision.at >= period[0], ActDecision.at < period[1])
    rows = [
        KindRow(label=label, action=action, precision=Precision(right, judged))
        for label, action, right, judged in await session.execute(query)
    ]
    return sorted(rows, key=lambda row: (-row.precision.judged, row.label, row.action))


async def by_month(
    session: AsyncSession, period: tuple[datetime, datetime], zone: ZoneInfo
) -> list[MonthRow]:
    """Over time, the oldest month first: of promises."""
    query = select(ActDecision.at, ActDecision.rules, ActDecision.is_right).where(
        ActDecision.label == "promise",
        ActDecision.at >= period[0],
        ActDecision.at < period[1],
    )
    found: dict[tuple[date, str], list[bool]] = {}
    for at, rules, is_right in await session.execute(query):
        month = at.astimezone(zone).date().replace(day=1)
        found.setdefault((month, rules), []).append(is_right)
    return [
        MonthRow(month=month, rules=rules, precision=Precision(sum(said), len(said)))
        for (month, rules), said in sorted(found.items())
    ]
