"""Triage of inquiries: into a deal, to a client, not ours, later, somebody's; and each step taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from support.clients import RULES, client
from support.people import person
from support.told_calls import Teller, Told

from calls.db import Database
from crm import inquiries, inquiry_steps
from crm.access import SYSTEM, Action, Actor, Scope
from crm.errors import Invalid, NotFound
from crm.inquiries import View
from crm.inquiry_steps import DealWish
from crm.tables import CallLink, Client, Deal, Funnel, Inquiry, Notification, Stage

STRANGER, OFFICE = "+79160000001", "+74950000077"


async def asked(db: Database, number: str = STRANGER) -> Inquiry:
    await Teller(db, intake=True).tell(Told(number=number, at=datetime.now(UTC)))
    async with db.read() as session:
        return (await session.scalars(select(Inquiry).order_by(Inquiry.id.desc()).limit(1))).one()


async def shown(
    db: Database, view: View = View.OPEN, actor: Actor = SYSTEM, **more: object
) -> list[int]:
    async with db.read() as session:
        page = await inquiries.page(session, actor, RULES, view=view, **more)  # type: ignore[arg-type]
        if view is View.OPEN and not more:
            assert await inquiries.count_open(session, actor) == len(page.lines)
    return [line.inquiry.id for line in page.lines]


async def funnel(db: Database) -> None:
    kinds = (("Новая", "open"), ("Успех", "won"), ("Отказ", "lost"))
    stages = [Stage(name=name, kind=kind, place=place) for place, (name, kind) in enumerate(kinds)]
    async with db.write() as session:
        session.add(Funnel(name="Продажи", stages=stages))


async def undo(db: Database, inquiry_id: int) -> Inquiry:
    async with db.write() as session:
        return await inquiry_steps.undo(session, SYSTEM, inquiry_id)


async def test_closed_with_one_button_leaves_the_feed_and_comes_back_by_undo(db: Database) -> None:
    one = await asked(db)
    async with db.write() as session:
        await inquiry_steps.close(session, SYSTEM, one.id)
    assert (await shown(db), await shown(db, View.DONE)) == ([], [one.id])
    async with db.write() as session:
        with pytest.raises(Invalid):
            await inquiry_steps.close(session, SYSTEM, one.id)
    again = await undo(db, one.id)
    assert (again.state, again.closed_at) == ("new", None)
    assert await shown(db) == [one.id]
    with pytest.raises(Invalid):
        await undo(db, one.id)


async def test_deal_confirms_the_card_and_undo_takes_both_back(db: Database) -> None:
    boss = await person(db, "boss", "administrator")
    one = await asked(db)
    await funnel(db)
    async with db.write() as session:
        deal = await inquiry_steps.into_deal(session, boss, one.id, DealWish())
    async with db.read() as session:
        card = await session.get_one(Client, one.client_id)
        kept = await session.get_one(Inquiry, one.id)
    assert (deal.client_id, deal.name, deal.source) == (one.client_id, STRANGER, "call")
    assert (kept.state, kept.deal_id, card.confirmed) == ("deal", deal.id, True)
    again = await undo(db, one.id)
    async with db.read() as session:
        card, gone = (
            await session.get_one(Client, one.client_id),
            await session.get_one(Deal, deal.id),
        )
    assert (again.state, again.deal_id, card.confirmed) == ("new", None, False)
    assert gone.deleted_at is not None


async def test_deal_that_was_worked_on_is_not_taken_back(db: Database) -> None:
    boss = await person(db, "boss", "administrator")
    one = await asked(db)
    await funnel(db)
    async with db.write() as session:
        deal = await inquiry_steps.into_deal(session, boss, one.id, DealWish(name="Окна"))
    async with db.write() as session:
        await session.execute(
            update(Deal).where(Deal.id == deal.id).values(version=deal.version + 1)
        )
    with pytest.raises(Invalid, match="worked on"):
        await undo(db, one.id)


async def test_attached_stranger_becomes_part_of_the_client_until_undone(db: Database) -> None:
    anna, one = await client(db, "Анна", OFFICE), await asked(db)
    async with db.write() as session:
        await inquiry_steps.attach(session, SYSTEM, one.id, anna)
    async with db.read() as session:
        assert (await session.scalars(select(CallLink.client_id))).all() == [anna]
        card = await session.get_one(Client, one.client_id)
    assert card.merged_into_id == anna
    again = await undo(db, one.id)
    assert (again.state, again.client_id) == ("new", one.client_id)
    async with db.read() as session:
        assert (await session.scalars(select(CallLink.client_id))).all() == [one.client_id]


async def test_chooser_of_a_shared_number_gives_the_call_to_the_chosen_one(db: Database) -> None:
    anna, boris = await client(db, "Анна", OFFICE), await client(db, "Борис", OFFICE)
    one = await asked(db, OFFICE)
    async with db.read() as session:
        (line,) = (await inquiries.page(session, SYSTEM, RULES)).lines
    assert [other.id for other in line.candidates] == [anna, boris]
    async with db.write() as session:
        await inquiry_steps.attach(session, SYSTEM, one.id, boris)
    async with db.read() as session:
        assert (await session.scalars(select(CallLink.client_id))).all() == [boris]
    await undo(db, one.id)
    async with db.read() as session:
        assert (await session.scalars(select(CallLink.client_id))).all() == []


async def test_snoozed_returns_by_itself_at_its_time(db: Database) -> None:
    one, now = await asked(db), datetime.now(UTC)
    async with db.write() as session:
        with pytest.raises(Invalid):
            await inquiry_steps.snooze(session, SYSTEM, one.id, now - timedelta(minutes=1))
        await inquiry_steps.snooze(session, SYSTEM, one.id, now + timedelta(hours=2))
    assert (await shown(db), await shown(db, View.SNOOZED)) == ([], [one.id])
    async with db.write() as session:
        assert not await inquiry_steps.is_any_due(session, now)
        assert await inquiry_steps.is_any_due(session, now + timedelta(hours=3))
        assert await inquiry_steps.wake_due(session, now) == 0
        assert await inquiry_steps.wake_due(session, now + timedelta(hours=3)) == 1
    assert await shown(db) == [one.id]


async def test_given_to_a_colleague_who_is_told_and_sees_it(db: Database) -> None:
    anna, boss = await person(db, "anna"), await person(db, "boss", "supervisor")
    one = await asked(db)
    async with db.write() as session:
        await inquiry_steps.assign(session, boss, one.id, anna.user_id)
    async with db.read() as session:
        news = (await session.scalars(select(Notification))).one()
        card = await session.get_one(Client, one.client_id)
    assert (news.user_id, news.detail["why"], news.detail["who"]) == (anna.user_id, "given", "Boss")
    assert card.responsible_id == anna.user_id
    assert await shown(db, actor=anna, mine=True) == [one.id]


async def test_narrow_scope_sees_only_what_is_theirs_or_nobodys(db: Database) -> None:
    own = {Action.SEE: Scope.OWN, Action.EDIT: Scope.OWN}
    anna = await person(db, "anna")
    narrow = Actor(user_id=anna.user_id, login="anna", name="", role=anna.role, scopes=own)
    one = await asked(db)
    other = await person(db, "other", "manager")
    async with db.write() as session:
        await session.execute(update(Client).values(responsible_id=other.user_id))
    assert await shown(db, actor=narrow) == []
    async with db.write() as session:
        with pytest.raises(NotFound):
            await inquiry_steps.close(session, narrow, one.id)
        await inquiry_steps.assign(session, SYSTEM, one.id, anna.user_id)
    assert await shown(db, actor=narrow) == [one.id]


@pytest.mark.parametrize(
    ("search", "hits"), [("000-00-01", 1), ("8916000", 1), ("опт", 1), ("zzz", 0)]
)
async def test_closed_ones_are_found_by_number_and_text(
    db: Database, search: str, hits: int
) -> None:
    one = await asked(db)
    async with db.write() as session:
        row = await session.get_one(Inquiry, one.id)
        row.text = "Хотят опт"
        await inquiry_steps.close(session, SYSTEM, one.id, "дорого")
    assert len(await shown(db, View.DONE, search=search)) == hits
