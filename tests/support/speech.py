"""Speech for tests and benches: the sample calls of this repository, and human clips where they are at hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from pbx.samples import SampleCall, calls

Sound = npt.NDArray[np.float32]

ROOT = Path(__file__).resolve().parents[2]
HUMAN = ROOT.parent / "shared" / "speech" / "ko"
"""Real human speech, which is not ours to publish: beside the checkout, if at all."""
RATE_HZ = 16000


SAMPLES = ("ko-1", "ko-2")
"""The sample calls that the Korean test model hears well."""
TELEPHONE_CALL = ROOT / "tests" / "speech" / "call-1-8k.flac"
"""The first of them at 8 kHz: for rates, sides and times, never for words."""


def sample_call(name: str) -> SampleCall:
    """A sample call by its name ("ko-1")."""
    return next(call for call in calls() if call.name == name)


def stable_words(name: str, side: str) -> list[str]:
    """Words that the Korean model found on this side of a sample call in every run."""
    text = sample_call(name).path.with_suffix(".json").read_text(encoding="utf-8")
    return list(json.loads(text)["stable_words"][side])


def error_rate(heard: str, said: str) -> float:
    """Characters to insert, remove or replace, for each one said; spaces do not count."""
    ours, theirs = heard.replace(" ", ""), said.replace(" ", "")
    row = list(range(len(theirs) + 1))
    for i, one in enumerate(ours, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(theirs, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1] / max(len(theirs), 1)


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of speech at `RATE_HZ` and what is said in it."""

    sound: Sound
    text: str


def human_clips() -> list[Clip]:
    """Short clips of human speech; [] where they are not at hand."""
    index = HUMAN / "clips.json"
    if not index.is_file():
        return []
    return [
        Clip(_read(HUMAN / str(clip["file"])), str(clip["text"]))
        for clip in json.loads(index.read_text(encoding="utf-8"))
    ]


def sample_clips() -> list[Clip]:
    """The turns of the sample calls, cut out: synthetic, but always at hand."""
    clips = []
    for name in SAMPLES:
        call = sample_call(name)
        both = soundfile.read(call.path, dtype="float32")[0]
        for turn in call.turns:
            start, end = round(turn.start_s * RATE_HZ), round(turn.end_s * RATE_HZ)
            clips.append(Clip(both[start:end, 0 if turn.side == "client" else 1], turn.text))
    return clips


def _read(path: Path) -> Sound:
    sound: Sound = soundfile.read(path, dtype="float32")[0]
    return sound


@dataclass(frozen=True, slots=True)
class Conversation:
    """A two-sided call at `RATE_HZ`: columns client and operator, and what each side says, in order."""

    sound: Sound
    said: tuple[str, str]
    overlap: float
    """The part of the time in which both speak, from 0 to 1."""


def conversation(
    clips: list[Clip], minutes: float, seed: int, noise_dbfs: float = -45.0
) -> Conversation:
    """A call in which both sides take turns, with line noise on both, and for a tenth of the time both speak.

    Args:
        clips: what may be said.
        minutes: how long the call is at least.
        seed: of the choice of clips, pauses, overlaps and noise.
        noise_dbfs: level of the white noise.
    """
    rng = np.random.default_rng(seed)
    length = round(minutes * 60 * RATE_HZ)
    parts: list[tuple[int, int, Sound]] = []
    said: tuple[list[str], list[str]] = ([], [])
    at, side, both, free = round(0.5 * RATE_HZ), 0, 0, [0, 0]
    while at < length:
        clip = clips[int(rng.integers(len(clips)))]
        start = max(at, free[side])
        parts.append((start, side, clip.sound))
        said[side].append(clip.text)
        end = start + len(clip.sound)
        other = free[1 - side]
        both += max(0, min(end, other) - start)
        free[side] = end + round(0.3 * RATE_HZ)
        wanted = 0.1 * max(end, other) - both
        if wanted > 0:  # the other side cuts in
            at = max(end - round(min(wanted, 0.6 * len(clip.sound))), start)
        else:
            at = max(end, other) + round(float(rng.uniform(0.2, 1.2)) * RATE_HZ)
        side = 1 - side if rng.random() < 0.85 else side
    total = max(start + len(sound) for start, _, sound in parts) + RATE_HZ // 2
    mixed = rng.normal(0.0, 10 ** (noise_dbfs / 20), (total, 2)).astype(np.float32)
    for start, column, sound in parts:
        mixed[start : start + len(sound), column] += sound
    return Conversation(
        np.clip(mixed, -1.0, 1.0), (" ".join(said[0]), " ".join(said[1])), both / total
    )
