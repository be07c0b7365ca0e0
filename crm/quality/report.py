"""What reviews say about a time: by operator, by criterion, by week.

In: an actor and a time. Out: plain numbers of finished reviews of calls that the actor may hear; calibrations do not
count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import agents, call_visibility
from crm.access import Actor, Permission
from crm.errors import Forbidden
from crm.quality.score import Criterion, criteria_of, mean
from crm.tables import CallReview, ReviewAnswer, ScoreForm


@dataclass(frozen=True, slots=True)
class OfOperator:
    """One operator's work. `score`: mean of 100; `good`: reviews that reached the passing score."""

    user_id: int | None
    name: str
    reviews: int
    score: float | None
    good: int
    fatal: int


@dataclass(frozen=True, slots=True)
class OfCriterion:
    """How well one criterion of a card was met: mean of 100, the card's name, how often it was judged."""

    criterion: Criterion
    card: str
    score: float
    judged: int


@dataclass(frozen=True, slots=True)
class Report:
    """`weeks`: (first day of the week, mean score), without weeks in which nothing was judged."""

    reviews: int
    score: float | None
    operators: tuple[OfOperator, ...] = ()
    criteria: tuple[OfCriterion, ...] = ()
    weeks: tuple[tuple[date, float], ...] = ()


@dataclass
class _Sum:
    scores: list[float] = field(default_factory=list)
    count: int = 0
    good: int = 0
    fatal: int = 0

    def add(self, review: CallReview, pass_from: int) -> None:
        self.count += 1
        self.fatal += review.fatal
        if review.score is not None:
            self.scores.append(review.score)
            self.good += review.score >= pass_from


async def report(
    session: AsyncSession,
    actor: Actor,
    period: tuple[datetime, datetime],
    zone: ZoneInfo,
    operator_id: int | None = None,
) -> Report:
    """Reviews finished in a time: all that the actor may hear, or those of one operator.

    Raises:
        Forbidden: the actor reviews no calls, and it is not the own work.
    """
    own = operator_id == actor.user_id and actor.may(Permission.QUALITY_SEE_OWN)
    if not own and not actor.may(Permission.QUALITY_REVIEW):
        raise Forbidden(Permission.QUALITY_REVIEW)
    query = (
        select(CallReview, ScoreForm)
        .join(ScoreForm, ScoreForm.id == CallReview.form_id)
        .join(Call, Call.id == CallReview.call_id)
        .where(CallReview.state == "done", CallReview.calibration_id.is_(None))
        .where(CallReview.done_at >= period[0], CallReview.done_at < period[1])
    )
    if not own:
        query = query.where(call_visibility.heard_by(actor))
    if operator_id is not None:
        query = query.where(CallReview.operator_id == operator_id)
    rows = [(review, form) for review, form in await session.execute(query)]
    whole, people, weeks = (
        _Sum(),
        defaultdict[int | None, _Sum](_Sum),
        defaultdict[date, _Sum](_Sum),
    )
    for review, form in rows:
        day = (review.done_at or review.begun_at).astimezone(zone).date()
        monday = day - timedelta(days=day.weekday())
        for each in (whole, people[review.operator_id], weeks[monday]):
            each.add(review, form.pass_from)
    names = await agents.names(session, {one for one in people if one is not None})
    operators = [
        OfOperator(one, names.get(one or 0, ""), n.count, mean(n.scores), n.good, n.fatal)
        for one, n in people.items()
    ]
    return Report(
        reviews=whole.count,
        score=mean(whole.scores),
        operators=tuple(sorted(operators, key=lambda one: (one.score is None, -(one.score or 0)))),
        criteria=tuple(await _criteria(session, rows)),
        weeks=tuple(
            (monday, found) for monday, n in sorted(weeks.items()) if (found := mean(n.scores)) is not None
        ),
    )  # fmt: skip


async def _criteria(
    session: AsyncSession, rows: Iterable[tuple[CallReview, ScoreForm]]
) -> list[OfCriterion]:
    """Worst first. Versions of a card share the keys of their criteria, so an edit does not begin anew."""
    forms = {review.id: form for review, form in rows}
    known = {
        (form.family, one.key): (one, form.name)
        for form in sorted(forms.values(), key=lambda form: form.version)
        for one in criteria_of(form.criteria)
    }
    parts: dict[tuple[str, str], list[float]] = defaultdict(list)
    ids = list(forms)
    for start in range(0, len(ids), 500):
        answers = select(ReviewAnswer).where(ReviewAnswer.review_id.in_(ids[start : start + 500]))
        for answer in (await session.scalars(answers)).all():
            form = forms[answer.review_id]
            scale = next(
                (c.scale for c in criteria_of(form.criteria) if c.key == answer.criterion), 0
            )
            if answer.points is not None and scale:
                parts[form.family, answer.criterion].append(100 * answer.points / scale)
    found = [
        OfCriterion(*known[key], mean(given) or 0.0, len(given)) for key, given in parts.items()
    ]
    return sorted(found, key=lambda one: (one.score, -one.criterion.weight))
