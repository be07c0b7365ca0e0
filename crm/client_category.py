"""What kind of client somebody is, and what they are worth: from their purchases and contacts. Pure.

In: won deals with day and sum, the last contact, the company's rules. Out: `Figures`.

Four kinds, as the company's rules draw the lines: *inactive* (neither bought nor talked for so many days), *regular*
(bought so many times), *one-time* (bought, not so many times), *potential* (never bought).

`potential` says what a client would spend in a year if they went on so. It takes the middle purchase, not the mean, and
trusts what comes month after month more than what came once: many small steady purchases outrank one big one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from statistics import median
from typing import Annotated

from pydantic import BaseModel, Field

_KOPECK = Decimal("0.01")
_MONTHS = 12
_TRUST_ONCE = Decimal("0.25")
"""How much a purchase is trusted to come again that nothing speaks for; buying in every month makes it 1."""


class Category(StrEnum):
    """A kind of client."""

    POTENTIAL = "potential"
    ONE_TIME = "one_time"
    REGULAR = "regular"
    INACTIVE = "inactive"


Rate = Annotated[Decimal, Field(gt=0, le=10**6, max_digits=16, allow_inf_nan=False)]


class CategoryRules(BaseModel):
    """The company's lines between kinds of clients (setting "categories")."""

    regular_from: int = Field(default=2, ge=2, le=1000)
    """So many purchases make a regular client."""
    inactive_days: int = Field(default=180, ge=1, le=3650)
    """So many days without a purchase or a talk make a client inactive."""
    window_months: int = Field(default=12, ge=1, le=60)
    """Monthly spend and potential look back so far."""
    vip_from: Decimal = Field(default=Decimal(100_000), gt=0, le=Decimal(10) ** 12)
    """A potential of so much in a year makes a VIP."""
    currency: str = Field(default="RUB", pattern="^[A-Z]{3}$")
    """All sums are told in it."""
    rates: dict[str, Rate] = Field(default_factory=dict)
    """What one of another currency is worth in it; purchases in currencies without a rate count, but add no sum."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A won deal."""

    at: datetime
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a client is worth; sums in the currency of the rules."""

    category: Category
    purchases: int
    spent: Decimal
    average_check: Decimal
    monthly_spend: Decimal
    potential: Decimal
    vip: bool
    first_bought_at: datetime | None
    last_bought_at: datetime | None


def figures_of(
    purchases: Sequence[Purchase], active_at: datetime, now: datetime, rules: CategoryRules
) -> Figures:
    """Say what kind of client it is and what they are worth.

    Args:
        purchases: won deals, in any order.
        active_at: when they last talked with us, or became a client if they never did.
        now: the time.
        rules: the company's lines.
    """
    sums = [worth(one, rules) for one in purchases]
    spent = sum((one for one in sums if one is not None), Decimal(0))
    valued = sum(one is not None for one in sums)
    last = max((one.at for one in purchases), default=None)
    potential = _potential(purchases, now, rules)
    return Figures(
        category=_category(len(purchases), max(last or active_at, active_at), now, rules),
        purchases=len(purchases),
        spent=_round(spent),
        average_check=_round(spent / valued) if valued else Decimal(0),
        monthly_spend=_monthly(purchases, now, rules),
        potential=potential,
        vip=potential >= rules.vip_from,
        first_bought_at=min((one.at for one in purchases), default=None),
        last_bought_at=last,
    )


def worth(purchase: Purchase, rules: CategoryRules) -> Decimal | None:
    """A purchase's sum in the currency of the rules; None if there is no rate."""
    if purchase.currency == rules.currency:
        return purchase.amount
    rate = rules.rates.get(purchase.currency)
    return purchase.amount * rate if rate is not None else None


def by_month(
    purchases: Sequence[Purchase], today: date, months: int, rules: CategoryRules
) -> list[tuple[date, Decimal]]:
    """The sum of each of the last months, oldest first, the running one last; the first day stands for the month."""
    first = today.replace(day=1)
    days = [_month_back(first, back) for back in range(months - 1, -1, -1)]
    sums = dict.fromkeys(days, Decimal(0))
    for one in purchases:
        month = one.at.date().replace(day=1)
        value = worth(one, rules)
        if month in sums and value is not None:
            sums[month] += value
    return list(sums.items())


def _category(count: int, active_at: datetime, now: datetime, rules: CategoryRules) -> Category:
    if now - active_at > timedelta(days=rules.inactive_days):
        return Category.INACTIVE
    if count >= rules.regular_from:
        return Category.REGULAR
    return Category.ONE_TIME if count else Category.POTENTIAL


def _recent(
    purchases: Sequence[Purchase], now: datetime, rules: CategoryRules
) -> list[tuple[datetime, Decimal]]:
    since = _month_back(now.date().replace(day=1), rules.window_months - 1)
    valued = [(one.at, worth(one, rules)) for one in purchases if one.at.date() >= since]
    return [(at, value) for at, value in valued if value is not None]


def _monthly(purchases: Sequence[Purchase], now: datetime, rules: CategoryRules) -> Decimal:
    """Mean of the months of the window; of a newer client of the months since the first purchase."""
    recent = _recent(purchases, now, rules)
    if not recent:
        return Decimal(0)
    first = min(one.at for one in purchases)
    months = (now.year - first.year) * _MONTHS + now.month - first.month + 1
    total = sum((value for _, value in recent), Decimal(0))
    return _round(total / min(max(months, 1), rules.window_months))


def _potential(purchases: Sequence[Purchase], now: datetime, rules: CategoryRules) -> Decimal:
    recent = _recent(purchases, now, rules)
    if not recent:
        return Decimal(0)
    a_year = Decimal(len(recent)) * _MONTHS / rules.window_months
    months = {(at.year, at.month) for at, _ in recent}
    steadiness = Decimal(len(months)) / rules.window_months
    trust = _TRUST_ONCE + (1 - _TRUST_ONCE) * min(steadiness, Decimal(1))
    return _round(median([value for _, value in recent]) * a_year * trust)


def _month_back(first: date, months: int) -> date:
    total = first.year * _MONTHS + first.month - 1 - months
    return date(total // _MONTHS, total % _MONTHS + 1, 1)


def _round(value: Decimal) -> Decimal:
    return value.quantize(_KOPECK, ROUND_HALF_UP)
