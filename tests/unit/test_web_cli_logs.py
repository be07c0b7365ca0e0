"""What reaches the log of a process, read from a child's standard error."""

import subprocess
import sys

import pytest

from web.cli.logs import hide_numbers

FAILING = """
import logging, structlog
from web.cli.logs import set_up_logs

set_up_logs("info")

def fail():
    number = "+79160001122"
    raise ValueError("no client " + number)

try:
    fail()
except ValueError:
    structlog.get_logger("ours").info("request", path="/\\x1b[2J\\x1b]0;title\\x07\\u202e\\x9b1m", path2="/a\\nb")
    structlog.get_logger("ours").exception("job_failed", path="/rec/in-79160001122.wav", call="1795315726.25")
    logging.getLogger("theirs").exception("cannot dial 79160001122")
"""


def test_traceback_in_the_log_shows_lines_but_no_variables_and_no_numbers() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.count("ValueError: no client …1122") == 2
    assert "79160001122" not in done.stderr
    assert "number =" not in done.stderr
    assert "/rec/in-…1122.wav" in done.stderr
    assert "1795315726.25" in done.stderr
    assert "cannot dial …1122" in done.stderr


def test_what_a_stranger_sent_cannot_steer_the_terminal_that_shows_the_log() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING], capture_output=True, text=True, timeout=60, check=True
    )
    assert "\\x1b[2J" in done.stderr
    assert not set(done.stderr) & {"\x1b", "\x07", "\x9b", "\u202e"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+79160001122", "…1122"),
        ("89160001122", "…1122"),
        ("9160001122", "…1122"),
        ("from 79160001122 to 74951234567.", "from …1122 to …4567."),
        ("101", "101"),
        ("20261122-061243", "20261122-061243"),
        ("1795315726.25", "1795315726.25"),
        ("2026-11-22T06:12:43.123456Z", "2026-11-22T06:12:43.123456Z"),
        ("/calls/999999999999999999", "/calls/999999999999999999"),
        ("ab12345678901", "ab12345678901"),
    ],
)
def test_number_keeps_its_last_four_digits(text: str, shown: str) -> None:
    assert hide_numbers(None, "info", {"event": text, "count": 79160001122}) == {
        "event": shown,
        "count": 79160001122,
    }
