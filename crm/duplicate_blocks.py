"""Which cards are worth comparing: only those that share a number, an address, an INN or words of their name. Pure.

In: rows of all clients, a part at a time. Out: pairs of ids. Not all pairs of 200 000 cards are compared, only those of a
block; a block with many cards says nothing (a switchboard's number, a name that everybody has), and is left out.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np

from crm.likeness import blocks_of

MOST_IN_BLOCK = 8


class Blocks:
    """Collects (key, client) in 16 bytes each. Keys are hashes: a pair may meet by chance, and is compared in vain."""

    def __init__(self) -> None:
        self._keys = array("q")
        self._ids = array("q")

    def add(self, kind: str, rows: Iterable[tuple[int, str]]) -> None:
        """Take (client id, value) of one kind: numbers, addresses, INNs."""
        for client_id, value in rows:
            if value:
                self._keys.append(hash((kind, value)))
                self._ids.append(client_id)

    def add_names(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Take (client id, kind of client, name)."""
        for client_id, kind, name in rows:
            for block in blocks_of(name):
                self._keys.append(hash((kind, block)))
                self._ids.append(client_id)

    def pairs(self) -> list[tuple[int, int]]:
        """Every two clients that meet in a block, the smaller id first, each pair once."""
        if not self._keys:
            return []
        keys, ids = np.array(self._keys, np.int64), np.array(self._ids, np.int64)
        order = np.lexsort((ids, keys))
        keys, ids = keys[order], ids[order]
        begins = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        ends = np.r_[begins[1:], len(keys)]
        sizes = ends - begins
        found: set[tuple[int, int]] = set()
        for place in np.flatnonzero((sizes > 1) & (sizes <= 2 * MOST_IN_BLOCK)):
            members = sorted(set(ids[begins[place] : ends[place]].tolist()))
            if len(members) <= MOST_IN_BLOCK:
                found.update(
                    (one, other)
                    for index, one in enumerate(members)
                    for other in members[index + 1 :]
                )
        return sorted(found)
