from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.client_category import Category, CategoryRules, Purchase, by_month, figures_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = CategoryRules()


def bought(*sums: int, every_days: int = 30, currency: str = "RUB") -> list[Purchase]:
    """Purchases of these sums, the last one yesterday, one each so many days."""
    return [
        Purchase(NOW - timedelta(days=1 + every_days * back), Decimal(amount), currency)
        for back, amount in enumerate(reversed(sums))
    ]


@pytest.mark.parametrize(
    ("purchases", "talked_days_ago", "category"),
    [
        ([], 1, Category.POTENTIAL),
        ([], 181, Category.INACTIVE),
        (bought(100), 400, Category.ONE_TIME),
        (bought(100, 100), 400, Category.REGULAR),
        ([Purchase(NOW - timedelta(days=200), Decimal(5), "RUB")] * 3, 200, Category.INACTIVE),
        ([Purchase(NOW - timedelta(days=200), Decimal(5), "RUB")] * 3, 2, Category.REGULAR),
    ],
)
def test_kind_follows_from_purchases_and_talks(
    purchases: list[Purchase], talked_days_ago: int, category: Category
) -> None:
    active_at = NOW - timedelta(days=talked_days_ago)
    assert figures_of(purchases, active_at, NOW, RULES).category is category


def test_lines_between_kinds_are_the_company_s() -> None:
    rules = CategoryRules(regular_from=5, inactive_days=10)
    assert figures_of(bought(1, 1), NOW, NOW, rules).category is Category.ONE_TIME
    long_ago = NOW - timedelta(days=11)
    assert figures_of([], long_ago, NOW, rules).category is Category.INACTIVE


def test_checks_are_averaged_and_months_too() -> None:
    found = figures_of(bought(100, 200, 600), NOW, NOW, RULES)
    assert (found.purchases, found.spent, found.average_check) == (3, Decimal(900), Decimal(300))
    assert found.monthly_spend == Decimal(300)
    assert (found.first_bought_at, found.last_bought_at) == (
        NOW - timedelta(days=61),
        NOW - timedelta(days=1),
    )


def test_steady_small_purchases_outrank_one_big_one() -> None:
    steady = figures_of(bought(*[500] * 11), NOW, NOW, RULES)
    big = figures_of(bought(10_000), NOW, NOW, RULES)
    assert steady.spent < big.spent
    assert steady.potential > big.potential


def test_one_lucky_purchase_among_small_ones_makes_no_vip() -> None:
    rules = CategoryRules(vip_from=Decimal(20_000))
    assert not figures_of(bought(500, 500, 500, 90_000, 500), NOW, NOW, rules).vip
    assert figures_of(bought(*[2_500] * 12), NOW, NOW, rules).vip


def test_other_currency_is_counted_at_its_rate_or_adds_no_sum() -> None:
    rules = CategoryRules(rates={"USD": Decimal(90)})
    both = [*bought(10, currency="USD"), *bought(10, currency="KZT")]
    found = figures_of(both, NOW, NOW, rules)
    assert (found.purchases, found.spent, found.average_check) == (2, Decimal(900), Decimal(900))


def test_months_are_shown_with_their_gaps() -> None:
    months = by_month(bought(100, 200, every_days=62), NOW.date(), 4, RULES)
    assert months == [
        (date(2026, 8, 1), Decimal(0)),
        (date(2026, 9, 1), Decimal(100)),
        (date(2026, 10, 1), Decimal(0)),
        (date(2026, 11, 1), Decimal(200)),
    ]


@given(
    st.lists(
        st.builds(
            Purchase,
            st.integers(0, 2500).map(lambda days: NOW - timedelta(days=days)),
            st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False),
            st.just("RUB"),
        )
    ),
    st.integers(1, 60),
)
def test_sums_are_whole_whatever_was_bought(purchases: list[Purchase], window: int) -> None:
    rules = CategoryRules(window_months=window)
    found = figures_of(purchases, NOW, NOW, rules)
    assert found.spent == sum((one.amount for one in purchases), Decimal(0))
    assert found.potential >= 0
    assert 0 <= found.monthly_spend <= found.spent
    shown = sum((value for _, value in by_month(purchases, NOW.date(), window, rules)), Decimal(0))
    assert shown <= found.spent
