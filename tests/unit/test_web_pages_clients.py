import re

from sqlalchemy import select
from support.web import Site
from support.web_seed import STRANGER, seed_site

from calls.tables import Call
from crm import automatic_cards, clients
from crm.access import SYSTEM
from crm.number_rules import NumberRules
from crm.tables import CallLink, Client, Membership, Task


async def test_list_finds_by_name_and_by_number(site: Site) -> None:
    await seed_site(site)
    client = await site.client("anna")
    assert "Ирина Соколова" in (await client.get("/clients", params={"q": "соколова"})).text
    assert "Pavel" in (await client.get("/clients", params={"q": "605 123"})).text
    assert "No client fits" in (await client.get("/clients", params={"q": "zzz"})).text


async def test_page_of_a_client_shows_calls_promises_and_tasks(site: Site) -> None:
    ids = await seed_site(site)
    client = await site.client("mila")
    text = (await client.get(f"/clients/{ids['irina']}")).text
    text += (await client.get(f"/clients/{ids['irina']}/history")).text
    for expected in ("+7 916 123-45-67", "прислать счёт", "ООО «Ромашка»", f"/calls/{ids['talk']}"):
        assert expected in text


async def test_operator_sees_own_calls_with_the_client_only(site: Site) -> None:
    ids = await seed_site(site)
    history = f"/clients/{ids['irina']}/history"
    assert f'/calls/{ids["talk"]}"' not in (await (await site.client("boris")).get(history)).text
    assert f'/calls/{ids["talk"]}"' in (await (await site.client("anna")).get(history)).text


async def test_new_client_takes_number_company_and_earlier_calls(site: Site) -> None:
    ids = await seed_site(site)
    client = await site.client("anna")
    form = (
        await client.get("/clients/new", params={"number": STRANGER, "call": ids["missed"]})
    ).text
    assert STRANGER in form
    answer = await client.post(
        "/clients",
        data={"name": "Олег", "company": "Новая фирма", "number": STRANGER, "number_label": "", "call": ids["missed"]},
    )  # fmt: skip
    assert answer.status_code == 303
    async with site.services.db.read() as session:
        made = await session.scalar(select(Client).where(Client.name == "Олег"))
        assert made is not None
        assert (await session.get(CallLink, ids["missed"])).client_id == made.id  # type: ignore[union-attr]
        assert (await session.get(Task, ids["task"])).client_id == made.id  # type: ignore[union-attr]
        works = select(Membership.organisation_id).where(Membership.person_id == made.id)
        company = await session.get(Client, await session.scalar(works))
        assert company is not None
        assert company.kind == "organisation"


async def test_bad_number_is_told_and_what_was_typed_stays(site: Site) -> None:
    client = await site.client("anna")
    answer = await client.post(
        "/clients", data={"name": "Олег", "number": "12", "number_label": "home"}
    )
    assert answer.status_code == 422
    assert "is no telephone number" in answer.text
    assert 'value="Олег"' in answer.text
    assert 'value="12"' in answer.text


async def test_edit_of_an_old_version_shows_what_the_other_person_wrote(site: Site) -> None:
    ids = await seed_site(site)
    client = await site.client("anna")
    page = (await client.get(f"/clients/{ids['irina']}", params={"edit": 1})).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]  # type: ignore[index]
    mine = {"version": version, "name": "Ирина С.", "notes": "mine", "kind": "person"}
    theirs = {**mine, "name": "Ирина Петрова"}
    assert (await client.post(f"/clients/{ids['irina']}", data=theirs)).status_code == 303
    answer = await client.post(f"/clients/{ids['irina']}", data=mine)
    assert answer.status_code == 409
    assert "Ирина Петрова" in answer.text
    assert 'value="Ирина С."' in answer.text
    newer = re.search(r'name="version" value="(\d+)"', answer.text)[1]  # type: ignore[index]
    again = await client.post(f"/clients/{ids['irina']}", data={**mine, "version": newer})
    assert again.status_code == 303


async def test_quick_client_from_a_card_links_the_call(site: Site) -> None:
    ids = await seed_site(site)
    client = await site.client("anna")
    answer = await client.post(
        "/clients/quick", data={"name": "", "number": STRANGER, "call_id": ids["missed"]}
    )
    assert answer.status_code == 204
    async with site.services.db.read() as session:
        assert await session.get(CallLink, ids["missed"]) is not None


async def test_quick_name_goes_to_the_card_that_the_call_made(site: Site) -> None:
    ids = await seed_site(site)
    async with site.services.db.write() as session:
        call = await session.get_one(Call, ids["missed"])
        made = await automatic_cards.make(session, call, NumberRules())
    client = await site.client("anna")
    answer = await client.post(
        "/clients/quick", data={"name": "Олег", "number": STRANGER, "call_id": ids["missed"]}
    )
    assert answer.status_code == 204
    async with site.services.db.read() as session:
        named = (await session.scalars(select(Client).where(Client.name == "Олег"))).all()
    assert [(one.id, one.confirmed) for one in named] == [(made.id, True)]


async def test_attach_gives_the_number_once(site: Site) -> None:
    ids = await seed_site(site)
    client = await site.client("anna")
    for _twice in range(2):
        answer = await client.post(
            f"/clients/{ids['irina']}/attach", data={"number": STRANGER, "call_id": ids["missed"]}
        )
        assert answer.status_code == 303
    async with site.services.db.read() as session:
        irina = await clients.get(session, SYSTEM, ids["irina"])
        assert [n.e164 for n in irina.numbers].count(STRANGER) == 1


async def test_name_from_outside_is_text_and_never_markup(site: Site) -> None:
    client = await site.client("anna")
    await client.post("/clients", data={"name": "<script>alert(1)</script>", "number": STRANGER})
    text = (await client.get("/clients")).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


async def test_unknown_client_is_a_page_that_says_so(site: Site) -> None:
    answer = await (await site.client("anna")).get("/clients/4711")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
