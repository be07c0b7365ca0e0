"""The time that a report is about: `?from=` and `?to=`, whole days of the company's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request

from crm.errors import Invalid
from web.pages.deal_form import day_of
from web.services import services_of

USUAL_DAYS = 90
_FIRST, _LAST = date(2000, 1, 1), date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one, both inclusive. `failure`: what was asked for cannot be a period."""

    begin: date
    end: date
    zone: ZoneInfo
    failure: bool = False

    @property
    def times(self) -> tuple[datetime, datetime]:
        """From when until before when."""
        return _midnight(self.begin, self.zone), _midnight(self.end + timedelta(days=1), self.zone)


def asked_period(request: Request, days: int = USUAL_DAYS) -> Period:
    """The period of an address; the last so many days where it names none or one that cannot be."""
    services, asked = services_of(request), request.query_params
    today = services.clock().astimezone(services.zone).date()
    usual = today - timedelta(days=days - 1)
    try:
        begin = day_of("from", asked.get("from", "")) or usual
        end = day_of("to", asked.get("to", "")) or today
    except Invalid:
        return Period(usual, today, services.zone, failure=True)
    if not _FIRST <= begin <= end <= _LAST:
        return Period(begin, end, services.zone, failure=True)
    return Period(begin, end, services.zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
