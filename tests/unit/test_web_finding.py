"""The list of clients, its filter, columns, segments and tags as pages."""

import json
import re
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from support.finding import card, keep, works_at
from support.web import Site

from crm.access import Action, Role, Scope
from crm.tables import ClientTag, CustomField, CustomValue, RoleScope, Segment, Tag, User


async def seed(site: Site) -> dict[str, int]:
    firm, irina = (
        card("ООО Ромашка", kind="organisation"),
        card("Ирина Ёлкина", "+7 916 000-11-22", source="site"),
    )
    pavel = card("Павел Безответный", responsible_id=site.people["boris"])
    async with site.services.db.write() as session:
        await keep(session, firm, irina, pavel, works_at(irina, firm))
        field = CustomField(subject="client", key="car", name="Машина", kind="text", options=[])
        session.add(field)
        await session.flush()
        session.add(CustomValue(field_id=field.id, client_id=pavel.id, text="Лада", folded="лада"))
    return {"firm": firm.id, "irina": irina.id, "pavel": pavel.id}


def filtered(*parts: dict[str, Any], path: str = "/clients", **other: str) -> str:
    return f"{path}?{urlencode({'f': json.dumps({'all': list(parts)}), **other})}"


IS_SITE = {"field": "source", "op": "any", "value": ["site"]}


async def test_list_says_what_to_do_when_empty(site: Site) -> None:
    client = await site.client("anna")
    assert "No clients yet" in (await client.get("/clients")).text
    assert "No client fits “xyz”" in (await client.get("/clients?q=xyz")).text
    assert "No client fits this filter" in (await client.get(filtered(IS_SITE))).text


async def test_words_and_filters_find_together(site: Site) -> None:
    await seed(site)
    client = await site.client("anna")
    page = (await client.get("/clients?q=елкена")).text
    assert "Ирина Ёлкина" in page
    assert "data-tolerant" in page
    assert "found in: company" in (await client.get("/clients?q=ромашка")).text
    assert "Ирина" in (await client.get(filtered(IS_SITE, q="ирина"))).text
    assert "Look without the filter" in (await client.get(filtered(IS_SITE, q="павел"))).text
    lada = {"field": "custom:car", "op": "contains", "value": "ЛАД"}
    page = (await client.get(filtered(lada, part="list"))).text
    assert "Павел" in page
    assert "Ирина" not in page
    assert "1 client" in (await client.get(filtered(lada, part="count"))).text


async def test_filter_that_cannot_be_says_why(site: Site) -> None:
    client = await site.client("anna")
    for bad, why in (
        ("{", "cannot be read"),
        (json.dumps({"field": "shoe", "op": "is", "value": "x"}), "there is no field “shoe”"),
        (json.dumps({"field": "born_on", "op": "empty"}), "personal data"),
        ("[" * 3000, "cannot be read"),
    ):
        answer = await client.get(f"/clients?{urlencode({'f': bad})}")
        assert answer.status_code == 422
        assert why in answer.text


async def test_hits_come_below_the_box_of_every_page(site: Site) -> None:
    ids = await seed(site)
    client = await site.client("anna")
    assert "data-find" in (await client.get("/tasks")).text
    answer = (await client.get("/clients/find?q=0001122")).text
    assert f"/clients/{ids['irina']}" in answer
    assert "Nobody found" in (await client.get("/clients/find?q=никого")).text
    assert (await client.get("/clients/find?q=")).text.strip() == ""
    assert "Ирина" in (await client.get("/clients/pick?q=ирина&number=1&call_id=1")).text


async def test_pages_go_on_where_the_last_one_ended(site: Site) -> None:
    async with site.services.db.write() as session:
        await keep(session, *(card(f"Клиент {number:03}", source="x") for number in range(45)))
        await keep(session, *(card("", f"+7903111{number:04}") for number in range(45)))
    client = await site.client("anna")
    for sort in ("name", "-name", "-last_contact_at", "created_at", "-updated_at"):
        seen, address = [], f"/clients?sort={sort}"
        while address:
            page = (await client.get(address)).text
            seen += re.findall(r"row-main row-link[^>]*>([^<]*)<", page)
            parts = page.split('rel="next" href="')
            address = parts[1].split('"')[0].replace("&amp;", "&") if len(parts) > 1 else ""
        assert len(seen) == len(set(seen)) == 90, sort
        if "name" in sort:
            assert all(name.startswith("Клиент") for name in seen[:45]), "the nameless stand last"


