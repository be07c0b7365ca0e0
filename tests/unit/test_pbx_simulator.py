"""The simulator against real traces: the same events, in the same order within each thread, with the same headers."""

import asyncio
import contextlib
import hashlib
import itertools
from pathlib import Path

import pytest
from panoramisk import Manager
from support.event_order import threads

from pbx.actions import Actions, ClickToCall
from pbx.errors import ActionFailed
from pbx.events import LinkLost, LinkRestored
from pbx.listener import Listener
from pbx.listener_parts import LinkState
from pbx.protocol import MessageReader
from pbx.settings import PbxSettings
from pbx.simulator import SCENARIOS, Behaviour, Plan, Reaction, Simulator
from pbx.simulator.clock import Clock
from pbx.simulator.exchange import Exchange
from pbx.simulator.scenarios import Traffic

TRACES = Path(__file__).parents[1] / "traces"
SPEED = 40.0
ACCOUNT = ("slovo", "right")
CLIENT = "79161234567"


def events_of(data: bytes) -> list[dict[str, str]]:
    return [headers for headers in MessageReader().feed(data) if "Event" in headers]


def real(name: str) -> list[dict[str, str]]:
    return events_of((TRACES / f"{name}.txt").read_bytes())


class Client:
    """A bare AMI client that keeps every byte."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.data = b""

    async def say(self, **fields):
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.writer.write(f"{lines}\r\n".encode())

    async def until(self, *words: str) -> bytes:
        """Read until all words came; return what is new since the last time."""
        seen = b""
        async with asyncio.timeout(20):
            while not all(word.encode() in seen for word in words):
                chunk = await self.reader.read(65536)
                if not chunk:
                    raise EOFError(seen)
                seen += chunk
        self.data += seen
        return seen

    async def rest(self) -> bytes:
        async with asyncio.timeout(20):
            self.data += await self.reader.read()
        return self.data

    def events(self):
        return events_of(self.data)


@contextlib.asynccontextmanager
async def client_of(simulator, *, secret="right", **fields):
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    client = Client(reader, writer)
    await client.say(Action="Login", Username="slovo", Secret=secret, ActionID="in", **fields)
    try:
        yield client
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
async def simulator():
    simulated = Simulator([(CLIENT, "")], account=ACCOUNT, speed=SPEED)
    await simulated.start()
    yield simulated
    await simulated.close()


@contextlib.asynccontextmanager
async def listening(simulator):
    class Tracker:
        fed: list = []  # noqa: RUF012
        snapshots: list = []  # noqa: RUF012

        def feed(self, headers, at):
            self.fed.append(headers)
            return []

        def resync(self, snapshot, at):
            self.snapshots.append(snapshot)
            return []

        def link_lost(self, at):
            return []

    tracker, events = Tracker(), []
    tracker.fed, tracker.snapshots = [], []
    settings = PbxSettings(ami_port=simulator.port, ami_secret="right", reconnect_min_s=0.02)
    listener = Listener(settings, tracker, events.append)
    run = asyncio.create_task(listener.run())
    await until(lambda: any(isinstance(event, LinkRestored) for event in events))
    try:
        yield listener, tracker, events
    finally:
        await listener.close()
        await run


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():  # any condition, over a real socket
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("name", SCENARIOS)
async def test_scenario_sends_the_events_of_the_real_trace(simulator, name):
    async with client_of(simulator) as client:
        await client.until("Fully Booted")
        await simulator.call(name, talk_s=3)
        await client.say(Action="Logoff")
        await client.rest()
        assert threads(client.events()) == threads(real(name))


def headers_without_choice(event):
    """Header names in order; SIP's own cause comes and goes, the time stamp depends on manager.conf."""
    return [name for name in event if name not in ("TechCause", "Timestamp")]


async def test_every_event_has_the_headers_of_the_real_ones(simulator):
    known: dict[str, set[tuple[str, ...]]] = {}
    for path in TRACES.glob("*.txt"):
        if ".sent." not in path.name:
            for event in events_of(path.read_bytes()):
                known.setdefault(event["Event"], set()).add(tuple(headers_without_choice(event)))
    async with client_of(simulator) as client:
        await client.until("Fully Booted")
        for name in SCENARIOS:
            await simulator.call(name, talk_s=1)
        await client.say(Action="QueuePause", Interface="PJSIP/101", Paused="true")
        await client.until("QueueMemberPause")
        events = client.events()
    names = {event["Event"] for event in events}
    assert len(names) >= 28
    for event in events:
        assert tuple(headers_without_choice(event)) in known[event["Event"]], event["Event"]


