"""Silence is left out, speech never."""

import numpy as np
import pytest
from support.speech import RATE_HZ, Sound, sample_clips

from calls.transcripts.voice_activity import VoiceActivity

CLIP = sample_clips()[1].sound


def kept_spans(sound: Sound, block: int = 4096, rate_hz: int = RATE_HZ) -> list[tuple[int, int]]:
    """What is kept, as joined (start, end) in samples; the samples themselves must be those of that place."""
    pcm = np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)
    activity = VoiceActivity(rate_hz)
    spans: list[tuple[int, int]] = []
    pieces = [p for i in range(0, len(pcm), block) for p in activity.feed(pcm[i : i + block])]
    for position, samples in [*pieces, *activity.finish()]:
        assert np.array_equal(pcm[position : position + len(samples)], samples)
        if spans and spans[-1][1] == position:
            spans[-1] = (spans[-1][0], position + len(samples))
        else:
            spans.append((position, position + len(samples)))
    return spans


def call(noise_dbfs: float | None, level: float = 1.0) -> tuple[Sound, int, int]:
    """Ten seconds of silence, speech, ten seconds of silence; and where the speech lies."""
    quiet = np.zeros(10 * RATE_HZ, dtype=np.float32)
    sound = np.concatenate((quiet, CLIP * level, quiet))
    if noise_dbfs is not None:
        noise = np.random.default_rng(1).normal(0, 10 ** (noise_dbfs / 20), len(sound))
        sound = (sound + noise).astype(np.float32)
    return sound, len(quiet), len(quiet) + len(CLIP)


@pytest.mark.parametrize("noise_dbfs", [None, -60.0, -45.0])
def test_speech_is_kept_whole_with_padding_and_silence_is_not(noise_dbfs: float | None) -> None:
    sound, start, end = call(noise_dbfs)
    spans = kept_spans(sound)
    assert min(s for s, _ in spans) <= start
    assert max(e for _, e in spans) >= end
    assert sum(e - s for s, e in spans) < end - start + 3 * RATE_HZ


def test_quiet_voice_in_noise_is_kept() -> None:
    sound, start, end = call(-60.0, level=0.1)
    spans = kept_spans(sound)
    covered = sum(min(e, end) - max(s, start) for s, e in spans if e > start and s < end)
    assert covered >= 0.98 * (end - start)


def test_digital_silence_is_left_out_altogether() -> None:
    assert kept_spans(np.zeros(5 * RATE_HZ, dtype=np.float32)) == []


def test_kept_stretches_do_not_depend_on_the_block_size() -> None:
    sound, _, _ = call(-45.0)
    assert kept_spans(sound, 777) == kept_spans(sound, 160_000)


def test_speech_up_to_the_last_sample_is_kept_to_the_last_sample() -> None:
    spans = kept_spans(CLIP)
    assert spans[-1][1] == len(CLIP)


def test_cuts_keep_the_phase_of_thirty_milliseconds() -> None:
    sound, _, _ = call(-45.0)
    assert all(start % 480 == 0 for start, _ in kept_spans(sound))


def test_rate_without_a_detector_is_judged_by_level() -> None:
    sound, start, end = call(-45.0)
    spans = kept_spans(sound, rate_hz=11025)
    assert any(s <= end and e >= start for s, e in spans)
    assert sum(e - s for s, e in spans) < len(sound)
