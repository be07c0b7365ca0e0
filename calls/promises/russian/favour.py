"""Negations that promise: «за упаковку не возьмём», «дороже не станет», «больше не потечёт». Pure.

In: an utterance and a clause with a negated future. Out: the promise, or None where the negation declines.
"""

from __future__ import annotations

from calls.promises.model import ActionKind
from calls.promises.russian import lexicon as lex
from calls.promises.russian.clauses import Clause
from calls.promises.russian.family import family
from calls.promises.russian.money_kinds import TAKING
from calls.promises.russian.utterance import CLIENT, Utterance
from calls.promises.russian.verdict import Verdict, promise

SPARED = family(
    "сгореть пропасть пострадать потерять потеряться подвести опоздать забыть повториться "
    "повторить задержать задержаться затянуть продать исчезнуть деться бросить оставить "
    "обмануть обидеть подорожать измениться поменяться вырасти поднять подняться повысить "
    "повыситься увеличиться увеличить изменить поменять ухудшиться стать переплатить потратить "
    "сорвать побеспокоить беспокоить звонить потревожить тревожить отказать снять "
    "аннулироваться аннулировать пропустить расти дорожать повышаться разбить поцарапать "
    "повредить испортить кинуть отпустить затягивать менять повышать поднимать"
)


def favour(utterance: Utterance, clause: Clause, act: ActionKind) -> Verdict | None:
    """Judge whether a negation spares the other side something."""
    if utterance.side == CLIENT:
        return _client_favour(utterance, clause)
    verbs = set(utterance.verbs(clause))
    if verbs & {"списать", "списывать"} and utterance.has(clause, lex.STRONG_FEE):
        return None
    if verbs == {"быть"} and act is ActionKind.WAIVER:
        return promise("favour", favour=True)
    if verbs & TAKING:
        return promise("favour", favour=True) if _takes_nothing(utterance, clause, act) else None
    if verbs & TROUBLING and "больше" not in utterance.texts(clause):
        return None
    kept = utterance.says(clause, "никому") and _we(utterance, clause)
    if kept or _leaves_alone(utterance, clause, verbs, act):
        return promise("favour", favour=True)
    return None


TROUBLING = family("звонить беспокоить потревожить тревожить")


def _takes_nothing(utterance: Utterance, clause: Clause, act: ActionKind) -> bool:
    """«за упаковку не возьмём», not «в ремонт не возьмём», «собаку не возьмём», «мы не заплатим»."""
    verbs = set(utterance.verbs(clause))
    if not _told_freely(utterance, clause):
        return False
    if verbs & {"взять", "брать"} and not _about_money(utterance, clause):
        return False
    if utterance.says(clause, *DECLINES) or utterance.has(clause, GIVEN_BACK):
        return False
    pays = verbs & PAYS and _we(utterance, clause)
    return not pays and not (verbs & {"вычесть", "вычитать"} and act is ActionKind.DISCOUNT)


DECLINES = ("скидку не", "не возьмем на себя", "на себя не возьмем", "в работу", "заказ не")
GIVEN_BACK = family("обратно назад бонус")
PAYS = family("доплачивать доплатить платить заплатить оплатить оплачивать")


def _leaves_alone(utterance: Utterance, clause: Clause, verbs: set[str], act: ActionKind) -> bool:
    """Things that will not get lost, dearer or broken again; nothing charged to an account."""
    if verbs & {"снять", "снимать"} and utterance.says(clause, "с вас", "с карты"):
        return not utterance.has(clause, lex.FEE)
    if verbs & SPARED and _spares(utterance, clause, verbs, act):
        return True
    again = utterance.says(clause, "больше не") and verbs & AGAIN
    return bool(again or verbs & BREAKS)


AGAIN = lex.REPAIR | family("произойти случиться")
BREAKS = family(
    "потечь течь протекать сломаться ломаться загудеть зашуметь шуметь заскрипеть скрипеть "
    "застучать стучать греметь глючить зависать виснуть барахлить"
)


def _about_money(utterance: Utterance, clause: Clause) -> bool:
    """«за упаковку не возьмём», «денег не возьмём», not «собаку не возьмём»."""
    charged = utterance.says(clause, "за", "с вас", "ничего", "лишнего", "ни рубля", "ни копейки")
    sums = any(clause.start <= q.start < clause.end for q in utterance.quantities)
    return (
        charged
        or sums
        or utterance.has(clause, lex.CASH, lex.FEE, frozenset({"процент", "доплата", "оплата"}))
    )


def _told_freely(utterance: Utterance, clause: Clause) -> bool:
    """«ничего не заплатите» spares; «не заплатите» alone is a condition."""
    verb = utterance.verb(clause.head)
    if verb is None or verb.person != 2:
        return True
    return bool({"вы", "ни", "ничего", "лишнего", "ничем"} & set(utterance.texts(clause))) or bool(
        clause.infinitives
    )


def _we(utterance: Utterance, clause: Clause) -> bool:
    verb = utterance.verb(clause.head)
    return bool(verb and verb.person == 1)


def _spares(utterance: Utterance, clause: Clause, verbs: set[str], act: ActionKind) -> bool:
    """Raising a price, losing a thing: to be spared. Not lowering or changing at the other side's wish."""
    if verbs & {"продать", "отпустить", "отпускать"}:
        return utterance.says(clause, "никому", "другим", "другому")
    if verbs & {
        "изменить",
        "поменять",
        "менять",
        "снять",
        "оставить",
        "стать",
    }:
        if verbs & {"снять"}:
            return not utterance.has(clause, lex.FEE)
        if verbs & {"стать"}:
            return bool({"дороже", "хуже", "выше", "больше"} & set(utterance.texts(clause)))
        if verbs & {"оставить"}:
            return utterance.addressed(clause) or utterance.says(clause, "вас без")
        return act is ActionKind.PRICE or utterance.says(
            clause, "никому", "другим", "другому", "никому другому"
        )
    return True


def _client_favour(utterance: Utterance, clause: Clause) -> Verdict | None:
    verbs = set(utterance.verbs(clause))
    kept = verbs & {"подвести", "опоздать", "задержать", "забыть", "обмануть"}
    return promise("favour", favour=True) if kept else None
