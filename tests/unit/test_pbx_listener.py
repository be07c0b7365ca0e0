"""The listener against a scripted AMI server. `test_trap_NN_…` proves that trap NN of panoramisk 1.4 is handled."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.fake_ami import BOOTED, FakeAmi, listing

from pbx.errors import ActionFailed, ActionTimedOut, NotConnected, UnsafeValue
from pbx.events import DeviceChanged, LinkHeard, LinkLost, LinkRestored, PbxName
from pbx.listener import Listener
from pbx.listener_parts import LinkState
from pbx.protocol import MessageReader, variables_of
from pbx.settings import PbxSettings

MAIN = PbxName("main")
TRACES = Path(__file__).parents[1] / "traces"


class NotingTracker:
    """Turns each event into one DeviceChanged that carries its name; remembers snapshots."""

    def __init__(self):
        self.fed = []
        self.snapshots = []
        self.lost_at = []
        self.looks = []
        self.fail_on = ""

    def feed(self, headers, at):
        if dict(headers) == BOOTED:
            return []  # comes with every login
        name = headers["Event"]
        if name == self.fail_on:
            raise RuntimeError("tracker")
        self.fed.append(dict(headers))
        return [DeviceChanged(pbx=MAIN, at=at, extension=headers.get("N", ""), state=name)]

    def resync(self, snapshot, at):
        self.snapshots.append(snapshot)
        return [DeviceChanged(pbx=MAIN, at=at, extension="", state="resync")]

    def look(self, channels, at):
        self.looks.append([item["Uniqueid"] for item in channels])
        return [DeviceChanged(pbx=MAIN, at=at, extension="", state="look")]

    def link_lost(self, at):
        self.lost_at.append(at)
        return []


class Rig(SimpleNamespace):
    """A listener that runs against a fake AMI."""

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition():  # any condition, over a real socket
                await asyncio.sleep(0.005)

    async def up(self, times=1):
        await self.until(lambda: len(self.restored()) >= times)

    def restored(self):
        return [event for event in self.events if isinstance(event, LinkRestored)]

    def lost(self):
        return [event for event in self.events if isinstance(event, LinkLost)]

    def names(self):
        return [event.state for event in self.events if isinstance(event, DeviceChanged)]


@contextlib.asynccontextmanager
async def listening(ami: FakeAmi, *, emit=None, recorder=None, **changes) -> AsyncIterator[Rig]:
    wanted = {
        "ami_port": ami.port,
        "ami_secret": "right",
        "action_timeout_s": 2.0,
        "ping_interval_s": 30.0,
        "ping_timeout_s": 0.3,
        "reconnect_min_s": 0.02,
        "reconnect_max_s": 0.1,
    }
    events: list = []
    tracker = NotingTracker()
    listener = Listener(
        PbxSettings(**{**wanted, **changes}), tracker, emit or events.append, recorder=recorder
    )
    run = asyncio.create_task(listener.run())
    rig = Rig(listener=listener, tracker=tracker, events=events, run=run, ami=ami)
    try:
        yield rig
    finally:
        await listener.close()
        async with asyncio.timeout(10):
            await asyncio.gather(run, return_exceptions=True)


@pytest.fixture
async def ami():
    async with FakeAmi() as server:
        yield server


async def test_trap_01_failing_emit_keeps_the_connection_and_the_next_events(ami):
    heard = []

    def emit(event):
        if isinstance(event, DeviceChanged) and event.state == "Bad":
            raise RuntimeError("reader")
        heard.append(event)

    async with listening(ami, emit=emit) as rig:
        await rig.until(lambda: any(isinstance(event, LinkRestored) for event in heard))
        await ami.send(b"Event: A\r\n\r\nEvent: Bad\r\n\r\nEvent: B\r\n\r\n")
        await rig.until(lambda: getattr(heard[-1], "state", "") == "B")
        assert ami.connections == 1
        assert rig.listener.failed_events == 1


async def test_trap_01_failing_tracker_keeps_the_connection_and_the_next_events(ami):
    async with listening(ami) as rig:
        await rig.up()
        rig.tracker.fail_on = "Bad"
        await ami.send(b"Event: A\r\n\r\nEvent: Bad\r\n\r\nEvent: B\r\n\r\n")
        await rig.until(lambda: rig.names()[-1:] == ["B"])
        assert rig.names() == ["resync", "A", "B"]
        assert ami.connections == 1
        assert rig.listener.failed_events == 1


async def test_trap_02_events_keep_their_order(ami):
    async with listening(ami) as rig:
        await rig.up()
        for number in range(2000):
            await ami.event(Event="E", N=str(number))
        await rig.until(lambda: len(rig.tracker.fed) == 2000)
        assert [headers["N"] for headers in rig.tracker.fed] == [str(n) for n in range(2000)]


async def test_trap_03_cyrillic_split_between_chunks_arrives_whole(ami):
    ami.chunk = 1
    async with listening(ami) as rig:
        await rig.up()
        await ami.event(Event="Newchannel", CallerIDName="Иван Ёлкин")
        await rig.until(lambda: rig.tracker.fed)
        assert rig.tracker.fed[0]["CallerIDName"] == "Иван Ёлкин"


async def test_trap_04_silent_connection_is_dropped_and_made_anew(ami):
    async with listening(ami, ping_interval_s=0.05, ping_timeout_s=0.1) as rig:
        await rig.up()
        ami.silent = True
        await rig.until(rig.lost)
        ami.silent = False
        await rig.up(times=2)
        assert "silent" in rig.lost()[0].why
        assert len(rig.tracker.snapshots) == 2


async def test_trap_04_dead_line_is_blind_since_its_last_byte_and_not_since_the_ping_that_found_out(
    ami,
):
    async with listening(ami, ping_interval_s=0.5, ping_timeout_s=0.1) as rig:
        await rig.up()
        await ami.event(Event="Last")
        await rig.until(lambda: rig.tracker.fed)
        ami.silent = True
        await asyncio.sleep(0.02)  # an answer may be on its way
        heard = datetime.now(UTC)
        await rig.until(rig.lost)
        noticed = datetime.now(UTC)
        ami.silent = False
        await rig.up(times=2)
    assert noticed - heard > timedelta(seconds=0.05)  # the ping waits for its answer
    assert rig.lost()[0].at <= heard
    assert rig.restored()[1].blind_since == rig.lost()[0].at == rig.tracker.lost_at[0]


async def test_orderly_end_after_a_silence_is_no_silence_unheard(ami):
    async with listening(ami) as rig:
        await rig.up()
        await ami.event(Event="Last")
        await rig.until(lambda: rig.tracker.fed)
        await asyncio.sleep(0.05)
        ended = datetime.now(UTC)
        await ami.send_end()
        await rig.until(rig.lost)
        assert rig.lost()[0].at >= ended


async def test_line_that_breaks_before_the_login_is_lost_when_it_is_noticed(ami):
    ami.silent = True  # but for its greeting
    async with listening(ami, action_timeout_s=0.1) as rig:
        begun = datetime.now(UTC)
        await rig.until(rig.lost)
        assert rig.lost()[0].at - begun >= timedelta(seconds=0.09)


async def test_trap_04_answered_pings_leave_nothing_behind(ami):
    async with listening(ami, ping_interval_s=0.01) as rig:
        await rig.up()
        await ami.until_received("Ping", 5)
        await rig.until(lambda: not rig.listener._link._protocol.responses)
        assert ami.connections == 1


async def test_trap_05_unanswered_action_times_out_and_is_forgotten(ami):
    ami.replies["Hangup"] = lambda fields: []
    async with listening(ami) as rig:
        await rig.up()
        with pytest.raises(ActionTimedOut, match=r"Hangup: no answer within 0\.1 s"):
            await rig.listener.send({"Action": "Hangup", "Channel": "PJSIP/1"}, timeout_s=0.1)
        assert rig.listener._link._protocol.responses == {}


async def test_trap_06_wrong_secret_stops_after_the_attempts_and_says_so(ami):
    async with listening(ami, ami_secret="wrong", login_attempts=3) as rig:
        await asyncio.wait_for(rig.run, 10)
        assert len(ami.actions("Login")) == 3
        assert rig.listener.link_state is LinkState.REFUSED
        assert rig.lost()[-1].login_refused
        assert "Authentication failed" in rig.lost()[-1].why
        assert len(rig.lost()) == 2  # the first failure, and the end of trying
        assert not rig.restored()


async def test_trap_06_waits_between_refused_logins_grow(ami):
    async with listening(ami, ami_secret="wrong", reconnect_min_s=1, reconnect_max_s=8) as rig:
        waits = [rig.listener._back_off_s(attempt) for attempt in (1, 2, 3, 4, 5, 60)]
        rig.listener._jitter = lambda: 1.0
        assert [rig.listener._back_off_s(n) for n in (1, 2, 3, 4, 5, 60)] == [1, 2, 4, 8, 8, 8]
        assert all(
            0.5 * top <= wait <= top for wait, top in zip(waits, [1, 2, 4, 8, 8, 8], strict=True)
        )


async def test_trap_06_accepted_tcp_is_not_yet_a_login(ami):
    ami.silent = True
    async with listening(ami, action_timeout_s=0.1) as rig:
        await rig.until(rig.lost)
        assert not rig.restored()
        assert "no answer to Login" in rig.lost()[0].why
        ami.silent = False
        await rig.up()


async def test_trap_07_nobody_there_is_told_once_and_found_later(ami):
    port = ami.port
    await ami.stop()
    async with listening(ami) as rig:
        await rig.until(rig.lost)
        await asyncio.sleep(0.2)  # some more attempts fail
        assert len(rig.lost()) == 1
        assert rig.listener.link_state in (LinkState.DOWN, LinkState.CONNECTING)
        await ami.start(port)
        await rig.up()
        assert rig.listener.link_state is LinkState.UP
        assert ami.connections == 1  # no second connection of panoramisk's own timer


async def test_trap_08_closed_listener_never_reconnects(ami):
    async with listening(ami, reconnect_min_s=0.05) as rig:
        await rig.up()
        ami.drop()
        await rig.until(lambda: rig.listener.link_state is LinkState.DOWN)
        await rig.listener.close()
        await asyncio.wait_for(rig.run, 5)
        await asyncio.sleep(0.2)
        assert ami.connections == 1
        assert rig.listener.link_state is LinkState.CLOSED


async def test_trap_09_stale_originate_is_never_sent_again(ami):
    ami.replies["Originate"] = lambda fields: []
    async with listening(ami) as rig:
        await rig.up()
        dialling = asyncio.create_task(
            rig.listener.send({"Action": "Originate", "Async": "true", "Channel": "PJSIP/101"})
        )
        await ami.until_received("Originate")
        ami.drop()
        with pytest.raises(NotConnected):
            await dialling
        await rig.up(times=2)
        await ami.event(Event="FullyBooted", Status="Fully Booted")
        await rig.listener.send({"Action": "Ping"})
        assert len(ami.actions("Originate")) == 1


async def test_trap_10_actions_work_without_a_fullybooted_event(ami, monkeypatch):
    monkeypatch.setattr("pbx.listener.BOOTING_S", 0.01)
    ami.boots = False
    async with listening(ami) as rig:
        await rig.up()
        assert (await rig.listener.send({"Action": "Ping"}))[0]["Response"] == "Success"


async def test_asterisk_that_still_starts_is_asked_when_it_is_up(ami):
    ami.boots = False
    async with listening(ami) as rig:
        await rig.until(lambda: rig.listener.link_state is LinkState.UP)
        await rig.listener.send({"Action": "Ping"})
        assert not ami.actions("CoreShowChannels")
        await ami.event(**BOOTED)
        await rig.up()
        assert ami.actions("CoreShowChannels")


async def test_trap_11_answers_reach_the_action_and_originate_results_the_tracker_too(ami):
    ami.replies["Originate"] = lambda fields: [
        {"Response": "Success", "Message": "Originate successfully queued"},
        {"Event": "OriginateResponse", "Response": "Failure", "Reason": "3"},
    ]
    async with listening(ami) as rig:
        await rig.up()
        answer = await rig.listener.send({"Action": "Originate", "Async": "true"})
        assert answer[-1]["Reason"] == "3"
        await rig.until(lambda: rig.tracker.fed)
        assert [headers["Event"] for headers in rig.tracker.fed] == ["OriginateResponse"]


async def test_trap_12_single_answer_and_list_have_one_shape(ami):
    item = {"Event": "QueueMember", "Queue": "support", "ChanVariable": ["a=1", "b=2"]}
    ami.replies["QueueStatus"] = lambda fields: listing(fields, "QueueStatusComplete", [item])
    async with listening(ami) as rig:
        await rig.up()
        single = await rig.listener.send({"Action": "Ping"})
        several = await rig.listener.send({"Action": "QueueStatus"})
        assert [message["Response"] for message in single] == ["Success"]
        assert several[1]["ChanVariable"] == ["a=1", "b=2"]
        assert [headers.get("Event") for headers in several] == [
            None,
            "QueueMember",
            "QueueStatusComplete",
        ]


async def test_trap_12_list_action_that_fails_ends_at_once(ami):
    ami.replies["BridgeInfo"] = lambda fields: [{"Response": "Error", "Message": "gone"}]
    async with listening(ami) as rig:
        await rig.up()
        with pytest.raises(ActionFailed, match="BridgeInfo: gone"):
            await rig.listener.send({"Action": "BridgeInfo", "BridgeUniqueid": "x"})


async def test_trap_13_one_channel_variable_reads_like_several(ami):
    async with listening(ami) as rig:
        await rig.up()
        await ami.event(Event="Status", ChanVariable="FROM_DID=74951230001")
        await ami.event(Event="Status", ChanVariable=["A=1", "B", "C=x=y"])
        await rig.until(lambda: len(rig.tracker.fed) == 2)
        one, several = rig.tracker.fed
        assert variables_of(one) == {"FROM_DID": "74951230001"}
        assert variables_of(several) == {"A": "1", "B": "", "C": "x=y"}


async def test_trap_14_missing_header_is_absent_and_not_empty(ami):
    async with listening(ami) as rig:
        await rig.up()
        await ami.event(Event="Hangup", Cause="16")
        await rig.until(lambda: rig.tracker.fed)
        assert "Channel" not in rig.tracker.fed[0]
        with pytest.raises(KeyError):
            rig.tracker.fed[0]["Uniqueid"]


async def test_trap_15_line_break_in_a_value_never_reaches_the_wire(ami):
    async with listening(ami) as rig:
        await rig.up()
        with pytest.raises(UnsafeValue, match="Exten"):
            await rig.listener.send({"Action": "Redirect", "Exten": "1\r\nAction: Command"})
        await rig.listener.send({"Action": "Ping"})
        assert not ami.actions("Redirect")
        assert not ami.actions("Command")


async def test_trap_16_queue_add_ends_with_its_only_answer(ami):
    ami.replies["QueueAdd"] = lambda fields: [
        {"Response": "Success", "Message": "Added interface to queue"}
    ]
    async with listening(ami) as rig:
        await rig.up()
        answer = await rig.listener.send({"Action": "QueueAdd"}, single=True)
        assert answer[0]["Message"] == "Added interface to queue"


async def test_trap_17_shutdown_event_is_heard_and_the_loss_told_once(ami):
    async with listening(ami) as rig:
        await rig.up()
        await ami.send(b"Event: Shutdown\r\nRestart: True\r\n\r\nEvent: Hangup\r\n\r\n")
        await rig.until(lambda: len(rig.tracker.fed) == 2)
        ami.drop()
        await rig.up(times=2)
        assert len(rig.lost()) == 1
        assert rig.names() == ["resync", "Shutdown", "Hangup", "resync"]


async def test_trap_18_raw_bytes_of_each_connection_are_recorded(ami):
    class Taps:
        def __init__(self):
            self.streams = []

        def connection(self):
            self.streams.append(bytearray())
            return self.streams[-1].extend

    recorder = Taps()
    async with listening(ami, recorder=recorder) as rig:
        await rig.up()
        await ami.send(b"Event: A\r\nX: \xff\r\n\r\n")
        await rig.until(lambda: rig.tracker.fed)
        ami.drop()
        await rig.up(times=2)
    assert len(recorder.streams) == 2
    assert recorder.streams[0].startswith(b"Asterisk Call Manager/11.0.0\r\n")
    assert recorder.streams[0].endswith(b"Event: A\r\nX: \xff\r\n\r\n")


async def test_trap_19_each_login_asks_what_is_going_on(ami):
    channel = {"Event": "CoreShowChannel", "Channel": "PJSIP/101-1", "Uniqueid": "1.1"}
    bridge = {"Event": "BridgeListItem", "BridgeUniqueid": "b-1"}
    member = {"Event": "BridgeInfoChannel", "Channel": "PJSIP/101-1", "Uniqueid": "1.1"}
    ami.replies["CoreShowChannels"] = lambda f: listing(f, "CoreShowChannelsComplete", [channel])
    ami.replies["BridgeList"] = lambda f: listing(f, "BridgeListComplete", [bridge])
    ami.replies["BridgeInfo"] = lambda f: listing(f, "BridgeInfoComplete", [member])
    async with listening(ami) as rig:
        await rig.up()
        ami.drop()
        await rig.up(times=2)
        snapshot = rig.tracker.snapshots[1]
        assert [item["Uniqueid"] for item in snapshot.channels] == ["1.1"]
        assert [item["BridgeUniqueid"] for item in snapshot.bridge_channels] == ["b-1"]
        assert ami.actions("BridgeInfo")[0]["BridgeUniqueid"] == "b-1"
        assert rig.restored()[0].blind_since is None
        assert rig.restored()[1].blind_since == rig.lost()[0].at == rig.tracker.lost_at[0]


async def test_trap_20_unknown_certificate_is_refused_and_said(ami, tmp_path):
    async with listening(ami, ami_tls=True, connect_timeout_s=1) as rig:
        await rig.until(rig.lost)
        assert rig.lost()[0].why
        assert not rig.restored()
        assert not ami.actions("Login")  # the secret is not sent in clear instead


async def test_trap_20_own_authority_is_trusted(tmp_path, monkeypatch):
    asked = []

    def context(cafile=None):
        asked.append(cafile)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(ssl, "create_default_context", context)
    authority = tmp_path / "ca.pem"
    authority.write_text("-")
    PbxSettings(ami_tls=True, ami_tls_ca=authority).tls_context()
    assert asked == [str(authority)]


async def test_events_before_the_snapshot_are_fed_before_it_and_later_ones_after(ami):
    async with listening(ami) as rig:
        await rig.up()
        ami.replies["CoreShowChannels"] = lambda fields: []  # we answer by hand
        ami.drop()
        await ami.until_received("CoreShowChannels", 2)
        action_id = ami.actions("CoreShowChannels")[1]["ActionID"]
        tag = f"ActionID: {action_id}\r\n".encode()
        await ami.send(b"Event: Before\r\n\r\n")
        await ami.send(b"Response: Success\r\n" + tag + b"EventList: start\r\nMessage: x\r\n\r\n")
        await ami.send(b"Event: Amid\r\n\r\n")
        await ami.send(b"Event: CoreShowChannelsComplete\r\n" + tag + b"\r\nEvent: After\r\n\r\n")
        await rig.up(times=2)
        await rig.until(lambda: rig.names()[-1] == "After")
        assert rig.names() == ["resync", "Before", "resync", "Amid", "After"]


async def test_account_without_rights_still_hears_calls(ami):
    ami.replies["CoreShowChannels"] = lambda f: [
        {"Response": "Error", "Message": "Permission denied"}
    ]
    async with listening(ami) as rig:
        await rig.up()
        await ami.event(Event="Newchannel")
        await rig.until(lambda: rig.names() == ["resync", "Newchannel"])
        assert ami.connections == 1
        assert rig.tracker.snapshots[0].channels is None


async def test_part_of_the_snapshot_that_is_refused_stays_empty(ami):
    ami.replies["QueueStatus"] = lambda f: [
        {"Response": "Error", "Message": "Invalid/unknown command"}
    ]
    async with listening(ami) as rig:
        await rig.up()
        assert rig.tracker.snapshots[0].queues == []


async def test_snapshot_without_answer_makes_a_new_connection(ami):
    ami.replies["Status"] = lambda fields: []
    async with listening(ami, action_timeout_s=0.1) as rig:
        await ami.until_received("Status")
        ami.replies.pop("Status")
        await rig.up()
        assert ami.connections >= 2


async def test_connection_lost_amid_an_action_is_said_at_once(ami):
    ami.replies["Redirect"] = lambda fields: []
    async with listening(ami, action_timeout_s=60) as rig:
        await rig.up()
        moving = asyncio.create_task(rig.listener.send({"Action": "Redirect"}))
        await ami.until_received("Redirect")
        ami.drop()
        with pytest.raises(NotConnected):
            await asyncio.wait_for(moving, 5)


async def test_action_without_connection_is_refused_at_once(ami):
    port = ami.port
    await ami.stop()
    async with listening(ami, ami_port=port) as rig:
        with pytest.raises(NotConnected, match="connection to main"):
            await rig.listener.send({"Action": "Ping"})


async def test_full_queue_stops_reading_and_loses_nothing(ami):
    async with listening(ami, max_queued_events=50, ping_interval_s=0.01) as rig:
        await rig.up()
        await ami.send(b"".join(b"Event: E\r\nN: %d\r\n\r\n" % number for number in range(5000)))
        await rig.until(lambda: len(rig.tracker.fed) == 5000)
        assert [headers["N"] for headers in rig.tracker.fed] == [str(n) for n in range(5000)]
        assert not rig.listener._stream.paused
        assert ami.connections == 1


async def test_server_that_is_no_ami_is_said_in_words():
    async with FakeAmi(banner=b"SSH-2.0-OpenSSH_9.2\r\n") as other:
        other.silent = True
        async with listening(other, action_timeout_s=0.1) as rig:
            await rig.until(rig.lost)
            assert "port of the AMI" in rig.lost()[0].why


async def test_close_logs_off(ami):
    async with listening(ami) as rig:
        await rig.up()
        await rig.listener.close()
        assert len(ami.actions("Logoff")) == 1
        assert not rig.lost()  # we wanted it


async def test_huge_line_leaves_the_connection_alive(ami):
    async with listening(ami, max_line_bytes=256, max_message_bytes=2048) as rig:
        await rig.up()
        await ami.send(b"Event: Huge\r\nX: " + b"y" * 100_000 + b"\r\n\r\n")
        await ami.event(Event="After")
        await rig.until(lambda: rig.names()[-1:] == ["After"])
        assert ami.connections == 1
        assert rig.listener.wire.oversized == 1


@pytest.mark.parametrize("name", ["cyrillic-name", "two-groups-at-once"])
@pytest.mark.parametrize("chunk", [3, 1000])
async def test_real_trace_in_chunks_gives_the_events_of_the_whole(ami, name, chunk):
    data = (TRACES / f"{name}.txt").read_bytes()
    whole = [headers for headers in MessageReader().feed(data) if "Event" in headers]
    async with listening(ami) as rig:
        await rig.up()
        ami.chunk = chunk
        await ami.replay(data)
        await rig.until(lambda: len(rig.tracker.fed) >= len(whole))
        assert rig.tracker.fed == whole


async def test_flood_during_the_snapshot_keeps_no_answer_away(ami):
    ami.replies["QueueStatus"] = lambda fields: []
    async with listening(ami, max_queued_events=50) as rig:
        await ami.until_received("QueueStatus")
        for number in range(200):
            await ami.event(Event="E", N=str(number))
        await rig.until(lambda: rig.listener.wire.messages >= 200)
        (asked,) = ami.actions("QueueStatus")
        for answer in listing(asked, "QueueStatusComplete", []):
            await ami.event(**answer, ActionID=asked["ActionID"])
        await rig.up()
        await rig.until(lambda: len(rig.tracker.fed) == 200)
        assert (ami.connections, rig.lost()) == (1, [])


async def test_looks_and_gaps_are_told_by_the_clock_of_the_pbx(ami):
    async with listening(ami, look_interval_s=0.02) as rig:
        await rig.up()
        slow = datetime.now(UTC) - timedelta(hours=1)
        await ami.event(Event="E", Timestamp=str(slow.timestamp()))
        await rig.until(lambda: "look" in "".join(rig.names()).partition("E")[2])
        await ami.stop()
        await rig.until(lambda: rig.tracker.lost_at)
    looked = [event.at for event in rig.events if getattr(event, "state", "") == "look"]
    ours = rig.lost()[0].at
    for at in (looked[-1], rig.tracker.lost_at[0]):
        assert timedelta(minutes=59) < ours - at < timedelta(minutes=61)


def channels(*uniqueids: str, told: int | None = None):
    """An answer to CoreShowChannels, whole unless it tells another number of items."""

    def reply(fields):
        items = [{"Event": "CoreShowChannel", "Uniqueid": one} for one in uniqueids]
        answer = listing(fields, "CoreShowChannelsComplete", items)
        answer[-1]["ListItems"] = str(len(items) if told is None else told)
        return answer

    return reply


async def test_looks_reach_the_tracker_and_what_it_finds_is_told(ami):
    ami.replies["CoreShowChannels"] = channels("1.1", "1.2")
    async with listening(ami, look_interval_s=0.02) as rig:
        await rig.until(lambda: len(rig.tracker.looks) >= 2)
        assert rig.tracker.looks[0] == ["1.1", "1.2"]
        assert "look" in rig.names()


async def test_half_a_list_of_channels_is_no_look_and_no_resync(ami):
    ami.replies["CoreShowChannels"] = channels("1.1", told=2)
    async with listening(ami, look_interval_s=0.02) as rig:
        await rig.up()
        await ami.until_received("CoreShowChannels", 4)
        assert rig.tracker.looks == []
        assert rig.tracker.snapshots[0].channels is None
        assert not rig.restored()[0].resynced


async def test_refused_list_of_channels_is_told_and_asked_no_more(ami):
    ami.replies["CoreShowChannels"] = lambda f: [
        {"Response": "Error", "Message": "Permission denied"}
    ]
    async with listening(ami, look_interval_s=0.01, ping_interval_s=0.01) as rig:
        await rig.up()
        await ami.until_received("Ping", 10)
        assert not rig.restored()[0].resynced
        assert len(ami.actions("CoreShowChannels")) == 2  # at the login, and the first look
        assert rig.tracker.looks == []


async def test_unanswered_look_leaves_the_connection_to_the_watchdog(ami):
    async with listening(ami, look_interval_s=0.02, action_timeout_s=0.05) as rig:
        await rig.up()
        ami.replies["CoreShowChannels"] = lambda fields: []
        await ami.until_received("CoreShowChannels", 4)
        assert ami.connections == 1


def heard(rig):
    return [event for event in rig.events if isinstance(event, LinkHeard)]


async def test_heartbeat_is_told_after_the_resync_and_again_and_again(ami):
    async with listening(ami, ping_interval_s=0.01, heartbeat_s=0.02) as rig:
        await rig.until(lambda: len(heard(rig)) >= 3)
        assert isinstance(rig.events[0], LinkRestored)


async def test_heartbeat_waits_until_the_gap_was_asked_for(ami):
    ami.replies["QueueStatus"] = lambda fields: []  # the snapshot does not come to its end
    async with listening(ami, ping_interval_s=0.01, heartbeat_s=0.01) as rig:
        await ami.until_received("Ping", 10)
        assert heard(rig) == []


async def test_clean_stop_tells_up_to_when_all_was_heard(ami):
    async with listening(ami) as rig:
        await rig.up()
        assert heard(rig) == []
    assert len(heard(rig)) == 1


async def test_first_connection_that_fails_says_that_none_was_before(ami):
    port = ami.port
    await ami.stop()
    async with listening(ami) as rig:
        await rig.until(rig.lost)
        assert rig.lost()[0].never_up
        await ami.start(port)
        await rig.up()
        ami.drop()
        await rig.until(lambda: len(rig.lost()) == 2)
        assert not rig.lost()[1].never_up
