"""Two versions of a card: what is only mine and only theirs is kept, what both changed is asked."""

from hypothesis import given
from hypothesis import strategies as st

from web.pages.three_way import merge

VALUES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "1", "2"]))


def test_changes_of_different_fields_are_both_kept() -> None:
    base = {"name": "Анна", "notes": "", "inn": "1"}
    merged = merge(base, base | {"name": "Аня"}, base | {"notes": "звонить утром"})
    assert merged.values == {"name": "Аня", "notes": "звонить утром", "inn": "1"}
    assert not merged.clashes


def test_same_field_changed_twice_is_asked_unless_both_say_the_same() -> None:
    base = {"name": "Анна", "notes": ""}
    merged = merge(base, {"name": "Аня", "notes": "a"}, {"name": "Нюра", "notes": "a"})
    assert merged.values == {"name": "Аня", "notes": "a"}
    assert merged.clashes == {"name": "Нюра"}


def test_without_the_base_every_difference_is_asked() -> None:
    assert merge(None, {"a": "1", "b": "x"}, {"a": "2", "b": "x"}).clashes == {"a": "2"}


@given(VALUES, VALUES, VALUES)
def test_nothing_of_theirs_is_lost_without_being_asked(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    merged = merge(base, mine, theirs)
    for field, value in theirs.items():
        untouched = value == base.get(field)
        assert merged.values[field] == value or untouched or field in merged.clashes
