import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.likeness import Known, Reason, blocks_of, compare, words_of


def card(number: int = 1, **known: object) -> Known:
    return Known(id=number, **({"kind": "person"} | known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО «Ромашка»", "Ромашка, ООО"),
        ("Общество с ограниченной ответственностью «Ромашка»", "ромашка"),
        ("АО Ёлка", "Елка"),
        ("Blue Lake Ltd.", "Lake Blue LLC"),
        ("Саша Петров", "Петров Александр"),
        ("ИП Иванов Пётр", "Иванов Петя"),
    ],
)
def test_same_name_written_otherwise_has_the_same_words(one: str, other: str) -> None:
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        ({"tails": {"9160000001"}}, {"tails": {"9160000001", "1"}}, (Reason.PHONE,)),
        ({"emails": {"a@b.example"}}, {"emails": {"a@b.example"}}, (Reason.EMAIL,)),
        ({"inn": "7701234567"}, {"inn": "7701234567"}, (Reason.INN,)),
        ({"name": "Саша Петров"}, {"name": "Петров Александр"}, (Reason.SAME_NAME,)),
        ({"name": "Иванова Светлана"}, {"name": "Иванова Светана"}, (Reason.LIKE_NAME,)),
        ({"name": "Анна"}, {"name": "Анна"}, None),
        ({"name": "Анна Петрова"}, {"name": "Борис Сидоров"}, None),
        ({"inn": "1", "tails": {"9160000001"}}, {"inn": "2", "tails": {"9160000001"}}, None),
        ({"kind": "organisation", "tails": {"5"}}, {"tails": {"5"}}, None),
        ({"kind": "organisation", "tails": {"5"}}, {"tails": {"5"}, "nameless": True}, (Reason.PHONE,)),
    ],
)  # fmt: skip
def test_reasons_are_what_both_have(
    one: dict[str, object], other: dict[str, object], reasons: tuple[Reason, ...] | None
) -> None:
    fields = [
        {key: frozenset(value) if isinstance(value, set) else value for key, value in one.items()}
        for one in (one, other)
    ]
    found = compare(card(1, **fields[0]), card(2, **fields[1]))
    assert (found.reasons if found else None) == reasons


def test_more_reasons_are_surer_and_different_people_on_one_phone_less_sure() -> None:
    phone = {"tails": frozenset({"9160000001"})}
    anna = card(1, name="Анна Петрова", **phone)
    scores = [
        compare(anna, card(2, name=name, **phone))
        for name in ("Анна Петрова", "Петрова", "Борис Сидоров")
    ]
    numbers = [found.score for found in scores if found]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 3


def test_branches_of_one_company_are_less_sure() -> None:
    firm = {"kind": "organisation", "inn": "7701234567"}
    same = compare(card(1, **firm), card(2, **firm))
    branch = compare(card(1, kpp="770101001", **firm), card(2, kpp="540101001", **firm))
    assert same
    assert branch
    assert same.score > branch.score


NAMES = st.text("абвгдеёABC «»- ", max_size=30)


@given(NAMES, NAMES)
def test_comparing_is_the_same_from_both_sides(one: str, other: str) -> None:
    first, second = card(1, name=one), card(2, name=other)
    assert compare(first, second) == compare(second, first)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Иванова Светлана", "Светана Иванова"), ("Петров Иван Ильич", "Петров Иван Ильч"), ("Ромашка", "Ромашкa ООО")],
)  # fmt: skip
def test_names_with_one_error_meet_in_a_block(one: str, other: str) -> None:
    assert set(blocks_of(one)) & set(blocks_of(other))
