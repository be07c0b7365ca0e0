"""A piece of a call to keep or to send: seconds from and to, one side or both, as mp3 or ogg.

In: a kept recording and a selection. Out: the clip's bytes. pydub cuts and joins; ffmpeg writes where it is installed,
libsndfile elsewhere. A clip is short by rule, for all of it is in memory.
"""

from __future__ import annotations

import io
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from calls.errors import RecordingUnreadable, SelectionInvalid
from calls.transcripts.segments import Side

LONGEST_S = 15 * 60.0
FORMATS = {"mp3": "audio/mpeg", "ogg": "audio/ogg"}
"""What a clip may be, and its media type."""
FADE_MS = 10
"""At both ends, so that a cut does not click."""


@dataclass(frozen=True, slots=True)
class Selection:
    """From and to in seconds; `side` UNKNOWN means both sides together."""

    start_s: float
    end_s: float
    side: Side = Side.UNKNOWN


def make_clip(path: Path, selection: Selection, kind: str) -> bytes:
    """Cut a clip out of a kept recording.

    Args:
        path: stereo (left client, right operator) or mono.
        selection: what to cut; an end beyond the recording is the recording's end.
        kind: "mp3" or "ogg".

    Raises:
        SelectionInvalid: empty, too long, beyond the end, a side of a mono file, or an unknown kind.
        RecordingUnreadable: the file is no sound.
    """
    if kind not in FORMATS:
        raise SelectionInvalid(f"a clip is {' or '.join(FORMATS)}, not {kind}")
    length_s = selection.end_s - selection.start_s
    if not 0 <= selection.start_s < selection.end_s or length_s > LONGEST_S:
        raise SelectionInvalid(f"a clip is up to {LONGEST_S / 60:g} minutes, from before to after")
    samples, rate_hz = _read(path, selection)
    segment = _segment(samples, rate_hz, selection.side)
    segment = segment.fade_in(FADE_MS).fade_out(FADE_MS)
    return _by_ffmpeg(segment, kind) if shutil.which("ffmpeg") else _by_libsndfile(segment, kind)


def _read(path: Path, selection: Selection) -> tuple[Any, int]:
    try:
        with soundfile.SoundFile(str(path)) as file:
            rate_hz = file.samplerate
            start = round(selection.start_s * rate_hz)
            if start >= file.frames:
                raise SelectionInvalid("the selection lies behind the recording's end")
            file.seek(start)
            count = round(selection.end_s * rate_hz) - start
            return file.read(count, dtype="int16", always_2d=True), rate_hz
    except (soundfile.SoundFileError, OSError) as error:
        raise RecordingUnreadable(str(path), str(error)) from error


def _segment(samples: Any, rate_hz: int, side: Side) -> Any:
    pydub = _pydub()
    channels = samples.shape[1]
    both = pydub.AudioSegment(
        samples.tobytes(), frame_rate=rate_hz, sample_width=2, channels=channels
    )
    if channels == 1:
        if side is not Side.UNKNOWN:
            raise SelectionInvalid("this recording is mono: nobody knows its sides")
        return both
    client, operator = both.split_to_mono()
    if side is Side.UNKNOWN:  # both in both ears: who plays a clip on a phone must hear all of it
        return client.overlay(operator)
    return client if side is Side.CLIENT else operator


def _pydub() -> Any:
    """Import pydub: its sources warn when they are compiled, and where there is no ffmpeg (pydub 0.25.1)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pydub
    return pydub


def _by_ffmpeg(segment: Any, kind: str) -> bytes:
    out = io.BytesIO()
    codec = "libopus" if kind == "ogg" else "libmp3lame"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # pydub leaves a file to the collector
        segment.export(out, format=kind, codec=codec, bitrate="48k")
    return out.getvalue()


def _by_libsndfile(segment: Any, kind: str) -> bytes:
    samples = np.array(segment.get_array_of_samples(), dtype=np.int16)
    out = io.BytesIO()
    soundfile.write(
        out,
        samples.reshape(-1, segment.channels),
        segment.frame_rate,
        format=kind.upper(),
        subtype="OPUS" if kind == "ogg" and segment.frame_rate in (8000, 16000, 48000) else None,
    )
    return out.getvalue()
