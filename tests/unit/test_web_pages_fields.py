"""The administrator's page of fields: in force at once, without a restart."""

import pytest
from support.clients import client as add_client
from support.web import Site

from crm import custom_fields, custom_values, field_rules
from crm.access import SYSTEM
from crm.custom_values import Owner
from crm.tables import CustomField


async def fields(site: Site) -> list[CustomField]:
    async with site.services.db.read() as session:
        return await custom_fields.fields(session, archived=True)


async def test_field_is_added_renamed_moved_archived_and_asked_again(site: Site) -> None:
    root, anna = await site.client("root"), await site.client("anna")
    size = {"subject": "client", "name": "Размер", "kind": "list", "obligatory": "1",
            "option": ["S", "M", ""], "option_was": ["", "", ""]}  # fmt: skip
    assert (await root.post("/admin/fields", data=size)).status_code == 303
    await root.post("/admin/fields", data={"subject": "person", "name": "Авто", "kind": "text"})
    assert "Размер" in (await anna.get("/clients/new")).text
    made = await fields(site)
    assert [(one.name, one.key, one.obligatory) for one in made] == [
        ("Размер", "razmer", True),
        ("Авто", "avto", False),
    ]
    person = await add_client_with(site, made[0].key, "S")
    page = (await root.get(f"/admin/fields/{made[0].id}")).text
    assert "so the kind stays" in page
    renamed = {"name": "Размер одежды", "kind": "list", "option": ["малый", "M"], "option_was": ["S", "M"]}  # fmt: skip
    assert (await root.post(f"/admin/fields/{made[0].id}", data=renamed)).status_code == 303
    async with site.services.db.read() as session:
        assert await custom_values.get(session, Owner("person", person)) == {"razmer": "малый"}
    assert "малый" in (await anna.get(f"/clients/{person}")).text
    assert (
        await root.post(f"/admin/fields/{made[0].id}/move", data={"to": "up"})
    ).status_code == 303
    await root.post(f"/admin/fields/{made[0].id}/archive", data={"archived": "1"})
    assert "Размер одежды" not in (await anna.get("/clients/new")).text
    await root.post(f"/admin/fields/{made[0].id}/archive")
    assert "Размер одежды" in (await anna.get("/clients/new")).text


async def add_client_with(site: Site, key: str, value: str) -> int:
    async with site.services.db.write() as session:
        await custom_fields.edit(
            session, SYSTEM, (await custom_fields.fields(session))[0].id,
            custom_fields.FieldDraft(name="Размер", kind="list", options=("S", "M")),
        )  # fmt: skip
    person = await add_client(site.services.db, "Анна")
    async with site.services.db.write() as session:
        await custom_values.put(session, SYSTEM, Owner("person", person), {key: value})
    return person


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"name": " "}, "give the field a name"),
        ({"name": "Авто"}, "there is a field with this name already"),
        ({"name": "Цвет", "kind": "list"}, "something to choose from"),
        ({"name": "Цвет", "kind": "colour"}, "choose what the field holds"),
        ({"name": "Цвет", "subject": "car"}, "choose whose field it is"),
        ({"name": "Договор", "kind": "file", "obligatory": "1"}, "cannot be obligatory"),
    ],
)
async def test_wrong_field_is_told_what_is_wrong(
    site: Site, typed: dict[str, str], why: str
) -> None:
    root = await site.client("root")
    plain = {"subject": "client", "kind": "text"}
    assert (await root.post("/admin/fields", data={**plain, "name": "Авто"})).status_code == 303
    answer = await root.post("/admin/fields", data={**plain, **typed})
    assert answer.status_code == 422
    assert why in answer.text
    assert len(await fields(site)) == 1


async def test_rules_are_kept_for_each_kind(site: Site) -> None:
    root = await site.client("root")
    answer = await root.post(
        "/admin/fields/rules", data={"person": ["name", "emails"], "organisation": ["inn"]}
    )
    assert answer.status_code == 303
    async with site.services.db.read() as session:
        assert await field_rules.obligatory(session, "person") == {"name", "emails"}
        assert await field_rules.obligatory(session, "organisation") == {"inn"}
    assert 'value="emails" checked' in (await root.get("/admin/fields")).text


async def test_only_administrators_open_it(site: Site) -> None:
    assert (await (await site.client("sergey")).get("/admin/fields")).status_code == 403
