"""A forgotten client is in no row and in no file; the sums of the books stay."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from support.call_samples import Sample, add_heard_call
from support.filled_tables import Filler
from support.people import person
from support.remains import files_of, holding, rows_holding
from support.spread_words import spread

from calls.columns import Base
from calls.db import Database
from calls.tables import Call
from crm import audit, erasure, erasure_clients, legal_holds
from crm.access import Actor
from crm.errors import Forbidden, Held, Invalid
from crm.tables import Client, Deal, Erasure, Notification

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NAME = "Ксилобратина Зуфарова"
NUMBER = "+79169876543"


@pytest.fixture
async def boss(db: Database) -> Actor:
    return await person(db, "root", "administrator")


@pytest.fixture
async def known(db: Database, tmp_path: Path) -> Sample:
    """A client with a call, a deal, and a row in every table that names clients."""
    sample = await add_heard_call(db, tmp_path / "data", NOW, name=NAME, number=NUMBER)
    async with db.write() as session:
        filler = Filler(session)
        deals = Base.metadata.tables["deals"]
        deal = await filler.row(
            deals, client_id=sample.client, name=f"Поставка {NAME}", amount=Decimal(7000)
        )
        files = Base.metadata.tables["stored_files"]
        await filler.row(files, client_id=sample.client, sha256="ab" * 32, name=NAME)
        roots = {"clients": sample.client, "deals": deal["id"]}
        await spread(session, roots, NAME.split()[0].lower(), into_roots=False)
        session.add(Notification(user_id=1, at=NOW, kind="mention", detail={"client": NAME}))
        await audit.record(session, None, "search", words={"query": NUMBER})
    kept = tmp_path / "data" / "files" / "ab" / ("ab" * 32)
    kept.parent.mkdir(parents=True)
    kept.write_text(NAME)
    return sample


async def forgotten(db: Database, actor: Actor, client_id: int, typed: str = NAME) -> Erasure:
    async with db.write() as session:
        return await erasure_clients.forget(session, actor, client_id, typed, "asked for it")


async def test_no_row_and_no_file_names_a_forgotten_client(
    db: Database, tmp_path: Path, boss: Actor, known: Sample, request: pytest.FixtureRequest
) -> None:
    words = [*NAME.lower().split(), *NAME.split(), NUMBER, NUMBER[2:]]
    assert await rows_holding(db, words) != []
    await forgotten(db, boss, known.client)
    await erasure.finish(db, tmp_path / "data")
    assert await erasure.clean_up(db, now=True)
    assert await rows_holding(db, words) == []
    assert await holding(db, [*files_of(db, request), tmp_path / "data"], words) == []
    assert not any(one.is_file() for one in (tmp_path / "data").rglob("*"))
    async with db.read() as session:
        assert (await audit.verify(session)).ok


async def test_sums_and_events_stay_without_a_name(
    db: Database, boss: Actor, known: Sample
) -> None:
    await forgotten(db, boss, known.client)
    async with db.read() as session:
        call = await session.get_one(Call, known.call)
        client = await session.get_one(Client, known.client)
        deals = (await session.scalars(select(Deal).order_by(Deal.id))).all()
    assert (call.outcome, call.remote_e164, call.caller, call.talk_s) == (
        "answered",
        None,
        "",
        20.0,
    )
    assert [(deal.amount, deal.name) for deal in deals] == [(Decimal(7000), "•••")]
    assert (client.name, client.is_listed) == ("", False)


async def test_the_name_must_be_typed_again(db: Database, boss: Actor, known: Sample) -> None:
    with pytest.raises(Invalid):
        await forgotten(db, boss, known.client, "Зуфарова")
    await forgotten(db, boss, known.client, f" {NAME.lower()} ")


async def test_a_held_client_is_not_forgotten(db: Database, boss: Actor, known: Sample) -> None:
    async with db.write() as session:
        await legal_holds.place(session, boss, "call", known.call, "a court asked for it")
    with pytest.raises(Held):
        await forgotten(db, boss, known.client)


async def test_only_administrators_forget(db: Database, known: Sample) -> None:
    with pytest.raises(Forbidden):
        await forgotten(db, await person(db, "vera", "supervisor"), known.client)


def test_tables_that_stay_exist() -> None:
    assert set(Base.metadata.tables) >= erasure_clients.STAYS
