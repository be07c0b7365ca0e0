"""A redacted trace: nobody can be recognised, and it replays to the same calls."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cli import Run
from support.traces import TRACES

from calls.replay import Replay
from pbx.redact import redact
from pbx.trace import read_trace

SOME = [
    "cyrillic-name", "xfer-attended-external", "queue-local-members-answered", "hidden-with-identity",
    "c2c-local-channel", "rec-transfer", "missed-then-operator-calls-back", "queue-member-events",
    "pickup-queue", "resync-replies",
]  # fmt: skip
"""Of each kind of message one."""


def redacted_beside(slovo: Run, name: str, folder: Path) -> Path:
    """Redact a trace with its times through the command."""
    target = folder / f"{name}.txt"
    done = slovo("trace", "redact", str(TRACES / f"{name}.txt"), "-o", str(target))
    assert done.code == 0, done.err
    return target


def shape(path: Path) -> list[object]:
    """What a replay finds, without whom it finds."""
    replay = Replay()
    for _ in replay.connection(read_trace(path)):
        pass
    return [
        (
            call.record.linkedid,
            call.decision.outcome,
            call.decision.reason_key,
            call.decision.needs_callback,
            call.decision.wait_s,
            call.decision.talk_s,
            call.record.direction,
            [type(event).__name__ for event in call.events],
            [event.at for event in call.events],
        )
        for call in replay.calls.values()
    ]


@pytest.mark.parametrize("name", SOME)
def test_redacted_trace_replays_to_the_same_calls(name: str, tmp_path: Path, slovo: Run) -> None:
    before = (TRACES / f"{name}.txt").read_bytes().decode()
    target = redacted_beside(slovo, name, tmp_path)
    after = target.read_bytes().decode()
    assert shape(target) == shape(TRACES / f"{name}.txt")
    assert after.count("\n") == before.count("\n")
    for secret in ("1234567", "5550199", "5550101", "Ромашка", "Anna", "Boris"):
        assert secret not in after, secret


def test_every_form_of_a_number_stays_the_same_client() -> None:
    lines = [f"CallerIDNum: {form}1234567\r\n" for form in ("7916", "+7916", "8916", "916", "")]
    redacted = redact(("Event: Newchannel\r\n" + "".join(lines) + "\r\n").encode()).data.decode()
    ends = set(re.findall(r"(\d{7})\r\n", redacted))
    assert len(ends) == 1
    assert ends.isdisjoint({"1234567"})


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("Event: VarSet\r\nVariable: CLIENT\r\nValue: passport 4509", "passport"),
        ("Event: Newexten\r\nApplication: NoOp\r\nAppData: ivan owes us", "owes"),
        ("Event: UserEvent\r\nUserEvent: Crm\r\nDeal: secret deal", "secret deal"),
        ("Event: DTMFEnd\r\nDigit: 7", "Digit: 7"),
        ("Action: Login\r\nUsername: crm\r\nSecret: hunter2", "hunter2"),
        ("Event: ContactStatus\r\nURI: sip:ivan@pbx.firm.ru:5060", "firm"),
        ("Event: ContactStatus\r\nURI: sip:ivan@pbx.firm.ru:5060", "ivan"),
        ("Event: PeerStatus\r\nAddress: 203.0.113.77:5060", "203.0.113.77"),
        ("Event: PeerStatus\r\nAddress: [2a02:6b8:0:1::77]:5060", "2a02"),
        ("Event: Newchannel\r\nChannel: PJSIP/ivanov-00000001", "ivanov"),
        ('Event: Newchannel\r\nCallerIDName: "Ivan Petrov"', "Petrov"),
        ("Event: Newchannel\r\nCallerIDName: Ann\r\n\r\nEvent: X\r\nData: for Ann", "Ann\r"),
        ("Event: QueueMember\r\nName: Ivan Petrov", "Petrov"),
        ('Event: EndpointDetail\r\nCallerid: "Ivan Petrov" <101>', "Petrov"),
        ("Event: Cdr\r\nCallerID: Ivan Petrov <101>", "Petrov"),
        ("Event: Cdr\r\nAccountCode: petrov-ltd\r\nUserField: passport", "petrov"),
        ("Event: Cdr\r\nAccountCode: petrov-ltd\r\nUserField: passport", "passport"),
        ("Event: CEL\r\nCallerIDname: Ivan Petrov", "Petrov"),
        ("Event: ContactStatus\r\nUserAgent: Ivans iPhone/17", "Ivan"),
        ("Event: ContactStatus\r\nURI: sip:petrov@10.0.0.5:5060", "petrov"),
        ("Event: Registry\r\nDomain: sip.firm.ru\r\nUsername: petrov", "firm"),
        ("Event: Newchannel\r\nChannel: PJSIP/ivan-petrov-00000001", "petrov"),
        ("Event: DeviceStateChange\r\nDevice: PJSIP/ivan-petrov", "petrov"),
        ("Event: AgentLogin\r\nAgent: petrov\r\nChannel: Agent/petrov", "petrov"),
        ("Event: Newchannel\r\nCallerIDNum: 8(916)123-45-67", "123-45-67"),
        ("Event: Newchannel\r\nCallerIDNum: +7 916 123 45 67", "123 45 67"),
        ("Event: Newchannel\r\nExten: 9161234567.5", "1234567"),
        ("Event: QueueMemberPause\r\nReason: dentist", "dentist"),
        ("Event: QueueMemberPause\r\nPausedReason: dentist", "dentist"),
        ("Event: PresenceStatus\r\nMessage: at the dentist", "dentist"),
        ("Event: VarSet\r\nVariable: CALLERID(name)\r\nValue: Ivan Petrov", "Petrov"),
        ("Event: VarSet\r\nVariable: ARG1\r\nValue: Ivan owes us", "owes"),
        ("Event: Newchannel\r\nChanVariable(PJSIP/ivanov-00000001): CLIENT=Petrov", "Petrov"),
        ("Event: Newchannel\r\nChanVariable(PJSIP/ivanov-00000001): CLIENT=Petrov", "ivanov"),
        ("Event: Dial\r\nDestChanVariable: CLIENT=Petrov", "Petrov"),
        ("Event: Newexten\r\nApplication: Playback\r\nAppData: tts/ivan-owes-us", "owes"),
        ("Event: Newchannel\r\nCallerIDName: Ivan/Petrov", "Petrov"),
    ],
)
def test_what_tells_of_persons_is_gone(said: str, secret: str) -> None:
    raw = f"{said}\r\n\r\n".encode()
    assert secret.encode() in raw
    assert secret.encode() not in redact(raw).data


def test_number_keeps_its_brackets_and_is_the_same_client_without_them() -> None:
    raw = b"Event: X\r\nCallerIDNum: 8(916)123-45-67\r\nExten: 89161234567\r\n\r\n"
    shown = redact(raw).data.decode()
    assert "8(916)555-00-01" in shown
    assert "89165550001" in shown


def test_person_called_like_an_application_changes_no_application() -> None:
    raw = b"Event: Newexten\r\nApplication: Queue\r\nAppData: sales\r\nCallerIDName: Queue\r\n\r\n"
    assert b"Application: Queue" in redact(raw).data


def test_very_many_names_are_looked_up_and_not_tried_one_by_one() -> None:
    people = 20_000
    raw = "".join(f"Event: X\r\nCallerIDName: Client {n} Petrov\r\n\r\n" for n in range(people))
    redacted = redact(raw.encode())
    assert redacted.names == people
    assert b"Petrov" not in redacted.data


def test_ids_and_times_and_extensions_stay() -> None:
    raw = (
        b"Event: BridgeEnter\r\nTimestamp: 1795316508.124000\r\nChannel: PJSIP/101-00000071\r\n"
        b"BridgeUniqueid: 1c2d3e4f-1234-5678-9abc-123456789012\r\nUniqueid: 1795316508.124\r\n"
        b"CallerIDNum: 101\r\nConnectedLineName: <unknown>\r\nExten: 0079\r\nQueue: support\r\n\r\n"
    )
    assert redact(raw).data == raw


def test_events_as_json_lines_are_redacted_as_such() -> None:
    event = {"Event": "Newchannel", "CallerIDNum": "+79161234567", "CallerIDName": "Пётр",
             "ChanVariable": ["CLIENT=x y"], "_at": "2026-11-22T10:00:00+00:00"}  # fmt: skip
    line = json.dumps(event, ensure_ascii=False).encode() + b"\n"
    shown = json.loads(redact(line + b"\n" + line).data.splitlines()[2])
    assert shown["_at"] == event["_at"]
    assert "1234567" not in shown["CallerIDNum"]
    assert shown["CallerIDName"] == "Имя 1"
    assert shown["ChanVariable"] == ["removed"]


@given(st.binary(max_size=400))
def test_any_bytes_are_taken(data: bytes) -> None:
    if data.lstrip()[:1] != b"{":
        redacted = redact(b"Event: X\r\n" + data)
        assert redacted.data.count(b"\n") == data.count(b"\n") + 1
        assert 0 <= redacted.place(len(data)) <= len(redacted.data)


def test_what_is_no_trace_is_refused(tmp_path: Path, slovo: Run) -> None:
    (tmp_path / "a.txt").write_text("hello\n")
    for name in ("a.txt", "absent.txt"):
        done = slovo("trace", "redact", str(tmp_path / name))
        assert done.code == 1
        assert name in done.err


def test_trace_is_never_overwritten_by_its_redaction(tmp_path: Path, slovo: Run) -> None:
    trace = tmp_path / "a.txt"
    trace.write_bytes(b"Event: X\r\n\r\n")
    done = slovo("trace", "redact", str(trace), "-o", str(trace))
    assert done.code == 2
    assert trace.read_bytes() == b"Event: X\r\n\r\n"
