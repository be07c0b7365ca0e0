"""Pages of deals, per role: board, list, card, form, payments, set-up, report."""

from __future__ import annotations

import re
from decimal import Decimal

import httpx2
from sqlalchemy import select
from support.web import Site
from support.web_seed import add_call, add_client

from crm import deals, field_rules, funnels
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.deals import DealFields
from crm.finding import segments
from crm.tables import Deal, DealStep, Funnel, LossReason, Product, RoleScope, Stage


async def stages(site: Site) -> dict[str, int]:
    async with site.services.db.write() as session:
        await funnels.ensure(session, "en")
        rows = await session.execute(select(Stage.name, Stage.id))
        return {name: stage_id for name, stage_id in rows}


async def deal(site: Site, name: str = "Roof", owner: str = "", **more: object) -> Deal:
    async with site.services.db.write() as session:
        await funnels.ensure(session, "en")
        fields = DealFields(
            name=name,
            responsible_id=site.people[owner] if owner else None,
            **more,  # type: ignore[arg-type]
        )
        return await deals.create(session, SYSTEM, fields)


async def narrowed(site: Site, role: Role, see: Scope, edit: Scope) -> None:
    async with site.services.db.write() as session:
        session.add(RoleScope(role=role.value, action=Action.SEE.value, scope=see.value))
        session.add(RoleScope(role=role.value, action=Action.EDIT.value, scope=edit.value))


def root_of(site: Site) -> Actor:
    return Actor(user_id=site.people["root"], login="root", name="", role=Role.ADMINISTRATOR)


def count_of(page: str, stage_id: int) -> str:
    column = page.split(f'id="col-{stage_id}"')[1]
    found = re.search(r'data-testid="column-count">(\d+)<', column)
    assert found
    return found[1]


async def stored(site: Site, deal_id: int) -> Deal:
    async with site.services.db.read() as session:
        return await deals.load(session, deal_id)


async def test_first_look_makes_the_first_funnel(site: Site) -> None:
    anna = await site.client("anna")
    page = (await anna.get("/deals")).text
    assert "Needs found out" in page
    async with site.services.db.read() as session:
        assert len(list(await session.scalars(select(Funnel)))) == 1


async def test_board_shows_only_what_the_reader_may_see_in_counts_and_sums_too(site: Site) -> None:
    stage = await stages(site)
    async with site.services.db.write() as session:
        secret = await add_client(session, "Hidden Ltd")
    await deal(site, "mine", "anna", amount=Decimal(100))
    await deal(site, "foreign", "boris", amount=Decimal(9000), client_id=secret.id)
    shared = await deal(site, "of a hidden client", "anna", client_id=secret.id)
    await narrowed(site, Role.OPERATOR, Scope.OWN, Scope.OWN)
    anna, root = await site.client("anna"), await site.client("root")
    page = (await anna.get("/deals")).text
    assert count_of(page, stage["New"]) == "2"
    assert "foreign" not in page
    assert "9,000" not in page
    assert "Hidden Ltd" not in page
    assert "a client of colleagues" in page
    assert "Hidden Ltd" not in (await anna.get("/deals?q=hidden&view=list")).text.split("<main")[1]
    assert "Hidden Ltd" not in (await anna.get(f"/deals/{shared.id}")).text
    everything = (await root.get("/deals")).text
    assert count_of(everything, stage["New"]) == "3"
    assert "9,100" in everything


async def test_segment_filters_the_board_and_its_funnel_is_offered_first(site: Site) -> None:
    stage, root = await stages(site), await site.client("root")
    assert (
        await root.post("/admin/funnels", data={"name": "Repairs", "currency": "EUR"})
    ).status_code == 303
    data = {"all": [{"field": "name", "op": "contains", "value": "Vera"}]}
    async with site.services.db.write() as session:
        vera, olga = await add_client(session, "Vera"), await add_client(session, "Olga")
        segment = await segments.make(session, root_of(site), "Veras", data)
        query = select(Funnel).where(Funnel.name == "Repairs")
        second = (await session.scalars(query)).one()
        second.segment_id = segment.id
        query = select(Stage.id).where(Stage.funnel_id == second.id, Stage.kind == "open")
        first_stage = (await session.scalars(query)).one()
    await deal(site, "hers", client_id=vera.id)
    await deal(site, "other", client_id=olga.id)
    page = (await root.get(f"/deals?segment={segment.id}")).text
    assert count_of(page, stage["New"]) == "1"
    assert ">other<" not in page
    assert ">hers<" in (await root.get(f"/deals?view=list&segment={segment.id}")).text
    assert (
        await (await site.client("anna")).get(f"/deals?segment={segment.id}")
    ).status_code == 404
    assert (
        f'value="{first_stage}" selected' in (await root.get(f"/deals/new?client={vera.id}")).text
    )
    assert (
        "selected"
        not in (
            (await root.get(f"/deals/new?client={olga.id}"))
            .text.split('name="stage"')[1]
            .split("</select>")[0]
        )
    )


