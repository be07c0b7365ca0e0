"""The filters of the list of calls, as they stand in its address. Pure.

In: query parameters, the company's zone and the time now. Out: `AskedFilters`; a value that cannot be understood filters
nothing and is named in `wrong`, so that the page can say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from calls.model import Outcome
from pbx.events import Direction
from web.ids import id_of

PERIODS: Mapping[str, tuple[int, int] | None] = {
    "today": (0, 1),
    "yesterday": (-1, 0),
    "week": (-6, 1),
    "month": (-29, 1),
    "all": None,
}
"""Quick ranges: first day and the day after the last, counted from today; None: no limits."""
MOST_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFilters:
    """What to list. Times are aware; `until` is not included any more."""

    period: str = "all"
    first_day: date | None = None
    last_day: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    operator: str = ""
    """A phone as `crm.pbx_names` reads it: "101", or "north/101"."""
    pbx: str = ""
    client_id: int | None = None
    direction: str = ""
    outcome: str = ""
    number: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is filtered at all."""
        return bool(self.query())

    def query(self, **changes: str) -> str:
        """The filters as a query string, with some of them changed ("" takes one out)."""
        values = {
            "period": "" if self.period in ("all", "custom") else self.period,
            "from": _iso(self.first_day) if self.period == "custom" else "",
            "to": _iso(self.last_day) if self.period == "custom" else "",
            "operator": self.operator,
            "pbx": self.pbx,
            "client": "" if self.client_id is None else str(self.client_id),
            "direction": self.direction,
            "outcome": self.outcome,
            "number": self.number,
            **changes,
        }
        return urlencode({name: value for name, value in values.items() if value})


def filters_of(params: Mapping[str, str], zone: ZoneInfo, now: datetime) -> AskedFilters:
    """Read the filters of an address."""
    wrong: list[str] = []
    period, first_day, last_day = _period(params, wrong, now.astimezone(zone).date())
    return AskedFilters(
        period=period,
        first_day=first_day,
        last_day=last_day,
        since=_midnight(first_day, zone),
        until=_midnight(last_day + timedelta(days=1), zone) if last_day else None,
        operator=params.get("operator", "").strip()[:129],
        pbx=params.get("pbx", "").strip()[:64],
        client_id=_client(params, wrong),
        direction=_one_of("direction", params, [one.value for one in Direction], wrong),
        outcome=_one_of(
            "outcome", params, [*(one.value for one in Outcome), "not_answered"], wrong
        ),
        number=params.get("number", "").strip()[:MOST_DIGITS],
        wrong=tuple(wrong),
    )


def _period(
    params: Mapping[str, str], wrong: list[str], today: date
) -> tuple[str, date | None, date | None]:
    first_day, last_day = _date("from", params, wrong), _date("to", params, wrong)
    if first_day or last_day:
        if first_day and last_day and first_day > last_day:
            first_day, last_day = last_day, first_day
        return "custom", first_day, last_day
    period = params.get("period", "").strip() or "all"
    if period not in PERIODS:
        wrong.append("period")
        period = "all"
    days = PERIODS[period]
    if days is None:
        return period, None, None
    return period, today + timedelta(days=days[0]), today + timedelta(days=days[1] - 1)


def _date(name: str, params: Mapping[str, str], wrong: list[str]) -> date | None:
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        wrong.append(name)
        return None
    if not 1990 <= found.year <= 2200:
        wrong.append(name)
        return None
    return found


def _client(params: Mapping[str, str], wrong: list[str]) -> int | None:
    text = params.get("client", "").strip()
    if not text:
        return None
    found = id_of(text)
    if found is None:
        wrong.append("client")
    return found


def _one_of(name: str, params: Mapping[str, str], values: list[str], wrong: list[str]) -> str:
    text = params.get(name, "").strip()
    if text and text not in values:
        wrong.append(name)
        return ""
    return text


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time.min, zone).astimezone(UTC) if day else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
