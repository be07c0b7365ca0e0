"""Reading the call log: filters, pages, who may see what, and the interface's JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from support.call_events import CLIENT, START, answered_call, missed_call, started

from calls import log, queries
from calls.db import Database
from calls.errors import CallNotFound
from calls.model import fold
from calls.queries import CallFilters, call_json, place_of
from calls.tables import Call
from pbx.events import CallEvent, Party


async def keep(db: Database, *calls: Sequence[CallEvent]) -> list[int]:
    ids = []
    for events in calls:
        record = None
        for event in events:
            record = fold(record, event)
        assert record is not None
        async with db.write() as session:
            ids.append((await log.write(session, record)).call_id)
    return ids


async def listed(db: Database, **filters: Any) -> list[str]:
    async with db.read() as session:
        rows = await queries.calls(session, CallFilters(**filters))
    return [row.linkedid for row in rows]


OTHER = Party(number="84951112233")


async def test_filters_leave_out_what_they_say(db: Database) -> None:
    first, *_ = await keep(
        db,
        answered_call("1.1"),
        missed_call("1.2", caller=OTHER, to="103"),
        [started("1.3", Party(extension="101"), Party(extension="102"))],
    )
    assert await listed(db) == ["1.3", "1.2", "1.1"]
    assert await listed(db, direction="in") == ["1.2", "1.1"]
    assert await listed(db, outcome="missed") == ["1.2"]
    assert await listed(db, needs_callback=True) == ["1.2"]
    assert await listed(db, extensions=["103"]) == ["1.2"]
    assert await listed(db, remote_e164s=["+79160001122"]) == ["1.1"]
    assert await listed(db, remote_e164s=["+74951112233"], call_ids=[first]) == ["1.2", "1.1"]
    assert await listed(db, call_ids=[]) == []
    assert await listed(db, number="8 495 111-22-33") == ["1.2"]
    assert await listed(db, number="+7 916 000 11 22") == ["1.1"]
    assert await listed(db, number="no digits") == ["1.3", "1.2", "1.1"]
    assert await listed(db, since=START + timedelta(seconds=1)) == []
    assert await listed(db, until=START) == []
    assert await listed(db, visible=Call.id == first) == ["1.1"]


async def test_operator_sees_own_calls_only(db: Database) -> None:
    spoofing = missed_call("1.4", caller=Party(number="101"), to="103")
    outgoing = [started("1.5", Party(extension="101"), Party(number="+74951234567"))]
    await keep(db, answered_call("1.1"), missed_call("1.2", to="103"), spoofing, outgoing)
    assert await listed(db, visible_to=["101"]) == ["1.5", "1.1"]
    assert await listed(db, visible_to=["102"]) == ["1.1"]
    assert await listed(db, visible_to=["103"]) == ["1.4", "1.2"]
    assert await listed(db, visible_to=[]) == []


async def test_pages_follow_each_other_without_gap_or_repeat(db: Database) -> None:
    await keep(db, *(missed_call(f"1.{n}") for n in range(7)))
    async with db.write() as session:
        await session.execute(
            update(Call).where(Call.linkedid.in_(["1.0", "1.4"])).values(started_at=None)
        )
        await session.execute(
            update(Call).where(Call.linkedid == "1.2").values(started_at=START + timedelta(hours=1))
        )
    seen: list[str] = []
    after = None
    async with db.read() as session:
        while page := await queries.calls(session, after=after, limit=2):
            seen += [row.linkedid for row in page]
            after = place_of(page[-1])
    assert seen == ["1.2", "1.6", "1.5", "1.3", "1.1", "1.4", "1.0"]


async def test_merged_call_is_never_listed_and_leads_to_the_whole_one(db: Database) -> None:
    one, two = await keep(db, answered_call("1.1"), missed_call("1.2"))
    async with db.write() as session:
        await session.execute(update(Call).where(Call.id == two).values(merged_into_id=one))
    assert await listed(db) == ["1.1"]
    async with db.read() as session:
        assert (await queries.call(session, two)).id == one
        with pytest.raises(CallNotFound):
            await queries.call(session, 999)
        with pytest.raises(CallNotFound):
            await queries.call(session, one, visible=Call.id == two)


async def test_day_is_counted_by_what_became_of_its_calls(db: Database) -> None:
    internal = [started("1.3", Party(extension="101"), Party(extension="102"))]
    await keep(db, answered_call("1.1"), missed_call("1.2"), internal, [started("1.4")])
    async with db.read() as session:
        day = await queries.counts(session, START, START + timedelta(days=1))
        none = await queries.counts(session, START - timedelta(days=1), START)
    assert (day.total, day.missed_in, none.total) == (4, 1, 0)
    assert day.by_outcome == {"answered": 1, "missed": 1, "": 1}
    assert day.by_direction == {"in": 3, "internal": 1}


async def test_json_has_the_keys_of_a_replay(db: Database) -> None:
    await keep(db, answered_call("1.1"))
    async with db.read() as session:
        rows = [call_json(row) async for row in queries.every_call(session)]
    (values,) = rows
    assert values["caller"] == CLIENT.number
    assert values["rang"] == ["101", "102"]
    assert (values["answered_by"], values["outcome"]) == ("101", "answered")
    assert values["started_at"] == "2026-11-20T09:00:00.000Z"
    assert values["recordings"] == ["/rec/1.1.wav"]
    assert [(pop["to"], pop["why"]) for pop in values["pops"]] == [
        ("101", "answered_here"),
        ("102", "answered_elsewhere"),
    ]
    assert "101" in values["reason"]
    from calls.model import CallRecord
    from calls.outcome import decide
    from calls.replay import call_json as replayed

    record: CallRecord | None = None
    for event in answered_call("1.1"):
        record = fold(record, event)
    assert record is not None
    expected = replayed(record, decide(record))
    assert {key: values[key] for key in expected if key != "pops"} == {
        key: value for key, value in expected.items() if key != "pops"
    }


async def test_every_call_comes_in_pages_too(db: Database) -> None:
    await keep(db, *(missed_call(f"1.{n}") for n in range(3)))
    async with db.read() as session:
        seen = [row.linkedid async for row in queries.every_call(session)]
    assert seen == ["1.0", "1.1", "1.2"]
