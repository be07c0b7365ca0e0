"""`slovo promises`: JSON lines in, one answer a line out, bad lines named."""

import json

import pytest
from typer.testing import CliRunner

from web.cli import app
from web.cli.promises import BadLine, answer_to

SENTENCE = {
    "id": "s1",
    "lang": "ru",
    "call_at": "2026-11-18T10:15:30+03:00",
    "side": "operator",
    "text": "вернём вам две тысячи до пятницы",
}
DIALOGUE = {
    "id": "d1",
    "lang": "ru",
    "call_at": "2026-11-18T10:15:30+03:00",
    "turns": [
        {"side": "operator", "text": "давайте я вам перезвоню"},
        {"side": "client", "text": "когда"},
        {"side": "operator", "text": "завтра в три"},
    ],
}


def asked(*lines: object) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def test_sentences_and_dialogues_are_answered_in_order() -> None:
    result = CliRunner().invoke(app, ["promises", "--json"], input=asked(DIALOGUE, SENTENCE))
    assert result.exit_code == 0
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["id"] == "d1"
    assert first["items"] == [
        {
            "turn": 0,
            "label": "promise",
            "action": "callback",
            "amount": None,
            "due": "2026-11-19T15:00",
            "strength": "firm",
            "vague": False,
            "withdrawn": False,
        }
    ]
    assert second == {
        "id": "s1",
        "label": "promise",
        "action": "refund",
        "amount": {"value": 2000, "unit": "RUB"},
        "due": "2026-11-20",
        "strength": "firm",
        "vague": False,
    }


def test_people_get_words() -> None:
    result = CliRunner().invoke(app, ["promises"], input=asked(SENTENCE))
    assert result.stdout == "s1\tpromise refund 2000 RUB until 2026-11-20 firm\n"


def test_bad_line_is_named_by_its_number() -> None:
    result = CliRunner().invoke(app, ["promises", "--json"], input=asked(SENTENCE) + "{broken\n")
    assert result.exit_code == 2
    assert "line 2: is no JSON" in result.stderr


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("[]", "must be a JSON object"),
        ('{"text": "да"}', 'needs "call_at"'),
        ('{"text": "да", "call_at": "yesterday"}', "must be an ISO 8601 time"),
        ('{"call_at": "2026-11-18T10:15:30+03:00"}', 'needs "text"'),
        ('{"call_at": "2026-11-18T10:15:30+03:00", "turns": {}}', "must be a list"),
        ('{"call_at": "2026-11-18T10:15:30+03:00", "turns": [1]}', "each turn needs"),
    ],
)
def test_wrong_line_says_what_to_mend(line: str, why: str) -> None:
    with pytest.raises(BadLine, match=why):
        answer_to(line)


def test_amounts_that_are_not_whole_keep_their_fraction() -> None:
    line = SENTENCE | {"text": "доставим вам полтора литра молока"}
    assert answer_to(json.dumps(line))["amount"] == {"value": 1.5, "unit": "l"}
