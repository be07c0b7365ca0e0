import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx.errors import UnsafeValue
from pbx.events import PbxName
from pbx.protocol import (
    Headers,
    MessageReader,
    SlovoProtocol,
    WireLimits,
    check_values,
    values_of,
    variables_of,
)
from pbx.tracker import CallTracker

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
NAMES = (
    "Event: Newchannel\r\nCallerIDName: Иван Ёлкин, ООО «Ромашка»\r\nAccountCode: \r\n\r\n".encode()
)


def read(*chunks: bytes, limits: WireLimits | None = None):
    reader = MessageReader(limits)
    return reader, [headers for chunk in chunks for headers in reader.feed(chunk)]


def test_cyrillic_cut_at_every_byte_stays_whole():
    stream = BANNER + NAMES + NAMES
    _, whole = read(stream)
    assert whole[0]["CallerIDName"] == "Иван Ёлкин, ООО «Ромашка»"
    for cut in range(1, len(stream)):
        _, parts = read(stream[:cut], stream[cut:])
        assert parts == whole, cut


def test_stream_byte_by_byte_gives_the_same_messages():
    stream = BANNER + NAMES * 3
    _, parts = read(*(bytes([byte]) for byte in stream))
    assert len(parts) == 3
    assert parts == read(stream)[1]


def test_banner_gives_the_version():
    reader, found = read(BANNER)
    assert reader.version == "11.0.0"
    assert found == []


def test_banner_and_login_answer_in_one_chunk():
    reader, found = read(BANNER + b"Response: Success\r\nMessage: hello\r\n\r\n")
    assert reader.version == "11.0.0"
    assert found == [{"Response": "Success", "Message": "hello"}]


def test_stream_without_banner_is_read():
    _, found = read(b"Event: Hangup\r\nCause: 16\r\n\r\n")
    assert found == [{"Event": "Hangup", "Cause": "16"}]


def test_last_header_may_be_empty():
    _, found = read(b"Event: Newchannel\r\nAccountCode: \r\n\r\nEvent: X\r\nNone:\r\n\r\n")
    assert found == [{"Event": "Newchannel", "AccountCode": ""}, {"Event": "X", "None": ""}]


def test_value_with_a_colon_stays_whole():
    _, found = read(b"Event: VarSet\r\nValue: a: b: c\r\n\r\n")
    assert found[0]["Value"] == "a: b: c"


def test_repeated_header_becomes_a_list():
    _, found = read(b"Event: X\r\nV: a=1\r\nV: b=2\r\nV: c\r\nW: d=4\r\n\r\n")
    assert found[0]["V"] == ["a=1", "b=2", "c"]
    assert values_of(found[0], "W") == ["d=4"]
    assert values_of(found[0], "absent") == []
    assert variables_of(found[0], "V") == {"a": "1", "b": "2", "c": ""}
    assert variables_of(found[0], "W") == {"d": "4"}


def test_broken_bytes_are_counted_and_the_stream_goes_on():
    reader, found = read(b"Event: A\r\nName: \xff\xfe\r\n\r\nEvent: B\r\n\r\n")
    assert [item["Event"] for item in found] == ["A", "B"]
    assert found[0]["Name"] == "��"
    assert reader.counters.broken_text == 1


def test_line_without_colon_is_counted_and_the_rest_kept():
    reader, found = read(b"Event: A\r\nrubbish\r\nCause: 16\r\n\r\n")
    assert found == [{"Event": "A", "Cause": "16"}]
    assert reader.counters.broken_lines == 1


