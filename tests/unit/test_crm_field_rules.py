"""Obligatory fields: asked in forms, not of cards that a call or an import makes."""

import pytest
from support.clients import RULES

from calls.db import Database
from crm import clients, custom_fields, field_rules
from crm.access import SYSTEM
from crm.clients import ClientFields, EmailField
from crm.custom_fields import FieldDraft
from crm.errors import Invalid
from crm.personal_data import PersonalData


async def test_missing_obligatory_field_is_named_and_only_for_its_kind(db: Database) -> None:
    async with db.write() as session:
        await field_rules.save(session, SYSTEM, "person", ["emails", "sex"])
    with pytest.raises(Invalid) as caught:
        async with db.write() as session:
            await clients.create(session, SYSTEM, ClientFields(name="Анна"), RULES)
    assert caught.value.field == "emails"
    email = (EmailField("anna@mail.example"),)
    with pytest.raises(Invalid) as caught:
        async with db.write() as session:
            await clients.create(session, SYSTEM, ClientFields(name="Анна", emails=email), RULES)
    assert caught.value.field == "sex"
    async with db.write() as session:
        whole = ClientFields(name="Анна", emails=email, personal=PersonalData(sex="female"))
        await clients.create(session, SYSTEM, whole, RULES)
        firm = ClientFields(kind="organisation", name="Три сосны")
        await clients.create(session, SYSTEM, firm, RULES)


async def test_card_made_without_a_person_needs_nothing_until_somebody_edits_it(
    db: Database,
) -> None:
    async with db.write() as session:
        await field_rules.save(session, SYSTEM, "person", ["name"])
        await custom_fields.add(session, SYSTEM, FieldDraft(name="Авто", obligatory=True))
        fields = ClientFields(numbers=(clients.NumberField("+79160000001"),), confirmed=False)
        made = await clients.create(session, SYSTEM, fields, RULES, obligatory=False)
    for fields, field in (
        (ClientFields(), "name"),
        (ClientFields(name="Анна"), "custom.avto"),
    ):
        with pytest.raises(Invalid) as caught:
            async with db.write() as session:
                await clients.edit(session, SYSTEM, made.id, 1, fields, RULES)
        assert caught.value.field == field
    async with db.write() as session:
        whole = ClientFields(name="Анна", custom={"avto": "Лада"})
        assert (await clients.edit(session, SYSTEM, made.id, 1, whole, RULES)).confirmed


async def test_rule_for_a_field_that_there_is_not_is_refused(db: Database) -> None:
    with pytest.raises(Invalid):
        async with db.write() as session:
            await field_rules.save(session, SYSTEM, "person", ["passport"])
