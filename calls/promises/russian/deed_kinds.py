"""Acts that are deeds: calling, coming, bringing, mending, sending. Pure.

In: a `Matter`. Out: whether a kind fits; `action` asks them in order.
"""

from __future__ import annotations

from calls.promises.russian import lexicon as lex
from calls.promises.russian.family import family
from calls.promises.russian.matter import Matter, bare


def transfer(m: Matter) -> bool:
    """A call or a case is handed on."""
    if m.verb(lex.STRONG_TRANSFER):
        return not m.thing(frozenset({"тариф", "пакет", "режим"}))
    if not m.verb(lex.TRANSFER) or m.by_client or m.sum_said or m.thing(lex.CASH):
        return False
    if m.verb(frozenset({"перевести", "переводить"})):
        return m.thing(lex.CALL_THING) or m.says("вас", "вас на", "вас в")
    to_someone = m.thing(lex.CALL_THING | lex.VISITOR) and not m.thing(lex.GOODS, lex.DOCUMENT)
    return m.thing(lex.CASE_THING) or (m.verb(frozenset({"передать", "передавать"})) and to_someone)


def callback(m: Matter) -> bool:
    """Somebody calls, or is called back."""
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
        "дадут ответ",
        "даст ответ",
        "дадим ответ",
        "дам ответ",
        "вам звонок",
        "обратный звонок",
    ):
        return True
    return m.thing(frozenset({"звонок", "перезвон", "звоночек"})) and not m.verb(lex.TRANSFER)


def replacement(m: Matter) -> bool:
    """One thing for another."""
    made = m.verbs <= MAKING
    if m.verb(lex.REPLACE) or (
        m.thing(lex.REPLACE) and (made or m.says("взамен", "на замену", "в замену"))
    ):
        return (not m.thing(lex.PRICE) or m.thing(lex.GOODS)) and not m.thing(ARRANGEMENTS)
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


MAKING = family(
    "гарантировать пообещать сделать оформить быть обещать предложить провести произвести подлежать дать"
)


REPLACES_NOTHING = frozenset({"измениться", "изменить"})


ARRANGEMENTS = family("время дата день запись пароль имя адрес рейс тариф смена расписание")


def repair(m: Matter) -> bool:
    """Something works again."""
    if m.verb(frozenset({"подключить", "установить"})) and not m.verb(lex.STRONG_REPAIR):
        return False
    if m.verb(lex.REPAIR & FUNCTIONS) and not m.verb(lex.STRONG_REPAIR):
        return m.thing(SYSTEMS)
    if m.thing(TROUBLES) and m.verbs and not m.verb(NO_MENDING) and not m.thing(lex.DOCUMENT):
        return True
    if (
        m.verb(frozenset({"сделать", "доделать", "делать"}))
        and m.thing(MENDED)
        and not m.thing(lex.DOCUMENT)
    ):
        return True
    done = m.says(*LIKE_NEW) or m.any(frozenset({"готовый"}))
    if m.verb(frozenset({"быть"})) and m.thing(MENDED) and done:
        return not m.thing(lex.DOCUMENT)
    return (m.verb(lex.REPAIR) and not bare(m, lex.DOCUMENT)) or (
        m.thing(frozenset({"ремонт", "починка", "неисправность", "поломка"}))
        and not m.thing(lex.DOCUMENT | lex.PRICE | lex.VISITOR)
        and not m.any(lex.STRONG_COME)
    )


FUNCTIONS = family(
    "работать заработать включить запустить закрепить подключить устранить переложить поправить"
)


TROUBLES = family(
    "царапина протечка течь трещина дыра скол вмятина засор поломка неисправность дефект скрип "
    "стук авария сбой неполадка пятно щель обрыв пробоина утечка ржавчина плесень люфт яма "
    "перекос затор подтек недочет недостаток косяк брак"
)


LIKE_NEW = ("как новый", "как новая", "как новое", "как новенький", "как новенькая")


NO_MENDING = lex.LOOKING | lex.CALL | lex.COME | lex.BRING | lex.SEND | lex.STRONG_PAY


MENDED = family(
    "машина автомобиль телефон ноутбук коробка двигатель зуб крыша кран замок велосипед час "
    "стиралка подвеска ходовая тормоз экран компьютер принтер планшет кондиционер холодильник "
    "мотор часы подошва лифт ремонт колодка генератор самокат"
) - {"час"}


SYSTEMS = family(
    "интернет связь вода отопление свет электричество лифт газ сеть сигнал котел линия домофон "
    "сайт система программа доступ телефон телевидение роутер неисправность авария проблема "
    "поломка дефект насос кондиционер холодильник стояк протечка течь станок машина двигатель "
    "оборудование дверь замок ворота напор давление телевизор кабинет сервер неполадка сбой "
    "касса терминал"
)


