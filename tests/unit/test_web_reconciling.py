"""The comparison runs by itself: at the start, and whenever a connection is back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from support.told_calls import Told, record_of
from test_calls_cdr_rebuild import lines_of

from calls import log as call_log
from calls.db import Database
from calls.dispatch import Dispatcher
from calls.record import Ring
from calls.tables import Call, LinkWindow
from crm.missed_calls import MissedCalls
from crm.tables import Task
from pbx.events import (
    CdrReported,
    EndedBy,
    EndedHow,
    LinkRestored,
    Party,
    PbxName,
    Uniqueid,
)
from pbx.settings import PbxSettings
from web.core import Core
from web.reconciling import Reconciling
from web.settings import Settings

MAIN = PbxName("main")
BEFORE = datetime(2026, 11, 22, tzinfo=UTC)


@asynccontextmanager
async def running(url: str, pbx: PbxSettings, folder: Path) -> AsyncIterator[Reconciling]:
    settings = Settings(database_url=url, data_dir=folder, reconcile_settle_s=0)
    async with Core.open(settings) as core:
        async with core.db.write() as session:
            session.add(LinkWindow(pbx=MAIN, lost_at=BEFORE, restored_at=BEFORE))
        handled = MissedCalls(settings).on_event
        made = Reconciling(core, (handled,), [pbx])
        task = asyncio.create_task(made.run(Dispatcher(core.db)))
        try:
            yield made
        finally:
            task.cancel()


def of_now(line: str) -> str:
    """The same call, a moment ago."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    line = re.sub(r"2026-11-22 \d\d:\d\d:\d\d", f"{now:%Y-%m-%d %H:%M:%S}", line)
    return re.sub(r"\d{10}\.0", f"{now.timestamp():.0f}.0", line)


async def come(db: Database, count: int) -> None:
    """Wait until so many calls are there."""
    async with asyncio.timeout(30):
        while True:
            async with db.read() as session:
                if await session.scalar(select(func.count()).select_from(Call)) == count:
                    return
            await asyncio.sleep(0.05)


async def test_calls_are_filled_in_at_the_start_and_after_a_reconnect(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(f"{lines_of('in-direct-gave-up')[0]}\n", "utf-8")
    pbx = PbxSettings(cdr_csv=path, cdr_time_zone="UTC")
    async with running(database_url, pbx, tmp_path) as reconciling:
        await come(db, 1)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{of_now(lines_of('in-direct-answered')[0])}\n")
        reconciling.on_event(LinkRestored(pbx=MAIN, at=BEFORE + timedelta(hours=9)), None)
        await come(db, 2)


async def test_without_a_file_the_lines_that_came_over_ami_are_taken(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    async with running(database_url, PbxSettings(cdr_time_zone="UTC"), tmp_path) as reconciling:
        values = (
            ("Source", "79161234567"),
            ("Destination", "74951230001"),
            ("Channel", "PJSIP/trunk-00000004"),
            ("DestinationChannel", "PJSIP/101-00000005"),
            ("LastApplication", "Dial"),
            ("LastData", "PJSIP/101,20"),
            ("StartTime", "2026-11-22 02:48:59"),
            ("EndTime", "2026-11-22 02:49:03"),
            ("Disposition", "NO ANSWER"),
            ("UniqueID", "1795315739.4"),
        )
        reconciling.on_event(CdrReported(pbx=MAIN, at=BEFORE, values=values), None)
        reconciling.on_event(LinkRestored(pbx=MAIN, at=BEFORE + timedelta(hours=9)), None)
        await come(db, 1)


async def test_without_any_record_a_client_whose_call_s_end_nobody_saw_is_called_back(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    rings = (Ring(leg=Uniqueid("1.1"), party=Party(extension="101"), offered_at=BEFORE),)
    record = replace(
        record_of(Told(number="79161234567", at=BEFORE)),
        end_seen=False,
        end_how=EndedHow.GAP,
        ended_by=EndedBy.UNKNOWN,
        source="resync",
        rings=rings,
    )
    async with db.write() as session:
        await call_log.write(session, record)
    async with running(database_url, PbxSettings(), tmp_path):
        async with asyncio.timeout(30):
            while True:
                async with db.read() as session:
                    task = await session.scalar(select(Task))
                if task is not None:
                    break
                await asyncio.sleep(0.05)
    assert (task.state, task.number) == ("open", "79161234567")
