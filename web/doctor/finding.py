"""What a check found. Pure.

Every finding that is not ok says what is wrong and how to mend it, to somebody who does not know Slovo's inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is. Only FAIL makes the exit code 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    check: str
    state: State
    what: str
    mend: str = ""
    pbx: str = ""
    """Which PBX was examined, where there are several; "" for this machine."""

    def as_json(self) -> dict[str, str]:
        """The finding as `slovo doctor --json` prints it."""
        return {
            "check": self.check,
            "state": self.state,
            "what": self.what,
            "mend": self.mend,
            "pbx": self.pbx,
        }


def ok(check: str, what: str) -> Finding:
    """A check that found nothing wrong; `what` says what it looked at."""
    return Finding(check, State.OK, what)


def warn(check: str, what: str, mend: str) -> Finding:
    """Something that works, but not as well as it should."""
    return Finding(check, State.WARN, what, mend)


def fail(check: str, what: str, mend: str) -> Finding:
    """Something that must be mended."""
    return Finding(check, State.FAIL, what, mend)