def document(m: Matter) -> bool:
    """A paper, a file, a link is made or sent."""
    paper = m.thing(lex.DOCUMENT) or m.verb(
        frozenset({"отсканировать", "сфотографировать", "сфоткать"})
    )
    if bare(m, lex.DOCUMENT) and m.verb(lex.SEND | lex.MAKE_PAPER | lex.BRING):
        someone_comes = (
            m.verb(lex.STRONG_COME) and not m.thing_acts and not m.verb(lex.SEND - lex.COME)
        )
        return (
            not (m.verb(lex.BRING) and m.person_acts() and not m.verb(lex.SEND))
            and not someone_comes
        )
    if (paper and bare(m, lex.DOCUMENT)) and not m.verb(
        lex.HOLD | lex.STRONG_COME | lex.STRONG_REPAIR | lex.STRONG_BRING | lex.PAY - lex.MAKE_PAPER
    ):
        return bool(m.verbs)
    weak = m.thing(lex.WEAK_DOCUMENT) or m.thing(lex.PAPER_PLACE)
    if weak and m.verb(lex.SEND | family("подготовить выдать дать кинуть показать предоставить")):
        return True
    someone_sends = (
        m.verb(SENT)
        and not m.sum_said
        and any(w.nominative and w.of(lex.VISITOR) for w in m.words)
        and not any(w.of(lex.VISITOR) and w.genitive and not w.nominative for w in m.words)
    )
    return someone_sends and not bare(m, lex.GOODS)


def visit(m: Matter) -> bool:
    """Somebody comes."""
    if m.thing(lex.COURIER) and not m.person_acts():
        return False
    if (
        m.verb(lex.COME | lex.STRONG_BRING)
        and not (m.verb(SENT) and not m.thing(lex.VISITOR))
        and m.person_acts()
        and not (m.thing(lex.GOODS) and m.verb(lex.SEND - lex.BRING))
    ):
        return True
    if (
        m.verbs == {"ждать"}
        and not m.by_client
        and m.says("ждем вас", "жду вас", "вас ждем", "вас жду")
    ):
        return not m.says("на связи")
    if m.by_client and m.verb(lex.STRONG_BRING) and m.says("к вам") and _creature(m):
        return True
    if m.verb(INSTALLS) and not m.by_client and m.thing(INSTALLED):
        return True
    if m.verb(BOOKS) and "вас" in [w.text for w in m.words]:
        return True
    here = m.says("у вас", "к вам", "на месте", "на объекте") or m.thing(APPOINTED)
    if m.verb(frozenset({"быть"})) and here:
        return m.person_acts() or not (m.thing_acts or m.thing(lex.GOODS | lex.DOCUMENT | lex.CASH))
    if m.verb(lex.STRONG_COME):
        return not (m.thing_acts or bare(m, lex.GOODS | frozenset({"деньги"}))) or m.verb(
            VISIT_ONLY
        )
    return (m.verb(frozenset({"ждать", "принять", "встретить"})) and m.person_acts()) or m.thing(
        frozenset({"визит", "выезд", "прием", "замер"})
    )


def _creature(m: Matter) -> bool:
    """«привезу к вам кота»: who brings a patient comes."""
    return any(w.noun and w.animate and w.genitive and not w.verb for w in m.words)


INSTALLS = family("установить устанавливать смонтировать монтировать повесить врезать")
INSTALLED = family(
    "счетчик кондиционер окно дверь замок котел кухня шкаф люстра бойлер водонагреватель забор "
    "ворота домофон камера сигнализация унитаз ванна смеситель радиатор батарея фильтр теплица"
)
APPOINTED = family("примерка прием осмотр замер встреча просмотр консультация тренировка занятие")


BOOKS = family("ставить поставить вписать вписывать внести вносить")


VISIT_ONLY = family(
    "записать записывать заехать зайти заглянуть забежать встретиться наведаться подъехать "
    "заезжать осмотреть замерить посетить"
)


def delivery(m: Matter) -> bool:
    """Goods come."""
    if m.verb(lex.STRONG_BRING) or m.thing(frozenset({"доставка", "отгрузка"})):
        return True
    if m.thing(lex.COURIER) and m.verb(lex.BRING | lex.COME | lex.SEND):
        return True
    leaves = frozenset({"уйти", "уехать", "улететь"})
    if m.thing_acts and (
        m.verb(lex.BRING | lex.COME) or (m.verb(leaves) and m.says("к вам", "вам"))
    ):
        return True
    if m.verb(lex.BRING | lex.SEND) and m.says(
        "транспортной", "к вам", "до вас", "почтой", "сдэком", "посылкой", "курьером", "до подъезда"
    ):
        return True
    return m.verb(lex.BRING | lex.SEND | frozenset({"отдать", "отвезти"})) and (
        m.thing(lex.GOODS) or "pieces" in m.units
    )


SENT = family(
    "прислать переслать выслать скинуть сбросить продублировать присылать высылать перекинуть"
)


def sent(m: Matter) -> bool:
    """Something light is sent, and nothing says what."""
    return m.verb(SENT)


NO_PAPER = family(
    "рассрочка отсрочка кредит бронь место заявка подписка абонемент доставка возврат карта скидка"
)


def drawn_up(m: Matter) -> bool:
    """Something is drawn up or handed out that no table knows: a paper, most likely."""
    drawn = m.verb(family("оформить выписать составить распечатать заверить подготовить"))
    return (
        drawn
        and not m.by_client
        and not m.thing(NO_PAPER)
        and any(w.noun and not w.verb and not w.animate for w in m.words)
    )
