"""Whether what somebody will do binds the speaker towards the other side. Pure.

In: an utterance and a clause with a future that is not negated. Out: yes or no. Work during the call, own plans, threats,
courtesies and mere information bind nobody.
"""

from __future__ import annotations

from calls.promises.model import ActionKind
from calls.promises.russian import lexicon as lex
from calls.promises.russian.action import action_of
from calls.promises.russian.clauses import Clause
from calls.promises.russian.family import family
from calls.promises.russian.utterance import (
    CLIENT,
    PREPOSITIONS,
    TO_YOU,
    Utterance,
    inside,
    negated,
)
from calls.promises.russian.when import AT_ONCE
from calls.promises.russian.words import Verb

OUR_PLACES = family(
    "офис салон магазин сервис клиника филиал отделение склад мастерская прием замер осмотр "
    "студия шоурум адрес школа кабинет объект центр гость договор примерка консультация встреча "
    "просмотр показ сто автосервис касса банк пункт ателье аптека диагностика запись урок "
    "тренировка вы агентство"
)
ONESELF = family("сам сама себя себе самостоятельно своими")


def binds_first(utterance: Utterance, clause: Clause, verb: Verb) -> bool:
    """«перезвоню», «вернём»."""
    if _idle(utterance, clause, verb):
        return False
    act = action_of(utterance, clause, utterance.side == CLIENT)
    if verb.lemma in lex.LOOKING and not _more_than_looking(utterance, clause, verb, act):
        return False
    if utterance.side == CLIENT:
        return _client_binds(utterance, clause, act)
    usual = utterance.has(None, lex.HABIT) and not utterance.addressed(clause)
    if _works_on_it(utterance, clause, act) or usual:
        return False
    if act is not ActionKind.OTHER or addressed_or_timed(utterance, clause):
        return True
    assured = verb.plural or utterance.has(None, ASSURED)
    return assured and verb.lemma not in lex.INFO | lex.OWN_PLAN


ASSURED = family(
    "обязательно точно обещаю лично непременно волнуйтесь переживайте беспокойтесь честно"
)


def _works_on_it(utterance: Utterance, clause: Clause, act: ActionKind) -> bool:
    """«одну минуту, подниму вашу карту»: work during the call, for nobody gets anything."""
    sends = not lex.SEND.isdisjoint(utterance.verbs(clause))
    nothing = act is ActionKind.OTHER or (act is ActionKind.DOCUMENT and not sends)
    given = {"вам", "тебе"} & set(utterance.texts(clause))
    return utterance.at_once() and nothing and not given and not utterance.timed(clause)


def _idle(utterance: Utterance, clause: Clause, verb: Verb) -> bool:
    """Courtesies, threats, maybes."""
    if verb.lemma == "быть" and not (
        utterance.says(clause, "у вас", "к вам")
        or (utterance.timed(clause) and utterance.side != CLIENT)
    ):
        return True
    if utterance.has(clause, lex.COURTESY) and verb.lemma in lex.COURTESY | {"быть"}:
        return True
    if utterance.says(None, *UNBOUND) or maybe(utterance, clause):
        return True
    return threatens(utterance, clause, verb)


def maybe(utterance: Utterance, clause: Clause) -> bool:
    """«может, заеду», «возможно»: nobody is bound."""
    texts = utterance.texts(clause)
    at = clause.head - clause.start
    return any(
        t in ("может", "возможно", "вдруг", "можа") and texts[max(0, i - 1) : i] != ["не"]
        for i, t in enumerate(texts[:at])
    ) or (
        texts[at + 1 : at + 2] == ["может"]
        or texts[-1:] == ["возможно"]
        or texts[-2:] == ["может", "быть"]
    )


def threatens(utterance: Utterance, clause: Clause, verb: Verb) -> bool:
    """Courts, complaints, being cut off."""
    if utterance.side != CLIENT:
        if verb.lemma in TAKES_AWAY and _unless_you(utterance):
            return True
        relief = {
            "снять",
            "убрать",
            "отменить",
            "рассмотреть",
            "списать",
            "простить",
            "обнулить",
            "аннулировать",
            "компенсировать",
            "возместить",
            "оплатить",
            "вернуть",
            "выплатить",
        } & set(utterance.verbs(clause))
        return utterance.has(clause, lex.OPERATOR_THREAT) and not relief
    if utterance.has(clause, lex.THREAT):
        return True
    leaves = verb.lemma in lex.CLIENT_THREAT and utterance.side == CLIENT
    return (
        leaves
        and not utterance.addressed(clause)
        and (
            verb.lemma != "забрать"
            or utterance.has(clause, lex.MONEY)
            or utterance.has(clause, frozenset({"заявка", "документ"}))
        )
    )


TAKES_AWAY = family(
    "аннулировать отменить закрыть снять отдать продать отказать исключить отчислить удержать"
)


