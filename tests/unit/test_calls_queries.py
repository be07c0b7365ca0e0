"""Reading the call log: filters, pages, who may see what, and the interface's JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import update
from support.call_events import CLIENT, START, answered_call, missed_call, started

from calls import log, queries
from calls.db import Database
from calls.model import fold
from calls.queries import CallFilters, Place, call_json
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
        page = await queries.calls(session, CallFilters(**filters))
    return [row.linkedid for row in page.calls]


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
    assert await listed(db, not_answered=True) == ["1.2"]
    assert await listed(db, phones=[("main", "103")]) == ["1.2"]
    assert await listed(db, number="8 495 111-22-33") == ["1.2"]
    assert await listed(db, number="+7 916 000 11 22") == ["1.1"]
    assert await listed(db, number="no digits") == []
    assert await listed(db, since=START + timedelta(seconds=1)) == []
    assert await listed(db, until=START) == []
    assert await listed(db, conditions=(Call.id == first,)) == ["1.1"]


async def test_phones_calls_are_those_it_took_part_in(db: Database) -> None:
    spoofing = missed_call("1.4", caller=Party(number="101"), to="103")
    outgoing = [started("1.5", Party(extension="101"), Party(number="+74951234567"))]
    await keep(db, answered_call("1.1"), missed_call("1.2", to="103"), spoofing, outgoing)
    assert await listed(db, phones=[("main", "101")]) == ["1.5", "1.1"]
    assert await listed(db, phones=[("main", "102")]) == ["1.1"]
    assert await listed(db, phones=[("main", "103")]) == ["1.4", "1.2"]
    assert await listed(db, phones=[]) == []


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
    before, pages = None, 0
    async with db.read() as session:
        while pages == 0 or before is not None:
            page = await queries.calls(session, before=before, limit=2)
            seen += [row.linkedid for row in page.calls]
            before, pages = page.last, pages + 1
    assert seen == ["1.2", "1.6", "1.5", "1.3", "1.1", "1.4", "1.0"]
    assert pages == 4


async def test_page_that_ends_with_the_last_call_has_no_next(db: Database) -> None:
    await keep(db, *(missed_call(f"1.{n}") for n in range(4)))
    async with db.read() as session:
        first = await queries.calls(session, limit=2)
        second = await queries.calls(session, before=first.last, limit=2)
    assert [row.linkedid for row in second.calls] == ["1.1", "1.0"]
    assert second.last is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_page_is_read_along_the_index_of_times(db: Database) -> None:
    """On SQLite, whose plan does not depend on how much there is: PostgreSQL reads small tables whole."""
    statements: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        statements.append((statement, values))

    async with db.read() as session:
        connection = await session.connection()
        sqlalchemy_event.listen(connection.sync_connection, "before_cursor_execute", note)
        await queries.calls(session, before=Place(START, 7))
        (dated, values), *_ = [one for one in statements if "FROM calls" in one[0]]
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {dated}", values)
        steps = " ".join(row[-1] for row in plan)
    assert "USING INDEX ix_calls_started_at_id" in steps
    assert "B-TREE" not in steps, "rows are sorted again"


async def test_merged_call_is_never_listed(db: Database) -> None:
    one, two = await keep(db, answered_call("1.1"), missed_call("1.2"))
    async with db.write() as session:
        await session.execute(update(Call).where(Call.id == two).values(merged_into_id=one))
    assert await listed(db) == ["1.1"]


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
