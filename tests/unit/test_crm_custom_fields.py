"""Custom fields: defined without a restart, their values checked, kept, shown in the change history."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from support.clients import RULES, client
from support.people import person

from calls.db import Database
from crm import clients, custom_fields, custom_values
from crm.access import SYSTEM
from crm.clients import ClientFields
from crm.custom_fields import FieldDraft
from crm.custom_values import Owner
from crm.errors import Forbidden, Invalid
from crm.tables import Change, CustomField


async def field(db: Database, name: str, kind: str = "text", **more: object) -> CustomField:
    async with db.write() as session:
        draft = FieldDraft(name=name, kind=kind, **more)  # type: ignore[arg-type]
        return await custom_fields.add(session, SYSTEM, draft)


async def test_value_of_each_kind_comes_back_and_goes_into_the_change_history(db: Database) -> None:
    anna = await client(db, "Анна")
    firm = await client(db, "Три сосны", kind="organisation")
    for name, kind in (("Авто", "text"), ("Пробег", "number"), ("Сумма", "money"), ("ТО", "date"),
                       ("Гарантия", "flag"), ("Сайт", "link"), ("Дилер", "client")):  # fmt: skip
        await field(db, name, kind)
    await field(db, "Цвет", "list", options=("белый", "чёрный"))
    await field(db, "Опции", "many", options=("люк", "фаркоп", "шины"))
    values = {
        "avto": "Лада", "probeg": "12 500,5", "summa": "99,90", "to": "01.02.2027", "garantiya": "да",
        "sayt": "site.example", "diler": f"Три сосны #{firm}", "tsvet": "Чёрный", "optsii": ["шины", "люк"],
    }  # fmt: skip
    async with db.write() as session:
        await clients.edit(
            session, SYSTEM, anna, 1, ClientFields(name="Анна", custom=values), RULES
        )
    async with db.read() as session:
        kept = await custom_values.get(session, Owner("person", anna))
        rows = (await session.scalars(select(Change).where(Change.client_id == anna))).all()
    assert kept == {
        "avto": "Лада", "probeg": Decimal("12500.5"), "summa": Decimal("99.90"),
        "to": date(2027, 2, 1), "garantiya": True, "sayt": "https://site.example", "diler": firm,
        "tsvet": "чёрный", "optsii": ("люк", "шины"),
    }  # fmt: skip
    assert {row.field: row.new for row in rows}["custom.diler"] == "Три сосны"
    assert {row.field: row.new for row in rows}["custom.optsii"] == "люк, шины"
    async with db.write() as session:
        fields = ClientFields(name="Анна", custom={"optsii": [], "avto": "Лада"})
        await clients.edit(session, SYSTEM, anna, 2, fields, RULES)
    async with db.read() as session:
        kept = await custom_values.get(session, Owner("person", anna))
        again = select(Change).where(Change.client_id == anna, Change.id > rows[-1].id)
        changed = [(row.field, row.old, row.new) for row in await session.scalars(again)]
    assert "optsii" not in kept
    assert kept["summa"] == Decimal("99.90")
    assert changed == [("custom.optsii", "люк, шины", "")]


async def test_renamed_option_renames_values_and_a_dropped_one_stays_where_it_was(
    db: Database,
) -> None:
    anna = await client(db, "Анна")
    size = await field(db, "Размер", "list", options=("малый", "средний"))
    owner = Owner("person", anna)
    async with db.write() as session:
        await custom_values.put(session, SYSTEM, owner, {size.key: "малый"})
        draft = FieldDraft(
            name="Размер", kind="list", options=("S", "M"), renamed={"малый": "S", "средний": "M"}
        )
        await custom_fields.edit(session, SYSTEM, size.id, draft)
        assert await custom_values.get(session, owner) == {size.key: "S"}
        dropped = FieldDraft(name="Размер", kind="list", options=("M",))
        await custom_fields.edit(session, SYSTEM, size.id, dropped)
        await custom_values.put(session, SYSTEM, owner, {size.key: "S"})
        with pytest.raises(Invalid, match="not in the list"):
            await custom_values.put(session, SYSTEM, owner, {size.key: "L"})


async def test_kind_changes_only_while_there_are_no_values(db: Database) -> None:
    anna = await client(db, "Анна")
    car = await field(db, "Авто")
    async with db.write() as session:
        await custom_fields.edit(session, SYSTEM, car.id, FieldDraft(name="Авто", kind="number"))
        await custom_values.put(session, SYSTEM, Owner("person", anna), {"avto": "3"})
    with pytest.raises(Invalid, match="kind cannot change"):
        async with db.write() as session:
            await custom_fields.edit(session, SYSTEM, car.id, FieldDraft(name="Авто", kind="text"))


async def test_names_and_keys_are_unique_where_they_meet_in_one_form(db: Database) -> None:
    await field(db, "Авто", subject="person")
    for subject in ("person", "client"):
        with pytest.raises(Invalid, match="already"):
            await field(db, " авто ", subject=subject)
    assert (await field(db, "Авто", subject="organisation")).key == "avto_2"
    assert (await field(db, "Авто", subject="deal")).key == "avto"
    assert (await field(db, "日本")).key == "field"
    with pytest.raises(Invalid, match="choose from"):
        await field(db, "Цвет", "list", options=("  ",))
    with pytest.raises(Invalid):
        await field(db, "Цвет", "colour")


async def test_field_is_of_its_subject_only(db: Database) -> None:
    anna = await client(db, "Анна")
    await field(db, "Отрасль", subject="organisation")
    with pytest.raises(Invalid, match="there is no field otrasl"):
        async with db.write() as session:
            await custom_values.put(session, SYSTEM, Owner("person", anna), {"otrasl": "лес"})


async def test_archived_field_is_asked_no_more_and_keeps_its_values(db: Database) -> None:
    anna = await client(db, "Анна")
    car = await field(db, "Авто", obligatory=True)
    async with db.write() as session:
        await custom_values.put(session, SYSTEM, Owner("person", anna), {"avto": "Лада"})
        await custom_fields.archive(session, SYSTEM, car.id, archived=True)
        assert await custom_fields.fields(session) == []
        assert await custom_values.get(session, Owner("person", anna)) == {"avto": "Лада"}
        await custom_fields.add(session, SYSTEM, FieldDraft(name="Авто"))
        with pytest.raises(Invalid, match="already"):
            await custom_fields.archive(session, SYSTEM, car.id, archived=False)


async def test_fields_change_places(db: Database) -> None:
    for name in ("а", "б", "в"):
        await field(db, name)
    async with db.write() as session:
        third = (await custom_fields.fields(session))[2]
        await custom_fields.move(session, SYSTEM, third.id, up=True)
        await custom_fields.move(session, SYSTEM, third.id, up=True)
        await custom_fields.move(session, SYSTEM, third.id, up=True)
        assert [one.name for one in await custom_fields.fields(session)] == ["в", "а", "б"]


async def test_only_an_administrator_defines_fields(db: Database) -> None:
    manager = await person(db, "mila", "supervisor")
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await custom_fields.add(session, manager, FieldDraft(name="Авто"))


async def test_client_in_a_field_must_be_one_that_the_person_sees(db: Database) -> None:
    anna = await client(db, "Анна")
    await field(db, "Дилер", "client")
    with pytest.raises(Invalid, match="no such client"):
        async with db.write() as session:
            await custom_values.put(session, SYSTEM, Owner("person", anna), {"diler": "4711"})
