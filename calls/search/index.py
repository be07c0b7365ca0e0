"""What makes an utterance findable: its normal forms, written in the transaction of the utterance itself.

In: utterances, new or changed. Out: their `lemmas`; the databases keep their full-text index in step with that
column, also when utterances are deleted.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from calls.search.text import index_text
from calls.tables import Utterance


async def index_utterances(session: AsyncSession, utterances: Iterable[Utterance]) -> None:
    """Make utterances findable once the caller's transaction is committed. They need not be flushed yet."""
    for utterance in utterances:
        utterance.lemmas = index_text(utterance.text)
    await session.flush()
