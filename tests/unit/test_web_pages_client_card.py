"""The card of one client: several addresses and companies, two editors, guarded data, small forms, gone cards."""

import html
import re

import pytest
from support.clients import RULES
from support.web import Site
from support.web_seed import add_client, seed_site

from crm import audit, clients, custom_values, field_rules
from crm import bin as bin_of_things
from crm.access import SYSTEM
from crm.bin_kinds import Kind
from crm.clients import ClientFields
from crm.custom_fields import FieldDraft, add
from crm.custom_values import Owner
from crm.personal_data import PersonalData
from crm.tables import Client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return html.unescape(found[1])


async def loaded(site: Site, client_id: int) -> Client:
    async with site.services.db.read() as session:
        return await clients.load(session, client_id)


async def test_several_phones_addresses_and_companies_are_kept_in_their_order(site: Site) -> None:
    client = await site.client("anna")
    answer = await client.post(
        "/clients",
        data={
            "name": "Олег", "number": ["8 916 000-00-01", "8 495 000-00-02", ""],
            "number_label": ["мобильный", "рабочий", ""],
            "email": ["oleg@mail.example", "work@firm.example"], "email_label": ["", "рабочая"],
            "company": ["Три сосны", "Чистый дом"], "position": ["директор", "советник"],
        },
    )  # fmt: skip
    assert answer.status_code == 303
    kept = await loaded(site, int(answer.headers["location"].rsplit("/", 1)[1]))
    assert [(one.address, one.label) for one in kept.emails][1] == ("work@firm.example", "рабочая")
    page = (await client.get(answer.headers["location"], params={"edit": 1})).text
    places = [(p.organisation_id, p.organisation.name, p.position) for p in kept.workplaces]
    swapped = {
        "version": hidden(page, "version"), "base": hidden(page, "base"),
        "workplace": [str(places[1][0]), "", str(places[0][0])],
        "company": ["Чистый дом", "Ясный день", ""], "position": ["глава", "", "директор"],
    }  # fmt: skip
    assert (await client.post(f"/clients/{kept.id}", data=swapped)).status_code == 303
    kept = await loaded(site, kept.id)
    assert [(p.organisation.name, p.position) for p in kept.workplaces] == [
        ("Чистый дом", "глава"),
        ("Ясный день", ""),
    ]
    assert [number.label for number in kept.numbers] == ["мобильный", "рабочий"]
    card = (await client.get(f"/clients/{places[1][0]}")).text
    assert "Олег" in card
    assert "глава" in card


async def test_changes_of_two_editors_are_put_together_and_only_the_same_field_is_asked(
    site: Site,
) -> None:
    ids = await seed_site(site)
    address = f"/clients/{ids['irina']}"
    anna, mila = await site.client("anna"), await site.client("mila")
    page = (await anna.get(address, params={"edit": 1})).text
    seen = {name: hidden(page, name) for name in ("version", "base")}
    assert (
        await mila.post(address, data={**seen, "name": "Ирина Петрова", "address": "Речная, 5"})
    ).status_code == 303
    both = {**seen, "name": "Ирина С.", "email": "new@mail.example", "email_label": ""}
    answer = await anna.post(address, data=both)
    assert answer.status_code == 409
    assert "Choose for each field" in answer.text
    assert "Ирина Петрова" in answer.text
    assert 'name="choose.name"' in answer.text
    assert 'name="choose.address"' not in answer.text
    assert (await loaded(site, ids["irina"])).name == "Ирина Петрова"
    again = {name: hidden(answer.text, name) for name in ("version", "base")}
    chosen = {**both, **again, "address": "Речная, 5", "choose.name": "theirs"}
    assert (await anna.post(address, data=chosen)).status_code == 303
    kept = await loaded(site, ids["irina"])
    assert (kept.name, kept.address, kept.email) == (
        "Ирина Петрова",
        "Речная, 5",
        "new@mail.example",
    )
    assert kept.position == "бухгалтер"


async def test_changes_of_different_fields_need_no_question(site: Site) -> None:
    ids = await seed_site(site)
    address = f"/clients/{ids['irina']}"
    client = await site.client("anna")
    page = (await client.get(address, params={"edit": 1})).text
    seen = {name: hidden(page, name) for name in ("version", "base")}
    for change in ({"notes": "любит чай"}, {"source": "выставка"}):
        assert (await client.post(address, data={**seen, **change})).status_code == 303
    kept = await loaded(site, ids["irina"])
    assert (kept.notes, kept.source, kept.name) == ("любит чай", "выставка", "Ирина Соколова")


@pytest.mark.parametrize("base", ["", "[]", "{", '{"name": 1}', '{"robot": "x"}', '{"numbers": 5}'])
async def test_form_with_a_damaged_base_asks_about_every_difference(site: Site, base: str) -> None:
    async with site.services.db.write() as session:
        olga = (await add_client(session, "Ольга")).id
    client = await site.client("anna")
    answer = await client.post(
        f"/clients/{olga}", data={"version": "7", "base": base, "name": "Оля"}
    )
    assert answer.status_code == 409
    assert 'name="choose.name"' in answer.text


async def test_passport_is_for_managers_and_reading_it_is_audited_once(site: Site) -> None:
    async with site.services.db.write() as session:
        data = PersonalData(None, "female", "Речная, 5", "0000 123456")
        olga = (await add_client(session, "Ольга", personal=data)).id
    manager, operator = await site.client("mila"), await site.client("anna")
    for _twice in range(2):
        assert "0000 123456" in (await manager.get(f"/clients/{olga}")).text
    for page in ("", "?edit=1"):
        text = (await operator.get(f"/clients/{olga}{page}")).text
        assert "123456" not in text
        assert "Речная" not in text
        assert "shown to managers only" in text
    page = (await operator.get(f"/clients/{olga}?edit=1")).text
    answer = await operator.post(
        f"/clients/{olga}",
        data={"version": hidden(page, "version"), "base": hidden(page, "base"), "passport": "1"},
    )
    assert answer.status_code == 403
    async with site.services.db.read() as session:
        rows = [row.action for row in await audit.entries(session, SYSTEM)]
    assert rows.count("personal.read") == 1


