import asyncio
from typing import cast

from structlog.testing import capture_logs

from web.chores import Chore, run_chores
from web.core import Core


async def test_failing_chore_is_logged_and_done_again_while_others_go_on() -> None:
    done: list[str] = []
    enough = asyncio.Event()

    async def fails(core: Core) -> None:
        done.append("fails")
        raise ValueError("a bad row")

    async def works(core: Core) -> None:
        done.append("works")
        if done.count("works") > 2 and done.count("fails") > 2:
            enough.set()

    chores = (Chore("fails", 0, fails), Chore("works", 0, works))
    with capture_logs() as logs:
        running = asyncio.create_task(run_chores(cast(Core, None), chores))
        async with asyncio.timeout(10):
            await enough.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert {(entry["event"], entry["chore"]) for entry in logs} == {("chore_failed", "fails")}
