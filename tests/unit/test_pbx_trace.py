import json
from datetime import UTC, datetime

import pytest
from support.traces import TRACES

from pbx.errors import TraceUnreadable
from pbx.trace import read_trace

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
EVENT = b"Event: FullyBooted\r\nUptime: 5\r\n\r\n"


def test_times_come_from_the_table_beside(tmp_path):
    trace = tmp_path / "one.txt"
    trace.write_bytes(BANNER + EVENT + EVENT)
    times = (
        f"# seconds\toffset\tunix\n0.0\t0\t1795000000.5\n1.0\t{len(BANNER + EVENT)}\t1795000001.5\n"
    )
    (tmp_path / "one.times.tsv").write_text(times)
    seconds = [message.at.timestamp() for message in read_trace(trace) if message.at]
    assert seconds == [1795000000.5, 1795000001.5]


def test_event_cut_between_two_chunks_came_with_the_second(tmp_path):
    trace = tmp_path / "cut.txt"
    trace.write_bytes(BANNER + EVENT)
    (tmp_path / "cut.times.tsv").write_text(
        f"0.0\t0\t1795000000\n1.0\t{len(BANNER) + 10}\t1795000001\n"
    )
    (message,) = read_trace(trace)
    assert message.at == datetime.fromtimestamp(1795000001, UTC)


def test_own_timestamp_of_an_event_wins(tmp_path):
    trace = tmp_path / "own.txt"
    trace.write_bytes(EVENT.replace(b"Uptime: 5", b"Timestamp: 1795000009.25"))
    (tmp_path / "own.times.tsv").write_text("0.0\t0\t1795000000\n")
    (message,) = read_trace(trace)
    assert message.at == datetime.fromtimestamp(1795000009.25, UTC)


def test_no_times_at_all_are_none(tmp_path):
    trace = tmp_path / "bare.txt"
    trace.write_bytes(EVENT)
    assert [message.at for message in read_trace(trace)] == [None]


def test_text_with_plain_line_ends_is_read(tmp_path):
    trace = tmp_path / "pasted.txt"
    trace.write_bytes((BANNER + EVENT).replace(b"\r\n", b"\n"))
    assert [message.headers["Uptime"] for message in read_trace(trace)] == ["5"]


def test_json_lines_are_read_with_their_times(tmp_path):
    trace = tmp_path / "lines.jsonl"
    lines = [{"Event": "A", "_at": "2026-11-20T12:00:00+03:00"}, {"Event": "B", "X": ["1", "2"]}]
    trace.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    first, second = read_trace(trace)
    assert first.at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert (second.headers, second.at) == ({"Event": "B", "X": ["1", "2"]}, None)


@pytest.mark.parametrize(
    "content", ['{"Event": "A"}\n[1]', '{"Event":', '{"_at": "noon"}', '{"_at": 5}']
)
def test_broken_json_line_names_its_place(tmp_path, content):
    trace = tmp_path / "broken.jsonl"
    trace.write_text(content)
    with pytest.raises(TraceUnreadable, match=r"broken\.jsonl:\d"):
        list(read_trace(trace))


@pytest.mark.parametrize(
    "content", [b"just a letter\n", b"\x00\x01\x02", b"The word Event: in a line"]
)
def test_file_of_something_else_is_refused(tmp_path, content):
    trace = tmp_path / "letter.txt"
    trace.write_bytes(content)
    with pytest.raises(TraceUnreadable, match="neither raw AMI text nor JSON lines"):
        read_trace(trace)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(TraceUnreadable, match="No such file"):
        read_trace(tmp_path / "none.txt")


def test_broken_table_of_times_is_refused(tmp_path):
    trace = tmp_path / "one.txt"
    trace.write_bytes(EVENT)
    (tmp_path / "one.times.tsv").write_text("0.0\tfirst\t1795000000\n")
    with pytest.raises(TraceUnreadable, match="chunk times"):
        read_trace(trace)


def test_cyrillic_name_is_whole():
    names = {m.headers.get("CallerIDName") for m in read_trace(TRACES / "cyrillic-name.txt")}
    assert "ООО Ромашка, отдел №1" in names
