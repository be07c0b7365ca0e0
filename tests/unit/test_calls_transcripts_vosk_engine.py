"""The engine's process may die in every way there is: it costs one recording, never us."""

import sys
from pathlib import Path

import pytest
from support.speech import TELEPHONE_CALL

from calls.errors import EngineCrashed, EngineFailed, ModelBroken, RecordingUnreadable
from calls.transcripts import models
from calls.transcripts.engine import sides_of
from calls.transcripts.model_files import rate_hz
from calls.transcripts.vosk_engine import EngineLimits, VoskEngine

CHILD = Path(__file__).resolve().parents[1] / "support" / "broken_engine.py"
SOURCES = sides_of(TELEPHONE_CALL)


def engine_that(how: str, **limits: float) -> VoskEngine:
    command = (sys.executable, str(CHILD), how)
    return VoskEngine(Path("model"), command, EngineLimits(**limits))  # type: ignore[arg-type]


def test_abort_of_native_code_is_an_error_with_its_last_words() -> None:
    engine = engine_that("aborts")
    with pytest.raises(EngineCrashed, match="ASSERTION_FAILED") as caught:
        engine.transcribe(SOURCES)
    assert caught.value.exit_code == -6
    with pytest.raises(EngineCrashed):  # a new process, which dies as well
        engine.transcribe(SOURCES)
    engine.close()


def test_death_over_the_model_is_an_error() -> None:
    engine = engine_that("dies loading")
    with pytest.raises(EngineCrashed, match="while loading"):
        engine.load()


def test_refused_model_is_told_as_broken() -> None:
    with pytest.raises(ModelBroken, match="Failed to create"):
        engine_that("refuses the model").load()


def test_process_that_hangs_is_ended() -> None:
    with pytest.raises(EngineCrashed, match="no word"):
        engine_that("hangs", silent_s=0.3).transcribe(SOURCES)


def test_process_that_talks_nonsense_is_ended() -> None:
    with pytest.raises(EngineCrashed, match="no reply"):
        engine_that("talks nonsense").transcribe(SOURCES)


def test_refused_recording_leaves_the_process_alive() -> None:
    engine = engine_that("fails")
    with pytest.raises(EngineFailed, match="process waveform"):
        engine.transcribe(SOURCES)
    with pytest.raises(EngineFailed):
        engine.transcribe(SOURCES)
    engine.close()


def test_process_is_replaced_after_a_number_of_recordings() -> None:
    engine = engine_that("tells its process", recordings=2)
    processes = [engine.transcribe(SOURCES).duration_s for _ in range(4)]
    engine.close()
    assert processes[0] == processes[1] != processes[2] == processes[3]


def test_unreadable_recording_is_told_before_a_process_is_started(tmp_path: Path) -> None:
    path = tmp_path / "text.wav"
    path.write_text("only words")
    with pytest.raises(RecordingUnreadable):
        sides_of(path)


def test_directory_that_is_no_model_is_refused_by_the_real_process(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match=r"am/final\.mdl"):
        models.load_once(tmp_path)


def test_truncated_model_is_refused_and_not_our_end(tmp_path: Path) -> None:
    for name in ("am/final.mdl", "conf/model.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\0BTransitionModel cut")
    with pytest.raises(ModelBroken):
        models.load_once(tmp_path)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("--sample-frequency=8000\n", 8000),
        ("--num-ceps=40\n", 16000),
        (" --sample-frequency=8000 # x\n", 8000),
    ],
)
def test_rate_is_the_models_own(tmp_path: Path, text: str, rate: int) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/mfcc.conf").write_text(text)
    assert rate_hz(tmp_path) == rate
