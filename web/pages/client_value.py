"""What a client is worth: the card's panel, and the company's rules for kinds of clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import client_figures
from crm.access import Permission
from crm.client_category import CategoryRules, by_month
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

MONTHS = 12
_HIGH = 64
"""Height of the highest bar, in the units of the picture."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A month of the picture."""

    month: date
    amount: Decimal
    height: int


async def show_value(request: Request) -> Response:
    """The panel of the card: kind, checks, monthly spend, the last twelve months."""
    services = services_of(request)
    async with services.db.read() as session:
        row, bought, rules = await client_figures.of_client(
            session, actor_of(request), request.path_params["client_id"]
        )
    today = services.clock().astimezone(services.zone).date()
    months = by_month(bought, today, MONTHS, rules)
    return render(
        request, "clients/panels/value.html", figures=row, bars=bars_of(months), rules=rules
    )


def bars_of(months: Sequence[tuple[date, Decimal]]) -> list[Bar]:
    """Bars whose heights are to one another as the sums; a month with a sum is never invisible."""
    most = max((amount for _, amount in months), default=Decimal(0))
    return [
        Bar(month, amount, max(2, round(amount / most * _HIGH)) if amount else 0)
        for month, amount in months
    ]


async def show_rules(request: Request) -> Response:
    """The form of the rules."""
    async with services_of(request).db.read() as session:
        rules = await client_figures.rules_of(session)
    return _form(request, _typed_of(rules))


async def save_rules(request: Request) -> Response:
    """Put the rules in force; all clients are looked at again within minutes."""
    data = await request.form()
    asked = (*_PLAIN, "vip_from", "rates")
    typed = {name: str(data.get(name, "")).strip() for name in asked}
    try:
        rules = CategoryRules.model_validate(
            {
                **{name: typed[name] for name in _PLAIN},
                "vip_from": _number(typed["vip_from"]),
                "rates": _rates(typed["rates"]),
            }
        )
    except (ValidationError, ValueError) as error:
        return _form(request, typed, wrong=_wrong(error), status=422)
    async with services_of(request).db.write() as session:
        await client_figures.save_rules(session, actor_of(request), rules)
    return RedirectResponse("/admin/categories?saved=1", status_code=303)


_PLAIN = ("regular_from", "inactive_days", "window_months", "currency")


def _form(
    request: Request,
    typed: Mapping[str, str],
    *,
    wrong: Sequence[str] = (),
    status: int = 200,
) -> Response:
    saved = "saved" in request.query_params
    return render(
        request, "admin/categories.html", status=status, typed=typed, wrong=wrong, saved=saved
    )


def _typed_of(rules: CategoryRules) -> dict[str, str]:
    plain: dict[str, Any] = rules.model_dump(exclude={"rates"})
    rates = "\n".join(f"{code} {rate}" for code, rate in rules.rates.items())
    return {name: str(value) for name, value in plain.items()} | {"rates": rates}


def _rates(text: str) -> dict[str, str]:
    """Lines such as "USD 92.5"."""
    found = {}
    for line in text.splitlines():
        if line.strip():
            code, _, rate = line.strip().partition(" ")
            if len(code) != 3 or not code.isalpha() or not rate.strip():
                raise ValueError("rates")
            found[code.upper()] = _number(rate)
    return found


def _number(text: str) -> str:
    """As people type it: "100 000,50"."""
    return "".join(text.split()).replace(",", ".")


def _wrong(error: ValidationError | ValueError) -> list[str]:
    if isinstance(error, ValidationError):
        return [str(one["loc"][0]) for one in error.errors()]
    return [str(error)]


routes = [
    page("/clients/{client_id:id}/value", show_value, permission=Permission.DEALS_SEE),
    page("/admin/categories", show_rules, permission=Permission.ADMINISTER),
    page(
        "/admin/categories",
        save_rules,
        permission=Permission.ADMINISTER,
        methods=["POST"],
        name="save_categories",
    ),
]
