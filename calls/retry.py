"""When a failed attempt at a job is tried again. Pure.

In: how often it was tried and what kind of failure it was. Out: seconds to wait, or None to give up.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Wait `first_s` seconds after the first failure, `factor` times longer after each next, at most `longest_s`."""

    attempts: int
    first_s: float
    factor: float = 2.0
    longest_s: float = 3600.0

    def wait_s(self, attempt: int) -> float | None:
        """Seconds until the next attempt, after attempt number `attempt` (from 1) failed; None: give up."""
        if attempt >= self.attempts:
            return None
        return min(self.first_s * self.factor ** (attempt - 1), self.longest_s)


USUAL = RetryRule(attempts=5, first_s=10.0)
"""Failures that may pass: a database that is away, an unreadable network share."""
CRASH = RetryRule(attempts=2, first_s=5.0)
"""The engine died: a recording that kills it twice will do so a third time."""
FULL_DISK = RetryRule(attempts=10_000, first_s=60.0, longest_s=900.0)
"""Only a person frees a disk, so this does not give up."""
SOURCE_AWAY = RetryRule(attempts=100_000, first_s=10.0, longest_s=900.0)
"""The machine that holds the recordings cannot be reached, or does not let us in: nothing is lost by waiting."""
NOT_YET = RetryRule(attempts=120, first_s=1.0, factor=1.5, longest_s=30.0)
"""The PBX still writes the file."""
HOPELESS = RetryRule(attempts=1, first_s=0.0)
"""The input itself is bad."""
MOST_CLAIMS = 5
"""A job that was taken so often without any end being noted kills the workers that take it."""
