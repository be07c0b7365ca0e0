"""Russian numbers in all their forms. Pure.

In: words in lower case with е for ё. Out: spans with values (`calls.numerals.numbers.Numeral`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from calls.numerals.lexicon import Lexicon, Role, Word
from calls.numerals.numbers import Numeral
from calls.numerals.spans import spans

_CARDINALS: dict[int, str] = {
    0: "ноль ноля нолю нолем ноле нуль нуля нулю нулем нуле",
    1: "один одна одно одного одной одну одному одним одном",
    2: "два две двух двум двумя двое двоих двоим двоими",
    3: "три трех трем тремя трое троих троим троими",
    4: "четыре четырех четырем четырьмя четверо четверых четверым",
    5: "пять пяти пятью пятеро пятерых", 6: "шесть шести шестью шестеро шестерых",
    7: "семь семи семью семеро семерых", 8: "восемь восьми восемью восьмью восьмеро",
    9: "девять девяти девятью", 10: "десять десяти десятью десяток десятка десятков",
    11: "одиннадцать одиннадцати одиннадцатью", 12: "двенадцать двенадцати двенадцатью дюжина дюжину",
    13: "тринадцать тринадцати тринадцатью", 14: "четырнадцать четырнадцати четырнадцатью",
    15: "пятнадцать пятнадцати пятнадцатью", 16: "шестнадцать шестнадцати шестнадцатью",
    17: "семнадцать семнадцати семнадцатью", 18: "восемнадцать восемнадцати восемнадцатью",
    19: "девятнадцать девятнадцати девятнадцатью", 20: "двадцать двадцати двадцатью",
    30: "тридцать тридцати тридцатью", 40: "сорок сорока",
    50: "пятьдесят пятидесяти пятьюдесятью полсотни полста",
    60: "шестьдесят шестидесяти шестьюдесятью", 70: "семьдесят семидесяти семьюдесятью",
    80: "восемьдесят восьмидесяти восемьюдесятью", 90: "девяносто девяноста",
    100: "сто ста", 200: "двести двухсот двумстам двумястами двухстах",
    300: "триста трехсот тремстам тремястами трехстах",
    400: "четыреста четырехсот четыремстам четырьмястами четырехстах",
    500: "пятьсот пятисот пятистам пятьюстами пятистах",
    600: "шестьсот шестисот шестистам шестьюстами шестистах",
    700: "семьсот семисот семистам семьюстами семистах",
    800: "восемьсот восьмисот восьмистам восемьюстами восьмистах",
    900: "девятьсот девятисот девятистам девятьюстами девятистах",
}  # fmt: skip

_ORDINALS: dict[int, str] = {
    1: "перв", 2: "втор", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят",
    10: "десят", 11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат",
    15: "пятнадцат", 16: "шестнадцат", 17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат",
    20: "двадцат", 30: "тридцат", 40: "сороков", 50: "пятидесят", 60: "шестидесят",
    70: "семидесят", 80: "восьмидесят", 90: "девяност", 100: "сот", 200: "двухсот", 300: "трехсот",
    500: "пятисот",
}  # fmt: skip
_ENDINGS = ["ый", "ой", "ая", "ое", "ые", "ого", "ому", "ым", "ом", "ую", "ых", "ыми"]
_THIRD = (
    "третий третья третье третьи третьего третьему третьим третьем третьей третью третьих третьими"
)

_HUNDRED_ONE = "сотня сотню"
_HUNDREDS = "сотни сотен сотням сотнями"
_SCALES: dict[int, tuple[str, str]] = {
    1_000: (
        "тысяча тысячу тысячей тысячью тыща тыщу косарь",
        "тысячи тысяч тысячам тысячами тысячах тыщи тыщ тыс косарей косаря",
    ),
    1_000_000: ("миллион миллионом миллиону", "миллиона миллионов миллионам миллионами млн лям ляма лямов"),
    1_000_000_000: ("миллиард миллиардом", "миллиарда миллиардов миллиардам млрд"),
}  # fmt: skip
_ORDINAL_SCALES = {"тысячн": 1_000, "миллионн": 1_000_000}


def _role(value: int) -> Role:
    if value == 0:
        return Role.ZERO
    if value < 10:
        return Role.UNIT
    if value < 20:
        return Role.TEEN
    return Role.TEN if value < 100 else Role.HUNDRED


def _words() -> Iterator[tuple[str, Word]]:
    for value, forms in _CARDINALS.items():
        for form in forms.split():
            yield form, Word(_role(value), Decimal(value))
    for value, stem in _ORDINALS.items():
        for ending in _ENDINGS:
            yield stem + ending, Word(_role(value), Decimal(value), ordinal=True)
    for form in _THIRD.split():
        yield form, Word(Role.UNIT, Decimal(3), ordinal=True)
    for form in ["полтора", "полторы", "полутора"]:
        yield form, Word(Role.WHOLE, Decimal("1.5"))
    yield from _scale_words()


def _scale_words() -> Iterator[tuple[str, Word]]:
    for form in _HUNDRED_ONE.split():
        yield form, Word(Role.TIMES_HUNDRED, Decimal(100))
    for form in _HUNDREDS.split():
        yield form, Word(Role.TIMES_HUNDRED, Decimal(100), begins=False)
    for value, (alone, after) in _SCALES.items():
        for form in alone.split():
            yield form, Word(Role.SCALE, Decimal(value))
        for form in after.split():
            yield form, Word(Role.SCALE, Decimal(value), begins=False)
    for stem, value in _ORDINAL_SCALES.items():
        for ending in _ENDINGS:
            yield stem + ending, Word(Role.SCALE, Decimal(value), ordinal=True)
    for form, half in (("полтысячи", 500), ("полмиллиона", 500_000), ("полмиллиарда", 500_000_000)):
        yield form, Word(Role.WHOLE, Decimal(half))


LEXICON = Lexicon(
    words=dict(_words()),
    halves=(("с", "половиной"), ("с", "половинкой"), ("и", "половиной")),
    points=frozenset({"запятая", "точка"}),
    wholes=frozenset({"целых", "целая", "целые", "целой"}),
    fractions={"десятых": 1, "десятая": 1, "десятой": 1, "сотых": 2, "сотая": 2, "сотой": 2},
)


def parse(tokens: Sequence[str]) -> list[Numeral]:
    """Find all Russian numbers and times of a turn, and those in digits, from left to right."""
    return spans(tokens, LEXICON)
