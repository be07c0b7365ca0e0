"""The quality work beside one call: what its words matched, score cards filled in while it plays, coaching notes.

In: `GET /calls/ID/quality` (a panel of the call's page), forms. Out: the panel anew for scripts, the call's page for
others. Operators see finished reviews of their own work and the notes to them, and may answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.db import Database
from calls.tables import Call
from crm import agents
from crm.access import Actor, Permission, Role
from crm.errors import Invalid
from crm.quality import coaching, forms, reviews, topics
from crm.quality.coaching import Moment
from crm.quality.reviews import Mark
from crm.quality.score import criteria_of
from crm.tables import CallReview, CoachingNote, CoachingReply, ScoreForm, User
from web.error_pages import wants_page
from web.ids import id_of
from web.pages.call_access import may_hear, visible_call
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_panel(request: Request) -> Response:
    """The panel of a call."""
    return await _panel(request, request.path_params["call_id"])


async def begin(request: Request) -> Response:
    """Judge a call by a card: opens the actor's draft in the panel."""
    call_id = request.path_params["call_id"]
    async with request.form() as form:
        form_id = id_of(str(form.get("form_id", "")))
    if form_id is None:
        raise Invalid("form_id", "choose a score card")
    async with services_of(request).db.write() as session:
        await reviews.begin(session, actor_of(request), call_id, form_id)
    return await _done(request, call_id)


async def write(request: Request) -> Response:
    """Keep the draft (`act=keep`), finish it (`finish`) or throw it away (`drop`)."""
    actor, review_id = actor_of(request), request.path_params["review_id"]
    async with request.form() as form:
        act = str(form.get("act", "keep"))
        marks, comment = _marks(form), str(form.get("comment", ""))
    async with services_of(request).db.write() as session:
        if act == "drop":
            call_id = (await reviews.get(session, actor, review_id)).call_id
            await reviews.drop(session, actor, review_id)
        else:
            call_id = (await reviews.write(session, actor, review_id, marks, comment)).call_id
            if act == "finish":
                await reviews.finish(session, actor, review_id)
    return await _done(request, call_id)


async def coach(request: Request) -> Response:
    """Write a coaching note about a moment of the call, or about all of it."""
    call_id = request.path_params["call_id"]
    async with request.form() as form:
        text = str(form.get("text", ""))
        moment = Moment(
            utterance_id=id_of(str(form.get("utterance_id", ""))),
            start_s=_second(str(form.get("start_s", ""))),
            end_s=_second(str(form.get("end_s", ""))),
        )
    async with services_of(request).db.write() as session:
        await coaching.write(session, actor_of(request), call_id, text, moment)
    return await _done(request, call_id)


async def answer(request: Request) -> Response:
    """Answer a coaching note."""
    actor, note_id = actor_of(request), request.path_params["note_id"]
    async with request.form() as form:
        text = str(form.get("text", ""))
    async with services_of(request).db.write() as session:
        await coaching.reply(session, actor, note_id, text)
        call_id = (await coaching.get(session, actor, note_id)).call_id
    return await _done(request, call_id)


async def go_to_note(request: Request) -> Response:
    """Where notifications lead: the call, at the moment of the note."""
    async with services_of(request).db.read() as session:
        note = await coaching.get(session, actor_of(request), request.path_params["note_id"])
    at = f"?t={note.start_s:.1f}" if note.start_s is not None else ""
    return RedirectResponse(f"/calls/{note.call_id}{at}#quality", status_code=303)


async def _panel(request: Request, call_id: int) -> Response:
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        call = await visible_call(session, actor, call_id)
        reviewer = actor.may(Permission.QUALITY_REVIEW) and await may_hear(session, actor, call)
        notes = await coaching.of_call(session, actor, call.id)
        shown = await _reviews(session, actor, call)
        replies = await coaching.replies_to(session, notes)
        context: dict[str, Any] = {
            "call": call,
            "reviewer": reviewer,
            "notes": notes,
            "replies": replies,
            "names": await _names(session, notes, replies, shown),
            "reviews": [
                (
                    review,
                    form,
                    criteria_of(form.criteria),
                    await reviews.marks_of(session, review.id),
                )
                for review, form in shown
            ],
            "cards": await forms.current(session) if reviewer else [],
            "topics": await topics.of_call(session, call.id) if reviewer else [],
            "colleagues": await _colleagues(session, actor) if reviewer else [],
        }
    await _note_seen(services.db, actor, notes, [review for review, _ in shown])
    return render(request, "quality/panel.html", **context)


