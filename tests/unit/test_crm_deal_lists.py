"""The board's columns: what is shown, and counts and sums of exactly what the reader may see."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from support.clients import client
from support.people import person

from calls.db import Database
from crm import deal_lists, deals, funnels, tags
from crm.access import SYSTEM, Action, Actor, Scope
from crm.deal_lists import COLUMN_SIZE, Column, DealFilter
from crm.deals import DealFields
from crm.tables import Deal, Stage
from crm.tags import Tagged

NOW = datetime.now(UTC)


async def columns(db: Database, actor: Actor, shown: dict[int, int] | None = None) -> list[Column]:
    async with db.read() as session:
        way = (await funnels.active(session))[0]
        return await deal_lists.board(
            session,
            actor,
            funnels.stages_of(way),
            DealFilter(funnel_id=way.id),
            closed_since=NOW - timedelta(days=30),
            shown=shown or {},
        )


async def test_counts_and_sums_equal_a_recount_of_what_each_reader_may_see(db: Database) -> None:
    rnd = random.Random(4)
    anna, boris = await person(db, "anna"), await person(db, "boris")
    async with db.write() as session:
        way = await funnels.ensure(session, "en")
        stages = funnels.stages_of(way)
        for number in range(60):
            fields = DealFields(
                name=f"deal {number}",
                amount=Decimal(rnd.randrange(0, 10**7)).scaleb(-2),
                currency=rnd.choice(["RUB", "RUB", "EUR"]),
                responsible_id=rnd.choice([anna.user_id, boris.user_id, None]),
            )
            who = rnd.choice([anna, boris, SYSTEM])
            deal = await deals.create(session, who, fields, stage_id=rnd.choice(stages).id)
            if deal.closed_at is not None and rnd.random() < 0.5:
                deal.closed_at = NOW - timedelta(days=rnd.choice([3, 40]))
            if rnd.random() < 0.1:
                deal.deleted_at = NOW
    async with db.read() as session:
        every = list(await session.scalars(select(Deal)))
        chances = {s.id: s.probability for s in await session.scalars(select(Stage))}
    own = replace(anna, scopes={Action.SEE: Scope.OWN})
    for actor in (SYSTEM, own):
        for column in await columns(db, actor):
            seen = [
                deal for deal in every
                if deal.stage_id == column.stage.id and deal.deleted_at is None
                and (deal.state == "open" or deal.closed_at >= NOW - timedelta(days=30))
                and (actor is SYSTEM or deal.responsible_id == anna.user_id
                     or (deal.responsible_id is None and deal.created_by_id == anna.user_id))
            ]  # fmt: skip
            sums = {
                code: sum((d.amount for d in seen if d.currency == code), Decimal(0))
                for code in {deal.currency for deal in seen}
            }
            assert {deal.id for deal in column.deals} == {deal.id for deal in seen}
            assert column.count == len(seen)
            assert {total.currency: total.amount for total in column.totals} == sums
            chance = Decimal(chances[column.stage.id]) / 100
            for total in column.totals:
                assert abs(total.weighted - total.amount * chance) <= Decimal("0.005")


async def test_search_finds_by_name_client_and_tag(db: Database) -> None:
    olga = await client(db, "Ольга Ёлкина")
    async with db.write() as session:
        await funnels.ensure(session, "en")
        made = {
            name: await deals.create(session, SYSTEM, DealFields(name=name, client_id=client_id))
            for name, client_id in (("Roof", olga), ("Floor", None), ("Roof two", None))
        }
        await tags.put(session, SYSTEM, Tagged.DEAL, made["Floor"].id, "Важный клиент")
        await tags.put(session, SYSTEM, Tagged.DEAL, made["Roof"].id, "важно")
    for asked, names in (
        ("roof", {"Roof", "Roof two"}), ("two ROOF", {"Roof two"}), ("елкин", {"Roof"}),
        ("#важный_кл", {"Floor"}), ("#важн", {"Floor", "Roof"}), ("#важн roof", {"Roof"}),
        ("#важн two", set()), ("%", set()),
    ):  # fmt: skip
        async with db.read() as session:
            found = await deal_lists.page(session, SYSTEM, DealFilter(search=asked))
        assert {deal.name for deal in found.deals} == names, asked


async def test_long_column_is_shown_in_parts(db: Database) -> None:
    async with db.write() as session:
        await funnels.ensure(session, "en")
        for number in range(COLUMN_SIZE + 3):
            await deals.create(session, SYSTEM, DealFields(name=f"{number:02}"))
    first = (await columns(db, SYSTEM))[0]
    assert (len(first.deals), first.has_more, first.count) == (COLUMN_SIZE, True, COLUMN_SIZE + 3)
    assert first.deals[0].name == f"{COLUMN_SIZE + 2:02}"
    more = (await columns(db, SYSTEM, {first.stage.id: COLUMN_SIZE + 3}))[0]
    assert (len(more.deals), more.has_more) == (COLUMN_SIZE + 3, False)
