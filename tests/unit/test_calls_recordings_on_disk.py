"""Files that nobody named are found for their call by name, and for no other call."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from calls.errors import RecordingSourceFailed
from calls.recordings import names
from calls.recordings.names import CallKey, SeenFile
from calls.recordings.on_disk import files_for_call, shelf_of
from calls.recordings.source import Directory
from calls.tables import Call, CallLeg

AT = datetime.fromtimestamp(1795316748, UTC)


def call(linkedid: str = "1795316748.0", **more: object) -> Call:
    values: dict[str, object] = {
        "id": 1, "pbx": "main", "linkedid": linkedid, "linkedids": [linkedid], "direction": "in",
        "caller": "79161234567", "called": "74951230001", "remote_number": "79161234567",
        "remote_e164": "+79161234567", "started_at": AT, "ended_at": AT + timedelta(seconds=60),
    }  # fmt: skip
    return Call(**(values | more))


def leave(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"RIFF")


def seen(path: str, after_s: float = 30) -> SeenFile:
    return SeenFile(path=path, size_bytes=4, changed_at=AT + timedelta(seconds=after_s))


async def test_three_files_of_a_call_are_one_recording(tmp_path: Path) -> None:
    stem = "2026/11/20261122-030548-79161234567-1795316748.0"
    leave(tmp_path, f"{stem}.wav", f"{stem}-rx.wav", f"{stem}-tx.wav", "1795316748.01.wav")
    (found,) = await files_for_call(call(), Directory(tmp_path))
    assert (found["mixed"], found["receive"], found["transmit"]) == (
        f"{stem}.wav", f"{stem}-rx.wav", f"{stem}-tx.wav",
    )  # fmt: skip
    assert found["client_side"] == "receive"
    assert names.key_of_source(found) == f"{stem}.wav"


async def test_several_recordings_come_in_the_order_of_time(tmp_path: Path) -> None:
    leave(tmp_path, "a-1795316748.0.wav", "b-1795316748.0.wav")
    os.utime(tmp_path / "a-1795316748.0.wav", (2000, 2000))
    os.utime(tmp_path / "b-1795316748.0.wav", (1000, 1000))
    found = await files_for_call(call(), Directory(tmp_path))
    assert [one["mixed"] for one in found] == ["b-1795316748.0.wav", "a-1795316748.0.wav"]


async def test_file_of_an_operators_leg_has_the_client_on_the_other_side(tmp_path: Path) -> None:
    leave(tmp_path, "auto-1795316748.1.wav")
    legs = [CallLeg(call_id=1, position=0, uniqueid="1795316748.1", extension="101")]
    (found,) = await files_for_call(call(), Directory(tmp_path), legs)
    assert found["client_side"] == "transmit"


async def test_id_with_the_systems_name_is_found(tmp_path: Path) -> None:
    leave(tmp_path, "pbx1-1795316748.0.wav")
    (found,) = await files_for_call(call("pbx1-1795316748.0"), Directory(tmp_path))
    assert found["mixed"] == "pbx1-1795316748.0.wav"


async def test_file_without_an_id_is_found_by_time_and_number(tmp_path: Path) -> None:
    shelf = await shelf_of(Directory(tmp_path))
    assert shelf.files_for(call()) == []
    key = CallKey(
        call_id=1, ids=frozenset(), numbers=frozenset({"+7 916 123-45-67"}), started_at=AT,
        ended_at=AT + timedelta(seconds=60),
    )  # fmt: skip
    assert names.Guesses([key]).of(seen("in-89161234567-0305.wav")) == (1, "number")
    assert names.Guesses([key]).of(seen("in-89161234567-0305.wav", after_s=600)) is None
    assert names.Guesses([key]).of(seen("in-89161230000-0305.wav")) is None
    other_id = seen("89161234567-1795310000.7.wav")
    assert names.Guesses([key]).of(other_id) is None


def test_two_calls_that_fit_are_no_guess() -> None:
    keys = [
        CallKey(call_id=n, ids=frozenset(), numbers=frozenset({"79161234567"}), started_at=AT)
        for n in (1, 2)
    ]
    assert names.Guesses(keys).of(seen("79161234567.wav")) is None


@pytest.mark.parametrize("name", [".part-1.wav", "notes.txt", "1795316748.0", "x.wav.tmp"])
def test_what_is_no_recording_is_not_looked_at(name: str) -> None:
    assert not names.is_sound(name)


async def test_look_tells_every_name_and_the_facts_of_new_ones(tmp_path: Path) -> None:
    leave(tmp_path, "old.wav", "day/new.wav", "notes.txt", ".hidden/x.wav")
    looked = await Directory(tmp_path).look({"old.wav"})
    assert looked.names == {"old.wav", "day/new.wav"}
    assert [file.path for file in looked.new] == ["day/new.wav"]


async def test_name_that_is_no_text_is_passed_over(tmp_path: Path) -> None:
    leave(tmp_path, "good.wav", os.fsdecode(b"\xff\xfe.wav"))
    assert (await Directory(tmp_path).look(())).names == {"good.wav"}


async def test_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingSourceFailed, match="mounted"):
        await Directory(tmp_path / "none").look(())
