"""Judging found promises against labelled sentences and dialogues: for the bench and for the tests with floors.

In: labelled JSON objects. Out: a `Score`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web.cli.promises import answer_to

LABELS = ("promise", "claim", "refusal", "none")
COMPARED = ("turn", "label", "action", "amount", "due", "strength", "withdrawn")


@dataclass
class Score:
    """Counts of right and wrong."""

    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    fields: dict[str, list[int]] = field(
        default_factory=lambda: {
            n: [0, 0] for n in ("action", "amount", "due", "no_due", "strength", "items")
        }
    )
    """Name to [right, of]."""
    extra_items: int = 0
    sentences: int = 0
    dialogues: int = 0
    wrong: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def precision(self, label: str) -> float:
        """Of those found, how many are right."""
        return self.right[label] / max(1, self.found[label])

    def recall(self, label: str) -> float:
        """Of those there are, how many are found."""
        return self.right[label] / max(1, self.expected[label])

    def f1(self, label: str) -> float:
        """Harmonic mean of both."""
        p, r = self.precision(label), self.recall(label)
        return 2 * p * r / max(1e-9, p + r)

    def share(self, name: str) -> float:
        """How often a field is right."""
        right, of = self.fields[name]
        return right / max(1, of)

    def report(self) -> dict[str, Any]:
        """All figures."""
        labels = {
            label: {
                "precision": self.precision(label),
                "recall": self.recall(label),
                "f1": self.f1(label),
                "count": self.expected[label],
            }
            for label in LABELS
            if self.expected[label] or self.found[label]
        }
        return {
            "sentences": self.sentences,
            "dialogues": self.dialogues,
            "labels": labels,
            **self.fields,
            "extra_items": self.extra_items,
        }


def read(path: Path) -> list[dict[str, Any]]:
    """Labelled lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def score_of(asked_all: Iterable[dict[str, Any]]) -> Score:
    """Answer and judge every line."""
    score = Score()
    for asked in asked_all:
        answer = answer_to(json.dumps(asked))
        right = _dialogue(score, asked, answer) if "turns" in asked else _one(score, asked, answer)
        if not right:
            score.wrong.append((asked, answer))
    return score


def _one(score: Score, asked: dict[str, Any], answer: dict[str, Any]) -> bool:
    score.sentences += 1
    score.expected[asked["label"]] += 1
    score.found[answer["label"]] += 1
    if asked["label"] != answer["label"]:
        return False
    score.right[asked["label"]] += 1
    if asked["label"] == "none":
        return True
    names = ["action", "amount", "due" if asked["due"] else "no_due"]
    names += ["strength"] if asked["label"] == "promise" else []
    all_right = True
    for name in names:
        key = name.removeprefix("no_")
        same = asked[key] == answer[key]
        score.fields[name][0] += same
        score.fields[name][1] += 1
        all_right = all_right and same
    return all_right


def _dialogue(score: Score, asked: dict[str, Any], answer: dict[str, Any]) -> bool:
    score.dialogues += 1
    wanted = [{k: item[k] for k in COMPARED} for item in asked["items"]]
    got = [{k: item[k] for k in COMPARED} for item in answer["items"]]
    right = sum(item in got for item in wanted)
    score.fields["items"][0] += right
    score.fields["items"][1] += len(wanted)
    score.extra_items += len([item for item in got if item not in wanted])
    return wanted == got