async def test_deal_of_a_colleague_is_not_there_for_a_narrow_scope(site: Site) -> None:
    foreign = await deal(site, "foreign", "boris")
    await narrowed(site, Role.OPERATOR, Scope.OWN, Scope.OWN)
    anna, stage = await site.client("anna"), await stages(site)
    assert (await anna.get(f"/deals/{foreign.id}")).status_code == 404
    for path, data in (
        (f"/deals/{foreign.id}", {"name": "x", "version": "1"}),
        (f"/deals/{foreign.id}/move", {"stage": str(stage["Won"]), "version": "1"}),
        (f"/deals/{foreign.id}/payments", {"amount": "5", "due_on": "2026-12-01"}),
    ):
        assert (await anna.post(path, data=data)).status_code == 404, path
    assert (await anna.post(f"/deals/{foreign.id}/delete")).status_code == 403


async def test_seen_but_not_editable_deal_offers_no_way_to_change_it(site: Site) -> None:
    foreign = await deal(site, "foreign", "boris")
    await narrowed(site, Role.OPERATOR, Scope.ALL, Scope.OWN)
    anna, stage = await site.client("anna"), await stages(site)
    page = (await anna.get(f"/deals/{foreign.id}")).text
    assert "foreign" in page
    assert "edit=1" not in page
    assert "data-movable" not in (await anna.get("/deals")).text
    refused = await anna.post(
        f"/deals/{foreign.id}/move", data={"stage": str(stage["Won"]), "version": "1"}
    )
    assert refused.status_code == 403
    assert (await anna.get(f"/deals/{foreign.id}?edit=1")).status_code == 403


async def test_deal_is_made_with_positions_moved_lost_and_opened_again(site: Site) -> None:
    stage, anna = await stages(site), await site.client("anna")
    async with site.services.db.write() as session:
        client = await add_client(session, "Семён Ёлкин", "+79165554433")
    form = {
        "name": "Кровля", "client": str(client.id), "client_name": "Семён Ёлкин", "currency": "RUB",
        "stage": str(stage["New"]), "responsible": str(site.people["anna"]),
        "item_name": "Черепица", "item_quantity": "1 200,5", "item_unit": "м²", "item_price": "99,99",
        "item_discount": "10", "item_product": "", "expected_on": "2027-01-31",
    }  # fmt: skip
    made = await anna.post("/deals", data=form)
    assert made.status_code == 303
    address = made.headers["location"]
    page = (await anna.get(address)).text
    assert "108,034.20\N{NO-BREAK SPACE}₽" in page
    deal_id = int(address.rsplit("/", 1)[1])
    move = {"stage": str(stage["Lost"]), "version": "1"}
    refused = await anna.post(f"{address}/move", data=move)
    assert refused.status_code == 422
    async with site.services.db.read() as session:
        reason = (await session.scalars(select(LossReason))).first()
    assert reason is not None
    lost = {**move, "loss_reason": str(reason.id), "loss_note": "too late"}
    assert (await anna.post(f"{address}/move", data=lost)).status_code == 303
    assert f"{reason.name} — too late" in (await anna.get(address)).text
    assert (await stored(site, deal_id)).state == "lost"
    back = {"stage": str(stage["Offer made"]), "version": "2"}
    assert (await anna.post(f"{address}/move", data=back)).status_code == 303
    assert (await stored(site, deal_id)).state == "open"


async def test_move_of_a_card_that_a_colleague_moved_is_refused_in_words(site: Site) -> None:
    stage, anna, one = await stages(site), await site.client("anna"), await deal(site)
    script = {"accept": "*/*"}
    first = {"stage": str(stage["Offer made"]), "version": "1"}
    answer = await anna.post(f"/deals/{one.id}/move", data=first, headers=script)
    assert answer.status_code == 200
    assert 'data-version="2"' in answer.text
    stale = {"stage": str(stage["Won"]), "version": "1"}
    answer = await anna.post(f"/deals/{one.id}/move", data=stale, headers=script)
    assert answer.status_code == 409
    assert answer.json()["error"]["title"] == "Somebody was faster"
    assert (await stored(site, one.id)).stage_id == stage["Offer made"]


