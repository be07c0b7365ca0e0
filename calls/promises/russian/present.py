"""Presents that bind: what is done by saying it, or is arranged: «записываю вас», «отвечаем за работу». Pure.

In: an utterance and a clause whose predicate is a present. Out: a promise, a refusal, or None for what is usual.
"""

from __future__ import annotations

from calls.promises.model import ActionKind
from calls.promises.russian import lexicon as lex
from calls.promises.russian.action import action_of
from calls.promises.russian.clauses import Clause
from calls.promises.russian.family import family
from calls.promises.russian.kin import kin
from calls.promises.russian.numbers import unit_of
from calls.promises.russian.utterance import CLIENT, Utterance, negated
from calls.promises.russian.verdict import Verdict, promise, refusal
from calls.promises.russian.words import Verb

PERFORMED = family(
    "записывать минусовать вычитать соединять переключать переводить переадресовывать "
    "передавать отправлять высылать присылать дарить фиксировать бронировать резервировать "
    "снимать списывать возвращать закреплять продлевать держать отдавать ставить вносить "
    "оформлять делать давать выписывать выставлять убирать отменять компенсировать возмещать "
    "прощать обнулять скидывать сбрасывать направлять подключать откладывать сохранять "
    "начислять перечислять включать оставлять замораживать перенаправлять предоставлять "
    "уступать меняем менять брать назначать заказывать приостанавливать пересылать"
)
PENDING = family(
    "ехать везти выезжать приезжать привозить доставлять отгружать забирать перезванивать "
    "возвращать переводить платить оплачивать отправлять начинать запускать подъезжать "
    "перечислять вносить приходить"
)
"""Verbs of motion and the like, whose present with a date is a future: «завтра везём»."""
KEEPING = family(
    "оставлять держать бронировать резервировать откладывать сохранять закреплять придерживать"
)
LASTING = family(
    "действовать сохраняться держаться идти храниться ждать оставаться закрепляться "
    "распространяться возвращаться переводиться ехать выезжать приезжать отправляться"
)
NO_ACCESS = family(
    "полагаться предоставляться распространяться подлежать действовать возвращаться приниматься "
    "делаться оформляться предусматриваться производиться компенсироваться суммироваться"
)


