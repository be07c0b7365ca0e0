"""Whether the installed models know the names and products of the company: the job "vocabulary".

In: words that people added. Out: for each model the words of them that it lacks: such a word cannot be heard by it,
whatever is said, and comes out as others that sound like it. Nothing here changes what is recognised. Each model is
asked in a process of its own (`vosk_model_find_word`), one after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs
from calls.db import Database
from calls.jobs import ClaimedJob
from calls.search.text import words as words_in
from calls.tables import VocabularyWord
from calls.transcripts.models import ModelStore
from calls.transcripts.vosk_engine import VoskEngine

CHECK_WORDS = "vocabulary"
"""Kind of the job; there is one for all words."""
KEY = "all"
DYNAMIC_GRAPH = ("graph/HCLr.fst", "graph/Gr.fst")
"""Files of a model whose graph is put together when it runs: only such a one could be narrowed to given words."""


class Knowing(Protocol):
    """Something that knows words: an engine with a model."""

    def knows(self, words: Collection[str]) -> Mapping[str, bool]:
        """Which of the words are in the model's list."""
        ...

    def close(self) -> None:
        """End its process."""
        ...


def parts_of(spelling: str) -> list[str]:
    """The words that an engine would have to know to hear a spelling, in lower case as models have them."""
    return [word.lower() for word in words_in(spelling)]


def takes_a_grammar(model: Path) -> bool:
    """Whether recognition by this model could be narrowed to given words at all (Slovo does not: it hears everything)."""
    return all((model / name).is_file() for name in DYNAMIC_GRAPH)


async def ask(session: AsyncSession) -> None:
    """Have the words checked, if there are any, once the caller's transaction is committed."""
    if await session.scalar(select(VocabularyWord.id).limit(1)) is not None:
        await jobs.again(session, CHECK_WORDS, KEY, {})


@dataclass(frozen=True, kw_only=True)
class VocabularyCheck:
    """Does the job."""

    db: Database
    models: ModelStore
    lease_s: float = 60.0
    make_engine: Callable[[Path], Knowing] = VoskEngine

    async def check(self, job: ClaimedJob) -> bool:
        """Ask every installed model for every word; False when the lease was lost.

        Raises:
            ModelBroken: a model does not load.
            EngineCrashed: a model's process died.
        """
        async with self.db.read() as session:
            rows = (await session.scalars(select(VocabularyWord))).all()
        wanted = {part for row in rows for one in spellings_of(row) for part in parts_of(one)}
        known: dict[str, Mapping[str, bool]] = {}
        for model in await asyncio.to_thread(self.models.installed):
            asking = asyncio.create_task(asyncio.to_thread(self._ask, model.path, wanted))
            while not asking.done():
                await asyncio.wait({asking}, timeout=self.lease_s / 3)
                if not asking.done() and not await jobs.renew(self.db, job, self.lease_s):
                    await asyncio.wait({asking})
                    return False
            known[model.name] = asking.result()
        async with self.db.write() as session:
            if not await jobs.complete(session, job):
                return False
            for row in await session.scalars(select(VocabularyWord)):
                row.known = {name: _lacking(row, words) for name, words in known.items()}
        return True

    def _ask(self, path: Path, wanted: Collection[str]) -> Mapping[str, bool]:
        engine = self.make_engine(path)
        try:
            return engine.knows(sorted(wanted))
        finally:
            engine.close()


def spellings_of(row: VocabularyWord) -> Sequence[str]:
    """All ways in which it may be said."""
    return [row.word, *map(str, row.spellings)]


def _lacking(row: VocabularyWord, known: Mapping[str, bool]) -> dict[str, list[str]]:
    """Spelling → its words that the model lacks; words that were added meanwhile are asked next time."""
    return {
        spelling: [part for part in parts_of(spelling) if not known.get(part, True)]
        for spelling in spellings_of(row)
    }
