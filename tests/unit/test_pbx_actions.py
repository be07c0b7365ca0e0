from dataclasses import replace

import pytest

from pbx.actions import Actions, ClickToCall, originate_fields
from pbx.errors import ActionFailed, ActionTimedOut, UnsafeValue

CALL = ClickToCall(
    channel="PJSIP/101",
    number="+79161234567",
    context="internal",
    caller_id="+79161234567",
    caller_name="Иван Ёлкин",
    variables={"SLOVO_TASK": "7"},
    channel_id="slovo-1",
)


class Noting:
    """Takes actions as `Listener.send` does and gives the answers that it was told."""

    def __init__(self, *answers):
        self.sent = []
        self.options = []
        self.answers = list(answers) or [{"Response": "Success"}]

    async def send(self, fields, *, timeout_s=None, single=False):
        self.sent.append(dict(fields))
        self.options.append((timeout_s, single))
        return self.answers


async def test_click_to_call_rings_the_operator_first():
    noting = Noting()
    result = await Actions(noting.send).originate(CALL)
    assert result.answered is None
    assert noting.sent == [
        {
            "Action": "Originate",
            "Async": "true",
            "Channel": "PJSIP/101",
            "Context": "internal",
            "Exten": "+79161234567",
            "Priority": "1",
            "Timeout": "20000",
            "CallerID": '"Иван Ёлкин" <+79161234567>',
            "ChannelId": "slovo-1",
            "Variable": ["SLOVO_TASK=7"],
        }
    ]
    assert noting.options == [(None, True)]


async def test_channel_id_is_optional():
    assert "ChannelId" not in originate_fields(replace(CALL, channel_id=""))


@pytest.mark.parametrize(
    ("response", "code", "answered", "reason"),
    [
        ("Success", "4", True, ""),
        ("Failure", "3", False, "no answer"),
        ("Failure", "0", False, "failed or declined"),
        ("Failure", "5", False, "busy"),
        ("Failure", "77", False, "reason 77"),
    ],
)
async def test_awaited_click_to_call_says_what_became_of_it(response, code, answered, reason):
    noting = Noting(
        {"Response": "Success", "Message": "Originate successfully queued"},
        {"Event": "OriginateResponse", "Response": response, "Reason": code, "Uniqueid": "1.1"},
    )
    result = await Actions(noting.send).originate(CALL, wait_for_answer=True)
    assert (result.answered, result.reason, result.uniqueid) == (answered, reason, "1.1")
    assert noting.options == [(25.0, False)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "1\r\nAction: Command"),
        ("number", "12345,1)"),
        ("number", ""),
        ("number", "1" * 33),
        ("number", "звонок"),
        ("channel", "PJSIP/101\r\nX: y"),
        ("channel", "PJSIP/101&PJSIP/102"),
        ("channel", "101"),
        ("context", "internal,1"),
        ("caller_id", "7916<1>"),
        ("caller_name", 'x" <1>'),
        ("caller_name", "x\ny"),
        ("channel_id", "a b"),
        ("variables", {"SHELL(reboot)": "1"}),
        ("variables", {"X": "1,Y=2"}),
        ("variables", {"X": "${SHELL(reboot)}"}),
        ("variables", {"X": "1\r\nAction: Command"}),
    ],
)
async def test_dangerous_value_is_refused_before_the_wire(field, value):
    noting = Noting()
    with pytest.raises(UnsafeValue):
        await Actions(noting.send).originate(replace(CALL, **{field: value}))
    assert noting.sent == []


@pytest.mark.parametrize("seconds", [0, -1, 301])
async def test_ringing_time_out_of_range_is_refused(seconds):
    with pytest.raises(ActionFailed, match="1 to 300"):
        await Actions(Noting().send).originate(replace(CALL, timeout_s=seconds))


async def test_blind_transfer_names_the_operators_channel():
    noting = Noting()
    await Actions(noting.send).blind_transfer("PJSIP/101-00000001", "102", "internal")
    assert noting.sent == [
        {
            "Action": "BlindTransfer",
            "Channel": "PJSIP/101-00000001",
            "Context": "internal",
            "Exten": "102",
        }
    ]


async def test_redirect_of_a_local_channel_is_allowed():
    noting = Noting()
    await Actions(noting.send).redirect("Local/101@internal-00000002;1", "102", "internal")
    assert noting.sent[0]["Channel"] == "Local/101@internal-00000002;1"
    assert noting.sent[0]["Priority"] == "1"


