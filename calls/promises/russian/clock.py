"""Times of day as people say them: «к двум», «до шести вечера», «в половине пятого», «с трёх до пяти». Pure.

In: analysed words. Out: the time and where its words end. Hours 1 to 7 are afternoon unless the morning is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from calls.promises.russian.number_words import ORDINALS
from calls.promises.russian.numbers import number_at, unit_of
from calls.promises.russian.words import Word

PREPOSITIONS = frozenset(
    {
        "в",
        "во",
        "к",
        "ко",
        "до",
        "на",
        "с",
        "со",
        "около",
        "после",
        "позднее",
        "позже",
        "между",
        "по",
    }
)
HALF_HOURS = {
    "полпервого": 1, "полвторого": 2, "полтретьего": 3, "полчетвертого": 4, "полпятого": 5, "полшестого": 6,
    "полседьмого": 7, "полвосьмого": 8, "полдевятого": 9, "полдесятого": 10, "пололодиннадцатого": 11,
    "полдвенадцатого": 12, "полодиннадцатого": 11,
}  # fmt: skip
SAID = {
    "вечер": "pm",
    "утро": "am",
    "утра": "am",
    "утром": "am",
    "вечера": "pm",
    "вечером": "pm",
    "дня": "pm",
    "днем": "pm",
    "ночи": "night",
}
HOUR_WORDS = ("час", "часа", "часов", "часам", "часу", "часам", "часами", "часах")


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day and the word behind it."""

    at: time
    end: int
    said: str = ""


def time_at(words: Sequence[Word], at: int) -> ClockTime | None:
    """Read a time that begins at a word; an interval counts to its end."""
    found = _one_time(words, at)
    if found is None or found.end >= len(words):
        return found
    if words[at].text in ("с", "со", "между", "в", "к", "от") or words[found.end].text in (
        "до",
        "по",
    ):
        joined = words[found.end].text in ("до", "по", "и", "или")
        later = _one_time(words, found.end + joined, bare=True) if joined else None
        if later is None and words[found.end].text in ("до", "по"):
            later = _one_time(words, found.end)
        if later:
            return later
    return found


def _one_time(words: Sequence[Word], at: int, bare: bool = False) -> ClockTime | None:
    prepositions = 0
    while at < len(words) and words[at].text in (
        PREPOSITIONS | {"часам", "часов", "часа", "где-то", "районе", "пределах"}
    ):
        if prepositions and words[at].text not in ("часам", "часов", "часа", "к", "до", "районе"):
            break
        if words[at].text == "часа" and words[at + 1 : at + 2] and words[at + 1].text == "дня":
            break
        at, prepositions = at + 1, prepositions + 1
    if at >= len(words) or not (
        prepositions or bare or words[at].text in HALF_HOURS or words[at].text == "без"
    ):
        return None
    return _special(words, at) or _hour(words, at, prepositions > 0 or bare)


def _special(words: Sequence[Word], at: int) -> ClockTime | None:
    """Halves and quarters: «половине шестого», «полшестого», «без четверти три»; noon; «час»."""
    texts = [w.text for w in words[at : at + 3]]
    if texts[0] in HALF_HOURS:
        return _told(words, at + 1, HALF_HOURS[texts[0]] - 1, 30)
    if texts[0] in ("половине", "пол", "половина", "половину", "полу") and len(texts) > 1:
        hour = next((ORDINALS[o] for o in words[at + 1].lemmas if o in ORDINALS), None)
        return _told(words, at + 2, hour - 1, 30) if hour else None
    if texts[0] == "без" and len(texts) > 2:
        minutes = number_at(words, at + 1)
        gone, end = (
            (15, at + 2)
            if texts[1] == "четверти"
            else (int(minutes.value) if minutes else 0, minutes.end if minutes else at)
        )
        end += end < len(words) and words[end].text in ("минут", "минуты")
        hour_number = number_at(words, end)
        if 0 < gone < 60 and hour_number and 1 <= hour_number.value <= 12:
            return _told(words, hour_number.end, int(hour_number.value) - 1, 60 - gone)
        if 0 < gone < 60 and end < len(words) and words[end].text == "час":
            return _told(words, end + 1, 0, 60 - gone)
    if texts[0] in ("полдень", "полудня", "полудню"):
        return ClockTime(time(12), at + 1, "noon")
    if texts[0] in ("час", "часу", "часа"):
        minutes = number_at(words, at + 1)
        if minutes and minutes.value in (15, 20, 30, 40, 45):
            return _told(words, minutes.end, 1, int(minutes.value))
        return (
            None if texts[1:2] == ["в"] or texts[1:2] == ["времени"] else _told(words, at + 1, 1, 0)
        )
    return None


