from datetime import UTC, date, datetime
from decimal import Decimal

from support.clients import client
from support.web import Site

from crm import client_figures, deal_moves, deals, funnels, role_scopes
from crm.access import SYSTEM, Action, Role, Scope
from crm.client_figures import renew_due
from crm.deal_moves import Move
from crm.deals import DealFields
from web.pages.client_value import bars_of


async def test_panel_shows_what_was_bought(site: Site) -> None:
    anna = await client(site.services.db, "Анна")
    mila = await site.client("mila")
    path = f"/clients/{anna}/value"
    assert "Not counted yet" in (await mila.get(path)).text
    async with site.services.db.write() as session:
        funnel = await funnels.ensure(session, "en")
        stage = next(one for one in funnel.stages if one.kind == "won")
        for amount in (1000, 3000):
            fields = DealFields(name="x", client_id=anna, amount=Decimal(amount))
            deal = await deals.create(session, SYSTEM, fields)
            await deal_moves.move(session, SYSTEM, deal.id, deal.version, Move(stage_id=stage.id))
    await renew_due(site.services.db, datetime.now(UTC))
    shown = (await mila.get(path)).text.replace("\u00a0", " ")
    assert "regular" in shown
    assert "4,000 ₽" in shown
    assert 'class="value-bar"' in shown


async def test_panel_of_a_hidden_client_is_not_there(site: Site) -> None:
    anna = await client(site.services.db, "Анна")
    async with site.services.db.write() as session:
        own = {Role.MANAGER: dict.fromkeys((Action.SEE, Action.EDIT), Scope.OWN)}
        await role_scopes.save(session, SYSTEM, own)
    assert (await (await site.client("mila")).get(f"/clients/{anna}/value")).status_code == 404


def test_smallest_sum_is_still_a_bar() -> None:
    days = [date(2026, month, 1) for month in (1, 2, 3)]
    sums = [Decimal(0), Decimal(1), Decimal(100_000)]
    assert [bar.height for bar in bars_of(list(zip(days, sums, strict=True)))] == [0, 2, 64]


async def test_administrator_draws_the_lines(site: Site) -> None:
    root = await site.client("root")
    assert 'value="180"' in (await root.get("/admin/categories")).text
    typed = {
        "regular_from": "3", "inactive_days": "90", "window_months": "6",
        "vip_from": "50 000,50", "currency": "RUB", "rates": "usd 92,5\nEUR 100",
    }  # fmt: skip
    assert (await root.post("/admin/categories", data=typed)).status_code == 303
    async with site.services.db.read() as session:
        rules = await client_figures.rules_of(session)
    assert (rules.regular_from, rules.vip_from) == (3, Decimal("50000.50"))
    assert rules.rates == {"USD": Decimal("92.5"), "EUR": Decimal(100)}
    assert (await root.post("/admin/categories", data={"other": "x"})).status_code == 422
    for wrong in (
        {"regular_from": "1"}, {"vip_from": "much"}, {"vip_from": "NaN"}, {"rates": "dollars 5"},
        {"rates": "USD 1e999"}, {"rates": "USD 0"},
    ):  # fmt: skip
        answer = await root.post("/admin/categories", data=typed | wrong)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text or "is-invalid" in answer.text
    assert (await (await site.client("mila")).get("/admin/categories")).status_code == 403
