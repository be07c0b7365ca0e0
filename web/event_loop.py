"""The event loop of a process that serves pages, and the rests that Python takes in it.

In: the program's coroutine. Out: its result, run on uvloop where there is one (not on Windows): a card for fifty pages
costs half the time on it.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

YOUNG_OBJECTS = 20_000
"""New objects between two looks for garbage. Python's 700 would mean some looks for each screen pop."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the program to its end, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def rest_seldom() -> None:
    """Leave what the start has built out of the search for garbage: a full search stops everything for up to 0.2 s."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)


def _loop_factory() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
