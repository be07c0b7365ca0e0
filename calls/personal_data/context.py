"""What digits are about: words before and behind them that tell a card from a telephone number. Pure.

In: words of a talk. Out: the `Topic` that each place of it is about. The nearest word before the digits decides; a unit
behind them («рублей», "percent") makes them a quantity.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Topic(StrEnum):
    """What the talk is about where digits are said."""

    CARD = "card"
    PASSPORT = "passport"
    CVC = "cvc"
    CODE = "code"
    PHONE = "phone"
    OTHER = "other"
    """An order, an account, a house: digits that must stay."""


_TOPICS: tuple[tuple[Topic, str], ...] = (
    (
        Topic.CVC,
        r"(?:три|3|последние три|трехзначн\w+) (?:цифр\w*|код|числа)(?: \w+){0,2} "
        r"(?:на|с) (?:обороте|обратной|оборотной|задней)(?: сторон\w)?"
        r"|(?:код|цифры) (?:на|с) (?:обороте|обратной|оборотной|задней)(?: сторон\w)?"
        r"|код (?:безопасности|карты|карточки)|cvc2?|cvv2?|свс"
        r"|(?:цэ|си|це) (?:вэ|ви|ве)(?: (?:цэ|си|це|вэ|ви|ве))?",
    ),
    (
        Topic.CVC,
        r"security code|card verification|c v [cv]|(?:three|3) digits? (?:code )?on the back"
        r"|(?:code|number) on the back",
    ),
    (
        Topic.CODE,
        r"код(?:а|ом|у)? (?:из|с|в|по) (?:смс\w*|sms|эсэмэс\w*|сообщени\w+|уведомлени\w+|пуша?)"
        r"|(?:смс|sms|эсэмэс)\w* ?(?:код\w*|парол\w+)"
        r"|(?:код\w*|парол\w+) (?:подтверждени\w+|доступа|авторизации)"
        r"|(?:пришел|придет|приш\w+|получ\w+|отправ\w+|продикт\w+|назов\w+|скаж\w+)"
        r"(?: \w+){0,3} (?:код|пароль)"
        r"|(?:код|пароль)(?: \w+){0,2} (?:пришел|придет|из смс)"
        r"|(?:одноразов|проверочн|временн)\w+ (?:код|пароль)\w*",
    ),
    (
        Topic.CODE,
        r"verification code|one ?time (?:code|password|passcode)|passcode|otp|confirmation code"
        r"|(?:sms|text(?: message)?) code"
        r"|code (?:from|in) (?:the |your |that )?(?:sms|text(?: message)?|message)"
        r"|code (?:that )?(?:we|i) (?:just )?(?:sent|texted|got)"
        r"|(?:sent|texted|got)(?: \w+){0,3} code",
    ),
    (Topic.PASSPORT, r"паспорт\w*|сери[яию](?: и номер\w*)?|passport|код подразделения"),
    (
        Topic.CARD,
        r"(?:номер\w* )?карт(?:а|ы|у|е|ой|очк\w+)|шестнадцать цифр|мир|visa|виза"
        r"|мастеркард|mastercard|(?:card|debit|credit)(?: card)?(?: number)?|sixteen digits"
        r"|long number",
    ),
    (
        Topic.PHONE,
        r"телефон\w*|мобильн\w+|сотов\w+|номер телефона|перезвон\w+|позвон\w+|набер\w+"
        r"|phone|mobile|call (?:me|you|us|back)|telephone|cell",
    ),
    (
        Topic.OTHER,
        r"номер (?:заказа|договора|счета|заявки|обращения|отслеживания|квартиры|дома|машины)"
        r"|заказ\w*|договор\w*|накладн\w+|трек\w*|артикул\w*|инн|кпп|огрн|бик|снилс"
        r"|индекс\w*|домофон\w*|промокод\w*|расчетн\w+|лицев\w+|квартир\w+|подъезд\w*"
        r"|этаж\w*|код (?:домофона|города|товара|региона|подъезда|двери)|добавочн\w+"
        r"|дата рождения|сумм\w+|цен\w+|стои\w+",
    ),
    (
        Topic.OTHER,
        r"order|invoice|contract|tracking|account number|post ?code|zip ?code|postal code"
        r"|area code|promo ?code|reference|extension|date of birth|amount|price|costs?",
    ),
)
_PATTERNS = [(topic, re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")) for topic, pattern in _TOPICS]
UNIT = re.compile(
    r"руб\w*|тысяч\w*|миллион\w*|миллиард\w*|процент\w*|доллар\w*|евро|копе\w+|минут\w*|час(?:а|ов|у)?|д(?:ень|ня|ней)"
    r"|недел\w+|месяц\w*|лет|год(?:а|у)?|штук\w*|кило\w*|метр\w*|литр\w*|человек\w*|раз(?:а)?|%|₽|\$|€"
    r"|rubles?|thousand|million|billion|percent|dollars?|euros?|cents?|minutes?|hours?|days?|weeks?|months?|years?"
    r"|pieces?|kilo\w*|met(?:er|re)s?|people|times?|bucks|pounds?|o'?clock"
    r"|январ\w|феврал\w|марта?|апрел\w|ма[йя]|июн\w|июл\w|август\w?|сентябр\w|октябр\w|ноябр\w|декабр\w"
)
"""What behind digits makes them a quantity or a date."""


def topics(text: str) -> list[tuple[int, Topic]]:
    """Where a text (words as `spoken.plain` gives them, parted by spaces) names what digits are about.

    Returns:
        Position of the last sign of each mention and its topic, in the order of the text. Of mentions that overlap the
        longest counts: «код карты» is no card.
    """
    spans = [
        (found.start(), found.end(), topic)
        for topic, pattern in _PATTERNS
        for found in pattern.finditer(text)
    ]
    spans.sort(key=lambda span: (span[0] - span[1], span[0]))
    kept: list[tuple[int, int, Topic]] = []
    for start, end, topic in spans:
        if all(end <= one[0] or start >= one[1] for one in kept):
            kept.append((start, end, topic))
    return sorted((end, topic) for _start, end, topic in kept)
