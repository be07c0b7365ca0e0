"""E-mail addresses out of untidy cells. Pure.

In: a cell's text. Out: addresses in lower case, an issue for each that had to be mended or is none, and the text without
them (for a cell that holds phones as well).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crm.importing import issues
from crm.importing.issues import Issue

MOST_PER_CELL = 20
_LONGEST = 255
_ADDRESS = re.compile(
    r"(?<![\w.%+\-])[\w.%+'\-]+@(?:[^\W_](?:[\w\-]*[^\W_])?\.)+(?:xn--[a-z0-9\-]+|[^\W\d_]{2,24})(?![\w\-])",
    re.IGNORECASE,
)
_MAILTO = re.compile(r"mailto:\s*|e-?mail\s*:\s*|эл\.?\s*почта\s*:\s*|почта\s*:\s*", re.IGNORECASE)
_SPELLED_AT = re.compile(r"\s*[\[({<]\s*(?:at|собака|@)\s*[\])}>]\s*|\s+собака\s+", re.IGNORECASE)
_SPELLED_DOT = re.compile(r"\s*[\[({]\s*(?:dot|точка)\s*[\])}]\s*", re.IGNORECASE)
_ROUND_AT = re.compile(r"[ \t]*@[ \t]*")
_DOMAIN_COMMA = re.compile(
    r"(@[\w\-]+)\s*,\s*(?=(?:ru|com|net|org|su|рф|info|biz|by|kz|ua)\b)", re.IGNORECASE
)
_DOMAIN_SPACE = re.compile(
    r"(@[\w\-]+)(?:\s*\.\s+|\s+\.\s*|\.{2,})(?=(?:ru|com|net|org|su|рф|info|biz|by|kz|ua)\b)",
    re.IGNORECASE,
)
_LOOKALIKES = str.maketrans("аеорсухкмтвнАЕОРСУХКМТВНіІ", "aeopcyxkmtbhAEOPCYXKMTBHiI")
_CYRILLIC = re.compile(r"[а-яёі]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_TRY = re.compile(r"[^\s,;<>|]*@[^\s,;<>|]*")
_FIRM_BOXES = (
    "info office sales zakaz mail post admin support help hello contact buh buhg zakupki reception secretar sekretar "
    "priem otdel shop order orders firma company"
)
_OF_FIRM = frozenset(_FIRM_BOXES.split())


@dataclass(frozen=True, slots=True)
class Emails:
    """What a cell had; `rest`: pieces to be kept in the notes; `without`: the text that is left."""

    found: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    rest: tuple[str, ...] = ()
    without: str = ""


def emails_of(text: str) -> Emails:
    """Read all addresses of a cell; text without any "@" has none."""
    if "@" not in text and not _SPELLED_AT.search(text):
        return Emails(without=text)
    said: list[Issue] = []
    rest: list[str] = []
    found: dict[str, str] = {}
    mended = _mended(text)
    if mended != _MAILTO.sub("", text).strip(" .,;<>") and _ADDRESS.search(mended):
        said += _what_was_mended(text, mended)
    for match in _ADDRESS.finditer(mended):
        address = match[0].strip(".'-")
        if not _is_address(address):
            said.append(issues.error(issues.NO_EMAIL, value=match[0]))
            rest.append(match[0])
        elif len(found) < MOST_PER_CELL:
            found.setdefault(address.lower(), address.lower())
    without = _ADDRESS.sub(" ", mended)
    for broken in _TRY.findall(without):
        said.append(issues.error(issues.NO_EMAIL, value=broken))
        rest.append(broken)
    without = " ".join(_TRY.sub(" ", without).split()).strip(" .,;<>|/-")
    return Emails(tuple(found.values()), tuple(said), tuple(rest), without)


def is_of_firm(address: str) -> bool:
    """Whether an address is a company's and not a person's: info@…, sales@…."""
    name = re.split(r"[\d._\-+]", address.partition("@")[0].lower())[0]
    return name in _OF_FIRM


def _mended(text: str) -> str:
    text = _SPELLED_DOT.sub(".", _SPELLED_AT.sub("@", _MAILTO.sub("", text)))
    text = _DOMAIN_SPACE.sub(r"\1.", _DOMAIN_COMMA.sub(r"\1.", _ROUND_AT.sub("@", text)))
    return _TRY.sub(lambda match: _latin(match[0]), text)


def _latin(address: str) -> str:
    """Cyrillic letters that look Latin, in an address that is Latin: somebody forgot to switch the keyboard."""
    if not (_CYRILLIC.search(address) and _LATIN.search(address)):
        return address
    name, _, host = address.rpartition("@")
    parts = []
    for part in (name, host):
        changed = part.translate(_LOOKALIKES)
        parts.append(changed if _LATIN.search(part) and not _CYRILLIC.search(changed) else part)
    return "@".join(parts)


def _what_was_mended(text: str, mended: str) -> list[Issue]:
    before = {address.lower() for address in _ADDRESS.findall(text)}
    return [
        issues.warning(issues.MENDED_EMAIL, value=text, taken=address)
        for address in _ADDRESS.findall(mended)
        if address.lower() not in before
    ]


def _is_address(address: str) -> bool:
    name, _, host = address.rpartition("@")
    mixed = _CYRILLIC.search(name) and _LATIN.search(name)
    return bool(
        name
        and host
        and ".." not in address
        and len(address) <= _LONGEST
        and len(name) <= 64
        and not mixed
    )
