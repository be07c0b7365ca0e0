"""Pieces of recordings behind a link: who may make one, how long it lives, who may play it, and that each play is logged.

In: a recording that the actor may hear (the caller has asked), a piece of it and the terms. Out: a row and a token that
is given once; the row holds only its SHA-256. A link that is over, revoked or played out, and one that never was, are the
same to whoever asks: one query finds what may be played now, or nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Recording
from crm import agents, audit, company_settings
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.tables import Redaction, SharedClip

SETTING = "shared_clips"
LONGEST_S = 15 * 60.0
"""As long as any clip may be (`calls.recordings.clip`)."""
COLLEAGUES, ANYONE = "colleagues", "anyone"
SIDES = ("both", "client", "operator")
_FOR_COLLEAGUES = "c"
"""What tokens for colleagues begin with: so whoever is not logged in is led to the login form, known token or not."""


class ShareRules(BaseModel, frozen=True):
    """What the administrator allows."""

    public: bool = True
    """Links that play without a login; turned off, those that were given out play no more."""
    longest_days: int = Field(default=30, ge=1, le=3650)
    """How long a link may live; shortened, older links end earlier as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A piece (seconds from and to, a side of `SIDES`) and how it is shared."""

    from_s: float
    to_s: float
    side: str = "both"
    with_words: bool = False
    for_whom: str = COLLEAGUES
    days: int = 7
    most_plays: int | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A link as its makers see it in a list: with the name of who made it."""

    clip: SharedClip
    by: str


async def rules_of(session: AsyncSession) -> ShareRules:
    """What the administrator allows."""
    return await company_settings.load(session, SETTING, ShareRules)


async def share(  # noqa: PLR0913 (what, whose, how and when)
    session: AsyncSession,
    actor: Actor,
    recording: Recording,
    call: Call,
    terms: Terms,
    now: datetime,
) -> tuple[SharedClip, str]:
    """Make a link; returns the row and the token, which is told this once.

    Raises:
        Forbidden: the actor may not share.
        Invalid: the piece or the terms cannot be accepted, or the administrator does not allow them.
    """
    actor.require(Permission.CLIPS_SHARE)
    _check(terms, await rules_of(session), recording)
    token = secrets.token_urlsafe(32)
    token = _FOR_COLLEAGUES + token if terms.for_whom == COLLEAGUES else "a" + token
    clip = SharedClip(
        token_hash=_hash_of(token),
        recording_id=recording.id,
        from_s=terms.from_s,
        to_s=min(terms.to_s, recording.duration_s or terms.to_s),
        side=terms.side,
        with_words=terms.with_words,
        for_whom=terms.for_whom,
        recording_sha256=recording.sha256,
        expires_at=now + timedelta(days=terms.days),
        most_plays=terms.most_plays,
        created_by_id=actor.user_id or None,
        created_at=now,
    )
    session.add(clip)
    await session.flush()
    await _log(session, actor, "clip.share", clip, call)
    return clip, token


def is_for_colleagues(token: str) -> bool:
    """Whether a token of this form asks for a login, whether or not there is such a link."""
    return token.startswith(_FOR_COLLEAGUES)


async def find(
    session: AsyncSession, token: str, now: datetime, *, going_on: bool = False
) -> tuple[SharedClip, Recording] | None:
    """The link that this token opens now, with its recording; None for every other token, whatever the reason.

    Args:
        session: any session.
        token: as it stands in the link.
        now: the moment.
        going_on: this visitor plays it already: what may be the last play is finished.
    """
    rules = await rules_of(session)
    left = or_(
        SharedClip.most_plays.is_(None),
        SharedClip.plays < SharedClip.most_plays,
        literal(going_on),
    )
    query = (
        select(SharedClip, Recording)
        .join(Recording, Recording.id == SharedClip.recording_id)
        .where(
            SharedClip.token_hash == _hash_of(token),
            SharedClip.revoked_at.is_(None),
            SharedClip.expires_at > now,
            SharedClip.created_at > now - timedelta(days=rules.longest_days),
            SharedClip.for_whom.in_([COLLEAGUES, ANYONE] if rules.public else [COLLEAGUES]),
            Recording.state == "ready",
            Recording.call_id.is_not(None),
            # What is to be silenced is not played, by whatever way, until it is.
            ~select(Redaction.id)
            .where(Redaction.recording_id == Recording.id, Redaction.done_at.is_(None))
            .exists(),
            left,
        )
    )
    found = (await session.execute(query)).one_or_none()
    return (found[0], found[1]) if found is not None else None


