"""Promises in English: floors on labelled sentences and dialogues."""

from datetime import datetime
from pathlib import Path

import pytest
from support.promise_score import read, score_of

from calls.promises.model import ActionKind, Label, Strength

SAMPLES = Path(__file__).resolve().parents[1] / "promises"
KEYS = {"id", "lang", "call_at", "side", "text", "label", "action", "amount", "due", "strength"}


@pytest.mark.parametrize(
    "name",
    [
        "en-first",
        "en-held",
        "en-third",
        "en-fourth",
        "en-fifth",
        "en-sixth",
        "en-seventh",
        "en-eighth",
    ],
)
def test_labelled_sentences_reach_the_floors(name: str) -> None:
    score = score_of(read(SAMPLES / f"{name}.jsonl"))
    assert score.f1("promise") >= 0.95
    assert score.precision("promise") >= 0.97
    assert min(score.f1("claim"), score.f1("refusal")) >= 0.92
    assert score.share("action") >= 0.85
    for field in ("amount", "due", "no_due", "strength"):
        assert score.share(field) >= 0.94, field


def test_talk_that_binds_nobody_raises_hardly_an_alarm() -> None:
    assert score_of(read(SAMPLES / "en-bystanders.jsonl")).recall("none") >= 0.95


@pytest.mark.parametrize("name", ["en-dialogues", "en-dialogues-held", "en-dialogues-third"])
def test_labelled_dialogues_reach_the_floors(name: str) -> None:
    score = score_of(read(SAMPLES / f"{name}.jsonl"))
    assert score.share("items") >= 0.9
    assert score.extra_items <= 0.1 * score.fields["items"][1]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("en-*.jsonl")), ids=lambda path: path.stem)
def test_every_sample_has_the_shared_format(path: Path) -> None:
    rows = read(path)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["lang"] == "en"
        datetime.fromisoformat(row["call_at"])
        assert "turns" in row or set(row) - {"vague", "asr_error"} == KEYS
        for act in row.get("items", [row]):
            assert act["label"] in set(Label)
            assert (act["action"] in set(ActionKind)) == (act["label"] != "none")
            assert (act["strength"] in set(Strength)) == (act["label"] == "promise")
