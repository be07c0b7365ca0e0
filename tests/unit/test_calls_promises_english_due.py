"""Times as they are said in English, resolved against a Tuesday afternoon."""

from datetime import datetime

import pytest

from calls.promises.english.due import when
from calls.promises.english.words import said

TUESDAY = datetime.fromisoformat("2026-12-08T14:19:29+03:00")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("by friday noon", "2026-12-11T12:00"),
        ("on tuesday", "2026-12-15"),
        ("this thursday", "2026-12-10"),
        ("next thursday", "2026-12-17"),
        ("friday next week at eight in the evening", "2026-12-18T20:00"),
        ("a week from friday", "2026-12-18"),
        ("friday week", "2026-12-18"),
        ("monday or tuesday", "2026-12-15"),
        ("at four this afternoon", "2026-12-08T16:00"),
        ("half past two", "2026-12-08T14:30"),
        ("at half four", "2026-12-08T16:30"),
        ("quarter to five tomorrow", "2026-12-09T16:45"),
        ("seven tomorrow morning", "2026-12-09T07:00"),
        ("there at seven in the morning on monday", "2026-12-14T07:00"),
        ("between two and four tomorrow", "2026-12-09T16:00"),
        ("in an hour and a half", "2026-12-08T15:49"),
        ("within the hour", "2026-12-08T15:19"),
        ("in twenty four hours", "2026-12-09T14:19"),
        ("within two to three business days", "2026-12-11"),
        ("in ten days' time", "2026-12-18"),
        ("in a fortnight", "2026-12-22"),
        ("in three months", "2027-03-08"),
        ("end of the week", "2026-12-13"),
        ("by the end of next month", "2027-01-31"),
        ("by the end of the day", "2026-12-08"),
        ("on the twenty fifth", "2026-12-25"),
        ("by the third of march at nine in the morning", "2027-03-03T09:00"),
        ("march third", "2027-03-03"),
        ("first thing tomorrow", "2026-12-09"),
        ("the day after tomorrow", "2026-12-10"),
        ("buy friday", "2026-12-11"),
        ("at for", "2026-12-08T16:00"),
    ],
)
def test_said_time_resolves_to_a_date(text: str, due: str) -> None:
    assert str(when(said(text).text(), TUESDAY).due) == due


@pytest.mark.parametrize("text", ["next week", "soon", "in a few days", "sometime next week"])
def test_time_that_is_no_date_is_vague(text: str) -> None:
    resolved = when(said(text).text(), TUESDAY)
    assert resolved.due is None
    assert resolved.vague


@pytest.mark.parametrize(
    "text", ["right now", "within three days of receiving it", "an hour before", "on mondays"]
)
def test_time_of_another_event_is_no_date(text: str) -> None:
    assert when(said(text).text(), TUESDAY).due is None


def test_term_of_a_held_price_ends_at_its_end() -> None:
    assert str(when(said("for thirty days").text(), TUESDAY, held=True).due) == "2027-01-07"
