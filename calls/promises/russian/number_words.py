"""Words that are numbers, and what they count. Pure: tables.

In: nothing. Out: values by lemma, units by lemma.
"""

from __future__ import annotations

from decimal import Decimal

CARDINALS: dict[str, Decimal] = {
    name: Decimal(value)
    for name, value in {
        "ноль": 0, "нуль": 0, "один": 1, "два": 2, "двое": 2, "три": 3, "трое": 3, "четыре": 4, "четверо": 4,
        "пять": 5, "пятеро": 5, "шесть": 6, "шестеро": 6, "семь": 7, "семеро": 7, "восемь": 8, "девять": 9,
        "десять": 10, "десятеро": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14,
        "пятнадцать": 15, "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19,
        "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70,
        "восемьдесят": 80, "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400,
        "пятьсот": 500, "шестьсот": 600, "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
    }.items()
}  # fmt: skip
MULTIPLIERS: dict[str, Decimal] = {
    "тысяча": Decimal(1000), "тыща": Decimal(1000), "миллион": Decimal(1_000_000), "косарь": Decimal(1000),
    "миллиард": Decimal(1_000_000_000),
}  # fmt: skip
HALVES: dict[str, Decimal] = {
    "полтора": Decimal("1.5"),
    "полторы": Decimal("1.5"),
    "полутора": Decimal("1.5"),
}
ORDINALS: dict[str, int] = {
    "первый": 1, "второй": 2, "третий": 3, "четвертый": 4, "пятый": 5, "шестой": 6, "седьмой": 7, "восьмой": 8,
    "девятый": 9, "десятый": 10, "одиннадцатый": 11, "двенадцатый": 12, "тринадцатый": 13, "четырнадцатый": 14,
    "пятнадцатый": 15, "шестнадцатый": 16, "семнадцатый": 17, "восемнадцатый": 18, "девятнадцатый": 19,
    "двадцатый": 20, "тридцатый": 30,
}  # fmt: skip
NUMBER_WORDS = frozenset(CARDINALS) | frozenset(HALVES) | {"сорока", "трех", "пяти", "семи", "трем"}

FRACTIONS: dict[str, Decimal] = {
    "половина": Decimal(50),
    "четверть": Decimal(25),
    "треть": Decimal(33),
}
"""Of a price, in percent."""

UNITS: dict[str, str] = {
    "процент": "percent", "рубль": "RUB", "руб": "RUB", "рублик": "RUB", "р": "RUB", "доллар": "USD", "бакс": "USD",
    "евро": "EUR", "тенге": "KZT", "гривна": "UAH", "юань": "CNY", "лира": "TRY", "фунт": "GBP", "копейка": "RUB",
    "белорусский": "BYN", "дирхам": "AED", "лари": "GEL", "драм": "AMD", "сум": "UZS", "сом": "KGS",
    "балл": "points", "бонус": "points", "миля": "miles",
    "километр": "km", "метр": "m", "сантиметр": "cm", "миллиметр": "mm", "гигабайт": "GB", "гиг": "GB",
    "мегабайт": "MB", "мегабит": "Mbit", "гигабит": "Gbit", "килограмм": "kg", "кило": "kg", "грамм": "g",
    "тонна": "t", "литр": "l", "куб": "m3", "кубометр": "m3", "квадрат": "m2", "квадратный": "m2", "градус": "degrees",
    "минута": "minutes", "минутка": "minutes", "час": "hours", "часик": "hours", "сутки": "days", "день": "days",
    "денек": "days", "неделя": "weeks", "неделька": "weeks", "месяц": "months", "месяцев": "months", "год": "years",
    "лето": "years", "годик": "years", "секунда": "seconds", "ночь": "nights", "тонн": "t",
}  # fmt: skip
TIME_UNITS = frozenset({"seconds", "minutes", "hours", "days", "weeks", "months", "years"})
CURRENCIES = frozenset(
    {
        "RUB",
        "USD",
        "EUR",
        "KZT",
        "UAH",
        "CNY",
        "TRY",
        "GBP",
        "BYN",
        "AED",
        "GEL",
        "AMD",
        "UZS",
        "KGS",
    }
)
TERM_WORDS: dict[str, tuple[Decimal, str]] = {
    "полгода": (Decimal(6), "months"), "полугода": (Decimal(6), "months"), "полугодие": (Decimal(6), "months"),
    "полгодика": (Decimal(6), "months"), "полчаса": (Decimal(30), "minutes"), "получаса": (Decimal(30), "minutes"),
    "полчасика": (Decimal(30), "minutes"), "полмесяца": (Decimal(15), "days"), "полдня": (Decimal(12), "hours"),
    "полминуты": (Decimal(30), "seconds"), "полтинник": (Decimal(50), "RUB"), "полтысячи": (Decimal(500), "RUB"),
    "пятихатка": (Decimal(500), "RUB"), "полмиллиона": (Decimal(500000), "RUB"), "полцены": (Decimal(50), "percent"),
    "полстоимости": (Decimal(50), "percent"), "косарь": (Decimal(1000), "RUB"), "полкило": (Decimal("0.5"), "kg"),
}  # fmt: skip