async def test_edit_over_a_colleague_s_edit_shows_both_versions(site: Site) -> None:
    anna, one = await site.client("anna"), await deal(site)
    form = {"name": "First", "version": "1", "currency": "RUB"}
    assert (await anna.post(f"/deals/{one.id}", data=form)).status_code == 303
    answer = await anna.post(f"/deals/{one.id}", data={**form, "name": "Second"})
    assert answer.status_code == 409
    assert 'value="Second"' in answer.text
    assert "First" in answer.text.split('class="theirs"')[1]
    assert (await stored(site, one.id)).name == "First"


async def test_client_that_was_typed_and_not_chosen_is_not_lost_silently(site: Site) -> None:
    anna = await site.client("anna")
    await stages(site)
    answer = await anna.post("/deals", data={"name": "x", "client": "", "client_name": "Somebody"})
    assert answer.status_code == 422
    assert "choose the client from the list" in answer.text


async def test_payments_are_planned_paid_and_overdue(site: Site) -> None:
    anna = await site.client("anna")
    async with site.services.db.write() as session:
        client = await add_client(session, "Ольга")
    one = await deal(site, amount=Decimal(1000), client_id=client.id)
    for amount, due in (("300", "2020-01-01"), ("200,50", "2099-01-01")):
        answer = await anna.post(
            f"/deals/{one.id}/payments", data={"amount": amount, "due_on": due}
        )
        assert answer.status_code == 303
    page = (await anna.get(f"/deals/{one.id}")).text
    assert "overdue: 300" in page
    panel = (await anna.get(f"/clients/{client.id}/deals")).text
    assert "to be paid: 500.50" in panel
    assert "payment overdue" in panel
    assert "payment overdue" in (await anna.get("/deals")).text.split("<form")[-1] + panel
    payment_id = (await stored(site, one.id)).payments[0].id
    paid = await anna.post(f"/deals/{one.id}/payments/{payment_id}", data={"deed": "paid"})
    assert paid.status_code == 303
    assert "overdue: 300" not in (await anna.get(f"/deals/{one.id}")).text
    assert (await anna.post(f"/deals/{one.id}/payments", data={"amount": "-5", "due_on": "2026-01-01"})
            ).status_code == 422  # fmt: skip


async def test_list_pages_by_key_in_every_order(site: Site) -> None:
    names = [f"deal {n:02}" for n in range(55)]
    async with site.services.db.write() as session:
        await funnels.ensure(session, "en")
        for number, name in enumerate(names):
            await deals.create(session, SYSTEM, DealFields(name=name, amount=Decimal(number % 7)))
    anna = await site.client("anna")
    for sort in ("", "name", "amount", "expected", "opened"):
        found: list[str] = []
        address = f"/deals?view=list&sort={sort}"
        while address:
            page = (await anna.get(address)).text
            found += re.findall(r'row-link" href="/deals/\d+">([^<]+)<', page)
            following = re.search(r'class="btn" href="(/deals[^"]*after=\d+[^"]*)"', page)
            address = following[1].replace("&amp;", "&") if following else ""
        assert sorted(found) == names, sort


async def test_funnels_and_products_are_the_administrator_s(site: Site) -> None:
    stage, root = await stages(site), await site.client("root")
    for login in ("anna", "mila", "sergey"):
        client = await site.client(login)
        assert (await client.get("/admin/funnels")).status_code == 403
        assert (await client.post("/admin/products", data={"name": "x"})).status_code == 403
    one = await deal(site, "kept")
    refused = await root.post(f"/admin/funnels/stages/{stage['New']}", data={"deed": "archive"})
    assert refused.status_code == 409
    assert "another one of the same kind" in refused.text
    done = await root.post(
        f"/admin/funnels/stages/{stage['New']}",
        data={"deed": "archive", "to": str(stage["Offer made"])},
    )
    assert done.status_code == 303
    assert (await stored(site, one.id)).stage_id == stage["Offer made"]
    async with site.services.db.read() as session:
        steps = list(await session.scalars(select(DealStep.stage_id).order_by(DealStep.id)))
    assert steps == [stage["New"], stage["Offer made"]]
    last = await _only_funnel(site, root)
    assert last.status_code == 409
    assert (
        await root.post("/admin/products", data={"name": "Tile", "price": "1 000,5"})
    ).status_code == 303
    async with site.services.db.read() as session:
        assert (await session.scalars(select(Product.price))).one() == Decimal("1000.5")


async def _only_funnel(site: Site, root: httpx2.AsyncClient) -> httpx2.Response:
    async with site.services.db.read() as session:
        funnel_id = (await session.scalars(select(Funnel.id))).one()
    return await root.post(f"/admin/funnels/{funnel_id}", data={"deed": "archive"})


