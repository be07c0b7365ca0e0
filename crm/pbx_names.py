"""How people write a phone or a queue of one of several PBXs: "north/101"; a plain "101" is of the first PBX. Pure.

In: what was typed, and the names of the PBXs, the first one first. Out: PBX and name; and the same back as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from crm.errors import Invalid


def split(written: str, pbxs: Sequence[str]) -> tuple[str, str]:
    """Return PBX and phone (or queue) of what was typed.

    Args:
        written: "north/101" or "101".
        pbxs: the PBXs that there are; the first is meant where none is named.

    Raises:
        Invalid: no PBX has this name.
    """
    pbx, slash, name = written.strip().rpartition("/")
    if not slash:
        return pbxs[0], name
    for known in pbxs:
        if known.casefold() == pbx.strip().casefold():
            return known, name.strip()
    raise Invalid("pbx", f"no PBX is named {pbx!r}; there are: {', '.join(pbxs)}")


def written(pbx: str, name: str, pbxs: Sequence[str]) -> str:
    """Return the shortest text that `split` reads as this phone or queue."""
    return name if pbxs and pbx == pbxs[0] else f"{pbx}/{name}"