async def test_columns_are_kept_per_person(site: Site) -> None:
    await seed(site)
    anna, boris = await site.client("anna"), await site.client("boris")
    answer = await anna.post(
        "/clients/columns", data={"column": ["custom:car", "source"], "back": "/clients?q=a"}
    )
    assert answer.headers["location"] == "/clients?q=a"
    page = (await anna.get("/clients?part=list")).text
    assert page.index("Машина") < page.index("Source")
    assert "Лада" in page
    assert "Машина" not in (await boris.get("/clients?part=list")).text
    assert (await anna.post("/clients/columns", data={"column": "shoe"})).status_code == 422
    answer = await anna.post(
        "/clients/columns", data={"column": "source", "back": "https://example.org"}
    )
    assert answer.headers["location"] == "/clients"


async def test_column_names_no_client_that_may_not_be_seen(site: Site) -> None:
    ids = await seed(site)
    async with site.services.db.write() as session:
        session.add(RoleScope(role=Role.OPERATOR, action=Action.SEE, scope=Scope.OWN))
        field = CustomField(
            subject="client", key="friend", name="Friend", kind="client", options=[]
        )
        session.add(field)
        await session.flush()
        linked = {"field_id": field.id, "client_id": ids["pavel"], "linked_id": ids["irina"]}
        session.add(CustomValue(**linked))
    boris, mila = await site.client("boris"), await site.client("mila")
    shown = []
    for reader in (boris, mila):
        await reader.post("/clients/columns", data={"column": ["custom:friend"]})
        page = (await reader.get("/clients?part=list&q=безответный")).text
        assert "Павел" in page
        shown.append("Ирина" in page)
    assert shown == [False, True]


async def test_segment_is_saved_shared_counted_and_deleted(site: Site) -> None:
    await seed(site)
    mila, anna = await site.client("mila"), await site.client("anna")
    filter_ = json.dumps({"all": [IS_SITE]})
    answer = await mila.post("/segments", data={"name": "С сайта", "f": filter_})
    assert answer.status_code == 303
    address = answer.headers["location"]
    number = address.split("=")[1]
    assert "Ирина" in (await mila.get(address)).text
    assert (await anna.get(address)).status_code == 404
    assert (await anna.get(f"/segments/{number}/count")).status_code == 404
    await mila.post(f"/segments/{number}", data={"name": "Сайт", "shared": "all"})
    assert "Сайт" in (await anna.get("/segments")).text
    assert "1 client" in (await anna.get(f"/segments/{number}/count")).text
    assert (await anna.post(f"/segments/{number}", data={"name": "x"})).status_code == 403
    assert (await anna.post(f"/segments/{number}/delete")).status_code == 403
    assert (await mila.post("/segments", data={"name": " ", "f": filter_})).status_code == 422
    own = (
        (await anna.post("/segments", data={"name": "Моё", "f": filter_}))
        .headers["location"]
        .split("=")[1]
    )
    assert (await anna.post(f"/segments/{own}", data={"shared": "all"})).status_code == 403
    assert (await mila.post(f"/segments/{number}/delete")).status_code == 303
    async with site.services.db.read() as session:
        assert list(await session.scalars(select(Segment.name))) == ["Моё"]


async def test_count_is_the_readers_own(site: Site) -> None:
    await seed(site)
    async with site.services.db.write() as session:
        session.add(RoleScope(role=Role.OPERATOR, action=Action.SEE, scope=Scope.OWN))
        session.add(
            Segment(
                name="Все", shared="all", filter={}, owner_id=None, created_at=site.services.clock()
            )
        )
    boris, mila = await site.client("boris"), await site.client("mila")
    assert "1 client" in (await boris.get("/segments/1/count")).text
    assert "3 clients" in (await mila.get("/segments/1/count")).text
    assert "Nobody found" in (await boris.get("/clients/find?q=ирина")).text
    assert "1 client" in (await boris.get("/clients?part=count")).text


async def test_archived_field_of_a_segment_is_named(site: Site) -> None:
    await seed(site)
    data = {"all": [{"field": "custom:car", "op": "filled"}]}
    async with site.services.db.write() as session:
        (await session.scalars(select(CustomField))).one().archived_at = site.services.clock()
        session.add(
            Segment(
                name="Авто",
                shared="all",
                filter=data,
                owner_id=None,
                created_at=site.services.clock(),
            )
        )
    client = await site.client("anna")
    answer = await client.get("/clients?segment=1")
    assert answer.status_code == 422
    assert "“Машина” was archived" in answer.text
    assert "“Машина” was archived" in (await client.get("/segments/1/count")).text


