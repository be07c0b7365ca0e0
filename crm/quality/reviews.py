"""Reviews: one supervisor's judgement of one call by a score card, told to the operator when it is finished.

In: a call that the supervisor may hear, points and comments at times. Out: rows of `call_reviews`; a finished review is
never changed, it can only be followed by another one by the next version of the card, or answered by the operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound
from calls.tables import Call
from crm import audit, call_visibility, notifications
from crm.access import Actor, Permission
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.notifications import News
from crm.promise_finding import person_of
from crm.quality import forms
from crm.quality.score import Criterion, criteria_of, score, unanswered
from crm.tables import Calibration, CallReview, ListeningItem, ReviewAnswer, ScoreForm

LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one criterion gets. `points` None: it did not apply. `at_s`: second of the recording that shows it."""

    points: int | None
    comment: str = ""
    at_s: float | None = None


async def hearable_call(session: AsyncSession, actor: Actor, call_id: int) -> Call:
    """A call that the actor may hear.

    Raises:
        CallNotFound: there is none.
        Forbidden: it is not within the actor's right to listen.
    """
    call = await session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id)
    heard = select(Call.id).where(
        Call.id == call_id, call_visibility.seen_by(actor), call_visibility.heard_by(actor)
    )
    if await session.scalar(heard) is None:
        raise Forbidden("calls.listen")
    return call


async def begin(
    session: AsyncSession,
    actor: Actor,
    call_id: int,
    form_id: int,
    calibration_id: int | None = None,
) -> CallReview:
    """Open the actor's own review of a call, or go on with it.

    Raises:
        Forbidden: the actor reviews no calls, or may not hear this one.
        CallNotFound, NotFound: no such call or card.
        Conflict: the card is out of use.
        Invalid: it is the actor's own work.
    """
    actor.require(Permission.QUALITY_REVIEW)
    call = await hearable_call(session, actor, call_id)
    own = select(CallReview).where(
        CallReview.call_id == call.id,
        CallReview.reviewer_id == actor.user_id,
        CallReview.form_id == form_id,
    )
    review = await session.scalar(own)
    if review is not None:
        return review
    operator_id = await operator_of(session, call)
    if operator_id is not None and operator_id == actor.user_id:
        raise Invalid("call", "this is your own work: a colleague judges it")
    form = await forms.get(session, form_id)
    if not form.current and calibration_id is None:
        raise Conflict("score card", form_id, "there is a newer version, or it was put away")
    review = CallReview(
        call_id=call.id,
        form_id=form.id,
        reviewer_id=actor.user_id,
        operator_id=operator_id,
        calibration_id=calibration_id,
        begun_at=datetime.now(UTC),
    )
    session.add(review)
    await session.flush()
    return review


async def operator_of(session: AsyncSession, call: Call) -> int | None:
    """Whose work a call shows: who had it last, where that is known."""
    for extension in (call.final_handler, call.answered_by):
        found = await person_of(session, call, extension)
        if found is not None:
            return found
    if call.direction != "in":
        return await person_of(session, call, call.caller)
    return None


async def write(
    session: AsyncSession, actor: Actor, review_id: int, marks: Mapping[str, Mark], comment: str
) -> CallReview:
    """Keep a draft.

    Raises:
        Forbidden, NotFound: no review of the actor's own.
        Conflict: it is finished.
        Invalid: points beyond the scale, or too many words.
    """
    review, form = await _draft(session, actor, review_id)
    criteria = {one.key: one for one in criteria_of(form.criteria)}
    if len(comment) > LONGEST:
        raise Invalid("comment", "at most %(most)d characters", most=LONGEST)
    await session.execute(delete(ReviewAnswer).where(ReviewAnswer.review_id == review.id))
    for key, mark in marks.items():
        session.add(_answer(review, criteria.get(key), key, mark))
    review.comment = comment.strip()
    found = score(list(criteria.values()), {key: mark.points for key, mark in marks.items()})
    review.score, review.fatal = found.value, found.fatal
    await session.flush()
    return review


async def finish(session: AsyncSession, actor: Actor, review_id: int) -> CallReview:
    """Finish a review: the operator is told, and the call leaves the listening queue.

    Raises:
        Forbidden, NotFound, Conflict: as `write`.
        Invalid: a criterion was passed over.
    """
    review, form = await _draft(session, actor, review_id)
    points = {key: mark.points for key, mark in (await marks_of(session, review.id)).items()}
    left = unanswered(criteria_of(form.criteria), points)
    if left:
        raise Invalid("criteria", "not judged yet: %(criterion)s", criterion=left[0].text)
    review.state, review.done_at = "done", datetime.now(UTC)
    items = select(ListeningItem).where(
        ListeningItem.call_id == review.call_id,
        ListeningItem.state == "waiting",
        or_(ListeningItem.assignee_id.is_(None), ListeningItem.assignee_id == actor.user_id),
    )
    for item in (await session.scalars(items)).all():
        item.state, item.done_at, item.done_by_id = "done", review.done_at, actor.user_id
    await session.flush()
    detail = {"call": review.call_id, "score": review.score, "form": form.id}
    await audit.record(session, actor, "review.finish", "review", review.id, detail)
    if review.operator_id is not None and review.calibration_id is None:
        news = News("review", "review", review.id, {"score": review.score, "by": actor.name})
        await notifications.tell(session, [review.operator_id], news)
    announce(session, "call", review.call_id)
    return review


