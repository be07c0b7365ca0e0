"""Lines of Asterisk's own record that are one call, and such that only look like it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calls.cdr.grouping import group
from calls.cdr.row import CdrRow

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def line(uniqueid: str, channel: str, to: str, after_s: float) -> CdrRow:
    start = NOON + timedelta(seconds=after_s)
    return CdrRow(
        src="79161234567", dst="101", context="slovo-to-phone", clid="", channel=channel, dst_channel=to,
        app="Dial", data="PJSIP/101", start=start, answer=start, end=start + timedelta(seconds=5),
        disposition="ANSWERED", uniqueid=uniqueid,
    )  # fmt: skip


def test_channel_names_that_begin_anew_with_a_restart_tie_nothing() -> None:
    before = [
        line("1795337200.0", "PJSIP/trunk-00000000", "PJSIP/101-00000001", 0),
        line("1795337205.40", "PJSIP/trunk-00000028", "PJSIP/102-00000029", 5),
    ]
    after = [
        line("1795337230.0", "PJSIP/trunk-00000000", "PJSIP/103-00000001", 30),
        line("1795337231.2", "PJSIP/trunk-00000002", "PJSIP/101-00000001", 31),
        line("1795337250.40", "PJSIP/trunk-00000028", "PJSIP/102-00000029", 50),
    ]
    calls = group([*after, *before])
    assert sorted(call.uniqueid for call in calls) == sorted(
        row.uniqueid for row in (*before, *after)
    )


@pytest.mark.parametrize("uniqueids", [("1795337201.11", "1795337202.10"), ("", "")])
def test_lines_that_share_a_channel_in_one_life_of_asterisk_are_one_call(
    uniqueids: tuple[str, str],
) -> None:
    first, second = uniqueids
    rows = [
        line(first, "PJSIP/trunk-0000000b", "PJSIP/101-0000000a", 1),
        line(second, "PJSIP/101-0000000a", "PJSIP/102-0000000c", 3),
    ]
    assert [call.root for call in group(rows)] == ["PJSIP/trunk-0000000b"]
