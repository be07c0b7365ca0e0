"""Sums of deals: positions, payments, columns of the board. Pure; exact decimals, never floats.

In: quantities, prices, discounts, payments. Out: sums of money, rounded half up to the smallest part of each line, as a
bill is: the sum of a deal is the sum of its printed lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
MOST = Decimal("1e13")
"""A security limit: larger sums do not fit where they are kept, with room for adding up many."""
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A payment as the sums need it."""

    amount: Decimal
    due_on: date
    paid_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What was paid for a deal and what is still to come."""

    amount: Decimal
    """Sum of the deal."""
    paid: Decimal
    due: Decimal
    """Planned and not paid yet, overdue included."""
    overdue: Decimal
    """Planned for a day that is over, and not paid."""

    @property
    def rest(self) -> Decimal:
        """What is still to be paid of the deal's sum; less than zero: more was paid than it costs."""
        return self.amount - self.paid

    @property
    def unplanned(self) -> Decimal:
        """What neither was paid nor is planned; less than zero: more is planned than the deal costs."""
        return self.rest - self.due


def rounded(amount: Decimal) -> Decimal:
    """An amount to the smallest part, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def line_sum(quantity: Decimal, price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """What one position costs.

    Args:
        quantity: how much.
        price: of one.
        discount: in percent, 0 to 100.
    """
    return rounded(quantity * price * (100 - discount) / 100)


def total(lines: Iterable[tuple[Decimal, Decimal, Decimal]]) -> Decimal:
    """The sum of positions, each (quantity, price, discount in percent)."""
    return sum((line_sum(*line) for line in lines), Decimal(0))


def balance(amount: Decimal, parts: Iterable[Part], today: date) -> Balance:
    """What was paid of a deal, is due, and overdue: due before `today`."""
    paid = due = overdue = Decimal(0)
    for part in parts:
        if part.paid_on is not None:
            paid += part.amount
            continue
        due += part.amount
        if part.due_on < today:
            overdue += part.amount
    return Balance(amount=amount, paid=paid, due=due, overdue=overdue)


def weighted(amount: Decimal, probability: int) -> Decimal:
    """What a sum is worth at this probability (percent)."""
    return rounded(amount * probability / 100)


def read_decimal(text: str) -> Decimal | None:
    """A number as people type it: "1 234,50", "1,234.50", "12.5"; None for anything else.

    One comma is the decimal comma; of commas and dots together the last one parts the decimals.
    """
    plain = _SPACES.sub("", text)
    if "," in plain and "." in plain:
        last = max(plain.rfind(","), plain.rfind("."))
        other = "," if plain[last] == "." else "."
        plain = plain.replace(other, "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"[-−]?\d+(\.\d+)?|[-−]?\.\d+", plain, re.ASCII):
        return None
    try:
        found = Decimal(plain.replace("−", "-"))
    except InvalidOperation:
        return None
    return found if abs(found) < MOST else None
