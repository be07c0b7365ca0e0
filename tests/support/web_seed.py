"""A small day of a small company for tests of pages: clients, calls, tasks, a promise. All of it is invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from support.web import Site

from calls.tables import Call, CallLeg
from crm import clients
from crm.access import SYSTEM
from crm.client_numbers import NumberField
from crm.clients import ClientFields, EmailField, Workplace
from crm.number_rules import NumberRules
from crm.tables import CallLink, Client, Promise, Task
from web.services import Services

CLIENT_NUMBER = "+79161234567"
STRANGER = "+79035550011"


async def add_client(session: AsyncSession, name: str, number: str = "", **more: object) -> Client:
    """A person with one number."""
    fields = ClientFields(
        name=name,
        numbers=(NumberField(number, "mobile"),) if number else (),
        **more,  # type: ignore[arg-type]
    )
    return await clients.create(session, SYSTEM, fields, NumberRules())


async def add_call(  # what a row of the call log holds
    session: AsyncSession,
    linkedid: str,
    *,
    at: datetime,
    number: str = CLIENT_NUMBER,
    extension: str = "101",
    outcome: str | None = "answered",
    direction: str = "in",
    client_id: int | None = None,
    queue: str = "sales",
) -> Call:
    """A call to (or from) one of our phones."""
    talked = outcome == "answered"
    call = Call(
        pbx="main",
        linkedid=linkedid,
        linkedids=[linkedid],
        direction=direction,
        caller=number if direction == "in" else extension,
        called="100" if direction == "in" else number,
        remote_number=number,
        remote_e164=number or None,
        queue=queue,
        started_at=at,
        answered_at=at + timedelta(seconds=8) if talked else None,
        ended_at=at + timedelta(seconds=70) if outcome else None,
        ended=outcome is not None,
        outcome=outcome,
        answered_by=extension if talked else "",
        final_handler=extension if talked else "",
        needs_callback=direction == "in" and outcome in ("missed", "abandoned"),
        wait_s=8.0,
        talk_s=62.0 if talked else None,
    )
    call.legs = [
        CallLeg(
            position=0,
            uniqueid=f"{linkedid}-1",
            extension=extension,
            rang=True,
            rang_at=at,
            result="answered" if talked else "timeout",
            talked=talked,
        )
    ]
    session.add(call)
    await session.flush()
    if client_id is not None:
        session.add(CallLink(call_id=call.id, client_id=client_id, linked_at=at))
    return call


async def add_callback(session: AsyncSession, call: Call, client_id: int | None = None) -> Task:
    """The call-back that a vain call opened."""
    assert call.started_at is not None
    task = Task(
        kind="callback",
        client_id=client_id,
        subject_key=f"client:{client_id}" if client_id else f"number:{call.remote_e164}",
        number=call.remote_number,
        e164=call.remote_e164,
        queue=call.queue,
        pbx="main",
        first_call_id=call.id,
        last_call_id=call.id,
        missed_calls=2,
        waited_s=41.0,
        opened_at=call.started_at,
        due_at=call.started_at,
    )
    session.add(task)
    await session.flush()
    return task


async def seed_day(services: Services) -> dict[str, int]:
    """Clients Irina (a company's contact) and Pavel, some calls, an open and a closed call-back, a promise."""
    now = datetime.now(UTC)
    ids: dict[str, int] = {}
    async with services.db.write() as session:
        company = await add_client(session, "ООО «Ромашка»", kind="organisation")
        irina = await add_client(
            session, "Ирина Соколова", CLIENT_NUMBER,
            workplaces=(Workplace(company.id, "бухгалтер"),), notes="Звонить после 10 утра.",
            emails=(EmailField("irina@romashka.example"),),
        )  # fmt: skip
        pavel = await add_client(session, "Pavel Horák", "+420605123456")
        talk = await add_call(session, "1.1", at=now - timedelta(hours=2), client_id=irina.id)
        for number, outcome in enumerate(("answered", "busy", "answered", "rejected"), start=2):
            await add_call(
                session, f"1.{number}", at=now - timedelta(hours=2 + number), outcome=outcome,
                direction="out" if number % 2 else "in", client_id=pavel.id, number="+420605123456",
                extension="101" if number < 4 else "102", queue="",
            )  # fmt: skip
        missed = await add_call(
            session, "1.9", at=now - timedelta(minutes=25), number=STRANGER, outcome="missed"
        )
        task = await add_callback(session, missed)
        old = await add_call(
            session, "1.10", at=now - timedelta(hours=5), outcome="abandoned", client_id=irina.id
        )
        done = await add_callback(session, old, irina.id)
        done.state, done.closed_at = "done", now - timedelta(hours=2)
        done.closed_call_id, done.closed_party = talk.id, "101"
        await add_call(
            session, "1.11", at=now - timedelta(minutes=1), number="+74955550123", outcome=None
        )
        session.add(
            Promise(
                call_id=talk.id, client_id=irina.id, quote="завтра пришлю счёт",
                what="прислать счёт", by_side="operator", due_on=(now - timedelta(days=1)).date(),
                start_s=12.5, marked_at=now,
            )
        )  # fmt: skip
        ids |= {"company": company.id, "irina": irina.id, "pavel": pavel.id, "talk": talk.id,
                "missed": missed.id, "task": task.id, "done": done.id}  # fmt: skip
    return ids


async def seed_site(site: Site) -> dict[str, int]:
    """`seed_day` for the fixture `site`."""
    return await seed_day(site.services)