async def test_hangup_names_one_channel_and_never_a_pattern():
    noting = Noting()
    actions = Actions(noting.send)
    await actions.hangup("PJSIP/101-00000001")
    assert noting.sent == [{"Action": "Hangup", "Channel": "PJSIP/101-00000001", "Cause": "16"}]
    with pytest.raises(UnsafeValue):
        await actions.hangup("/^PJSIP/")  # Asterisk would take it as a regular expression


async def test_pause_may_hold_for_one_queue_or_all():
    noting = Noting()
    actions = Actions(noting.send)
    await actions.queue_pause("PJSIP/101", paused=True, queue="support", reason="обед")
    await actions.queue_pause("PJSIP/101", paused=False)
    assert noting.sent == [
        {
            "Action": "QueuePause",
            "Interface": "PJSIP/101",
            "Paused": "true",
            "Queue": "support",
            "Reason": "обед",
        },
        {"Action": "QueuePause", "Interface": "PJSIP/101", "Paused": "false"},
    ]
    with pytest.raises(UnsafeValue):
        await actions.queue_pause("PJSIP/101", paused=True, reason="x\r\ny")


async def test_reason_or_name_cannot_become_another_member_of_the_queue() -> None:
    noting = Noting()
    actions = Actions(noting.send)
    forged = "x;0|PJSIP/out"
    with pytest.raises(UnsafeValue):
        await actions.queue_pause("PJSIP/101", paused=True, reason=forged)
    with pytest.raises(UnsafeValue):
        await actions.queue_add("support", "PJSIP/101", name=forged)
    assert not noting.sent


async def test_queue_status_gives_members():
    noting = Noting(
        {"Response": "Success"},
        {"Event": "QueueParams", "Queue": "support"},
        {
            "Event": "QueueMember",
            "Queue": "support",
            "Name": "Anna",
            "Location": "PJSIP/101",
            "Paused": "1",
            "PausedReason": "lunch",
            "InCall": "0",
        },
        {"Event": "QueueStatusComplete"},
    )
    (member,) = await Actions(noting.send).queue_status("support")
    assert (member.queue, member.interface, member.name) == ("support", "PJSIP/101", "Anna")
    assert (member.paused, member.pause_reason, member.in_call) == (True, "lunch", False)


async def test_ping_without_answer_is_a_typed_error():
    async def send(fields, **_):
        raise ActionTimedOut("Ping", 5)

    with pytest.raises(ActionTimedOut):
        await Actions(send).ping()


def test_command_is_not_offered():
    assert not [name for name in dir(Actions) if "command" in name.lower()]


async def test_member_logs_in_and_out_of_a_queue() -> None:
    noting = Noting()
    actions = Actions(noting.send)
    await actions.queue_add("support", "PJSIP/101", name="Анна")
    await actions.queue_remove("support", "PJSIP/101")
    assert noting.sent == [
        {
            "Action": "QueueAdd",
            "Queue": "support",
            "Interface": "PJSIP/101",
            "StateInterface": "PJSIP/101",
            "MemberName": "Анна",
        },
        {"Action": "QueueRemove", "Queue": "support", "Interface": "PJSIP/101"},
    ]
    with pytest.raises(UnsafeValue):
        await actions.queue_add("support", "PJSIP/101", name="Anna\r\nAction: Logoff")


async def test_pausing_a_recording_mutes_both_directions_of_its_channel():
    noting = Noting()
    assert await Actions(noting.send).mute_recording("PJSIP/provider-00000001", muted=True)
    assert noting.sent == [
        {
            "Action": "MixMonitorMute",
            "Channel": "PJSIP/provider-00000001",
            "Direction": "both",
            "State": "1",
        }
    ]


async def test_a_channel_that_is_not_recorded_is_no_error():
    async def refuse(fields, *, timeout_s=None, single=False):
        raise ActionFailed("MixMonitorMute", "Cannot set mute flag")

    assert not await Actions(refuse).mute_recording("PJSIP/101-00000001", muted=False)
    with pytest.raises(UnsafeValue):
        await Actions(refuse).mute_recording("PJSIP/101\r\nAction: x", muted=False)


async def test_channels_of_a_call_are_those_of_its_linkedids():
    noting = Noting(
        {"Response": "Success"},
        {"Event": "Status", "Channel": "Local/1@x-1;1", "Linkedid": "1.1"},
        {"Event": "Status", "Channel": "PJSIP/a-1", "Linkedid": "1.1"},
        {"Event": "Status", "Channel": "PJSIP/b-1", "Linkedid": "2.2"},
        {"Event": "StatusComplete"},
    )
    assert await Actions(noting.send).channels_of(["1.1"]) == ["PJSIP/a-1", "Local/1@x-1;1"]
