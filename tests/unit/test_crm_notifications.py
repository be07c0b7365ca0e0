from support.people import person

from calls.db import Database
from crm import agents, notifications
from crm.access import SYSTEM
from crm.notifications import News


async def test_people_read_what_they_were_told_and_nobody_else_s(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    async with db.write() as session:
        told = [anna.user_id, anna.user_id, boris.user_id]
        await notifications.tell(session, told, News("mention", "client", 5, {"by": "Мила"}))
        await notifications.tell(session, [anna.user_id], News("task", "task", 6))
        assert await notifications.unread_count(session, anna) == 2
        first, second = await notifications.page(session, anna)
        assert (first.kind, second.detail) == ("task", {"by": "Мила"})
        assert await notifications.page(session, anna, before=first.id) == [second]
        await notifications.mark_read(session, anna, second.id)
        assert await notifications.unread_count(session, anna) == 1
        assert await notifications.unread_count(session, boris) == 1


async def test_locked_out_people_are_told_nothing(db: Database) -> None:
    anna = await person(db, "anna")
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, anna.user_id, active=False)
        assert await notifications.tell(session, [anna.user_id], News("task")) == []
