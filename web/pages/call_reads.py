"""Reads everything that the page of one call shows.

In: a call that the person may see. Out: `CallFacts`. What the person may not hear is not read at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls import record_json
from calls.tables import Call, CallTransfer, Recording, Transcript, Utterance
from crm import client_visibility, redaction, shared_clips
from crm.access import Actor
from crm.tables import CallLink, CallNote, Client, ClientNumber, Membership, User
from web.pages.call_access import may_hear
from web.pages.call_facts import CallFacts, ShownNote
from web.pages.call_pauses import pauses_of
from web.pages.call_promises import promises_of
from web.pages.call_timeline import Timeline, timeline_of
from web.pages.outcome_words import reason_words
from web.pages.phone_names import phone_names
from web.pages.sound_state import Reading, reading_of, sound_state
from web.pages.transcript_view import turns_of
from web.services import Services

MOST_CHOICES = 20


async def facts_of(
    session: AsyncSession, services: Services, actor: Actor, call: Call, recording_id: int | None
) -> CallFacts:
    """Read everything about a call.

    Args:
        session: a read session.
        services: clock, zone and settings.
        actor: who looks.
        call: one that the actor may see.
        recording_id: which of several recordings to play; None for the first.
    """
    now = services.clock()
    names = await phone_names(session, [call])
    facts = CallFacts(
        call=call,
        names=names,
        region=services.settings.region,
        today=now.astimezone(services.zone).date(),
        reason=reason_words(call, names),
    )
    await _read_surroundings(session, actor, facts, now)
    recordings = await _recordings_of(session, call)
    facts.sound, facts.sound_error = sound_state(recordings)
    if await may_hear(session, actor, call):
        await _read_words(session, facts, recordings, recording_id)
    else:
        facts.sound = "forbidden" if facts.sound == "ready" else facts.sound
        facts.reading = Reading(state="forbidden")
    return facts


async def _read_surroundings(
    session: AsyncSession, actor: Actor, facts: CallFacts, now: datetime
) -> None:
    call = facts.call
    facts.timeline = _timeline_of(call, now)
    facts.client = await _client_of(session, actor, call)
    hidden = facts.client is None and await session.get(CallLink, call.id) is not None
    if facts.client is None:
        facts.client_choices = await _choices_of(session, actor, call)
    # What colleagues noted about a client whom the person may not see is not theirs to read.
    facts.notes = await _notes_of(session, call, actor.user_id if hidden else None)
    transfers = select(CallTransfer).where(CallTransfer.call_id == call.id)
    facts.call_transfers = (await session.scalars(transfers.order_by(CallTransfer.position))).all()


async def _read_words(
    session: AsyncSession,
    facts: CallFacts,
    recordings: Sequence[Recording],
    recording_id: int | None,
) -> None:
    ready = [one for one in recordings if one.state == "ready"]
    waiting = [one for one in ready if await redaction.is_waiting(session, one.id)]
    ready = [one for one in ready if one not in waiting]
    if waiting and not ready:
        facts.sound = "silencing"
    facts.recordings = ready
    facts.player = next(
        (one for one in ready if one.id == recording_id), ready[0] if ready else None
    )
    facts.pauses = await pauses_of(session, facts.call, facts.player)
    facts.share_rules = await shared_clips.rules_of(session)
    transcripts = await _transcripts_of(session, facts.call)
    facts.transcript = _transcript_for(transcripts, facts.player)
    if facts.transcript is not None:
        utterances = await session.scalars(
            select(Utterance).where(Utterance.transcript_id == facts.transcript.id)
        )
        facts.turns = turns_of(utterances, facts.speaker)
    if not facts.turns:
        facts.reading = await reading_of(session, recordings, transcripts)
    facts.promises = await promises_of(session, facts)


def _timeline_of(call: Call, now: datetime) -> Timeline | None:
    """The legs as bars; imported calls kept no record of them."""
    if not call.detail:
        return None
    return timeline_of(record_json.load(call.detail), now)


def _transcript_for(
    transcripts: Sequence[Transcript], player: Recording | None
) -> Transcript | None:
    """The reading of what is played; an imported one belongs to no recording and fits any."""
    if player is None:
        return transcripts[0] if transcripts else None
    own = [one for one in transcripts if one.recording_id == player.id]
    loose = [one for one in transcripts if one.recording_id is None]
    return next(iter([*own, *loose]), None)


async def _client_of(session: AsyncSession, actor: Actor, call: Call) -> Client | None:
    return await session.scalar(
        select(Client)
        .join(CallLink, CallLink.client_id == Client.id)
        .where(CallLink.call_id == call.id, client_visibility.seen_by(actor))
        .options(
            selectinload(Client.workplaces).selectinload(Membership.organisation),
            selectinload(Client.emails),
        )
    )


async def _choices_of(session: AsyncSession, actor: Actor, call: Call) -> Sequence[Client]:
    """Clients that share the number: the link was not made because it would have been a guess."""
    if not call.remote_e164:
        return ()
    found = await session.scalars(
        select(Client)
        .where(
            Client.id.in_(
                select(ClientNumber.client_id).where(ClientNumber.e164 == call.remote_e164)
            ),
            client_visibility.seen_by(actor),
        )
        .order_by(Client.id)
        .limit(MOST_CHOICES)
    )
    return found.all()


async def _notes_of(
    session: AsyncSession, call: Call, only_by: int | None = None
) -> list[ShownNote]:
    query = (
        select(CallNote, User.name, User.login)
        .join(User, User.id == CallNote.user_id)
        .where(CallNote.call_id == call.id, CallNote.text != "")
        .order_by(CallNote.updated_at)
    )
    if only_by is not None:
        query = query.where(CallNote.user_id == only_by)
    rows = await session.execute(query)
    return [
        ShownNote(
            user_id=note.user_id, who=name or login, text=note.text, updated_at=note.updated_at
        )
        for note, name, login in rows
    ]


async def _recordings_of(session: AsyncSession, call: Call) -> Sequence[Recording]:
    found = await session.scalars(
        select(Recording)
        .where(Recording.call_id == call.id)
        .order_by(Recording.started_at.is_(None), Recording.started_at, Recording.id)
    )
    return found.all()


async def _transcripts_of(session: AsyncSession, call: Call) -> Sequence[Transcript]:
    found = await session.scalars(
        select(Transcript)
        .where(Transcript.call_id == call.id, Transcript.current)
        .order_by(Transcript.id.desc())
    )
    return found.all()
