"""Promises, claims and refusals in English. Pure.

In: a sentence or the turns of a dialogue as the speech engine writes them, and the local time of the call.
Out: `Found` acts.
The way: words (`words`) to clauses (`clauses`), each clause judged by who speaks of whom in which mood
(`promises`, `refusals`, `claims`), then what it is about (`actions`), how much (`amounts`) and until when (`due`).
"""

from __future__ import annotations

from calls.promises.english.dialogues import dialogue
from calls.promises.english.sentences import sentence

__all__ = ["dialogue", "sentence"]
