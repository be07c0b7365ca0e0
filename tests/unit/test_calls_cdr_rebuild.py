"""Calls rebuilt from Asterisk's own record are what truly happened, wherever the record can know it."""

from __future__ import annotations

import json
from datetime import UTC

import pytest
from support.traces import TRACES

from calls.cdr.csv_lines import values_of
from calls.cdr.grouping import group
from calls.cdr.rebuild import rebuild
from calls.cdr.row import CdrRow, row_of, zone_of
from calls.outcome import decide
from calls.replay import call_json
from pbx.events import PbxName
from pbx.numbers import Endpoints

CANNOT_KNOW = {
    "c2c-client-first": "the switch called the client first: its line begins like a call from outside",
    "c2c-client-first-operator-no-answer": "as before",
    "sip16-c2c-client-first": "as before",
    "c2c-local-n-agent-no-answer": "nobody answered the switch: only the Local channel's own line is written",
    "conference-by-redirect": "who sat in the conference is in no line",
    "conference-three": "as before",
    "group-all-declined": "603 is NO ANSWER, like a caller who gave up",
    "in-direct-rejected-603": "as before",
    "out-rejected-603": "as before",
    "out-early-media-unavailable": "480 after early media is NO ANSWER, like a caller who gave up",
    "queue-full": "a caller who is turned away unanswered leaves no line (`unanswered = no`)",
    "queue-leave-when-empty": "why the queue let him go is in queue_log only",
}
"""Scenarios in which the record says too little for the outcome, and why."""
COMPARED = ("direction", "outcome", "answered_by", "needs_callback")


def lines_of(name: str) -> list[str]:
    lines: list[str] = json.loads((TRACES / f"{name}.json").read_text("utf-8")).get("cdr_csv") or []
    return lines


def with_record() -> list[str]:
    return [path.stem for path in sorted(TRACES.glob("*.json")) if lines_of(path.stem)]


def rows_of(lines: list[str], *leave_out: str) -> list[CdrRow]:
    values = [values_of(line) for line in lines]
    zone = zone_of(values, UTC)
    return [row_of({k: v for k, v in one.items() if k not in leave_out}, zone) for one in values]


def rebuilt(rows: list[CdrRow]) -> list[dict]:
    own = Endpoints(own_numbers=("+7 495 123-00-00",))
    records = [rebuild(PbxName("main"), call, (), own) for call in group(rows)]
    return [call_json(record, decide(record)) for record in records]


def compared(call: dict) -> tuple:
    return tuple(call[key] for key in COMPARED)


def expected(call: dict) -> tuple:
    came_in = call["direction"] == "in"
    needs = came_in and call["outcome"] != "answered" and bool(call["caller"])
    return (call["direction"], call["outcome"], call["answered_by"], needs)


def wrong_ones(*leave_out: str) -> dict[str, tuple]:
    wrong = {}
    for name in with_record():
        truth = json.loads((TRACES / f"{name}.json").read_text("utf-8"))["calls"]
        found = sorted(map(compared, rebuilt(rows_of(lines_of(name), *leave_out))), key=str)
        if found != sorted(map(expected, truth), key=str):
            wrong[name] = found
    return wrong


@pytest.mark.parametrize("leave_out", [(), ("uniqueid",)], ids=["with uniqueid", "without"])
def test_every_recorded_call_is_rebuilt_from_its_lines(leave_out: tuple[str, ...]) -> None:
    assert len(with_record()) > 60
    assert set(wrong_ones(*leave_out)) <= set(CANNOT_KNOW)


def test_what_the_record_cannot_know_never_makes_a_false_answer_nor_forgets_a_client() -> None:
    for name in CANNOT_KNOW:
        if name not in with_record() or "client-first" in name or name == "queue-full":
            continue
        truth = json.loads((TRACES / f"{name}.json").read_text("utf-8"))["calls"]
        vain = [c for c in truth if c["direction"] == "in" and c["outcome"] != "answered"]
        found = rebuilt(rows_of(lines_of(name)))
        assert sum(call["needs_callback"] for call in found) == len(vain), name


def test_click_to_call_that_the_operator_did_not_take_says_whom_he_would_have_called() -> None:
    line = (
        '"","79161234567","s","slovo-internal","""Anna"" <79161234567>","PJSIP/101-00000086","","AppDial2",'
        '"(Outgoing Line)","2026-11-22 09:10:06",,"2026-11-22 09:10:07",1,0,"NO ANSWER","DOCUMENTATION","1795338606.1",""'
    )
    (call,) = rebuilt(rows_of([line]))
    assert (call["direction"], call["caller"], call["called"]) == ("out", "101", "79161234567")
    assert not call["needs_callback"]
