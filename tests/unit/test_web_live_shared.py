import asyncio
from collections.abc import Awaitable, Callable

import pytest

from web.live import shared as live_shared
from web.live.shared import Shared

KEY = ("tasks", "en", ("person", 1))


class Board:
    """Something that changes, and counts how often it was rendered."""

    def __init__(self) -> None:
        self.tick = 0
        self.makings = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def make(self) -> str:
        self.makings += 1
        shown = self.tick
        await self.may_go_on.wait()
        return f"as of {shown}"


@pytest.fixture(autouse=True)
def in_no_hurry_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_shared, "EVERY_S", 0.0)
    monkeypatch.setattr(live_shared, "REST", 0.0)


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def shared(board: Board) -> Shared:
    return Shared(lambda: board.tick)


async def test_many_pages_that_ask_at_once_get_what_was_made_once(
    board: Board, shared: Shared
) -> None:
    texts = await asyncio.gather(*(shared.get(KEY, 0, board.make) for _ in range(50)))
    assert (set(texts), board.makings) == ({"as of 0"}, 1)


async def test_what_did_not_change_is_not_made_again(board: Board, shared: Shared) -> None:
    await shared.get(KEY, 0, board.make)
    board.tick = 7
    assert await shared.get(KEY, 0, board.make) == "as of 0"
    assert await shared.get(KEY, 7, board.make) == "as of 7"


async def test_change_while_it_is_made_is_never_missed(board: Board, shared: Shared) -> None:
    board.may_go_on.clear()
    early = asyncio.create_task(shared.get(KEY, 0, board.make))
    while not board.makings:
        await asyncio.sleep(0)
    board.tick = 1
    late = asyncio.create_task(shared.get(KEY, 1, board.make))
    await asyncio.sleep(0)
    board.may_go_on.set()
    assert (await early, await late, board.makings) == ("as of 0", "as of 1", 2)


async def test_page_that_goes_away_leaves_the_others_what_it_asked_for(
    board: Board, shared: Shared
) -> None:
    board.may_go_on.clear()
    gone = asyncio.create_task(shared.get(KEY, 0, board.make))
    stays = asyncio.create_task(shared.get(KEY, 0, board.make))
    await asyncio.sleep(0)
    gone.cancel()
    board.may_go_on.set()
    assert await stays == "as of 0"
    assert board.makings == 1


async def test_failure_reaches_everybody_and_the_next_try_is_new(
    board: Board, shared: Shared
) -> None:
    async def failing() -> str:
        await asyncio.sleep(0)
        raise LookupError("away")

    asked: list[Awaitable[str]] = [shared.get(KEY, 0, failing) for _ in range(2)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LookupError, LookupError]
    assert await shared.get(KEY, 0, board.make) == "as of 0"


async def test_forgotten_people_get_it_anew(board: Board, shared: Shared) -> None:
    ask: Callable[[], Awaitable[str]] = lambda: shared.get(KEY, 0, board.make)  # noqa: E731
    await ask()
    shared.forget(("person", 2))
    await ask()
    assert board.makings == 1
    shared.forget(("person", 1))
    await ask()
    assert board.makings == 2


async def test_close_ends_what_is_being_made(board: Board, shared: Shared) -> None:
    board.may_go_on.clear()
    asked = asyncio.create_task(shared.get(KEY, 0, board.make))
    await asyncio.sleep(0)
    await shared.close()
    with pytest.raises(asyncio.CancelledError):
        await asked
