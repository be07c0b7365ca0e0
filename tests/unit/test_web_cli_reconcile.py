"""`slovo reconcile`: what it says, in words and as JSON, and how it refuses."""

import json
from pathlib import Path

import pytest
from support.cli import Run
from test_calls_cdr_rebuild import lines_of

SINCE = ("--since", "2026-11-01T00:00:00Z")


@pytest.fixture
def master_csv(tmp_path: Path, slovo: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert slovo("init").code == 0
    path = tmp_path / "Master.csv"
    path.write_text("".join(f"{line}\n" for line in lines_of("in-direct-gave-up")), "utf-8")
    monkeypatch.setenv("SLOVO_CDR_CSV", str(path))
    monkeypatch.setenv("SLOVO_RECONCILE_SETTLE_S", "0")
    return path


def test_json_counts_what_was_done_and_a_second_run_does_nothing(
    slovo: Run, master_csv: Path
) -> None:
    first = json.loads(slovo("reconcile", *SINCE, "--json").out)
    assert (first["filled"], first["windows"], first["differences"]) == (1, [], [])
    again = json.loads(slovo("reconcile", *SINCE, "--json").out)
    assert (again["filled"], again["corrected"], again["unchanged"]) == (0, 0, 1)
    (call,) = map(json.loads, slovo("calls", "--json").out.splitlines())
    assert (call["source"], call["outcome"], call["caller"]) == ("cdr", "abandoned", "79161234567")
    (task,) = map(json.loads, slovo("tasks", "--json", "--open").out.splitlines())
    assert task["number"] == "79161234567"


def test_words_say_the_same(slovo: Run, master_csv: Path) -> None:
    assert "1 calls filled in" in slovo("reconcile", *SINCE).out


def test_without_any_source_the_setting_is_named(slovo: Run) -> None:
    assert slovo("init").code == 0
    refused = slovo("reconcile", "--json")
    assert (refused.code, refused.out) == (1, "")
    assert "SLOVO_CDR_CSV (in a table [[pbx]]: cdr_csv) is not set: give the path" in refused.err


def test_source_that_cannot_be_read_is_named(slovo: Run, master_csv: Path) -> None:
    master_csv.unlink()
    refused = slovo("reconcile", "--json")
    assert refused.code == 1
    assert "SLOVO_CDR_CSV: cannot read" in refused.err


def test_time_that_is_none_is_refused(slovo: Run, master_csv: Path) -> None:
    refused = slovo("reconcile", "--since", "yesterday")
    assert refused.code == 2
    assert "ISO 8601" in refused.err


def test_doctor_looks_at_each_source(slovo: Run, master_csv: Path, tmp_path: Path) -> None:
    from web.doctor.own_record import own_record
    from web.settings import load

    (found,) = own_record(load().pbxs[0])
    assert (found.state, "2026-11-22 02:49:03" in found.what) == ("ok", True)
    master_csv.write_text("", "utf-8")
    assert own_record(load().pbxs[0])[0].state == "warn"
    master_csv.write_text("no record\n", "utf-8")
    assert own_record(load().pbxs[0])[0].state == "fail"
