"""Calls of strangers become unconfirmed clients and inquiries, by themselves and once."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select
from support.clients import RULES, client
from support.people import person
from support.told_calls import Teller, Told, after, record_of
from support.traces import replayed, scenarios

from calls import log
from calls.db import Database
from calls.tables import Call
from calls.told_late import CallCorrected
from crm import agents, client_card, client_numbers, clients, company_settings, intake
from crm.access import SYSTEM
from crm.client_numbers import NumberField
from crm.clients import ClientFields, EmailField
from crm.errors import Forbidden, Invalid
from crm.intake import Letter
from crm.intake_rules import SETTING, Ask, IntakeRules, Make
from crm.person_fields import Person, Phone
from crm.settings import CrmSettings
from crm.tables import CallLink, Client, ClientNumber, Inquiry, InquiryCall, Notification, Task
from pbx.events import Direction, Party

STRANGER, OTHER, OFFICE = "+79160000001", "+79160000002", "+74950000077"
TALK = ((5.0, 60.0, "101"),)


@pytest.fixture
def teller(db: Database) -> Teller:
    return Teller(db, intake=True)


async def cards(db: Database) -> list[Client]:
    async with db.read() as session:
        return list((await session.scalars(select(Client).order_by(Client.id))).all())


async def inquiries(db: Database) -> list[Inquiry]:
    async with db.read() as session:
        return list((await session.scalars(select(Inquiry).order_by(Inquiry.id))).all())


async def set_rules(db: Database, **rules: object) -> None:
    async with db.write() as session:
        await company_settings.save(session, SYSTEM, SETTING, IntakeRules.model_validate(rules))


async def test_missed_call_of_a_stranger_makes_a_client_and_an_inquiry(
    db: Database, teller: Teller
) -> None:
    await teller.tell(Told(number="8 916 000-00-01"))
    (card,), (inquiry,) = await cards(db), await inquiries(db)
    async with db.read() as session:
        number = (await session.scalars(select(ClientNumber))).one()
        link = (await session.scalars(select(CallLink))).one()
        task = (await session.scalars(select(Task))).one()
    assert (card.confirmed, card.name, card.source, card.kind) == (False, "", "call", "person")
    assert (number.client_id, number.e164) == (card.id, STRANGER)
    assert (link.client_id, link.how) == (card.id, "number")
    assert (inquiry.client_id, inquiry.call_id, inquiry.state) == (card.id, link.call_id, "new")
    assert (inquiry.contacts, inquiry.channel, inquiry.number) == (1, "call", "8 916 000-00-01")
    assert (task.client_id, task.subject_key) == (card.id, f"client:{card.id}")


async def test_events_told_again_and_by_the_record_of_the_pbx_change_nothing(
    db: Database, teller: Teller
) -> None:
    record = record_of(Told(number=STRANGER, talks=TALK))
    for _ in range(3):
        await teller.tell_record(record)
    assert [one.contacts for one in await inquiries(db)] == [1]
    assert len(await cards(db)) == 1


async def test_second_call_counts_into_the_open_inquiry(db: Database, teller: Teller) -> None:
    await teller.tell(Told(number=STRANGER))
    await teller.tell(Told(number=STRANGER, at=after(5), talks=TALK))
    (inquiry,) = await inquiries(db)
    assert (inquiry.contacts, inquiry.last_contact_at) == (2, after(5))
    assert len(await cards(db)) == 1


@pytest.mark.parametrize(("days", "states"), [(14, ["new"]), (0, ["closed", "new"])])
async def test_closed_inquiry_is_opened_again_by_a_contact_if_the_rules_say_so(
    db: Database, teller: Teller, days: int, states: list[str]
) -> None:
    await set_rules(db, reopen_days=days)
    anna = await person(db, "anna")
    await teller.tell(Told(number=STRANGER))
    async with db.write() as session:
        inquiry = (await session.scalars(select(Inquiry))).one()
        inquiry.state, inquiry.closed_at, inquiry.responsible_id = "closed", after(2), anna.user_id
    await teller.tell(Told(number=STRANGER, at=after(10)))
    assert [one.state for one in await inquiries(db)] == states
    async with db.read() as session:
        told = await session.scalar(select(func.count()).select_from(Notification))
    assert told == (1 if days else 0)


async def test_snooze_ends_early_when_they_call_and_whoever_has_it_is_told(
    db: Database, teller: Teller
) -> None:
    anna = await person(db, "anna")
    await teller.tell(Told(number=STRANGER))
    async with db.write() as session:
        inquiry = (await session.scalars(select(Inquiry))).one()
        inquiry.snoozed_until, inquiry.responsible_id = after(9000), anna.user_id
    await teller.tell(Told(number=STRANGER, at=after(10)))
    (inquiry,) = await inquiries(db)
    assert inquiry.snoozed_until is None
    async with db.read() as session:
        news = (await session.scalars(select(Notification))).one()
    assert (news.user_id, news.kind, news.subject_id) == (anna.user_id, "inquiry", inquiry.id)


@pytest.mark.parametrize(
    "told",
    [
        Told(number="", hidden=True),
        Told(number=STRANGER, consultation=True),
        Told(number="102", direction=Direction.INTERNAL),
        Told(number="+74950000001"),
        Told(number="101"),
        Told(number="0911"),
        Told(number="45678"),
        Told(number=STRANGER, direction=Direction.OUT, talks=TALK),
    ],
    ids=["hidden", "consultation", "internal", "own", "short", "service", "extension", "outgoing"],
)
async def test_such_a_call_makes_nothing(db: Database, teller: Teller, told: Told) -> None:
    async with db.write() as session:
        phone = Person(login="eva", role="operator", name="Eva", phones=(Phone("45678", "main"),))
        await agents.add(session, SYSTEM, phone, "!")
    await teller.tell(told)
    assert await cards(db) == []
    assert await inquiries(db) == []


async def test_rules_of_the_company_are_followed(db: Database, teller: Teller) -> None:
    await set_rules(db, clients=Make.ANSWERED)
    await teller.tell(Told(number=STRANGER))
    assert await cards(db) == []
    await teller.tell(Told(number=STRANGER, at=after(5), talks=TALK))
    await set_rules(db, clients=Make.NEVER, inquiries=Ask.NEVER)
    await teller.tell(Told(number=OTHER))
    assert len(await cards(db)) == 1
    assert {one.number for one in await inquiries(db)} == {STRANGER}


async def test_known_client_has_an_inquiry_only_if_the_rules_say_so(
    db: Database, teller: Teller
) -> None:
    anna = await client(db, "Анна", STRANGER)
    await teller.tell(Told(number=STRANGER))
    assert await inquiries(db) == []
    await set_rules(db, inquiries=Ask.NO_DEAL)
    await teller.tell(Told(number=STRANGER, at=after(5)))
    assert [one.client_id for one in await inquiries(db)] == [anna]


async def test_shared_number_makes_one_inquiry_with_nobody_guessed(
    db: Database, teller: Teller
) -> None:
    await client(db, "Анна", OFFICE)
    await client(db, "Борис", OFFICE)
    await teller.tell(Told(number=OFFICE))
    await teller.tell(Told(number=OFFICE, at=after(3)))
    assert [(one.client_id, one.contacts) for one in await inquiries(db)] == [(None, 2)]
    assert len(await cards(db)) == 2


async def test_corrected_number_removes_the_untouched_card_and_its_inquiry(
    db: Database, teller: Teller
) -> None:
    anna = await client(db, "Анна", OTHER)
    record = record_of(Told(number=STRANGER))
    await teller.tell_record(record)
    corrected = replace(record, caller=Party(number=OTHER))
    event = CallCorrected(
        pbx=record.pbx, call=record.linkedid, at=record.ended_at, ended_by=record.ended_by
    )
    async with db.write() as session:
        written = await log.write(session, corrected)
        for handler in (teller.links, teller.intake, teller.missed):
            assert handler is not None
            await handler.on_event(session, event, corrected, written.call_id)
    assert [card.id for card in await cards(db)] == [anna]
    assert await inquiries(db) == []
    async with db.read() as session:
        assert (await session.scalars(select(CallLink.client_id))).all() == [anna]
        assert await session.scalar(select(Task.client_id)) is None


async def test_corrected_number_leaves_a_card_that_somebody_worked_on(
    db: Database, teller: Teller
) -> None:
    record = record_of(Told(number=STRANGER, talks=TALK))
    await teller.tell_record(record)
    async with db.write() as session:
        card = (await session.scalars(select(Client))).one()
        card.notes = "спросил про опт"
    await teller.tell_record(replace(record, caller=Party(number=OTHER)))
    assert len(await cards(db)) == 2


async def test_merged_calls_are_one_contact(db: Database, teller: Teller) -> None:
    one, two = record_of(Told(number=STRANGER)), record_of(Told(number=STRANGER, at=after(1)))
    for record in (one, two):
        await teller.tell_record(record)
    assert [inquiry.contacts for inquiry in await inquiries(db)] == [2]
    async with db.write() as session:
        rows = (await session.scalars(select(Call).order_by(Call.id))).all()
        rows[1].merged_into_id = rows[0].id
        await session.flush()
        await intake._join_calls(session, rows[0])
    (inquiry,) = await inquiries(db)
    async with db.read() as session:
        counted = (await session.scalars(select(InquiryCall.call_id))).all()
    assert (inquiry.contacts, counted) == (1, [inquiry.call_id])


async def test_calls_of_one_stranger_at_the_same_moment_make_one_card(
    db: Database, teller: Teller
) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            group.create_task(teller.tell(Told(number=STRANGER)))
    assert len(await cards(db)) == 1
    assert [one.contacts for one in await inquiries(db)] == [6]


async def test_earlier_calls_and_their_callback_become_the_new_cards(db: Database) -> None:
    await Teller(db).tell(Told(number=STRANGER))
    await Teller(db, intake=True).tell(Told(number=STRANGER, at=after(5)))
    (card,) = await cards(db)
    async with db.read() as session:
        assert (await session.scalars(select(CallLink.client_id))).all() == [card.id, card.id]
        assert (await session.scalars(select(Task.client_id))).all() == [card.id]


async def test_card_of_a_stranger_looks_unknown_until_somebody_names_it(
    db: Database, teller: Teller
) -> None:
    await teller.tell(Told(number=STRANGER))
    async with db.read() as session:
        shown = await client_card.for_number(session, SYSTEM, STRANGER, RULES)
    assert shown.client is None
    assert shown.candidates == ()
    assert len(shown.last_calls) == 1
    assert len(shown.open_tasks) == 1


async def test_number_given_to_a_real_client_brings_the_strangers_card_along(
    db: Database, teller: Teller
) -> None:
    firm = await client(db, "ООО Ромашка", OFFICE, kind="organisation")
    await teller.tell(Told(number=STRANGER))
    async with db.write() as session:
        await client_numbers.attach(session, SYSTEM, firm, NumberField(STRANGER), RULES)
    async with db.write() as session:
        await clients.create(
            session, SYSTEM, ClientFields(name="Олег", numbers=(NumberField(OTHER),)), RULES
        )
    gone = (await cards(db))[1]
    (inquiry,) = await inquiries(db)
    async with db.read() as session:
        link = (await session.scalars(select(CallLink))).one()
        task = (await session.scalars(select(Task))).one()
    assert gone.merged_into_id == firm
    assert (inquiry.client_id, link.client_id) == (firm, firm)
    assert (task.client_id, task.subject_key) == (firm, f"client:{firm}")


@pytest.mark.parametrize(
    "wrong", [{}, {"number": "12"}, {"email": "нет"}, {"number": "+74950000001"}]
)
async def test_letter_without_a_usable_address_is_refused(
    db: Database, wrong: dict[str, str]
) -> None:
    async with db.write() as session:
        with pytest.raises(Invalid):
            await intake.take(session, SYSTEM, Letter(channel="form", **wrong), RULES)


async def test_letter_finds_the_client_by_number_then_tail_then_address(db: Database) -> None:
    anna = await client(db, "Анна", STRANGER)
    async with db.write() as session:
        fields = ClientFields(name="Борис", emails=(EmailField("Boris@firma.example"),))
        boris = (await clients.create(session, SYSTEM, fields, RULES)).id
    async with db.write() as session:
        for letter, whose in (
            (Letter(channel="form", number="8 (916) 000-00-01", text="цены?"), anna),
            (Letter(channel="form", number="9160000001"), anna),
            (Letter(channel="mail", email="boris@FIRMA.example"), boris),
            (Letter(channel="api", number=STRANGER, email="boris@firma.example"), anna),
        ):
            inquiry = await intake.take(session, SYSTEM, letter, RULES)
            assert inquiry.client_id == whose
        made = await intake.take(
            session, SYSTEM, Letter(channel="form", number=OTHER, name="Олег Ёлкин"), RULES
        )
        new = await session.get(Client, made.client_id)
    assert new is not None
    assert (new.name, new.search_name, new.confirmed, new.source) == (
        "Олег Ёлкин", "олег елкин", False, "form",
    )  # fmt: skip
    counts = {one.client_id: one.contacts for one in await inquiries(db)}
    assert counts == {anna: 3, boris: 1, new.id: 1}


async def test_letter_to_a_shared_number_is_narrowed_by_its_address_or_left_to_a_person(
    db: Database,
) -> None:
    await client(db, "Анна", OFFICE)
    boris = await client(db, "Борис", OFFICE)
    async with db.write() as session:
        card = await clients.load(session, boris)
        fields = replace(clients.fields_of(card), emails=(EmailField("boris@firma.example"),))
        await clients.edit(session, SYSTEM, boris, card.version, fields, RULES)
        first = await intake.take(session, SYSTEM, Letter(channel="form", number=OFFICE), RULES)
        second = await intake.take(
            session,
            SYSTEM,
            Letter(channel="form", number=OFFICE, email="boris@firma.example"),
            RULES,
        )
    assert (first.client_id, second.client_id) == (None, boris)


async def test_letter_needs_the_right_to_sort(db: Database) -> None:
    reader = replace(await person(db, "api"), allowed=frozenset())
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await intake.take(session, reader, Letter(channel="api", number=OTHER), RULES)


async def test_traces_make_a_card_for_every_stranger_who_called_and_for_nobody_else(
    db: Database,
) -> None:
    teller = Teller(db, CrmSettings(), intake=True)
    wrong, made = [], 0
    for scenario in scenarios()[::6]:
        run, _ = replayed(scenario.connections())
        for call in run.calls.values():
            if call.record.ended:
                await teller.tell_record(call.record)
        truth = {
            RULES.key(call["caller"]).e164
            for call in scenario.truth
            if call["direction"] == "in" and RULES.key(call["caller"] or "").usable
        }
        async with db.write() as session:
            found = set(await session.scalars(select(ClientNumber.e164)))
            asked = {RULES.key(raw).e164 for raw in await session.scalars(select(Inquiry.number))}
            for table in (Task, Inquiry, Client, Call):
                await session.execute(delete(table))
        made += len(found)
        if found != truth or asked != truth:
            wrong.append((scenario.name, found, asked, truth))
    assert wrong == []
    assert made > 3
