import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from support.clients import RULES, client
from support.people import person
from support.webhook_receiver import receiver

from calls.columns import Base
from calls.db import Database
from crm import clients, webhook_delivery, webhook_outbox, webhooks
from crm.access import SYSTEM, Permission
from crm.clients import ClientFields
from crm.errors import Forbidden, Invalid, NotFound
from crm.tables import Notification, WebhookDelivery
from crm.webhook_delivery import PAUSES_S, send_due


async def webhook(db: Database, url: str, *events: str) -> tuple[int, str]:
    async with db.write() as session:
        made = await webhooks.add(session, SYSTEM, url, events or ("client.created",))
        return made.row.id, made.secret


async def collected(db: Database) -> int:
    async with db.write() as session:
        return await webhook_outbox.collect(session)


async def due_again(db: Database) -> None:
    async with db.write() as session:
        await session.execute(update(WebhookDelivery).values(next_at=datetime.now(UTC)))


async def delivery(db: Database) -> WebhookDelivery:
    async with db.read() as session:
        return (await session.scalars(select(WebhookDelivery))).one()


async def test_new_client_is_told_once_and_signed(db: Database) -> None:
    await client(db, "Анна", "+7 916 000-00-01")
    async with receiver() as program:
        _, secret = await webhook(db, program.url)
        anna = await client(db, "Борис", "+7 916 000-00-02")
        assert [await collected(db), await collected(db)] == [1, 0]
        assert [await send_due(db), await send_due(db)] == [1, 0]
    (body,), (headers,) = program.bodies, program.headers
    told = json.loads(body)
    assert (told["event"], told["subject"]) == ("client.created", {"kind": "client", "id": anna})
    assert "Борис" not in body.decode()
    seconds, signed = (part.split("=")[1] for part in headers["slovo-signature"].split(","))
    wanted = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    assert signed == wanted.hexdigest()
    row = await delivery(db)
    assert (row.state, row.status, row.attempts, told["id"]) == ("taken", 204, 1, row.id)


async def test_refused_delivery_is_tried_again_later_and_kept_with_its_answer(db: Database) -> None:
    async with receiver() as program:
        program.answers = [500, 302, 200]
        await webhook(db, program.url)
        await client(db, "Анна", "+7 916 000-00-01")
        await collected(db)
        seen = []
        for _ in range(3):
            await send_due(db)
            assert await send_due(db) == 0
            row = await delivery(db)
            seen.append((row.status, row.state, row.answer))
            await due_again(db)
    assert seen == [(500, "waiting", "oops"), (302, "waiting", "oops"), (200, "taken", "oops")]


async def test_program_that_is_away_is_given_up_in_the_end_and_administrators_are_told(
    db: Database,
) -> None:
    root = await person(db, "root", "administrator")
    async with receiver() as program:
        url = program.url
    await webhook(db, url)
    await client(db, "Анна", "+7 916 000-00-01")
    await collected(db)
    for number, pause_s in enumerate(PAUSES_S):
        assert await send_due(db) == 1, number
        row = await delivery(db)
        left = row.next_at - datetime.now(UTC)
        assert timedelta(seconds=pause_s - 5) < left <= timedelta(seconds=pause_s)
        await due_again(db)
    await send_due(db)
    row = await delivery(db)
    assert (row.state, row.status) == ("given_up", None)
    assert row.answer
    async with db.read() as session:
        (news,) = (await session.scalars(select(Notification))).all()
    assert (news.user_id, news.kind, news.detail["url"]) == (root.user_id, "webhook", url)
    async with db.write() as session:
        await webhooks.send_again(session, SYSTEM, row.id)
    assert await send_due(db) == 1


async def test_deed_that_was_rolled_back_is_not_told(db: Database) -> None:
    await webhook(db, "http://127.0.0.1:9/hook")

    async def create_and_fail() -> None:
        async with db.write() as session:
            await clients.create(session, SYSTEM, ClientFields(name="Анна"), RULES)
            raise Invalid("name", "changed my mind")

    with pytest.raises(Invalid):
        await create_and_fail()
    assert await collected(db) == 0


async def test_paused_webhook_is_not_told_of_that_time(db: Database) -> None:
    hook, _ = await webhook(db, "http://127.0.0.1:9/hook")
    async with db.write() as session:
        await webhooks.edit(session, SYSTEM, hook, events=["client.created"], active=False)
    await client(db, "Анна", "+7 916 000-00-01")
    assert await collected(db) == 0
    async with db.write() as session:
        await webhooks.edit(session, SYSTEM, hook, events=["client.created"], active=True)
    await client(db, "Борис", "+7 916 000-00-02")
    assert await collected(db) == 1


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x/y", "https://", "http://a b/", "https://u:p@x/", "https://x/#y", "http://[", "http://x:0/"],
)  # fmt: skip
async def test_what_is_no_address_is_refused(db: Database, url: str) -> None:
    async with db.write() as session:
        with pytest.raises(Invalid) as refused:
            await webhooks.add(session, SYSTEM, url, ["client.created"])
    assert refused.value.field == "url"


async def test_only_administrators_arrange_webhooks(db: Database) -> None:
    sergey = await person(db, "sergey", "supervisor")
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await webhooks.add(session, sergey, "https://x.example/", ["client.created"])
        with pytest.raises(Forbidden):
            await webhooks.listed(session, sergey)
        for events in ([], ["client.eaten"]):
            with pytest.raises(Invalid):
                await webhooks.add(session, SYSTEM, "https://x.example/", events)
        with pytest.raises(NotFound):
            await webhooks.remove(session, SYSTEM, 4711)


async def test_old_deliveries_are_forgotten_and_waiting_ones_kept(db: Database) -> None:
    hook, _ = await webhook(db, "http://127.0.0.1:9/hook")
    long_ago = datetime.now(UTC) - webhook_delivery.KEPT - timedelta(days=1)
    async with db.write() as session:
        for finished in (None, long_ago):
            session.add(
                WebhookDelivery(
                    webhook_id=hook, event="x", next_at=long_ago, created_at=long_ago,
                    finished_at=finished,
                )
            )  # fmt: skip
        await session.flush()
        await webhook_delivery.prune(session)
    assert (await delivery(db)).finished_at is None


def test_every_event_is_told_by_some_deed_or_by_its_own_module() -> None:
    by_themselves = {"call.ended", "inquiry.opened", "inquiry.changed", "inquiry.closed"}
    told = set(webhook_outbox.EVENT_OF_ACTION.values()) | by_themselves
    assert told == set(webhooks.EVENTS)


def test_every_deed_on_clients_deals_and_tasks_is_told_or_left_out_on_purpose() -> None:
    crm = Path(webhooks.__file__).parent
    said = {
        action
        for path in crm.rglob("*.py")
        for action in re.findall(
            r'"((?:client|clients|deal|task)\.[a-z_.]+)"', path.read_text("utf-8")
        )
    }
    kept_back = {
        "client.ask_again", "client.not_same", "clients.many_opened", "clients.clean", "clients.export",
    }  # fmt: skip
    others = set(webhooks.EVENTS) | {permission.value for permission in Permission}
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
    }
    deeds = said - others - columns
    assert deeds - kept_back <= set(webhook_outbox.EVENT_OF_ACTION)
