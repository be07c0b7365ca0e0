"""What makes an utterance findable: its normal forms, written in the transaction of the utterance itself.

In: utterances, new or changed. Out: their `lemmas`; the databases keep their full-text index in step with that
column, also when utterances are deleted.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from calls.search.text import index_text
from calls.tables import Utterance

SEPARATOR = " ".join(["\u00b6"] * 21)
"""Between what was heard and what people made of it: so many that no distance between two words reaches across."""


async def index_utterances(session: AsyncSession, utterances: Iterable[Utterance]) -> None:
    """Make utterances findable once the caller's transaction is committed. They need not be flushed yet."""
    for utterance in utterances:
        utterance.lemmas = _forms(utterance)
    await session.flush()


def _forms(utterance: Utterance) -> str:
    """What was heard and, behind it, what people made of it: searches find both."""
    heard = index_text(utterance.text)
    if utterance.corrected is None:
        return heard
    return f"{heard} {SEPARATOR} {index_text(utterance.corrected)}"