async def test_every_event_has_a_time_stamp_and_time_never_goes_back(simulator):
    async with client_of(simulator) as client:
        await client.until("Fully Booted")
        await simulator.call("queue-answered", talk_s=2)
        await client.say(Action="Logoff")
        await client.rest()
        stamps = [float(event["Timestamp"]) for event in client.events()]
    assert len(stamps) > 40
    assert stamps == sorted(stamps)


async def test_ids_are_fresh_and_belong_together(simulator):
    async with client_of(simulator) as client:
        await client.until("Fully Booted")
        first = simulator.begin("group-answered-by-one", talk_s=2)
        second = simulator.begin("out-answered", talk_s=2)
        await first.finished()
        await second.finished()
        await client.say(Action="Logoff")
        await client.rest()
        made = [event for event in client.events() if event["Event"] == "Newchannel"]
    assert len({event["Uniqueid"] for event in made}) == len(made) == 6
    assert len({event["Channel"] for event in made}) == 6
    assert {event["Linkedid"] for event in made} == {first.linkedid, second.linkedid}


def test_same_seed_lives_through_the_same_day():
    def day(seed):
        exchange = Exchange(Clock(), seed, lambda data: None)
        return list(itertools.islice(Traffic(exchange, seed, [(CLIENT, "")], 4).draws(), 200))

    assert day(7) == day(7)
    assert day(7) != day(8)
    names = {name for name, _, _ in day(7)}
    assert len(names) > 15
    callers = [caller for _, caller, _ in day(7)]
    assert 100 < callers.count((CLIENT, "")) < 200


# Actions


async def test_wrong_secret_is_refused_and_the_connection_closed(simulator):
    async with client_of(simulator, secret="wrong") as client:
        data = await client.rest()
    assert b"Response: Error\r\nActionID: in\r\nMessage: Authentication failed" in data
    assert b"FullyBooted" not in data


async def test_md5_login_succeeds_with_the_right_key_only(simulator):
    for secret, answer in (("right", "Success"), ("wrong", "Error")):
        reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
        client = Client(reader, writer)
        await client.say(Action="Challenge", AuthType="MD5")
        (reply,) = MessageReader().feed(await client.until("Challenge: ", "\r\n\r\n"))
        key = hashlib.md5(f"{reply['Challenge']}{secret}".encode()).hexdigest()
        await client.say(Action="Login", AuthType="MD5", Username="slovo", Key=key)
        assert f"Response: {answer}".encode() in await client.until("Message: Auth")
        writer.close()


async def test_actions_before_login_are_denied(simulator):
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    client = Client(reader, writer)
    await client.say(Action="CoreShowChannels")
    assert b"Permission denied" in await client.until("Response: Error", "denied")
    writer.close()


async def test_unknown_action_is_refused_as_asterisk_does(simulator):
    async with client_of(simulator) as client:
        await client.say(Action="Command", Command="core stop now", ActionID="c1")
        data = await client.until("c1", "unknown")
    assert b"Response: Error\r\nActionID: c1\r\nMessage: Invalid/unknown command\r\n\r\n" in data


async def test_event_mask_off_silences_the_stream(simulator):
    async with client_of(simulator) as client:
        await client.say(Action="EventMask", EventMask="off")
        await client.until("Events: Off")
        await simulator.call("in-direct-busy")
        await client.say(Action="Logoff")
        assert b"Newchannel" not in await client.rest()


async def test_bare_panoramisk_talks_to_it(simulator):
    manager = Manager(
        host="127.0.0.1", port=simulator.port, username="slovo", secret="right", ping_delay=60
    )
    heard = []
    manager.register_event("Newchannel", lambda _, event: heard.append(event.channel))
    await manager.connect()
    await until(lambda: manager.authenticated)
    assert (await manager.send_action({"Action": "Ping"})).ping == "Pong"
    await simulator.call("in-direct-busy")
    await until(lambda: len(heard) == 2)
    settings = await manager.send_action({"Action": "CoreSettings"})
    assert settings.asteriskversion.startswith("22.")
    manager.connection_lost = lambda _: None
    manager.close()


