"""Telephone numbers in the one form by which they are compared. Pure.

In: a number as it was received or typed. Out: E.164, or None for what is no public number: an extension, a feature code,
"anonymous". The raw form is always kept beside it, by the caller.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

PUNCTUATION = re.compile(r"[\s().\-/\u00a0]+")
DIALLABLE = re.compile(r"\+?\d{5,18}")
LAST_DIGITS = 10
"""A Russian number without its country has ten digits; shorter tails are shared by too many subscribers."""


@lru_cache(maxsize=20_000)
def to_e164(raw: str, region: str = "RU") -> str | None:
    """Return the number in E.164 ("+74951234567"), or None if it cannot be a public number.

    Args:
        raw: as received or typed: "8 (495) 123-45-67", "74951234567", "+49…", "0049…".
        region: country whose dialling rules an unprefixed number follows (ISO 3166, upper case).
    """
    number = PUNCTUATION.sub("", raw)
    if not DIALLABLE.fullmatch(number):
        return None
    if number.startswith("00"):
        number = "+" + number[2:]
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def last10(raw: str) -> str:
    """Return the last ten digits, or "" when there are fewer: for numbers that came without their country."""
    digits = re.sub(r"\D", "", raw)
    return digits[-LAST_DIGITS:] if len(digits) >= LAST_DIGITS else ""
