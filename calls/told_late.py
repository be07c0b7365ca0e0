"""What is told of a call after it was over: events beside those of the live stream. Pure.

In: nothing. Out: `CallCorrected`, which handlers get as they get `pbx.events`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pbx.events import CallEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCorrected(CallEnded):
    """The end of this call was told before, and wrongly: events were missed, and the PBX's own record knows better.

    What was done because of the first telling (a call-back) is to be taken back where it does not hold.
    """
