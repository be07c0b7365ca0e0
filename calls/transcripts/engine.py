"""The port to a speech engine: what the rest of Slovo knows of one.

In: where each side's sound lies. Out: a `TranscriptResult`. Vosk is the engine (`vosk_engine`); tests put recorded
results or broken processes behind the same port.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from calls.errors import RecordingUnreadable
from calls.recordings.decode import open_sound
from calls.transcripts.segments import Side, TranscriptResult

Progress = Callable[[float], None]
"""Told how much is done, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class SideSource:
    """One side's sound: a channel (from 0) of a file. A side that began late starts `offset_s` seconds into the call."""

    side: Side
    path: Path
    channel: int = 0
    offset_s: float = 0.0


class Engine(Protocol):
    """A speech engine with one model. Calls block; give it a thread of its own."""

    def transcribe(
        self, sources: Sequence[SideSource], progress: Progress | None = None
    ) -> TranscriptResult:
        """Hear all sides of one recording.

        Raises:
            RecordingUnreadable: a file is no sound, or not there.
            ModelBroken: the model does not load.
            EngineCrashed: the engine's process died; the next call starts a new one.
        """
        ...

    def sample(self, sources: Sequence[SideSource], speech_s: float) -> TranscriptResult:
        """Hear the first `speech_s` seconds of speech, shared evenly by the sides.

        Raises:
            As `transcribe`.
        """
        ...

    def close(self) -> None:
        """End the engine's process, if there is one."""
        ...


def sides_of(path: Path) -> tuple[SideSource, ...]:
    """The sides in one file: left is the client and right the operator; of a mono file nobody knows.

    Raises:
        RecordingUnreadable: no sound, not there, or more than two channels.
    """
    with open_sound(path) as sound:
        channels = sound.channels
    if channels == 1:
        return (SideSource(Side.UNKNOWN, path),)
    if channels == 2:
        return (SideSource(Side.CLIENT, path, 0), SideSource(Side.OPERATOR, path, 1))
    raise RecordingUnreadable(str(path), f"{channels} channels: one or two are expected")
