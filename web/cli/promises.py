"""`slovo promises`: find promises, claims and refusals in sentences and dialogues from standard input.

In: JSON lines of sentences and dialogues. Out: one JSON object (or a few words) per line, in the same order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import typer

from calls.promises import extract
from calls.promises.model import Amount, Found, Label, Turn

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
USAGE = 2
SIDES = ("client", "operator", "unknown")


class BadLine(ValueError):
    """A line that is no sentence and no dialogue; its text says what to mend."""


def promises(as_json: AsJson = False) -> None:
    """Find who bound himself to what: JSON lines of sentences or dialogues on standard input."""
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            answer = answer_to(line)
        except BadLine as error:
            typer.echo(f"slovo promises: line {number}: {error}", err=True)
            raise typer.Exit(USAGE) from error
        if as_json:
            typer.echo(json.dumps(answer, ensure_ascii=False))
        else:
            for shown in _in_words(answer):
                typer.echo(shown)


def answer_to(line: str) -> dict[str, Any]:
    """Answer one line.

    Raises:
        BadLine: it is no JSON object, or a needed key is missing or wrong.
    """
    asked = _object(line)
    call_at = _time(asked)
    lang = str(asked.get("lang") or "")
    if "turns" in asked:
        found = extract.dialogue(_turns(asked["turns"]), lang, call_at)
        return {"id": asked.get("id"), "items": [_item(act) for act in found]}
    if not isinstance(asked.get("text"), str):
        raise BadLine('needs "text" (a sentence) or "turns" (a dialogue)')
    side = str(asked.get("side") or "unknown")
    one = extract.sentence(asked["text"], lang, call_at, side if side in SIDES else "unknown")
    return {"id": asked.get("id"), **_values(one)}


def _object(line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(f"is no JSON: {error}") from error
    if not isinstance(asked, dict):
        raise BadLine("must be a JSON object")
    return asked


def _time(asked: dict[str, Any]) -> datetime:
    """Local time of the call; the offset says nothing more, for due dates are local too."""
    try:
        return datetime.fromisoformat(asked["call_at"]).replace(tzinfo=None)
    except KeyError as error:
        raise BadLine('needs "call_at", the local time of the call') from error
    except (TypeError, ValueError) as error:
        raise BadLine('"call_at" must be an ISO 8601 time, as 2026-11-22T14:30:00+03:00') from error


def _turns(given: Any) -> list[Turn]:
    if not isinstance(given, list):
        raise BadLine('"turns" must be a list of {"side", "text"}')
    turns = []
    for turn in given:
        if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
            raise BadLine('each turn needs "side" and "text"')
        turns.append(Turn(side=str(turn.get("side") or "unknown"), text=turn["text"]))
    return turns


def _item(found: Found) -> dict[str, Any]:
    return {"turn": found.turn, **_values(found), "withdrawn": found.withdrawn}


def _values(found: Found) -> dict[str, Any]:
    return {
        "label": str(found.label),
        "action": str(found.action) if found.action else None,
        "amount": _amount(found.amount),
        "due": str(found.due) if found.due else None,
        "strength": str(found.strength) if found.strength else None,
        "vague": found.vague,
    }


def _amount(amount: Amount | None) -> dict[str, Any] | None:
    if amount is None:
        return None
    return {"value": _number(amount.value), "unit": amount.unit}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _in_words(answer: dict[str, Any]) -> Iterator[str]:
    """For people: one line an act."""
    name = answer.get("id") or "-"
    acts = answer.get("items", [answer])
    for act in acts:
        yield f"{name}\t{_said(act)}"
    if not acts:
        yield f"{name}\t{Label.NONE}"


def _said(act: dict[str, Any]) -> str:
    parts = [f"turn {act['turn']}"] if "turn" in act else []
    amount = act["amount"] and f"{act['amount']['value']} {act['amount']['unit']}"
    due = act["due"] and f"until {act['due']}"
    withdrawn = "withdrawn" if act.get("withdrawn") else None
    parts += [
        part
        for part in (act["label"], act["action"], amount, due, act["strength"], withdrawn)
        if part
    ]
    return " ".join(parts)