async def test_second_funnel_takes_the_open_deals_of_the_first(site: Site) -> None:
    root, one = await site.client("root"), await deal(site)
    await stages(site)
    assert (
        await root.post("/admin/funnels", data={"name": "Repairs", "currency": "EUR"})
    ).status_code == 303
    async with site.services.db.read() as session:
        second = (await session.scalars(select(Funnel).where(Funnel.name == "Repairs"))).one()
        query = select(Stage.id).where(Stage.funnel_id == second.id, Stage.kind == "open")
        to = (await session.scalars(query)).one()
    gone = {"deed": "archive", "to": str(to)}
    assert (await root.post(f"/admin/funnels/{one.funnel_id}", data=gone)).status_code == 303
    moved = await stored(site, one.id)
    assert (moved.funnel_id, moved.stage_id, moved.currency) == (second.id, to, "RUB")
    page = (await root.get("/deals")).text
    assert "Repairs" not in page.split("<main")[1] or count_of(page, to) == "1"


async def test_report_is_for_those_who_may_and_counts_what_they_see(site: Site) -> None:
    stage = await stages(site)
    mine, foreign = await deal(site, "mine", "mila"), await deal(site, "foreign", "boris")
    anna, mila = await site.client("anna"), await site.client("mila")
    for one in (mine, foreign):
        move = {"stage": str(stage["Won"]), "version": "1"}
        assert (await mila.post(f"/deals/{one.id}/move", data=move)).status_code == 303
    assert (await anna.get("/deals/report")).status_code == 403
    page = (await mila.get("/deals/report")).text
    assert "2 deals" in page
    await narrowed(site, Role.MANAGER, Scope.OWN, Scope.OWN)
    page = (await mila.get("/deals/report")).text
    assert "1 deal<" in page
    assert "Борис" not in page.split("By responsible")[1]
    wrong = await mila.get("/deals/report?from=2026-02-01&to=2026-01-01")
    assert "must not be after" in wrong.text


async def test_call_of_a_client_with_several_deals_asks_which_one_and_keeps_the_answer(
    site: Site,
) -> None:
    anna = await site.client("mila")
    async with site.services.db.write() as session:
        client = await add_client(session, "Ольга", "+79165554433")
        call = await add_call(session, "7.7", at=site.services.clock(), client_id=client.id)
        await session.flush()
        call_id = call.id
    first, second = [await deal(site, n, client_id=client.id) for n in ("Roof", "Floor")]
    address = f"/calls/{call_id}/deal"
    assert f'hx-get="{address}"' in (await anna.get(f"/calls/{call_id}")).text
    for shown in (address, f"{address}?pop=1"):
        page = (await anna.get(shown)).text
        assert "Which one was it about?" in page
        assert f'value="{first.id}"' in page
        assert f'value="{second.id}"' in page
    answer = await anna.post(
        f"{address}?pop=1", data={"deal": str(second.id)}, headers={"accept": "*/*"}
    )
    assert f'href="/deals/{second.id}"' in answer.text
    assert "Ольга" in (await anna.get(f"/deals/{second.id}")).text.split('id="calls-title"')[1]
    assert (await anna.post(address, data={"deal": "none"})).status_code == 303
    assert "About no deal." in (await anna.get(address)).text
    assert (await anna.post(address, data={"deal": "?"})).status_code == 422


async def test_deal_without_an_obligatory_field_is_refused_by_every_form_and_says_which(
    site: Site,
) -> None:
    made = await deal(site, "Roof", "anna")
    new = (await stages(site))["New"]
    async with site.services.db.write() as session:
        await field_rules.save(session, root_of(site), "deal", ["amount", "expected_on"])
    anna = await site.client("anna")
    typed = {"name": "Gutter", "amount": "100", "stage": str(new)}
    for path in ("/deals", f"/deals/{made.id}"):
        refused = await anna.post(path, data={**typed, "version": str(made.version)})
        assert refused.status_code == 422
        assert "Expected on: this must be filled in" in refused.text
    assert (await anna.post("/deals/quick", data=typed)).status_code == 422
    assert (await stored(site, made.id)).name == "Roof"
    filled = await anna.post("/deals", data={**typed, "expected_on": "2030-01-02"})
    assert filled.status_code == 303


async def test_board_offers_the_whole_form_where_a_name_and_a_sum_are_not_enough(
    site: Site,
) -> None:
    new = (await stages(site))["New"]
    anna = await site.client("anna")
    assert 'action="/deals/quick"' in (await anna.get("/deals")).text
    async with site.services.db.write() as session:
        await field_rules.save(session, root_of(site), "deal", ["client"])
    page = (await anna.get("/deals")).text
    assert 'action="/deals/quick"' not in page
    assert f'href="/deals/new?stage={new}"' in page
