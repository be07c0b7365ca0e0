"""Blind times among the calls: where nobody listened, the list says so at that place in time.

In: one page of the list and what it was asked for. Out: its rows, and between them the times that nothing has filled yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from calls.cdr import windows
from calls.link_windows import NOT_RUNNING
from calls.queries import Page, Place
from calls.tables import LinkWindow
from web.pages.call_filters import AskedFilters
from web.pages.call_rows import CallRow

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BlindRow:
    """A time in which a PBX was not heard."""

    blind: LinkWindow

    @property
    def by_stop(self) -> bool:
        """Whether nothing was seen because Slovo itself did not run."""
        return self.blind.why == NOT_RUNNING


async def blind_in(
    session: AsyncSession, asked: AskedFilters, before: Place | None, page: Page
) -> list[LinkWindow]:
    """Return the blind times that belong on this page, newest first; none where the list is narrowed to some calls."""
    narrowed = asked.operator or asked.direction or asked.outcome or asked.number
    undated = before is not None and before.started_at is None
    if narrowed or undated or asked.client_id is not None:
        return []
    begins = page.last.started_at if page.last else None
    since = begins or asked.since or LONG_AGO
    until = before.started_at if before else asked.until
    found = await windows.unfilled(session, since, until)
    return [
        window
        for window in found
        if window.lost_at >= since and (not asked.pbx or window.pbx == asked.pbx)
    ]


def with_blind(rows: Sequence[CallRow], blind: Sequence[LinkWindow]) -> list[CallRow | BlindRow]:
    """Put blind times between the calls, all newest first."""
    waiting = list(blind)
    shown: list[CallRow | BlindRow] = []
    for row in rows:
        began = row.call.started_at
        while waiting and (began is None or waiting[0].lost_at >= began):
            shown.append(BlindRow(waiting.pop(0)))
        shown.append(row)
    return [*shown, *map(BlindRow, waiting)]
