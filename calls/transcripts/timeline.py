"""From the engine's clock back to the call's clock. Pure.

The engine hears a side with its long silences taken out, so its times run short. In: where each kept piece lies in
the call. Out: call times.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timeline:
    """Where the kept pieces of one side lie, in samples at the engine's rate."""

    rate_hz: int
    _heard: list[int] = field(default_factory=list)
    _lies: list[int] = field(default_factory=list)
    _length: int = 0

    def keep(self, position: int, samples: int) -> None:
        """Note that `samples` samples from `position` of the call go to the engine next."""
        if not self._lies or position != self._lies[-1] + self._length - self._heard[-1]:
            self._heard.append(self._length)
            self._lies.append(position)
        self._length += samples

    @property
    def heard_s(self) -> float:
        """How much the engine hears, in seconds."""
        return self._length / self.rate_hz

    def call_time(self, heard_s: float) -> float:
        """The call's time of the engine's time, both in seconds."""
        if not self._lies:
            return heard_s
        sample = heard_s * self.rate_hz
        piece = max(bisect_right(self._heard, sample + 0.5) - 1, 0)
        return (self._lies[piece] + sample - self._heard[piece]) / self.rate_hz

    def span(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Call times of a word; a word that the engine hears across a cut ends where its own piece ends or begins.

        A cut lies in silence, so such a word is spoken on the side of the cut where most of it lies.
        """
        start, end = self.call_time(start_s), self.call_time(end_s)
        if end - start <= end_s - start_s + 0.02:
            return start, end
        middle = self._piece((start_s + end_s) / 2)
        low = self._heard[middle] / self.rate_hz
        high = (
            self._heard[middle + 1] if middle + 1 < len(self._heard) else self._length
        ) / self.rate_hz
        shift = self._lies[middle] / self.rate_hz - low
        return max(start_s, low) + shift, min(end_s, high) + shift

    def _piece(self, heard_s: float) -> int:
        return max(bisect_right(self._heard, heard_s * self.rate_hz + 0.5) - 1, 0)
