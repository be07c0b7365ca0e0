"""Making a proof pack: plain values and kept sound files become one signed file.

In: a case (`calls.proof.model`), the data directory, the key. Out: a zip file with

    manifest.json, manifest.sig, manifest.tsr   what is in it, the signature, the time-stamp if there is one
    index.html                                  for people
    data/case.json, data/audit.json             the case; who listened and changed what, row by row with hashes
    data/call-N.json                            the call, its transcripts as heard and as corrected, what was promised
    audio/call-N/…                              the recordings as they are kept
    clips/evidence-N.wav                        each piece of evidence with what is said around it

Every sound file is compared with the SHA-256 that was noted when it was found; one that changed or is gone is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from calls.errors import ProofImpossible, RecordingUnreadable
from calls.proof import archive, clips
from calls.proof.archive import Part
from calls.proof.manifest import Manifest
from calls.proof.model import Absence, CallFacts, Case, Evidence, KeptFile, Sound
from calls.proof.page import FileState, page_of
from calls.proof.seal import Seal, Sealed, close


@dataclass(frozen=True, slots=True)
class Made:
    """A pack, and what is missing in it."""

    sealed: Sealed
    absences: tuple[Absence, ...]


def make(case: Case, data_dir: Path, target: Path, seal: Seal) -> Made:
    """Make a pack. Blocks: it reads all its sound files, twice.

    Args:
        case: what to tell.
        data_dir: where the kept files are.
        target: the pack's file; replaced if it is there.
        seal: key and time-stamp server.

    Raises:
        ProofImpossible: too large, or a file changed while it was read.
        TimestampFailed: no time-stamp, and one is required.
        StorageFull: no room; nothing is left behind.
    """
    sounds = _Sounds(data_dir)
    for call in case.calls:
        for sound in call.recordings:
            for file in sound.files:
                sounds.add(call, sound, file)
    case = _with_clips(case, sounds)
    case = replace(case, absences=(*case.absences, *sounds.absences))
    parts = [*sounds.parts, *(archive.part(name, data) for name, data in _documents(case))]
    parts.append(archive.part("index.html", page_of(case, sounds.states, seal.key.id)))
    manifest = Manifest(
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        made_at=case.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        made_by=case.made_by,
        slovo_version=case.slovo_version,
        audit_entries=case.audit_entries,
        audit_head=case.audit_head,
    )
    return Made(close(target, manifest, parts, seal), case.absences)


class _Sounds:
    """The sound files of a pack as they are collected."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.parts: list[Part] = []
        self.states: dict[str, FileState] = {}
        self.absences: list[Absence] = []

    def add(self, call: CallFacts, sound: Sound, file: KeptFile) -> None:
        """Measure a kept file, and say what is wrong with it."""

        def absent(key: str, detail: str) -> None:
            self.absences.append(
                Absence(key=key, call_id=call.id, recording_id=sound.id, detail=detail)
            )

        path = self.path_of(file)
        if path is None or not path.is_file():
            absent("file_gone", f"{file.role}, SHA-256 {file.sha256 or '?'}")
            return
        measured = archive.part(file.name, path)
        state = "intact" if measured.sha256 == file.sha256 else "altered"
        if not file.sha256:
            state = "unnoted"
        if state == "altered":
            absent("file_changed", f"{file.role}: {file.sha256} → {measured.sha256}")
        self.parts.append(measured)
        self.states[file.name] = FileState(measured.sha256, state)

    def path_of(self, file: KeptFile) -> Path | None:
        """Where it lies; None for a row that points out of the data directory."""
        path = (self.data_dir / file.path).resolve()
        return path if file.path and path.is_relative_to(self.data_dir) else None


def _with_clips(case: Case, sounds: _Sounds) -> Case:
    if case.dispute is None:
        return case
    calls = {call.id: call for call in case.calls}
    evidence = tuple(_clipped(one, calls.get(one.call_id), sounds) for one in case.dispute.evidence)
    return replace(case, dispute=replace(case.dispute, evidence=evidence))


def _clipped(one: Evidence, call: CallFacts | None, sounds: _Sounds) -> Evidence:
    """The evidence with its clip, where there is sound of it."""

    def absent(key: str, detail: str = "") -> None:
        call_id = call.id if call else None
        sounds.absences.append(
            Absence(key=key, call_id=call_id, recording_id=one.recording_id, detail=detail)
        )

    file = _playable(one, call, sounds)
    path = sounds.path_of(file) if file else None
    if path is None or one.start_s is None:
        absent("no_clip", one.quote[:80])
        return one
    try:
        piece = clips.cut(path, one.start_s, one.end_s if one.end_s is not None else one.start_s)
    except RecordingUnreadable as error:
        absent("no_clip", error.why)
        return one
    if piece is None:
        absent("no_clip", one.quote[:80])
        return one
    if piece.is_shortened:
        absent("clip_cut", one.quote[:80])
    name = f"clips/evidence-{one.id}.wav"
    sounds.parts.append(archive.part(name, piece.wav))
    return replace(one, clip=name, clip_from_s=piece.from_s)


def _playable(one: Evidence, call: CallFacts | None, sounds: _Sounds) -> KeptFile | None:
    """The file in which the words are heard: of the recording that they were read from, or the call's only one."""
    if call is None:
        return None
    wanted = [sound for sound in call.recordings if sound.id == one.recording_id]
    if not wanted and len(call.recordings) == 1:
        wanted = list(call.recordings)
    files = (file for sound in wanted for file in sound.files if file.role == "playable")
    return next((file for file in files if file.name in sounds.states), None)


def _documents(case: Case) -> Iterator[tuple[str, bytes]]:
    whole = asdict(case)
    calls = whole.pop("calls")
    log = whole.pop("log")
    whole["calls"] = [call["id"] for call in calls]
    yield "data/case.json", _json(whole)
    yield (
        "data/audit.json",
        _json({"head": case.audit_head, "entries": case.audit_entries, "rows": log}),
    )
    for call in calls:
        for sound in call["recordings"]:
            for file in sound["files"]:
                del file["path"]  # where it lies on the company's disk is nobody's business
        yield f"data/call-{call['id']}.json", _json(call)


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_plain, allow_nan=False)
    return text.encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise ProofImpossible(f"cannot be written into a pack: {type(value).__name__}")
