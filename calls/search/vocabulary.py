"""The words that were said, kept beside the turns in the same transaction.

In: texts. Out: rows of `spoken_words`; and the words that are kept under given keys. Words are forgotten with the last
turn that holds them: whoever deletes or masks words calls `forget` with the text that is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import upsert
from calls.search import sounds, text
from calls.search.listed import is_listed
from calls.tables import SpokenWord

_CHUNK = 400


async def learn(session: AsyncSession, texts: Iterable[str]) -> None:
    """Keep the words of these texts. Words that are known already cost one look."""
    said = sorted(_words(texts))
    known: set[str] = set()
    for start in range(0, len(said), _CHUNK):
        part = said[start : start + _CHUNK]
        known |= set(
            await session.scalars(select(SpokenWord.word).where(SpokenWord.word.in_(part)))
        )
    rows = [
        {"word": word, "key": key}
        for word in said
        if word not in known
        for key in sounds.keys_of(word, listed=is_listed(word))
    ]
    if rows:
        # Another process may learn the same word at the same time; all take them in the same order.
        await upsert(session, SpokenWord, rows, ("word", "key"), replace=False)


async def forget(session: AsyncSession, texts: Iterable[str]) -> int:
    """Forget the words of texts that were deleted or masked, where no turn holds them any more; returns how many.

    Args:
        session: the write session in which the turns were changed or deleted already.
        texts: what is gone.
    """
    gone = []
    for word in sorted(_words(texts)):
        if not await _is_said(session, word):
            gone.append(word)
    for start in range(0, len(gone), _CHUNK):
        part = gone[start : start + _CHUNK]
        await session.execute(delete(SpokenWord).where(SpokenWord.word.in_(part)))
    return len(gone)


async def _is_said(session: AsyncSession, word: str) -> bool:
    """Whether some turn still holds this very form."""
    from calls.search.backend import holding

    for said in await session.execute(holding(session, text.index_form(word))):
        if word in _words(one for one in said if one is not None):
            return True
    return False


def _words(texts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for said in texts:
        for written in text.words(said):
            word = text.plain(written)
            if 1 < len(word) <= sounds.LONGEST and sounds.sound(word):
                found.add(word)
    return found


async def under(session: AsyncSession, keys: Collection[str]) -> dict[str, list[str]]:
    """Return the spoken words under each of these keys."""
    wanted = sorted(keys)
    found: dict[str, list[str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(SpokenWord.key, SpokenWord.word).where(
            SpokenWord.key.in_(wanted[start : start + _CHUNK])
        )
        for key, word in await session.execute(query):
            found.setdefault(key, []).append(word)
    return found
