"""How well promises, claims and refusals are found, and how fast: on any labelled JSON lines.

    python tests/bench/promises.py tests/promises/*.jsonl
    python tests/bench/promises.py --json FILE…

Lines as `slovo promises` reads them, with the right answer beside: `label`, `action`, `amount`, `due`, `strength` for a
sentence; `items` for a dialogue. Printed per language: precision, recall and F1 by label; how often action, amount, due
date and strength are right where the label is; items of dialogues; milliseconds per utterance after warm-up.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.promise_score import Score, score_of  # noqa: E402

from web.cli.promises import answer_to  # noqa: E402


def main() -> None:
    """Read, judge, time, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="show what was missed")
    args = parser.parse_args()
    lines = [line for path in args.files for line in path.read_text("utf-8").splitlines() if line]
    by_lang: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        asked = json.loads(line)
        by_lang[asked["lang"]].append(asked)
    report = {}
    for lang, asked_all in sorted(by_lang.items()):
        score = score_of(asked_all)
        report[lang] = {**score.report(), "ms_per_utterance": _speed(asked_all)}
        if args.wrong:
            _show(score)
    print(json.dumps(report, indent=2, ensure_ascii=False) if args.json else _text(report))


def _speed(asked_all: list[dict[str, Any]]) -> dict[str, float]:
    """Milliseconds an utterance, words known: the second time round."""
    took: Counter[int] = Counter()
    values = []
    for index, asked in enumerate(asked_all):
        line = json.dumps(asked)
        started = time.perf_counter()
        answer_to(line)
        took[index] = len(asked.get("turns", [0]))
        values.append((time.perf_counter() - started) * 1000 / max(1, took[index]))
    return {
        "mean": round(sum(values) / len(values), 3),
        "p95": round(quantiles(values, n=20)[-1], 3) if len(values) > 1 else round(values[0], 3),
    }


def _show(score: Score) -> None:
    for asked, answer in score.wrong:
        said = asked.get("text") or " / ".join(t["text"] for t in asked["turns"])
        print(
            f"{asked['id']}: {said}\n    {json.dumps(answer, ensure_ascii=False)}", file=sys.stderr
        )


def _text(report: dict[str, Any]) -> str:
    rows = []
    for lang, values in report.items():
        rows.append(f"{lang}: {values['sentences']} sentences, {values['dialogues']} dialogues")
        for label, figures in values["labels"].items():
            rows.append(
                f"  {label:<9} P {figures['precision']:.3f}  R {figures['recall']:.3f}"
                f"  F1 {figures['f1']:.3f}  of {figures['count']}"
            )
        for name in ("action", "amount", "due", "no_due", "strength", "items"):
            right, of = values[name]
            rows.append(f"  {name:<9} {right}/{of}" + (f" = {right / of:.3f}" if of else ""))
        speed = values["ms_per_utterance"]
        rows.append(f"  ms per utterance: mean {speed['mean']}, p95 {speed['p95']}")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
