"""Leaves recordings as MixMonitor does: both sides and the mix, growing while the call lasts, complete after its end.

In: a sample call, when it is heard. Out: NAME.wav16, NAME-rx.wav16 (what the recorded leg says) and NAME-tx.wav16 (what
it hears). As with MixMonitor's option b, nothing is written before the first bridge: a call that nobody answers leaves
files of 44 bytes. The headers' sizes are right only after the end, as Asterisk's are.
"""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pbx.samples import RATE_HZ, SampleCall
from pbx.simulator.clock import Clock

if TYPE_CHECKING:
    import numpy as np

STEP_S = 0.5
"""Simulated seconds between two writes."""


class MixMonitor:
    """The recording of one channel."""

    def __init__(self, stem: Path, sample: SampleCall | None, clock: Clock) -> None:
        """Prepare a recording.

        Args:
            stem: path without ending; existing files are overwritten, as MixMonitor does.
            sample: what is said; silence if None.
            clock: of the switch.
        """
        self.mixed = stem.with_name(stem.name + ".wav16")
        self.receive = stem.with_name(stem.name + "-rx.wav16")
        self.transmit = stem.with_name(stem.name + "-tx.wav16")
        self.sample = sample
        self.operator_leg = False
        """The recorded leg is the operator's: rx and tx hold the other sides than on a client's leg."""
        self.muted = False
        """MixMonitorMute was asked for: silence is written."""
        self._clock = clock
        self._files: list[IO[bytes]] = []
        self._written = 0
        self._task: asyncio.Task[None] | None = None
        self._began_at = 0.0
        self._stopped_at: float | None = None
        self._sound: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] | None = None

    @property
    def data(self) -> str:
        """MixMonitor's arguments, as the dialplan gives them."""
        return f"{self.mixed},br({self.receive})t({self.transmit})"

    def start(self) -> None:
        """Create the files, still without sound.

        Raises:
            OSError: the directory cannot be written.
        """
        for path in (self.mixed, self.receive, self.transmit):
            file = path.open("wb")
            file.write(_header(0))
            file.flush()
            self._files.append(file)

    def begin(self) -> None:
        """Two parties hear each other: sound flows. Harmless when it already does."""
        if self._task is None and self._files:
            self._began_at = self._clock.now()
            self._task = asyncio.create_task(self._grow(), name=f"mixmonitor-{self.mixed.name}")

    def mute(self, *, muted: bool) -> None:
        """Write silence from now on, or sound again."""
        if self._sound is not None and self._stopped_at is None:
            self._write(self._clock.now())
        self.muted = muted

    def stop(self) -> None:
        """The recorded channel is gone, although the call goes on."""
        self._stopped_at = self._clock.now()

    async def end(self) -> None:
        """The recorded channel is gone: write the rest and close."""
        until = self._stopped_at or self._clock.now()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            if self._sound is None:
                self._sound = await asyncio.to_thread(_sides, self.sample, self.operator_leg)
            self._write(until)
        for file in self._files:
            file.seek(0)
            file.write(_header(self._written))
            file.close()
        self._files = []

    async def _grow(self) -> None:
        self._sound = await asyncio.to_thread(_sides, self.sample, self.operator_leg)
        while self._stopped_at is None:
            self._write(self._clock.now())
            await self._clock.sleep(STEP_S)

    def _write(self, until: float) -> None:
        """Write what was said up to a moment."""
        import numpy as np  # here, not above: only a simulator that records needs its memory

        end = int((until - self._began_at) * RATE_HZ)
        if self._sound is None or end <= self._written:
            return
        rx, tx = (_cut(side, self._written, end) for side in self._sound)
        if self.muted:
            rx, tx = np.zeros_like(rx), np.zeros_like(tx)
        mixed = np.clip(rx.astype(np.int32) + tx, -32768, 32767).astype(np.int16)
        for file, part in zip(self._files, (mixed, rx, tx), strict=True):
            file.write(part.tobytes())
            file.flush()
        self._written = end


def _sides(
    sample: SampleCall | None, operator_leg: bool
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return what the recorded leg says and hears, as 16-bit samples."""
    import numpy as np  # as above
    import soundfile

    if sample is None:
        return np.zeros(0, np.int16), np.zeros(0, np.int16)
    sound, _ = soundfile.read(sample.path, dtype="int16", always_2d=True)
    client, operator = sound[:, 0], sound[:, 1]
    return (operator, client) if operator_leg else (client, operator)


def _cut(side: np.ndarray[Any, Any], start: int, end: int) -> np.ndarray[Any, Any]:
    """Return a part of a side; silence behind its end."""
    import numpy as np  # as above

    part = side[start:end]
    silence = np.zeros(end - start - len(part), np.int16)
    return np.concatenate([part, silence])


def _header(samples: int) -> bytes:
    """Return the 44 bytes of a 16-bit mono WAV header."""
    size = samples * 2
    riff = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, RATE_HZ * 2, 2, 16)
    return riff + form + struct.pack("<4sI", b"data", size)
