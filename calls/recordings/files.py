"""Finding what the PBX recorded of a call, and telling whether it is finished.

In: `Recording.source` as the call log wrote it (what the PBX named), and `SLOVO_RECORDING_DIR`. Out: `FoundFiles`: which
file holds which side.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calls.errors import RecordingIncomplete
from calls.recordings.names import SIDES
from calls.recordings.paths import candidates

STABLE_S = 1.0
"""A file whose last change is younger than this (seconds) may still grow."""
WAV_HEADER_BYTES = 60
"""A file not longer than a header (44 bytes, 60 for wav49) holds no sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFiles:
    """Files by what they hold; None where there is none. `named`: how many the PBX named."""

    mixed: Path | None = None
    client: Path | None = None
    operator: Path | None = None
    named: int = 0

    @property
    def two_sides(self) -> bool:
        """Whether both sides are there apart."""
        return self.client is not None and self.operator is not None

    @property
    def all(self) -> Mapping[str, Path]:
        """Role → file, of those that are there."""
        roles = {"mixed": self.mixed, "client": self.client, "operator": self.operator}
        return {role: path for role, path in roles.items() if path is not None}


def find(source: Mapping[str, Any], recording_dir: Path) -> FoundFiles:
    """Look for the files of one recording.

    Args:
        source: `mixed`, `receive`, `transmit` as the PBX named them, and `client_side` ("receive" or "transmit"): which
            of both is the client. On the client's own leg he is what is received; on a leg that the PBX called out to
            an operator, the operator is received and the client transmitted.
        recording_dir: where the PBX's recordings are seen from here.
    """
    names = {kind: str(source.get(kind) or "") for kind in ("mixed", "receive", "transmit")}
    if names["mixed"] and not (names["receive"] or names["transmit"]):
        names |= sides_beside(names["mixed"], recording_dir)
    found = {kind: _locate(name, recording_dir) for kind, name in names.items()}
    swapped = source.get("client_side") == "transmit"
    return FoundFiles(
        mixed=found["mixed"],
        client=found["transmit" if swapped else "receive"],
        operator=found["receive" if swapped else "transmit"],
        named=sum(bool(name) for name in names.values()),
    )


def sides_beside(mixed: str, recording_dir: Path) -> dict[str, str]:
    """The sides of a recording of which only the mixed file was named, as of one that AMI started.

    Their names tell what they hold (`calls.recordings.names.SIDES`); both must be there.
    """
    stem, dot, suffix = mixed.rpartition(".")
    found = {
        side: f"{stem}{end}{dot}{suffix}"
        for end, side in SIDES.items()
        if _locate(f"{stem}{end}{dot}{suffix}", recording_dir)
    }
    return found if len(found) == len(set(SIDES.values())) else {}


def _locate(named: str, recording_dir: Path) -> Path | None:
    if not named:
        return None
    root = recording_dir.resolve()
    for candidate in [*candidates(named), *candidates(_as_written(named))]:
        try:
            path = (root / candidate).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        except (OSError, RuntimeError, ValueError):
            continue  # too long, a link to itself, a zero character: no file has this name
    return None


def _as_written(named: str) -> str:
    """Asterisk writes what is called `x.wav49` to `x.WAV`."""
    return f"{named[:-6]}.WAV" if named.lower().endswith(".wav49") else ""


def check_finished(path: Path, now: float | None = None) -> None:
    """Make sure that a file is no longer written.

    Args:
        path: the file.
        now: Unix time, for tests.

    Raises:
        RecordingIncomplete: it changed a moment ago.
    """
    age_s = (time.time() if now is None else now) - path.stat().st_mtime
    if 0 <= age_s < STABLE_S:
        raise RecordingIncomplete(str(path))


def is_empty(path: Path) -> bool:
    """Whether a file is no more than a header: the PBX began to record, and nobody talked."""
    return path.stat().st_size <= WAV_HEADER_BYTES
