"""The step of understanding that puts found promises into the ledger: `calls.understanding` runs it after the acts.

In: the acts of a call. Out: `promises` of state "found", which nobody has looked at yet. Matched again each time: what a
person decided stays as it is, whatever the rules find later; what nobody decided follows the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, SpeechAct, Transcript
from crm.call_links import client_of
from crm.notices import announce
from crm.seating import held_at
from crm.tables import PhoneHolding, Promise


async def keep_found(session: AsyncSession, transcript: Transcript) -> None:
    """Bring the ledger in line with the acts of the transcript's call.

    Args:
        session: a write session.
        transcript: a current one, whose acts were just found.
    """
    call = await session.get_one(Call, transcript.call_id)
    shown = select(Transcript.id).where(Transcript.call_id == call.id, Transcript.current)
    acts = await session.scalars(
        select(SpeechAct)
        .where(SpeechAct.transcript_id.in_(shown), SpeechAct.label == "promise")
        .order_by(SpeechAct.id)
    )
    query = select(Promise).where(Promise.call_id == call.id).order_by(Promise.id)
    left = list((await session.scalars(query)).all())
    client = await client_of(session, call.id)
    for act, promise in _matched(acts.all(), left):
        if promise is None:
            promise = Promise(call_id=call.id, state="found", found_by="rules", what="")
            promise.client_id = client.id if client else None
        await _follow(session, promise, act, call)
        session.add(promise)
        await session.flush()
        announce(session, "promise", promise.id)
    gone = [one.id for one in left if one.state == "found"]
    if gone:
        # The state is asked again: somebody may have confirmed it since it was read.
        still = Promise.state == "found"
        await session.execute(delete(Promise).where(Promise.id.in_(gone), still))
    if client is not None:
        announce(session, "client", client.id)


async def person_of(session: AsyncSession, call: Call, extension: str) -> int | None:
    """Whose phone spoke in this call, also if they have left since; None where nobody or several had it."""
    if not extension:
        return None
    at = call.answered_at or call.started_at
    query = (
        select(PhoneHolding.user_id)
        .where(PhoneHolding.pbx == call.pbx, PhoneHolding.extension == extension)
        .where(PhoneHolding.until_at.is_(None) if at is None else held_at(at))
        .distinct()
        .limit(2)
    )
    holders = (await session.scalars(query)).all()
    return holders[0] if len(holders) == 1 else None


def _matched(
    acts: Sequence[SpeechAct], left: list[Promise]
) -> list[tuple[SpeechAct, Promise | None]]:
    """Each act with its row of before, the surest matches first; what is left in `left` has no act any more."""
    found: dict[int, Promise] = {}
    for same in (_by_id, _by_words, _by_time, _by_quote):
        for act in acts:
            if act.id in found:
                continue
            promise = next((one for one in left if same(one, act)), None)
            if promise is not None:
                left.remove(promise)
                found[act.id] = promise
    return [(act, found.get(act.id)) for act in acts]


def _by_id(promise: Promise, act: SpeechAct) -> bool:
    return promise.act_id == act.id


def _by_words(promise: Promise, act: SpeechAct) -> bool:
    if promise.utterance_id != act.utterance_id:
        return False
    if promise.word_from is None or promise.word_to is None:
        return True
    return promise.word_from <= act.word_to and act.word_from <= promise.word_to


def _by_time(promise: Promise, act: SpeechAct) -> bool:
    """Another reading of the same sound: other turns, the same moment and side."""
    if promise.start_s is None or promise.end_s is None or promise.by_side != act.side:
        return False
    shared = min(promise.end_s, act.end_s) - max(promise.start_s, act.start_s)
    return shared > 0.5 * min(promise.end_s - promise.start_s, act.end_s - act.start_s)


def _by_quote(promise: Promise, act: SpeechAct) -> bool:
    return promise.by_side == act.side and promise.quote.casefold() == act.quote.casefold()


async def _follow(session: AsyncSession, promise: Promise, act: SpeechAct, call: Call) -> None:
    promise.act_id = act.id
    if promise.state != "found":
        # Evidence does not change under us; only words whose turn is gone are found their place again.
        if promise.utterance_id is None:
            promise.utterance_id = act.utterance_id
            promise.word_from, promise.word_to = act.word_from, act.word_to
        return
    for name in (
        "utterance_id", "word_from", "word_to", "quote", "start_s", "end_s", "due_on", "due_time", "action",
        "amount_value", "amount_unit", "withdrawn", "rules",
    ):  # fmt: skip
        setattr(promise, name, getattr(act, name))
    promise.by_side, promise.by_party = act.side, act.speaker
    promise.strength = act.strength or "firm"
    promise.promiser_id = None
    if act.side == "operator":
        speaker = act.speaker or call.answered_by or call.final_handler
        promise.promiser_id = await person_of(session, call, speaker)
    promise.marked_at = call.started_at or promise.marked_at or datetime.now(UTC)
    promise.sample = call.sample
