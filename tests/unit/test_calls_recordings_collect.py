"""Recordings are taken in whole, on the right side, and never guessed at."""

import errno
import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from calls.errors import RecordingIncomplete, StorageFull
from calls.recordings import storage
from calls.recordings.collect import Collected, Request, collect
from calls.recordings.paths import MOST_ENDS, candidates, kept_name
from calls.recordings.peaks import peaks_of

RATE_HZ = 8000
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def tone(seconds: float, level: float) -> np.ndarray:
    return np.full(int(seconds * RATE_HZ), level, dtype=np.float32)


def leave(folder: Path, name: str, sound: np.ndarray, **how: Any) -> Path:
    """A file that the PBX finished a minute ago."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, RATE_HZ, **how)
    old = path.stat().st_mtime - 60
    os.utime(path, (old, old))
    return path


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


SOURCE = {
    "mixed": "/var/spool/asterisk/monitor/c.wav",
    "receive": "/var/spool/asterisk/monitor/c-rx.wav",
    "transmit": "/var/spool/asterisk/monitor/c-tx.wav",
    "client_side": "receive",
}


def take(spool: Path, source: dict[str, str] = SOURCE) -> Collected:
    return collect(
        Request(
            recording_id=7,
            source=source,
            at=AT,
            data_dir=spool.parent / "data",
        ),
        spool,
        str(spool),
    )


def played(spool: Path, collected: Collected) -> np.ndarray:
    return soundfile.read(spool.parent / "data" / collected.path, always_2d=True)[0]


def test_received_side_of_the_clients_leg_is_the_client_on_the_left(spool: Path) -> None:
    leave(spool, "c-rx.wav", tone(2, 0.1))
    leave(spool, "c-tx.wav", tone(2, 0.5))
    found = take(spool)
    assert (found.state, found.sides, found.duration_s, found.rate_hz) == (
        "ready",
        "two",
        2.0,
        8000,
    )
    assert played(spool, found)[8000] == pytest.approx([0.1, 0.5], abs=0.01)
    assert [f["role"] for f in found.files] == ["client", "operator"]


def test_sides_swap_on_a_leg_that_the_pbx_called(spool: Path) -> None:
    leave(spool, "c-rx.wav", tone(2, 0.1))
    leave(spool, "c-tx.wav", tone(2, 0.5))
    found = take(spool, SOURCE | {"client_side": "transmit"})
    assert played(spool, found)[8000] == pytest.approx([0.5, 0.1], abs=0.01)


def test_shorter_side_is_filled_with_silence(spool: Path) -> None:
    leave(spool, "c-rx.wav", tone(1, 0.1))
    leave(spool, "c-tx.wav", tone(3.5, 0.5))
    found = take(spool)
    assert found.duration_s == 3.5
    assert played(spool, found)[20_000] == pytest.approx([0, 0.5], abs=0.01)


def test_originals_are_kept_with_their_hash_and_the_source_stays(spool: Path) -> None:
    source = leave(spool, "c-rx.wav", tone(2, 0.1))
    leave(spool, "c-tx.wav", tone(2, 0.5))
    before = source.read_bytes()
    kept = take(spool).files[0]
    copy = spool.parent / "data" / kept["path"]
    assert kept["path"].startswith("recordings/2026/11/20/7-client-")
    assert copy.read_bytes() == before == source.read_bytes()
    assert kept["sha256"] == hashlib.sha256(before).hexdigest()
    assert kept["bytes"] == len(before)


def test_collecting_again_gives_the_same(spool: Path) -> None:
    leave(spool, "c-rx.wav", tone(2, 0.1))
    leave(spool, "c-tx.wav", tone(2, 0.5))
    assert take(spool) == take(spool)


def test_mono_recording_is_marked_as_mono(spool: Path) -> None:
    leave(spool, "c.wav", tone(2, 0.3))
    found = take(spool)
    assert (found.state, found.sides) == ("ready", "mono")
    assert played(spool, found).shape[1] == 1


def test_stereo_recording_has_two_sides(spool: Path) -> None:
    leave(spool, "c.wav", np.stack([tone(2, 0.1), tone(2, 0.5)], axis=1))
    found = take(spool, {"mixed": "c.wav", "client_side": "transmit"})
    assert found.sides == "two"
    assert played(spool, found)[8000] == pytest.approx([0.5, 0.1], abs=0.01)
    assert {f["role"] for f in found.files} == {"mixed", "client", "operator"}


def test_formats_that_browsers_do_not_play_get_a_playable_copy(spool: Path) -> None:
    leave(spool, "c-rx.WAV", tone(2, 0.1), format="WAV", subtype="GSM610")
    leave(spool, "c-tx.gsm", tone(2, 0.5), format="RAW", subtype="GSM610")
    found = take(spool, {"receive": "c-rx.WAV", "transmit": "c-tx.gsm"})
    assert found.state == "ready"
    roles = {f["role"]: spool.parent / "data" / f["path"] for f in found.files}
    assert set(roles) == {"client-original", "operator-original", "client", "operator"}
    assert soundfile.info(roles["client"]).subtype == "PCM_16"


def test_header_without_sound_is_empty(spool: Path) -> None:
    leave(spool, "c-rx.wav", tone(0, 0))
    leave(spool, "c-tx.wav", tone(0, 0))
    leave(spool, "c.wav", tone(0, 0))
    found = take(spool)
    assert (found.state, found.error, found.peaks) == ("empty", "", None)


def test_files_that_are_not_there_are_missing_and_named(spool: Path) -> None:
    found = take(spool)
    assert found.state == "missing"
    assert "c-rx.wav" in found.error


def test_file_that_is_no_sound_is_failed_with_the_reason(spool: Path) -> None:
    path = spool / "c.wav"
    path.write_text("this is not a recording at all, but a text of some length " * 3)
    os.utime(path, (1, 1))
    found = take(spool)
    assert found.state == "failed"
    assert "text, not sound" in found.error


def test_truncated_recording_is_ready_with_a_warning(spool: Path) -> None:
    path = leave(spool, "c.wav", tone(4, 0.3))
    path.write_bytes(path.read_bytes()[:32_044])
    os.utime(path, (1, 1))
    found = take(spool)
    assert (found.state, found.duration_s) == ("ready", 2.0)
    assert "cut off" in found.error


def test_file_that_still_grows_is_left_alone(spool: Path) -> None:
    path = leave(spool, "c.wav", tone(4, 0.3))
    os.utime(path)
    with pytest.raises(RecordingIncomplete):
        take(spool)
    assert not (spool.parent / "data").exists()


def test_full_disk_is_told_and_leaves_nothing(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(spool, "c.wav", tone(4, 0.3))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(StorageFull, match="free some space"):
        take(spool)
    assert not [p for p in (spool.parent / "data").rglob("*") if p.is_file()]


def test_disk_that_fills_up_while_copying_leaves_nothing(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(spool, "c.wav", tone(4, 0.3))

    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "_sync", full)
    with pytest.raises(StorageFull):
        take(spool)
    assert not [p for p in (spool.parent / "data").rglob("*") if p.is_file()]


@pytest.mark.parametrize("named", ["../../secret.wav", "/etc/../secret.wav"])
def test_name_that_leads_out_of_the_spool_is_not_followed(spool: Path, named: str) -> None:
    leave(spool.parent, "secret.wav", tone(1, 0.3))
    assert take(spool, {"mixed": named}).state == "missing"


@pytest.mark.parametrize(
    "named", ["a" * 5_000 + ".wav", "x/" * 3_000, "a\0.wav", "\ud800.wav", "loop"]
)
def test_name_that_no_file_can_have_is_missing(spool: Path, named: str) -> None:
    (spool / "loop").symlink_to(spool / "loop")
    assert take(spool, {"mixed": named}).state == "missing"


def test_link_that_leads_out_of_the_spool_is_not_followed(spool: Path) -> None:
    secret = leave(spool.parent, "secret.wav", tone(1, 0.3))
    (spool / "c.wav").symlink_to(secret)
    assert take(spool).state == "missing"


def test_spool_mounted_elsewhere_is_searched_by_ever_shorter_ends() -> None:
    found = [str(p) for p in candidates("/var/spool/asterisk/monitor/2026/11/c.wav")]
    assert found == ["2026/11/c.wav", "11/c.wav", "c.wav"]
    assert [str(p) for p in candidates("/mnt/rec/c.wav")] == ["mnt/rec/c.wav", "rec/c.wav", "c.wav"]


def test_path_of_very_many_steps_is_tried_at_few_places() -> None:
    named = "x/" * 2_000 + "c.wav"
    found = [str(p) for p in candidates(named)]
    assert (len(found), found[0], found[-1]) == (MOST_ENDS + 1, named, "c.wav")


@pytest.mark.parametrize(
    ("named", "found"),
    [("a/" + "д" * 128 + "/b/c.wav", ["b/c.wav", "c.wav"]), ("a/" + "x" * 256, [])],
)
def test_folder_that_no_disk_can_have_is_left_out(named: str, found: list[str]) -> None:
    assert [str(p) for p in candidates(named)] == found


def test_kept_name_has_no_surprises() -> None:
    assert kept_name(7, "client", "/x/вх одящий;rm -rf.wav") == "7-client-_rm_-rf.wav"


def test_peaks_show_both_sides_apart(spool: Path) -> None:
    sound = np.stack([tone(1.005, 0.5), tone(1.005, -0.25)], axis=1)
    peaks = peaks_of(leave(spool, "p.wav", sound))
    pairs = np.frombuffer(peaks.data, dtype=np.int8).reshape(peaks.channels, -1, 2)
    assert (peaks.step_ms, pairs.shape) == (10, (2, 101, 2))
    assert pairs[0, 50].tolist() == pytest.approx([64, 64], abs=1)
    assert pairs[1, 50].tolist() == pytest.approx([-32, -32], abs=1)


def test_peaks_keep_a_single_click(spool: Path) -> None:
    sound = tone(70, 0.0)
    sound[500_001] = 0.9
    pairs = np.frombuffer(peaks_of(leave(spool, "p.wav", sound)).data, dtype=np.int8).reshape(-1, 2)
    assert pairs[500_001 // 80, 1] == pytest.approx(114, abs=1)
    assert np.count_nonzero(pairs) == 1
