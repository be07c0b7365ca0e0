"""Pages about people: departments, rights, hand-over, bin, changes, one's own password."""

import pytest
from sqlalchemy import select, update
from support.clients import client
from support.web import PASSWORD, Site

from crm import role_scopes
from crm.access import SYSTEM, Action, Role, Scope
from crm.tables import Client, Department, Handover, RoleScope, User

NEW = "another battery staple"


async def owned(site: Site, name: str, login: str, *numbers: str) -> int:
    client_id = await client(site.services.db, name, *numbers)
    async with site.services.db.write() as session:
        mine = update(Client).where(Client.id == client_id)
        await session.execute(mine.values(responsible_id=site.people[login]))
    return client_id


async def test_departments_are_added_moved_and_given_to_people(site: Site) -> None:
    root = await site.client("root")
    await root.post("/admin/departments", data={"name": "Sales"})
    await root.post("/admin/departments", data={"name": "North", "parent_id": "1"})
    refused = await root.post("/admin/departments/1", data={"name": "Sales", "parent_id": "2"})
    assert refused.status_code == 422
    anna = {"login": "anna", "role": "operator", "department_id": "2", "email": "anna@example.org"}
    saved = await root.post(f"/admin/people/{site.people['anna']}", data=anna)
    assert saved.status_code == 303
    held = await root.post("/admin/departments/2/remove")
    assert held.status_code == 409
    assert "People are in it" in held.text
    async with site.services.db.read() as session:
        names = (await session.scalars(select(Department.name).order_by(Department.id))).all()
        kept = await session.get_one(User, site.people["anna"])
    assert list(names) == ["Sales", "North"]
    assert (kept.department_id, kept.email) == (2, "anna@example.org")


async def test_rights_are_narrowed_refused_and_reset(site: Site) -> None:
    root, mila = await site.client("root"), await site.client("mila")
    hidden = await client(site.services.db, "Hidden Man")
    assert (await mila.get(f"/clients/{hidden}")).status_code == 200
    own = {f"manager.{action}": "own" for action in ("see", "edit", "export", "delete")}
    saved = await root.post("/admin/rights", data={**own, "cards_per_hour": "300"})
    assert saved.status_code == 303
    assert (await mila.get(f"/clients/{hidden}")).status_code == 404
    refused = await root.post("/admin/rights", data={"manager.edit": "all"})
    assert refused.status_code == 422
    assert "more than what they see" in refused.text
    fixed = await root.post("/admin/rights", data={"administrator.see": "none"})
    assert fixed.status_code == 303
    assert (await root.get(f"/clients/{hidden}")).status_code == 200
    assert (await root.post("/admin/rights/reset")).status_code == 303
    assert (await mila.get(f"/clients/{hidden}")).status_code == 200
    async with site.services.db.read() as session:
        assert (await session.scalars(select(RoleScope))).all() == []


async def test_hand_over_with_its_dossier_and_undo(site: Site) -> None:
    sergey, mila = await site.client("sergey"), await site.client("mila")
    await owned(site, "Ivan Petrov", "boris", "+7 912 000-11-22")
    boris, to = str(site.people["boris"]), str(site.people["mila"])
    shown = await sergey.get("/handover", params={"from": boris})
    assert "Ivan Petrov" in shown.text
    nobody = await sergey.post("/handover", data={"from": boris, "what": "all"})
    assert nobody.status_code == 400
    given = await sergey.post("/handover", data={"from": boris, "to": to, "what": "all"})
    assert given.status_code == 303
    dossier = await mila.get(given.headers["location"])
    assert dossier.status_code == 200
    assert "Ivan Petrov" in dossier.text
    assert "nobody has talked with them yet" in dossier.text
    anna = await site.client("anna")
    assert (await anna.get(given.headers["location"])).status_code == 404
    address = given.headers["location"].partition("?")[0]
    undone = await sergey.post(f"{address}/undo")
    assert "back=1&stayed=0" in undone.headers["location"]
    async with site.services.db.read() as session:
        responsible = await session.scalar(select(Client.responsible_id))
    assert responsible == site.people["boris"]


