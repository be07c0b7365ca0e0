"""What was missed is filled in from Asterisk's own record: once, and only where something is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.people import person
from support.told_calls import MAIN, Teller, Told, record_of

from calls import log
from calls.cdr.master_csv import MasterCsv
from calls.db import Database
from calls.errors import CdrUnreadable
from calls.reconcile import PbxRecord, Reconciler, Report
from calls.record import Ring
from calls.tables import Call, LinkWindow, ReconcileCursor, Recording, RecordingFile
from crm.call_links import CallLinks
from crm.erasure import Order, erase_calls
from crm.missed_calls import MissedCalls
from crm.number_rules import NumberRules
from crm.settings import CrmSettings
from crm.tables import Task
from pbx.events import Direction, EndedBy, EndedHow, Linkedid, Party, RingResult, Uniqueid

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


def after_s(seconds: float) -> datetime:
    """So many seconds after nine."""
    return T0 + timedelta(seconds=seconds)


def uid(at: float, place: int = 0) -> str:
    """The uniqueid of a channel that began so many seconds after nine."""
    return f"{int((T0 + timedelta(seconds=at)).timestamp())}.{place}"


def ring(result: RingResult) -> Ring:
    """How 101 was rung, as far as we saw it."""
    return Ring(
        leg=Uniqueid(uid(0, 1)),
        party=Party(extension="101"),
        offered_at=T0,
        rang=True,
        rang_at=T0,
        stopped_at=after_s(20),
        result=result,
    )


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
            found = await session.get(ReconcileCursor, (MAIN, "cdr_csv"))
            return found.settled_to if found else None

    async def known(self, told: Told, **changes: object) -> None:
        """A call that we followed, as far as we saw it."""
        await self.teller.tell_record(replace(record_of(told), **changes))

    async def in_progress(self, told: Told) -> None:
        async with self.db.write() as session:
            open_now = replace(record_of(told), ended=False, ended_at=None, rings=())
            await log.write(session, open_now)


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


async def test_call_that_was_deleted_whole_is_not_brought_back(bench: Bench) -> None:
    bench.write(line(uid(0)), line(uid(30), src=OTHER))
    await bench.reconcile(since=T0)
    deleted, kept = await bench.calls()
    boss = await person(bench.db, "root", "administrator")
    async with bench.db.write() as session:
        for task in await session.scalars(select(Task)):
            task.state = "done"
        await session.flush()
        await erase_calls(session, boss, [deleted.id], Order(what="call", reason="he asked"))
    report = await bench.reconcile(since=T0)
    assert (report.filled, report.corrected, report.unchanged) == (0, 0, 2)
    assert [call.id for call in await bench.calls()] == [kept.id]


async def test_two_passes_at_once_fill_each_call_in_once(bench: Bench) -> None:
    for place in range(10):
        bench.write(line(uid(10 * place, 2 * place), at=10 * place))
    one, other = await asyncio.gather(bench.reconcile(), bench.reconcile())
    assert (one.filled + other.filled, one.failed + other.failed) == (10, 0)
    assert len(await bench.calls()) == 10
    assert [task.missed_calls for task in await bench.tasks()] == [10]


async def test_client_who_was_reached_meanwhile_leaves_no_open_task(bench: Bench) -> None:
    await bench.known(Told(number=CLIENT, at=after_s(600), talks=((2, 60, "101"),), lasted_s=60))
    bench.write(line(uid(0)))
    await bench.reconcile()
    assert [(t.state, t.closed_party) for t in await bench.tasks()] == [("done", "101")]


async def test_both_in_the_gap_the_vain_call_and_the_talk_leave_no_open_task(bench: Bench) -> None:
    bench.write(line(uid(0)), line(uid(30, 2), at=30, src="+7" + CLIENT[1:], talk_s=20))
    report = await bench.reconcile()
    assert report.filled == 2
    assert [t.state for t in await bench.tasks()] == ["done"]


async def test_call_whose_answer_and_end_fell_into_a_gap_is_corrected_and_its_task_withdrawn(
    bench: Bench,
) -> None:
    await bench.known(
        Told(number=CLIENT, at=T0, linkedid=uid(0), rang=(), lasted_s=300),
        end_seen=False,
        end_how=EndedHow.REAPED,
        ended_by=EndedBy.UNKNOWN,
        source="resync",
        rings=(ring(RingResult.TIMEOUT),),
    )
    assert [c.outcome for c in await bench.calls()] == ["missed"]
    assert [t.state for t in await bench.tasks()] == ["open"]
    bench.write(line(uid(0), talk_s=40))
    report = await bench.reconcile()
    assert (report.filled, report.corrected) == (0, 1)
    (call,) = await bench.calls()
    assert (call.outcome, call.answered_by, call.source) == ("answered", "101", "cdr")
    assert (call.ended_at, call.reason_key) == (after_s(44), "answered")
    (task,) = await bench.tasks()
    assert (task.state, task.missed_calls) == ("cancelled", 0)
    assert "answered" in task.result
    assert (await bench.reconcile(since=T0)).corrected == 0


async def test_task_for_other_calls_too_outlives_the_correction_of_one(bench: Bench) -> None:
    await bench.known(
        Told(number=CLIENT, at=T0, linkedid=uid(0), rang=(), lasted_s=300),
        end_seen=False,
        end_how=EndedHow.REAPED,
        ended_by=EndedBy.UNKNOWN,
        source="resync",
        rings=(ring(RingResult.TIMEOUT),),
    )
    await bench.known(Told(number=CLIENT, at=after_s(600), linkedid=uid(600)))
    bench.write(line(uid(0), talk_s=40))
    await bench.reconcile()
    (task,) = await bench.tasks()
    assert (task.state, task.missed_calls, task.due_at) == ("open", 1, after_s(620))


async def test_call_found_in_progress_gets_its_beginning(bench: Bench) -> None:
    await bench.known(
        Told(
            number=CLIENT,
            at=after_s(30),
            linkedid=uid(0),
            rang=(),
            talks=((0, 10, "101"),),
            lasted_s=10,
        ),
        from_resync=True,
        source="resync",
    )
    bench.write(line(uid(0), talk_s=36))
    await bench.reconcile()
    (call,) = await bench.calls()
    assert (call.started_at, call.wait_s, call.outcome) == (T0, 4.0, "answered")
    assert (call.reason_key, call.called) == ("answered", "74951230001")


async def test_call_that_lived_through_a_gap_stays_as_it_is_where_the_record_agrees(
    bench: Bench,
) -> None:
    await bench.known(
        Told(number=CLIENT, at=T0, linkedid=uid(0), talks=((4, 44, "101"),), lasted_s=44),
        may_have_talked=True,
        source="resync",
    )
    bench.write(line(uid(0), talk_s=40))
    report = await bench.reconcile()
    assert (report.corrected, report.unchanged) == (0, 1)
    assert [c.source for c in await bench.calls()] == ["resync"]


async def test_call_seen_whole_is_never_changed_but_its_difference_is_told(bench: Bench) -> None:
    await bench.known(Told(number=CLIENT, at=T0, linkedid=uid(0)))
    bench.write(line(uid(0), talk_s=40))
    report = await bench.reconcile()
    (call,) = await bench.calls()
    assert (call.outcome, call.source) == ("missed", "live")
    (found,) = report.differences
    assert found["linkedid"] == uid(0)
    assert found["differs"]["outcome"] == ["not answered", "answered"]


async def test_call_in_progress_is_left_alone_and_holds_the_cursor(bench: Bench) -> None:
    await bench.in_progress(Told(number=CLIENT, at=T0, linkedid=uid(0)))
    bench.write(line(uid(0), talk_s=40), line(uid(100, 4), at=100, src=OTHER))
    report = await bench.reconcile()
    assert (report.filled, report.unsettled) == (1, 1)
    assert await bench.cursor() == after_s(43)
    assert [c.ended for c in await bench.calls()] == [False, True]


async def test_call_that_ended_a_moment_ago_waits_for_the_next_pass(bench: Bench) -> None:
    bench.write(line(uid(0)))
    bench.now = after_s(30)
    assert (await bench.reconcile()).filled == 0
    assert await bench.cursor() == after_s(-30)
    bench.now = after_s(120)
    assert (await bench.reconcile()).filled == 1


async def test_part_of_another_call_is_not_filled_in(bench: Bench) -> None:
    await bench.known(
        Told(number=CLIENT, at=T0, linkedid=uid(0), talks=((4, 44, "101"),), lasted_s=44),
        linkedids=(Linkedid(uid(0)), Linkedid(uid(10, 5))),
    )
    bench.write(
        line(uid(10, 5), at=10, src="102", dst="101", channel="PJSIP/102-0000000a", talk_s=5)
    )
    report = await bench.reconcile()
    assert (report.filled, report.unchanged) == (0, 1)


async def test_lines_without_ids_are_matched_by_caller_and_time(bench: Bench) -> None:
    await bench.known(Told(number="+" + CLIENT, at=after_s(1.4), linkedid=uid(1)))
    without_id = line(uid(1), at=1).rsplit(",", 2)[0] + "\n"
    other = line(uid(50, 2), at=50, src=OTHER).rsplit(",", 2)[0] + "\n"
    bench.write(without_id, other)
    report = await bench.reconcile()
    assert (report.filled, report.unchanged) == (1, 1)
    again = await bench.reconcile(since=T0 - timedelta(hours=1))
    assert (again.filled, again.unchanged) == (0, 2)


async def test_lines_of_a_local_channel_make_no_call_before_those_of_the_caller(
    bench: Bench,
) -> None:
    local = line(
        uid(5, 7),
        at=5,
        channel="Local/101@from-queue-00000001;2",
        dst="101",
    )
    bench.write(local)
    report = await bench.reconcile()
    assert report.filled == 0
    bench.write(
        line(uid(0), to="Local/101@from-queue-00000001;1", app="Queue", data="office,t").replace(
            "-00000001;1-00000001", "-00000001;1"
        )
    )
    assert (await bench.reconcile(since=T0 - timedelta(hours=1))).filled == 1


async def test_window_is_filled_once_the_record_has_told_of_it(bench: Bench) -> None:
    await bench.window(10, 200)
    await bench.window(500, 520)
    bench.write(line(uid(60), at=60))
    bench.now = after_s(300)
    report = await bench.reconcile()
    assert [(w["filled"], w["from"][11:19]) for w in report.windows] == [
        (True, "09:00:10"),
        (False, "09:08:20"),
    ]


async def test_window_stays_blind_where_the_record_is_older_than_what_we_heard(
    bench: Bench,
) -> None:
    bench.write(line(uid(-300), at=-300))
    await bench.window(10, 200)
    await bench.known(
        Told(number=OTHER, at=after_s(400), talks=((4, 44, "101"),), lasted_s=44, linkedid=uid(400))
    )
    report = await bench.reconcile()
    assert [w["filled"] for w in report.windows] == [False]


async def test_line_that_asterisk_writes_minutes_late_is_not_passed_over(bench: Bench) -> None:
    bench.write(line(uid(600), at=600))
    await bench.reconcile()
    bench.write(line(uid(3_200, 2), at=3_200, src=OTHER))
    bench.now += timedelta(minutes=5)
    assert (await bench.reconcile()).filled == 1


async def test_record_that_is_brought_once_an_hour_is_read_on_from_its_newest_line(
    bench: Bench,
) -> None:
    bench.write(line(uid(-50), at=-50))
    await bench.reconcile()
    bench.write(line(uid(1200, 4), at=1200))
    assert (await bench.reconcile()).filled == 1


async def test_window_in_which_asterisk_died_stays_blind(bench: Bench) -> None:
    await bench.window(10, 200)
    await bench.known(
        Told(number=OTHER, at=T0, talks=((4, 190, "101"),), lasted_s=199, linkedid=uid(0)),
        end_seen=False,
        end_how=EndedHow.RESTART,
        source="resync",
    )
    bench.write(line(uid(400), at=400))
    report = await bench.reconcile()
    assert [w["filled"] for w in report.windows] == [False]


async def test_nothing_of_before_the_first_connection_is_filled_in(bench: Bench) -> None:
    bench.write(line(uid(-3600), at=-3600), line(uid(0)))
    assert (await bench.reconcile()).filled == 1
    assert (await bench.reconcile(since=T0 - timedelta(hours=2))).filled == 1


async def test_line_that_is_still_being_written_waits(bench: Bench) -> None:
    whole = line(uid(0))
    bench.write(whole[:50])
    assert (await bench.reconcile()).filled == 0
    bench.write(whole[50:])
    assert (await bench.reconcile(since=T0 - timedelta(hours=1))).filled == 1


async def test_outgoing_and_internal_calls_of_a_gap_are_filled_in_without_tasks(
    bench: Bench,
) -> None:
    bench.write(
        line(
            uid(0),
            src="74950000000",
            dst=CLIENT,
            channel="PJSIP/101-00000000",
            to="PJSIP/trunk",
            data=f"PJSIP/{CLIENT}@trunk,20",
        ),
        line(uid(30, 2), at=30, src="101", dst="102", channel="PJSIP/101-00000002", talk_s=5),
    )
    await bench.reconcile()
    assert [(c.direction, c.caller, c.called) for c in await bench.calls()] == [
        ("out", "101", CLIENT),
        ("internal", "101", "102"),
    ]
    assert await bench.tasks() == []


async def test_call_with_an_unknown_end_becomes_a_call_back_when_the_record_says_so(
    bench: Bench,
) -> None:
    await bench.known(
        Told(number=CLIENT, at=T0, linkedid=uid(0), lasted_s=300),
        end_seen=False,
        end_how=EndedHow.GAP,
        ended_by=EndedBy.UNKNOWN,
        source="resync",
        rings=(ring(RingResult.UNKNOWN),),
    )
    assert [c.outcome for c in await bench.calls()] == ["unknown"]
    assert await bench.tasks() == []
    bench.write(line(uid(0), rang_s=20))
    assert (await bench.reconcile()).corrected == 1
    assert [(c.outcome, c.ended_at) for c in await bench.calls()] == [("missed", after_s(20))]
    assert [t.state for t in await bench.tasks()] == ["open"]


async def unseen_end(bench: Bench, **changes: object) -> None:
    """A call of which nobody saw whether somebody answered; 300 s long."""
    parts: dict[str, object] = {
        "end_seen": False,
        "end_how": EndedHow.GAP,
        "ended_by": EndedBy.UNKNOWN,
        "source": "resync",
        "rings": (ring(RingResult.UNKNOWN),),
    }
    told = Told(number=CLIENT, at=T0, linkedid=uid(0), lasted_s=300)
    await bench.known(told, **(parts | changes))


@pytest.mark.parametrize(
    ("lasted_s", "told"),
    [
        (300, ("abandoned", "abandoned_ringing")),  # it had ended when the switch died
        (10, ("missed", "missed_restart")),  # it ended with the switch: its line was the last one
    ],
)
async def test_caller_who_gave_up_unseen_was_not_turned_away_by_the_restart_after_it(
    bench: Bench, lasted_s: float, told: tuple[str, str]
) -> None:
    await bench.known(
        Told(number=CLIENT, at=T0, linkedid=uid(0), lasted_s=lasted_s),
        end_seen=False,
        end_how=EndedHow.RESTART,
        ended_by=EndedBy.SWITCH,
        source="resync",
        rings=(ring(RingResult.UNKNOWN),),
    )
    assert [c.reason_key for c in await bench.calls()] == ["missed_restart"]
    bench.write(line(uid(0), rang_s=9))
    await bench.reconcile()
    assert [(c.outcome, c.reason_key) for c in await bench.calls()] == [told]
    assert [t.state for t in await bench.tasks()] == ["open"]


async def test_call_that_no_record_ever_tells_of_is_called_back_and_stays_unknown(
    bench: Bench,
) -> None:
    await unseen_end(bench)
    bench.write(line(uid(500, 4), at=500, src=OTHER, talk_s=20))
    report = await bench.reconcile()
    assert (report.corrected, report.unsettled) == (1, 0)
    call = (await bench.calls())[0]
    assert (call.outcome, call.needs_callback, call.source) == ("unknown", True, "resync")
    assert call.reason_key == "unknown_unsettled"
    assert [(t.state, t.number, t.missed_calls) for t in await bench.tasks()] == [
        ("open", CLIENT, 1)
    ]
    again = await bench.reconcile()
    assert (again.corrected, [t.missed_calls for t in await bench.tasks()]) == (0, [1])


async def test_record_that_comes_after_the_call_back_was_opened_takes_it_back(
    bench: Bench,
) -> None:
    await unseen_end(bench)
    await bench.reconcile()
    assert [t.state for t in await bench.tasks()] == ["open"]
    bench.write(line(uid(0), talk_s=40))
    await bench.reconcile(since=T0 - timedelta(hours=1))
    assert [(c.outcome, c.answered_by) for c in await bench.calls()] == [("answered", "101")]
    assert [t.state for t in await bench.tasks()] == ["cancelled"]


async def test_client_who_was_reached_before_his_unknown_call_was_given_up_is_not_called(
    bench: Bench,
) -> None:
    await unseen_end(bench)
    later = Told(number=CLIENT, at=after_s(600), talks=((2, 60, "101"),), lasted_s=60)
    await bench.known(later)
    await bench.reconcile()
    assert [(t.state, t.closed_party) for t in await bench.tasks()] == [("done", "101")]


async def test_call_with_an_unknown_end_waits_until_the_record_may_tell_of_it(
    bench: Bench,
) -> None:
    await unseen_end(bench)
    bench.now = after_s(310)
    assert (await bench.reconcile()).unsettled == 1
    assert (await bench.tasks(), (await bench.calls())[0].needs_callback) == ([], False)
    bench.now = after_s(420)
    assert (await bench.reconcile()).corrected == 1


async def test_pass_over_later_times_alone_gives_no_call_up(bench: Bench) -> None:
    bench.now = after_s(-10)
    await bench.reconcile()
    await unseen_end(bench)
    bench.now = after_s(4_000)
    assert (await bench.reconcile(since=after_s(3_900))).corrected == 0
    assert await bench.tasks() == []


async def test_file_that_cannot_be_read_keeps_no_client_waiting_for_ever(bench: Bench) -> None:
    await unseen_end(bench)
    bench.path.unlink()
    bench.now = after_s(600)
    for opened in (0, 1):
        with pytest.raises(CdrUnreadable):
            await bench.reconcile()
        assert len(await bench.tasks()) == opened
        bench.now = after_s(1_300)


@pytest.mark.parametrize(
    "changes",
    [
        {"caller": Party(hidden=True)},
        {"direction": Direction.OUT, "caller": Party(extension="101")},
        {"consultation": True},
    ],
    ids=["hidden", "outgoing", "consultation"],
)
async def test_unknown_call_that_nobody_could_call_back_is_left_alone(
    bench: Bench, changes: dict[str, object]
) -> None:
    await unseen_end(bench, **changes)
    assert (await bench.reconcile()).corrected == 0
    assert await bench.tasks() == []


async def test_window_with_a_call_that_the_record_does_not_know_stays_blind(bench: Bench) -> None:
    await bench.window(10, 300)
    await unseen_end(bench)
    bench.write(line(uid(400), at=400))
    assert [w["filled"] for w in (await bench.reconcile()).windows] == [False]


async def test_recording_that_was_found_before_its_call_is_that_call_s(bench: Bench) -> None:
    name = f"20261122-120000-{CLIENT}-{uid(0)}"
    async with bench.db.write() as session:
        for path in (f"{name}.wav", f"{name}-rx.wav", f"{name}-tx.wav", f"other-{uid(9)}.wav"):
            session.add(
                RecordingFile(
                    pbx=MAIN,
                    path=path,
                    size_bytes=9_000,
                    changed_at=after_s(60),
                    state="loose",
                    how="",
                    seen_at=after_s(120),
                )
            )
    bench.write(line(uid(0), talk_s=40))
    await bench.reconcile()
    (call,) = await bench.calls()
    async with bench.db.read() as session:
        recordings = list(await session.scalars(select(Recording)))
        loose = await session.scalars(
            select(RecordingFile.path).where(RecordingFile.state == "loose")
        )
        assert list(loose) == [f"other-{uid(9)}.wav"]
    assert [(r.call_id, r.state, r.source["mixed"]) for r in recordings] == [
        (call.id, "expected", f"{name}.wav")
    ]


async def found_file(bench: Bench, path: str, at: float) -> None:
    async with bench.db.write() as session:
        session.add(
            RecordingFile(
                pbx=MAIN,
                path=path,
                size_bytes=9_000,
                changed_at=after_s(at),
                state="loose",
                how="",
                seen_at=after_s(at + 60),
            )
        )


async def test_recording_without_an_id_goes_to_the_one_filled_call_of_its_number_and_time(
    bench: Bench,
) -> None:
    for path, at in ((f"in-{CLIENT}.wav", 44), (f"in-{CLIENT}-rx.wav", 44), ("in-101.wav", 44)):
        await found_file(bench, path, at)
    # Two calls of one client, the second before two minutes were over: the file may be of either.
    for path, at in ((f"in-{OTHER}.wav", 640), (f"in-{OTHER}-2.wav", 700)):
        await found_file(bench, path, at)
    bench.write(
        line(uid(0), talk_s=40),
        line(uid(600, 4), at=600, src=OTHER, talk_s=30),
        line(uid(636, 6), at=636, src=OTHER, talk_s=60),
    )
    await bench.reconcile()
    await bench.reconcile(since=T0 - timedelta(hours=1))
    first = (await bench.calls())[0]
    async with bench.db.read() as session:
        recordings = list(await session.scalars(select(Recording)))
    assert [(r.call_id, r.source["mixed"], r.source["receive"]) for r in recordings][:1] == [
        (first.id, f"in-{CLIENT}.wav", f"in-{CLIENT}-rx.wav")
    ]
    assert [r.source["mixed"] for r in recordings][1:] == []


async def test_recording_without_an_id_is_no_more_than_a_guess_for_a_call_that_was_heard(
    bench: Bench,
) -> None:
    await bench.known(
        Told(number=CLIENT, at=T0, linkedid=uid(0), talks=((4, 44, "101"),), lasted_s=44)
    )
    await found_file(bench, f"in-{CLIENT}.wav", 44)
    bench.write(line(uid(0), talk_s=40), line(uid(900, 4), at=900, src=OTHER))
    assert (await bench.reconcile()).filled == 1
    async with bench.db.read() as session:
        assert await session.scalar(select(Recording)) is None
