"""A piece of a recording as evidence: cut without loss, sample by sample as it is in the kept file.

In: a kept recording and a place in it. Out: a WAV file's bytes. Nothing is faded or mixed, unlike in a clip for people
(`calls.recordings.clip`): who compares it with the whole recording finds the same samples.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import soundfile

from calls.errors import RecordingUnreadable

CONTEXT_S = 5.0
"""What is heard before and behind the words."""
LONGEST_S = 300.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece: `is_shortened` where the words last longer than a clip may."""

    wav: bytes
    from_s: float
    is_shortened: bool


def cut(path: Path, start_s: float, end_s: float) -> Cut | None:
    """Cut words out with their context; None where they lie behind the recording's end.

    Args:
        path: a kept recording.
        start_s: where the words begin, in seconds.
        end_s: where they end.

    Raises:
        RecordingUnreadable: the file is no sound.
    """
    from_s = max(0.0, start_s - CONTEXT_S)
    wanted_s = max(end_s, start_s) + CONTEXT_S - from_s
    try:
        with soundfile.SoundFile(str(path)) as file:
            rate_hz = file.samplerate
            begin = round(from_s * rate_hz)
            if begin >= file.frames:
                return None
            file.seek(begin)
            samples = file.read(round(min(wanted_s, LONGEST_S) * rate_hz), "int16", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise RecordingUnreadable(str(path), str(error)) from error
    out = io.BytesIO()
    soundfile.write(out, samples, rate_hz, format="WAV", subtype="PCM_16")
    return Cut(out.getvalue(), from_s, wanted_s > LONGEST_S)
