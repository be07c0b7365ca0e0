"""Calibration: several supervisors judge one call apart from each other, then see where they differ.

In: a call, a card, who takes part. Out: reviews that nobody else sees until the own one is finished or the calibration is
closed, and the comparison. They do not count in any operator's figures, and operators are not told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents, audit, notifications
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.notifications import News
from crm.quality import forms, reviews
from crm.quality.score import Agreement, agreement_of, agreements, criteria_of
from crm.tables import Calibration, CalibrationMember, CallReview, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One who takes part, and how far they are. `review` is there when the reader may see it."""

    user_id: int
    name: str
    state: str
    """"", "draft" or "done"."""
    review: CallReview | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A calibration as its reader may see it. `agreed`: part of the card on which all agree, 0 to 1."""

    calibration: Calibration
    seats: tuple[Seat, ...]
    agreements: tuple[Agreement, ...] = ()
    agreed: float | None = None


async def begin(
    session: AsyncSession, actor: Actor, call_id: int, form_id: int, user_ids: Collection[int]
) -> Calibration:
    """Ask supervisors to judge a call; the actor takes part.

    Raises:
        Forbidden: the actor reviews no calls, or may not hear this one.
        CallNotFound, NotFound: no such call or card.
        Invalid: nobody else takes part, or somebody who may not review or hear this call.
    """
    actor.require(Permission.QUALITY_REVIEW)
    call = await reviews.hearable_call(session, actor, call_id)
    form = await forms.get(session, form_id)
    members = sorted({*user_ids, actor.user_id})
    if len(members) < 2:
        raise Invalid("people", "choose at least one more supervisor")
    for user_id in members:
        await _may_take_part(session, user_id, call.id)
    calibration = Calibration(
        call_id=call.id,
        form_id=form.id,
        opened_by_id=actor.user_id or None,
        opened_at=datetime.now(UTC),
    )
    session.add(calibration)
    await session.flush()
    session.add_all(CalibrationMember(calibration_id=calibration.id, user_id=n) for n in members)
    detail = {"call": call.id, "people": members}
    await audit.record(session, actor, "calibration.open", "calibration", calibration.id, detail)
    others = [user_id for user_id in members if user_id != actor.user_id]
    news = News("calibration", "calibration", calibration.id, {"by": actor.name})
    await notifications.tell(session, others, news)
    return calibration


async def close(session: AsyncSession, actor: Actor, calibration_id: int) -> Calibration:
    """End it: from now on everybody who takes part sees all finished marks.

    Raises:
        NotFound: there is none in which the actor takes part.
        Conflict: it is closed already.
    """
    calibration = await get(session, actor, calibration_id)
    if calibration.closed_at is not None:
        raise Conflict("calibration", calibration_id, "it is closed already")
    calibration.closed_at = datetime.now(UTC)
    await session.flush()
    await audit.record(session, actor, "calibration.close", "calibration", calibration.id)
    return calibration


async def get(session: AsyncSession, actor: Actor, calibration_id: int) -> Calibration:
    """A calibration in which the actor takes part.

    Raises:
        NotFound: there is none.
    """
    actor.require(Permission.QUALITY_REVIEW)
    calibration = await session.get(Calibration, calibration_id)
    member = await session.get(CalibrationMember, (calibration_id, actor.user_id))
    if calibration is None or member is None:
        raise NotFound("calibration", calibration_id)
    await reviews.hearable_call(session, actor, calibration.call_id)
    return calibration


async def own_review(session: AsyncSession, actor: Actor, calibration_id: int) -> CallReview:
    """The actor's own review in a calibration, begun if need be.

    Raises:
        NotFound: there is none in which the actor takes part.
        Conflict: it is closed, or the actor judged this call by this card before.
    """
    calibration = await get(session, actor, calibration_id)
    review = await _review_of(session, calibration, actor.user_id)
    if review is not None:
        return review
    if calibration.closed_at is not None:
        raise Conflict("calibration", calibration_id, "it is closed already")
    review = await reviews.begin(
        session, actor, calibration.call_id, calibration.form_id, calibration.id
    )
    if review.calibration_id != calibration.id:
        raise Conflict("calibration", calibration_id, "you judged this call by this card before")
    return review


async def compare(session: AsyncSession, actor: Actor, calibration_id: int) -> Comparison:
    """What the actor may see of it.

    Raises:
        NotFound: there is none in which the actor takes part.
    """
    calibration = await get(session, actor, calibration_id)
    own = await _review_of(session, calibration, actor.user_id)
    is_open_to = calibration.closed_at is not None or (own is not None and own.state == "done")
    query = (
        select(User)
        .join(CalibrationMember, CalibrationMember.user_id == User.id)
        .where(CalibrationMember.calibration_id == calibration.id)
        .order_by(User.name, User.id)
    )
    seats = []
    for user in (await session.scalars(query)).all():
        review = await _review_of(session, calibration, user.id)
        seen = is_open_to and review is not None and review.state == "done"
        mine = user.id == actor.user_id
        seats.append(
            Seat(
                user_id=user.id,
                name=user.name or user.login,
                state=review.state if review else "",
                review=review if seen or mine else None,
            )
        )
    done = [seat.review for seat in seats if seat.review and seat.review.state == "done"]
    if not is_open_to or len(done) < 2:
        return Comparison(calibration=calibration, seats=tuple(seats))
    form = await forms.get(session, calibration.form_id)
    points = [
        {key: mark.points for key, mark in (await reviews.marks_of(session, review.id)).items()}
        for review in done
    ]
    found = agreements(criteria_of(form.criteria), points)
    return Comparison(
        calibration=calibration,
        seats=tuple(seats),
        agreements=tuple(found),
        agreed=agreement_of(found),
    )


async def mine(session: AsyncSession, actor: Actor) -> list[Calibration]:
    """Calibrations in which the actor takes part, newest first."""
    actor.require(Permission.QUALITY_REVIEW)
    query = (
        select(Calibration)
        .join(CalibrationMember, CalibrationMember.calibration_id == Calibration.id)
        .where(CalibrationMember.user_id == actor.user_id)
        .order_by(Calibration.id.desc())
        .limit(100)
    )
    return list(await session.scalars(query))


async def _review_of(
    session: AsyncSession, calibration: Calibration, user_id: int
) -> CallReview | None:
    query = select(CallReview).where(
        CallReview.calibration_id == calibration.id, CallReview.reviewer_id == user_id
    )
    found: CallReview | None = await session.scalar(query)
    return found


async def _may_take_part(session: AsyncSession, user_id: int, call_id: int) -> None:
    found = await agents.actors(session, User.id == user_id)
    if not found:
        raise Invalid("people", "somebody of them does not work here any more")
    (member,) = found
    if not member.may(Permission.QUALITY_REVIEW):
        raise Invalid("people", "%(name)s does not review calls", name=member.name)
    await reviews.hearable_call(session, member, call_id)
