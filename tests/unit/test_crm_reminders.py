"""Reminders: shown once at their minute, late ones together, e-mails at most once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from structlog.testing import capture_logs
from support.people import person
from support.smtp_server import SmtpServer, smtp_server
from support.tasks import in_minutes, make, told
from support.web import settings_for

from calls.db import Database
from crm import mail, reminder_mail, reminders, snooze, tasks
from crm.access import SYSTEM, Actor
from crm.errors import MailRefused, MailUnsure, SettingMissing
from crm.tables import Notification, Reminder, User
from crm.task_rules import ReminderField
from web.core import Core
from web.settings import Settings
from web.task_chores import send_mails

MAIL = (ReminderField(0, by_email=True),)


async def show(db: Database, now: datetime | None = None) -> int:
    async with db.write() as session:
        return len(await reminders.show_due(session, now or datetime.now(UTC)))


async def rows(db: Database) -> list[Reminder]:
    async with db.read() as session:
        return list((await session.scalars(select(Reminder).order_by(Reminder.id))).all())


async def test_each_is_told_once_at_its_time(db: Database) -> None:
    anna = await person(db, "anna")
    await make(db, anna, due_at=in_minutes(60), reminders=(ReminderField(0), ReminderField(30)))
    now = datetime.now(UTC)
    assert await show(db, now) == 0
    async with db.read() as session:
        assert not await reminders.is_any_due(session, now)
    assert await show(db, now + timedelta(minutes=31)) == 1
    assert await show(db, now + timedelta(minutes=31)) == 0
    assert await show(db, now + timedelta(minutes=61)) == 1
    assert await told(db, anna) == ["reminder", "reminder"]


async def test_two_processes_tell_each_reminder_once(db: Database, database_url: str) -> None:
    anna = await person(db, "anna")
    for number in range(4):
        await make(db, anna, str(number), due_at=in_minutes(-1))
    other = Database(database_url)
    try:
        shown = await asyncio.gather(*(show(one) for one in (db, other, db, other)))
    finally:
        await other.dispose()
    assert sum(shown) == 4
    assert await told(db, anna) == ["reminder"] * 4


async def test_process_that_dies_before_its_commit_has_told_nothing(db: Database) -> None:
    anna = await person(db, "anna")
    await make(db, anna, due_at=in_minutes(-1))

    async def shows_and_dies() -> None:
        async with db.write() as session:
            await reminders.show_due(session, datetime.now(UTC))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await shows_and_dies()
    assert await told(db, anna) == []
    assert await show(db) == 1


async def test_after_a_sleep_many_are_told_in_one_and_few_say_that_they_are_late(
    db: Database,
) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    for number in range(6):
        await make(db, anna, f"Дело {number}", due_at=in_minutes(60))
    await make(db, boris, "Одно", due_at=in_minutes(60))
    assert await show(db, datetime.now(UTC) + timedelta(hours=9)) == 7
    assert await told(db, anna) == ["reminders_late"]
    assert await told(db, boris) == ["reminder"]
    async with db.read() as session:
        (few, many) = (
            await session.scalars(select(Notification).order_by(Notification.kind))
        ).all()
    assert few.detail["late"] is True
    assert many.detail["count"] == 6
    assert many.detail["titles"] == [f"Дело {number}" for number in range(5)]


async def test_closed_task_reminds_nobody_not_even_when_opened_again(db: Database) -> None:
    anna = await person(db, "anna")
    task_id = await make(db, anna, due_at=in_minutes(-1))
    async with db.write() as session:
        await tasks.close(session, anna, task_id)
    assert await show(db) == 0
    async with db.write() as session:
        await tasks.reopen(session, anna, task_id)
    assert await show(db) == 0


async def test_time_that_was_over_when_the_task_was_made_is_not_told(db: Database) -> None:
    anna = await person(db, "anna")
    await make(db, anna, due_at=in_minutes(60), reminders=(ReminderField(1440),))
    assert await show(db) == 0


async def test_reminder_of_a_snoozed_task_waits(db: Database) -> None:
    anna = await person(db, "anna")
    task_id = await make(db, anna, due_at=in_minutes(30))
    async with db.write() as session:
        await snooze.snooze(session, anna, task_id, in_minutes(120))
    now = datetime.now(UTC)
    assert await show(db, now + timedelta(minutes=60)) == 0
    assert await show(db, now + timedelta(minutes=121)) == 1


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with smtp_server() as running:
        yield running


@pytest.fixture
async def anna(db: Database) -> Actor:
    actor = await person(db, "anna")
    async with db.write() as session:
        await session.execute(update(User).values(email="anna@firm.example", locale="ru"))
    return actor


def settings_of(server: SmtpServer, tmp_path: Path, **more: object) -> Settings:
    values = {
        "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_tls": "none",
        "smtp_from": "Slovo <crm@firm.example>", "public_url": "https://crm.firm.example",
    }  # fmt: skip
    return settings_for("sqlite:///x", tmp_path).model_copy(update={**values, **more})


def core_of(db: Database, settings: Settings) -> Core:
    class Parts:
        pass

    parts = Parts()
    parts.db, parts.settings = db, settings  # type: ignore[attr-defined]
    return cast(Core, parts)


async def test_email_goes_out_once_in_the_language_of_its_reader(
    db: Database, anna: Actor, server: SmtpServer, tmp_path: Path
) -> None:
    task_id = await make(db, anna, "Перезвонить в 13:30", due_at=in_minutes(-1), reminders=MAIL)
    await show(db)
    core = core_of(db, settings_of(server, tmp_path))
    await asyncio.gather(send_mails(core), send_mails(core))
    (message,) = server.received
    assert message["To"] == "anna@firm.example"
    assert message["Subject"] == "Напоминание: Перезвонить в 13:30"
    assert f"https://crm.firm.example/tasks/{task_id}" in message.get_content()
    assert [row.mail_state for row in await rows(db)] == ["sent"]


async def test_many_emails_of_one_person_are_one(
    db: Database, anna: Actor, server: SmtpServer, tmp_path: Path
) -> None:
    for number in range(6):
        await make(db, anna, f"Дело {number}", due_at=in_minutes(-1), reminders=MAIL)
    await show(db)
    await send_mails(core_of(db, settings_of(server, tmp_path)))
    (message,) = server.received
    assert message["Subject"] == "6 напоминаний"
    assert all(f"Дело {number}" in message.get_content() for number in range(6))


async def test_refused_email_is_tried_again_later_and_given_up_at_last(
    db: Database, anna: Actor, server: SmtpServer, tmp_path: Path
) -> None:
    await make(db, anna, due_at=in_minutes(-1), reminders=MAIL)
    await show(db)
    core = core_of(db, settings_of(server, tmp_path))
    server.answer = "451 later"
    await send_mails(core)
    (row,) = await rows(db)
    assert (row.mail_state, row.mail_attempts, "451" in row.failed_why) == ("waiting", 1, True)
    await send_mails(core)
    assert server.offered == 1
    async with db.write() as session:
        past = {"mail_at": in_minutes(-1), "mail_attempts": 5}
        await session.execute(update(Reminder).values(**past))
    await send_mails(core)
    (row,) = await rows(db)
    assert (row.mail_state, row.mail_attempts) == ("failed", 6)
    assert await told(db, anna) == ["reminder", "mail_failed"]


async def test_email_that_nobody_knows_of_is_not_sent_again(
    db: Database, anna: Actor, server: SmtpServer, tmp_path: Path
) -> None:
    await make(db, anna, due_at=in_minutes(-1), reminders=MAIL)
    await show(db)
    server.answer = ""
    core = core_of(db, settings_of(server, tmp_path))
    with capture_logs() as logs:
        await send_mails(core)
    assert [entry["event"] for entry in logs] == ["reminder_mail_unsure"]
    (row,) = await rows(db)
    assert (row.mail_state, row.failed_why) == ("failed", reminder_mail.UNKNOWN_END)


async def test_email_of_a_process_that_died_while_sending_is_not_sent_again(
    db: Database, anna: Actor, server: SmtpServer, tmp_path: Path
) -> None:
    await make(db, anna, due_at=in_minutes(-1), reminders=MAIL)
    await show(db)
    now = datetime.now(UTC)
    async with db.write() as session:
        letter = await reminder_mail.claim(session, now)
    assert letter is not None
    (claimed,) = letter
    assert claimed.address == "anna@firm.example"
    core = core_of(db, settings_of(server, tmp_path))
    await send_mails(core)
    assert [row.mail_state for row in await rows(db)] == ["sending"]
    async with db.write() as session:
        await session.execute(update(Reminder).values(mail_at=in_minutes(-11)))
    with capture_logs() as logs:
        await send_mails(core)
    assert [entry["event"] for entry in logs] == ["reminder_mail_lost"]
    assert [row.mail_state for row in await rows(db)] == ["failed"]
    assert server.offered == 0


async def test_person_without_an_address_gets_no_email_and_is_told(
    db: Database, server: SmtpServer, tmp_path: Path
) -> None:
    boris = await person(db, "boris")
    await make(db, boris, due_at=in_minutes(-1), reminders=MAIL)
    await show(db)
    await send_mails(core_of(db, settings_of(server, tmp_path)))
    assert await told(db, boris) == ["reminder", "mail_failed"]
    assert server.offered == 0


async def test_mail_errors_say_whether_another_attempt_helps(
    server: SmtpServer, tmp_path: Path
) -> None:
    settings = settings_of(server, tmp_path)
    server.recipient_answer = "550 nobody here"
    with pytest.raises(MailRefused, match="550") as refused:
        await mail.send(settings, "a@b.example", "x", "y")
    assert refused.value.final
    server.recipient_answer, server.answer = "250 ok", ""
    with pytest.raises(MailUnsure):
        await mail.send(settings, "a@b.example", "x", "y")
    wants_login = settings.model_copy(
        update={"smtp_user": "u", "smtp_password": SecretStr("secret")}
    )
    with pytest.raises(MailRefused) as refused:
        await mail.send(wants_login, "a@b.example", "x", "y")
    assert not refused.value.final
    closed = settings.model_copy(update={"smtp_port": 1})
    with pytest.raises(MailRefused):
        await mail.send(closed, "a@b.example", "x", "y")
    with pytest.raises(SettingMissing):
        await mail.send(settings.model_copy(update={"smtp_host": ""}), "a@b.example", "x", "y")


async def test_task_of_nobody_reminds_nobody(db: Database) -> None:
    await make(db, SYSTEM, due_at=in_minutes(-1))
    assert await rows(db) == []
