"""Whether what others will do binds the speaker: "you" who get something, staff, things, one's own people. Pure.

In: an utterance and a clause with a future of the second or third person that is not negated. Out: yes or no.
"""

from __future__ import annotations

from calls.promises.model import ActionKind
from calls.promises.russian import lexicon as lex
from calls.promises.russian.action import action_of
from calls.promises.russian.bound import addressed_or_timed, maybe, threatens
from calls.promises.russian.clauses import Clause
from calls.promises.russian.deed_kinds import LIKE_NEW
from calls.promises.russian.family import family
from calls.promises.russian.utterance import CLIENT, Utterance
from calls.promises.russian.when import AT_ONCE
from calls.promises.russian.words import Verb


def binds_second(utterance: Utterance, clause: Clause, verb: Verb) -> bool:
    """«вы получите деньги», «заплатите только половину»."""
    if utterance.side == CLIENT or utterance.has(clause, lex.HABIT):
        return False
    named = "вы" in utterance.texts(clause)
    if verb.lemma == "забрать":
        return utterance.dated(clause)
    if verb.lemma == "получить":
        act = action_of(utterance, clause, False)
        return (named or utterance.timed(clause)) and (
            act is not ActionKind.OTHER or utterance.timed(clause)
        )
    return (named and verb.lemma in ("сэкономить",)) or (
        verb.lemma in ("заплатить", "платить")
        and utterance.says(clause, "половину", "на треть меньше", "меньше")
    )


def binds_third(utterance: Utterance, clause: Clause, verb: Verb) -> bool:
    """«курьер подъедет», «вам перезвонят», «деньги вернутся»."""
    if (
        utterance.says(None, "может быть", "если что")
        or maybe(utterance, clause)
        or threatens(utterance, clause, verb)
    ):
        return False
    subject = utterance.subject(clause)
    if utterance.side == CLIENT:
        return _own_people_bind(utterance, clause, subject)
    if (
        subject
        and subject.text in ("он", "она", "они", "это", "кто", "все", "никто")
        and not addressed_or_timed(utterance, clause)
    ):
        return False
    if utterance.has(None, lex.HABIT) or (subject and subject.of(NATURE)):
        return False
    if verb.lemma == "быть":
        return _will_be(utterance, clause)
    act = action_of(utterance, clause, False)
    if verb.lemma in lex.INFO and act in (
        ActionKind.OTHER,
        ActionKind.PRICE,
        ActionKind.PAYMENT,
        ActionKind.DELIVERY,
        ActionKind.REPAIR,
        ActionKind.DOCUMENT,
        ActionKind.DISCOUNT,
    ):
        return verb.lemma in ("помочь", "заработать") and utterance.addressed(clause)
    if act is ActionKind.OTHER:
        return addressed_or_timed(utterance, clause) and (
            utterance.addressed(clause) or bool(subject and subject.of(lex.OURS)) or not subject
        )
    return subject is None or addressed_or_timed(utterance, clause) or not subject.of(NATURE)


NATURE = family(
    "дождь снег погода мороз ветер жара праздник выходной год лето зима весна осень курс доллар "
    "правительство акция распродажа"
)


def _will_be(utterance: Utterance, clause: Clause) -> bool:
    """«будет готов завтра», «деньги у вас будут», «мастер у вас будет», not «завтра будет дождь»."""
    ahead = addressed_or_timed(utterance, clause)
    kinds = (
        lex.GOODS,
        lex.DOCUMENT,
        lex.VISITOR,
        lex.COURIER,
        lex.DISCOUNT,
        lex.CASH,
        READY,
        lex.GUARANTEE,
        lex.FREE,
    )
    if utterance.has(clause, frozenset({"стоить", "выходной", "работать", "открытый", "закрытый"})):
        return False
    return ahead and (utterance.has(clause, *kinds) or utterance.says(clause, *LIKE_NEW))


READY = family(
    "готовый готов готова готово готовы ремонт заказ машина доставка установка монтаж связь "
    "интернет доступ вода место анализ"
)


def _own_people_bind(utterance: Utterance, clause: Clause, subject: object) -> bool:
    """A client's husband, driver, book-keepers: «муж подъедет», «бухгалтерия оплатит»."""
    texts = utterance.texts(clause)
    ours = any(t.startswith(("наш", "мой", "моя")) for t in texts) or any(
        w.noun and w.nominative and w.of(CLIENTS_PEOPLE) for w in utterance.part(clause)
    )
    if not ours:
        money = utterance.addressed(clause) and utterance.has(clause, lex.CASH, lex.DOCUMENT)
        return money and utterance.subject(clause) is not None
    act = action_of(utterance, clause, True)
    here = any(w.kind == AT_ONCE for w in utterance.whens)
    return utterance.addressed(clause) or (act in CLIENTS_ACTS and not here)


CLIENTS_PEOPLE = family(
    "муж жена сын дочь брат сестра мама папа бухгалтерия бухгалтер водитель секретарь помощник "
    "помощница курьер директор отец мать сотрудник представитель юрист"
)
CLIENTS_ACTS = frozenset(
    {
        ActionKind.PAYMENT,
        ActionKind.VISIT,
        ActionKind.CALLBACK,
        ActionKind.DOCUMENT,
        ActionKind.DELIVERY,
        ActionKind.REFUND,
    }
)
