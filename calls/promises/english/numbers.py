"""Spoken numbers folded into one token each. Pure.

In: tokens, as words. Out: the same with "a hundred and twenty" as "#120", "twenty fifth" as "@25", "two thirty" as
"#2_30" (whether that is an hour or a sum, what surrounds it will say), "one and a half thousand" as "#1500".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from calls.promises.english.listed import listed

SMALL = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {"forteen": 14}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
} | {"fourty": 40}
SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000, "k": 1000}
ORDINALS = {
    word: value
    for value, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        start=1,
    )
} | {"thirtieth": 30, "thirty-first": 31}
PLAIN_ONE = listed(
    "hour day week month year percent per hundred thousand grand dollar pound euro quid buck",
    "fifty twenty thirty forty oclock pm am p a business working and sixty seventy eighty",
    "ninety minute fortnight million ten fifteen",
)
"""After these "one" is a number; elsewhere it is a pronoun ("the new one", "one of our drivers")."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token and the words of the utterance it came from, inclusive."""

    text: str
    first: int
    last: int


def fold(tokens: Sequence[Token]) -> list[Token]:
    """Join the words of each number into one token."""
    folded: list[Token] = []
    index = 0
    while index < len(tokens):
        text, taken = _number_at([token.text for token in tokens[index : index + 12]])
        if taken and _is_plain_word(tokens, index, taken):
            text, taken = tokens[index].text, 1
        if not taken:
            text, taken = tokens[index].text, 1
        folded.append(Token(text, tokens[index].first, tokens[index + taken - 1].last))
        index += taken
    return folded


def _is_plain_word(tokens: Sequence[Token], index: int, taken: int) -> bool:
    """Whether "one" or "second" here counts nothing."""
    word = tokens[index].text
    before = tokens[index - 1].text if index else ""
    after = tokens[index + 1].text if index + 1 < len(tokens) else ""
    if taken != 1:
        return False
    if word == "one":
        return after not in PLAIN_ONE and before not in {"at", "by", "until", "till", "before"}
    if word == "second":
        if before == "the" and after in {
            "your",
            "you",
            "we",
            "i",
            "it",
            "he",
            "she",
            "they",
            "the",
            "my",
            "our",
        }:
            return True
        return before in {"a", "one", "per", "this", "just", "every"}
    return False


def _number_at(words: Sequence[str]) -> tuple[str, int]:
    """The number that begins here: its token and how many words it takes; none: 0 words."""
    if re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", words[0]):
        return f"@{int(words[0][:-2])}", 1
    if re.fullmatch(r"\d{1,2}[:.]\d\d", words[0]) and ":" in words[0]:
        hour, minute = words[0].split(":")
        return f"#{int(hour)}_{minute}", 1
    whole, taken = _ordinal(words)
    if taken:
        return f"@{whole}", taken
    values, taken = _cardinals(words)
    if not taken:
        return "", 0
    return _shown(values), taken


def _shown(values: list[Decimal]) -> str:
    if len(values) == 2 and values[0] < 100 and values[1] < 100:
        return f"#{_plain(values[0])}_{int(values[1]):02d}"
    if len(values) == 3 and all(value < 10 for value in values):
        return "#" + "".join(_plain(value) for value in values)
    return f"#{_plain(values[0])}"


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _ordinal(words: Sequence[str]) -> tuple[int, int]:
    if words[0] in TENS and len(words) > 1 and 1 <= ORDINALS.get(words[1], 0) <= 9:
        return TENS[words[0]] + ORDINALS[words[1]], 2
    if words[0] in ORDINALS:
        return ORDINALS[words[0]], 1
    return 0, 0


def _cardinals(words: Sequence[str]) -> tuple[list[Decimal], int]:
    """The number words that begin here, as one or two values ("two thirty"), and how many words they take."""
    values: list[Decimal] = []
    taken = 0
    while taken < len(words) and len(values) < 3:
        value, used = _one(words[taken:])
        if not used or (values and (values[-1] >= 100 or value >= 100)):
            break
        if values and not _goes_on(values, value):
            break
        values.append(value)
        taken += used
        if words[taken - 1] in SCALES:
            break
    return values, taken


def _goes_on(values: Sequence[Decimal], value: Decimal) -> bool:
    """Whether a second number belongs to the first: "two thirty", "nineteen ninety nine", not "two three"."""
    return len(values) == 1 and value >= 10


def _one(words: Sequence[str]) -> tuple[Decimal, int]:
    """One whole cardinal: "a hundred and twenty", "two and a half thousand", "2,500"."""
    total, current, taken = Decimal(0), Decimal(0), 0
    seen = False
    if (
        words[0] in {"a", "an"}
        and len(words) > 1
        and words[1] in {"hundred", "thousand", "grand", "million"}
    ):
        current, taken = Decimal(1), 1
    while taken < len(words):
        step = _step(words, taken, current, seen)
        if step is None:
            break
        current, taken, seen = step
        if taken and words[taken - 1] in SCALES and words[taken - 1] != "hundred":
            total, current = total + current, Decimal(0)
            if taken < len(words) and not _small_follows(words[taken:]):
                break
    return (total + current, taken) if seen else (Decimal(0), 0)


def _small_follows(words: Sequence[str]) -> bool:
    rest = words[1:] if words[0] in {"and", "in"} else words
    return bool(rest) and (rest[0] in SMALL or rest[0] in TENS)


def _step(
    words: Sequence[str], at: int, current: Decimal, seen: bool
) -> tuple[Decimal, int, bool] | None:
    """Read one more word of a cardinal; None: it ends here."""
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in SCALES and (seen or at or word == "hundred"):
        return max(current, Decimal(1)) * SCALES[word], at + 1, True
    if word in {"and", "in", "an"} and seen:
        return _joined(words, at, current)
    if word == "point" and seen and following in SMALL and SMALL[following] < 10:
        return _fraction(words, at, current)
    if re.fullmatch(r"\d+(?:,\d{3})*(?:\.\d+)?", word) and not seen:
        return Decimal(word.replace(",", "")), at + 1, True
    if re.fullmatch(r"\d+(?:\.\d+)?k", word) and not seen:
        return Decimal(word[:-1]) * 1000, at + 1, True
    if word in TENS and current % 100 == 0:
        return current + TENS[word], at + 1, True
    if word in SMALL and (
        current % 100 == 0 or (current % 10 == 0 and 0 < SMALL[word] < 10 and current % 100 >= 20)
    ):
        if seen and current == 0:
            return None
        return current + SMALL[word], at + 1, True
    return None


def _joined(words: Sequence[str], at: int, current: Decimal) -> tuple[Decimal, int, bool] | None:
    """Read what follows "and": "and a half", "and twenty" after hundreds."""
    following = words[at + 1 : at + 3]
    if list(following) == ["a", "half"] and words[at] == "and":
        return current + Decimal("0.5"), at + 3, True
    if (
        following
        and current >= 100
        and current % 100 == 0
        and (following[0] in SMALL or following[0] in TENS)
    ):
        value = Decimal(SMALL.get(following[0], TENS.get(following[0], 0)))
        return current + value, at + 2, True
    return None


def _fraction(words: Sequence[str], at: int, current: Decimal) -> tuple[Decimal, int, bool]:
    digits = ""
    index = at + 1
    while index < len(words) and words[index] in SMALL and SMALL[words[index]] < 10:
        digits += str(SMALL[words[index]])
        index += 1
    return current + Decimal(f"0.{digits}"), index, True
