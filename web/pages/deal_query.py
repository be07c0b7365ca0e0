"""What the board and the list of deals are asked for, as it stands in their addresses.

In: query parameters. Out: `DealQuery`, which makes the filter and the addresses of the same question in another form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select
from starlette.datastructures import QueryParams

from crm.access import Actor
from crm.deal_lists import COLUMN_SIZE, MOST_SHOWN, SORTS, DealFilter
from web.ids import id_of

ME = "me"
STATES = ("open", "won", "lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class DealQuery:
    """The question, as text; empty values ask for all."""

    view: str = "board"
    """"board" or "list"."""
    funnel: str = ""
    responsible: str = ""
    """An id, or "me"."""
    q: str = ""
    overdue: str = ""
    segment: str = ""
    state: str = ""
    sort: str = ""
    after: str = ""
    shown: Mapping[int, int] = field(default_factory=dict)
    """Stage → how many cards of its column are shown, where that is not the usual number."""

    @classmethod
    def read(cls, params: QueryParams) -> DealQuery:
        """What an address asks for; what cannot be understood asks for nothing."""
        state, sort = params.get("state", ""), params.get("sort", "")
        responsible = params.get("responsible", "")
        return cls(
            view="list" if params.get("view") == "list" else "board",
            funnel=_number(params.get("funnel", "")),
            responsible=responsible if responsible == ME else _number(responsible),
            q=params.get("q", "").replace("\x00", "")[:300],
            overdue="1" if params.get("overdue") else "",
            segment=_number(params.get("segment", "")),
            state=state if state in STATES else "",
            sort=sort if sort in SORTS else "",
            after=_number(params.get("after", "")),
            shown=_shown(params.get("shown", "")),
        )

    def filter(
        self,
        actor: Actor,
        funnel_id: int | None,
        today: date,
        clients: Select[int] | None = None,
    ) -> DealFilter:
        """The same for `crm.deal_lists`; `clients`: ids of those of the segment."""
        responsible = actor.user_id if self.responsible == ME else id_of(self.responsible)
        return DealFilter(
            funnel_id=funnel_id,
            state=self.state if self.view == "list" else "",
            responsible_id=responsible,
            search=self.q,
            overdue_on=today if self.overdue else None,
            clients=clients,
        )

    def address(self, **other: Any) -> str:
        """The address of this question with some values changed."""
        names = (
            "view", "funnel", "responsible", "q", "overdue", "segment", "state", "sort", "after",
        )  # fmt: skip
        values = {name: getattr(self, name) for name in names} | other
        values = {name: value for name, value in values.items() if value and value != "board"}
        return "/deals" + (f"?{urlencode(values)}" if values else "")


def _number(text: str) -> str:
    number = id_of(text)
    return "" if number is None else str(number)


def _shown(text: str) -> dict[int, int]:
    """Stage and count of each column: 12:50,13:75."""
    found = {}
    for part in text.split(",")[:50]:
        stage, _, count = part.partition(":")
        stage_id, number = id_of(stage), id_of(count)
        if stage_id is not None and number is not None and COLUMN_SIZE < number <= MOST_SHOWN:
            found[stage_id] = number
    return found
