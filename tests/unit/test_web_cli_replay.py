import json

import pytest
import typer
from support.traces import TRACES
from typer.testing import CliRunner

from web.cli.replay import replay

app = typer.Typer()
app.command("replay")(replay)

KEYS = {
    "linkedid", "linkedids", "consultation", "direction", "caller", "called", "queue", "rang",
    "answered_by", "outcome", "voicemail", "needs_callback", "transfers", "started_at",
    "answered_at", "ended_at", "wait_s", "talk_s", "hold_s", "recordings", "pops", "reason",
}  # fmt: skip


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def calls(*arguments: object) -> list[dict]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_has_the_promised_fields():
    (call,) = calls(TRACES / "in-direct-answered.txt")
    assert set(call) == KEYS
    assert call["started_at"] == "2026-11-22T02:48:46.522Z"


def test_pop_is_told_with_its_times():
    (call,) = calls(TRACES / "pickup-group.txt")
    (pop,) = call["pops"]
    assert (pop["to"], pop["why"], pop["answered_by"]) == ("101", "answered_elsewhere", "102")
    assert call["started_at"] <= pop["shown_at"] <= pop["withdrawn_at"] <= call["ended_at"]


def test_recordings_are_named():
    (call,) = calls(TRACES / "rec-direct.txt")
    (recording,) = call["recordings"]
    assert recording.endswith(".wav")


def test_two_connections_are_one_pbx():
    parts = sorted(TRACES.glob("reconnect-answer-in-gap.part*.txt"))
    (call,) = calls(*parts)
    assert (call["answered_by"], call["outcome"]) == ("102", "answered")


def test_json_lines_without_times_give_null_times(tmp_path):
    channel = {"Channel": "SIP/city-1", "Uniqueid": "1.1"}
    events = [
        {"Event": "Newchannel", "ChannelState": "4", "CallerIDNum": "79161234567"} | channel,
        {"Event": "HangupRequest"} | channel,
        {"Event": "Hangup", "Cause": "16"} | channel,
    ]
    trace = tmp_path / "events.jsonl"
    trace.write_text("\n".join(map(json.dumps, events)))
    (call,) = calls(trace)
    assert (call["outcome"], call["started_at"], call["wait_s"]) == ("abandoned", None, None)


def test_trunk_flag_makes_an_endpoint_outside():
    trace = TRACES / "internal-answered.txt"
    assert [call["direction"] for call in calls(trace)] == ["internal"]
    assert [call["direction"] for call in calls(trace, "--trunk", "102")] == ["out"]


def test_internal_flag_tells_which_endpoints_are_ours():
    (call,) = calls(TRACES / "internal-answered.txt", "--internal", "9..")
    assert call["direction"] == "in"


def test_explain_adds_what_was_decided():
    (call,) = calls(TRACES / "in-direct-answered.txt", "--explain")
    first, *_, decision = call["explain"]
    assert first == {
        "at": "2026-11-22T02:48:46.522Z",
        "after_s": 0.0,
        "event": "Newchannel",
        "channel": "PJSIP/trunk-00000000",
        "detail": "74951230001",
        "what": "call from 79161234567 to 74951230001 (in)",
    }
    assert decision["what"] == "answered: 101 answered after 2 s"


def test_explain_tells_which_message_put_a_card_on_which_desk():
    (call,) = calls(TRACES / "in-serial-second-answers.txt", "--explain")
    rings = [step for step in call["explain"] if step["what"].startswith("102 rings")]
    (ring,) = rings
    assert ring["event"] in ("Newstate", "DialState")
    assert ring["channel"].startswith("PJSIP/102-")
    assert ring["what"] == "102 rings (pop on 102)"


def test_explain_tells_what_was_ignored():
    (call,) = calls(TRACES / "queue-abandoned.txt", "--explain")
    ignored = [step["what"] for step in call["explain"] if step["event"] == "DialEnd"]
    assert any(what.startswith("ignored: 101 was over already") for what in ignored)


def test_readable_output_names_outcome_and_reason():
    result = run(TRACES / "in-direct-rejected-603.txt", "--explain")
    assert "rejected" in result.stdout
    assert "101 declined call-back" in result.stdout
    assert "101 rings" in result.stdout


@pytest.mark.parametrize("name", ["README.md", "none.txt"])
def test_unreadable_file_is_exit_code_1_and_named(name):
    result = run(TRACES / name, "--json")
    assert result.exit_code == 1
    assert name in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments", [[], ["--internal", "[", TRACES / "pickup-group.txt"], ["--what"]]
)
def test_wrong_usage_is_exit_code_2(arguments):
    assert run(*arguments).exit_code == 2


def test_malformed_messages_are_reported_beside_the_calls(tmp_path):
    trace = tmp_path / "broken.txt"
    trace.write_bytes(
        b"Event: Hangup\r\nChannel: SIP/1-1\r\n\r\n" + (TRACES / "ivr-abandoned.txt").read_bytes()
    )
    result = run(trace, "--json")
    assert result.exit_code == 0
    assert "1 malformed" in result.stderr
    assert len(result.stdout.splitlines()) == 1
