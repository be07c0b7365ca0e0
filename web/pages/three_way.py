"""Two people edited the same card: what of both can be kept without asking. Pure.

In: the values that the later editor saw, those that they send, and those that are kept now. Out: values with the changes
of both, and the fields that both changed differently: these a person must decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Merged:
    """`values`: of both; where both changed a field, mine. `clashes`: field → theirs."""

    values: dict[str, Any]
    clashes: dict[str, Any]


def merge(
    base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Merged:
    """Put two versions together, field by field.

    Args:
        base: what the later editor saw; None if that is not known: then every difference is a clash.
        mine: what the later editor sends.
        theirs: what is kept now.
    """
    values, clashes = {}, {}
    for field in dict.fromkeys([*theirs, *mine]):
        my, their = mine.get(field), theirs.get(field)
        seen = base.get(field) if base is not None else None
        if my == their or (base is not None and their == seen):
            values[field] = my
        elif base is not None and my == seen:
            values[field] = their
        else:
            values[field] = my
            clashes[field] = their
    return Merged(values, clashes)
