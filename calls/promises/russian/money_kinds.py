"""Acts that are about money: dropping, lowering, holding, giving back, paying, answering for. Pure.

In: a `Matter`. Out: whether a kind fits; `action` asks them in order.
"""

from __future__ import annotations

from calls.promises.russian import lexicon as lex
from calls.promises.russian.deed_kinds import replacement
from calls.promises.russian.family import family
from calls.promises.russian.matter import Matter, bare


def waiver(m: Matter) -> bool:
    """A fee is dropped, or something is free."""
    if m.verb(lex.WAIVE) and m.any(lex.FEE) and not m.verb(lex.STRONG_PAY):
        return True
    if m.negated and m.verb(frozenset({"быть"})) and m.thing(CHARGES) and not m.by_client:
        return True
    if m.thing(lex.PRICE) and m.thing(FINAL):
        return False
    if m.sum_said and m.verb(FORGIVING) and not m.by_client:
        return True
    if m.negated and m.verb(frozenset({"снять", "снимать"})) and m.says("с вас", "с карты"):
        return True
    if m.verb(TAKING) and m.negated and not m.by_client:
        return not m.says(
            "в ремонт", "в работу", "на себя", "обратно", "назад", "в долг", "заказы", "предоплату"
        )
    if m.says(
        "без комиссии",
        "без доплаты",
        "без доплат",
        "без штрафа",
        "без штрафов",
        "за наш счет",
        "за счет компании",
        "за счет фирмы",
        "без пеней",
        "без процентов",
        "за свой счет",
        "без переплаты",
        "ни копейки",
        "с нас",
    ):
        return m.says("ни копейки") or not (m.verb(SPECIFIC) or replacement(m))
    nothing = not m.by_client and m.says("платить не", "платить ничего не")
    gift = m.says("в подарок") and m.verb(HANDED)
    free = nothing or (m.any(lex.FREE) and not gift)
    return free and not m.verb(SPECIFIC) and not replacement(m)


CHARGES = family("штраф комиссия неустойка пеня наценка плата абонплата надбавка")
FINAL = family("окончательный финальный фиксированный конечный")
HANDED = family("положить вложить приложить добавить дать")
FORGIVING = family("простить прощать аннулировать обнулить списать списывать")
TAKING = family(
    "взять брать взимать взыскать взыскивать удержать удерживать начислить начислять списать "
    "списывать доплачивать доплатить платить заплатить содрать выставить выставлять насчитать "
    "посчитать считать оплатить оплачивать потребовать требовать вычесть вычитать переплатить "
    "переплачивать штрафовать оштрафовать добавить"
)


SPECIFIC = frozenset({"прислать", "выслать"}).union(
    lex.STRONG_BRING,
    lex.REPAIR - family("включить подключить работать"),
    lex.REPLACE,
    lex.STRONG_COME,
    lex.CALL,
    lex.REFUND,
)


def discount(m: Matter) -> bool:
    """Less is to be paid."""
    if m.verb(lex.REFUND) or (m.by_client and m.verb(lex.STRONG_PAY)):
        return False
    if m.any(lex.DISCOUNT) or (m.part_of_price and m.verb(lex.FIX) and m.says("за")):
        return True
    percents = "percent" in m.units or m.part_of_price
    if m.verb(lex.SOFT_DISCOUNT, lex.WAIVE) and (
        percents or m.thing(lex.PRICE) or (m.sum_said and not m.by_client)
    ):
        blocked = m.thing(lex.FEE) or (not percents and (m.thing(lex.DOCUMENT) or _paid_for(m)))
        return not blocked and not m.verb(MONEY_MOVES)
    return (
        percents
        and not m.verb(MONEY_MOVES | lex.STRONG_PAY)
        and not m.any(lex.GUARANTEE, lex.FEE)
        and not (m.verb(lex.FIX) and m.thing(lex.PRICE))
    )


def _paid_for(m: Matter) -> bool:
    """«скину вам тысячу за доставку» is paid; «сброшу пятьсот за ожидание» is taken off."""
    lowers = m.verb(family("сбросить сбрасывать")) and not m.says("на карту", "на счет")
    return m.says("за") and not lowers


MONEY_MOVES = family(
    "перечислить перевести зачислить начислить выплатить поступить прийти перечислять "
    "переводить зачислять"
)


def guarantee(m: Matter) -> bool:
    """Somebody answers for a result."""
    if m.says(
        "по гарантии",
        "по гарантийному",
        "гарантийный талон",
        "гарантийное письмо",
        "гарантийный ремонт",
    ):
        return False
    if m.thing(frozenset({"гарантия"})):
        return not m.verb(lex.STRONG_BRING | lex.CALL | lex.STRONG_COME | lex.STRONG_REPAIR)
    vows = {"гарантировать", "ручаться", "поручиться"}
    if m.verbs & vows and len(m.verbs - vows - {"мочь", "смочь", "быть", "стать"}) == 0:
        return not m.any(lex.STRONG_BRING, lex.DISCOUNT, lex.REFUND, lex.PRICE) and not (
            m.thing(lex.REPLACE) and not m.by_client
        )
    return m.verb(frozenset({"отвечать", "ответить"})) and m.says("за")


