"""The company's own words: names and products that calls are about, and corrections that suggest more of them.

In: words that supervisors add. Out: rows that the worker checks against each model; proposals from what people corrected
again and again, of calls that the asker may hear. The audit log gets counts and ids, the word itself apart from the chain.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Utterance, VocabularyWord
from calls.transcripts import vocabulary
from calls.transcripts.alignment import changes, key_of
from crm import audit, call_visibility
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid, NotFound

KINDS = ("person", "product", "company", "other")
LONGEST = 100
MOST_SPELLINGS = 20
MOST_CORRECTIONS = 2000
"""Newest corrected turns that proposals are made from."""
OFTEN = 2
"""In so many turns a word must have been put right."""
MOST_PROPOSED = 30


@dataclass(frozen=True, slots=True)
class Proposal:
    """A word that people wrote where the engine heard others; `heard`: what it heard instead, the most frequent first."""

    word: str
    turns: int
    heard: Sequence[str]


async def all_words(session: AsyncSession) -> Sequence[VocabularyWord]:
    """Every word, in the order of the alphabet."""
    return (await session.scalars(select(VocabularyWord).order_by(VocabularyWord.word))).all()


async def add(
    session: AsyncSession, actor: Actor, word: str, kind: str, spellings: Sequence[str] = ()
) -> VocabularyWord:
    """Add a word.

    Raises:
        Forbidden: the actor may not.
        Invalid: no word, too long, or an unknown kind.
        Conflict: it is there.
    """
    actor.require(Permission.QUALITY_RULES)
    named = _plain(word)
    if kind not in KINDS:
        raise Invalid("kind", "choose one of the kinds")
    others = list(dict.fromkeys(_plain(one) for one in spellings if one.strip()))
    if len(others) > MOST_SPELLINGS:
        raise Invalid("spellings", f"must not be more than {MOST_SPELLINGS}")
    if await session.scalar(select(VocabularyWord.id).where(VocabularyWord.word == named)):
        raise Conflict("vocabulary", named, "it is in the list already")
    row = VocabularyWord(
        word=named, kind=kind, spellings=others, known={}, added_by_id=actor.user_id or None,
        added_at=datetime.now(UTC),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await vocabulary.ask(session)
    await audit.record(
        session,
        actor,
        "vocabulary.add",
        "vocabulary",
        row.id,
        {"kind": kind},
        words={"word": named},
    )
    return row


async def remove(session: AsyncSession, actor: Actor, word_id: int) -> None:
    """Take a word out.

    Raises:
        Forbidden: the actor may not.
        NotFound: there is none.
    """
    actor.require(Permission.QUALITY_RULES)
    row = await session.get(VocabularyWord, word_id)
    if row is None:
        raise NotFound("vocabulary", word_id)
    await session.delete(row)
    await audit.record(session, actor, "vocabulary.remove", "vocabulary", word_id)


async def proposals(session: AsyncSession, actor: Actor) -> list[Proposal]:
    """Words that people put right in several turns and that are not in the list."""
    rows = await session.execute(
        select(Utterance.text, Utterance.corrected)
        .join(Call, Call.id == Utterance.call_id)
        .where(Utterance.corrected.is_not(None), call_visibility.seen_by(actor))
        .where(call_visibility.heard_by(actor))
        .order_by(Utterance.id.desc())
        .limit(MOST_CORRECTIONS)
    )
    listed = {
        key_of(one) for row in await all_words(session) for one in vocabulary.spellings_of(row)
    }
    turns: Counter[str] = Counter()
    heard: defaultdict[str, Counter[str]] = defaultdict(Counter)
    shown: dict[str, str] = {}
    for text, corrected in rows:
        for word, instead in _put_right(text, corrected or ""):
            key = key_of(word)
            if key in listed or not key[:1].isalpha():
                continue
            turns[key] += 1
            heard[key][instead] += 1
            shown[key] = word
    return [
        Proposal(shown[key], count, [one for one, _n in heard[key].most_common(3)])
        for key, count in turns.most_common(MOST_PROPOSED)
        if count >= OFTEN
    ]


def _put_right(text: str, corrected: str) -> set[tuple[str, str]]:
    """Single words that stand where others were heard, once a turn."""
    return {
        (change.after[0].strip('.,!?:;«»"()'), " ".join(change.before))
        for change in changes(text.split(), corrected.split())
        if change.kind == "replace" and len(change.after) == 1
    }


def _plain(word: str) -> str:
    named = " ".join(word.replace("\x00", "").split())
    if not vocabulary.parts_of(named):
        raise Invalid("word", "type a word")
    if len(named) > LONGEST:
        raise Invalid("word", f"must not be longer than {LONGEST} characters")
    return named
