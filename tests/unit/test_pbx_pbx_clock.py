"""One time for all that is told of a PBX, whichever clock goes wrong."""

from datetime import UTC, datetime, timedelta

from pbx.pbx_clock import PbxClock

ARRIVED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_time_is_that_of_the_event_if_it_has_one() -> None:
    stamped = {"Event": "Hangup", "Timestamp": "1795315726.25"}
    found = PbxClock().time_of(stamped, ARRIVED)
    assert found == datetime.fromtimestamp(1795315726.25, UTC)


def test_event_without_a_time_of_its_own_happened_when_it_arrived() -> None:
    clock = PbxClock()
    for headers in (
        {},
        {"Event": "Hangup", "Timestamp": "soon"},
        {"Event": "E", "Timestamp": "1e400"},
    ):
        assert clock.time_of(headers, ARRIVED) == ARRIVED
    assert clock.at(ARRIVED) == ARRIVED


def test_what_bears_no_time_is_told_by_the_clock_of_events_that_do() -> None:
    clock = PbxClock()
    slow = ARRIVED - timedelta(seconds=30)
    clock.time_of({"Event": "Newchannel", "Timestamp": str(slow.timestamp())}, ARRIVED)
    second = timedelta(seconds=1)
    assert clock.time_of({"Event": "FullyBooted"}, ARRIVED + second) == slow + second
    assert clock.at(ARRIVED + 2 * second) == slow + 2 * second
