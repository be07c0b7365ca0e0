import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import Invalid
from crm.pbx_names import split, written

PBXS = ("main", "north")


def test_phone_without_a_pbx_is_of_the_first() -> None:
    assert split("101", PBXS) == ("main", "101")


@pytest.mark.parametrize("typed", ["north/101", " North / 101 "])
def test_phone_with_a_pbx_is_of_that_one(typed: str) -> None:
    assert split(typed, PBXS) == ("north", "101")


@pytest.mark.parametrize("typed", ["east/101", "/101", "north/main/101"])
def test_pbx_that_is_not_there_is_refused_with_those_that_are(typed: str) -> None:
    with pytest.raises(Invalid, match="there are: main, north"):
        split(typed, PBXS)


@given(st.sampled_from(PBXS), st.text("0123456789abc-", min_size=1))
def test_written_phone_reads_as_the_same(pbx: str, extension: str) -> None:
    assert split(written(pbx, extension, PBXS), PBXS) == (pbx, extension)


def test_namesakes_are_written_differently() -> None:
    assert {written(pbx, "101", PBXS) for pbx in PBXS} == {"101", "north/101"}