def judge_present(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """Judge a present."""
    if negated(utterance, clause.head):
        return _negated(utterance, clause, verb)
    if (
        utterance.has(None, lex.HABIT)
        or any(t in lex.HABIT_DAYS for t in utterance.texts())
        or verb.lemma in lex.OWN_PLAN
    ):
        return None
    if utterance.says(clause, "уже", "если что", "может быть") and not utterance.dated(clause):
        return None
    if verb.person == 1:
        return _first(utterance, clause, verb)
    return (
        _third(utterance, clause, verb) if verb.person == 3 and utterance.side != CLIENT else None
    )


def _first(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    act = action_of(utterance, clause, utterance.side == CLIENT)
    return _told_outright(utterance, clause, verb, act) or _arranged(utterance, clause, verb, act)


def _told_outright(
    utterance: Utterance, clause: Clause, verb: Verb, act: ActionKind
) -> Verdict | None:
    """«отказываем», «отвечаем за», «даём слово», «берём на себя»: the verb says it itself."""
    if verb.lemma == "отказывать" or verb.lemma == "отказываться":
        return refusal("refuse")
    if verb.lemma == "отвечать" and act is ActionKind.GUARANTEE and utterance.side != CLIENT:
        return promise("answer-for")
    if verb.lemma in ("давать", "дать", "предоставлять") and act is ActionKind.GUARANTEE:
        return promise("guarantee")
    if verb.lemma in ("давать", "дать") and utterance.says(clause, "слово", "честное слово"):
        return promise("word")
    if verb.lemma == "брать" and utterance.says(clause, "на себя", "под контроль", "на контроль"):
        return promise("take-on")
    return None


def _arranged(utterance: Utterance, clause: Clause, verb: Verb, act: ActionKind) -> Verdict | None:
    """«соединяю», «завтра везём», «записываю вас», «ждём вас завтра в девять»."""
    if act is ActionKind.TRANSFER and verb.lemma in PERFORMED and utterance.side != CLIENT:
        return promise("handing-on")
    if verb.lemma in PENDING and utterance.dated(clause):
        return promise("planned-present") if act is not ActionKind.OTHER else None
    if verb.lemma == "ждать" and utterance.side != CLIENT and _appointed(utterance, clause):
        return promise("appointed")
    booked = utterance.addressed(clause) and utterance.dated(clause)
    idle = verb.lemma in lex.COURTESY | lex.CALL | lex.LOOKING | lex.WRITE
    if utterance.side == CLIENT or idle or not (verb.lemma in PERFORMED or booked):
        return None
    given = bool(utterance.quantities) and verb.lemma in PERFORMED
    if verb.lemma in KEEPING and utterance.says(clause, "за вами", "для вас"):
        return promise("kept")
    if act is ActionKind.OTHER and not (utterance.dated(clause) or given):
        return None
    return promise("performed") if utterance.addressed(clause) or utterance.dated(clause) else None


def _appointed(utterance: Utterance, clause: Clause) -> bool:
    """«ждём вас завтра в девять»: a day or an hour that was agreed; «ждём вас с восьми» is none."""
    hour = any(w.kind in ("time", "moment") or (w.on and w.at) for w in utterance.whens)
    return (
        hour and utterance.says(clause, "вас", "тебя") and not utterance.says(clause, "с", "снова")
    )


def _third(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    kept = utterance.says(clause, "за вами", "на вас", "для вас") and verb.lemma in LASTING
    act = action_of(utterance, clause, False)
    moved = (
        verb.lemma in PENDING | LASTING and utterance.dated(clause) and utterance.addressed(clause)
    )
    if kept or (moved and act is not ActionKind.OTHER):
        return promise("arranged")
    term = any(unit_of(word) in ("months", "years", "days", "weeks") for word in utterance.words)
    if (
        act is ActionKind.GUARANTEE
        and term
        and verb.lemma in ("действовать", "идти", "распространяться", "составлять", "сохраняться")
    ):
        yours = utterance.addressed(clause) or utterance.addressed(None)
        return (
            promise("guarantee")
            if yours or utterance.says(clause, "гарантия идет", "гарантии идет")
            else None
        )
    return None


def _negated(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    by_client = utterance.side == CLIENT
    act = action_of(utterance, clause, by_client, True)
    if verb.lemma in ("советовать", "рекомендовать", "хотеть", "хотеться"):
        wanted = act is not ActionKind.OTHER and bool(clause.infinitives)
        return refusal("do-not-want") if wanted and verb.person == 1 and by_client else None
    if verb.lemma in NO_ACCESS and not by_client:
        return (
            refusal("not-given")
            if act is not ActionKind.OTHER or utterance.addressed(clause)
            else None
        )
    subject = utterance.subject(clause)
    staff = subject is not None and subject.of(lex.OURS) and verb.person == 3
    if staff and not by_client and act is not ActionKind.OTHER:
        return refusal("they-do-not")
    if verb.person != 1 or verb.lemma in lex.KNOW_NOT | lex.LOOKING:
        return None
    if verb.lemma in ("брать", "взимать", "начислять", "удерживать") and not by_client:
        yours = utterance.addressed(clause) and act in (ActionKind.WAIVER, ActionKind.PAYMENT)
        return promise("favour", favour=True) if yours else refusal("do-not")
    if verb.lemma in ("собираться", "намереваться", "соглашаться", "планировать", "подписываться"):
        return refusal("do-not-intend")
    deed = verb.lemma in DECLINED or (not by_client and kin(verb.lemma) in DEEDS)
    return refusal("do-not") if act is not ActionKind.OTHER or deed else None


DEEDS = lex.ALL - lex.KNOW_NOT - lex.LOOKING - lex.OWN_PLAN - lex.INFO - lex.COURTESY - lex.THREAT
DECLINED = family(
    "иметь делать давать брать принимать предоставлять согласовывать согласиться обещать "
    "продавать работать обслуживать выезжать одобрять резервировать бронировать откладывать "
    "оформлять выдавать практиковать держать"
)
