"""Sums of deals: exact, as a bill adds them up."""

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from crm import deal_sums
from crm.deal_sums import Part

TODAY = date(2026, 11, 22)


def half_up(cents: Fraction) -> int:
    """Whole cents, half up, counted without decimals."""
    return int(cents + Fraction(1, 2))


def test_sums_of_positions_equal_a_count_in_fractions() -> None:
    rnd = random.Random(7)
    for _ in range(500):
        lines = [
            (
                Decimal(rnd.randrange(1, 10**6)).scaleb(-3),
                Decimal(rnd.randrange(0, 10**8)).scaleb(-2),
                Decimal(rnd.randrange(0, 10_001)).scaleb(-2),
            )
            for _ in range(rnd.randrange(0, 8))
        ]
        cents = [half_up(Fraction(q) * Fraction(p) * (100 - Fraction(d))) for q, p, d in lines]
        assert deal_sums.total(lines) == Decimal(sum(cents)).scaleb(-2)
        assert all(deal_sums.line_sum(*line).as_tuple().exponent == -2 for line in lines)


def test_balance_parts_the_planned_into_paid_due_and_overdue() -> None:
    rnd = random.Random(8)
    for _ in range(300):
        parts = [
            Part(
                amount=Decimal(rnd.randrange(1, 10**6)).scaleb(-2),
                due_on=TODAY + timedelta(days=rnd.randrange(-3, 4)),
                paid_on=TODAY if rnd.random() < 0.4 else None,
            )
            for _ in range(rnd.randrange(0, 7))
        ]
        amount = Decimal(rnd.randrange(0, 10**7)).scaleb(-2)
        found = deal_sums.balance(amount, parts, TODAY)
        assert found.paid + found.due == sum((part.amount for part in parts), Decimal(0))
        late = [part.amount for part in parts if part.paid_on is None and part.due_on < TODAY]
        assert found.overdue == sum(late, Decimal(0))
        assert found.rest + found.paid == amount
        assert found.unplanned == amount - sum((part.amount for part in parts), Decimal(0))


def test_payment_that_is_due_today_is_not_overdue() -> None:
    found = deal_sums.balance(Decimal(5), [Part(amount=Decimal(5), due_on=TODAY)], TODAY)
    assert (found.due, found.overdue) == (Decimal(5), Decimal(0))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,50", "1234.50"),
        ("1\u00a0234.5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("12", "12"),
        (",5", "0.5"),
        ("-3", "-3"),
        ("1e5", None),
        ("12 р.", None),
        ("", None),
        ("NaN", None),
        ("9" * 30, None),
        ("\u0661\u0662", None),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, number: str | None) -> None:
    found = deal_sums.read_decimal(text)
    assert found == (None if number is None else Decimal(number))
