"""Whatever piece of the stream is missing: with Asterisk's own record no call is lost or doubled, no client forgotten."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from datetime import UTC, timedelta
from pathlib import Path

from sqlalchemy import delete, select
from support.traces import TRACES, Scenario, scenarios
from test_calls_cdr_rebuild import CANNOT_KNOW, lines_of

from calls.cdr.master_csv import MasterCsv
from calls.db import Database
from calls.dispatch import Dispatcher
from calls.reconcile import PbxRecord, Reconciler
from calls.tables import Call, LinkWindow, ReconcileCursor
from crm.call_links import CallLinks
from crm.missed_calls import MissedCalls
from crm.number_rules import NumberRules
from crm.settings import CrmSettings
from crm.tables import Task
from pbx.events import LinkLost, LinkRestored, PbxName
from pbx.messages import Headers, text
from pbx.resync import Snapshot
from pbx.trace import TimedMessage
from pbx.tracker import CallTracker

MAIN = PbxName("main")
GAPS = 16
NOT_COMPARED = {*CANNOT_KNOW, "reconnect-during-call", "reconnect-missed-the-end"}


def with_record() -> list[Scenario]:
    return [
        one
        for one in scenarios()
        if len(one.files) == 1 and lines_of(one.name) and one.name not in NOT_COMPARED
    ]


class Seen:
    """What Asterisk would list at some place of the stream: its channels, and who is in which bridge."""

    def __init__(self, messages: list[TimedMessage]) -> None:
        self.channels: dict[str, dict[str, str]] = {}
        self._gone: set[str] = set()
        for headers, _ in messages:
            self._take(headers)

    def _take(self, headers: Headers) -> None:
        name, uniqueid = text(headers, "Event"), text(headers, "Uniqueid")
        if name == "Hangup":
            self.channels.pop(uniqueid, None)
            self._gone.add(uniqueid)
        elif uniqueid and uniqueid not in self._gone and text(headers, "ChannelState"):
            plain = {key: text(headers, key) for key in headers}
            bridge = self.channels.get(uniqueid, {}).get("BridgeId", "")
            if name in ("BridgeEnter", "BridgeLeave"):
                bridge = plain["BridgeUniqueid"] if name == "BridgeEnter" else ""
            self.channels[uniqueid] = {**plain, "Event": "CoreShowChannel", "BridgeId": bridge}

    def snapshot(self) -> Snapshot:
        return Snapshot(channels=list(self.channels.values()))


def hear(dispatcher: Dispatcher, messages: list[TimedMessage], begin: int, end: int) -> None:
    """Tell a stream of which the messages from `begin` to `end` were never heard."""
    tracker = CallTracker(MAIN)
    for headers, at in messages[:begin]:
        for event in tracker.feed(headers, at):
            dispatcher.put(event)
    lost, found = messages[max(begin - 1, 0)].at, messages[min(end, len(messages) - 1)].at
    for event in tracker.link_lost(lost):
        dispatcher.put(event)
    dispatcher.put(LinkLost(pbx=MAIN, at=lost))
    dispatcher.put(LinkRestored(pbx=MAIN, at=found, blind_since=lost))
    for event in tracker.resync(Seen(messages[:end]).snapshot(), found):
        dispatcher.put(event)
    for headers, at in messages[end:]:
        for event in tracker.feed(headers, at):
            dispatcher.put(event)


async def stored(
    db: Database, scenario: Scenario, folder: Path, gap: tuple[int, int]
) -> tuple[list[Call], list[Task]]:
    """Hear a scenario with a gap, reconcile, and return what the database holds."""
    settings = CrmSettings(contact_min_s=1)
    rules = NumberRules.of(settings)
    handlers = (CallLinks(rules).on_event, MissedCalls(settings).on_event)
    messages = scenario.connections()[0]
    first = next(at for _, at in messages if at is not None)
    async with db.write() as session:
        for table in (Task, Call, LinkWindow, ReconcileCursor):
            await session.execute(delete(table))
        session.add(LinkWindow(pbx=MAIN, lost_at=first, restored_at=first))
    dispatcher = Dispatcher(db, handlers)
    hear(dispatcher, messages, *gap)
    storing = asyncio.create_task(dispatcher.run())
    await dispatcher.drain()
    storing.cancel()
    path = folder / "Master.csv"
    path.write_text("".join(f"{line}\n" for line in lines_of(scenario.name)), "utf-8")
    reconciler = Reconciler(db, handlers, now=lambda: first + timedelta(hours=1))
    record = PbxRecord(pbx=MAIN, sources=[MasterCsv(path, None, UTC)])
    await reconciler.run(record)
    again = await reconciler.run(record, since=first - timedelta(hours=1))
    assert (again.filled, again.corrected, again.failed) == (0, 0, 0), scenario.name
    async with db.read() as session:
        rows = await session.scalars(select(Call).where(Call.merged_into_id.is_(None)))
        return list(rows), list(await session.scalars(select(Task)))


def told_of(calls: list[Call]) -> Counter:
    return Counter(
        (call.caller[-10:], call.outcome == "answered", call.answered_by)
        for call in calls
        if call.direction == "in" and not call.consultation
    )


def true_of(scenario: Scenario) -> Counter:
    return Counter(
        ((call["caller"] or "")[-10:], call["outcome"] == "answered", call["answered_by"] or "")
        for call in scenario.truth
        if call["direction"] == "in"
    )


def unreached(scenario: Scenario) -> set[str]:
    """Clients who were not reached in the end, of scenarios in which nobody calls twice."""
    vain = {c["caller"][-10:] for c in scenario.truth if waits(c)}
    reached = {n[-10:] for c in scenario.truth if c["outcome"] == "answered" for n in numbers(c)}
    return vain - reached


def waits(call: dict) -> bool:
    return call["direction"] == "in" and call["outcome"] != "answered" and bool(call["caller"])


def numbers(call: dict) -> list[str]:
    return [call["caller"] or "", call["called"] or ""]


async def test_random_gaps_lose_double_and_forget_nothing(db: Database, tmp_path: Path) -> None:
    chance = random.Random(20261122)  # the same gaps on every machine
    wrong = []
    chosen = chance.sample(with_record(), GAPS)
    for scenario in chosen:
        count = len(scenario.connections()[0])
        begin = chance.randrange(count)
        gap = (begin, min(count, begin + chance.randrange(1, count)))
        calls, tasks = await stored(db, scenario, tmp_path, gap)
        waiting = {(task.number or "")[-10:] for task in tasks if task.state == "open"}
        if told_of(calls) != true_of(scenario) or waiting != unreached(scenario):
            wrong.append((scenario.name, gap, told_of(calls), true_of(scenario), waiting))
    assert wrong == []


def test_the_traces_with_a_record_are_many() -> None:
    assert len(with_record()) > GAPS
    assert json.loads((TRACES / f"{with_record()[0].name}.json").read_text("utf-8"))["calls"]
