"""Telephone numbers out of untidy cells. Pure.

In: a cell's text, such as "8-916-123-45-67 (Иван), 231-45-67 доб. 12". Out: numbers in E.164 with what stood beside
them, and an issue for each piece that is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from calls.phone_number import to_e164
from crm.importing import issues
from crm.importing.issues import Issue

MOST_PER_CELL = 20
_SCIENTIFIC = re.compile(r"\+?(\d+)(?:[.,](\d+))?\s*[eEеЕ]\s*\+?(\d{1,2})")
_PARTS = re.compile(r"[,;|\n\\]+")
_EXTENSION = re.compile(
    r"[,;\s(]*(?<![^\W\d_])(?:доб(?:авочный)?|вн(?:утр(?:енний)?)?|ext|extension)(?![^\W\d_])[.:\s№#]*(\d{1,6})\)?",
    re.IGNORECASE,
)
_SHARP = re.compile(r"(?<=\d)\s*[#*]\s*(?=\d{1,6}$)|(?<=\d)\s+д\.?\s*(?=\d{1,6}$)")
_RUN = re.compile(r"(?:доб )?[+(]{0,2}\d[\d\s().\-_/+]*")
_FLOAT = re.compile(r"(?<=\d{7})[.,]0+(?!\d)")
_OF_NEXT = re.compile(
    r"(?:[:.]|тел|телефон|моб|мобильный|раб|рабочий|дом|домашний|сот|сотовый|факс|гор|whatsapp|viber|telegram)\W*$",
    re.IGNORECASE,
)
"""Words that end so say what the number after them is; other words belong to the number before."""
_LOOKALIKES = str.maketrans("OoОоQIlІіlЗзБ", "0000011111336")
_LETTERED = re.compile(r"(?=.*\d)[\d+().\-OoОоQIlІіЗзБ]{2,}")
_WORDS = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"\s*/\s*|\s+")
_NAMED_EXTENSION = re.compile(r"\bдоб ")
_DASHES = re.compile(r"[–—−‐‑‒]")
_FOREIGN = (
    "375",
    "380",
    "998",
    "996",
    "995",
    "994",
    "993",
    "992",
    "374",
    "373",
    "371",
    "370",
    "372",
)
"""Country codes that Russian tables write without a plus: too many digits for a number of the country itself."""
_COUNTRY_LENGTH = 11
_LOCAL = range(5, 8)
_SHORTEST = 5
_ONE_NUMBER = (10, 11)
_CODES = (
    "800 804 811 812 813 814 815 816 817 818 820 821 831 833 834 835 836 841 842 843 844 845 846 847 848 851 855 861 862 "
    "863 865 866 867 869 871 872 873 877 878 879"
)
_EIGHT_CODES = frozenset(_CODES.split()) | {f"7{n:02}" for n in range(100)}
"""Area codes of Russia that begin with 8, and of Kazakhstan with 7."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that was understood."""

    e164: str
    raw: str
    label: str = ""
    """What stood beside it: "доб. 12", a name, "моб."."""

    @property
    def is_mobile(self) -> bool:
        """Whether it is a Russian mobile number: such are people's, not companies'."""
        return self.e164.startswith("+79")


@dataclass(frozen=True, slots=True)
class Phones:
    """What a cell had; `rest`: pieces to be kept in the notes."""

    found: tuple[Phone, ...] = ()
    issues: tuple[Issue, ...] = ()
    rest: tuple[str, ...] = ()


def phones_of(text: str, region: str = "RU", label: str = "") -> Phones:
    """Read all numbers of a cell.

    Args:
        text: clean text (`crm.importing.cells`).
        region: country of numbers without a country.
        label: what the column says of its numbers: "моб.", "факс".
    """
    if not text:
        return Phones()
    if lost := _scientific(text.strip()):
        if not lost.isdigit():
            return Phones(issues=(issues.error(issues.LOST_DIGITS, value=text),), rest=(text,))
        text = lost
    found: dict[str, Phone] = {}
    said: list[Issue] = []
    rest: list[str] = []
    for piece in _pieces(text)[:MOST_PER_CELL]:
        if not piece.number:
            _put_words(piece.words, found, rest)
            continue
        e164, issue = _as_number(piece.number, region, list(found.values()))
        if issue is not None:
            said.append(issue)
        if e164 is not None:
            words = ", ".join(dict.fromkeys(filter(None, (label, piece.words))))[:64]
            found.setdefault(e164, Phone(e164, piece.number[:128], words))
        else:
            rest.append(f"{piece.number} {piece.words}".strip())
    if rest and not said and not found:
        said.append(issues.error(issues.NO_PHONE, value=text))
    return Phones(tuple(found.values()), tuple(said), tuple(rest))


def _put_words(words: str, found: dict[str, Phone], rest: list[str]) -> None:
    """Words between two separators, without a number: they are about the number before."""
    if not found:
        rest.append(words)
        return
    last = found[next(reversed(found))]
    found[last.e164] = Phone(last.e164, last.raw, ", ".join(filter(None, (last.label, words)))[:64])


def looks_like_phone(text: str, region: str = "RU") -> bool:
    """Whether a cell holds at least one number: for columns that nobody named."""
    digits = sum(character.isdigit() for character in text)
    if not 10 <= digits <= 48 or sum(c.isalpha() for c in text) > digits:
        return False
    return bool(phones_of(text, region).found)


def _scientific(text: str) -> str:
    """The whole number behind "8,91612345678E+10"; the text itself if digits were lost; "" for other text."""
    match = _SCIENTIFIC.fullmatch(text)
    if not match:
        return ""
    whole, part, power = match[1], match[2] or "", int(match[3])
    missing = power - len(part.rstrip("0"))
    if missing > 0 and power >= 7:
        return text
    return whole + part[:power].ljust(power, "0") if power < 16 else text


