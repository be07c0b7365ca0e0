"""Time of the simulated switch: real time, or faster by a factor, so that tests need not wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Clock:
    """Runs `speed` times as fast as the wall clock, from the present moment on."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be more than 0, not {speed}")
        self.speed = speed
        self._began_at = time.time()
        self._began_mono = time.monotonic()

    def now(self) -> float:
        """Return simulated unix time in seconds."""
        return self._began_at + (time.monotonic() - self._began_mono) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait simulated seconds."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)

    def later(self, seconds: float, act: Callable[[], None]) -> asyncio.TimerHandle:
        """Call `act` after simulated seconds; return a handle to cancel it."""
        return asyncio.get_running_loop().call_later(max(0.0, seconds) / self.speed, act)
