"""Words belong to who spoke: made words at given times of recorded calls with transfers, holds and consultations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.traces import Scenario, replayed

from calls.model import CallRecord, Talk
from calls.transcripts.attribution import Attribution, NoPerson
from calls.transcripts.segments import ChannelTranscript, Side, Word, utterances_of
from calls.transcripts.turns import turns_of
from pbx.events import Direction, Party

CLIENT = "79161234567"
ON_CLIENT: Mapping[str, Any] = {"client_side": "receive", "recorded_party": CLIENT}
"""A recording of the client's leg: left what he says, right what he hears."""

DAY = datetime(2026, 11, 22, tzinfo=UTC)


def record_of(trace: str) -> CallRecord:
    """The client's call of a trace."""
    run, _events = replayed(Scenario(trace).connections())
    found = [call.record for call in run.calls.values() if not call.record.consultation]
    return next(one for one in found if one.direction is not Direction.INTERNAL)


def clock(text: str) -> datetime:
    """A time of the traces' day."""
    hours, minutes, seconds = text.split(":")
    return DAY + timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def heard(trace: str, side: Side, source: Mapping[str, Any], *at: str) -> list[str]:
    """Who is heard on a side at times of the trace: the speaker, "?" for nobody known, or "-" and why it is left out.

    The recording began with the call, so a second of it is a second of the call.
    """
    record = record_of(trace)
    assert record.started_at is not None
    voices = Attribution(record=record, source=source, started_at=record.started_at)
    found = []
    for one in at:
        voice = voices.voice(side, (clock(one) - record.started_at).total_seconds())
        found.append(f"-{voice.left_out}" if voice.left_out else voice.speaker or "?")
    return found


WHAT_THE_CLIENT_HEARS = {
    # Blind transfers: 101, then the ringing of the next phone, then 102.
    "xfer-blind-refer": [("02:55:59.5", "-waiting"), ("02:56:01", "101"), ("02:56:02.3", "101"),
                         ("02:56:03.2", "-waiting"), ("02:56:05", "102"), ("02:56:08", "102")],
    "xfer-blind-dtmf": [("02:56:10.6", "-waiting"), ("02:56:13", "101"), ("02:56:16.5", "-waiting"),
                        ("02:56:18", "102")],
    "xfer-redirect-ami": [("02:56:36", "101"), ("02:56:37.6", "-waiting"), ("02:56:39", "102")],
    # Attended by the phone's own key: music while 101 consults on another call, then 102 at once.
    "xfer-attended-refer": [("03:06:26.5", "101"), ("03:06:30", "-hold"), ("03:06:32.9", "-hold"),
                            ("03:06:33.1", "102"), ("03:06:37", "102")],
    "xfer-attended-refer-early": [("03:06:42", "101"), ("03:06:44", "-hold"),
                                  ("03:06:46.5", "-waiting"), ("03:06:50", "102")],
    # Attended by the switch: what 101 and 102 say to each other is not heard by the client.
    "xfer-attended-dtmf": [("02:56:58", "101"), ("02:57:01", "-waiting"), ("02:57:03", "-hold"),
                           ("02:57:06", "-hold"), ("02:57:07.5", "102")],
    "xfer-attended-ami": [("02:57:14", "101"), ("02:57:18", "-hold"), ("02:57:22", "102")],
    "xfer-attended-blonde": [("02:57:28", "101"), ("02:57:31", "-waiting"), ("02:57:35", "102")],
    "xfer-attended-cancelled": [("02:57:57", "101"), ("02:57:58.4", "-waiting"), ("02:58:00", "101")],
    "xfer-attended-external": [("02:57:43", "101"), ("02:57:48", "-hold"),
                               ("02:57:51", "79035550199")],
    "queue-xfer-attended-refer": [("03:08:15.9", "-waiting"), ("03:08:17", "101"),
                                  ("03:08:20", "-hold"), ("03:08:25", "103")],
    "attended-comes-back-then-again": [("08:29:33", "101"), ("08:29:38.5", "-hold"),
                                       ("08:29:41", "103")],
    "hold-unhold": [("02:58:09", "101"), ("02:58:12", "-hold"), ("02:58:15", "101")],
    "hold-then-attended": [("08:25:19.5", "101"), ("08:25:22", "-hold"), ("08:25:25", "102")],
    "park-and-retrieve": [("02:58:21", "101"), ("02:58:24", "-waiting"), ("02:58:30", "102")],
    "pickup-queue": [("02:59:10", "-waiting"), ("02:59:13", "103")],
    # Three together on one track: nobody can tell which of the two colleagues it is.
    "attended-three-way": [("08:27:49", "101"), ("08:27:52", "-hold"), ("08:27:56", "?"),
                           ("08:28:00", "102")],
}  # fmt: skip


@pytest.mark.parametrize("trace", sorted(WHAT_THE_CLIENT_HEARS))
def test_words_belong_to_the_colleague_who_talked_at_that_moment(trace: str) -> None:
    expected = WHAT_THE_CLIENT_HEARS[trace]
    times = [at for at, _who in expected]
    assert heard(trace, Side.OPERATOR, ON_CLIENT, *times) == [who for _at, who in expected]
    # What the client says is his from beginning to end, also alone with a menu or a queue.
    assert set(heard(trace, Side.CLIENT, ON_CLIENT, *times)) == {CLIENT}
    # On one track nobody is ever named.
    alone = heard(trace, Side.UNKNOWN, ON_CLIENT, *times)
    assert alone == [who if who.startswith("-") else "?" for _at, who in expected]


