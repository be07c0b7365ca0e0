"""Ids of rows as they stand in addresses and forms.

In: text from a browser. Out: a number that both databases can hold, or none: an id that is too long names nothing, so its
page is not found. In routes: `{call_id:id}` (`web.routes` registers it).
"""

from __future__ import annotations

from starlette.convertors import Convertor

MOST_DIGITS = 18
"""All such numbers fit in 64 bits, with sign."""


class IdConvertor(Convertor[int]):
    """An id in a path; a longer number matches no route."""

    regex = f"[0-9]{{1,{MOST_DIGITS}}}"

    def convert(self, value: str) -> int:
        """Read it."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Write it, for `url_for`."""
        return str(int(value))


def id_of(text: str) -> int | None:
    """Read an id from a form or a query; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