def price(m: Matter) -> bool:
    """A price is fixed or held, or named."""
    if m.thing(lex.PRICE) and m.thing(FINAL):
        return True
    if m.verb(frozenset({"быть"})) and m.thing_acts and m.sum_said and not m.says("у вас"):
        return not m.any(lex.DISCOUNT, lex.FEE, lex.GOODS, lex.CASH - {"рубль"})
    if m.thing(lex.PRICE) and not m.verb(lex.STRONG_PAY):
        return (
            m.verb(lex.FIX, HOLDING)
            or (m.negated and not m.verb(LOWERING))
            or m.says("по старой", "по прежней", "по той", "по этой")
        )
    if m.negated and m.verb(RAISING):
        return True
    if (
        m.verb(frozenset({"подорожать", "дорожать"}))
        or (m.negated and m.says("дороже"))
        or m.says("не дороже")
    ):
        return True
    if m.says(
        "за такие деньги",
        "за эти деньги",
        "за эту сумму",
        "за ту же сумму",
        "по старой цене",
        "за прежние деньги",
    ):
        return True
    if m.verb(lex.FIX) and m.sum_said and not m.any(lex.DISCOUNT, lex.FEE):
        return (m.for_a_sum() or m.verb(lex.HOLD)) and not m.verb(lex.STRONG_PAY | lex.REFUND)
    return m.verb(PRICING) and m.sum_said and not m.any(lex.DISCOUNT, lex.FEE, lex.CASH)


HOLDING = lex.HOLD | frozenset(
    {
        "гарантировать",
        "обещать",
        "пообещать",
        "подтвердить",
        "назвать",
        "называть",
        "озвучить",
        "быть",
        "согласовать",
        "насчитать",
        "говорить",
        "сказать",
        "остаться",
    }
)


LOWERING = family("снизить снижать сбросить сбавить уменьшить уступить скинуть опустить")


RAISING = family(
    "поднять поднимать повысить повышать увеличить увеличивать вырасти подняться повыситься"
)


PRICING = family("назвать называть озвучить озвучивать насчитать обойтись стоить выйти")


def refund(m: Matter) -> bool:
    """Money goes back."""
    money = m.sum_said or m.any(lex.CASH) or m.thing(frozenset({"оплата", "стоимость", "половина"}))
    if (
        m.verb(frozenset({"отдать", "отдавать"}))
        and m.thing(frozenset({"деньги", "деньга"}))
        and not m.by_client
    ):
        return not m.any(EARNED)
    if m.negated and not m.by_client and m.says("денег не будет"):
        return True
    if m.any(lex.REFUND):
        if m.by_client and m.verb(lex.REFUND):
            return False
        if m.verb(frozenset({"компенсировать", "возместить", "возмещать"})):
            return True
        return (
            money
            or m.thing(frozenset({"возврат", "возмещение"}))
            or not bare(m, lex.GOODS | lex.DOCUMENT)
        )
    if m.by_client or not m.verb(GIVING_MONEY):
        return False
    back = m.says("обратно", "назад") or m.thing(BACK)
    arrives = m.verb(
        frozenset({"прийти", "поступить", "упасть", "дойти", "приходить", "поступать"})
    )
    to_account = m.says("на карту", "на счет", "на карточку", "на вашу карту", "на ваш счет")
    if arrives and (m.any(lex.CASH) or to_account) and not m.any(EARNED):
        return True
    if money and (
        back
        or m.says(
            "вам на карту", "на карту", "на вашу карту", "на карточку", "деньги вам", "вам деньги"
        )
    ):
        return back or not (m.verb(lex.STRONG_PAY) or m.any(EARNED))
    return money and m.verb(frozenset({"отдать", "отдавать"})) and m.says("за", "вам")


GIVING_MONEY = lex.PAY | frozenset(
    {
        "отдать",
        "отдавать",
        "прийти",
        "поступить",
        "зачислиться",
        "упасть",
        "дойти",
        "получить",
        "отправить",
        "выдать",
        "скинуть",
    }
)


EARNED = family(
    "смена услуга участок металлолом квартира выполненный зарплата выплата премия аванс гонорар "
    "субсидия пособие дивиденд предоплата платеж"
)


BACK = family(
    "возврат переплата отмена отменить излишек залог задаток депозит брак неиспользованный "
    "несостоявшийся отказ лишний"
)


def payment(m: Matter) -> bool:
    """Money is paid."""
    money = m.sum_said or m.any(lex.CASH)
    if m.verb(lex.REFUND) and m.by_client:
        return money or m.thing(lex.MONEY)
    if m.thing(CREDIT) and m.verb(GRANTING) and not m.thing(lex.DOCUMENT):
        return True
    if m.verb(lex.SEND) and m.thing(lex.DOCUMENT) and not m.sum_said:
        return False
    thrown = (
        m.verb(family("закинуть кинуть скинуть докинуть отдать"))
        and m.says("за")
        and not m.thing(lex.DOCUMENT)
    )
    if m.by_client and (thrown or m.verb(frozenset({"перевести", "переводить"}))):
        return True
    if m.verb(lex.STRONG_PAY) or (bare(m, PAYMENTS) and not m.verb(lex.COME & lex.BRING)):
        return (not m.any(lex.DISCOUNT) and not m.thing(frozenset({"квитанция", "чек"}))) or m.verb(
            lex.STRONG_PAY
        )
    return (
        m.verb(lex.PAY | GIVING_MONEY | lex.BRING)
        and (money or m.thing(frozenset({"долг", "премия", "зарплата", "гонорар"})))
        and not m.thing(lex.DOCUMENT)
    )


CREDIT = family("рассрочка")
GRANTING = family(
    "оформить оформлять дать давать сделать делать предоставить предоставлять одобрить обещать "
    "пообещать гарантировать согласовать"
)
PAYMENTS = frozenset({"оплата", "платеж", "выплата", "взнос", "доплата"})
