from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from support.clients import client
from support.people import person

from calls.db import Database
from crm import bin as waste
from crm import deal_moves, deals, funnels
from crm.access import SYSTEM, Action, Scope
from crm.bin_kinds import Kind
from crm.deal_items import ItemFields
from crm.deal_moves import Move
from crm.deals import DealFields
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.tables import Change, Client, Deal, DealStep, LossReason, Stage


async def made(db: Database, name: str = "Roof", **more: object) -> Deal:
    actor = more.pop("actor", SYSTEM)
    stage_id = more.pop("stage_id", None)
    async with db.write() as session:
        await funnels.ensure(session, "en")
        fields = DealFields(name=name, **more)  # type: ignore[arg-type]
        return await deals.create(session, actor, fields, stage_id=stage_id)  # type: ignore[arg-type]


async def stages(db: Database) -> dict[str, Stage]:
    async with db.write() as session:
        funnel = await funnels.ensure(session, "en")
        found = await funnels.funnel(session, funnel.id)
        return {stage.name: stage for stage in funnels.stages_of(found)}


async def reason(db: Database) -> int:
    async with db.read() as session:
        return (
            await session.scalars(select(LossReason.id).order_by(LossReason.place))
        ).first() or 0


async def order(db: Database, stage_id: int) -> list[str]:
    async with db.read() as session:
        query = select(Deal.name).where(Deal.stage_id == stage_id).order_by(Deal.place, Deal.id)
        return list(await session.scalars(query))


async def test_deal_begins_in_the_first_stage_with_its_step_and_history(db: Database) -> None:
    anna = await person(db, "anna", "manager")
    client_id = await client(db, "Ольга")
    deal = await made(db, client_id=client_id, amount=Decimal("10.5"), actor=anna)
    async with db.read() as session:
        step = (await session.scalars(select(DealStep))).one()
        fields = set(
            await session.scalars(select(Change.field).where(Change.client_id == client_id))
        )
    first = (await stages(db))["New"]
    assert (deal.stage_id, deal.state, deal.currency) == (first.id, "open", "RUB")
    assert (step.deal_id, step.from_stage_id, step.stage_id, step.user_id) == (
        deal.id, None, first.id, anna.user_id,
    )  # fmt: skip
    assert {"name", "amount", "client_id"} <= fields


