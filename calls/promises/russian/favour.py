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
    if verbs & TAKING and not _told_freely(utterance, clause):
        return None
    if verbs & TAKING and not utterance.says(
        clause, "скидку не", "не возьмем на себя", "на себя не возьмем"
    ):
        returned = verbs & {"вычесть", "вычитать"} and act is ActionKind.DISCOUNT
        declines = utterance.says(
            clause, "в работу", "не возьмем в", "не возьмем ваш", "заказ не"
        ) or utterance.has(clause, frozenset({"обратно", "назад", "бонус"}))
        pays = (
            verbs & {"доплачивать", "доплатить", "платить", "заплатить", "оплатить", "оплачивать"}
            and utterance.verb(clause.head)
            and _we(utterance, clause)
        )
        return None if returned or declines or pays else promise("favour", favour=True)
    if verbs & {
        "звонить",
        "беспокоить",
        "потревожить",
        "тревожить",
    } and "больше" not in utterance.texts(clause):
        return None
    if (
        verbs & {"снять", "снимать"}
        and utterance.says(clause, "с вас", "с карты")
        and not utterance.has(clause, lex.FEE)
    ):
        return promise("favour", favour=True)
    if utterance.says(clause, "никому") and _we(utterance, clause):
        return promise("favour", favour=True)
    if verbs & SPARED and _spares(utterance, clause, verbs, act):
        return promise("favour", favour=True)
    if utterance.says(clause, "больше не") and verbs & (lex.REPAIR | {"произойти", "случиться"}):
        return promise("favour", favour=True)
    if verbs & (lex.REPAIR & BREAKS):
        return promise("favour", favour=True)
    return None


BREAKS = family(
    "потечь течь протекать сломаться ломаться загудеть зашуметь шуметь заскрипеть скрипеть "
    "застучать стучать греметь глючить зависать виснуть барахлить"
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
