"""Opening unusually many cards is told to supervisors, once an hour."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from support.people import person

from calls.db import Database
from crm import company_settings
from crm.access import SYSTEM
from crm.export_watch import SETTING, WRITE_EVERY, ExportWatch, WatchRules
from crm.tables import CardOpening, Notification


async def told(db: Database) -> list[tuple[int, int]]:
    async with db.read() as session:
        rows = await session.scalars(select(Notification).order_by(Notification.id))
        return [(row.user_id, row.detail["cards"]) for row in rows.all()]


async def test_many_cards_in_an_hour_are_told_once_to_supervisors(db: Database) -> None:
    now = [datetime(2026, 11, 20, 9, 5, tzinfo=UTC)]
    sergey = await person(db, "sergey", "supervisor")
    mila = await person(db, "mila", "manager")
    async with db.write() as session:
        await company_settings.save(session, SYSTEM, SETTING, WatchRules(cards_per_hour=20))
    watches = [ExportWatch(db, lambda: now[0]) for _process in range(2)]
    for client_id in range(1, 41):
        await watches[client_id % 2].opened(mila, client_id)
        await watches[client_id % 2].opened(mila, client_id)  # the same card counts once
    assert await told(db) == [(sergey.user_id, 30)]
    now[0] += timedelta(hours=1)
    for client_id in range(1, 31):
        await watches[0].opened(mila, client_id)
    assert await told(db) == [(sergey.user_id, 30), (sergey.user_id, 30)]


async def test_usual_work_writes_seldom_and_tells_nobody(db: Database) -> None:
    anna = await person(db, "anna")
    await person(db, "sergey", "supervisor")
    watch = ExportWatch(db)
    for client_id in range(WRITE_EVERY - 1):
        await watch.opened(anna, client_id)
    async with db.read() as session:
        assert await session.scalar(select(CardOpening.cards)) is None
    await watch.opened(SYSTEM, 1, 2, 3)
    assert await told(db) == []