async def drop(session: AsyncSession, actor: Actor, review_id: int) -> None:
    """Throw an own draft away.

    Raises:
        Forbidden, NotFound, Conflict: as `write`.
    """
    review, _form = await _draft(session, actor, review_id)
    await session.delete(review)
    await session.flush()


async def marks_of(session: AsyncSession, review_id: int) -> dict[str, Mark]:
    """What was given, by the key of the criterion."""
    rows = await session.scalars(select(ReviewAnswer).where(ReviewAnswer.review_id == review_id))
    return {
        row.criterion: Mark(points=row.points, comment=row.comment, at_s=row.at_s) for row in rows
    }


async def get(session: AsyncSession, actor: Actor, review_id: int) -> CallReview:
    """A review that the actor may read: supervisors all finished ones and their own drafts, operators those of their work.

    Raises:
        NotFound: there is none, or none that the actor may read.
    """
    review = await session.get(CallReview, review_id)
    if review is None or not await readable(session, actor, review):
        raise NotFound("review", review_id)
    return review


async def of_operator(
    session: AsyncSession, actor: Actor, operator_id: int, limit: int = 50
) -> list[tuple[CallReview, ScoreForm]]:
    """Finished reviews of a person's work that the actor may read, newest first; calibrations are none of them."""
    query = (
        select(CallReview, ScoreForm)
        .join(ScoreForm, ScoreForm.id == CallReview.form_id)
        .where(CallReview.operator_id == operator_id, CallReview.state == "done")
        .where(CallReview.calibration_id.is_(None))
        .order_by(CallReview.done_at.desc(), CallReview.id.desc())
        .limit(limit)
    )
    rows = [(review, form) for review, form in await session.execute(query)]
    return [(review, form) for review, form in rows if await readable(session, actor, review)]


async def look(session: AsyncSession, actor: Actor, review: CallReview) -> None:
    """Note that the operator has seen it."""
    if review.seen_at is None and review.operator_id == actor.user_id and review.state == "done":
        review.seen_at = datetime.now(UTC)
        await session.flush()


async def readable(session: AsyncSession, actor: Actor, review: CallReview) -> bool:
    """Whether the actor may read this review."""
    if review.reviewer_id == actor.user_id:
        return True
    if review.state != "done":
        return False
    if review.operator_id == actor.user_id and review.calibration_id is None:
        return actor.may(Permission.QUALITY_SEE_OWN)
    if not actor.may(Permission.QUALITY_REVIEW) or review.calibration_id is not None:
        return False  # marks of a calibration are shown by it, once they may be
    heard = select(Call.id).where(Call.id == review.call_id, call_visibility.heard_by(actor))
    return await session.scalar(heard) is not None


async def _draft(
    session: AsyncSession, actor: Actor, review_id: int
) -> tuple[CallReview, ScoreForm]:
    actor.require(Permission.QUALITY_REVIEW)
    review = await session.get(CallReview, review_id)
    if review is None or review.reviewer_id != actor.user_id:
        raise NotFound("review", review_id)
    await session.refresh(review, with_for_update=True)
    if review.state != "draft":
        raise Conflict("review", review_id, "it is finished")
    if review.calibration_id is not None:
        begun = await session.get_one(Calibration, review.calibration_id, with_for_update=True)
        if begun.closed_at is not None:  # everybody sees the others' marks now
            raise Conflict("calibration", begun.id, "it is closed already")
    await hearable_call(session, actor, review.call_id)
    return review, await forms.get(session, review.form_id)


def _answer(review: CallReview, criterion: Criterion | None, key: str, mark: Mark) -> ReviewAnswer:
    if criterion is None:
        raise Invalid("criteria", "the card has no such criterion")
    if mark.points is not None and not 0 <= mark.points <= criterion.scale:
        raise Invalid(
            "criteria", "“%(criterion)s” has at most %(most)d points",
            criterion=criterion.text, most=criterion.scale,
        )  # fmt: skip
    if len(mark.comment) > LONGEST:
        raise Invalid("comment", "at most %(most)d characters", most=LONGEST)
    return ReviewAnswer(
        review_id=review.id,
        criterion=key,
        points=mark.points,
        comment=mark.comment.strip(),
        at_s=mark.at_s,
    )
