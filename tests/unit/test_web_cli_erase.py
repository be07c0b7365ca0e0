"""`slovo erase`: imported words are gone from searches and from every byte of the database."""

from __future__ import annotations

import json
from pathlib import Path

from support.cli import Run
from support.remains import forms_of

WORD = "ксилобратина"


def test_an_erased_call_is_found_no_more(slovo: Run, tmp_path: Path) -> None:
    turns = [{"side": "client", "start_s": 0.0, "end_s": 2.5, "text": f"привезите {WORD}"}]
    lines = {"id": "c1", "lang": "ru", "call_at": "2026-11-20T09:00:00Z", "turns": turns}
    file = tmp_path / "calls.jsonl"
    file.write_text(json.dumps(lines), "utf-8")
    assert slovo("import", "transcripts", str(file)).code == 0
    file.unlink()
    assert len(json.loads(slovo("search", WORD, "--json").out)) == 1
    refused = slovo("erase", "call", "1", "--what", "nothing", "--reason", "so")
    assert refused.code == 1
    done = slovo("erase", "call", "1", "--reason", "asked for it")
    assert (done.code, "is clean" in done.out) == (0, True)
    assert json.loads(slovo("search", WORD, "--json").out) == []
    held = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert held
    assert not any(form in content for content in held for form in forms_of(WORD))
    assert slovo("audit", "verify").code == 0
