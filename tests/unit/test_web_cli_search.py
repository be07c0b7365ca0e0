"""`slovo migrate`, `slovo import transcripts`, `slovo search`, `slovo calls`: as scripts use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.cli import Run

CALL = {
    "id": "c1",
    "lang": "ru",
    "call_at": "2026-11-20T09:00:00Z",
    "turns": [
        {"side": "client", "start_s": 0.0, "end_s": 2.5, "text": "какая будет скидка"},
        {"side": "operator", "start_s": 3.0, "end_s": 6.0, "text": "скидку дадим десять процентов"},
    ],
}


@pytest.fixture
def transcripts(tmp_path: Path) -> Path:
    path = tmp_path / "calls.jsonl"
    path.write_text(json.dumps(CALL) + "\n", "utf-8")
    return path


def test_imported_words_are_found_in_other_forms(slovo: Run, transcripts: Path) -> None:
    done = slovo("import", "transcripts", str(transcripts))
    assert (done.code, done.out) == (0, "")
    found = slovo("search", "скидки", "--json")
    assert found.code == 0
    assert json.loads(found.out) == [
        {
            "call": "c1",
            "turn": turn,
            "side": side,
            "start_s": start_s,
            "text": text,
            "score": score,
            "match": "exact",
        }
        for turn, side, start_s, text, score in (
            (0, "client", 0.0, "какая будет скидка", 0.85),
            (1, "operator", 3.0, "скидку дадим десять процентов", 0.8375),
        )
    ]
    assert len(json.loads(slovo("search", "скидки", "--limit", "1", "--json").out)) == 1
    assert len(json.loads(slovo("search", "скидки", "--limit", "0", "--json").out)) == 2
    assert "скидку дадим" in slovo("search", "скидки").out


def test_nothing_found_is_exit_code_1_and_an_empty_list(slovo: Run, transcripts: Path) -> None:
    slovo("import", "transcripts", str(transcripts))
    found = slovo("search", "гарантия", "--json")
    assert (found.code, json.loads(found.out)) == (1, [])


def test_wrong_query_and_wrong_file_are_refused_in_one_line(slovo: Run, tmp_path: Path) -> None:
    slovo("migrate")
    wrong = slovo("search", '"скидка')
    assert (wrong.code, wrong.out) == (1, "")
    assert "quotation mark" in wrong.err
    path = tmp_path / "broken.jsonl"
    path.write_text("{}\n", "utf-8")
    refused = slovo("import", "transcripts", str(path))
    assert refused.code == 1
    assert "line 1" in refused.err


def test_migrate_says_where_the_database_is(slovo: Run) -> None:
    first, second = slovo("migrate"), slovo("migrate")
    assert (first.code, second.code, first.out) == (0, 0, "")
    assert "already" in second.err
    assert "already" not in first.err


def test_database_that_was_never_migrated_is_named_with_its_mend(slovo: Run) -> None:
    for command in (("calls", "--json"), ("search", "скидка")):
        ran = slovo(*command)
        assert ran.code == 1
        assert "slovo migrate" in ran.err


def test_calls_are_printed_one_json_object_per_line(slovo: Run, transcripts: Path) -> None:
    slovo("import", "transcripts", str(transcripts))
    (line,) = slovo("calls", "--json").out.splitlines()
    assert json.loads(line)["external_id"] == "c1"
    assert slovo("calls", "--json", "--since", "2026-11-21T00:00:00Z").out == ""
    assert slovo("calls", "--since", "2026-11-20").out.startswith("2026-11-20 09:00:00")
    assert slovo("calls", "--since", "yesterday").code == 2
