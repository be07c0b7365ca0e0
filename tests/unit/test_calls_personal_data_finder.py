"""Card numbers, passports and codes as people dictate them: found, and nothing else."""

import pytest

from calls.personal_data.finder import Finding, Kind, Turn, find, luhn
from calls.personal_data.spoken import digits_in

CLIENT, OPERATOR = "client", "operator"


def talk(*lines: str) -> list[Turn]:
    """Turns in turn: "о: …" is the operator's, everything else the client's."""
    return [
        Turn(OPERATOR if line.startswith(("о:", "o:")) else CLIENT, line.split(":", 1)[-1].split())
        for line in lines
    ]


def masked(*lines: str) -> list[tuple[str, str]]:
    """Kind and words of each finding."""
    turns = talk(*lines)
    return [
        (one.kind.value, " ".join(turns[one.turn].words[one.word_from : one.word_to + 1]))
        for one in find(turns)
    ]


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("сорок два семьдесят шесть", "4276"),
        ("четыре два семь шесть", "4276"),
        ("двести двадцать ноль ноль одиннадцать", "220" + "0" + "0" + "11"),
        ("три нуля и две семёрки", "00077"),
        ("double four triple seven oh one", "44" + "777" + "01"),
        ("forty two seventy-six", "42"),
        ("4276 3800", "42763800"),
        ("сто пять", "105"),
        ("two hundred and four", "204"),
    ],
)
def test_dictated_numbers_give_their_digits(said: str, digits: str) -> None:
    assert "".join(one.value for one in digits_in(said.split())) == digits


CARD = "четыре два семь шесть три восемь ноль ноль двенадцать тридцать четыре пятьдесят шесть семьдесят девять"
"""4276 3800 1234 5679: the check digit is right."""


@pytest.mark.parametrize(
    "lines",
    [
        (CARD,),
        ("4276 3800 1234 5679",),
        ("4276380012345679.",),
        ("номер карты сорок два семьдесят шесть тридцать восемь ноль ноль двенадцать тридцать четыре "
         "пятьдесят шесть семьдесят три",),
        ("о: продиктуйте номер карты", "сорок два семьдесят шесть тридцать восемь ноль ноль",
         "о: так записываю", "двенадцать тридцать четыре пятьдесят шесть семьдесят девять"),
        ("my card number is four two seven six three eight double oh twelve thirty four fifty six seventy nine",),
    ],
)  # fmt: skip
def test_card_numbers_are_found(lines: tuple[str, ...]) -> None:
    assert {kind for kind, _words in masked(*lines)} == {"card"}


def test_a_card_that_the_operator_repeats_is_found_on_both_sides() -> None:
    found = find(
        talk(
            "карта сорок два семьдесят шесть",
            "о: сорок два семьдесят шесть",
            "тридцать восемь ноль ноль",
            "о: тридцать восемь ноль ноль",
            "двенадцать тридцать четыре",
            "о: двенадцать тридцать четыре",
            "пятьдесят шесть семьдесят девять",
            "о: пятьдесят шесть семьдесят девять",
        )
    )
    assert [one.turn for one in found] == list(range(8))


def test_expiry_and_code_behind_a_card_go_with_it() -> None:
    said = f"карта {CARD} ноль девять двадцать семь сто двадцать три"
    assert masked(said) == [("card", said.removeprefix("карта "))]


@pytest.mark.parametrize(
    "lines",
    [
        ("паспорт сорок пять ноль семь сто двадцать три четыреста пятьдесят шесть",),
        ("о: назовите серию и номер паспорта", "сорок пять ноль семь", "о: так",
         "сто двадцать три четыреста пятьдесят шесть"),
        ("серия 4507 номер 123456",),
        ("о: мне нужны паспорт и телефон", "45 07 123456"),
    ],
)  # fmt: skip
def test_passports_are_found(lines: tuple[str, ...]) -> None:
    assert {kind for kind, _words in masked(*lines)} == {"passport"}


@pytest.mark.parametrize(
    ("lines", "kind", "words"),
    [
        (("о: назовите три цифры на обороте карты", "семьсот двадцать один"), "cvc", "семьсот двадцать один"),
        (("о: код с обратной стороны", "семь два один"), "cvc", "семь два один"),
        (("o: and the security code", "it's seven two one"), "cvc", "seven two one"),
        (("о: вам придёт код из смс", "пришло сорок пять двенадцать"), "code", "сорок пять двенадцать"),
        (("код подтверждения 451290",), "code", "451290"),
        (("o: we sent a verification code to your phone", "four five double one nine two"), "code",
         "four five double one nine two"),
        (("о: мы отправили код на ваш телефон", "девять один три семь"), "code", "девять один три семь"),
    ],
)  # fmt: skip
def test_codes_are_found(lines: tuple[str, ...], kind: str, words: str) -> None:
    assert masked(*lines) == [(kind, words)]


@pytest.mark.parametrize(
    "lines",
    [
        ("мой телефон восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",),
        ("восемь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",),
        (
            "о: позвоните по номеру восемь восемьсот пятьсот пятьдесят пять тридцать пять тридцать пять",
        ),
        ("о: номер заказа сорок пять двенадцать сорок",),
        ("заказ 4276380012345679",),
        ("скидка семь процентов и две тысячи пятьсот рублей",),
        ("о: карта заканчивается на двенадцать тридцать четыре",),
        ("двенадцатого марта в десять тридцать",),
        ("паспорт выдан в 2015 году",),
        ("о: ваш код домофона", "сорок пять двенадцать"),
        ("промокод 4512",),
        ("my phone is nine one six one two three four five six seven",),
        ("the order number is four five one two",),
        ("расчётный счёт 40702810900000001234",),
        ("ИНН 7707083893",),
        ("4276 3800 1234 5670",),
        ("оплатил картой 2500 рублей",),
        ("о: код из смс", "сейчас", "о: сумма 4500 рублей за 12 месяцев"),
    ],
)
def test_other_digits_stay(lines: tuple[str, ...]) -> None:
    assert masked(*lines) == []


def test_a_number_after_the_code_is_no_code() -> None:
    assert masked("о: продиктуйте код из смс", "4512", "о: спасибо договор 88123") == [
        ("code", "4512")
    ]


def test_findings_of_no_talk_are_none() -> None:
    assert find([]) == []
    assert find(talk("")) == []
    assert find(talk("… — ?")) == []


def test_luhn_knows_right_and_wrong_check_digits() -> None:
    assert luhn("4276380012345679")
    assert not luhn("4276380012345670")
    assert not luhn("0000000000000000")


def test_findings_are_ordered_and_comparable() -> None:
    assert Finding(0, 1, 2, Kind.CARD) < Finding(1, 0, 0, Kind.CODE)
