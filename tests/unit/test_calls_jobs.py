"""Jobs: none is lost, none is done twice at once, whoever dies."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from calls import jobs
from calls.db import Database
from calls.tables import Job


async def add(db: Database, *keys: str, kind: str = "transcribe", priority: int = 0) -> None:
    async with db.write() as session:
        for key in keys:
            await jobs.enqueue(session, kind, key, {"key": key}, priority=priority)


async def take(db: Database, worker: str = "w1", lease_s: float = 60) -> jobs.ClaimedJob:
    job = await jobs.claim(db, ["transcribe"], worker, lease_s)
    assert job is not None
    return job


async def finish(db: Database, job: jobs.ClaimedJob) -> bool:
    async with db.write() as session:
        return await jobs.complete(session, job)


async def row(db: Database, key: str) -> Job:
    async with db.read() as session:
        found = await session.scalar(select(Job).where(Job.key == key))
    assert found is not None
    return found


async def test_same_job_enqueued_twice_is_one(db: Database) -> None:
    async with db.write() as session:
        assert await jobs.enqueue(session, "transcribe", "r1", {"n": 1})
        assert not await jobs.enqueue(session, "transcribe", "r1", {"n": 2})
    assert (await take(db)).payload == {"n": 1}
    assert await jobs.claim(db, ["transcribe"], "w2", 60) is None


async def test_job_of_a_rolled_back_transaction_does_not_exist(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as session:
            await jobs.enqueue(session, "transcribe", "r1", {})
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await jobs.claim(db, ["transcribe"], "w1", 60) is None


async def test_done_job_enqueued_again_stays_done(db: Database) -> None:
    await add(db, "r1")
    assert await finish(db, await take(db))
    await add(db, "r1")
    assert await jobs.claim(db, ["transcribe"], "w1", 60) is None


async def test_urgent_job_comes_first_then_the_oldest(db: Database) -> None:
    await add(db, "a", "b")
    await add(db, "urgent", priority=5)
    assert [(await take(db)).key for _ in range(3)] == ["urgent", "a", "b"]


async def test_other_kinds_and_later_jobs_are_left_alone(db: Database) -> None:
    await add(db, "x", kind="collect_recording")
    async with db.write() as session:
        later = datetime.now(UTC) + timedelta(hours=1)
        await jobs.enqueue(session, "transcribe", "later", {}, run_at=later)
    assert await jobs.claim(db, ["transcribe"], "w1", 60) is None
    late = datetime.now(UTC) + timedelta(hours=2)
    assert await jobs.claim(db, ["transcribe"], "w1", 60, now=late) is not None


async def test_lease_that_ran_out_gives_the_job_to_another_worker(db: Database) -> None:
    await add(db, "r1")
    dead = await take(db, "dead", lease_s=-1)
    alive = await take(db, "alive")
    assert alive.key == dead.key
    assert alive.attempts == 2
    assert not await jobs.renew(db, dead, 60)
    assert not await finish(db, dead)
    assert not await jobs.fail(db, dead, "late", None)
    assert not await jobs.block(db, dead, "late")
    assert await finish(db, alive)
    assert (await row(db, "r1")).state == "done"


async def test_same_worker_with_an_older_attempt_has_lost_its_lease(db: Database) -> None:
    await add(db, "r1")
    first = await take(db, "w1", lease_s=-1)
    await take(db, "w1")
    assert not await finish(db, first)


async def test_renewed_lease_keeps_the_job_and_its_progress(db: Database) -> None:
    await add(db, "r1")
    job = await take(db, lease_s=-1)
    assert await jobs.renew(db, job, 60, progress=0.5)
    assert await jobs.claim(db, ["transcribe"], "w2", 60) is None
    assert (await row(db, "r1")).progress == 0.5


async def test_failed_attempt_is_tried_again_later(db: Database) -> None:
    await add(db, "r1")
    assert await jobs.fail(db, await take(db), "no luck", retry_in_s=3600)
    assert await jobs.claim(db, ["transcribe"], "w1", 60) is None
    found = await row(db, "r1")
    assert (found.state, found.error, found.attempts) == ("waiting", "no luck", 1)
    late = datetime.now(UTC) + timedelta(hours=2)
    again = await jobs.claim(db, ["transcribe"], "w1", 60, now=late)
    assert again is not None
    assert again.attempts == 2


async def test_job_given_up_waits_for_a_person(db: Database) -> None:
    await add(db, "r1")
    assert await jobs.fail(db, await take(db), "x" * 10_000, retry_in_s=None)
    found = await row(db, "r1")
    assert (found.state, len(found.error)) == ("failed", 4000)
    assert await jobs.claim(db, ["transcribe"], "w1", 60) is None
    assert await jobs.retry(db, found.id)
    assert not await jobs.retry(db, found.id)
    assert (await take(db)).attempts == 1


async def test_blocked_job_runs_after_it_is_unblocked_and_lost_no_attempt(db: Database) -> None:
    await add(db, "r1", "r2")
    for _ in range(2):
        assert await jobs.block(db, await take(db), "install a model")
    counted = await jobs.backlog(db)
    assert counted.count("blocked") == counted.count("blocked", "transcribe") == 2
    assert counted.blocked_reasons == ("install a model",)
    assert await jobs.claim(db, ["transcribe"], "w1", 60) is None
    assert await jobs.unblock(db, "transcribe") == 2
    assert (await take(db)).attempts == 1
    assert (await jobs.backlog(db)).blocked_reasons == ()


async def test_sweeper_shows_jobs_of_dead_workers_as_waiting(db: Database) -> None:
    await add(db, "r1", "r2")
    await take(db, lease_s=60)
    await take(db, lease_s=-1)
    assert await jobs.requeue_expired(db) == 1
    counted = await jobs.backlog(db)
    assert (counted.count("waiting"), counted.count("running")) == (1, 1)
    assert counted.oldest_waiting_at is not None


async def test_many_workers_never_hold_one_job_together(db: Database) -> None:
    await add(db, *(f"r{i}" for i in range(30)))
    held: list[str] = []

    async def work(name: str) -> None:
        while job := await jobs.claim(db, ["transcribe"], name, 60):
            held.append(job.key)
            assert await finish(db, job)

    await asyncio.gather(*(work(f"w{i}") for i in range(5)))
    assert sorted(held) == sorted(f"r{i}" for i in range(30))


def work_until_killed(url: str, name: str) -> None:
    async def work() -> None:
        database = Database(url)
        while job := await jobs.claim(database, ["transcribe"], name, 1.0):
            if job.attempts == 1 and int(job.key) % 5 == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            async with database.write() as session:
                await jobs.complete(session, job)
        await database.dispose()

    asyncio.run(work())


async def test_workers_killed_at_any_job_lose_none(db: Database, database_url: str) -> None:
    await add(db, *(str(i) for i in range(12)))
    spawn = multiprocessing.get_context("spawn")
    for generation in range(12):
        worker = spawn.Process(target=work_until_killed, args=(database_url, f"w{generation}"))
        worker.start()
        await asyncio.to_thread(worker.join, 60)
        if (await jobs.backlog(db)).count("done") == 12:
            break
        await asyncio.sleep(1.0)
    counted = await jobs.backlog(db)
    assert counted.counts == {("transcribe", "done"): 12}
    assert (await row(db, "2")).attempts == 2


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "die", "complete", "fail", "block", "unblock"]), st.integers(0, 3)
    ),
    max_size=25,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
async def test_any_order_of_steps_keeps_each_job_once(
    db: Database, steps: list[tuple[str, int]]
) -> None:
    async with db.write() as session:
        await session.execute(delete(Job))
    await add(db, "a", "b")
    held: dict[int, jobs.ClaimedJob] = {}
    done: list[str] = []
    for step, worker in steps:
        job = held.get(worker)
        if step == "claim" and job is None:
            if taken := await jobs.claim(db, ["transcribe"], f"w{worker}", 60):
                assert taken.key not in [other.key for other in held.values()]
                held[worker] = taken
        elif step == "unblock":
            await jobs.unblock(db, "transcribe")
        elif job is not None and step in ("die", "complete", "fail", "block"):
            del held[worker]
            if step == "die":
                await jobs.requeue_expired(db, now=datetime.now(UTC) + timedelta(hours=1))
                held.clear()
            elif step == "complete":
                assert await finish(db, job)
                done.append(job.key)
            elif step == "fail":
                assert await jobs.fail(db, job, "no", 0)
            else:
                assert await jobs.block(db, job, "no model")
    counted = await jobs.backlog(db)
    assert sum(counted.counts.values()) == 2
    assert sorted(set(done)) == sorted(done)


async def test_done_job_can_be_done_again(db: Database) -> None:
    async with db.write() as session:
        assert await jobs.again(session, "look", "a", {"n": 1})
        assert not await jobs.again(session, "look", "a", {"n": 2})
    first = await jobs.claim(db, ["look"], "w", 60)
    assert first is not None
    async with db.write() as session:
        assert not await jobs.again(session, "look", "a", {"n": 3})
        assert await jobs.complete(session, first)
    async with db.write() as session:
        assert await jobs.again(session, "look", "a", {"n": 4})
    second = await jobs.claim(db, ["look"], "w", 60)
    assert second is not None
    assert (second.payload, second.attempts) == ({"n": 4}, 1)


async def test_waiting_job_is_brought_forward_and_never_put_off(db: Database) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    async with db.write() as session:
        await jobs.again(session, "look", "a", {}, run_at=later)
    assert await jobs.claim(db, ["look"], "w", 60) is None
    async with db.write() as session:
        await jobs.again(session, "look", "a", {})
        await jobs.again(session, "look", "a", {}, run_at=later)
    assert await jobs.claim(db, ["look"], "w", 60) is not None
