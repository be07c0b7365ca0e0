"""Processes of tests that send or record sound: it goes on in real time, whatever else the machine does."""

from __future__ import annotations

import os
from contextlib import suppress

PRIORITY = 10
"""As Asterisk's own option -p."""


def hurry(pid: int) -> None:
    """Let a process that has just started run before all ordinary ones; only root may, so for others it stays as it is.

    Threads and children that it starts from then on do so, too.
    """
    with suppress(PermissionError, ProcessLookupError):
        os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(PRIORITY))
