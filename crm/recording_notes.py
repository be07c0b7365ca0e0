"""What is known of a call's recording beside the sound: announcements, consent, and pauses.

In: a call. Out: when its parties were told that it is recorded, what the client said to that before, when recording was
paused; and whether it was recorded without either, if the company wants to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call, Recording
from crm import company_settings
from crm.tables import CallAnnouncement, CallLink, Consent, RecordingPause, User
from pbx.events import AnnouncementPlayed, PbxEvent

SETTING = "recording_consent"


class ConsentRules(BaseModel, frozen=True):
    """`warn`: mark calls that were recorded without an announcement and without the client's consent."""

    warn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingNotes:
    """What the page of a call says about its recording. `consent`: the newest before the call's end; None: never asked."""

    announcements: Sequence[CallAnnouncement]
    consent: bool | None
    consent_at: datetime | None
    pauses: Sequence[tuple[RecordingPause, str]]
    """With the name of whoever paused."""
    recorded: bool
    warn: bool


async def on_event(
    session: AsyncSession, event: PbxEvent, record: CallRecord | None, call_row_id: int | None
) -> Sequence[Notice]:
    """Handler of call events: an announcement is noted on its call, once for each name and moment."""
    if not isinstance(event, AnnouncementPlayed) or call_row_id is None:
        return ()
    at, name = event.at or datetime.now(UTC), event.name[:128]
    there = select(CallAnnouncement.id).where(
        CallAnnouncement.call_id == call_row_id,
        CallAnnouncement.at == at,
        CallAnnouncement.name == name,
    )
    if await session.scalar(there) is None:
        session.add(CallAnnouncement(call_id=call_row_id, at=at, name=name))
    return (Notice("call", {"id": call_row_id}),)


async def of_call(session: AsyncSession, call: Call) -> RecordingNotes:
    """Read it.

    Raises:
        SettingInvalid: the company's setting does not fit.
    """
    told = await session.scalars(
        select(CallAnnouncement)
        .where(CallAnnouncement.call_id == call.id)
        .order_by(CallAnnouncement.at)
    )
    said = await _consent(session, call)
    kept = select(Recording.id).where(Recording.call_id == call.id, Recording.state == "ready")
    recorded = await session.scalar(kept.limit(1)) is not None
    announcements = told.all()
    rules = await company_settings.load(session, SETTING, ConsentRules)
    known = bool(announcements) or (said is not None and said.given)
    return RecordingNotes(
        announcements=announcements,
        consent=said.given if said else None,
        consent_at=said.given_at if said else None,
        pauses=await pauses_of(session, call.id),
        recorded=recorded,
        warn=rules.warn and recorded and not known and call.direction != "internal",
    )


async def pauses_of(session: AsyncSession, call_id: int) -> list[tuple[RecordingPause, str]]:
    """The pauses of a call's recording in their order, with the name of whoever paused."""
    paused = await session.execute(
        select(RecordingPause, User.name, User.login)
        .outerjoin(User, User.id == RecordingPause.by_id)
        .where(RecordingPause.call_id == call_id)
        .order_by(RecordingPause.from_at)
    )
    return [(pause, name or login or "") for pause, name, login in paused]


async def _consent(session: AsyncSession, call: Call) -> Consent | None:
    query = (
        select(Consent)
        .join(CallLink, CallLink.client_id == Consent.client_id)
        .where(CallLink.call_id == call.id, Consent.kind == "recording")
        .order_by(Consent.given_at.desc(), Consent.id.desc())
    )
    if call.ended_at is not None:
        query = query.where(Consent.given_at <= call.ended_at)
    return await session.scalar(query.limit(1))
