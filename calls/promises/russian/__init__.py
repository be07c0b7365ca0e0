"""Promises, claims and refusals in Russian speech, by morphology. Pure.

In: sentences or turns as a speech engine writes them. Out: `Found` acts. `words` knows word forms, `clauses` cuts,
`question`, `claims` and `judge` label, `action`, `amount` and `due` fill in, `dialogues` joins turns.
"""

from __future__ import annotations

from calls.promises.russian.dialogues import dialogue
from calls.promises.russian.sentences import sentence

__all__ = ["dialogue", "sentence"]
