"""Cells as people and programs leave them in spreadsheets. Pure.

In: whatever a reader gives for a cell. Out: clean text: no zero-width or control characters, no HTML entities, numbers
without the ".0" of a float, "" for what only says that there is nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta | None

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85]")
_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|_x000D_\n?|<br\s*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_NOTHING_WORDS = (
    "- -- --- — – . .. ... ? ?? n/a na nan null none nil #n/a #н/д #ref! #value! #знач! #ссылка! #name? #имя? #div/0! "
    "#дел/0! н/д нд б/н нет неизвестно неизвестен неизвестна отсутствует отсутствуют пусто x х xx хх xxx ххх undefined "
    "(пусто) (нет) [нет] /"
)
_NOTHING_PHRASES = (
    "не указан|не указана|не указано|не указаны|нет данных|не известно|не задан|не задано|не заполнено|не выбрано|"
    "нет телефона|нет почты|нет email|нет e-mail|без телефона|не определен|не определено|нет имени|не определён|not set|"
    "no data|нет номера|- -|не имеется"
)
_NOTHING = frozenset([*_NOTHING_WORDS.split(), *_NOTHING_PHRASES.split("|")])


def text_of(cell: Cell) -> str:
    """The cell as clean text of one or more lines."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, float):
        return _text_of_float(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if not isinstance(cell, str):
        return str(cell)
    return cleaned(cell)


def cleaned(text: str) -> str:
    """Text without what cannot be seen; line ends are kept as one kind."""
    if text.isascii() and text.isalnum():
        return text
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(html.unescape(text))
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", text)
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    text = "\n".join(line for line in lines if line)
    # A leading apostrophe is how a spreadsheet is told that a number is text.
    return text[1:].strip() if text.startswith("'") and not text.endswith("'") else text


def value_of(cell: Cell) -> str:
    """The cell as text; "" also for "-", "нет", "#Н/Д" and the like."""
    text = text_of(cell)
    return "" if is_nothing(text) else text


def is_nothing(text: str) -> bool:
    """Whether a text only says that there is nothing."""
    return not text or text.casefold() in _NOTHING


def one_line(text: str) -> str:
    """The text in one line."""
    return " ".join(text.split())


def _text_of_float(number: float) -> str:
    if number != number or number in (float("inf"), float("-inf")):
        return ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e18 else repr(number)