async def test_several_clients_hear_the_same(simulator):
    async with client_of(simulator) as one, client_of(simulator) as other:
        await one.until("Fully Booted")
        await other.until("Fully Booted")
        await simulator.call("in-direct-busy")
        for client in (one, other):
            await client.say(Action="Logoff")
            await client.rest()
        assert [e["Event"] for e in one.events()] == [e["Event"] for e in other.events()]


def held(simulator, *phones):
    for phone in phones:
        simulator.hold_phone(phone)


CALL = ClickToCall(
    channel="PJSIP/101",
    number=CLIENT,
    context="internal",
    caller_id=CLIENT,
    caller_name="CRM 79161234567",
)


def core(client, name):
    """Ours and the real trace's threads."""
    return threads(client.events()), threads(real(name))


async def test_click_to_call_rings_the_operator_then_the_client(simulator):
    async with client_of(simulator) as client, listening(simulator) as (listener, _, _):
        await client.until("Fully Booted")
        held(simulator, "101")
        result = asyncio.create_task(Actions(listener.send).originate(CALL, wait_for_answer=True))
        await until(lambda: simulator.exchange.ringing("101"))
        assert simulator.pick_up("101")
        assert (await result).answered
        (call,) = simulator.exchange.calls
        await call.answered.wait()
        await Actions(listener.send).hangup(call.runner.name)
        await call.over.wait()
        await client.say(Action="Logoff")
        await client.rest()
        ours, theirs = core(client, "c2c-answered")
    theirs["loose"].remove("OriginateResponse")  # goes to the session that asked
    assert ours == theirs


async def test_click_to_call_that_nobody_picks_up_ends_by_itself(simulator):
    simulator.hold_phone("101", "never")
    async with client_of(simulator) as client, listening(simulator) as (listener, tracker, _):
        await client.until("Fully Booted")
        call = ClickToCall(
            channel="PJSIP/101", number=CLIENT, context="internal", timeout_s=4, caller_id=CLIENT
        )
        result = await Actions(listener.send).originate(call, wait_for_answer=True)
        assert (result.answered, result.reason) == (False, "no answer")
        await client.say(Action="Logoff")
        await client.rest()
        ours, theirs = core(client, "c2c-agent-no-answer")
        await until(lambda: any(e["Event"] == "OriginateResponse" for e in tracker.fed))
    theirs["loose"].remove("OriginateResponse")
    assert ours == theirs


async def test_click_to_call_that_is_declined_says_so(simulator):
    async with client_of(simulator) as client, listening(simulator) as (listener, _, _):
        await client.until("Fully Booted")
        held(simulator, "101")
        result = asyncio.create_task(Actions(listener.send).originate(CALL, wait_for_answer=True))
        await until(lambda: simulator.exchange.ringing("101"))
        assert simulator.decline("101")
        assert (await result).reason == "failed or declined"
        await client.say(Action="Logoff")
        await client.rest()
        ours, theirs = core(client, "c2c-agent-rejects")
    theirs["loose"].remove("OriginateResponse")
    assert ours == theirs


async def test_click_to_call_to_a_phone_that_is_not_there_fails(simulator):
    async with listening(simulator) as (listener, _, _):
        call = ClickToCall(channel="PJSIP/999", number=CLIENT, context="internal")
        result = await Actions(listener.send).originate(call, wait_for_answer=True)
        assert (result.answered, result.reason) == (False, "failed or declined")


async def test_click_to_call_works_by_itself_on_a_phone_left_to_chance(simulator):
    async with listening(simulator) as (listener, _, _):
        result = await Actions(listener.send).originate(CALL, wait_for_answer=True)
        assert result.answered
        (call,) = simulator.exchange.calls
        await asyncio.wait_for(call.answered.wait(), 10)
        assert [leg.endpoint for leg in call.legs] == ["trunk"]


