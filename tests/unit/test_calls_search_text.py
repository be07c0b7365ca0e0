"""Normal forms: word forms of one word meet, other words do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.search.text import index_form, index_text, plain, query_forms, tokens, words


def finds(query: str, said: str) -> bool:
    return index_form(plain(said)) in query_forms(plain(query))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("скидка", "скидку"),
        ("скидки", "скидками"),
        ("скидкой", "Скидок"),
        ("счёт", "счета"),
        ("счет", "счётом"),
        ("деньги", "денег"),
        ("человек", "людьми"),
        ("оплатить", "оплачу"),
        ("оплачу", "оплачено"),
        ("оплата", "оплату"),
        ("банк", "банка"),
        ("банка", "банку"),
        ("сталь", "стали"),
        ("договор", "договорам"),
        ("хороший", "лучше"),
        ("перезвоню", "перезвоните"),
        ("гарантия", "гарантии"),
        ("три", "трех"),
        ("invoice", "Invoices"),
        ("promised", "promise"),
        ("замок", "за́мок"),
        ("합계", "합계"),
        ("500", "500"),
    ],
)
def test_one_form_finds_another(query: str, said: str) -> None:
    assert finds(query, said)


@pytest.mark.parametrize(
    ("query", "said"),
    [("сталь", "стал"), ("скидка", "накидка"), ("счет", "расчет"), ("합계", "합"), ("50", "500")],
)
def test_other_words_are_not_found(query: str, said: str) -> None:
    assert not finds(query, said)


def test_text_is_split_with_places_of_its_words() -> None:
    text = "Да, «счёт-фактура» №15: don't!"
    assert [text[t.start : t.end] for t in tokens(text)] == words(text)
    assert words(text) == ["Да", "счёт", "фактура", "15", "don", "t"]


def test_decomposed_letters_are_the_same_word() -> None:
    assert index_text("й" + "скидкой") == index_text("и\u0306" + "скидкои\u0306")


def test_very_long_word_is_cut_to_what_databases_take() -> None:
    assert len(index_text("я" * 5000)) <= 200


@given(st.text())
def test_any_text_gives_forms_that_databases_split_the_same_way(text: str) -> None:
    found = index_text(text)
    forms = found.split(" ") if found else []
    assert len(forms) == len(list(tokens(text)))
    for form in forms:
        assert form
        assert not any(c.isspace() or c in "\"'\\\x00" for c in form)
        assert all(c.isalnum() for c in form if c < "\x80")


@given(st.text(alphabet="абвгдежзиклмнопрстуфхыьэюя", min_size=1, max_size=12))
def test_every_cyrillic_word_finds_itself(word: str) -> None:
    assert finds(word, word)
