"""What the list of clients is asked for, as it stands in its address.

In: query parameters. Out: `ClientQuery`, which makes the filter and the addresses of the same question in another form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from crm.errors import Invalid
from crm.finding.columns import SORTS
from web.ids import id_of

FILTER_LENGTH = 8000
QUICK: tuple[tuple[str, dict[str, Any]], ...] = (
    ("mine", {"field": "responsible", "op": "any", "value": ["me"]}),
    ("people", {"field": "kind", "op": "any", "value": ["person"]}),
    ("companies", {"field": "kind", "op": "any", "value": ["organisation"]}),
    ("deals", {"field": "open_funnel", "op": "filled"}),
    ("forgotten", {"field": "last_contact_at", "op": "not_last", "value": 90}),
    ("vip", {"field": "vip", "op": "yes"}),
    ("mailing", {"field": "mailing_consent", "op": "yes"}),
    ("unconfirmed", {"field": "confirmed", "op": "no"}),
)
"""Filters of one click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientQuery:
    """The question, as text; empty values ask for everything."""

    q: str = ""
    f: str = ""
    """The filter as JSON."""
    segment: str = ""
    sort: str = ""
    after: str = ""

    @classmethod
    def read(cls, params: QueryParams) -> ClientQuery:
        """What an address asks for. `kind` is how addresses said "people" and "companies" before there were filters."""
        data, kind = params.get("f", ""), params.get("kind", "")
        if not data and kind in ("person", "organisation"):
            data = json.dumps({"all": [{"field": "kind", "op": "any", "value": [kind]}]})
        number = id_of(params.get("segment", ""))
        last = id_of(params.get("after", ""))
        sort = params.get("sort", "")
        return cls(
            q=params.get("q", "").replace("\x00", "").strip()[:300],
            f=data,
            segment="" if number is None else str(number),
            sort=sort if sort in SORTS else "",
            after="" if last is None else str(last),
        )

    @property
    def data(self) -> Any:
        """The filter, decoded.

        Raises:
            Invalid: it is no JSON, or too long.
        """
        if not self.f:
            return {}
        try:
            if len(self.f) > FILTER_LENGTH:
                raise ValueError
            return json.loads(self.f)
        except (ValueError, RecursionError):
            raise Invalid("filter", "this filter cannot be read") from None

    def address(self, path: str = "/clients", **other: Any) -> str:
        """The address of this question with some values changed."""
        names = ("q", "f", "segment", "sort", "after")
        values = {name: getattr(self, name) for name in names} | {"after": ""} | other
        values = {name: value for name, value in values.items() if value}
        return path + (f"?{urlencode(values)}" if values else "")

    def with_quick(self, condition: dict[str, Any]) -> str:
        """The address with this condition added, or taken away where it stands."""
        parts = _parts(self.f)
        rest = [one for one in parts if one != condition]
        if len(rest) == len(parts):
            rest.append(condition)
        text = json.dumps({"all": rest}, ensure_ascii=False) if rest else ""
        return self.address(f=text, segment="")

    def has(self, condition: dict[str, Any]) -> bool:
        """Whether this condition stands in the filter, beside others or alone."""
        return condition in _parts(self.f)


def _parts(text: str) -> list[Any]:
    try:
        data = json.loads(text) if text and len(text) <= FILTER_LENGTH else {}
    except (ValueError, RecursionError):
        return []
    if not isinstance(data, dict):
        return []
    if isinstance(data.get("all"), list):
        return list(data["all"])
    return [data] if data else []
