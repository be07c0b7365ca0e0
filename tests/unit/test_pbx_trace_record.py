import pytest

from pbx.errors import TraceUnwritable
from pbx.trace_record import TraceRecorder


class Clock:
    now = 1_795_315_725.719

    def __call__(self):
        return self.now


def test_recorded_bytes_and_times_are_those_of_the_chunks(tmp_path):
    clock = Clock()
    recorder = TraceRecorder(tmp_path / "day.txt", clock)
    take = recorder.connection()
    take(b"Asterisk Call Manager/11.0.0\r\n")
    clock.now += 0.803
    take(b"Event: A\r\n\xff\r\n\r\n")
    recorder.close()
    assert (tmp_path / "day.txt").read_bytes() == (
        b"Asterisk Call Manager/11.0.0\r\nEvent: A\r\n\xff\r\n\r\n"
    )
    assert (tmp_path / "day.times.tsv").read_text() == (
        "# seconds since connect\tbyte offset of the chunk\tunix time\n"
        "0.000\t0\t1795315725.719\n"
        "0.803\t30\t1795315726.522\n"
    )


def test_second_connection_goes_to_its_own_files(tmp_path):
    recorder = TraceRecorder(tmp_path / "day", Clock())
    recorder.connection()(b"one")
    recorder.connection()(b"two")
    recorder.close()
    assert (tmp_path / "day.txt").read_bytes() == b"one"
    assert (tmp_path / "day.part2.txt").read_bytes() == b"two"
    assert (tmp_path / "day.part2.times.tsv").exists()


def test_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "day.txt").write_bytes(b"precious")
    with pytest.raises(TraceUnwritable, match="exists already"):
        TraceRecorder(tmp_path / "day.txt")
    assert (tmp_path / "day.txt").read_bytes() == b"precious"


def test_missing_directory_is_said(tmp_path):
    with pytest.raises(TraceUnwritable, match="No such file"):
        TraceRecorder(tmp_path / "none" / "day.txt")


def test_full_disk_stops_recording_and_not_the_connection(tmp_path):
    recorder = TraceRecorder(tmp_path / "day.txt", Clock())
    take = recorder.connection()

    class Full:
        def write(self, _):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    recorder.close()
    recorder._files = (Full(), Full())
    take(b"x")
    take(b"y")
    assert "No space left" in recorder.failed
