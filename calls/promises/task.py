"""The step of understanding that finds promises, claims and refusals in a transcript: `calls.understanding` runs it.

In: a current transcript; what is shown of it counts, so corrected words where people corrected them. Out: rows of
`speech_acts`. An act that is found again keeps its row, so that what people decided about it stays tied to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import understanding
from calls.promises.model import Found, Label, Turn
from calls.tables import Call, Job, SpeechAct, Transcript, UnderstoodTranscript, Utterance
from calls.transcripts import current
from calls.understanding import UNDERSTAND

Finder = Callable[[Sequence[Turn], str, datetime], Sequence[Found]]
"""Turns of a dialogue, their language, the local time of the call → what binds somebody."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What finds the acts, and which version of it that is."""

    find: Finder
    version: str


async def find_acts(
    session: AsyncSession, transcript: Transcript, *, rules: Rules, zone: ZoneInfo
) -> None:
    """Find the acts of a transcript anew.

    Args:
        session: a write session.
        transcript: a current one.
        rules: what finds them.
        zone: the company's: "tomorrow" is a day there.
    """
    call = await session.get_one(Call, transcript.call_id)
    turns = (
        await session.scalars(
            select(Utterance)
            .where(Utterance.transcript_id == transcript.id)
            .order_by(Utterance.turn)
        )
    ).all()
    said = [Turn(turn.side, current.text(turn)) for turn in turns]
    at = (call.started_at or transcript.created_at).astimezone(zone)
    # Two hours of talk take seconds: pages and the listener of the same process must not wait for them.
    judged = await asyncio.to_thread(rules.find, said, transcript.lang, at)
    found = [one for one in judged if one.label is not Label.NONE]
    acts = [
        _by(
            turns, one, _act(turns[one.turn], one, rules.version, dated=call.started_at is not None)
        )
        for one in found
    ]
    await _replace(session, transcript, acts)
    await _forget_outdated(session, transcript)
    await _note(session, transcript, rules.version)


async def ask_outdated(session: AsyncSession, version: str, most: int) -> int:
    """Have transcripts understood anew that were read with other rules, or never; newest first.

    Args:
        session: a write session.
        version: of the rules that hold now.
        most: at most so many at once, those that wait already included.

    Returns:
        How many were asked for.
    """
    ids = await outdated(session, version, most)
    for transcript_id in ids:
        await understanding.ask(session, transcript_id)
    return len(ids)


async def outdated(session: AsyncSession, version: str, most: int) -> Sequence[int]:
    """Ids of transcripts that `ask_outdated` would ask for."""
    waiting = select(Job.id).where(Job.kind == UNDERSTAND, Job.state.in_(("waiting", "running")))
    free = most - len((await session.scalars(waiting.limit(most))).all())
    if free <= 0:
        return ()
    done = select(UnderstoodTranscript.transcript_id).where(
        UnderstoodTranscript.transcript_id == Transcript.id, UnderstoodTranscript.rules == version
    )
    # One that failed for good is not tried again every minute: its job says so until somebody asks for it.
    held = select(Job.id).where(
        Job.kind == UNDERSTAND, Job.key == cast(Transcript.id, String), Job.state != "done"
    )
    found = (
        select(Transcript.id)
        .where(Transcript.current, ~done.exists(), ~held.exists())
        .order_by(Transcript.id.desc())
        .limit(free)
    )
    return (await session.scalars(found)).all()


def _act(turn: Utterance, found: Found, version: str, *, dated: bool) -> SpeechAct:
    """The row of one act. `dated` False: nobody knows when the call was, so nothing is due on a known day."""
    written = current.text(turn).split()
    quote = written[found.word_from : found.word_to + 1]
    words: list[dict[str, Any]] = current.words(turn)
    timed = words[found.word_from : found.word_to + 1] if len(words) == len(written) else []
    due = found.due if dated else None
    return SpeechAct(
        call_id=turn.call_id,
        transcript_id=turn.transcript_id,
        utterance_id=turn.id,
        label=found.label.value,
        action=found.action.value if found.action else "other",
        amount_value=found.amount.value if found.amount else None,
        amount_unit=found.amount.unit[:16] if found.amount else "",
        due_on=due.on if due else None,
        due_time=due.at if due else None,
        vague=found.vague or (found.due is not None and not dated),
        strength=found.strength.value if found.strength else "",
        withdrawn=found.withdrawn,
        side=turn.side,
        speaker=turn.speaker,
        word_from=found.word_from,
        word_to=found.word_to,
        quote=" ".join(quote),
        start_s=_time(timed[0], "start_s", turn.start_s) if timed else turn.start_s,
        end_s=_time(timed[-1], "end_s", turn.end_s) if timed else turn.end_s,
        rules=version,
    )


def _by(turns: Sequence[Utterance], found: Found, act: SpeechAct) -> SpeechAct:
    """Whose act it is, where one side named it and the other one said yes: the next to speak of that side."""
    if found.side and found.side != act.side:
        later = (turn for turn in turns[found.turn + 1 :] if turn.side == found.side)
        act.side, act.speaker = found.side, next((turn.speaker for turn in later), "")
    return act


def _time(word: dict[str, Any], name: str, otherwise: float) -> float:
    """A word that a person wrote may have no time of its own."""
    value = word.get(name)
    return otherwise if value is None else float(value)


_VALUES = (
    "action", "amount_value", "amount_unit", "due_on", "due_time", "vague", "strength", "withdrawn",
    "side", "speaker", "word_from", "word_to", "quote", "start_s", "end_s", "rules",
)  # fmt: skip


async def _replace(
    session: AsyncSession, transcript: Transcript, acts: Sequence[SpeechAct]
) -> None:
    query = select(SpeechAct).where(SpeechAct.transcript_id == transcript.id)
    left = list((await session.scalars(query.order_by(SpeechAct.id))).all())
    new: list[SpeechAct] = []
    for same in (_exactly, _overlapping):
        new, acts = [], list(acts)
        for act in acts:
            known = next((one for one in left if same(one, act)), None)
            if known is None:
                new.append(act)
                continue
            left.remove(known)
            for name in _VALUES:
                setattr(known, name, getattr(act, name))
        acts = new
    for gone in left:
        await session.delete(gone)
    await session.flush()
    session.add_all(new)
    await session.flush()


def _exactly(one: SpeechAct, other: SpeechAct) -> bool:
    return _overlapping(one, other) and (one.word_from, one.word_to) == (
        other.word_from,
        other.word_to,
    )


def _overlapping(one: SpeechAct, other: SpeechAct) -> bool:
    same = (one.utterance_id, one.label) == (other.utterance_id, other.label)
    return same and one.word_from <= other.word_to and other.word_from <= one.word_to


async def _forget_outdated(session: AsyncSession, transcript: Transcript) -> None:
    """Acts of readings of this call that are not shown any more."""
    old = select(Transcript.id).where(
        Transcript.call_id == transcript.call_id, Transcript.current.is_(False)
    )
    await session.execute(delete(SpeechAct).where(SpeechAct.transcript_id.in_(old)))


async def _note(session: AsyncSession, transcript: Transcript, version: str) -> None:
    row = await session.get(UnderstoodTranscript, transcript.id)
    if row is None:
        row = UnderstoodTranscript(transcript_id=transcript.id)
        session.add(row)
    row.rules, row.at = version, datetime.now(UTC)
    await session.flush()