async def test_locking_out_asks_about_clients_and_may_hand_over_in_the_same_act(site: Site) -> None:
    root = await site.client("root")
    await owned(site, "Ivan Petrov", "boris")
    boris = site.people["boris"]
    asked = await root.post(f"/admin/people/{boris}/active", data={"active": "0"})
    assert asked.status_code == 409
    assert f"/handover?from={boris}&amp;lock=1" in asked.text
    both = {"from": str(boris), "to": str(site.people["mila"]), "what": "all", "lock": "1"}
    assert (await root.post("/handover", data=both)).status_code == 303
    async with site.services.db.read() as session:
        user = await session.get_one(User, boris)
        moved = await session.scalar(select(Client.responsible_id))
    assert (user.active, moved) == (False, site.people["mila"])


async def test_failed_lock_hands_nothing_over(site: Site) -> None:
    root = await site.client("root")
    first = await owned(site, "First", "boris")
    await owned(site, "Second", "boris")
    boris = site.people["boris"]
    some = {"from": str(boris), "to": str(site.people["mila"]), "what": "chosen", "lock": "1"}
    answer = await root.post("/handover", data={**some, "client": str(first)})
    assert answer.status_code == 409
    async with site.services.db.read() as session:
        assert (await session.scalars(select(Handover))).all() == []


async def test_chosen_clients_get_another_responsible_person(site: Site) -> None:
    mila = await site.client("mila")
    one = await client(site.services.db, "One")
    anna = await site.client("anna")
    answer = await mila.post(
        "/clients/responsible", data={"client": str(one), "to": str(site.people["anna"])}
    )
    assert answer.status_code == 303
    told = await anna.get("/notifications")
    assert "made you responsible for One" in told.text


async def test_client_goes_into_the_bin_and_comes_back(site: Site) -> None:
    mila, sergey = await site.client("mila"), await site.client("sergey")
    own = await owned(site, "Ivan Petrov", "mila")
    asked = await mila.get(f"/clients/{own}/delete")
    assert "Calls and recordings stay" in asked.text
    assert (await mila.post(f"/bin/client/{own}")).status_code == 303
    assert "Ivan Petrov" not in (await mila.get("/clients")).text
    assert "Ivan Petrov" in (await sergey.get("/bin", params={"kind": "client"})).text
    assert "Ivan Petrov" not in (await sergey.get("/bin", params={"kind": "deal"})).text
    back = await sergey.post(f"/bin/client/{own}/restore")
    assert back.headers["location"] == f"/clients/{own}"
    assert "Ivan Petrov" in (await mila.get("/clients")).text
    assert (await mila.post("/bin/teapot/1")).status_code == 404


async def test_changes_of_a_client_say_who_when_old_and_new(site: Site) -> None:
    mila = await site.client("mila")
    one = await client(site.services.db, "One")
    await mila.post(
        "/clients/responsible", data={"client": str(one), "to": str(site.people["anna"])}
    )
    page = await mila.get(f"/clients/{one}/changes")
    assert page.text.count('data-testid="change"') >= 1
    assert "Анна Белова" in page.text
    panel = await mila.get(f"/clients/{one}/changes", params={"part": "panel"})
    assert "Анна Белова" in panel.text
    assert "<html" not in panel.text
    async with site.services.db.write() as session:
        own = dict.fromkeys(Action, Scope.OWN)
        await role_scopes.save(session, SYSTEM, {Role.MANAGER: own})
    assert (await mila.get(f"/clients/{one}/changes")).status_code == 404


async def test_own_password_is_changed_and_other_logins_end(site: Site) -> None:
    here, elsewhere = await site.client("anna"), await site.client("anna")
    wrong = {"old": "not it at all", "new": NEW, "again": NEW}
    assert (await here.post("/password", data=wrong)).status_code == 400
    right = {"old": PASSWORD, "new": NEW, "again": NEW}
    assert (await here.post("/password", data={**right, "again": "x"})).status_code == 400
    weak = {**right, "new": "0123456789", "again": "0123456789"}
    assert (await here.post("/password", data=weak)).status_code == 400
    assert (await here.post("/password", data=right)).status_code == 303
    assert (await here.get("/password")).status_code == 200
    assert (await elsewhere.get("/password")).status_code == 303
    login = await (await site.client()).post("/login", data={"login": "anna", "password": NEW})
    assert login.status_code == 303


@pytest.mark.parametrize("address", ["/admin/rights", "/admin/departments", "/handover"])
async def test_operators_are_refused(site: Site, address: str) -> None:
    anna = await site.client("anna")
    assert (await anna.get(address)).status_code == 403
