"""The feed: one contract for the kind in one process and the kind between processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import func, select, update

from calls import feed as feed_module
from calls.db import Database
from calls.feed import (
    LAGGED,
    QUEUE_ITEMS,
    Cursor,
    Feed,
    FeedItem,
    Notice,
    Subscription,
    feed_for,
    prune,
    store,
    wait_for_bell,
)
from calls.feed_postgres import PostgresFeed
from calls.tables import FeedEvent

WAIT_S = 20


@pytest.fixture
async def feed(db: Database) -> AsyncIterator[Feed]:
    made = feed_for(db)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(made.run())
        await asyncio.wait_for(made.ready(), WAIT_S)
        yield made
        running.cancel()


async def write(db: Database, *numbers: int) -> None:
    async with db.write() as session:
        store(session, [Notice("call", {"id": number}) for number in numbers])


async def items(subscription: Subscription, count: int) -> list[FeedItem]:
    return [await asyncio.wait_for(subscription.get(), WAIT_S) for _ in range(count)]


def ids(found: list[FeedItem]) -> list[int]:
    return [item.payload["id"] for item in found]


async def test_committed_notices_arrive_in_order_at_every_reader(db: Database, feed: Feed) -> None:
    with feed.subscribe() as one, feed.subscribe() as two:
        await write(db, 1, 2)
        await write(db, 3)
        assert ids(await items(one, 3)) == ids(await items(two, 3)) == [1, 2, 3]


async def test_rolled_back_notice_never_arrives(db: Database, feed: Feed) -> None:
    async def fail() -> None:
        async with db.write() as session:
            store(session, [Notice("call", {"id": 1})])
            await session.flush()
            raise KeyError

    with feed.subscribe() as subscription:
        with pytest.raises(KeyError):
            await fail()
        await write(db, 2)
        assert ids(await items(subscription, 1)) == [2]


async def test_history_is_not_delivered_again(db: Database) -> None:
    await write(db, 1)
    made = feed_for(db)
    with made.subscribe() as subscription:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(made.run())
            await asyncio.wait_for(made.ready(), WAIT_S)
            await write(db, 2)
            assert ids(await items(subscription, 1)) == [2]
            running.cancel()


async def test_passing_notice_arrives_once_and_leaves_no_row(db: Database, feed: Feed) -> None:
    with feed.subscribe() as subscription:
        feed.send_now("pop", {"id": 7, "имя": "Анна"})
        await write(db, 8)
        first, second = await items(subscription, 2)
    assert (first.id, first.topic, first.payload) == (None, "pop", {"id": 7, "имя": "Анна"})
    assert second.payload == {"id": 8}
    async with db.read() as session:
        assert await session.scalar(select(func.count(FeedEvent.id))) == 1


async def test_reader_that_does_not_keep_up_is_told_to_take_a_snapshot(feed: Feed) -> None:
    with feed.subscribe() as slow, feed.subscribe() as quick:
        for number in range(QUEUE_ITEMS + 1):
            feed.send_now("pop", {"id": number})
            if number < QUEUE_ITEMS:
                await quick.get()
        assert [item.topic for item in await items(slow, 1)] == [LAGGED]
        assert ids(await items(quick, 1)) == [QUEUE_ITEMS]


async def test_closed_subscription_gets_nothing_more(feed: Feed) -> None:
    with feed.subscribe() as subscription:
        pass
    feed.send_now("pop", {"id": 1})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(subscription.get(), 0.05)


@pytest.mark.parametrize("turns", range(6), ids=lambda turns: f"{turns} turns of the loop later")
async def test_feed_that_is_cancelled_as_its_bell_rings_ends(turns: int) -> None:
    bell = asyncio.Event()

    async def run() -> None:
        while True:
            await wait_for_bell(bell)

    running = asyncio.create_task(run())
    for _ in range(6):
        await asyncio.sleep(0)
    bell.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running], timeout=2)
    ended = running.done()
    running.cancel()
    assert ended, "the cancellation was lost"


async def test_more_rows_than_a_batch_all_arrive(
    db: Database, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "BATCH_ROWS", 3)
    with feed.subscribe() as subscription:
        await write(db, *range(10))
        assert ids(await items(subscription, 10)) == list(range(10))


async def test_pruning_keeps_the_new_and_the_newest(db: Database) -> None:
    await write(db, 1, 2, 3)
    old = datetime.now(UTC) - timedelta(days=2)
    async with db.write() as session:
        await session.execute(update(FeedEvent).values(created_at=old))
    assert await prune(db, older_than_s=86_400) == 2
    assert await prune(db, older_than_s=86_400) == 0
    cursor = Cursor(db)
    await cursor.start()
    await write(db, 4)
    assert ids(await cursor.fetch()) == [4]


@pytest.mark.postgresql
async def test_transaction_that_commits_late_is_not_skipped(postgresql_db: Database) -> None:
    cursor = Cursor(postgresql_db)
    await cursor.start()
    async with postgresql_db.write() as early:
        store(early, [Notice("call", {"id": 1})])
        await early.flush()
        await write(postgresql_db, 2)
        assert ids(await cursor.fetch()) == [2]
    assert ids(await cursor.fetch()) == [1]
    assert await cursor.fetch() == []


@pytest.mark.postgresql
async def test_processes_hear_each_other_and_catch_up_after_a_lost_connection(
    postgresql_db: Database,
) -> None:
    here, there = PostgresFeed(postgresql_db), PostgresFeed(postgresql_db)
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(feed.run()) for feed in (here, there)]
        for feed in (here, there):
            await asyncio.wait_for(feed.ready(), WAIT_S)
        with there.subscribe() as subscription:
            here.send_now("pop", {"id": 1})
            assert ids(await items(subscription, 1)) == [1]
            url = postgresql_db.url.set(drivername="postgresql").render_as_string(
                hide_password=False
            )
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as other:
                await other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'slovo feed'"
                )
            await write(postgresql_db, 2)
            assert ids(await items(subscription, 1)) == [2]
        for task in running:
            task.cancel()


@pytest.mark.postgresql
async def test_passing_notice_too_large_for_postgresql_is_refused(postgresql_db: Database) -> None:
    with pytest.raises(ValueError, match="7900"):
        PostgresFeed(postgresql_db).send_now("pop", {"text": "я" * 5000})


async def test_receiver_has_a_passing_notice_when_send_now_returns(feed: Feed) -> None:
    got: list[str] = []

    def failing(item: FeedItem) -> None:
        raise LookupError(item.topic)

    with feed.receive(failing), feed.receive(lambda item: got.append(item.topic)):
        feed.send_now("pop.shown", {})
        assert got == ["pop.shown"]
    feed.send_now("pop.shown", {})
    assert got == ["pop.shown"]
