"""Spoken numbers and times: value and extent, and what is no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls import numerals
from calls.numerals import BOTH, english, russian


def values(text: str) -> list[str]:
    found = numerals.parse(text.split())
    return [
        "{}:{:02}".format(*one.clock) if one.clock else f"{one.value.normalize():f}"
        for one in found
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("семь процентов", ["7"]), ("семи процентов", ["7"]), ("две с половиной тысячи", ["2500"]),
        ("две тысячи пятьсот рублей", ["2500"]), ("двадцать пять сотен", ["2500"]),
        ("полторы тысячи", ["1500"]), ("полтора миллиона", ["1500000"]), ("сто двадцать", ["120"]),
        ("полтысячи", ["500"]), ("пол литра", []), ("сорок пять рублей", ["45"]),
        ("тысяча рублей", ["1000"]), ("тысяч пять", ["5000"]), ("несколько тысяч", []),
        ("двадцать три сорок пять", ["23", "45"]), ("пять тысяч десять тысяч", ["5000", "10000"]),
        ("восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",
         ["8", "916", "123", "45", "67"]),
        ("двадцать пятого марта", ["25"]), ("две тысячи двадцать шестой год", ["2026"]),
        ("семь целых пять десятых", ["7.5"]), ("семь запятая пять", ["7.5"]), ("два с половиной", ["2.5"]),
        ("5 тысяч 200", ["5200"]), ("2 500 рублей", ["2500"]), ("10 500 000", ["10500000"]), ("2,5", ["2.5"]),
        ("сто тысяч", ["100000"]), ("миллион двести тысяч", ["1200000"]), ("тысяча первый", ["1001"]),
        ("половина одиннадцатого", ["10:30"]), ("в пол первого", ["12:30"]), ("полвторого", ["1:30"]),
        ("без пятнадцати два", ["1:45"]), ("без четверти час", ["12:45"]), ("четверть третьего", ["2:15"]),
        ("десять минут шестого", ["5:10"]), ("без двадцати минут восемь", ["7:40"]),
        ("без десяти процентов", ["10"]), ("половина заказа", []), ("десять тридцать", ["10", "30"]),
        ("10:30", ["10:30"]), ("в полдень", ["12:00"]), ("25:10", []),
        ("two and a half thousand", ["2500"]), ("twenty five hundred", ["2500"]),
        ("two thousand five hundred and six", ["2506"]), ("a hundred and twenty", ["120"]),
        ("a thousand dollars", ["1000"]), ("a dollar", []), ("forty five dollars", ["45"]),
        ("march twelfth", ["12"]), ("the twenty first of may", ["21"]), ("seven point five", ["7.5"]),
        ("half past ten", ["10:30"]), ("quarter to two", ["1:45"]), ("a quarter past two", ["2:15"]),
        ("at ten to twelve", ["11:50"]), ("from ten to twelve people", ["10", "12"]),
        ("ten minutes to twelve", ["11:50"]), ("twenty past six", ["6:20"]), ("five oh two", ["5", "0", "2"]),
        ("half of it", []), ("two hundred thousand", ["200000"]), ("hundred", ["100"]), ("ten grand", ["10000"]),
    ],
)  # fmt: skip
def test_number_as_said_has_its_value(said: str, meant: list[str]) -> None:
    assert values(said) == meant


def test_each_language_knows_its_own_words_and_digits() -> None:
    assert [one.value for one in russian.parse(["семь", "seven", "7"])] == [7, 7]
    assert [one.value for one in english.parse(["семь", "seven", "7"])] == [7, 7]


def test_ordinals_and_digits_are_told_apart() -> None:
    (one,) = numerals.parse(["двенадцатого"])
    assert (one.ordinal, one.written, one.start, one.end) == (True, False, 0, 1)
    (two,) = numerals.parse(["2", "500"])
    assert (two.ordinal, two.written, two.start, two.end) == (False, True, 0, 2)


@given(
    st.lists(st.sampled_from([*BOTH.words, "и", "с", "половиной", "and", "a", "half", "7", "500"]))
)
def test_spans_follow_each_other_and_hold_something(tokens: list[str]) -> None:
    place = 0
    for one in numerals.parse(tokens):
        assert place <= one.start < one.end <= len(tokens)
        assert one.value >= Decimal(0)
        place = one.end
