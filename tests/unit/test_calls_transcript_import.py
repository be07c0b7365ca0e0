"""Imported transcripts: all or nothing, found at once, replaced when imported again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from calls.db import Database
from calls.errors import ImportRefused
from calls.search import search
from calls.tables import Call, Transcript, Utterance
from calls.transcript_import import import_transcripts


def line(call_id: str = "c1", **more: Any) -> dict[str, Any]:
    turns = [
        {"side": "client", "start_s": 0.0, "end_s": 2.5, "text": "когда вернёте деньги"},
        {"side": "operator", "start_s": 3.0, "end_s": 6.0, "text": "переведём завтра"},
    ]
    made = {"id": call_id, "lang": "ru", "call_at": "2026-11-20T09:00:00Z", "turns": turns}
    return made | more


def written(folder: Path, *lines: Any, name: str = "calls.jsonl") -> Path:
    path = folder / name
    text = "\n".join(item if isinstance(item, str) else json.dumps(item) for item in lines)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


async def count(db: Database) -> tuple[int | None, ...]:
    async with db.read() as session:
        return tuple(
            [await session.scalar(select(func.count(t.id))) for t in (Call, Transcript, Utterance)]
        )


async def test_imported_turns_are_found_at_once(db: Database, tmp_path: Path) -> None:
    done = await import_transcripts(db, written(tmp_path, line("c1"), "", line("c2", extra=1)))
    assert (done.calls, done.turns, done.replaced) == (2, 4, 0)
    async with db.read() as session:
        hits = await search(session, "денег")
    assert sorted((hit.external_id, hit.turn, hit.side, hit.start_s) for hit in hits) == [
        ("c1", 0, "client", 0.0),
        ("c2", 0, "client", 0.0),
    ]


async def test_same_file_twice_leaves_the_same_rows(db: Database, tmp_path: Path) -> None:
    path = written(tmp_path, line("c1"), line("c2"))
    await import_transcripts(db, path)
    before = await count(db)
    assert (await import_transcripts(db, path)).replaced == 2
    assert await count(db) == before == (2, 2, 4)


async def test_call_imported_again_is_replaced(db: Database, tmp_path: Path) -> None:
    await import_transcripts(db, written(tmp_path, line("c1")))
    turns = [{"side": "client", "start_s": 1, "end_s": 2, "text": "нужна скидка"}]
    await import_transcripts(db, written(tmp_path, line("c1", turns=turns)))
    async with db.read() as session:
        assert await search(session, "деньги") == []
        assert len(await search(session, "скидку")) == 1


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ({"turns": []}, "id"),
        (line("c3", id=""), "id"),
        (line("c3", id="x" * 201), "id"),
        (line("c3", turns=None), "turns"),
        (line("c3", turns=[{"text": "a", "side": "nobody"}]), "side"),
        (line("c3", turns=[{"text": "a", "start_s": -1}]), "start_s"),
        (line("c3", turns=[{"text": "a", "start_s": "soon"}]), "start_s"),
        ('{"id":"c3","turns":[{"text":"a","start_s":NaN}]}', "finite"),
        (line("c3", turns=[{"side": "client"}]), "text"),
        (line("c3", turns=[{"text": "a\x00b"}]), "NUL"),
        (line("c3", turns=[{"text": "a" * 100_001}]), "text"),
        (line("c3", call_at="yesterday"), "call_at"),
        (line("c3", call_at=5), "call_at"),
        (line("c3", call_at="0001-01-01T00:00:00+14:00"), "call_at"),
        (line("c3", call_at="9999-12-31T23:59:59-14:00"), "call_at"),
        (line("c3", turns=[{"text": "a", "start_s": 1e300}]), "start_s"),
        (line("c3", turns=[{"text": "a", "end_s": 1e12}]), "end_s"),
        (line("c3", lang="r\x00"), "NUL"),
        ('{"id":"c3","turns":[{"text":"\\ud800"}]}', "JSON"),
        (line("c1"), "already in line 1"),
    ],
)
async def test_one_wrong_line_imports_nothing_and_is_named(
    db: Database, tmp_path: Path, broken: Any, why: str
) -> None:
    path = written(tmp_path, line("c1"), broken, line("c4"))
    with pytest.raises(ImportRefused, match=why) as refused:
        await import_transcripts(db, path)
    assert refused.value.line == 2
    assert await count(db) == (0, 0, 0)


async def test_missing_and_binary_files_are_refused(db: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="No such file"):
        await import_transcripts(db, tmp_path / "no.jsonl")
    binary = tmp_path / "sound.wav"
    await _write(binary, b"RIFF\xff\xfe\x00\x00")
    with pytest.raises(ImportRefused):
        await import_transcripts(db, binary)


async def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)  # noqa: ASYNC240


async def test_unknown_times_and_missing_turns_are_accepted(db: Database, tmp_path: Path) -> None:
    turns = [{"text": "просто слова", "side": "unknown", "start_s": None, "end_s": None}]
    lines = [{"id": 7, "lang": None, "call_at": None, "turns": turns}, line("empty", turns=[])]
    await import_transcripts(db, written(tmp_path, *lines))
    async with db.read() as session:
        (hit,) = await search(session, "слово")
    assert (hit.external_id, hit.start_s, hit.call_at) == ("7", 0.0, None)


async def test_more_calls_than_a_batch_are_all_imported(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.transcript_import.BATCH_CALLS", 3)
    path = written(tmp_path, *(line(f"c{n}") for n in range(8)))
    assert (await import_transcripts(db, path)).calls == 8
    assert await count(db) == (8, 8, 16)
