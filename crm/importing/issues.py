"""What an import has to say about a cell or a row. Pure.

In: a sentence with its values. Out: an `Issue`: an error (something could not be taken as it is) or a warning (it was
taken, with an assumption that a person should know of). The sentences are translated in `web`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing about one cell; `column` "" = about the row as a whole."""

    severity: Severity
    text: str
    """English sentence with %(name)s for each value."""
    values: Mapping[str, str] = field(default_factory=dict)
    column: str = ""

    @property
    def why(self) -> str:
        """The sentence with its values."""
        return self.text % self.values


LOST_DIGITS = "the spreadsheet cut this number (%(value)s): its last digits are lost, type it again"
NO_AREA_CODE = "%(value)s has no area code: add it; kept in the notes"
NO_PHONE = "%(value)s is no telephone number; kept in the notes"
NO_SUCH_NUMBER = (
    "%(value)s cannot be a number of this country: too many or too few digits; kept in the notes"
)
OWN_NUMBER = "%(value)s is the company's own number; left out"
SHORT_PHONE = "%(value)s is too short for a client's number; kept in the notes"
ASSUMED_AREA = "%(value)s: the area code of the number before it was taken"
ASSUMED_EIGHT = "%(value)s was read as %(taken)s"
NO_EMAIL = "%(value)s is no e-mail address; kept in the notes"
MENDED_EMAIL = "%(value)s was read as %(taken)s"
WRONG_INN = "%(value)s is no INN (its check digit or length is wrong); kept in the notes"
ZERO_INN = "%(value)s had lost its leading zero; read as %(taken)s"
WRONG_KPP = "%(value)s is no KPP; kept in the notes"
WRONG_OGRN = "%(value)s is no OGRN (its check digit or length is wrong); kept in the notes"
NO_DATE = "%(value)s is no date; kept in the notes"
FUTURE_BIRTH = "%(value)s cannot be a date of birth; kept in the notes"
NO_FLAG = "%(value)s is neither yes nor no; kept in the notes"
NO_AMOUNT = "%(value)s is no sum; kept in the notes"
NO_CHOICE = "%(value)s cannot be chosen in this field; kept in the notes"
UNKNOWN_PERSON = "nobody here is called %(value)s; kept in the notes"
UNKNOWN_STAGE = "no funnel has the stage %(value)s; the deal begins at the first one"
NOTHING_KNOWN = "neither name, phone, e-mail nor INN in this row: nobody to add"
TOO_LONG = "longer than %(most)s characters: cut"
HEADING = "looks like a heading, not a client: left out"
EXISTS_HIDDEN = "a client with this phone, e-mail or INN is with a colleague: left alone"
SHARED_NUMBER = "%(value)s belongs to several clients: nobody was changed by it"

ALL: tuple[str, ...] = tuple(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)


def error(text: str, **values: str) -> Issue:
    """Something that could not be taken as it is."""
    return Issue("error", text, {name: value[:80] for name, value in values.items()})


def warning(text: str, **values: str) -> Issue:
    """Something that was taken with an assumption."""
    return Issue("warning", text, {name: value[:80] for name, value in values.items()})
