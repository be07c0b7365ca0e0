"""How much: the number of the act. Pure.

In: text of folded tokens from which the words of time are blanked out, and the kind of the act. Out: `Amount` or None.
Waiting times are never an amount; the term of a guarantee is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from calls.promises.english.listed import listed
from calls.promises.model import ActionKind, Amount

NUMBER = r"#(\d+(?:\.\d+)?)(?:_(\d\d))?"
CURRENCIES = {
    "dollar": "USD",
    "dollars": "USD",
    "buck": "USD",
    "bucks": "USD",
    "usd": "USD",
    "pound": "GBP",
    "pounds": "GBP",
    "quid": "GBP",
    "sterling": "GBP",
    "gbp": "GBP",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
    "rouble": "RUB",
    "roubles": "RUB",
    "ruble": "RUB",
    "rubles": "RUB",
    "rupees": "INR",
    "francs": "CHF",
    "yen": "JPY",
}
CURRENCY = "(" + "|".join(CURRENCIES) + ")"
MONEY = re.compile(
    rf" {NUMBER} (?:hundred |thousand |us |canadian |australian |of those |of your )?{CURRENCY}(?:(?: "
    rf"and)? #(\d{{1,2}})(?:(?= )(?! (?:percent|per|%)))(?: (?:pence|p|cents))?)?(?= )"
)
ONE_MONEY = re.compile(rf" (?:a|one) {CURRENCY}(?= )(?! (?:sign|amount|value))")
PENCE = re.compile(rf" {NUMBER} (pence|p|cents?)(?= )")
PERCENT = re.compile(rf" {NUMBER} (?:percent|per cent)(?= )")
HALF = re.compile(r" (?:half (?!an? |past |hour|term|day|dozen|board|#)|half off|#50 #50)")
HALF_MONEY = re.compile(r" half a (?:grand|thousand)(?= )")
QUARTER = re.compile(r" a (quarter|third) (?:off|of (?:the|your|it)|discount|knocked)")
DOZEN = re.compile(rf" (half a|a|{NUMBER}) (?:dozen|couple dozen)(?= )")
TERM = re.compile(
    rf" (?:{NUMBER}|(an?|one|another|the @1|@1|full|whole|half a|half)) (?:full |whole "
    rf"|extra |calendar |more |free )*(year|month|week|day|hour)s?(?= )"
)
TERM_AND_HALF = re.compile(r" (an?|one) (year|month) and a half(?= )")
MEASURED = re.compile(
    rf" {NUMBER} (?:extra |free |more |additional |complimentary |bonus )?(gigs?|"
    rf"gigabytes?|gb|megs?|megabytes?|megabits?|miles?|kilometres?|kilometers?|km|"
    r"kilos?|kilograms?|kg|tonnes?|tons?|litres?|liters?|gallons?|metres?|meters?|feet|"
    r"points|nights?|hours?|minutes?|days?|weeks?|months?|years?)(?= )"
)
UNITS = {
    "gig": "GB",
    "gigabyte": "GB",
    "gb": "GB",
    "meg": "MB",
    "megabyte": "MB",
    "megabit": "Mbit",
    "mile": "miles",
    "kilometre": "km",
    "kilometer": "km",
    "km": "km",
    "kilo": "kg",
    "kilogram": "kg",
    "kg": "kg",
    "tonne": "tonnes",
    "ton": "tonnes",
    "litre": "litres",
    "liter": "litres",
    "gallon": "gallons",
    "metre": "metres",
    "meter": "metres",
    "feet": "feet",
    "point": "points",
    "night": "nights",
    "hour": "hours",
    "minute": "minutes",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years",
}
BARE = re.compile(
    rf" {NUMBER}(?= )(?! ?(?:~|oclock|am |pm |#|minutes?|hours?|days?|weeks?|months?|"
    rf"years?|times|business|working))"
)
COUNTED = re.compile(
    rf" {NUMBER} (?:(?:new|replacement|extra|more|spare|other|free|of (?:those|them|"
    rf"the|your|these)|big|small|brand|large|fresh|additional|missing|broken|faulty) )*"
    r"([a-z]+s|people|feet|men|children)(?= )"
)
NAMED_NUMBERS = re.compile(
    r" (?:number|order|room|flat|unit|bay|line|version|section|clause|option|step|"
    r"invoice|ticket|extension|reference|page|gate|terminal|route"
    rf"|floor|block|table|seat|model|type|size|zone|band|level|phase|stage|apartment|"
    rf"suite|case|lot|plot|article|class|window|counter|desk) {NUMBER}"
)
NO_PIECES = listed(
    "s is was has this as yes us plus less across always times ways reasons engineers drivers",
    "guys lads others hours minutes days weeks months years nights visits calls points",
    "options rings times technicians men people movers fitters",
)
MONEY_KINDS = frozenset(
    {
        ActionKind.DISCOUNT,
        ActionKind.REFUND,
        ActionKind.PAYMENT,
        ActionKind.PRICE,
        ActionKind.WAIVER,
    }
)
PIECE_KINDS = frozenset(
    {
        ActionKind.DELIVERY,
        ActionKind.REPLACEMENT,
        ActionKind.DOCUMENT,
        ActionKind.OTHER,
        ActionKind.REPAIR,
    }
)


def amount_in(text: str, kind: ActionKind) -> Amount | None:
    """The number of an act of this kind, or None."""
    text = NAMED_NUMBERS.sub(" ~", text)
    if kind is ActionKind.GUARANTEE:
        return _term(text) or next(_money(text), None)
    share = _share(text)
    sums = list(_money(text))
    if kind in {ActionKind.DISCOUNT} and share is not None:
        return share
    if sums:
        return sums[0] if kind is not ActionKind.PRICE else _price(text, sums)
    return share or _bare_sum(text, kind) or _measured(text, kind) or _pieces(text, kind)


def _value(whole: str, second: str | None) -> Decimal:
    """One number of two said together: "two fifty" is 250, "nineteen ninety nine" is 19.99."""
    if not second:
        return Decimal(whole)
    if len(whole) == 1:
        return Decimal(whole) * 100 + Decimal(second)
    return Decimal(f"{whole}.{second}")


def _price(text: str, sums: list[Amount]) -> Amount:
    """The held price rather than the old one: what stands after "at"."""
    held = re.search(rf" (?:at|for|to) {NUMBER} (?:\w+ )?{CURRENCY} ", text)
    if held:
        return Amount(_value(held[1], held[2]), CURRENCIES[held[3]])
    return sums[0]


def _money(text: str) -> Iterator[Amount]:
    half = HALF_MONEY.search(text)
    if half:
        yield Amount(
            Decimal(500),
            next((CURRENCIES[word] for word in text.split() if word in CURRENCIES), "USD"),
        )
    for match in MONEY.finditer(text):
        value = _value(match[1], match[2])
        if match[4]:
            value += Decimal(match[4]) / 100
        yield Amount(value, CURRENCIES[match[3]])
    one = ONE_MONEY.search(text)
    if one:
        yield Amount(Decimal(1), CURRENCIES[one[1]])
    for match in PENCE.finditer(text):
        yield Amount(
            _value(match[1], match[2]) / 100, "USD" if match[3].startswith("cent") else "GBP"
        )


def _share(text: str) -> Amount | None:
    match = PERCENT.search(text)
    if match:
        return Amount(Decimal(match[1]), "percent")
    if HALF.search(text) and not HALF_MONEY.search(text):
        return Amount(Decimal(50), "percent")
    part = QUARTER.search(text)
    if part and part[1] == "quarter":
        return Amount(Decimal(25), "percent")
    return None


def _term(text: str) -> Amount | None:
    match = TERM_AND_HALF.search(text)
    if match:
        return (
            Amount(Decimal(18), "months")
            if match[2] == "year"
            else Amount(Decimal("1.5"), "months")
        )
    found = list(TERM.finditer(text))
    if not found:
        return None
    restated = re.search(r" (?:that is|i mean|in other words|which is|so) ", text)
    match = found[-1] if restated and found[-1].start() >= restated.start() else found[0]
    if match[3] and match[3].startswith("half"):
        return Amount(Decimal(6), "months") if match[4] == "year" else None
    value = Decimal(match[1]) if match[1] else Decimal(1)
    if value == Decimal("1.5") and match[4] == "year":
        return Amount(Decimal(18), "months")
    return Amount(value, f"{match[4]}s")


def _bare_sum(text: str, kind: ActionKind) -> Amount | None:
    """A sum without its currency: "knock fifty off"."""
    if kind not in MONEY_KINDS:
        return None
    for match in BARE.finditer(text):
        after = text[match.end() :].split()[:1]
        before = text[: match.start()].split()[-1:]
        value = _value(match[1], match[2])
        noun = bool(after) and after[0].endswith("s") and after[0] not in NO_PIECES
        named = bool(before) and before[0] in {"of", "those", "these"} and value < 10
        if value >= 5 and not noun and not named:
            return Amount(value, "USD")
    return None


def _measured(text: str, kind: ActionKind) -> Amount | None:
    half = re.search(r" half a (year|month)(?= )", text)
    if half and half[1] == "year" and kind is not ActionKind.VISIT:
        return Amount(Decimal(6), "months")
    match = MEASURED.search(text)
    if match is None:
        return None
    unit = match[3]
    singular = unit if unit in UNITS else unit.rstrip("s")
    waiting = UNITS[singular] in {"hours", "minutes", "days", "weeks", "months", "years", "nights"}
    if waiting and not re.search(
        r" (?:free|extra|extend\w*|credit|complimentary|add|another|bonus|more|months "
        r"of|weeks of|days of|hours of) ",
        text,
    ):
        return None
    return Amount(_value(match[1], match[2]), UNITS[singular])


def _pieces(text: str, kind: ActionKind) -> Amount | None:
    if kind not in PIECE_KINDS:
        return None
    dozen = DOZEN.search(text)
    if dozen:
        return Amount(
            Decimal(6) if dozen[1] == "half a" else Decimal(12) * Decimal(dozen[2] or 1), "pieces"
        )
    for match in COUNTED.finditer(text):
        if match[3] not in NO_PIECES and not match[2] and Decimal(match[1]) >= 2:
            return Amount(Decimal(match[1]), "pieces")
    both = re.search(r" #(\d+) (?:of|new|replacement|more|\w+ ones) ", text)
    return Amount(Decimal(both[1]), "pieces") if both and int(both[1]) >= 2 else None
