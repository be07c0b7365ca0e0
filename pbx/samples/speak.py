"""Makes the Russian and English sample calls anew: `python -m pbx.samples.speak`. Needs espeak-ng; running Slovo does not.

In: dialogues.json. Out: calls/NAME.ogg (Opus, 16 kHz, left client, right operator) and calls/NAME.json with the turns.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from pbx.samples import CALLS, RATE_HZ

DIALOGUES = Path(__file__).with_name("dialogues.json")
GAP_S = 0.45
"""Silence between two turns."""
VOICES = {
    ("ru", "client"): ("ru+m3", 38),
    ("ru", "operator"): ("ru+f2", 62),
    ("en", "client"): ("en-gb+m3", 38),
    ("en", "operator"): ("en-gb+f2", 60),
}
"""(language, side) → espeak-ng voice with variant, pitch 0-99."""
WORDS_PER_MINUTE = 165


def spoken(espeak: str, text: str, lang: str, side: str) -> np.ndarray[Any, Any]:
    """Return the text as 16 kHz samples between -1 and 1."""
    voice, pitch = VOICES[lang, side]
    argv = [espeak, "-v", voice, "-p", str(pitch), "-s", str(WORDS_PER_MINUTE), "--stdout", text]
    done = subprocess.run(argv, capture_output=True, check=True)  # noqa: S603  # our own texts
    samples, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    heard: np.ndarray[Any, Any] = soxr.resample(samples, rate, RATE_HZ)
    return heard * 0.6


def make(espeak: str, name: str, dialogue: dict[str, Any]) -> None:
    """Write the sound and the text of one call."""
    sides: dict[str, list[np.ndarray[Any, Any]]] = {"client": [], "operator": []}
    turns, now = [], GAP_S
    silence = np.zeros(round(GAP_S * RATE_HZ), dtype=np.float32)
    for part in sides.values():
        part.append(silence)
    for side, text in dialogue["turns"]:
        speech = spoken(espeak, text, dialogue["lang"], side)
        length_s = len(speech) / RATE_HZ
        turns.append(
            {
                "side": side,
                "start_s": round(now, 2),
                "end_s": round(now + length_s, 2),
                "text": text,
            }
        )
        for whose, part in sides.items():
            part.append(speech if whose == side else np.zeros_like(speech))
            part.append(silence)
        now += length_s + GAP_S
    stereo = np.stack([np.concatenate(sides["client"]), np.concatenate(sides["operator"])], axis=1)
    soundfile.write(CALLS / f"{name}.ogg", stereo, RATE_HZ, format="OGG", subtype="OPUS")
    text = {
        "lang": dialogue["lang"],
        "about": dialogue["about"],
        "file": f"{name}.ogg",
        "turns": turns,
    }
    (CALLS / f"{name}.json").write_text(
        json.dumps(text, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    sys.stderr.write(f"{name}: {now:.1f} s\n")


def main() -> int:
    """Make every call of dialogues.json; 1 if espeak-ng is not installed."""
    espeak = shutil.which("espeak-ng")
    if espeak is None:
        sys.stderr.write("espeak-ng is not installed (Debian: apt install espeak-ng)\n")
        return 1
    for name, dialogue in json.loads(DIALOGUES.read_text(encoding="utf-8")).items():
        make(espeak, name, dialogue)
    return 0


if __name__ == "__main__":
    sys.exit(main())
