"""Score cards in use: reviews, coaching notes and calibration on real tables."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from support.people import person
from support.quality import ASKED, CONSENT, GREETED, calls_of, card

from calls.db import Database
from crm.access import Actor
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.quality import calibration, coaching, forms, reviews
from crm.quality.forms import Card
from crm.quality.reviews import Mark
from crm.tables import CallReview, Notification, ScoreForm

ALL_GOOD = {"greeted": Mark(points=1), "asked": Mark(points=5), "consent": Mark(points=1)}


@dataclass(frozen=True)
class Staff:
    sveta: Actor
    vera: Actor
    anna: Actor
    boris: Actor


async def staff(db: Database) -> Staff:
    return Staff(
        sveta=await person(db, "sveta", "supervisor"),
        vera=await person(db, "vera", "supervisor"),
        anna=await person(db, "anna", extensions=("101",)),
        boris=await person(db, "boris", extensions=("102",)),
    )


async def news_of(db: Database, actor: Actor) -> list[str]:
    async with db.read() as session:
        kinds = select(Notification.kind).where(Notification.user_id == actor.user_id)
        return list(await session.scalars(kinds.order_by(Notification.id)))


async def test_finished_review_tells_the_operator_and_is_never_rewritten(db: Database) -> None:
    who = await staff(db)
    (call_id,), form = await calls_of(db, "101", 1), await card(db, who.sveta)
    async with db.write() as session:
        review = await reviews.begin(session, who.sveta, call_id, form.id)
        assert review.operator_id == who.anna.user_id
        marks = {"greeted": Mark(points=1), "asked": Mark(points=2, comment="too late", at_s=4.5)}
        await reviews.write(session, who.sveta, review.id, marks, "Good start")
        with pytest.raises(Invalid, match="Told of the recording"):
            await reviews.finish(session, who.sveta, review.id)
        with pytest.raises(NotFound):
            await reviews.get(session, who.anna, review.id)
        await reviews.write(
            session, who.sveta, review.id, {**marks, "consent": Mark(points=None)}, ""
        )
        await reviews.finish(session, who.sveta, review.id)
    async with db.write() as session:
        seen = await reviews.get(session, who.anna, review.id)
        await reviews.look(session, who.anna, seen)
        assert (seen.score, seen.fatal) == (55.0, False)
        assert seen.seen_at is not None
        assert (await reviews.marks_of(session, seen.id))["asked"].at_s == 4.5
        with pytest.raises(NotFound):
            await reviews.get(session, who.boris, review.id)
        with pytest.raises(Conflict):
            await reviews.write(session, who.sveta, review.id, ALL_GOOD, "")
        with pytest.raises(NotFound):
            await reviews.write(session, who.vera, review.id, ALL_GOOD, "")
    assert await news_of(db, who.anna) == ["review"]


async def test_review_that_cannot_be_is_refused(db: Database) -> None:
    who = await staff(db)
    own = await person(db, "olga", "supervisor", extensions=("109",))
    (her_call,) = await calls_of(db, "109", 1)
    (call_id,), form = await calls_of(db, "101", 1), await card(db, who.sveta)
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await reviews.begin(session, who.anna, call_id, form.id)
        with pytest.raises(Invalid, match="your own work"):
            await reviews.begin(session, own, her_call, form.id)
        review = await reviews.begin(session, who.sveta, call_id, form.id)
        with pytest.raises(Invalid, match="at most 1"):
            await reviews.write(session, who.sveta, review.id, {"greeted": Mark(points=2)}, "")
        with pytest.raises(Invalid, match="no such criterion"):
            await reviews.write(session, who.sveta, review.id, {"other": Mark(points=1)}, "")
        await reviews.drop(session, who.sveta, review.id)
        assert await session.scalar(select(CallReview)) is None


async def test_edit_of_a_card_makes_a_version_and_keeps_the_old_one(db: Database) -> None:
    who = await staff(db)
    form = await card(db, who.sveta)
    async with db.write() as session:
        newer = await forms.edit(
            session, who.vera, form.id, Card(name="Usual", criteria=(GREETED,))
        )
        assert (newer.family, newer.version, newer.current) == (form.family, 2, True)
        old = await session.get_one(ScoreForm, form.id)
        assert (old.current, len(old.criteria)) == (False, 3)
        with pytest.raises(Conflict):
            await forms.edit(session, who.sveta, form.id, Card(name="Usual", criteria=(ASKED,)))
        with pytest.raises(Forbidden):
            await forms.add(session, who.anna, Card(name="Mine", criteria=(ASKED,)))
        for wrong in (Card(name=" ", criteria=(ASKED,)), Card(name="x", criteria=())):
            with pytest.raises(Invalid):
                await forms.add(session, who.sveta, wrong)
        await forms.put_away(session, who.sveta, newer.id)
        assert await forms.current(session) == []


async def test_operator_answers_a_coaching_note_and_colleagues_see_nothing(db: Database) -> None:
    who = await staff(db)
    (call_id,) = await calls_of(db, "101", 1)
    async with db.write() as session:
        moment = coaching.Moment(start_s=1.0, end_s=2.5)
        note = await coaching.write(session, who.sveta, call_id, " Ask for the address ", moment)
        assert (note.text, note.operator_id) == ("Ask for the address", who.anna.user_id)
    async with db.write() as session:
        await coaching.reply(session, who.anna, note.id, "I did, at 1:20")
        with pytest.raises(NotFound):
            await coaching.reply(session, who.boris, note.id, "What is this?")
        with pytest.raises(Forbidden):
            await coaching.write(session, who.anna, call_id, "To myself")
        with pytest.raises(Invalid):
            await coaching.write(session, who.sveta, call_id, " \x00 ")
    async with db.write() as session:
        notes = await coaching.of_call(session, who.anna, call_id)
        await coaching.look(session, who.anna, notes)
        answers = await coaching.replies_to(session, notes)
        assert [one.text for one in answers[note.id]] == ["I did, at 1:20"]
        assert notes[0].seen_at is not None
        assert await coaching.of_call(session, who.boris, call_id) == []
        assert len(await coaching.of_operator(session, who.vera, who.anna.user_id)) == 1
    assert await news_of(db, who.anna) == ["coaching"]
    assert await news_of(db, who.sveta) == ["coaching"]


async def test_calibration_hides_marks_until_the_own_ones_are_given(db: Database) -> None:
    who = await staff(db)
    (call_id,), form = await calls_of(db, "101", 1), await card(db, who.sveta)
    async with db.write() as session:
        with pytest.raises(Invalid, match="at least one more"):
            await calibration.begin(session, who.sveta, call_id, form.id, [])
        with pytest.raises(Invalid, match="does not review"):
            await calibration.begin(session, who.sveta, call_id, form.id, [who.anna.user_id])
        begun = await calibration.begin(session, who.sveta, call_id, form.id, [who.vera.user_id])
    async with db.write() as session:
        for actor, points in ((who.sveta, 5), (who.vera, 1)):
            review = await calibration.own_review(session, actor, begun.id)
            marks = {**ALL_GOOD, ASKED.key: Mark(points=points)}
            await reviews.write(session, actor, review.id, marks, "")
            hidden = await calibration.compare(session, actor, begun.id)
            assert hidden.agreed is None
            others = [seat.review for seat in hidden.seats if seat.user_id != actor.user_id]
            assert others == [None]
            await reviews.finish(session, actor, review.id)
            with pytest.raises(NotFound):
                await reviews.get(session, who.anna, review.id)
    async with db.read() as session:
        found = await calibration.compare(session, who.sveta, begun.id)
        assert found.agreements[0].criterion.key == ASKED.key
        assert found.agreed == pytest.approx(1 - 3 * 0.8 / 6)
        assert {seat.state for seat in found.seats} == {"done"}
    assert await news_of(db, who.anna) == []
    assert CONSENT.fatal


async def test_marks_are_not_copied_from_others_once_a_calibration_is_closed(db: Database) -> None:
    who = await staff(db)
    (call_id,), form = await calls_of(db, "101", 1), await card(db, who.sveta)
    async with db.write() as session:
        begun = await calibration.begin(session, who.sveta, call_id, form.id, [who.vera.user_id])
        drafts = {
            actor.user_id: await calibration.own_review(session, actor, begun.id)
            for actor in (who.sveta, who.vera)
        }
        own = drafts[who.sveta.user_id]
        await reviews.write(session, who.sveta, own.id, ALL_GOOD, "")
        await reviews.finish(session, who.sveta, own.id)
        await calibration.close(session, who.vera, begun.id)
        late = drafts[who.vera.user_id].id
        with pytest.raises(Conflict, match="closed"):
            await reviews.write(session, who.vera, late, ALL_GOOD, "")
        with pytest.raises(Conflict, match="closed"):
            await reviews.finish(session, who.vera, late)
