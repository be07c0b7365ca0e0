"""What the name of a recording tells: which call, which side. Pure.

In: paths relative to the recording directory, and what is known of a call. Out: the files of one recording put together,
ids and digits in their name, and which call they fit.

Source: names as MixMonitor, Monitor and Queue make them, and as FreePBX and our own dialplan compose them: an id of a
channel (`1795316748.0`) is seconds since 1970, a dot and a counter; Monitor's sides end in `-in` (what the channel says)
and `-out`, ours in `-rx` and `-tx`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

SIDES = {"-rx": "receive", "-in": "receive", "-tx": "transmit", "-out": "transmit"}
"""End of a file's stem → what it holds: what the recorded leg says (`receive`) or hears (`transmit`)."""
SOUND_SUFFIXES = frozenset(
    {".wav", ".wav49", ".wav16", ".gsm", ".mp3", ".ogg", ".opus", ".flac", ".ulaw", ".alaw", ".ul",
     ".al", ".sln", ".sln16", ".slin", ".raw", ".g722", ".au", ".m4a"}
)  # fmt: skip
"""In lower case; other files in the directory are no recordings."""
AFTER_THE_END = timedelta(minutes=2)
"""A recording is finished this soon after its call."""
BEFORE_THE_BEGINNING = timedelta(seconds=5)
FEWEST_DIGITS = 6
"""Shorter numbers stand in too many names by chance."""
_ID = re.compile(r"(?<![\d.])(\d{9,11}\.\d+)(?![\d])")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """One file as a look into the recording directory showed it; `path` is relative, with slashes."""

    path: str
    size_bytes: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallKey:
    """What a file may say of a call. `ids`: linkedids and uniqueids; `numbers`: of both parties as received."""

    call_id: int
    ids: frozenset[str]
    numbers: frozenset[str] = frozenset()
    started_at: datetime | None = None
    ended_at: datetime | None = None


def is_sound(path: str) -> bool:
    """Whether a name is that of a sound file; hidden and temporary files are none."""
    name = PurePosixPath(path).name
    return not name.startswith(".") and PurePosixPath(name).suffix.lower() in SOUND_SUFFIXES


def stem_of(path: str) -> str:
    """What the files of one recording have in common: folder and stem without the mark of the side."""
    at = PurePosixPath(path)
    return str(at.with_name(_without_side(at.stem)))


def side_of(path: str) -> str:
    """What a file holds: "mixed", "receive" or "transmit"."""
    stem = PurePosixPath(path).stem
    return next((side for end, side in SIDES.items() if stem.endswith(end)), "mixed")


def ids_in(path: str) -> frozenset[str]:
    """The ids of channels that a name holds."""
    return frozenset(_ID.findall(PurePosixPath(path).name.removesuffix(PurePosixPath(path).suffix)))


def together(paths: Iterable[str]) -> dict[str, dict[str, str]]:
    """Stem → side → path: the files of each recording."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(paths):
        found.setdefault(stem_of(path), {}).setdefault(side_of(path), path)
    return found


def fits_by_id(path: str, ids: Collection[str]) -> bool:
    """Whether a name holds one of these ids; an id may have the system's name before it (`systemname-1795316748.0`)."""
    inside = ids_in(path)
    return any(one in inside or one.rpartition("-")[2] in inside for one in ids)


def fits_by_time(file: SeenFile, call: CallKey) -> bool:
    """Whether a file without any id was finished in a call's time and names one of its numbers."""
    if call.started_at is None:
        return False
    end = (call.ended_at or call.started_at) + AFTER_THE_END
    if not call.started_at - BEFORE_THE_BEGINNING <= file.changed_at <= end or ids_in(file.path):
        return False
    runs = set(_DIGITS.findall(PurePosixPath(file.path).name))
    return any(_ends_alike(number, run) for number in call.numbers for run in runs)


class Guesses:
    """Which of some calls a file most likely belongs to."""

    def __init__(self, calls: Iterable[CallKey]) -> None:
        self._by_id: dict[str, set[int]] = {}
        self._by_tail: dict[str, dict[int, CallKey]] = {}
        for call in calls:
            for number in call.numbers:
                tail = _digits_of(number)[-FEWEST_DIGITS:]
                self._by_tail.setdefault(tail, {})[call.call_id] = call
            for one in call.ids:
                for name in {one, one.rpartition("-")[2]}:
                    self._by_id.setdefault(name, set()).add(call.call_id)

    def of(self, file: SeenFile) -> tuple[int, str] | None:
        """The call's id and how it was found ("id", "number"); None where none fits, or several fit as well."""
        ids = ids_in(file.path)
        found = set().union(*(self._by_id.get(one, ()) for one in ids))
        if not found and not ids:
            found = {call.call_id for call in self._sharing(file) if fits_by_time(file, call)}
        return (found.pop(), "id" if ids else "number") if len(found) == 1 else None

    def _sharing(self, file: SeenFile) -> list[CallKey]:
        """Calls with a number that ends as one in the name does: few of a day's calls."""
        runs = _DIGITS.findall(PurePosixPath(file.path).name)
        tails = {run[-FEWEST_DIGITS:] for run in runs if len(run) >= FEWEST_DIGITS}
        found: dict[int, CallKey] = {}
        for tail in tails:
            found |= self._by_tail.get(tail, {})
        return list(found.values())


def source_of(
    sides: Mapping[str, str], *, client_side: str, changed_at: datetime | None = None
) -> dict[str, Any]:
    """What `calls.tables.Recording.source` holds for files that were found and not named by the PBX.

    Args:
        sides: side → path.
        client_side: "receive" where the client's leg was recorded, "transmit" where an operator's was.
        changed_at: when the file was finished: second 0 is its length before that.
    """
    return {
        "mixed": sides.get("mixed", ""),
        "receive": sides.get("receive", ""),
        "transmit": sides.get("transmit", ""),
        "recorded_party": "",
        "bridged_only": False,
        "client_side": client_side,
        "found": True,
        "finished_at": changed_at.isoformat() if changed_at else "",
    }


def named_in(source: Mapping[str, Any]) -> list[str]:
    """Names of the files of a recording: as the PBX named them, and those that it may have made without a word."""
    named = [str(source.get(kind) or "") for kind in ("mixed", "receive", "transmit")]
    if named[0] and not (named[1] or named[2]):  # sides that nobody named lie beside it
        stem, dot, suffix = named[0].rpartition(".")
        named += [f"{stem}{side}{dot}{suffix}" for side in SIDES]
    named += [f"{one[:-6]}.WAV" for one in named if one.lower().endswith(".wav49")]
    return [one for one in named if one]


def key_of_source(source: Mapping[str, Any]) -> str:
    """`Recording.source_key` of a source."""
    return str(source.get("mixed") or source.get("receive") or source.get("transmit") or "")


def _without_side(stem: str) -> str:
    for end in SIDES:
        if stem.endswith(end) and stem != end:
            return stem.removesuffix(end)
    return stem


def _ends_alike(number: str, run: str) -> bool:
    digits = _digits_of(number)
    shorter = min(len(digits), len(run), 10)
    return shorter >= FEWEST_DIGITS and digits[-shorter:] == run[-shorter:]


def _digits_of(number: str) -> str:
    return "".join(_DIGITS.findall(number))
