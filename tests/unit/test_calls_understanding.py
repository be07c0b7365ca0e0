"""What is done with a transcript once it is stored: `calls.understanding`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs, understanding
from calls.db import Database
from calls.tables import Call, Job, Transcript
from calls.understanding import UNDERSTAND, Understanding

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def add_transcript(db: Database, *, current: bool = True) -> int:
    async with db.write() as session:
        call = Call(pbx="main", linkedid="1.1", direction="in", started_at=AT)
        session.add(call)
        await session.flush()
        row = Transcript(
            call_id=call.id, origin="import", model="", current=current, created_at=AT
        )  # fmt: skip
        session.add(row)
        await session.flush()
        await understanding.ask(session, row.id)
        return row.id


async def states(db: Database) -> list[tuple[str, str]]:
    async with db.read() as session:
        rows = await session.execute(select(Job.key, Job.state).order_by(Job.key))
        return [(key, state) for key, state in rows]


async def understand(db: Database, steps: list[understanding.Step]) -> bool:
    job = await jobs.claim(db, [UNDERSTAND], "w", 60)
    assert job is not None
    return await Understanding(db, steps).understand(job)


async def test_steps_run_in_order_in_the_transaction_of_the_job(db: Database) -> None:
    transcript_id = await add_transcript(db)
    done: list[tuple[str, int]] = []

    async def first(session: AsyncSession, transcript: Transcript) -> None:
        done.append(("first", transcript.id))

    async def second(session: AsyncSession, transcript: Transcript) -> None:
        done.append(("second", transcript.id))
        raise RuntimeError("broken step")

    with pytest.raises(RuntimeError, match="broken step"):
        await understand(db, [first, second])
    assert done == [("first", transcript_id), ("second", transcript_id)]
    assert await states(db) == [(str(transcript_id), "running")]


async def test_transcript_that_is_no_longer_shown_is_passed_over(db: Database) -> None:
    await add_transcript(db, current=False)

    async def never(session: AsyncSession, transcript: Transcript) -> None:
        raise AssertionError("not the one that is shown")

    assert await understand(db, [never])


async def test_words_changed_while_a_job_runs_are_understood_by_a_second_one(db: Database) -> None:
    transcript_id = await add_transcript(db)
    job = await jobs.claim(db, [UNDERSTAND], "w", 60)
    assert job is not None
    async with db.write() as session:
        await understanding.ask(session, transcript_id)
        await understanding.ask(session, transcript_id)
    assert await states(db) == [(str(transcript_id), "running"), (f"{transcript_id}+", "waiting")]
    assert await Understanding(db, []).understand(job)
    assert await states(db) == [(str(transcript_id), "done"), (f"{transcript_id}+", "waiting")]


async def test_no_worker_takes_a_waiting_job_before_the_new_words_are_there(db: Database) -> None:
    transcript_id = await add_transcript(db)
    async with db.write() as session:
        await understanding.ask(session, transcript_id)
        if db.dialect == "postgresql":  # on SQLite a claim waits for this transaction anyway
            assert await jobs.claim(db, [UNDERSTAND], "w", 60) is None
    assert await jobs.claim(db, [UNDERSTAND], "w", 60) is not None


async def test_two_workers_understand_one_call_one_after_the_other(db: Database) -> None:
    transcript_id = await add_transcript(db)
    first = await jobs.claim(db, [UNDERSTAND], "w1", 60)
    assert first is not None
    async with db.write() as session:
        await understanding.ask(session, transcript_id)
    second = await jobs.claim(db, [UNDERSTAND], "w2", 60)
    assert second is not None
    began, told = asyncio.Event(), []

    async def slow(_session: AsyncSession, _transcript: Transcript) -> None:
        began.set()
        for _turn in range(20):  # the other one gets every chance to come between
            async with db.read() as session:
                await session.scalar(select(Job.id))
        told.append("first")

    async def quick(_session: AsyncSession, _transcript: Transcript) -> None:
        told.append("second")

    work = asyncio.create_task(Understanding(db, [slow]).understand(first))
    await began.wait()
    assert await Understanding(db, [quick]).understand(second)
    assert await work
    assert told == ["first", "second"]