def test_recording_of_the_operators_leg_names_whom_that_leg_heard() -> None:
    source = {"client_side": "transmit", "recorded_party": "101"}
    times = ("02:56:58", "02:57:03", "02:57:08")
    said = heard("xfer-attended-dtmf", Side.OPERATOR, source, *times)
    assert said == ["101", "101", "101"]
    # First the client, then the colleague whom 101 asked; afterwards that leg hears nobody.
    assert heard("xfer-attended-dtmf", Side.CLIENT, source, *times) == [CLIENT, "102", "-hold"]
    record = record_of("xfer-attended-dtmf")
    voices = Attribution(record=record, source=source, started_at=record.started_at)
    assert voices.voice(Side.CLIENT, 3.0).side is Side.CLIENT
    assert voices.voice(Side.CLIENT, 8.5).side is Side.OPERATOR  # the colleague is no client


def test_turn_is_cut_where_the_speaker_changes() -> None:
    """One breathless stretch of words over an attended transfer becomes two turns, and the music between them none."""
    record = record_of("xfer-attended-refer")
    assert record.started_at is not None
    words = [Word(f"w{i}", i * 0.5, i * 0.5 + 0.4, 0.9) for i in range(26)]
    channel = ChannelTranscript(Side.OPERATOR, utterances_of(words))
    assert len(channel.utterances) == 1
    found = turns_of(
        [channel], Attribution(record=record, source=ON_CLIENT, started_at=record.started_at)
    )
    assert [turn.speaker for turn in found.turns] == ["101", "102"]
    first, second = found.turns
    assert (first.words[0].word, first.words[-1].word) == ("w2", "w5")  # from 0.7 to 3.0 s
    assert (second.words[0].word, second.words[-1].word) == ("w16", "w25")
    assert set(found.left_out) == {"waiting", "hold"}
    assert sum(count["words"] for count in found.left_out.values()) == 26 - 4 - 10
    assert found.left_out["hold"]["seconds"] == pytest.approx(10 * 0.4)


def test_only_talks_were_recorded_and_each_is_its_own_operators() -> None:
    record = record_of("rec-transfer")
    source = {**ON_CLIENT, "bridged_only": True}
    voices = Attribution(record=record, source=source, started_at=record.talks[0].started_at)
    found = [voices.voice(Side.OPERATOR, at) for at in (0.1, 2.4, 2.6, 7.0)]
    assert [(voice.speaker, voice.left_out) for voice in found] == [
        ("101", ""), ("101", ""), ("102", ""), ("102", ""),
    ]  # fmt: skip


def test_without_times_a_transferred_call_names_no_operator() -> None:
    record = record_of("xfer-blind-refer")
    voices = Attribution(record=record, source=ON_CLIENT, started_at=None)
    assert voices.voice(Side.OPERATOR, 1.0).speaker == ""
    assert voices.voice(Side.CLIENT, 1.0).speaker == CLIENT
    single = replace(record, talks=record.talks[:1])
    known = Attribution(record=single, source=ON_CLIENT, started_at=None)
    assert known.voice(Side.OPERATOR, 1.0).speaker == "101"
    untimed = replace(single, talks=(replace(single.talks[0], started_at=None),))
    assert Attribution(record=untimed, started_at=record.started_at).voice(
        Side.OPERATOR, 1.0
    ).left_out == ""  # fmt: skip


def test_without_a_record_sides_stay_and_nobody_is_named() -> None:
    voice = Attribution(record=None).voice(Side.OPERATOR, 1.0)
    assert (voice.side, voice.speaker, voice.left_out) == (Side.OPERATOR, "", "")


def test_times_in_which_nothing_was_heard_of_the_switch_leave_nothing_out() -> None:
    record = replace(record_of("xfer-blind-refer"), may_have_talked=True)
    voices = Attribution(record=record, source=ON_CLIENT, started_at=record.started_at)
    voice = voices.voice(Side.OPERATOR, 4.2)  # between the two talks
    assert (voice.speaker, voice.left_out) == ("", "")


def test_message_on_one_track_is_kept() -> None:
    record = record_of("xfer-blind-refer")
    assert record.started_at is not None
    late = replace(record, voicemail_at=record.started_at + timedelta(seconds=12))
    voices = Attribution(record=late, source=ON_CLIENT, started_at=record.started_at)
    assert voices.voice(Side.UNKNOWN, 11.0).left_out == NoPerson.WAITING
    assert voices.voice(Side.UNKNOWN, 13.0).left_out == ""


def test_hidden_caller_is_the_client_without_a_name() -> None:
    record = record_of("hold-unhold")
    hidden = Party(hidden=True)
    talk = Talk(
        parties=(hidden, Party(extension="101")),
        started_at=record.talks[0].started_at,
        ended_at=record.talks[0].ended_at,
    )
    record = replace(record, caller=hidden, talks=(talk,))
    source = {"client_side": "receive", "recorded_party": ""}
    voices = Attribution(record=record, source=source, started_at=record.started_at)
    assert (voices.voice(Side.CLIENT, 3.0).side, voices.voice(Side.CLIENT, 3.0).speaker) == (
        Side.CLIENT, "",
    )  # fmt: skip
    assert voices.voice(Side.OPERATOR, 3.0).speaker == "101"