async def test_days_and_consents_are_added_in_the_card_and_errors_told_there(site: Site) -> None:
    ids = await seed_site(site)
    address, client = f"/clients/{ids['irina']}", await site.client("anna")
    day = {"name": "свадьба", "day": "30", "month": "2", "remind_days": "3"}
    answer = await client.post(f"{address}/dates", data=day)
    assert answer.status_code == 422
    assert "there is no such day" in answer.text
    assert 'value="свадьба"' in answer.text
    await client.post(f"{address}/dates", data={**day, "day": "29"})
    said = {"kind": "mailing", "given": "no", "day": "2026-01-15", "source": "звонок 15 января"}
    wrong = await client.post(f"{address}/consents", data={**said, "source": " "})
    assert wrong.status_code == 422
    assert (await client.post(f"{address}/consents", data=said)).status_code == 303
    text = (await client.get(address)).text
    for expected in ("29 February", "reminder 3 days before", "refused", "звонок 15 января"):
        assert expected in text
    removed = re.search(rf'action="({address}/dates/\d+/remove)"', text)
    assert removed is not None
    assert (await client.post(removed[1])).status_code == 303
    assert "29 February" not in (await client.get(address)).text
    assert (await loaded(site, ids["irina"])).mailing_consent is False


async def test_merged_card_leads_to_the_kept_one_and_one_in_the_bin_says_so(site: Site) -> None:
    ids = await seed_site(site)
    async with site.services.db.write() as session:
        gone = await session.get_one(Client, ids["pavel"])
        gone.merged_into_id = ids["irina"]
        binned = await add_client(session, "Ольга")
    anna, sergey = await site.client("anna"), await site.client("sergey")
    answer = await anna.get(f"/clients/{ids['pavel']}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/clients/{ids['irina']}")
    async with site.services.db.write() as session:
        await bin_of_things.put(session, SYSTEM, Kind.CLIENT, binned.id)
    seen = await anna.get(f"/clients/{binned.id}")
    assert seen.status_code == 410
    assert "This card is in the bin" in seen.text
    assert "Take it out" not in seen.text
    restore = re.search(r'action="(/bin/[^"]+)"', (await sergey.get(f"/clients/{binned.id}")).text)
    assert restore is not None
    assert (await sergey.post(restore[1])).status_code == 303
    assert (await anna.get(f"/clients/{binned.id}")).status_code == 200


async def test_card_that_a_call_made_is_confirmed_by_a_person(site: Site) -> None:
    async with site.services.db.write() as session:
        fields = ClientFields(name="+7 916 …", confirmed=False, source="call")
        made = await clients.create(session, SYSTEM, fields, RULES, obligatory=False)
    client = await site.client("anna")
    assert "nobody has confirmed it yet" in (await client.get(f"/clients/{made.id}")).text
    assert (await client.post(f"/clients/{made.id}/confirm")).status_code == 303
    assert "nobody has confirmed it yet" not in (await client.get(f"/clients/{made.id}")).text


async def test_missing_and_wrong_fields_are_named_and_what_was_typed_stays(site: Site) -> None:
    async with site.services.db.write() as session:
        await field_rules.save(session, SYSTEM, "person", ["source"])
        await add(session, SYSTEM, FieldDraft(name="Пробег", kind="number", obligatory=True))
    client = await site.client("anna")
    typed = {"name": "Олег", "source": "", "inn": "123", "custom.probeg": "много"}
    for change, why in (
        ({}, "INN: the INN of a person has 12 digits"),
        ({"inn": ""}, "Пробег: много is no number"),
        ({"inn": "", "custom.probeg": ""}, "Where the client came from: this must be filled in"),
        ({"inn": "", "source": "сайт", "custom.probeg": ""}, "Пробег: this must be filled in"),
    ):
        answer = await client.post("/clients", data={**typed, **change})
        assert answer.status_code == 422
        assert why in answer.text
        assert 'value="Олег"' in answer.text
    whole = {"name": "Олег", "source": "сайт", "custom.probeg": "12 500"}
    answer = await client.post("/clients", data=whole)
    made = int(answer.headers["location"].rsplit("/", 1)[1])
    async with site.services.db.read() as session:
        values = await custom_values.get(session, Owner("person", made))
    assert str(values["probeg"]) == "12500.0000"
    assert "12,500" in (await client.get(f"/clients/{made}")).text
    quick = await client.post("/clients/quick", data={"number": "+79035550077"})
    assert quick.status_code == 204


async def test_error_is_told_in_russian_with_its_reason(site: Site) -> None:
    client = await site.client("anna")
    await client.post("/language", data={"locale": "ru", "back": "/"})
    answer = await client.post("/clients", data={"name": "Олег", "inn": "123"})
    assert "ИНН: В ИНН человека 12 цифр, здесь их 3." in answer.text


async def test_clients_are_offered_by_name_for_a_field_that_names_one(site: Site) -> None:
    ids = await seed_site(site)
    client = await site.client("anna")
    text = (await client.get("/clients/offered", params={"custom.diler": "соколова"})).text
    assert f"Ирина Соколова #{ids['irina']}" in text
    assert (await client.get("/clients/offered")).text.strip() == ""
