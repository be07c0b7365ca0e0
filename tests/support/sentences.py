"""Sentences as people say them on the telephone, in Russian, English and Korean; all invented."""

from __future__ import annotations

import random

NOUNS = ["скидка", "счёт", "договор", "оплата", "доставка", "гарантия", "деньги", "клиент", "банк"]
NOUNS += ["сталь", "замок", "заказ"]
FORMS = {
    "скидка": ["скидку", "скидки", "скидкой", "скидок"],
    "счёт": ["счёт", "счета", "счетом", "счёта"],
    "договор": ["договора", "договору", "договором", "договоров"],
    "оплата": ["оплату", "оплаты", "оплатой", "оплате"],
    "доставка": ["доставку", "доставки", "доставкой", "доставке"],
    "гарантия": ["гарантии", "гарантию", "гарантией", "гарантий"],
    "деньги": ["деньги", "денег", "деньгами", "деньгам"],
    "клиент": ["клиента", "клиенту", "клиентом", "клиентов"],
    "банк": ["банка", "банку", "банком", "банке"],
    "сталь": ["стали", "сталью"],
    "замок": ["замка", "замок", "замком"],
    "заказ": ["заказа", "заказу", "заказом", "заказов"],
}
RUSSIAN = (
    "добрый день я по поводу {0} и {1}",
    "мы стали работать без {0} уже давно",
    "пришлите пожалуйста {0} до пятницы",
    "до пятницы вышлем {0} а {1} позже",
    "какой-то вопрос про {0} номер 15",
    "обещаю что {0} будет завтра",
    "нет {0} у нас никогда не было",
    "её {0} я обещал ещё вчера",
)
ENGLISH = (
    "we promised the invoices on Friday",
    "the discount is for new clients only",
    "please send us the invoice and the contract",
    "I don't remember any promises about 15 percent",
    "deliveries are delayed until Monday",
)
KOREAN = (
    "주문 확인 부탁드립니다",
    "배송 날짜 확인 해 주세요",
    "할인 약속 하셨습니다",
    "확인 후 전화 드리겠습니다",
)

QUERIES = [
    *NOUNS,
    *(form for forms in FORMS.values() for form in forms),
    "обещать", "обещаем", "пятница", "вышлю", "какой то", "какой-то", "15", "её", "ее", "стал",
    '"до пятницы"', '"до пятниц" вышлем', "скидка -завтра", "client:деньги", "operator: заказ",
    '-"до пятницы" счет', "promise", "promising", "invoice contract", '"send us"', "don't",
    "delivery", "확인", "할인 약속", '"확인 부탁드립니다"', "없음", "скидка сталь банк замок",
]  # fmt: skip


def sentences(count: int, seed: int) -> list[str]:
    """So many sentences, the same for the same seed."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        if number % 4 == 3:
            made.append(chance.choice(ENGLISH + KOREAN))
            continue
        nouns = chance.sample(NOUNS, 2)
        made.append(chance.choice(RUSSIAN).format(*(chance.choice(FORMS[noun]) for noun in nouns)))
    return made
