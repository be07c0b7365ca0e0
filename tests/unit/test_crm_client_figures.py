from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from support.clients import client
from support.people import person

from calls.db import Database
from calls.tables import Call
from crm import call_links, client_figures, deal_moves, deals, funnels, last_contact
from crm.access import SYSTEM
from crm.client_category import CategoryRules
from crm.client_figures import renew_due
from crm.deal_moves import Move
from crm.deals import DealFields
from crm.errors import Forbidden
from crm.tables import Client, ClientFigures


async def won(db: Database, client_id: int, amount: int) -> int:
    async with db.write() as session:
        funnel = await funnels.ensure(session, "en")
        deal = await deals.create(
            session, SYSTEM, DealFields(name="x", client_id=client_id, amount=Decimal(amount))
        )
        stage = next(one for one in funnel.stages if one.kind == "won")
        await deal_moves.move(session, SYSTEM, deal.id, deal.version, Move(stage_id=stage.id))
        return deal.id


async def figures(db: Database, client_id: int) -> ClientFigures:
    async with db.read() as session:
        return await session.get_one(ClientFigures, client_id)


async def call(db: Database, number: str, outcome: str, ended_at: datetime) -> int:
    async with db.write() as session:
        row = Call(
            pbx="main", linkedid=f"{number}-{ended_at.timestamp()}", direction="in", caller=number,
            remote_number=number, remote_e164=number, outcome=outcome, ended=True,
            started_at=ended_at, ended_at=ended_at,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return row.id


async def test_figures_follow_won_deals(db: Database) -> None:
    anna, boris = await client(db, "Анна"), await client(db, "Борис")
    for amount in (100, 300):
        await won(db, anna, amount)
    now = datetime.now(UTC)
    assert await renew_due(db, now) == 2
    assert await renew_due(db, now) == 0
    row = await figures(db, anna)
    assert (row.category, row.purchases, row.spent) == ("regular", 2, Decimal(400))
    assert (await figures(db, boris)).category == "potential"
    await won(db, boris, 50)
    assert await renew_due(db, datetime.now(UTC)) == 1
    assert (await figures(db, boris)).category == "one_time"


async def test_time_alone_makes_clients_inactive(db: Database) -> None:
    anna = await client(db, "Анна")
    now = datetime.now(UTC)
    await renew_due(db, now)
    later = now + timedelta(days=181)
    assert await renew_due(db, later) == 1
    assert (await figures(db, anna)).category == "inactive"


async def test_new_rules_look_at_everybody_again(db: Database) -> None:
    anna = await client(db, "Анна")
    await won(db, anna, 100)
    await renew_due(db, datetime.now(UTC))
    sergey = await person(db, "sergey", "supervisor")
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await client_figures.save_rules(session, sergey, CategoryRules())
        rules = CategoryRules(vip_from=Decimal(1))
        await client_figures.save_rules(session, SYSTEM, rules)
    assert await renew_due(db, datetime.now(UTC)) == 1
    assert (await figures(db, anna)).vip


async def test_last_contact_is_the_newest_talk_and_leaves_with_its_link(db: Database) -> None:
    anna = await client(db, "Анна", "+79160000001")
    boris = await client(db, "Борис", "+79160000002")
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    await call(db, "+79160000001", "missed", noon + timedelta(hours=2))
    first = await call(db, "+79160000001", "answered", noon)
    second = await call(db, "+79160000001", "answered", noon + timedelta(hours=1))
    async with db.write() as session:
        for call_id in (first, second):
            await call_links.link(session, SYSTEM, call_id, anna)
    assert await talked(db, anna) == noon + timedelta(hours=1)
    async with db.write() as session:
        await call_links.link(session, SYSTEM, second, boris)
    assert (await talked(db, anna), await talked(db, boris)) == (noon, noon + timedelta(hours=1))


async def test_last_contact_edits_nothing_for_people(db: Database) -> None:
    anna = await client(db, "Анна", "+79160000001")
    async with db.write() as session:
        before = await session.scalar(select(Client.version).where(Client.id == anna))
        await last_contact.renew(session, [anna])
        assert await session.scalar(select(Client.version).where(Client.id == anna)) == before


async def talked(db: Database, client_id: int) -> datetime | None:
    async with db.read() as session:
        return await session.scalar(select(Client.last_contact_at).where(Client.id == client_id))
