import json

import numpy as np
import pytest
import soundfile

from pbx import samples
from pbx.samples import speak

CALLS = samples.calls()


def test_ten_calls_in_three_languages():
    assert [call.name for call in CALLS] == [
        *("en-1", "en-2", "ko-1", "ko-2"),
        *(f"ru-{number}" for number in range(1, 7)),
    ]


def test_all_samples_together_stay_small():
    assert sum(path.stat().st_size for path in samples.CALLS.iterdir()) < 5_000_000


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_each_side_speaks_in_its_own_turns_and_is_silent_in_the_other_ones(call):
    sound, rate = soundfile.read(call.path, dtype="float32", always_2d=True)
    assert (rate, sound.shape[1]) == (16_000, 2)
    assert 20 <= len(sound) / rate <= 45
    assert 6 <= len(call.turns) <= 13
    assert len(sound) / rate >= call.length_s
    for turn in call.turns:
        inside = sound[round((turn.start_s + 0.1) * rate) : round((turn.end_s - 0.1) * rate)]
        mine, other = (0, 1) if turn.side == "client" else (1, 0)
        assert np.sqrt(np.mean(inside[:, mine] ** 2)) > 0.01
        assert np.max(np.abs(inside[:, other])) < 0.01


def test_turns_follow_each_other():
    for call in CALLS:
        ends = [turn.end_s for turn in call.turns]
        assert all(turn.start_s < turn.end_s for turn in call.turns)
        assert all(turn.start_s >= end for turn, end in zip(call.turns[1:], ends, strict=False))


def test_recording_tells_its_sample_by_its_name():
    name = "20261122-051800-79161234567-1795315726.12-ru-2"
    for file in (f"/rec/{name}.wav16", f"{name}-rx.wav16", f"{name}-tx.wav16"):
        sample = samples.sample_named_in(file)
        assert sample is not None
        assert sample.name == "ru-2"
    assert samples.sample_named_in("20261122-051800-1795315726.12.wav") is None


def test_texts_are_those_of_the_dialogues():
    written = json.loads(speak.DIALOGUES.read_text(encoding="utf-8"))
    for call in CALLS:
        if call.lang != "ko":
            spoken = [[turn.side, turn.text] for turn in call.turns]
            assert spoken == written[call.name]["turns"]


def test_missing_espeak_is_said(monkeypatch, capsys):
    monkeypatch.setattr(speak.shutil, "which", lambda name: None)
    assert speak.main() == 1
    assert "apt install espeak-ng" in capsys.readouterr().err
