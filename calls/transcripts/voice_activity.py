"""Which stretches of one side hold speech, so that the engine need not hear the rest.

In: one side as int16 samples at the engine's rate, in blocks. Out: the samples to keep, with their position. A stretch
that is wrongly dropped loses words for ever, so every doubt keeps: a frame is voiced if webrtcvad says so in a mode
that forgives, or if it is well above the noise floor of its surroundings. Voiced frames are padded on both sides, and
silences that would be left shorter than the padding are kept whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import webrtcvad

Samples = npt.NDArray[np.int16]

FRAME_S = 0.03
"""webrtcvad's longest frame. It is also three feature frames of Kaldi, so cuts keep the phase of its subsampling."""
VAD_RATES_HZ = (8000, 16000, 32000, 48000)
SILENT_DBFS = -70.0
"""Below this, nothing is speech, whatever the detector says (digital silence with dither)."""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How careful to be; times in seconds.

    `mode` is webrtcvad's (0 forgives most, 3 least). `above_floor_db`: this much over the noise floor counts as voice
    whatever webrtcvad says.
    """

    mode: int = 1
    before_s: float = 0.3
    after_s: float = 0.6
    above_floor_db: float = 12.0
    floor_window_s: float = 6.0


class VoiceActivity:
    """The voiced parts of one side, found while it streams; holds at most `before_s` and one block."""

    def __init__(self, rate_hz: int, settings: VoiceSettings | None = None) -> None:
        self.settings = settings or VoiceSettings()
        self._frame = round(rate_hz * FRAME_S)
        self._rate_hz = rate_hz
        self._detector = webrtcvad.Vad(self.settings.mode) if rate_hz in VAD_RATES_HZ else None
        self._before: deque[Samples] = deque(maxlen=self._frames(self.settings.before_s))
        self._floor: deque[float] = deque(maxlen=self._frames(self.settings.floor_window_s))
        self._rest: Samples = np.empty(0, dtype=np.int16)
        self._position = 0
        self._quiet_frames = self._frames(self.settings.after_s)

    def feed(self, block: Samples) -> Iterator[tuple[int, Samples]]:
        """Yield (position in samples, samples) of what to keep, in order; some of it may come with a later block."""
        samples = np.concatenate((self._rest, block))
        whole = len(samples) // self._frame * self._frame
        self._rest = samples[whole:]
        voiced = self._voiced(samples[:whole].reshape(-1, self._frame))
        kept: list[Samples] = []
        start = 0
        for frame, is_voiced in zip(samples[:whole].reshape(-1, self._frame), voiced, strict=True):
            if is_voiced or self._quiet_frames < self._frames(self.settings.after_s):
                self._quiet_frames = 0 if is_voiced else self._quiet_frames + 1
                if not kept:
                    start = self._position - sum(map(len, self._before))
                    kept = list(self._before)
                    self._before.clear()
                kept.append(frame)
            else:
                if kept:
                    yield start, np.concatenate(kept)
                    kept = []
                self._before.append(frame)
            self._position += self._frame
        if kept:
            yield start, np.concatenate(kept)

    def finish(self) -> Iterator[tuple[int, Samples]]:
        """Yield what is left at the end of the side: half a frame belongs to the speech before it."""
        if len(self._rest) and self._quiet_frames < self._frames(self.settings.after_s):
            yield self._position, self._rest
        self._rest = self._rest[:0]

    def _frames(self, seconds: float) -> int:
        return max(1, round(seconds / FRAME_S))

    def _voiced(self, frames: Samples) -> list[bool]:
        if not len(frames):
            return []
        power = np.mean(np.square(frames.astype(np.float32)), axis=1)
        levels = 10 * np.log10(power / 32768.0**2 + 1e-12)
        return [
            self._is_voiced(frame, float(level))
            for frame, level in zip(frames, levels, strict=True)
        ]

    def _is_voiced(self, frame: Samples, level_dbfs: float) -> bool:
        self._floor.append(level_dbfs)
        if level_dbfs < SILENT_DBFS:
            return False
        if self._detector is None:
            return level_dbfs > min(self._floor) + self.settings.above_floor_db / 2
        if self._detector.is_speech(frame.tobytes(), self._rate_hz):
            return True
        return level_dbfs > min(self._floor) + self.settings.above_floor_db
