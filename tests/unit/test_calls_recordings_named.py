"""Which recordings a call has, whatever started them and whatever became of the call: traces, and streams made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.traces import Scenario, ami, replayed

from calls import log, log_values
from calls.db import Database
from calls.live_calls import LiveCalls
from calls.model import CallRecord
from calls.recordings.files import find
from calls.replay import Replay
from calls.tables import Call, Recording
from pbx.events import CallEvent
from pbx.trace import TimedMessage

MONITOR = "/var/spool/asterisk/monitor"
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def recordings_of(scenario: str) -> list[tuple[str, str, str, str, bool]]:
    """File, r() file, t() file, who was recorded, option b; of the only call."""
    run, _ = replayed(Scenario(scenario).connections())
    (call,) = run.calls.values()
    return [
        (Path(r.mixed).name, Path(r.receive).name, Path(r.transmit).name, r.party.label, r.bridged_only)
        for r in call.record.recordings
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scenario", "stem"),
    [
        ("rec-direct", "20261122-030548-79161234567-1795316748.0"),
        ("rec-missed", "20261122-030558-79161234567-1795316758.2"),
        ("rec-queue", "q-20261122-030603-79161234567-1795316763.4"),
        ("rec-transfer", "20261122-030612-79161234567-1795316772.7"),
    ],
)
def test_recorded_call_has_one_recording_of_the_client_on_all_its_way(
    scenario: str, stem: str
) -> None:
    assert recordings_of(scenario) == [
        (f"{stem}.wav", f"{stem}-rx.wav", f"{stem}-tx.wav", "79161234567", True)
    ]


def test_recording_that_ami_started_muted_and_stopped_is_one() -> None:
    assert recordings_of("rec-ami-start-stop") == [
        ("ami-20261122-030721.wav", "", "", "79161234567", False)
    ]


def test_sides_of_a_recording_that_ami_started_are_found_beside_it(tmp_path: Path) -> None:
    for side in ("", "-rx", "-tx"):
        (tmp_path / f"ami-1{side}.wav").write_bytes(b"x")
    found = find({"mixed": f"{MONITOR}/ami-1.wav", "client_side": "receive"}, tmp_path)
    assert found.two_sides
    assert found.client == tmp_path / "ami-1-rx.wav"
    (tmp_path / "ami-1-tx.wav").unlink()
    assert find({"mixed": f"{MONITOR}/ami-1.wav"}, tmp_path).all == {
        "mixed": tmp_path / "ami-1.wav"
    }


def test_file_is_found_by_the_name_that_asterisk_writes(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "a.WAV").write_bytes(b"x")
    assert find({"mixed": "2026/a.wav49"}, tmp_path).mixed == tmp_path / "2026" / "a.WAV"


class Stream:
    """Messages of calls made by hand: a client and an operator in one bridge, and what the dialplan does."""

    def __init__(self) -> None:
        self.messages: list[TimedMessage] = []
        self.at = START

    def say(self, event: str, channel: str, uniqueid: str, linkedid: str = "", **more: str) -> None:
        self.at += timedelta(seconds=1)
        headers = {
            "Channel": channel, "Uniqueid": uniqueid, "Linkedid": linkedid or uniqueid,
            "ChannelState": "6", "CallerIDNum": "79161234567", "Context": "in", "Exten": "74951230001",
        }  # fmt: skip
        self.messages.append(ami(event, self.at, **(headers | more)))

    def begins(self, client: str = "PJSIP/trunk-01", uniqueid: str = "1795300000.1") -> None:
        self.say("Newchannel", client, uniqueid, ChannelState="4")

    def mixmonitor(
        self, data: str, file: str, channel: str = "PJSIP/trunk-01", uniqueid: str = "1795300000.1"
    ) -> None:
        if data:
            self.say("Newexten", channel, uniqueid, Application="MixMonitor", AppData=data)
        self.say("VarSet", channel, uniqueid, Variable="MIXMONITOR_FILENAME", Value=file)
        self.say("MixMonitorStart", channel, uniqueid)

    def run(self) -> Replay:
        replay = Replay()
        for _ in replay.connection(self.messages):
            pass
        return replay

    def record(self) -> CallRecord:
        (call,) = self.run().calls.values()
        return call.record


def named(record: CallRecord) -> list[tuple[str, str, str]]:
    return [(r.mixed, r.receive, r.transmit) for r in record.recordings]


def test_stop_and_a_second_mixmonitor_are_two_recordings_in_the_order_of_time() -> None:
    stream = Stream()
    stream.begins()
    stream.mixmonitor("one.wav,r(one-rx.wav)t(one-tx.wav)", f"{MONITOR}/one.wav")
    stream.say("MixMonitorStop", "PJSIP/trunk-01", "1795300000.1")
    stream.mixmonitor("two.wav,b", f"{MONITOR}/two.wav")
    record = stream.record()
    assert named(record) == [
        (f"{MONITOR}/one.wav", "one-rx.wav", "one-tx.wav"), (f"{MONITOR}/two.wav", "", ""),
    ]  # fmt: skip
    assert [r.bridged_only for r in record.recordings] == [False, True]
    assert record.recordings[0].at < record.recordings[1].at  # type: ignore[operator]


@pytest.mark.parametrize(
    ("data", "file", "wanted"),
    [
        # A queue (monitor-format, MONITOR_FILENAME), AMI or a feature code (automixmon): no Newexten tells the options.
        ("", f"{MONITOR}/1795300000.1.wav", (f"{MONITOR}/1795300000.1.wav", "", "")),
        ("", f"{MONITOR}/auto-1795300000-101-79161234567.wav", (f"{MONITOR}/auto-1795300000-101-79161234567.wav", "", "")),
        # Named without a directory, in a folder of the day, and in a format that Asterisk writes under another name.
        ("a.wav", f"{MONITOR}/a.wav", (f"{MONITOR}/a.wav", "", "")),
        ("11/22/a.wav,r(11/22/a-rx.wav)", f"{MONITOR}/11/22/a.wav", (f"{MONITOR}/11/22/a.wav", "11/22/a-rx.wav", "")),
        ("a.wav49,r(a-rx.wav49)", f"{MONITOR}/a.WAV", (f"{MONITOR}/a.WAV", "a-rx.wav49", "")),
        # Only the sides, no mixed file; a command behind the options is none of them.
        (",r(a-rx.wav)t(a-tx.wav)", "", ("", "a-rx.wav", "a-tx.wav")),
        ("a.wav,b,/bin/t(x) r(y)", f"{MONITOR}/a.wav", (f"{MONITOR}/a.wav", "", "")),
    ],
)  # fmt: skip
def test_every_way_of_naming_a_recording_is_understood(
    data: str, file: str, wanted: tuple[str, str, str]
) -> None:
    stream = Stream()
    stream.begins()
    stream.mixmonitor(data, file)
    assert named(stream.record()) == [wanted]


def test_recording_that_ami_starts_later_takes_no_options_of_the_dialplans() -> None:
    stream = Stream()
    stream.begins()
    stream.mixmonitor(",r(a-rx.wav)t(a-tx.wav)", "")
    stream.mixmonitor("", f"{MONITOR}/b.wav")
    assert named(stream.record()) == [("", "a-rx.wav", "a-tx.wav"), (f"{MONITOR}/b.wav", "", "")]


def merging() -> Stream:
    """The operator consults a colleague in a call of its own, which is recorded, then both calls become one."""
    stream = Stream()
    stream.begins()
    stream.mixmonitor("", f"{MONITOR}/client.wav")
    second = ("PJSIP/101-02", "1795300009.5")
    stream.say(
        "Newchannel", *second, ChannelState="4", CallerIDNum="101", Exten="102", Context="internal"
    )
    stream.mixmonitor("", f"{MONITOR}/consultation.wav", *second)
    stream.say("Newstate", *second, "1795300000.1", CallerIDNum="101")
    stream.say("Hangup", *second, "1795300000.1", Cause="16")
    stream.say("Hangup", "PJSIP/trunk-01", "1795300000.1", Cause="16")
    return stream  # fmt: skip


def test_merged_calls_recordings_are_the_surviving_calls() -> None:
    record = merging().record()
    assert [r.mixed for r in record.recordings] == [
        f"{MONITOR}/client.wav", f"{MONITOR}/consultation.wav",
    ]  # fmt: skip


async def test_rows_of_merged_calls_belong_to_the_surviving_call(db: Database) -> None:
    replay, live = Replay(), LiveCalls()
    for event in replay.connection(merging().messages):
        if isinstance(event, CallEvent):
            async with db.write() as session:
                await log.write(session, live.fold(event))
    async with db.read() as session:
        (call,) = await session.scalars(select(Call).where(Call.merged_into_id.is_(None)))
        rows = await session.scalars(select(Recording).where(Recording.call_id == call.id))
        assert {row.source_key for row in rows} == {
            f"{MONITOR}/client.wav", f"{MONITOR}/consultation.wav",
        }  # fmt: skip


async def test_recording_goes_on_under_the_same_row_after_a_restart_of_ours(db: Database) -> None:
    """Slovo dies in the middle and takes the call up again from its row; the recording is neither lost nor doubled."""
    stream = Stream()
    stream.begins()
    stream.mixmonitor("a.wav", f"{MONITOR}/a.wav")
    stream.say("Hangup", "PJSIP/trunk-01", "1795300000.1", Cause="16")
    events = [e for e in Replay().connection(stream.messages) if isinstance(e, CallEvent)]
    before, after = LiveCalls(), LiveCalls()
    for event in events[:-1]:
        async with db.write() as session:
            await log.write(session, before.fold(event))
    async with db.read() as session:
        after.load(await log.unfinished(session, str(events[0].pbx)))
    async with db.write() as session:
        record = after.fold(events[-1])
        await log.write(session, record)
    assert [log_values.source(r, record)["mixed"] for r in record.recordings] == [
        f"{MONITOR}/a.wav"
    ]
    async with db.read() as session:
        assert len((await session.scalars(select(Recording))).all()) == 1


@pytest.mark.parametrize(
    "scenario",
    [
        "park-and-retrieve",
        "pickup-queue",
        "xfer-attended-refer",
        "xfer-attended-ami-rtp",
        "park-timeout-comeback",
    ],
)
def test_recording_on_the_clients_leg_stays_with_the_clients_call(scenario: str) -> None:
    """The client's leg is recorded from its beginning: pick-up, parking and transfers do not take the recording away."""
    (connection,) = Scenario(scenario).connections()
    messages: list[TimedMessage] = []
    clients: list[str] = []
    for one in connection:
        messages.append(one)
        headers = one.headers
        first = headers.get("Event") == "Newchannel" and headers.get("Uniqueid") == headers.get(
            "Linkedid"
        )
        if first and str(headers.get("Channel")).startswith("PJSIP/trunk") and not clients:
            clients.append(str(headers["Linkedid"]))
            said = {
                **headers,
                "Event": "VarSet",
                "Variable": "MIXMONITOR_FILENAME",
                "Value": "c.wav",
            }
            messages.append(TimedMessage(said, one.at))
    replay = Replay()
    for _ in replay.connection(messages):
        pass
    recorded = {
        key: [r.mixed for r in call.record.recordings] for key, call in replay.calls.items()
    }
    assert [key for key, files in recorded.items() if files] == clients
    assert recorded[clients[0]] == ["c.wav"]  # type: ignore[index]
