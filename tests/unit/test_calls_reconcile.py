"""What was missed is filled in from Asterisk's own record: once, and only where something is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.told_calls import MAIN, Teller, Told, record_of

from calls.cdr import cursor
from calls.cdr.master_csv import MasterCsv
from calls.db import Database
from calls.reconcile import PbxRecord, Reconciler, Report
from calls.tables import Call, LinkWindow
from crm.call_links import CallLinks
from crm.missed_calls import MissedCalls
from crm.number_rules import NumberRules
from crm.settings import CrmSettings
from crm.tables import Task
from pbx.events import CallEnded, CallStarted, EndedBy

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CLIENT, OTHER = "79161234567", "79035550101"
Line = Callable[..., str]


def line(
    uniqueid: str,
    *,
    at: float = 0,
    src: str = CLIENT,
    dst: str = "74951230001",
    channel: str = "",
    to: str = "PJSIP/101",
    app: str = "Dial",
    data: str = "PJSIP/101,20",
    rang_s: float = 4,
    talk_s: float = 0,
    said: str = "",
) -> str:
    """One line of Master.csv; seconds count from nine."""
    place = uniqueid.rpartition(".")[2]
    start = T0 + timedelta(seconds=at)
    answer = start + timedelta(seconds=rang_s)
    end = answer + timedelta(seconds=talk_s)

    def shown(moment: datetime) -> str:
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    fields = [
        "",
        src,
        dst,
        "from-trunk",
        f'""{src}"" <{src}>',
        channel or f"PJSIP/trunk-{int(place):08x}",
        f"{to}-{int(place) + 1:08x}" if to else "",
        app,
        data,
        shown(start),
        shown(answer) if talk_s else "",
        shown(end),
        str(int(rang_s + talk_s)),
        str(int(talk_s)),
        said or ("ANSWERED" if talk_s else "NO ANSWER"),
        "DOCUMENTATION",
        uniqueid,
        "",
    ]
    return ",".join(f'"{field}"' for field in fields) + "\n"


def uid(at: float, place: int = 0) -> str:
    """The uniqueid of a channel that began so many seconds after nine."""
    return f"{int((T0 + timedelta(seconds=at)).timestamp())}.{place}"


class Bench:
    """A call log, a Master.csv, and what compares them."""

    def __init__(self, db: Database, path: Path) -> None:
        self.db, self.path = db, path
        self.settings = CrmSettings()
        self.teller = Teller(db, self.settings)
        self.now = T0 + timedelta(hours=1)
        self.path.write_text("", "utf-8")

    async def connected(self, at: float = -60) -> None:
        """We have been listening since then."""
        await self.window(at, at)

    async def window(self, lost: float, restored: float) -> None:
        async with self.db.write() as session:
            session.add(
                LinkWindow(
                    pbx=MAIN,
                    lost_at=T0 + timedelta(seconds=lost),
                    restored_at=T0 + timedelta(seconds=restored),
                )
            )

    def write(self, *lines: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(lines)

    async def reconcile(self, since: datetime | None = None) -> Report:
        rules = NumberRules.of(self.settings)
        handlers = (CallLinks(rules).on_event, MissedCalls(self.settings).on_event)
        source = MasterCsv(self.path, None, UTC)
        reconciler = Reconciler(self.db, handlers, settle_s=60, now=lambda: self.now)
        return await reconciler.run(PbxRecord(pbx=MAIN, sources=[source]), since)

    async def calls(self) -> list[Call]:
        async with self.db.read() as session:
            rows = await session.scalars(
                select(Call).where(Call.merged_into_id.is_(None)).order_by(Call.started_at)
            )
            return list(rows)

    async def tasks(self) -> list[Task]:
        async with self.db.read() as session:
            return list(await session.scalars(select(Task).order_by(Task.id)))

    async def cursor(self) -> datetime | None:
        async with self.db.read() as session:
            return await cursor.read(session, MAIN, "cdr_csv")

    async def open_call(self, linkedid: str, at: float) -> None:
        """A call in progress."""
        told = record_of(Told(number=CLIENT, at=T0 + timedelta(seconds=at), linkedid=linkedid))
        from calls import log

        async with self.db.write() as session:
            await log.write(session, replace(told, ended=False, ended_at=None, rings=()))


@pytest.fixture
async def bench(db: Database, tmp_path: Path) -> Bench:
    made = Bench(db, tmp_path / "Master.csv")
    await made.connected()
    return made


async def test_missed_call_in_a_gap_is_filled_in_and_opens_its_task(bench: Bench) -> None:
    bench.write(line(uid(0)))
    report = await bench.reconcile()
    assert (report.filled, report.corrected, report.unchanged) == (1, 0, 0)
    (call,) = await bench.calls()
    assert (call.source, call.outcome, call.caller, call.ended) == (
        "cdr",
        "abandoned",
        CLIENT,
        True,
    )
    (task,) = await bench.tasks()
    assert (task.state, task.number) == ("open", CLIENT)


async def test_second_pass_changes_nothing(bench: Bench) -> None:
    bench.write(line(uid(0)), line(uid(30, 2), at=30, talk_s=20))
    await bench.reconcile()
    before = [(c.id, c.outcome, c.ended_at) for c in await bench.calls()]
    again = await bench.reconcile(since=T0 - timedelta(hours=1))
    assert (again.filled, again.corrected, again.unchanged) == (0, 0, 2)
    assert [(c.id, c.outcome, c.ended_at) for c in await bench.calls()] == before
    assert len(await bench.tasks()) == 1
