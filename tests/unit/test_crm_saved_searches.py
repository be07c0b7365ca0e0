"""Saved searches that notify: whom, of what, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from support.calls_with_words import add_call
from support.people import person

from calls.db import Database
from calls.errors import InvalidSearchQuery
from calls.search import index_utterances
from calls.tables import Transcript, Utterance
from crm import agents, saved_searches
from crm.access import Actor
from crm.errors import Invalid, NotFound
from crm.saved_searches import Kept, Telling
from crm.tables import Notification, User

TELLING = Telling(ZoneInfo("Europe/Moscow"))


async def supervisor(db: Database, login: str, role: str = "supervisor") -> Actor:
    made = await person(db, login)
    async with db.write() as session:
        await session.execute(update(User).where(User.id == made.user_id).values(role=role))
    async with db.read() as session:
        (actor,) = await agents.actors(session, User.id == made.user_id)
    return actor


async def keep(
    db: Database, actor: Actor, query: str, *, notify: bool = True, **filters: str
) -> int:
    async with db.write() as session:
        kept = Kept(name=query, query=query, filters=dict(filters), notify=notify)
        return (await saved_searches.keep(session, actor, kept)).id


async def understood(db: Database, *, is_archive: bool = False) -> None:
    async with db.write() as session:
        for transcript in await session.scalars(select(Transcript).where(Transcript.current)):
            if not is_archive:
                transcript.created_at = datetime.now(UTC)
            await TELLING.tell(session, transcript)


async def told(db: Database) -> list[tuple[int, str, int]]:
    async with db.read() as session:
        rows = await session.scalars(select(Notification).order_by(Notification.id))
        return [(row.user_id, row.detail["name"], row.detail["count"]) for row in rows]


async def test_person_is_told_once_of_what_is_said(db: Database) -> None:
    mila = await supervisor(db, "mila")
    await keep(db, mila, "возврат денег")
    await keep(db, mila, "гарантия", notify=False)
    await add_call(db, ["верните деньги это возврат", "гарантия есть", "возврата денег не будет"])
    await understood(db)
    await understood(db)
    assert await told(db) == [(mila.user_id, "возврат денег", 2)]


async def test_archive_that_is_understood_anew_tells_nobody(db: Database) -> None:
    mila = await supervisor(db, "mila")
    await add_call(db, ["верните деньги это возврат"])
    await keep(db, mila, "возврат денег")
    await understood(db, is_archive=True)
    assert await told(db) == []


async def test_corrected_turn_tells_only_of_new_places(db: Database) -> None:
    mila = await supervisor(db, "mila")
    await keep(db, mila, "скидка")
    await add_call(db, ["скидка будет", "скотина будет"])
    await understood(db)
    async with db.write() as session:
        rows = list(await session.scalars(select(Utterance).order_by(Utterance.turn)))
        rows[0].corrected, rows[1].corrected = "скидка точно будет", "скидка будет"
        await index_utterances(session, rows)
    await understood(db)
    assert [count for _, _, count in await told(db)] == [1, 1]


async def test_only_what_a_person_may_hear_is_told(db: Database) -> None:
    mila, anna = await supervisor(db, "mila"), await supervisor(db, "anna", "operator")
    for actor in (mila, anna):
        await keep(db, actor, "скидка")
    await keep(db, mila, "client: скидка")
    await keep(db, mila, "скидка", side="operator")
    await keep(db, mila, "скидка queue:sales")
    await add_call(db, ["скидка"], queue="other")
    await understood(db)
    assert await told(db) == [(mila.user_id, "скидка", 1), (mila.user_id, "client: скидка", 1)]


async def test_wrong_query_and_missing_name_are_refused(db: Database) -> None:
    mila, sergey = await supervisor(db, "mila"), await supervisor(db, "sergey")
    with pytest.raises(InvalidSearchQuery):
        await keep(db, mila, '"скидка')
    saved = await keep(db, mila, "скидка")
    async with db.write() as session:
        with pytest.raises(Invalid):
            await saved_searches.keep(
                session, mila, Kept(name=" ", query="x", filters={}, notify=False)
            )
        with pytest.raises(NotFound):
            await saved_searches.remove(session, sergey, saved)


async def test_new_places_are_counted_until_the_search_is_opened(db: Database) -> None:
    mila = await supervisor(db, "mila")
    saved = await keep(db, mila, "скидка")
    await add_call(db, ["скидка", "скидка"])
    await understood(db)
    async with db.write() as session:
        assert await saved_searches.new_counts(session, mila) == {saved: 2}
        await saved_searches.open_one(session, mila, saved)
    async with db.read() as session:
        assert await saved_searches.new_counts(session, mila) == {}