@pytest.mark.parametrize(
    ("trace", "how"), [("xfer-blind-ami", "transfer"), ("xfer-redirect-ami", "redirect")]
)
async def test_transfer_of_the_crm_moves_the_client(simulator, trace, how):
    async with client_of(simulator) as client, listening(simulator) as (listener, _, _):
        await client.until("Fully Booted")
        actions = Actions(listener.send)
        handle = await simulator.incoming(CLIENT, "74951230001")
        await handle.answer("101")
        operator, caller = handle.call.legs[0].name, handle.call.runner.name
        if how == "transfer":
            await actions.blind_transfer(operator, "102", "internal")
        else:
            await actions.redirect(caller, "102", "internal")
        await handle.ringing("102")
        await handle.answer("102")
        await until(lambda: handle.call.runner.bridge)
        await handle.hangup()
        await client.say(Action="Logoff")
        await client.rest()
        ours, theirs = core(client, trace)
    assert ours == theirs


async def test_action_on_a_channel_that_is_gone_fails(simulator):
    async with listening(simulator) as (listener, _, _):
        actions = Actions(listener.send)
        for act in (
            actions.hangup("PJSIP/101-00000099"),
            actions.redirect("PJSIP/101-00000099", "102", "internal"),
            actions.blind_transfer("PJSIP/101-00000099", "102", "internal"),
        ):
            with pytest.raises(ActionFailed, match="No such channel"):
                await act


async def test_paused_agent_is_not_rung(simulator):
    async with listening(simulator) as (listener, tracker, _):
        actions = Actions(listener.send)
        await actions.queue_pause("PJSIP/101", paused=True, reason="обед")
        members = {
            (member.queue, member.interface): member for member in await actions.queue_status()
        }
        assert members["support", "PJSIP/101"].pause_reason == "обед"
        assert members["sales", "PJSIP/101"].paused
        assert not members["support", "PJSIP/102"].paused
        handle = await simulator.incoming(CLIENT, "74951230004")
        await handle.ringing("102")
        assert simulator.exchange.ringing("101") is None
        await handle.hangup()
        await actions.queue_pause("PJSIP/101", paused=False, queue="support")
        handle = await simulator.incoming(CLIENT, "74951230004")
        await handle.ringing("101")
        with pytest.raises(ActionFailed, match="Interface not found"):
            await actions.queue_pause("PJSIP/999", paused=True)
        assert sum(e["Event"] == "QueueMemberPause" for e in tracker.fed) == 3


async def test_snapshot_amid_a_talk_shows_channels_bridge_and_queue(simulator):
    talking = await simulator.incoming(CLIENT, "74951230004")
    await talking.answer("101")
    waiting = await simulator.incoming("79035550101", "74951230004")
    await waiting.ringing("102")
    async with listening(simulator) as (listener, tracker, _):
        (snapshot,) = tracker.snapshots
        answer = await listener.send({"Action": "QueueStatus", "Queue": "support"})
    bridge = talking.call.runner.bridge.uniqueid
    by_name = {item["Channel"]: item for item in snapshot.channels}
    assert len(by_name) == 4
    assert by_name[talking.call.runner.name]["BridgeId"] == bridge
    assert by_name[waiting.call.runner.name]["ChannelStateDesc"] == "Ring"
    assert [item["BridgeUniqueid"] for item in snapshot.bridges] == [bridge]
    assert {item["Channel"] for item in snapshot.bridge_channels} == {
        talking.call.runner.name,
        talking.call.legs[0].name,
    }
    entries = [item for item in answer if item.get("Event") == "QueueEntry"]
    assert [(item["Position"], item["CallerIDNum"]) for item in entries] == [("1", "79035550101")]
    status = {item["Name"]: item["Status"] for item in answer if item.get("Event") == "QueueMember"}
    assert status == {"Анна": "2", "Борис": "6"}


async def test_answers_to_questions_have_the_headers_of_the_real_ones(simulator):
    wanted = {
        tuple(event)
        for event in real("resync-replies")
        if "ActionID" in event and event["Event"] in ANSWER_EVENTS
    }
    handle = await simulator.incoming(CLIENT, "74951230004")
    await handle.ringing("101")
    async with client_of(simulator, Events="off") as client:
        for name in ("CoreShowChannels", "Status", "QueueStatus", "QueueSummary", "BridgeList"):
            await client.say(Action=name, ActionID=name)
        await client.say(Action="Logoff")
        await client.rest()
    ours = {tuple(event) for event in client.events() if "ActionID" in event}
    assert ours
    assert ours <= wanted