@dataclass(slots=True)
class _Piece:
    number: str
    words: str = ""


def _pieces(text: str) -> list[_Piece]:
    """Each number with the words beside it; words without any number between separators stand alone."""
    text = _FLOAT.sub("", _DASHES.sub("-", text))
    if sum(map(str.isdigit, text)) in _ONE_NUMBER:
        text = _PARTS.sub(" ", text)  # one number, broken over two lines or written with commas
    text = _EXTENSION.sub(lambda m: f" доб {m[1]} ", text)
    pieces: list[_Piece] = []
    for part in _PARTS.split(text):
        part = _SHARP.sub(" доб ", " ".join(map(_without_letters, part.split())))
        here = _pieces_of_part(part)
        if not here and pieces and part.strip().startswith("доб "):
            pieces[-1].words = _joined(pieces[-1].words, part)
        elif not here and _WORDS.search(part):
            here = [_Piece("", _tidy(part))]
        elif not here and _digits(part):
            here = [_Piece(part.strip())]
        pieces += here
    return pieces


def _pieces_of_part(part: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    waiting, end = "", 0
    for run in _RUN.finditer(part):
        if run[0].startswith("доб ") or sum(map(str.isdigit, run[0])) < _SHORTEST:
            continue
        between = part[end : run.start()]
        if pieces and not _OF_NEXT.search(between):
            pieces[-1].words = _joined(pieces[-1].words, between)
        else:
            waiting = between
        numbers = _split_run(run[0].strip(" -./_"))
        pieces += [_Piece(number) for number in numbers]
        pieces[-len(numbers)].words = _tidy(waiting)
        waiting, end = "", run.end()
    if pieces:
        pieces[-1].words = _joined(pieces[-1].words, part[end:])
    return pieces


def _split_run(run: str) -> list[str]:
    """One number, or several with only spaces or slashes between them."""
    if _as_e164(run, _digits(run), "RU")[0] is not None:
        return [run]
    for gap in _GAP.finditer(run):
        head, tail = run[: gap.start()], run[gap.end() :]
        if _as_e164(head, _digits(head), "RU")[0] is not None and _digits(tail):
            return [head, *_split_run(tail)]
    return [run]


def _without_letters(token: str) -> str:
    return token.translate(_LOOKALIKES) if _LETTERED.fullmatch(token) else token


def _joined(words: str, more: str) -> str:
    return ", ".join(filter(None, (words, _tidy(more))))


def _tidy(words: str) -> str:
    words = _NAMED_EXTENSION.sub("доб. ", words.replace("(", " ").replace(")", " "))
    words = " ".join(words.split()).strip(" -:;,./")
    return words if _WORDS.search(words) else ""


def _as_number(number: str, region: str, before: list[Phone]) -> tuple[str | None, Issue | None]:
    digits = _digits(number)
    e164, issue = _as_e164(number, digits, region)
    if e164 is not None:
        return e164, issue
    if (tail := _same_area(digits, before)) is not None:
        return tail, issues.warning(issues.ASSUMED_AREA, value=number)
    return None, _why_none(number, digits)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _as_e164(number: str, digits: str, region: str) -> tuple[str | None, Issue | None]:
    """E.164 of a number as it is written, and what had to be assumed."""
    plain = ("+" if number.lstrip("( ").startswith("+") else "") + digits
    if region == "RU" and (taken := _trunk_mended(number, digits)):
        return taken, issues.warning(issues.ASSUMED_EIGHT, value=number, taken=taken)
    if region == "RU" and len(digits) == 10 and digits[0] in "78" and not plain.startswith("+"):
        # Ten digits that begin with 8 may be "8 916 123 45 6" with one digit lost: only real codes are taken.
        return (f"+7{digits}", None) if digits[:3] in _EIGHT_CODES else (None, None)
    if not plain.startswith("+") and len(digits) > _COUNTRY_LENGTH and digits.startswith(_FOREIGN):
        plain = "+" + plain
    e164 = to_e164(plain, region)
    return (e164, None) if e164 is not None and _is_real(e164) else (None, None)


def _trunk_mended(number: str, digits: str) -> str:
    """Read "+8 916 …" and "+7 8 916 …": the trunk prefix taken for a country, or written after it."""
    if len(digits) == _COUNTRY_LENGTH and re.match(r"\+\s*8[\s(\-]*[3489]\d\d", number):
        foreign = not re.match(r"\+\s*8[\s(\-]", number) and to_e164("+" + digits)
        return "" if foreign else "+7" + digits[1:]
    if len(digits) == _COUNTRY_LENGTH + 1 and re.match(r"[78]8[3489]", digits):
        return "+7" + digits[2:]
    return ""


def _is_real(e164: str) -> bool:
    if len(set(e164[2:])) == 1:
        return False  # +7 000…, +7 999…: what people type who must type something
    if e164.startswith("+7"):
        return e164[2] in "346789"
    return phonenumbers.is_valid_number(phonenumbers.parse(e164, None))


def _same_area(digits: str, before: list[Phone]) -> str | None:
    """A number without code after one with it, in the same cell: "(495) 123-45-67, 765-43-21" or "…-67/68"."""
    if not before or not before[-1].e164.startswith("+7") or before[-1].is_mobile:
        return None
    last = before[-1].e164
    return last[: -len(digits)] + digits if len(digits) in (2, 7) else None


def _why_none(number: str, digits: str) -> Issue:
    if len(digits) < _LOCAL.start:
        return issues.error(issues.SHORT_PHONE, value=number)
    if len(digits) in _LOCAL:
        return issues.error(issues.NO_AREA_CODE, value=number)
    return issues.error(issues.NO_SUCH_NUMBER, value=number)
