"""What the cells of a column look like: for columns that nobody named, or named wrongly. Pure.

In: cells of one column. Out: shares of phones, addresses, names; and the field that they amount to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crm.importing.cells import Cell, is_nothing, one_line, text_of
from crm.importing.emails import emails_of
from crm.importing.names import is_firm, is_full_name, kind_of
from crm.importing.phones import looks_like_phone
from crm.importing.values import is_inn

_SAMPLE = 60
_MOST = 0.6
_URL = re.compile(
    r"(?:https?://|www\.)\S+|[\w\-]+(?:\.[\w\-]+)*\.(?:ru|com|net|org|рф|su)/?", re.IGNORECASE
)
_CITY = re.compile(r"г\.?\s?[А-ЯЁ][а-яё\-]+(?:,|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Shares (0 to 1) of the filled cells."""

    filled: int = 0
    phones: float = 0.0
    bare_phones: float = 0.0
    """Phones without any word beside them."""
    emails: float = 0.0
    inns: float = 0.0
    kpps: float = 0.0
    full_names: float = 0.0
    """Surely people: with patronymic or initials."""
    people_share: float = 0.0
    firms_share: float = 0.0
    urls: float = 0.0
    addresses: float = 0.0

    @property
    def firms(self) -> bool:
        """Whether these are names of organisations, most of all."""
        return self.firms_share > 0.5

    @property
    def people(self) -> bool:
        """Whether these are names of people, most of all."""
        return self.people_share >= 0.5

    @property
    def guess(self) -> str:
        """The field of a column without a header; "" if nothing fits."""
        if (sure := self.sure_guess) or not self.filled:
            return sure
        if self.firms_share > _MOST:
            return "organisation"
        if self.people_share > _MOST:
            return "name"
        if self.addresses > _MOST:
            return "address"
        return "website" if self.urls > _MOST else ""

    @property
    def sure_guess(self) -> str:
        """The field of a column with an unknown header: only what cannot be mistaken."""
        if self.emails > _MOST:
            return "email"
        if self.inns > 0.8:
            return "inn"
        return "phone" if self.phones > _MOST else ""


def _is_bare(text: str) -> bool:
    return sum(character.isalpha() for character in text) < 3


def contents_of(cells: Iterable[Cell]) -> Contents:
    """Look at a column."""
    texts = []
    for cell in cells:
        text = one_line(text_of(cell))
        if text and not is_nothing(text):
            texts.append(text)
            if len(texts) == _SAMPLE:
                break
    if not texts:
        return Contents()
    kinds = [kind_of(text) for text in texts]
    count = len(texts)
    inns = sum(is_inn(text) for text in texts)
    return Contents(
        filled=count,
        phones=(sum(looks_like_phone(text) for text in texts) - inns * (inns > count / 2)) / count,
        bare_phones=sum(_is_bare(text) and looks_like_phone(text) for text in texts) / count,
        emails=sum(bool(emails_of(text).found) for text in texts) / count,
        inns=inns / count,
        kpps=sum(len(text) == 9 and text.isdigit() for text in texts) / count,
        full_names=sum(is_full_name(text) for text in texts) / count,
        people_share=sum(kind == "person" for kind in kinds) / count,
        firms_share=sum(is_firm(text) for text in texts) / count,
        urls=sum(bool(_URL.fullmatch(text)) for text in texts) / count,
        addresses=sum(bool(_CITY.search(text)) or "ул." in text for text in texts) / count,
    )
