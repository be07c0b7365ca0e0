"""Calls with words for tests of the quality work: who talked is known, the sound is only a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from support.call_samples import answered_call, words_of

from calls.db import Database
from calls.search import index_utterances
from calls.tables import Recording, Transcript, Utterance
from crm.access import Actor
from crm.quality import forms
from crm.quality.forms import Card
from crm.quality.score import Criterion
from crm.tables import ScoreForm

NOON = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
GREETED = Criterion(key="greeted", text="Greeted the client", section="Beginning")
ASKED = Criterion(key="asked", text="Asked what is needed", weight=3, scale=5)
CONSENT = Criterion(key="consent", text="Told of the recording", weight=2, fatal=True)


async def spoken(
    session: AsyncSession,
    linkedid: str,
    turns: Sequence[tuple[str, str]],
    *,
    by: str = "101",
    at: datetime = NOON,
) -> Transcript:
    """An answered call of this phone with (side, text) turns, two seconds each."""
    call = answered_call(linkedid, at, by, "+79031234567")
    session.add(call)
    await session.flush()
    session.add(
        Recording(
            call_id=call.id, source_key=f"{linkedid}.wav", state="ready", sides="two", started_at=at,
            created_at=at,
        )
    )  # fmt: skip
    transcript = Transcript(call_id=call.id, origin="import", model="", lang="ru", created_at=at)
    session.add(transcript)
    await session.flush()
    rows = [
        Utterance(
            transcript_id=transcript.id, call_id=call.id, turn=number, side=side, text=text,
            start_s=2.0 * number, end_s=2.0 * number + 1.8, words=words_of(text, 2.0 * number),
        )
        for number, (side, text) in enumerate(turns)
    ]  # fmt: skip
    session.add_all(rows)
    await index_utterances(session, rows)
    return transcript


async def calls_of(db: Database, by: str, count: int) -> list[int]:
    """Ids of so many answered calls of a phone, a minute apart."""
    async with db.write() as session:
        made = [
            await spoken(
                session,
                f"17953{by}{number:04}.1",
                [("operator", "добрый день")],
                by=by,
                at=NOON + timedelta(minutes=number),
            )
            for number in range(count)
        ]
        return [one.call_id for one in made]


async def card(db: Database, actor: Actor) -> ScoreForm:
    """A score card of three criteria, one of which must hold."""
    async with db.write() as session:
        wish = Card(name="Usual", criteria=(GREETED, ASKED, CONSENT))
        return await forms.add(session, actor, wish)
