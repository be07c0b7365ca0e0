"""Nothing is lost, doubled or told wrongly when the line breaks and Slovo dies in the middle of calls.

A small piece of `tests/bench/faults.py`: every shape of call on a real Asterisk, one cut of the AMI, one `kill -9`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.asterisk_server import AsteriskServer
from support.fault_judge import FAULTS, Judgement
from support.fault_run import Order, run

pytestmark = pytest.mark.asterisk

CALLS = 25
ORDER = Order(calls=CALLS, rate=3, together=25, seed=5, faults=("cut", "kill"), settle_s=5)


def complaints(judgement: Judgement) -> list[str]:
    """What was found wrong; of a call that only Asterisk's record tells, the outcome is as good as that record."""
    return [
        f"{finding.fault}: {finding}"
        for finding in judgement.findings
        if finding.fault in FAULTS
        and not (finding.fault == "wrong outcome" and finding.source == "cdr")
    ]


@pytest.mark.timeout(300)
def test_calls_under_a_cut_line_and_a_killed_slovo_are_all_there_and_right(
    asterisk: AsteriskServer, tmp_path: Path
) -> None:
    made = run(ORDER, tmp_path)
    assert {fault.kind for fault in made.diary} == {"cut", "kill"}
    assert made.judgement.truths["kept"] > CALLS / 2, made.judgement.not_kept
    assert set(made.judgement.sources) & {"resync", "cdr"}, "no call was touched by the faults"
    assert complaints(made.judgement) == []