async def note_play(
    session: AsyncSession, actor: Actor | None, clip: SharedClip, address: str, now: datetime
) -> bool:
    """Count and log a play before its first byte; False if the last one was taken meanwhile."""
    left = or_(SharedClip.most_plays.is_(None), SharedClip.plays < SharedClip.most_plays)
    counted = await session.execute(
        update(SharedClip)
        .where(SharedClip.id == clip.id, left)
        .values(plays=SharedClip.plays + 1, last_played_at=now)
        .returning(SharedClip.plays)
    )
    plays = counted.scalar_one_or_none()
    if plays is None:
        return False
    detail = {"recording": clip.recording_id, "play": plays, "for": clip.for_whom}
    if actor is None:
        detail["address"] = address
    await audit.record(session, actor, "clip.play", "shared_clip", clip.id, detail)
    return True


async def note_reading(
    session: AsyncSession, actor: Actor | None, clip: SharedClip, address: str
) -> None:
    """Log that the words of a link were shown."""
    detail = {"recording": clip.recording_id, "for": clip.for_whom}
    if actor is None:
        detail["address"] = address
    await audit.record(session, actor, "clip.read", "shared_clip", clip.id, detail)


async def revoke(
    session: AsyncSession, actor: Actor, clip: SharedClip, call: Call, now: datetime
) -> None:
    """End a link: from now on it is as if it had never been.

    Raises:
        Forbidden: the actor may not share.
        Conflict: it is revoked already.
    """
    actor.require(Permission.CLIPS_SHARE)
    if clip.revoked_at is not None:
        raise Conflict("shared_clip", clip.id, "it was revoked already")
    clip.revoked_at, clip.revoked_by_id = now, actor.user_id or None
    await _log(session, actor, "clip.revoke", clip, call)


async def get(session: AsyncSession, clip_id: int) -> SharedClip:
    """One link; who may see it is asked of its recording.

    Raises:
        NotFound: there is none.
    """
    clip = await session.get(SharedClip, clip_id)
    if clip is None:
        raise NotFound("shared_clip", clip_id)
    return clip


async def of_call(session: AsyncSession, actor: Actor, call_id: int) -> list[Shared]:
    """The links into a call's recordings, newest first.

    Raises:
        Forbidden: the actor may not share.
    """
    actor.require(Permission.CLIPS_SHARE)
    query = (
        select(SharedClip)
        .join(Recording, Recording.id == SharedClip.recording_id)
        .where(Recording.call_id == call_id)
        .order_by(SharedClip.id.desc())
    )
    clips = (await session.scalars(query)).all()
    names = await agents.names(session, {c.created_by_id for c in clips if c.created_by_id})
    return [Shared(clip, names.get(clip.created_by_id or 0, "")) for clip in clips]


def _check(terms: Terms, rules: ShareRules, recording: Recording) -> None:
    if terms.side not in SIDES:
        raise Invalid("side", "must be both, client or operator")
    if terms.side != "both" and recording.sides != "two":
        raise Invalid("side", "this recording has one track: its sides cannot be told apart")
    if not 0 <= terms.from_s < terms.to_s or terms.to_s - terms.from_s > LONGEST_S:
        raise Invalid("to_s", "a clip is up to 15 minutes, from before to after")
    if recording.duration_s is not None and terms.from_s >= recording.duration_s:
        raise Invalid("from_s", "must be a time within the recording")
    if terms.for_whom not in (COLLEAGUES, ANYONE):
        raise Invalid("for_whom", "must be colleagues or anyone")
    if terms.for_whom == ANYONE and not rules.public:
        raise Invalid("for_whom", "the administrator allows no links without a login")
    if not 1 <= terms.days <= rules.longest_days:
        raise Invalid("days", "must be from 1 to %(most)s", most=rules.longest_days)
    if terms.most_plays is not None and not 1 <= terms.most_plays <= 1000:
        raise Invalid("most_plays", "must be from 1 to 1000, or empty")


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def _log(
    session: AsyncSession, actor: Actor, action: str, clip: SharedClip, call: Call
) -> None:
    detail = {
        "call": call.id,
        "recording": clip.recording_id,
        "start_s": round(clip.from_s, 2),
        "end_s": round(clip.to_s, 2),
        "side": clip.side,
        "for": clip.for_whom,
        "words": clip.with_words,
        "until": clip.expires_at.isoformat(),
    }
    await audit.record(session, actor, action, "shared_clip", clip.id, detail)
