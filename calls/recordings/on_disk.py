"""The files of a call that nobody named to us: found by their names.

In: a call's row and a look into the recording directory. Out: sources as `calls.tables.Recording.source` holds them. For
calls that were rebuilt from Asterisk's own record, and for those whose recording began while we did not listen.

    shelf = await shelf_of(source)                    # one look, for many calls
    sources = shelf.files_for(call)                   # [{"mixed": …, "receive": …, …}, …] in the order of time
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.recordings import names
from calls.recordings.names import CallKey, SeenFile
from calls.recordings.source import Source
from calls.tables import Call, CallLeg


@dataclass(frozen=True, slots=True)
class Shelf:
    """All sound files of one PBX by the ids in their names, and those without an id."""

    by_id: Mapping[str, tuple[SeenFile, ...]]
    without_id: tuple[SeenFile, ...] = ()

    def files_for(self, call: Call, legs: Iterable[CallLeg] = ()) -> list[dict[str, Any]]:
        """The recordings of one call.

        Args:
            call: its row; `linkedids`, times and numbers are used.
            legs: its legs, whose uniqueids may stand in the names as well.
        """
        legs = tuple(legs)
        key = key_of(call, legs)
        found = {
            file.path: file
            for one in key.ids
            for file in self.by_id.get(one.rpartition("-")[2], ())
            if names.fits_by_id(file.path, key.ids)
        }
        if not found:
            found = {f.path: f for f in self.without_id if names.fits_by_time(f, key)}
        return sources_of(found.values(), call, legs)


async def files_for_call(
    call: Call, source: Source, legs: Iterable[CallLeg] = ()
) -> list[dict[str, Any]]:
    """The recordings of one call, by a look into its PBX's recording directory. For many calls use `shelf_of`.

    Returns:
        Sources for `Recording.source`, in the order of time; none where nothing fits. `names.key_of_source` gives the
        `source_key` of each.

    Raises:
        RecordingSourceFailed: the directory cannot be read, or is fetched over HTTP, where nobody can look around.
    """
    return (await shelf_of(source)).files_for(call, legs)


async def shelf_of(source: Source) -> Shelf:
    """Look once through a recording directory.

    Raises:
        RecordingSourceFailed: it cannot be read.
    """
    looked = await source.look(frozenset())
    by_id: dict[str, list[SeenFile]] = {}
    without: list[SeenFile] = []
    for file in looked.new:
        ids = names.ids_in(file.path)
        for one in ids:
            by_id.setdefault(one, []).append(file)
        if not ids:
            without.append(file)
    return Shelf({one: tuple(files) for one, files in by_id.items()}, tuple(without))


def key_of(call: Call, legs: Iterable[CallLeg] = ()) -> CallKey:
    """What a file's name may say of a call."""
    ids = {call.linkedid, *map(str, call.linkedids), *(leg.uniqueid for leg in legs)}
    numbers = {call.remote_number, call.remote_e164 or "", call.caller, call.called}
    return CallKey(
        call_id=call.id,
        ids=frozenset(ids - {""}),
        numbers=frozenset(numbers - {""}),
        started_at=call.started_at,
        ended_at=call.ended_at,
    )


def sources_of(
    files: Iterable[SeenFile], call: Call, legs: Iterable[CallLeg] = ()
) -> list[dict[str, Any]]:
    """Put files of one call together: one source for each recording, in the order of time."""
    by_path = {file.path: file for file in files}
    operators = {leg.uniqueid for leg in legs if leg.extension}
    sources: list[tuple[datetime, dict[str, Any]]] = []
    for sides in names.together(by_path).values():
        finished = max(by_path[path].changed_at for path in sides.values())
        side = _client_side(next(iter(sides.values())), call, operators)
        sources.append((finished, names.source_of(sides, client_side=side, changed_at=finished)))
    return [source for _, source in sorted(sources, key=lambda found: found[0])]


def _client_side(path: str, call: Call, operators: set[str]) -> str:
    """The leg that a name names was recorded; without one, the leg that made the call."""
    if names.fits_by_id(path, operators):
        return "transmit"
    return "receive" if call.direction == "in" else "transmit"