def _unless_you(utterance: Utterance) -> bool:
    """«если не явитесь», «не внесёте оплату»."""
    return any(
        (v := utterance.verb(c.head)) is not None
        and v.person == 2
        and v.tense != "past"
        and negated(utterance, c.head)
        for c in utterance.clauses
    )


def _more_than_looking(utterance: Utterance, clause: Clause, verb: Verb, act: ActionKind) -> bool:
    """Finding out is a promise only with a time ahead, or for the other side and not at once."""
    settles = verb.lemma in ("решить", "разобраться") and utterance.side != CLIENT
    if settles and not utterance.at_once() and utterance.has(None, SETTLED):
        return True
    if verb.lemma == "напомнить":
        return not utterance.says(None, "что") and (
            utterance.addressed(clause) or utterance.timed(clause)
        )
    if verb.lemma in ("записать", "записывать"):
        return utterance.says(clause, "вас", "вас на", "на вас", "за вами") or utterance.dated(
            clause
        )
    if any(w.kind == AT_ONCE and inside(w, clause) for w in utterance.whens):
        return False
    if utterance.timed(clause) and not (
        verb.lemma in lex.PURE_LOOKING and utterance.side == CLIENT
    ):
        return verb.lemma not in (
            "подумать",
            "решить",
            "посоветоваться",
            "определиться",
            "подождать",
            "ждать",
        )
    if verb.lemma in lex.PURE_LOOKING or utterance.at_once():
        return False
    specific = act not in (ActionKind.OTHER, ActionKind.DOCUMENT, ActionKind.PRICE)
    return specific or (
        utterance.addressed(clause)
        and verb.lemma not in TALK
        and not _ends_the_call(utterance, verb)
    )


UNBOUND = ("может быть", "если что", "мало ли", "как нибудь", "на удержание", "на удержании")
SETTLED = family("все вопрос проблема ситуация это")
TALK = family(
    "сказать объяснить рассказать повторить подсказать пояснить продиктовать назвать зачитать "
    "спросить задать напомнить узнать услышать понять выслушать сориентировать уточнить "
    "проверить открыть добавить назвать попросить поздравить"
)


def _ends_the_call(utterance: Utterance, verb: Verb) -> bool:
    return (
        verb.lemma in ("найти", "ввести", "загрузить", "обновить", "посчитать", "прикинуть")
        and len(utterance.words) < 5
    )


def _client_binds(utterance: Utterance, clause: Clause, act: ActionKind) -> bool:
    """A client binds himself by paying, calling, coming, sending; by anything else only towards "you"."""
    if utterance.addressed(clause) and not _only_at_yours(utterance, clause):
        return not _elsewhere(utterance, clause)
    if act in (
        ActionKind.OTHER,
        ActionKind.REPAIR,
        ActionKind.REPLACEMENT,
        ActionKind.DISCOUNT,
        ActionKind.PRICE,
        ActionKind.GUARANTEE,
    ):
        return False
    return not (
        act in (ActionKind.VISIT, ActionKind.DELIVERY, ActionKind.CALLBACK)
        and _elsewhere(utterance, clause)
    )


def _only_at_yours(utterance: Utterance, clause: Clause) -> bool:
    """«куплю у вас»: nobody gets anything."""
    texts = utterance.texts(clause)
    named = [at for at, text in enumerate(texts) if text in TO_YOU]
    return all(texts[at] == "вас" and texts[at - 1 : at] == ["у"] for at in named)


def _elsewhere(utterance: Utterance, clause: Clause) -> bool:
    """«поеду в больницу», «позвоню мужу»: to somebody else."""
    if "домой" in utterance.texts(clause) and not utterance.addressed(clause):
        return True
    timed = {at for w in utterance.whens for at in range(w.start, w.end)}
    for at in range(clause.start + 1, clause.end):
        word = utterance.words[at]
        before = utterance.words[at - 1]
        if at in timed or not word.noun or word.of(OUR_PLACES) or word.verb:
            continue
        goes = before.text in ("в", "на", "к", "ко") and not word.genitive | word.of(lex.THIRD)
        if (before.text in ("в", "на") and word.of(PLACES_ELSEWHERE)) or (
            goes and word.of(lex.THIRD)
        ):
            return True
        if (
            word.of(lex.THIRD)
            and before.text not in PREPOSITIONS
            and word.text.endswith(("у", "ю", "е"))
            and not utterance.addressed(clause)
        ):
            return True
    return False


PLACES_ELSEWHERE = family(
    "больница поликлиника работа дача отпуск командировка дом море деревня город гараж суд "
    "полиция налоговая мфц вокзал аэропорт село рынок церковь кино театр гости институт "
    "университет садик родитель мама другой"
)


def addressed_or_timed(utterance: Utterance, clause: Clause) -> bool:
    """Whether the other side is named, or a time ahead."""
    return utterance.addressed(clause) or utterance.timed(clause)