async def test_sum_of_positions_takes_the_place_of_a_typed_sum(db: Database) -> None:
    items = (
        ItemFields(
            name="Tile", quantity=Decimal("3"), price=Decimal("33.33"), discount=Decimal(10)
        ),
        ItemFields(name="Work", price=Decimal("0.05"), discount=Decimal(50)),
    )
    deal = await made(db, amount=Decimal(1), items=items)
    assert deal.amount == Decimal("90.02")
    async with db.write() as session:
        edited = DealFields(name="Roof", items=(), amount=Decimal(7))
        deal = await deals.edit(session, SYSTEM, deal.id, deal.version, edited)
    assert deal.amount == Decimal(7)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "deal_name"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"responsible_id": 999}, "responsible_id"),
        ({"items": (ItemFields(name="x", quantity=Decimal(0)),)}, "items"),
        ({"items": (ItemFields(name="x", discount=Decimal(101)),)}, "items"),
        ({"items": (ItemFields(name="x", product_id=99),)}, "items"),
    ],
)
async def test_wrong_values_are_refused_by_name(
    db: Database, fields: dict[str, object], wrong: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await made(db, **fields)
    assert refused.value.field == wrong


async def test_two_people_at_once_never_overwrite_each_other(db: Database) -> None:
    deal = await made(db)
    stage = await stages(db)
    async with db.write() as session:
        to = Move(stage_id=stage["Offer made"].id)
        await deal_moves.move(session, SYSTEM, deal.id, deal.version, to)
    async with db.write() as session:
        to = Move(stage_id=stage["Won"].id)
        with pytest.raises(Conflict):
            await deal_moves.move(session, SYSTEM, deal.id, deal.version, to)
    async with db.write() as session:
        with pytest.raises(Conflict):
            await deals.edit(session, SYSTEM, deal.id, deal.version, DealFields(name="Other"))


async def test_loss_needs_a_reason_and_reopening_forgets_it(db: Database) -> None:
    deal = await made(db)
    stage = await stages(db)
    lost = stage["Lost"].id
    async with db.write() as session:
        with pytest.raises(Invalid) as refused:
            await deal_moves.move(session, SYSTEM, deal.id, deal.version, Move(stage_id=lost))
    assert refused.value.field == "loss_reason"
    async with db.write() as session:
        to = Move(stage_id=lost, loss_reason_id=await reason(db), loss_note="twice the price")
        deal = await deal_moves.move(session, SYSTEM, deal.id, deal.version, to)
    assert (deal.state, deal.loss_note, deal.closed_at is None) == (
        "lost",
        "twice the price",
        False,
    )
    async with db.write() as session:
        to = Move(stage_id=stage["New"].id)
        deal = await deal_moves.move(session, SYSTEM, deal.id, deal.version, to)
    assert (deal.state, deal.closed_at, deal.loss_reason_id, deal.loss_note) == (
        "open",
        None,
        None,
        "",
    )
    async with db.read() as session:
        steps = list(await session.scalars(select(DealStep.reason).order_by(DealStep.id)))
        told = await session.execute(
            select(Change.old, Change.new).where(Change.field == "stage").order_by(Change.id)
        )
        moves = [tuple(row) for row in told]
    assert steps == ["", "Too expensive: twice the price", ""]
    assert moves == [("New", "Lost"), ("Lost", "New")]


async def test_order_in_a_column_is_kept_however_often_deals_are_put_between(db: Database) -> None:
    first, second, third = [await made(db, name) for name in ("c", "b", "a")]
    stage_id = first.stage_id
    assert await order(db, stage_id) == ["a", "b", "c"]
    moved = [second, first]
    for turn in range(
        60
    ):  # halving a gap so often leaves nothing of it: the column is numbered anew
        async with db.write() as session:
            deal = moved[turn % 2]
            to = Move(stage_id=stage_id, above_id=third.id)
            kept = await deal_moves.move(session, SYSTEM, deal.id, deal.version, to)
        assert kept.version == deal.version
        assert (await order(db, stage_id))[:2] == ["a", deal.name]
    async with db.write() as session:
        to = Move(stage_id=stage_id, below_id=third.id)
        await deal_moves.move(session, SYSTEM, first.id, first.version, to)
    assert await order(db, stage_id) == ["c", "a", "b"]


async def test_scope_own_sees_only_own_deals_and_those_made_without_responsible(
    db: Database,
) -> None:
    anna = await person(db, "anna")
    boris = await person(db, "boris")
    own = anna.__class__(
        user_id=anna.user_id, login="anna", name="Anna", role=anna.role,
        scopes={Action.SEE: Scope.OWN, Action.EDIT: Scope.OWN},
    )  # fmt: skip
    hers = await made(db, "hers", responsible_id=anna.user_id)
    unowned = await made(db, "made", actor=anna)
    his = await made(db, "his", responsible_id=boris.user_id)
    given = await made(db, "given", actor=anna, responsible_id=boris.user_id)
    async with db.read() as session:
        for deal in (hers, unowned):
            assert (await deals.get(session, own, deal.id)).name == deal.name
        for deal in (his, given):
            with pytest.raises(NotFound):
                await deals.get(session, own, deal.id)


async def test_past_deals_of_own_clients_are_seen_but_not_changed(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    own = anna.__class__(
        user_id=anna.user_id, login="anna", name="Anna", role=anna.role,
        scopes={Action.SEE: Scope.OWN, Action.EDIT: Scope.OWN},
    )  # fmt: skip
    firm = await client(db, "Firm")
    async with db.write() as session:
        (await session.get_one(Client, firm)).responsible_id = anna.user_id
    past = await made(db, "past", client_id=firm, responsible_id=boris.user_id)
    running = await made(db, "running", client_id=firm, responsible_id=boris.user_id)
    async with db.write() as session:
        (await session.get_one(Deal, past.id)).state = "won"
    async with db.write() as session:
        seen = await deals.get(session, own, past.id)
        assert seen.name == "past"
        with pytest.raises(Forbidden):
            await deals.edit(session, own, past.id, seen.version, DealFields(name="x"))
        with pytest.raises(NotFound):
            await deals.get(session, own, running.id)


async def test_binned_deal_is_gone_until_it_is_restored(db: Database) -> None:
    deal = await made(db)
    async with db.write() as session:
        await waste.put(session, SYSTEM, Kind.DEAL, deal.id)
    async with db.write() as session:
        with pytest.raises(NotFound):
            await deals.get(session, SYSTEM, deal.id)
        await waste.restore(session, SYSTEM, Kind.DEAL, deal.id)
    async with db.read() as session:
        assert (await deals.get(session, SYSTEM, deal.id)).deleted_at is None


async def test_client_that_the_actor_may_not_see_cannot_be_named_but_stays(db: Database) -> None:
    anna = await person(db, "anna")
    stranger = await client(db, "Secret")
    own = anna.__class__(
        user_id=anna.user_id, login="anna", name="Anna", role=anna.role,
        scopes={Action.SEE: Scope.OWN, Action.EDIT: Scope.OWN},
    )  # fmt: skip
    with pytest.raises(NotFound):
        await made(db, client_id=stranger, actor=own)
    deal = await made(db, client_id=stranger, responsible_id=anna.user_id)
    async with db.write() as session:
        fields = DealFields(
            name="Again", client_id=stranger, responsible_id=anna.user_id,
            expected_on=date(2026, 12, 1),
        )  # fmt: skip
        edited = await deals.edit(session, own, deal.id, deal.version, fields)
    assert (edited.client_id, edited.name) == (stranger, "Again")