def _hour(words: Sequence[Word], at: int, introduced: bool) -> ClockTime | None:
    if ":" in words[at].text:
        hours, _, minutes_text = words[at].text.partition(":")
        if (
            hours.isdigit()
            and minutes_text.isdigit()
            and int(hours) < 24
            and int(minutes_text) < 60
        ):
            return _told(words, at + 1, int(hours), int(minutes_text))
    number = number_at(words, at)
    if not introduced or number is None or number.ordinal or number.value % 1:
        return None
    # "двадцать тридцать" is 20:30 and never fifty; "десять двадцать" 10:20.
    hour, end = int(number.value), number.end
    if hour > 24 or (hour == 0 and number.end - at > 1):
        return None
    named = end < len(words) and words[end].text in HOUR_WORDS
    end += named
    minutes = _minutes(words, end)
    if minutes:
        return _told(words, minutes[1], hour, minutes[0])
    if not named and _counted(words, at, end):
        return None
    return _told(words, end, hour, 0)


def _minutes(words: Sequence[Word], at: int) -> tuple[int, int] | None:
    if [w.text for w in words[at : at + 2]] == ["ноль", "ноль"]:
        return 0, at + 2
    number = number_at(words, at)
    if (
        number is None
        or number.ordinal
        or number.value not in (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55)
    ):
        return None
    end = number.end + (number.end < len(words) and words[number.end].text in ("минут", "минутам"))
    return int(number.value), end


def _counted(words: Sequence[Word], at: int, end: int) -> bool:
    """Whether the number counts something, as in «в трёх коробках», «до двух тысяч»."""
    if end >= len(words):
        return False
    after = words[end]
    if after.text in SAID:
        return False
    if after.of(frozenset({"вы", "я", "мы", "они", "он", "она", "ты", "все"})) or after.verb:
        return False
    if unit_of(after) or after.text in ("раз", "раза", "с", "тысяч", "тысячи"):
        return after.text != "с"
    if number_at(words, end):
        return True
    return (
        (after.noun or after.adjective)
        and after.genitive
        and not after.nominative
        and not after.person_name
    )


def _told(words: Sequence[Word], end: int, hour: int, minute: int) -> ClockTime | None:
    if hour == 24:
        hour = 23 if minute == 0 else 0
        minute = 59 if minute == 0 else minute
    if (
        end < len(words)
        and words[end].text in ("по",)
        and end + 1 < len(words)
        and words[end + 1].text.startswith("москов")
    ):
        end += 2
    said = SAID.get(words[end].text, "") if end < len(words) else ""
    hour = hour_of_day(hour, minute, said)
    return ClockTime(time(hour, minute), end + bool(said), said) if 0 <= hour < 24 else None


def hour_of_day(hour: int, minute: int, said: str) -> int:
    """The hour out of 24. "полвосьмого" is 7:30, still an hour of 1 to 7."""
    if said in ("am", "night"):
        return 0 if hour == 12 and said == "night" else hour
    if said == "pm" and hour < 12:
        return hour + 12
    return hour + 12 if (1 <= hour <= 7 or (hour == 0 and minute)) and not said else hour
