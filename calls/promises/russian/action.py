"""What an act is about: fourteen kinds, by its verbs and the things they are done to. Pure.

In: an utterance and a part of it. Out: an `ActionKind`. The rules stand in order: a narrow meaning before a wide one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from calls.promises.model import ActionKind
from calls.promises.russian import lexicon as lex
from calls.promises.russian.clauses import Clause
from calls.promises.russian.family import family
from calls.promises.russian.number_words import CURRENCIES, FRACTIONS
from calls.promises.russian.utterance import PREPOSITIONS, Utterance, negated
from calls.promises.russian.words import Word

PRONOUNS = family("я мы он она они вы ты кто это все оно")


@dataclass(frozen=True)
class Matter:
    """What the rules look at: the verbs of an act and the words around them."""

    utterance: Utterance
    clause: Clause | None
    verbs: frozenset[str]
    by_client: bool
    """The client acts; of a claim: the side that is said to have promised."""
    negated: bool

    def verb(self, *lexicons: frozenset[str]) -> bool:
        """Whether a verb of the act is in a lexicon."""
        return any(not self.verbs.isdisjoint(known) for known in lexicons)

    def thing(self, *lexicons: frozenset[str]) -> bool:
        """Whether something else than a verb is."""
        return any(not word.verb and word.of(*lexicons) for word in self.words)

    def any(self, *lexicons: frozenset[str]) -> bool:
        """Verb or thing."""
        return self.verb(*lexicons) or any(word.of(*lexicons) for word in self.words)

    @cached_property
    def words(self) -> list[Word]:
        """The words of the part, without those that say when."""
        part = self.clause
        timed = self.utterance.timed_places
        said = self.utterance
        places = range(part.start, part.end) if part else said.unconditional_places
        return [self.utterance.words[at] for at in places if at not in timed]

    @cached_property
    def part_of_price(self) -> bool:
        """Whether «половина» is said, and not in «две с половиной тысячи»."""
        counted = {at for q in self.utterance.quantities for at in range(q.start, q.end)}
        part = self.clause
        return any(
            word.of(frozenset(FRACTIONS)) and at not in counted | self.utterance.timed_places
            for at, word in enumerate(self.utterance.words)
            if part is None or part.start <= at < part.end
        )

    def for_a_sum(self) -> bool:
        """Whether a sum stands behind «за», «в», «по»: a price."""
        return any(
            q.start > 0 and self.utterance.words[q.start - 1].text in ("за", "по", "в")
            for q in self.utterance.quantities
            if _money_like(q.unit, float(q.value)) in CURRENCIES
        )

    @cached_property
    def thing_acts(self) -> bool:
        """Whether the subject is a thing: goods go out, people come."""
        subject = self.utterance.subject(self.clause) if self.clause else None
        return bool(
            subject
            and not subject.animate
            and not subject.of(lex.OURS)
            and subject.text not in PRONOUNS
        )

    def says(self, *phrases: str) -> bool:
        """Whether a phrase occurs, word for word."""
        return self.utterance.says(self.clause, *phrases)

    @property
    def units(self) -> set[str]:
        """Units of the numbers that were said."""
        part = self.clause
        return {
            _money_like(q.unit, float(q.value))
            for q in self.utterance.quantities
            if part is None or part.start <= q.start < part.end
        }

    @property
    def sum_said(self) -> bool:
        """Whether an amount of money is said."""
        return bool(self.units & CURRENCIES)

    def person_acts(self) -> bool:
        """Whether somebody who comes is subject or object: not behind a preposition, «с мастером»."""
        return _bare(self, lex.VISITOR)


def _money_like(unit: str, value: float) -> str:
    return unit or ("RUB" if value >= 100 else "")


def action_of(
    utterance: Utterance,
    clause: Clause | None,
    by_client: bool,
    is_negated: bool = False,
    reported: bool = False,
) -> ActionKind:
    """Name the kind of act; the clause's words first, then the whole utterance's things for its verbs."""
    verbs = frozenset(
        utterance.verbs(clause)
        if clause
        else [v for c in utterance.clauses for v in utterance.verbs(c)]
    )
    if reported and len(verbs - lex.STRONG_SAY):
        verbs -= lex.STRONG_SAY
    near = Matter(utterance, clause, verbs, by_client, is_negated)
    found = _first(near)
    if found is ActionKind.OTHER and clause and len(utterance.clauses) > 1:
        wide = Matter(utterance, None, verbs, by_client, is_negated)
        return _first(wide) if verbs & NEEDS_AN_OBJECT else found
    return found


NEEDS_AN_OBJECT = lex.SEND | lex.MAKE_PAPER | lex.FIX | lex.WAIVE | lex.PAY | lex.SOFT_DISCOUNT


def _first(matter: Matter) -> ActionKind:
    return next((kind for kind, fits in RULES if fits(matter)), ActionKind.OTHER)


def _transfer(m: Matter) -> bool:
    if m.verb(lex.STRONG_TRANSFER):
        return not m.thing(frozenset({"тариф", "пакет", "режим"}))
    if not m.verb(lex.TRANSFER) or m.sum_said or m.thing(lex.CASH):
        return False
    if m.verb(frozenset({"перевести", "переводить"})):
        return m.thing(lex.CALL_THING) or m.says("вас", "вас на", "вас в")
    to_someone = m.thing(lex.CALL_THING | lex.VISITOR) and not m.thing(lex.GOODS, lex.DOCUMENT)
    return m.thing(lex.CASE_THING) or (m.verb(frozenset({"передать", "передавать"})) and to_someone)


def _callback(m: Matter) -> bool:
    if m.verb(lex.CALL) and not (
        m.verb(frozenset({"набрать", "набирать"}))
        and m.thing(frozenset({"группа", "бригада", "штат"}))
    ):
        return True
    if m.says("по телефону") and m.verb(
        frozenset({"найти", "сообщить", "сказать", "ответить", "продиктовать"})
    ):
        return True
    if m.says(
        "на связь",
        "на связи",
        "дам знать",
        "дадим знать",
        "дадут знать",
        "даст знать",
        "вам звонок",
        "обратный звонок",
    ):
        return True
    return m.thing(frozenset({"звонок", "перезвон", "звоночек"})) and not m.verb(lex.TRANSFER)


def _waiver(m: Matter) -> bool:
    if m.verb(lex.WAIVE) and m.any(lex.FEE) and not m.verb(lex.STRONG_PAY):
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
        "платить не",
        "платить ничего не",
        "без переплаты",
        "ни копейки",
        "с нас",
    ):
        return m.says("ни копейки") or not (m.verb(SPECIFIC) or _replacement(m))
    return m.any(lex.FREE) and not m.verb(SPECIFIC) and not _replacement(m)


TAKING = family(
    "взять брать взимать взыскать взыскивать удержать удерживать начислить начислять списать "
    "списывать доплачивать доплатить платить заплатить содрать выставить выставлять насчитать "
    "посчитать считать оплатить оплачивать потребовать требовать вычесть вычитать переплатить "
    "переплачивать штрафовать оштрафовать добавить"
)
SPECIFIC = frozenset({"прислать", "выслать"}).union(
    lex.STRONG_BRING, lex.STRONG_REPAIR, lex.REPLACE, lex.STRONG_COME, lex.CALL, lex.REFUND
)


def _discount(m: Matter) -> bool:
    if m.verb(lex.REFUND) or (m.by_client and m.verb(lex.STRONG_PAY)):
        return False
    if m.any(lex.DISCOUNT) and not (
        m.verb(frozenset({"вычесть", "вычитать"}))
        and not m.units & {"percent"}
        and not m.any(frozenset({"скидка"}))
    ):
        return True
    percents = "percent" in m.units or m.part_of_price
    if m.verb(lex.SOFT_DISCOUNT, lex.WAIVE) and (
        percents or m.thing(lex.PRICE) or (m.sum_said and not m.by_client)
    ):
        blocked = m.thing(lex.FEE) or (not percents and (m.thing(lex.DOCUMENT) or m.says("за")))
        return not blocked and not m.verb(MONEY_MOVES)
    return (
        percents
        and not m.verb(MONEY_MOVES | lex.STRONG_PAY)
        and not m.any(lex.GUARANTEE, lex.FEE, lex.FIX & m.verbs)
    )


MONEY_MOVES = family(
    "перечислить перевести зачислить начислить выплатить поступить прийти перечислять "
    "переводить зачислять"
)


def _guarantee(m: Matter) -> bool:
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
    if m.verbs & vows and len(m.verbs - vows) == 0:
        return not m.any(lex.STRONG_BRING, lex.DISCOUNT, lex.REFUND, lex.PRICE)
    return m.verb(frozenset({"отвечать", "ответить"})) and m.says("за")


def _price(m: Matter) -> bool:
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


def _refund(m: Matter) -> bool:
    money = m.sum_said or m.any(lex.CASH) or m.thing(frozenset({"оплата", "стоимость", "половина"}))
    if (
        m.verb(frozenset({"отдать", "отдавать"}))
        and m.thing(frozenset({"деньги", "деньга"}))
        and not m.by_client
    ):
        return not m.any(EARNED)
    if m.any(lex.REFUND):
        if m.by_client and m.verb(lex.REFUND):
            return False
        return (
            money
            or m.thing(frozenset({"возврат", "возмещение"}))
            or not m.any(lex.GOODS, lex.DOCUMENT)
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


def _payment(m: Matter) -> bool:
    money = m.sum_said or m.any(lex.CASH)
    if m.verb(lex.REFUND) and m.by_client:
        return money or m.thing(lex.MONEY)
    if m.verb(lex.SEND) and m.thing(lex.DOCUMENT) and not m.sum_said:
        return False
    if m.by_client and m.verb(frozenset({"перевести", "переводить"})):
        return True
    if m.verb(lex.STRONG_PAY) or (
        m.thing(frozenset({"оплата", "платеж", "выплата", "взнос", "доплата"}))
        and not m.verb(lex.COME & lex.BRING)
    ):
        return (not m.any(lex.DISCOUNT) and not m.thing(frozenset({"квитанция", "чек"}))) or m.verb(
            lex.STRONG_PAY
        )
    return (
        m.verb(lex.PAY | GIVING_MONEY | lex.BRING)
        and (money or m.thing(frozenset({"долг", "премия", "зарплата", "гонорар"})))
        and not m.thing(lex.DOCUMENT)
    )


def _replacement(m: Matter) -> bool:
    if m.any(lex.REPLACE) and not m.verb(REPLACES_NOTHING):
        return not m.thing(lex.PRICE) or m.thing(lex.GOODS)
    new = any(w.of(frozenset({"другой", "новый", "такой"})) and not w.verb for w in m.words)
    gives = m.verb(
        family(
            "выдать подобрать дать отдать привезти прислать отправить поставить предоставить выслать "
            "дать"
        )
    )
    blocked = m.thing(
        lex.DOCUMENT | lex.VISITOR | lex.PRICE | frozenset({"день", "время", "адрес", "смеситель"})
    ) or m.says("с новым", "с новой")
    return new and gives and not blocked and not m.by_client


REPLACES_NOTHING = frozenset({"измениться", "изменить"})


def _repair(m: Matter) -> bool:
    if m.verb(frozenset({"подключить", "установить"})) and not m.verb(lex.STRONG_REPAIR):
        return False
    if m.verb(lex.REPAIR & FUNCTIONS) and not m.verb(lex.STRONG_REPAIR):
        return m.thing(SYSTEMS)
    if m.thing(TROUBLES) and m.verb(REMOVES) and not m.thing(lex.DOCUMENT):
        return True
    if (
        m.verb(frozenset({"сделать", "доделать", "делать"}))
        and m.thing(MENDED)
        and not m.thing(lex.DOCUMENT)
    ):
        return True
    return (m.verb(lex.REPAIR) and not m.thing(lex.DOCUMENT)) or (
        m.thing(frozenset({"ремонт", "починка", "неисправность", "поломка"}))
        and not m.thing(lex.DOCUMENT | lex.PRICE | lex.VISITOR)
        and not m.any(lex.STRONG_COME)
    )


FUNCTIONS = family(
    "работать заработать включить запустить закрепить восстановить восстанавливать подключить "
    "устранить переложить поправить"
)
TROUBLES = family(
    "царапина протечка течь трещина дыра скол вмятина засор поломка неисправность дефект шум "
    "скрип стук авария сбой неполадка пятно щель обрыв пробоина утечка ржавчина плесень люфт "
    "перекос затор подтек недочет недостаток косяк брак"
)
REMOVES = family(
    "устранить убрать закрыть заделать залить вывести снять решить исправить ликвидировать "
    "пробить прочистить залатать зашпаклевать поправить удалить"
)
MENDED = family(
    "машина автомобиль телефон ноутбук коробка двигатель зуб крыша кран замок велосипед час "
    "стиралка подвеска ходовая тормоз экран компьютер принтер планшет кондиционер холодильник "
    "лифт ремонт колодка генератор самокат"
) - {"час"}
SYSTEMS = family(
    "интернет связь вода отопление свет электричество лифт газ сеть сигнал котел линия домофон "
    "сайт система программа доступ телефон телевидение роутер неисправность авария проблема "
    "поломка дефект насос кондиционер холодильник стояк протечка течь станок машина двигатель "
    "оборудование дверь замок ворота напор давление телевизор кабинет сервер неполадка сбой "
    "касса терминал"
)


def _document(m: Matter) -> bool:
    paper = m.thing(lex.DOCUMENT) or m.verb(
        frozenset({"отсканировать", "сфотографировать", "сфоткать"})
    )
    if paper and m.verb(lex.SEND | lex.MAKE_PAPER | lex.BRING):
        someone_comes = (
            m.verb(lex.STRONG_COME) and not m.thing_acts and not m.verb(lex.SEND - lex.COME)
        )
        return (
            not (m.verb(lex.BRING) and m.person_acts() and not m.verb(lex.SEND))
            and not someone_comes
        )
    if paper and not m.verb(
        lex.HOLD | lex.STRONG_COME | lex.STRONG_REPAIR | lex.STRONG_BRING | lex.PAY - lex.MAKE_PAPER
    ):
        return bool(m.verbs)
    weak = m.thing(lex.WEAK_DOCUMENT) or m.thing(lex.PAPER_PLACE)
    return weak and m.verb(lex.SEND | frozenset({"подготовить", "выдать", "дать", "кинуть"}))


def _visit(m: Matter) -> bool:
    if m.thing(lex.COURIER) and not m.person_acts():
        return False
    if (
        m.verb(lex.COME | lex.STRONG_BRING)
        and m.person_acts()
        and not (m.thing(lex.GOODS) and m.verb(lex.SEND - lex.BRING))
    ):
        return True
    if m.verb(frozenset({"ставить", "поставить", "вписать", "внести"})) and m.says(
        "вас на", "вас к"
    ):
        return True
    here = m.says("у вас", "к вам", "на месте", "на объекте") or m.thing(APPOINTED)
    if m.verb(frozenset({"быть"})) and here:
        return m.person_acts() or not (m.thing_acts or m.thing(lex.GOODS | lex.DOCUMENT | lex.CASH))
    if m.verb(lex.STRONG_COME):
        return not (m.thing_acts or _bare(m, lex.GOODS | frozenset({"деньги"}))) or m.verb(
            VISIT_ONLY
        )
    return (m.verb(frozenset({"ждать", "принять", "встретить"})) and m.person_acts()) or m.thing(
        frozenset({"визит", "выезд", "прием", "замер"})
    )


APPOINTED = family("примерка прием осмотр замер встреча просмотр консультация тренировка занятие")
VISIT_ONLY = family(
    "записать записывать заехать зайти заглянуть забежать встретиться наведаться подъехать "
    "заезжать осмотреть замерить посетить"
)


def _delivery(m: Matter) -> bool:
    if m.verb(lex.STRONG_BRING) or m.thing(frozenset({"доставка", "отгрузка"})):
        return True
    if m.thing(lex.COURIER) and m.verb(lex.BRING | lex.COME | lex.SEND):
        return True
    if m.thing_acts and m.verb(lex.BRING | lex.COME):
        return True
    if m.verb(lex.BRING | lex.SEND) and m.says(
        "транспортной", "к вам", "до вас", "почтой", "сдэком", "посылкой", "курьером", "до подъезда"
    ):
        return True
    return m.verb(lex.BRING | lex.SEND | frozenset({"отдать", "отвезти"})) and (
        m.thing(lex.GOODS) or "pieces" in m.units
    )


def _sent(m: Matter) -> bool:
    return m.verb(
        family("прислать переслать выслать скинуть сбросить продублировать присылать высылать")
    )


def _bare(m: Matter, lexicon: frozenset[str]) -> bool:
    """Whether a thing is named without a preposition before it (or before its adjective)."""
    words = m.words
    for at, word in enumerate(words):
        if (
            word.verb
            or not word.noun
            or not word.of(lexicon)
            or (lexicon is lex.VISITOR and word.of(lex.GOODS))
        ):
            continue
        before = [w.text for w in words[max(0, at - 2) : at]]
        adjective = at > 0 and words[at - 1].adjective
        if (before[-1:] and before[-1] in PREPOSITIONS) or (
            adjective and before[0] in PREPOSITIONS
        ):
            continue
        return True
    return False


def is_negated(utterance: Utterance, clause: Clause) -> bool:
    """Whether a clause's predicate or its infinitive is negated."""
    return any(at >= 0 and negated(utterance, at) for at in (clause.head, *clause.infinitives))


RULES: tuple[tuple[ActionKind, Callable[[Matter], bool]], ...] = (
    (ActionKind.TRANSFER, _transfer),
    (ActionKind.CALLBACK, _callback),
    (ActionKind.WAIVER, _waiver),
    (ActionKind.GUARANTEE, _guarantee),
    (ActionKind.DISCOUNT, _discount),
    (ActionKind.PRICE, _price),
    (ActionKind.REFUND, _refund),
    (ActionKind.PAYMENT, _payment),
    (ActionKind.REPLACEMENT, _replacement),
    (ActionKind.DOCUMENT, _document),
    (ActionKind.REPAIR, _repair),
    (ActionKind.VISIT, _visit),
    (ActionKind.DELIVERY, _delivery),
    (ActionKind.DOCUMENT, _sent),
    (ActionKind.CALLBACK, lambda m: m.verb(lex.INFORM)),
)