def test_message_that_is_none_is_counted_and_the_stream_goes_on():
    reader, found = read(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nEvent: B\r\n\r\n")
    assert found == [{"Event": "B"}]
    assert reader.counters.malformed == 1


def test_random_bytes_never_raise_and_never_hide_the_next_message():
    dice = random.Random(7)
    for _ in range(200):
        reader = MessageReader(WireLimits(256, 1024))
        reader.feed(dice.randbytes(dice.randrange(1, 4000)))
        found = reader.feed(b"\r\n\r\nEvent: B\r\n\r\n")
        assert found[-1] == {"Event": "B"}


def test_huge_line_is_dropped_and_the_rest_of_its_message_kept():
    limits = WireLimits(line_bytes=100, message_bytes=10_000)
    reader, found = read(b"Event: A\r\nX: " + b"y" * 500 + b"\r\nCause: 16\r\n\r\n", limits=limits)
    assert found == [{"Event": "A", "Cause": "16"}]
    assert reader.counters.oversized == 1


def test_endless_line_is_dropped_up_to_its_end_without_growing():
    reader = MessageReader(WireLimits(line_bytes=100, message_bytes=1000))
    reader.feed(b"Event: A\r\nX: ")
    for _ in range(100):
        assert reader.feed(b"y" * 500) == []
        assert len(reader._buffer) <= 1000
    assert reader.feed(b"\r\n\r\nEvent: B\r\n\r\n") == [{"Event": "B"}]
    assert reader.counters.oversized == 1


def test_message_over_the_limit_in_one_chunk_is_dropped():
    limits = WireLimits(line_bytes=100, message_bytes=1000)
    stream = b"Event: A\r\n" + b"K: v\r\n" * 300 + b"\r\nEvent: B\r\n\r\n"
    reader, found = read(stream, limits=limits)
    assert found == [{"Event": "B"}]
    assert reader.counters.oversized == 1


@pytest.mark.parametrize("sign", ["\r", "\n", "\0", "\x1b", "\x7f"])
def test_control_character_in_a_value_is_refused(sign):
    with pytest.raises(UnsafeValue, match="Exten"):
        check_values([("Exten", f"1{sign}Action: Command")])
    with pytest.raises(UnsafeValue, match="Variable"):
        check_values([("Variable", ["fine", f"a={sign}"])])


def test_unicode_value_is_allowed():
    check_values([("CallerID", '"Иван Ёлкин" <101>')])


def test_failing_sink_loses_one_message_and_no_other():
    seen = []

    def sink(headers):
        if headers["Event"] == "Bad":
            raise RuntimeError("sink")
        seen.append(headers["Event"])

    protocol = SlovoProtocol(sink, lambda why: None)
    protocol.data_received(b"Event: A\r\n\r\nEvent: Bad\r\n\r\nEvent: B\r\n\r\n")
    assert seen == ["A", "B"]


def test_tap_gets_every_byte_as_it_came():
    chunks: list[bytes] = []
    protocol = SlovoProtocol(lambda headers: None, lambda why: None, tap=chunks.append)
    for chunk in (b"Asterisk Call", b" Manager/1\r\n\xff", b"\r\n\r\n"):
        protocol.data_received(chunk)
    assert chunks == [b"Asterisk Call", b" Manager/1\r\n\xff", b"\r\n\r\n"]


def test_end_is_told_once():
    told = []

    class Transport:
        def close(self):
            pass

    protocol = SlovoProtocol(lambda headers: None, told.append)
    protocol.connection_made(Transport())
    protocol.connection_lost(OSError("cable"))
    protocol.connection_lost(None)
    assert told == ["cable"]


LIMITS = WireLimits(line_bytes=256, message_bytes=2048)
ALIVE = b"\r\n\r\nEvent: Alive\r\n\r\n"
PIECES = [
    b"Event: ",
    b"Event: Newchannel\r\nUniqueid: 1.1\r\nChannel: PJSIP/101-1\r\n",
    b"Event: Newstate\r\nUniqueid: 1.1\r\nChannelState: 6\r\n",
    b"Event: BridgeEnter\r\nUniqueid: 1.1\r\nBridgeUniqueid: b\r\nBridgeNumChannels: 9\r\n",
    b"Event: DialBegin\r\nUniqueid: 1.1\r\nDestUniqueid: 1.2\r\n",
    b"Event: Hangup\r\nUniqueid: 1.1\r\n",
    b"Event: LocalBridge\r\nLocalOneUniqueid: 1.1\r\nLocalTwoUniqueid: 1.1\r\n",
    b"Response: Success\r\n",
    b"Asterisk Call Manager/",
    b"Linkedid: 1.1\r\n",
    b"ActionID: \r\n",
    b"x" * 5000,
    b": ",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\0\xff\xfe",
    "Ёлкин".encode(),
]
hostile = st.lists(st.sampled_from(PIECES) | st.binary(max_size=40), max_size=40).map(b"".join)
few = settings(max_examples=60, deadline=None, derandomize=True)


def through(chunks: list[bytes]) -> tuple[MessageReader, CallTracker, list[Headers]]:
    """Read chunks as a connection and track what they say."""
    reader, tracker, found = MessageReader(LIMITS), CallTracker(PbxName("main")), []
    for chunk in chunks:
        for headers in reader.feed(chunk):
            found.append(headers)
            tracker.feed(headers, None)
        assert len(reader._buffer) <= LIMITS.message_bytes + len(chunk)
    return reader, tracker, found


@few
@given(hostile, st.lists(st.integers(0, 4000), max_size=5))
def test_hostile_bytes_never_raise_and_never_hide_the_next_message(data, cuts):
    ends = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    chunks = [data[a:b] for a, b in itertools.pairwise(ends)]
    reader, tracker, found = through([*chunks, ALIVE])
    assert found[-1] == {"Event": "Alive"}
    assert len(reader._buffer) <= LIMITS.message_bytes
    for _ in range(2):
        tracker.look([], None)
    assert not tracker.live


@few
@given(hostile, st.integers(1, 5))
def test_hostile_bytes_give_the_same_messages_however_they_are_cut(data, step):
    whole = through([data + ALIVE])[2]
    cut = through([(data + ALIVE)[at : at + step] for at in range(0, len(data + ALIVE), step)])[2]
    small = [h for h in whole if sum(len(k) + len(str(v)) + 4 for k, v in h.items()) < 1000]
    assert [h for h in small if h not in cut] == []


TRACE = (Path(__file__).parents[1] / "traces" / "xfer-attended-dtmf.txt").read_bytes()
change = st.tuples(st.integers(0, len(TRACE)), st.integers(0, 60), st.binary(max_size=20))


@few
@given(st.lists(change, min_size=1, max_size=30))
def test_trace_with_bytes_changed_never_raises_and_leaves_no_call(changes):
    data = bytearray(TRACE)
    for at, length, new in changes:
        data[at : at + length] = new
    reader, tracker, _ = through([bytes(data), ALIVE])
    for _ in range(2):
        tracker.look([], None)
    assert not tracker.live
    assert reader.counters.bytes == len(data) + len(ALIVE)
