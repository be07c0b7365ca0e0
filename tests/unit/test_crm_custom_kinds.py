"""Values of custom fields: what is taken, how it is written again, and what is wrong with the rest."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.custom_kinds import FieldKind, Value, key_of, parse, texts_of
from crm.errors import Invalid

SIZES = ["S", "M", "Очень большой"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Марка машины (год)", "marka_mashiny_god"),
        ("Объём, л", "obem_l"),
        ("VIN №", "vin"),
        ("日本", ""),
        ("Ё" * 200, "e" * 60),
    ],
)
def test_key_is_written_in_latin_letters(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  так  ", "так"),
        ("number", "1 234,5", Decimal("1234.5")),
        ("number", "−3", Decimal(-3)),
        ("money", "99 000,90", Decimal("99000.90")),
        ("money", 12, Decimal(12)),
        ("date", "31.12.2026", date(2026, 12, 31)),
        ("date", "2026-12-31", date(2026, 12, 31)),
        ("date", "2026-12-31 00:00:00", date(2026, 12, 31)),
        ("flag", "Да", True),
        ("flag", "no", False),
        ("list", "очень БОЛЬШОЙ", "Очень большой"),
        ("many", ["M", "S", "M"], ("S", "M")),
        ("many", "M; S", ("S", "M")),
        ("link", "site.example/a?b=1", "https://site.example/a?b=1"),
        ("client", "Анна №5 #42", 42),
        ("file", 7, 7),
        ("text", "", None),
        ("many", [], None),
        ("date", None, None),
    ],
)
def test_value_is_read_as_people_write_it(kind: str, typed: object, value: Value | None) -> None:
    assert parse(kind, "f", typed, SIZES) == value


@pytest.mark.parametrize(
    ("kind", "typed", "why"),
    [
        ("number", "много", "no number"),
        ("number", "nan", "no number"),
        ("number", "1e400", "too large"),
        ("number", "0.00001", "at most 4"),
        ("number", True, "no number"),
        ("money", "1,005", "at most 2"),
        ("date", "31.02.2026", "no such day"),
        ("date", "завтра", "no date"),
        ("flag", "может быть", "yes or no"),
        ("list", "XL", "not in the list: S, M"),
        ("many", ["S", "XL"], "not in the list"),
        ("link", "javascript:alert(1)", "no address"),
        ("link", "https://[", "no address"),
        ("link", "http://", "no address"),
        ("client", "кто-то", "choose one"),
        ("text", "x" * 10_001, "longer"),
        ("text", ["a", "b"], "only one"),
    ],
)
def test_wrong_value_is_named_with_its_field(kind: str, typed: object, why: str) -> None:
    with pytest.raises(Invalid, match=why) as caught:
        parse(kind, "size", typed, SIZES)
    assert caught.value.field == "custom.size"


@given(
    st.sampled_from(list(FieldKind)),
    st.text(max_size=40) | st.integers() | st.lists(st.text(max_size=5), max_size=3),
)
def test_what_is_taken_reads_back_as_itself(kind: str, typed: object) -> None:
    try:
        value = parse(kind, "f", typed, SIZES)
    except Invalid:
        return
    assert parse(kind, "f", texts_of(value), SIZES) == value
