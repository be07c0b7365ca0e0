"""When two telephone numbers are the same client. Pure.

In: a number as received or typed. Out: a `NumberKey`, and whether two keys fit. Numbers are compared in E.164 where both
have it; a number that came without its country also fits by its last ten digits, which may fit several clients.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from calls.phone_number import last10, to_e164
from crm.settings import CrmSettings

SHORTEST = 5
"""Fewer digits are an extension or a service code, never a client's number."""
_NO_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class NumberKey:
    """A number as it is compared."""

    e164: str | None
    tail: str
    """Last ten digits; all of them for a short local number; "" for what is no client's number."""
    has_country: bool
    """Whether the country was written, and not guessed from the region."""

    @property
    def subject(self) -> str:
        """The number as `tasks.subject_key` names it; "" for what is no client's number."""
        return f"number:{self.e164 or self.tail}" if self.e164 or self.tail else ""

    @property
    def usable(self) -> bool:
        """Whether this can be a client's number at all."""
        return bool(self.e164 or self.tail)


@dataclass(frozen=True, slots=True)
class NumberRules:
    """How this company's numbers are read."""

    region: str = "RU"
    own: frozenset[str] = frozenset()
    """Tails of the company's own numbers: these are never clients."""

    @classmethod
    def of(cls, settings: CrmSettings) -> NumberRules:
        """The rules that the settings give."""
        plain = cls(settings.region)
        keys = (plain.key(number) for number in settings.own_numbers)
        return cls(settings.region, frozenset(key.tail for key in keys if key.tail))

    def key(self, raw: str) -> NumberKey:
        """Read a number."""
        digits = _NO_DIGIT.sub("", raw)
        e164 = to_e164(raw, self.region)
        # From E.164 where there is one: numbers that are equal in it must have equal tails, however they were written.
        tail = last10(e164 or raw) or (
            (e164 or digits).lstrip("+") if len(digits) >= SHORTEST else ""
        )
        written = raw.strip().startswith(("+", "00")) or (e164 or "")[1:] == digits
        return NumberKey(e164, tail, bool(e164) and written)

    def is_own(self, raw: str) -> bool:
        """Whether this is one of the company's own numbers."""
        return self.key(raw).tail in self.own


def fits_by_tail(received: NumberKey, kept_e164: str | None) -> bool:
    """Whether equal tails are enough: not when both numbers came with their countries, for then they differ."""
    return not (received.has_country and kept_e164)
