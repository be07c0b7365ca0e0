"""Gathering what a proof pack tells of each call: how it went, what was recorded, what was said.

In: rows of calls. Out: plain values for `calls.proof`. What cannot be told is told as an absence: `crm.proof_absences`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.proof.model import (
    Act,
    CallFacts,
    Correction,
    KeptFile,
    Leg,
    Reading,
    Sound,
    SpokenTurn,
    Transfer,
)
from calls.tables import (
    Call,
    Recording,
    SpeechAct,
    Transcript,
    Utterance,
    UtteranceCorrection,
)
from crm.proof_facts import People, Wording, amount_text
from crm.tables import Promise


async def call_facts(
    session: AsyncSession, call: Call, client: str, wording: Wording, people: People
) -> CallFacts:
    """One call in plain values.

    Args:
        session: a read session.
        call: with legs, transfers and recordings loaded.
        client: whose call it is, "" if unknown.
        wording: names and reasons.
        people: names of colleagues.
    """

    def who(party: str) -> str:
        named = wording.phone(call, party) if party else ""
        if party and party == call.remote_number:
            return client
        return named if named != party else ""

    return CallFacts(
        id=call.id,
        pbx=call.pbx,
        linkedid=call.linkedid,
        linkedids=tuple(str(one) for one in call.linkedids),
        source=call.source,
        direction=call.direction,
        caller=call.caller,
        caller_who=who(call.caller),
        called=call.called,
        remote_number=call.remote_number,
        client=client,
        queue=call.queue,
        trunk=call.trunk,
        started_at=call.started_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        answered_by=call.answered_by,
        answered_who=who(call.answered_by),
        wait_s=call.wait_s,
        talk_s=call.talk_s,
        hold_s=call.hold_s,
        outcome=call.outcome or "",
        reason=wording.reason(call),
        legs=tuple(
            Leg(
                extension=leg.extension, number=leg.number, who=who(leg.extension or leg.number),
                queue=leg.queue, offered_at=leg.offered_at, rang_at=leg.rang_at,
                stopped_at=leg.stopped_at, result=leg.result or "", talked=leg.talked,
            )
            for leg in call.legs
        ),
        transfers=tuple(
            Transfer(
                kind=one.kind, source=one.source, source_who=who(one.source), target=one.target,
                target_who=who(one.target), at=one.at,
            )
            for one in call.transfers
        ),
        recordings=tuple(_sound(call, one) for one in _in_order(call.recordings)),
        readings=await _readings(session, call, client, wording, people),
        acts=await _acts(session, call, client, wording),
    )  # fmt: skip


def _in_order(recordings: Sequence[Recording]) -> list[Recording]:
    return sorted(recordings, key=lambda one: one.id)


def _sound(call: Call, recording: Recording) -> Sound:
    files = []
    if recording.state == "ready":
        folder = f"audio/call-{call.id}"
        kept = [{"role": "playable", "path": recording.path, "sha256": recording.sha256}]
        for one in [*kept, *recording.files]:
            role, path = str(one["role"]), str(one["path"])
            suffix = path.rpartition(".")[2].lower()
            files.append(
                KeptFile(
                    role=role,
                    path=path,
                    sha256=str(one.get("sha256", "")),
                    name=f"{folder}/{recording.id}-{role}.{suffix if suffix.isalnum() else 'bin'}",
                )
            )
    return Sound(
        id=recording.id,
        state=recording.state,
        error=recording.error,
        sides=recording.sides,
        started_at=recording.started_at,
        duration_s=recording.duration_s,
        rate_hz=recording.rate_hz,
        files=tuple(files),
    )


async def _readings(
    session: AsyncSession, call: Call, client: str, wording: Wording, people: People
) -> tuple[Reading, ...]:
    rows = await session.scalars(
        select(Transcript)
        .where(Transcript.call_id == call.id)
        .options(selectinload(Transcript.utterances))
        .order_by(Transcript.recording_id, Transcript.current.desc(), Transcript.id)
    )
    transcripts = rows.all()
    versions = await _versions(session, call, people)

    def turn(one: Utterance) -> SpokenTurn:
        named = wording.phone(call, one.speaker) if one.speaker else ""
        who = client if one.side == "client" else named if named != one.speaker else ""
        return SpokenTurn(
            id=one.id, turn=one.turn, side=one.side, speaker=one.speaker, who=who,
            start_s=one.start_s, end_s=one.end_s, heard=one.text, words=tuple(one.words or ()),
            corrected=one.corrected, corrections=tuple(versions.get(one.id, ())),
        )  # fmt: skip

    return tuple(
        Reading(
            id=one.id,
            recording_id=one.recording_id,
            origin=one.origin,
            engine=one.engine,
            engine_version=one.engine_version,
            model=one.model,
            lang=one.lang,
            current=one.current,
            made_at=one.created_at,
            turns=tuple(turn(said) for said in one.utterances),
        )
        for one in transcripts
    )


async def _versions(
    session: AsyncSession, call: Call, people: People
) -> dict[int, list[Correction]]:
    rows = await session.scalars(
        select(UtteranceCorrection)
        .join(Utterance, Utterance.id == UtteranceCorrection.utterance_id)
        .where(Utterance.call_id == call.id)
        .order_by(UtteranceCorrection.utterance_id, UtteranceCorrection.version)
    )
    found: dict[int, list[Correction]] = defaultdict(list)
    for row in rows:
        made = Correction(
            version=row.version, text=row.text, by=people.of(row.by_id), at=row.at,
            restores=row.restores,
        )  # fmt: skip
        found[row.utterance_id].append(made)
    return found


async def _acts(
    session: AsyncSession, call: Call, client: str, wording: Wording
) -> tuple[Act, ...]:
    """What the rules found and what people marked; something that is in the ledger is told once, as it stands there."""
    promises = await session.scalars(
        select(Promise).where(Promise.call_id == call.id).order_by(Promise.start_s, Promise.id)
    )
    ledger = promises.all()
    booked = {one.act_id for one in ledger}
    acts = await session.scalars(
        select(SpeechAct)
        .where(SpeechAct.call_id == call.id)
        .order_by(SpeechAct.start_s, SpeechAct.id)
    )

    def who(side: str, party: str) -> str:
        return client if side == "client" else wording.phone(call, party) if party else ""

    told = [
        Act(
            label=one.label, found_by="rules", state="", side=one.side,
            who=who(one.side, one.speaker), quote=one.quote, what="", action=one.action,
            amount=amount_text(one.amount_value, one.amount_unit), due=_due(one),
            strength=one.strength, withdrawn=one.withdrawn, start_s=one.start_s, rules=one.rules,
        )
        for one in acts
        if one.id not in booked
    ]  # fmt: skip
    told += [
        Act(
            label="promise", found_by=one.found_by, state=one.state, side=one.by_side,
            who=who(one.by_side, one.by_party), quote=one.quote, what=one.what, action=one.action,
            amount=amount_text(one.amount_value, one.amount_unit), due=_due(one),
            strength=one.strength, withdrawn=one.withdrawn, start_s=one.start_s,
        )
        for one in ledger
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda one: (one.start_s is None, one.start_s or 0.0)))


def _due(one: Promise | SpeechAct) -> str:
    if one.due_on is None:
        return ""
    return one.due_on.isoformat() + (f"T{one.due_time:%H:%M}" if one.due_time else "")
