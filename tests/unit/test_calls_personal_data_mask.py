"""Hidden words, and the same words elsewhere."""

import pytest

from calls.personal_data.mask import MASK, aligned, mask_like, mask_places


def test_hidden_words_leave_the_others_at_their_places() -> None:
    assert mask_places(["код", "сорок", "два", "спасибо"], {1, 2}) == ["код", MASK, MASK, "спасибо"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Код сорок пять двенадцать.", f"Код {MASK} {MASK} {MASK}"),
        ("Клиент назвал 4512, записал", f"Клиент назвал {MASK} записал"),
        ("45 12", f"{MASK} {MASK}"),
        ("скидка пять процентов", "скидка пять процентов"),
        ("", ""),
    ],
)
def test_the_same_digits_are_hidden_however_they_are_written(text: str, shown: str) -> None:
    assert mask_like(text, [["сорок", "пять", "двенадцать"]]) == shown


def test_one_hidden_word_is_found_again() -> None:
    assert mask_like("Зовут Зинаида, да", [["зинаида"]]) == f"Зовут {MASK} да"


def test_a_correction_is_hidden_where_the_heard_words_are() -> None:
    heard = ["код", "сорок", "пять", "две", "надцать", "спасибо"]
    corrected = ["Код:", "сорок", "пять", "двенадцать,", "спасибо"]
    assert aligned(heard, corrected, {1, 2, 3, 4}) == {1, 2, 3}


def test_words_put_in_between_hidden_ones_are_hidden() -> None:
    assert aligned(["а", "б"], ["а", "новое", "б"], {0, 1}) == {0, 1, 2}
