import pytest

from crm.finding.grams import Fit, errors_forgiven, fit, grams_of, shared_at_least
from crm.finding.terms import (
    TypedNumber,
    TypedTag,
    TypedWord,
    folded,
    other_readings,
    tag_key,
    typed_terms,
    words_of,
)


def test_text_is_folded_for_comparing() -> None:
    assert folded("  Семён\u00a0ЁЛКИН ") == "семен елкин"
    assert folded("ＡＢＣ №5") == "abc no5"


def test_names_and_addresses_are_cut_into_words() -> None:
    assert words_of("ООО «Рога-и-Копыта», O'Neil") == ["ооо", "рога", "и", "копыта", "o", "neil"]
    assert words_of("Ivan_Petrov@mail.example") == ["ivan", "petrov", "mail", "example"]
    assert words_of("а" * 100) == ["а" * 64]
    assert words_of("—") == []


@pytest.mark.parametrize(
    ("typed", "digits", "national"),
    [
        ("8 916…", "8916", ("8916", "916")),
        ("+7 (916)", "7916", ("7916", "916")),
        ("916-000", "916000", ("916000",)),
        ("8 (916) 000-11-22", "89160001122", ("89160001122", "9160001122")),
        ("1122", "1122", ("1122",)),
        ("843", "843", ("843",)),
    ],
)
def test_number_in_any_form_is_one_term(typed: str, digits: str, national: tuple[str, ...]) -> None:
    [term] = typed_terms(typed)
    assert isinstance(term, TypedNumber)
    assert (term.digits, term.national) == (digits, national)


def test_words_numbers_and_tags_stand_beside_each_other() -> None:
    terms = typed_terms("Иванов 8 916 #Важно склад 24 a@b.example")
    assert [type(one) for one in terms] == [
        TypedWord, TypedNumber, TypedTag, TypedWord, TypedNumber, TypedWord, TypedWord, TypedWord,
    ]  # fmt: skip
    assert terms[2] == TypedTag("важно")
    assert isinstance(terms[5], TypedWord)
    assert terms[5].in_email


def test_line_without_letters_and_digits_has_no_terms() -> None:
    assert typed_terms(" -- # … ") == []


def test_tag_of_several_words_is_typed_with_lines() -> None:
    assert tag_key("Новый клиент") == "новый_клиент"
    assert typed_terms("#новый_клиент") == [TypedTag("новый_клиент")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("bdfyjd", "иванов"), ("ivanov", "иванов"), ("руддщ", "hello"), ("иванов", "ivanov"), ("shchukin", "щукин")],
)  # fmt: skip
def test_other_layout_and_alphabet_are_read(typed: str, meant: str) -> None:
    assert meant in other_readings(typed)


def test_other_layout_is_read_through_punctuation() -> None:
    [term] = typed_terms(",tkjd")
    assert isinstance(term, TypedWord)
    assert "белов" in term.others


@pytest.mark.parametrize(
    ("typed", "word", "how"),
    [
        ("иванов", "иванов", Fit.EXACT),
        ("ива", "иванов", Fit.PREFIX),
        ("ано", "иванов", Fit.INSIDE),
        ("но", "иванов", None),
        ("ивонов", "иванов", Fit.TOLERANT),
        ("иавнов", "иванов", Fit.TOLERANT),
        ("ивнов", "иванов", Fit.TOLERANT),
        ("ивановв", "иванов", Fit.TOLERANT),
        ("ивонав", "иванов", None),
        ("ива", "ива", Fit.EXACT),
        ("ивк", "ива", None),
        ("александрава", "александрова", Fit.TOLERANT),
        ("алексондрава", "александрова", Fit.TOLERANT),
        ("олексондрува", "александрова", None),
        ("7712", "7713", None),
    ],
)
def test_word_answers_a_typed_one(typed: str, word: str, how: Fit | None) -> None:
    assert fit(typed, word) is how


@pytest.mark.parametrize("word", ["иван", "петров", "александр", "константинопольский"])
def test_word_with_an_error_shares_enough_parts(word: str) -> None:
    for place in range(len(word) - 1):
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        others = [swapped, word[:place] + word[place + 1 :], word[:place] + "ю" + word[place:]]
        for typed in [*others, word[:place] + "ю" + word[place + 1 :]]:
            if errors_forgiven(typed):
                assert len(grams_of(typed) & grams_of(word)) >= shared_at_least(typed), typed


def test_numbers_have_no_parts() -> None:
    assert grams_of("7701234567") == set()
    assert errors_forgiven("дом24") == 0