ANSWER_EVENTS = {
    *("CoreShowChannel", "CoreShowChannelsComplete", "Status", "StatusComplete", "QueueParams"),
    *("QueueMember", "QueueEntry", "QueueStatusComplete", "QueueSummary", "QueueSummaryComplete"),
    *("BridgeListItem", "BridgeListComplete"),
}


async def test_lost_connection_is_made_anew_while_calls_go_on(simulator):
    async with listening(simulator) as (listener, tracker, events):
        handle = await simulator.incoming(CLIENT, "74951230001")
        await handle.answer("101")
        simulator.drop_clients()
        await until(lambda: sum(isinstance(event, LinkRestored) for event in events) == 2)
        assert sum(isinstance(event, LinkLost) for event in events) == 1
        assert len(tracker.snapshots[1].channels) == 2
        assert listener.link_state is LinkState.UP


async def test_hidden_caller_has_no_number(simulator):
    async with client_of(simulator) as client:
        await client.until("Fully Booted")
        await simulator.call("hidden-no-user")
        await client.say(Action="Logoff")
        await client.rest()
        first = next(event for event in client.events() if event["Event"] == "Newchannel")
    assert first["CallerIDNum"] == "<unknown>"


async def test_phone_in_use_refuses_the_second_call_as_busy(simulator):
    first = await simulator.incoming(CLIENT, "74951230001")
    await first.answer("101")
    async with client_of(simulator) as client:
        await client.until("Fully Booted")
        second = simulator.begin("in-direct-answered", ("79035550101", ""))
        await second.finished()
        await client.say(Action="Logoff")
        await client.rest()
    ends = [event["DialStatus"] for event in client.events() if event["Event"] == "DialEnd"]
    assert ends == ["BUSY"]


async def test_declining_agent_passes_the_call_on(simulator):
    plan = Plan(
        talk_s=1,
        behaviours={
            "101": Behaviour(Reaction.DECLINE, 1),
            "102": Behaviour(Reaction.ANSWER, 1),
            "103": Behaviour(),
        },
    )
    handle = await simulator.incoming(CLIENT, "74951230005", plan=plan)
    await handle.finished()
    assert handle.call.answered.is_set()
    assert simulator.exchange.switch.queues["sales"].members[1].calls_taken == 1
    assert simulator.exchange.switch.channels == {}
    assert simulator.exchange.switch.bridges == []


async def test_unknown_ways_of_answering_are_refused(simulator):
    with pytest.raises(ValueError, match="auto, manual or never"):
        simulator.hold_phone("101", "perhaps")
    with pytest.raises(KeyError):
        simulator.hold_phone("999")
    with pytest.raises(KeyError):
        simulator.begin("no-such-scenario")
    assert not simulator.pick_up("101")


async def test_rubbish_and_endless_lines_end_one_session_only(simulator):
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    writer.write(b"x" * 200_000)
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), 10)
    writer.close()
    async with client_of(simulator) as client:
        await client.until("Fully Booted")


async def test_agent_logs_into_a_queue_and_out_again(simulator):
    async with listening(simulator) as (listener, tracker, _):
        actions = Actions(listener.send)
        await actions.queue_add("support", "PJSIP/105", name="Женя")
        names = {member.interface: member.name for member in await actions.queue_status("support")}
        assert names["PJSIP/105"] == "Женя"
        with pytest.raises(ActionFailed, match="Already there"):
            await actions.queue_add("support", "PJSIP/105")
        await actions.queue_remove("support", "PJSIP/105")
        with pytest.raises(ActionFailed, match="Not there"):
            await actions.queue_remove("support", "PJSIP/105")
        with pytest.raises(ActionFailed, match="not dynamic"):
            await actions.queue_remove("support", "PJSIP/101")
        seen = [e["Event"] for e in tracker.fed if e.get("Interface") == "PJSIP/105"]
        assert seen == ["QueueMemberAdded", "QueueMemberRemoved"]
