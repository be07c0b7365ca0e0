"""Clicks to call in a run with faults, made at the switch as Slovo makes them.

In: the plan. Out: one Originate for each click, spread over the run. A click while Asterisk is away is not made.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

from support.ami_tap import AmiTap
from support.fault_asterisk import FaultAsterisk
from support.fault_plan import Planned

from pbx.actions import ClickToCall, originate_fields


def click_all(asterisk: FaultAsterisk, planned: Sequence[Planned], lasts_s: float) -> None:
    """Make the clicks of the plan in so many seconds; returns after the last."""
    clicks = [call for call in planned if call.shape.caller is None]
    start = time.monotonic()
    for number, call in enumerate(clicks):
        time.sleep(max(0.0, start + lasts_s * (number + 0.5) / len(clicks) - time.monotonic()))
        with contextlib.suppress(OSError, AssertionError):  # Asterisk is down: nobody clicked
            _click(asterisk, call)


def _click(asterisk: FaultAsterisk, call: Planned) -> None:
    fields = originate_fields(
        ClickToCall(
            channel=f"PJSIP/{call.by}",
            number=call.to,
            context="slovo-click-to-call",
            caller_id=call.client,
        )
    )
    with AmiTap(asterisk.ami, "everything", asterisk.secret) as ami:
        headers = {k: v for k, v in fields.items() if k not in ("Action", "ActionID")}
        ami.action("Originate", **headers)
