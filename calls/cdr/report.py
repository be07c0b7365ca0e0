"""What a comparison with the PBX's own record found and did, for people and for `slovo reconcile --json`.

In: counts and findings. Out: `Report`, and blind times as our interfaces print them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from calls.record_json import iso
from calls.tables import LinkWindow


@dataclass(slots=True)
class Report:
    """What a pass found and did."""

    filled: int = 0
    corrected: int = 0
    unchanged: int = 0
    unsettled: int = 0
    """Calls in progress or too young: the next pass takes them."""
    failed: int = 0
    """Calls that could not be written; the cursor waits for them."""
    malformed: int = 0
    """Lines that are no call records."""
    differences: list[dict[str, Any]] = field(default_factory=list)
    windows: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as `slovo reconcile --json` prints it."""
        return {
            "windows": self.windows,
            "filled": self.filled,
            "corrected": self.corrected,
            "unchanged": self.unchanged,
            "unsettled": self.unsettled,
            "failed": self.failed,
            "malformed": self.malformed,
            "differences": self.differences,
        }


def window_json(window: LinkWindow) -> dict[str, Any]:
    """Return a blind time as our interfaces print it."""
    return {
        "pbx": window.pbx,
        "from": iso(window.lost_at),
        "to": iso(window.restored_at),
        "filled": window.filled_at is not None,
    }
