"""The history of a client as a panel of the card: by kind, page by page, fresh while it is open.

In: `?history=call,comment` (kinds; none: all but changes), `?staff=no` (without the contact persons). Out: the panel, its
list anew (`part=list`), or older lines (`part=rows&before=…`). The same words in the address of the card show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from crm import clients, history
from crm.access import Permission
from crm.history import ALWAYS, MOST_ROWS, PAGE_ROWS, Kind, Place, Wanted
from web.ids import id_of
from web.pages.comment_text import comment_html
from web.pages.history_lines import lines_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    client_id: int
    kinds: tuple[Kind, ...] = ()
    """None: all but changes."""
    with_staff: bool = True

    @classmethod
    def read(cls, client_id: int, query: QueryParams) -> Asked:
        """Read it; words that are no kinds are passed over."""
        named = query.get("history", "").split(",")
        kinds = tuple(kind for kind in Kind if kind.value in named)
        return cls(client_id, kinds, query.get("staff") != "no")

    @property
    def wanted(self) -> Wanted:
        """The same in the terms of the history."""
        return Wanted(frozenset(self.kinds) or ALWAYS, self.with_staff)

    def toggled(self, kind: Kind | None) -> Asked:
        """With this kind as well, or without it if it was there; None: all."""
        if kind is None:
            return Asked(self.client_id, (), self.with_staff)
        kinds = frozenset(self.kinds) ^ {kind}
        ordered = tuple(one for one in Kind if one in kinds)
        return Asked(self.client_id, ordered, self.with_staff)

    def without_staff(self) -> Asked:
        """The switch of the contact persons turned."""
        return Asked(self.client_id, self.kinds, not self.with_staff)

    def query(self, **more: object) -> str:
        """The address's query, "" where everything is as usual."""
        asked: dict[str, object] = {}
        if self.kinds:
            asked["history"] = ",".join(self.kinds)
        if not self.with_staff:
            asked["staff"] = "no"
        return urlencode(asked | more, safe=",")

    @property
    def page_address(self) -> str:
        """The card with this history."""
        query = self.query()
        return f"/clients/{self.client_id}" + (f"?{query}" if query else "")

    def part_address(self, part: str, **more: object) -> str:
        """A part of the panel."""
        return f"/clients/{self.client_id}/history?{self.query(part=part, **more)}"


async def show_history(request: Request) -> Response:
    """The panel or a part of it. 204 for a list that is too long to be read again at once."""
    services, actor, query = services_of(request), actor_of(request), request.query_params
    asked = Asked.read(request.path_params["client_id"], query)
    part = query.get("part", "")
    shown = id_of(query.get("shown", "")) or 0
    if part == "list" and shown > MOST_ROWS:
        return Response(status_code=204)
    before = place_of(query.get("before", "")) if part == "rows" else None
    async with services.db.read() as session:
        client = await clients.get(session, actor, asked.client_id)
        found = await history.page(
            session, actor, client.id, asked.wanted, before=before, limit=max(shown, PAGE_ROWS)
            if part == "list" else PAGE_ROWS,
        )  # fmt: skip
        lines = await lines_of(session, actor, client.id, found.entries, services.zone)
    count = len(found.entries) + (shown if part == "rows" else 0)
    more = asked.part_address(
        "rows",
        before=place_text(found.next_before),
        shown=count,
        day=lines[-1].day if lines else "",
    )
    return render(
        request,
        f"clients/panels/history{_TEMPLATES.get(part, '')}.html",
        client=client,
        asked=asked,
        lines=lines,
        more=more if found.next_before else "",
        count=count,
        day_before=query.get("day", "") if part == "rows" else "",
        kinds=tuple(Kind),
        comment_html=comment_html,
    )


_TEMPLATES = {"view": "_view", "list": "_list", "rows": "_rows"}


def place_text(place: Place | None) -> str:
    """Write a place into an address: "1795315726250000-3-17"; "" for none."""
    if place is None:
        return ""
    return f"{(place.at - _EPOCH) // _MICROSECOND}-{place.rank}-{place.row_id}"


def place_of(text: str) -> Place | None:
    """Read a place from an address; None for none, or for one that nobody of us wrote."""
    numbers = [id_of(part) for part in text.split("-")]
    if len(numbers) != 3:
        return None
    microseconds, rank, row_id = numbers
    if microseconds is None or rank is None or row_id is None:
        return None
    try:
        at = _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        return None
    return Place(at, rank, row_id)


routes = [
    page("/clients/{client_id:id}/history", show_history, permission=Permission.CLIENTS_SEE),
]
