from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from support.people import person

from calls.db import Database
from crm import company_details, history
from crm.access import SYSTEM
from crm.finding.search import find
from crm.promise_decisions import House
from crm.tables import (
    Client,
    ClientFigures,
    ClientNumber,
    Deal,
    DealItem,
    DealStep,
    Dispute,
    Membership,
    Promise,
)
from web.demo import sample_promises
from web.demo.sample_base import sample_clients
from web.demo.sample_rows import fill

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_client_of_a_place_is_the_same_however_many_are_asked_for() -> None:
    assert list(sample_clients(3, first=5)) == list(sample_clients(8))[5:]


def test_sample_people_are_believable_in_both_languages() -> None:
    for lang in ("ru", "en"):
        made = list(sample_clients(300, lang))
        cyrillic = sum("а" <= one.name[-1].lower() <= "я" for one in made)
        assert (cyrillic > 200) == (lang == "ru")
        assert len({one.name for one in made}) > 150
        numbers = [number for one in made for number, _ in one.numbers]
        assert len(set(numbers)) == len(numbers)
        for one in made:
            if one.inn:
                company_details.inn(one.inn)


async def test_base_is_filled_once_with_what_belongs_together(db: Database) -> None:
    await person(db, "gleb", "manager")
    assert await fill(db, 30, now=NOW, pbx="demo", lang="ru") == 30
    assert await fill(db, 30, now=NOW, pbx="demo", lang="ru") == 0
    assert await fill(db, 36, now=NOW, pbx="demo", lang="ru") == 6
    async with db.read() as session:
        clients = (await session.scalars(select(Client))).all()
        assert len(clients) == 36
        assert await session.scalar(select(func.count()).select_from(Membership)) == 6
        deals = (await session.scalars(select(Deal))).all()
        assert {deal.state for deal in deals} == {"open", "won", "lost"}
        for deal in deals:
            items = (
                await session.scalars(select(DealItem).where(DealItem.deal_id == deal.id))
            ).all()
            assert deal.amount == sum((one.quantity * one.price for one in items), Decimal(0))
            last = (
                select(DealStep.stage_id)
                .where(DealStep.deal_id == deal.id)
                .order_by(DealStep.at.desc(), DealStep.id.desc())
                .limit(1)
            )
            assert await session.scalar(last) == deal.stage_id
        assert len((await session.scalars(select(ClientFigures))).all()) == 36
        number = await session.scalar(
            select(ClientNumber.e164).where(ClientNumber.client_id == clients[1].id)
        )
        assert [hit.client_id for hit in await find(session, SYSTEM, number or "")] == [
            clients[1].id
        ]
        told = await history.page(session, SYSTEM, clients[1].id)
        assert told.entries


async def test_sample_promises_stand_in_all_states_beside_two_disputes(db: Database) -> None:
    await person(db, "gleb", "manager")
    await fill(db, 40, now=NOW, pbx="demo", lang="ru")
    house = House(ZoneInfo("Europe/Moscow"), lambda promise: promise.action)
    assert await sample_promises.fill(db, house, "ru", NOW) == 7
    assert await sample_promises.fill(db, house, "ru", NOW) == 0
    async with db.read() as session:
        states = sorted((await session.scalars(select(Promise.state))).all())
        cases = sorted((await session.scalars(select(Dispute.state))).all())
    assert states == ["broken", "disputed", "found", "found", "kept", "open", "open"]
    assert cases == ["closed", "open"]