async def _names(
    session: AsyncSession,
    notes: Sequence[CoachingNote],
    replies: Mapping[int, Sequence[CoachingReply]],
    shown: Sequence[tuple[CallReview, ScoreForm]],
) -> dict[int, str]:
    people = {note.author_id for note in notes} | {review.reviewer_id for review, _ in shown}
    people |= {one.by_id for answers in replies.values() for one in answers}
    return await agents.names(session, {one for one in people if one is not None})


async def _note_seen(
    db: Database, actor: Actor, notes: Sequence[CoachingNote], shown: Sequence[CallReview]
) -> None:
    """What the operator saw for the first time; most looks write nothing."""
    new_notes = [n.id for n in notes if n.operator_id == actor.user_id and n.seen_at is None]
    new_reviews = [r.id for r in shown if r.operator_id == actor.user_id and r.seen_at is None]
    if not new_notes and not new_reviews:
        return
    async with db.write() as session:
        await coaching.look(
            session, actor, [await coaching.get(session, actor, n) for n in new_notes]
        )
        for review_id in new_reviews:
            await reviews.look(session, actor, await reviews.get(session, actor, review_id))


async def _reviews(
    session: AsyncSession, actor: Actor, call: Call
) -> list[tuple[CallReview, ScoreForm]]:
    """Those of the call that the actor may read, own drafts first."""
    query = (
        select(CallReview, ScoreForm)
        .join(ScoreForm, ScoreForm.id == CallReview.form_id)
        .where(CallReview.call_id == call.id)
        .order_by(CallReview.state.desc(), CallReview.id)
    )
    rows = [(review, form) for review, form in await session.execute(query)]
    return [
        (review, form) for review, form in rows if await reviews.readable(session, actor, review)
    ]


async def _colleagues(session: AsyncSession, actor: Actor) -> list[Actor]:
    """Supervisors who could judge the same call in a calibration."""
    wanted = (Role.SUPERVISOR.value, Role.ADMINISTRATOR.value)
    return await agents.actors(session, User.role.in_(wanted), User.id != actor.user_id)


async def _done(request: Request, call_id: int) -> Response:
    if wants_page(request):
        return RedirectResponse(f"/calls/{call_id}#quality", status_code=303)
    return await _panel(request, call_id)


def _marks(form: FormData) -> dict[str, Mark]:
    """`points-KEY` ("" = not judged yet, "na" = does not apply), `note-KEY`, `at-KEY`."""
    marks = {}
    for name, value in form.multi_items():
        if not name.startswith("points-") or not str(value):
            continue
        key = name.removeprefix("points-")
        marks[key] = Mark(
            points=None if value == "na" else _points(str(value)),
            comment=str(form.get(f"note-{key}", "")),
            at_s=_second(str(form.get(f"at-{key}", ""))),
        )
    return marks


def _points(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > 2:
        raise Invalid("criteria", "points are a whole number")
    return int(typed)


def _second(typed: str) -> float | None:
    if not typed.strip():
        return None
    try:
        second = float(typed)
    except ValueError as error:
        raise Invalid("at_s", "must be a number of seconds") from error
    if not math.isfinite(second) or second < 0:
        raise Invalid("at_s", "must be a number of seconds")
    return second


_REVIEW, _OWN = Permission.QUALITY_REVIEW, Permission.QUALITY_SEE_OWN
routes = [
    page("/calls/{call_id:id}/quality", show_panel, permission=_OWN, name="quality_of_call"),
    page("/calls/{call_id:id}/reviews", begin, permission=_REVIEW, methods=["POST"], name="begin_review"),
    page("/calls/{call_id:id}/coaching", coach, permission=_REVIEW, methods=["POST"]),
    page("/reviews/{review_id:id}", write, permission=_REVIEW, methods=["POST"], name="write_review"),
    page("/coaching/{note_id:id}", go_to_note, permission=_OWN),
    page("/coaching/{note_id:id}/reply", answer, permission=_OWN, methods=["POST"], name="answer_note"),
]  # fmt: skip