async def test_tags_are_made_on_the_card_and_found_with_a_hash(site: Site) -> None:
    ids = await seed(site)
    client = await site.client("anna")
    one = f"/tagged/client/{ids['irina']}"
    assert "Важный клиент" in (await client.post(one, data={"name": "Важный клиент"})).text
    await client.post(one, data={"name": "#ВАЖНЫЙ клиент"})
    assert (await client.post(one, data={"name": "  "})).status_code == 422
    assert "Ирина" in (await client.get("/clients?q=%23важный")).text
    assert "Павел" not in (await client.get("/clients?q=%23важный")).text
    async with site.services.db.read() as session:
        tag = (await session.scalars(select(Tag))).one()
    assert "Важный" not in (await client.post(f"{one}/{tag.id}/off")).text.split("<datalist")[0]
    assert (await client.get("/tagged/client/999")).status_code == 404
    assert (await client.get("/tags")).status_code == 403


async def test_tags_are_renamed_merged_and_deleted(site: Site) -> None:
    ids = await seed(site)
    sergey = await site.client("sergey")
    for name, who in (("опт", "irina"), ("оптовик", "irina"), ("оптовик", "pavel")):
        await sergey.post(f"/tagged/client/{ids[who]}", data={"name": name})
    async with site.services.db.write() as session:
        tags = {tag.name: tag.id for tag in await session.scalars(select(Tag))}
        data = {"any": [{"field": "tags", "op": "any", "value": [str(tags["оптовик"])]}]}
        session.add(
            Segment(
                name="О", shared="all", filter=data, owner_id=None, created_at=site.services.clock()
            )
        )
    assert (
        await sergey.post(f"/tags/{tags['опт']}", data={"name": "Оптовик", "colour": "red"})
    ).status_code == 409
    assert (
        await sergey.post(f"/tags/{tags['опт']}", data={"name": "Опт", "colour": "purple"})
    ).status_code == 422
    assert (
        await sergey.post(f"/tags/{tags['опт']}", data={"name": "Опт!", "colour": "red"})
    ).status_code == 303
    assert "used 2 times" in (await sergey.get("/tags")).text
    await sergey.post(f"/tags/{tags['оптовик']}/merge", data={"into": tags["опт"]})
    assert "2 clients" in (await sergey.get("/segments/1/count")).text
    async with site.services.db.read() as session:
        assert set(await session.scalars(select(ClientTag.client_id))) == {
            ids["irina"],
            ids["pavel"],
        }
        assert [tag.name for tag in await session.scalars(select(Tag))] == ["Опт!"]
    await sergey.post(f"/tags/{tags['опт']}/delete")
    async with site.services.db.read() as session:
        assert list(await session.scalars(select(ClientTag.client_id))) == []


async def test_ticked_clients_are_tagged_and_handed_to_a_person(site: Site) -> None:
    ids = await seed(site)
    mila = await site.client("mila")
    both = [str(ids["irina"]), str(ids["firm"])]
    assert (
        await mila.post("/clients/act", data={"client": both, "deed": "tag", "tag": "Опт"})
    ).status_code == 303
    await mila.post("/clients/act", data={"client": both[:1], "deed": "untag", "tag": "опт"})
    await mila.post(
        "/clients/act", data={"client": both, "deed": "responsible", "to": site.people["anna"]}
    )
    page = (await mila.get("/clients?q=%23опт")).text
    assert "ООО Ромашка" in page
    assert "Ирина" not in page
    assert "Анна Белова" in page
    for wrong in (
        {"deed": "tag", "tag": "x"},
        {"client": both, "deed": "burn"},
        {"client": both, "deed": "responsible"},
    ):
        assert (await mila.post("/clients/act", data=wrong)).status_code == 422


async def test_nobody_acts_on_clients_out_of_reach(site: Site) -> None:
    ids = await seed(site)
    async with site.services.db.write() as session:
        session.add(RoleScope(role=Role.OPERATOR, action=Action.EDIT, scope=Scope.OWN))
    anna = await site.client("anna")
    hers = {"client": str(ids["pavel"]), "deed": "tag", "tag": "x"}
    assert (await anna.post("/clients/act", data=hers)).status_code == 403
    page = (await anna.get("/clients?part=list")).text
    assert 'name="client"' not in page
    fragment = (await anna.get(f"/tagged/client/{ids['pavel']}")).text
    assert "<form" not in fragment


async def test_everybody_reads_russian(site: Site) -> None:
    await seed(site)
    async with site.services.db.write() as session:
        (await session.scalars(select(User).where(User.login == "anna"))).one().locale = "ru"
    client = await site.client("anna")
    page = (await client.get(filtered({"field": "shoe", "op": "is", "value": "x"}))).text
    assert "нет поля «shoe»" in page
    assert "Сохранить столбцы" in page
