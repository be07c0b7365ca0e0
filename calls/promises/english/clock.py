"""Hours of the day as they are said: "half past two", "by noon", "between nine and eleven". Pure.

In: text of folded tokens. Out: the hour and the place where it was said; an interval counts to its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

NOT_HOURS = (
    r"(?! (?:percent|per|dollars?|pounds?|quid|bucks|euros?|grand|cents?|pence|p |a "
    r"(?:night|month|week|day|year|head|piece)|each|minutes?|hours?|days?|weeks?|"
    r"months?|years?|business|working|times|street|road|of |units?|pieces|boxes|copies|"
    r"people|euro|instal\w+|\w+s (?:a|per) |other|more|or #\d+ (?:days|weeks)|to #\d+ "
    r"(?:days|weeks|working|business)|and a half|kilos?|miles?|gigs?))"
)
HOUR = r"#(\d{1,2})(?:_(\d\d))?"
BEFORE = r"(?:at|by|before|until|till|til|around|about|past|after|latest|than|from|exactly|say)"
DAYISH = (
    r"(?:today|tonight|tomorrow|this (?:morning|afternoon|evening)|in the (?:morning|"
    r"afternoon|evening)|at night|on (?:the|mon|tue|wed|thu|fri|sat|sun)|oclock|am|pm|"
    r"sharp|on the dot)"
)
INTERVAL = re.compile(
    rf" (?:between |from |anywhere from |any time between |anytime between )?{HOUR}(?: "
    rf"(?:am|pm|oclock))? (?:and|to|till|until|or) {HOUR}{NOT_HOURS}(?= |$)"
)
TOLD = re.compile(
    rf" (?:half |quarter |a quarter |#(\d+) )(past|to|after|of) {HOUR}{NOT_HOURS}(?= )"
)
HALF = re.compile(r" half #(\d{1,2})(?= )(?! (?:percent|of|price))")
AFTER_WORD = re.compile(rf" {BEFORE} {HOUR}{NOT_HOURS}(?= )")
BEFORE_WORD = re.compile(rf" {HOUR}(?= (?:{DAYISH}))")
AFTER_DAY = re.compile(
    rf" (?:today|tonight|tomorrow|morning|afternoon|evening|(?:mon|tues|wednes|thurs|"
    rf"fri|satur|sun)day)(?: at| for| around)? {HOUR}{NOT_HOURS}(?= )"
)
NAMED = re.compile(r" (noon|midday|midnight|noontime)(?= )")


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour that was said, and its place in the text."""

    at: time
    start: int
    end: int
    next_day: bool = False
    """Midnight ends the day that was said."""


def hour_in(text: str) -> Hour | None:
    """The hour said in a text, or None."""
    return _named(text) or _told(text) or _interval(text) or _plain(text)


def _named(text: str) -> Hour | None:
    match = NAMED.search(text)
    if match is None:
        return None
    if match[1] == "midnight":
        return Hour(time(0), match.start(), match.end(), next_day=True)
    return Hour(time(12), match.start(), match.end())


def _told(text: str) -> Hour | None:
    """Read "half past two", "twenty to five", "half four"."""
    match = TOLD.search(text)
    if match is None:
        half = HALF.search(text)
        if half is None or not 1 <= int(half[1]) <= 12:
            return None
        return _hour(text, (int(half[1]), 30), half.start(), half.end())
    said = match[0].split()
    minutes = 30 if said[0] == "half" else 15 if "quarter" in said[:2] else int(match[1] or 0)
    hour = int(match[3])
    if match[4] or not 1 <= hour <= 12 or not 0 < minutes < 60:
        return None
    if match[2] in {"to", "of"}:
        hour, minutes = (hour - 1) or 12, 60 - minutes
    return _hour(text, (hour, minutes), match.start(), match.end())


def _interval(text: str) -> Hour | None:
    match = INTERVAL.search(text)
    if match is None or not (1 <= int(match[1]) <= 23 and 1 <= int(match[3]) <= 23):
        return None
    told = re.match(r" (?:between|from|any)", match[0]) or re.match(
        rf" (?:{DAYISH})", text[match.end() :]
    )
    before = re.search(
        rf"(?:{BEFORE}|today|tomorrow|morning|afternoon|evening|day|for)$", text[: match.start()]
    )
    if not told and not before:
        return None
    return _hour(text, (int(match[3]), int(match[4] or 0)), match.start(), match.end())


def _plain(text: str) -> Hour | None:
    for pattern in (AFTER_WORD, BEFORE_WORD, AFTER_DAY):
        for match in pattern.finditer(text):
            if 0 <= int(match[1]) <= 23 and int(match[2] or 0) < 60 and (match[2] or int(match[1])):
                return _hour(text, (int(match[1]), int(match[2] or 0)), match.start(), match.end())
    return None


def _hour(text: str, said: tuple[int, int], start: int, end: int) -> Hour:
    """Settle morning or afternoon: one to seven is afternoon unless the morning is named."""
    hour, minute = said
    around = text[end:]
    morning = bool(
        re.match(
            r"(?: oclock)?(?: sharp)?(?: (?:tomorrow|today|on \w+day|\w+day))?(?: at| "
            r"in| in the| the)? (?:am|morning)(?= )",
            around,
        )
    ) or bool(
        re.search(
            r" morning(?: at| by| before| around| about| from| between| #\S+ (?:and|to|"
            r"or))*(?: half past| quarter (?:to|past))?$",
            text[:start],
        )
    )
    night = bool(re.search(r" (?:pm|evening|tonight|night)(?= )", around)) or bool(
        re.search(
            r" (?:evening|tonight|night)(?: (?:at|by|before|around|about|between))?$", text[:start]
        )
    )
    if " pm " in around[:8]:
        morning = False
    if morning:
        hour = 0 if hour == 12 and " am " in around else hour
    elif (1 <= hour <= 7) or (night and 8 <= hour <= 11):
        hour += 12
    return Hour(time(hour % 24, minute), start, end)
