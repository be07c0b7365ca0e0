"""What the address of the search page asks for. Pure.

In: query parameters and the filters of the list of calls. Out: `Asked`; what cannot be understood asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from web.pages.call_filters import AskedFilters

MOST_PAGES = 400
SIDES = ("client", "operator", "unknown")
Order = Literal["recency", "relevance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as its address says it; `filters` are those of the list of calls."""

    query: str
    side: str
    client: str
    page: int
    order: Order
    tolerant: bool
    """Whether only hits that forgive an error are wanted."""
    queue: str
    filters: AskedFilters

    def address(self, page_number: int = 1, **changes: str) -> str:
        """The query string of another page of the same search, or of one with other filters."""
        more = {
            "q": self.query,
            "side": self.side,
            "who": self.client,
            "order": self.order if self.order != "recency" else "",
            "match": "tolerant" if self.tolerant else "",
            "queue": self.queue,
            "page": str(page_number) if page_number > 1 else "",
        }
        return self.filters.query(**more | changes)


def asked_of(params: Mapping[str, str], filters: AskedFilters) -> Asked:
    """Read the address."""
    number = params.get("page", "1")
    side = params.get("side", "")
    return Asked(
        query=_text(params, "q"),
        side=side if side in SIDES else "",
        client=_text(params, "who")[:100],
        page=min(max(int(number), 1), MOST_PAGES) if number.isdecimal() and len(number) < 5 else 1,
        order="relevance" if params.get("order") == "relevance" else "recency",
        tolerant=params.get("match") == "tolerant",
        queue=_text(params, "queue")[:128],
        filters=filters,
    )


def _text(params: Mapping[str, str], name: str) -> str:
    return params.get(name, "").replace("\x00", " ").strip()
