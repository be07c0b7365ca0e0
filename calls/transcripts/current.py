"""What is shown, searched and understood of a turn: what people made of it, else what was heard.

In: a row of `utterances`. Out: its text and words as they stand now. The heard ones stay in `text` and `words` for ever.
"""

from __future__ import annotations

from typing import Any

from calls.tables import Utterance


def text(utterance: Utterance) -> str:
    """The turn's text as it stands."""
    return utterance.text if utterance.corrected is None else utterance.corrected


def words(utterance: Utterance) -> list[dict[str, Any]]:
    """The turn's words as they stand, with their times; those that a person wrote have `conf` None.

    Empty where only the turn's times are known: the words are those of `text`, split at spaces.
    """
    if utterance.corrected is None:
        return list(utterance.words or ())
    return list(utterance.corrected_words or ())
