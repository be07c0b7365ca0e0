"""Taking one recording in: find, copy, hash, join its sides, outline. All files, no database.

In: what the PBX named. Out: `Collected`, the new values of the `recordings` row and its peaks. Doing it again gives the
same files, so a killed worker's half-done work is simply done again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from calls.errors import RecordingUnreadable
from calls.recordings.channels import Playable, browsers_play, join, split, to_wav
from calls.recordings.decode import open_sound
from calls.recordings.files import FoundFiles, check_finished, find, is_empty
from calls.recordings.names import SeenFile
from calls.recordings.paths import kept_folder, kept_name
from calls.recordings.peaks import Peaks, peaks_of
from calls.recordings.storage import Kept, copy_in, sha256_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to collect. `at` (UTC) names the day's folder."""

    recording_id: int
    source: Mapping[str, Any]
    at: datetime
    data_dir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Fields as in `calls.tables.Recording`; `peaks` only where `state` is "ready"."""

    state: str
    error: str = ""
    sides: str = ""
    path: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)
    sha256: str = ""
    size_bytes: int | None = None
    duration_s: float | None = None
    rate_hz: int | None = None
    peaks: Peaks | None = None
    taken: tuple[SeenFile, ...] = ()
    """The files of the PBX that belong to this recording, as they lie there."""


def collect(request: Request, folder: Path, origin: str) -> Collected:
    """Take a recording in.

    Args:
        request: what to collect.
        folder: where the PBX's files are seen from here.
        origin: that place in words; it is kept as where the files came from.

    Returns:
        State "ready", "empty" (no more than headers), "missing" (no file is there) or "failed" (no sound in them).

    Raises:
        RecordingIncomplete: the PBX still writes.
        StorageFull: no room; try again later.
    """
    found = find(request.source, folder)
    if not found.all:
        named = ", ".join(
            str(request.source.get(k))
            for k in ("mixed", "receive", "transmit")
            if request.source.get(k)
        )
        return Collected(state="missing", error=f"not found in {origin}: {named}")
    for path in found.all.values():
        check_finished(path)
    taken = {path: _seen(path, folder) for path in found.all.values()}
    try:
        collected = _take(request, found)
    except RecordingUnreadable as error:
        collected = Collected(state="failed", error=str(error))
    files = [
        entry | {"source": f"{origin}/{taken[Path(entry['source'])].path}"}
        if entry["source"]
        else entry
        for entry in collected.files
    ]
    return replace(collected, files=files, taken=tuple(taken.values()))


def _seen(path: Path, folder: Path) -> SeenFile:
    found = path.stat()
    return SeenFile(
        path=path.relative_to(folder.resolve()).as_posix(),
        size_bytes=found.st_size,
        changed_at=datetime.fromtimestamp(found.st_mtime, UTC),
    )


def _take(request: Request, found: FoundFiles) -> Collected:
    sounding = {role: path for role, path in found.all.items() if not is_empty(path)}
    if not sounding:
        return Collected(state="empty")
    folder = request.data_dir / kept_folder(request.at)
    if found.two_sides and {"client", "operator"} & set(sounding):
        return _two_sides(request, found, folder)
    role = "mixed" if "mixed" in sounding else next(iter(sounding))
    return _one_file(request, role, sounding[role], folder)


def _two_sides(request: Request, found: FoundFiles, folder: Path) -> Collected:
    kept = {
        role: _keep(request, role, path, folder)
        for role, path in found.all.items()
        if role != "mixed"
    }
    playable = join(kept["client"].path, kept["operator"].path, _playable_path(request, folder))
    files = [_file(request, role, kept[role], found.all[role]) for role in ("client", "operator")]
    _make_playable(request, files, folder)
    return _ready(request, playable, files, "two")


def _one_file(request: Request, role: str, source: Path, folder: Path) -> Collected:
    """A mixed file: two sides if it is stereo, else nobody knows who speaks."""
    kept = _keep(request, "mixed" if role == "mixed" else role, source, folder)
    with open_sound(kept.path) as sound:
        stereo = sound.channels == 2
    # Asterisk's stereo recording (MixMonitor option D) has what the recorded leg says on the left.
    swap = stereo and request.source.get("client_side") == "transmit"
    playable = to_wav(kept.path, _playable_path(request, folder), swap=swap)
    files = [_file(request, role, kept, source)]
    if stereo:
        sides = {
            side: folder / f"{request.recording_id}-{side}.wav" for side in ("client", "operator")
        }
        split(playable.path, sides["client"], sides["operator"])
        files += [_derived(request, side, path) for side, path in sides.items()]
    return _ready(request, playable, files, "two" if stereo else "mono")


def _keep(request: Request, role: str, source: Path, folder: Path) -> Kept:
    return copy_in(source, folder / kept_name(request.recording_id, role, source.name))


def _playable_path(request: Request, folder: Path) -> Path:
    return folder / f"{request.recording_id}.wav"


def _make_playable(request: Request, files: list[dict[str, Any]], folder: Path) -> None:
    """Where browsers cannot play a side as it is, add it as WAV; the original keeps a role of its own."""
    for entry in list(files):
        original = request.data_dir / entry["path"]
        if browsers_play(original):
            continue
        role = entry["role"]
        entry["role"] = f"{role}-original"
        target = folder / f"{request.recording_id}-{role}.wav"
        to_wav(original, target)
        files.append(_derived(request, role, target))


def _file(request: Request, role: str, kept: Kept, source: Path) -> dict[str, Any]:
    return {
        "role": role,
        "path": kept.path.relative_to(request.data_dir).as_posix(),
        "sha256": kept.sha256,
        "bytes": kept.size_bytes,
        "source": str(source),
    }


def _derived(request: Request, role: str, path: Path) -> dict[str, Any]:
    kept = Kept(path, sha256_of(path), path.stat().st_size)
    return _file(request, role, kept, Path()) | {"source": ""}


def _ready(
    request: Request, playable: Playable, files: list[dict[str, Any]], sides: str
) -> Collected:
    if playable.duration_s <= 0:
        return Collected(state="empty", files=files)
    return Collected(
        state="ready",
        error="; ".join(playable.warnings),
        sides=sides,
        path=playable.path.relative_to(request.data_dir).as_posix(),
        files=files,
        sha256=sha256_of(playable.path),
        size_bytes=playable.path.stat().st_size,
        duration_s=round(playable.duration_s, 3),
        rate_hz=playable.rate_hz,
        peaks=peaks_of(playable.path),
    )
