"""Whether a clause binds its speaker: by person, tense, aspect, negation, and who gets something from whom. Pure.

In: an utterance and one of its clauses that is no question. Out: a promise, a refusal, or None.
"""

from __future__ import annotations

from collections.abc import Callable

from calls.promises.model import ActionKind
from calls.promises.russian import lexicon as lex
from calls.promises.russian.action import action_of
from calls.promises.russian.bound import binds_first
from calls.promises.russian.clauses import IF, PURPOSE, THAT, WHEN, WHICH, Clause
from calls.promises.russian.family import family
from calls.promises.russian.favour import favour
from calls.promises.russian.modals import FAVOURS_OF_MONEY, modal
from calls.promises.russian.others import binds_second, binds_third
from calls.promises.russian.utterance import CLIENT, Utterance, negated
from calls.promises.russian.verdict import Verdict, promise, refusal
from calls.promises.russian.words import FINITE, IMPERATIVE, INFINITIVE, SHORT, Verb

STATES = family(
    "закрепить записать забронировать зарезервировать зафиксировать гарантировать заморозить "
    "отложить сохранить оставить обеспечить внести придержать назначить одобрить продлить "
    "включить"
)


def judge(utterance: Utterance, clause: Clause) -> Verdict | None:
    """Judge one clause."""
    verb = utterance.verb(clause.head)
    if verb is None:
        return _headless(utterance, clause)
    if _vow_denied_behind(utterance, clause):
        return refusal("no-vow")
    conditional = clause.opener in (IF, PURPOSE, WHEN) and not _own_main(utterance, clause, verb)
    blocked = conditional or _irrealis(utterance, clause)
    if blocked or verb.form == IMPERATIVE:
        return _let_us(utterance, clause, verb)
    if _told_before(utterance, clause) or _wonders(utterance, clause):
        return None
    for rule in RULES:
        found = rule(utterance, clause, verb)
        if found is not None:
            return found if found.label != "none" else None
    return None


def _vow_denied_behind(utterance: Utterance, clause: Clause) -> bool:
    """«обещать, что доктор сам позвонит, не буду»: the denial comes last."""
    first = utterance.verb(clause.start)
    if first is None or first.form != INFINITIVE or first.lemma not in lex.VOW:
        return False
    behind = next((c for c in utterance.clauses if c.start == clause.end), None)
    denial = utterance.verb(behind.head) if behind and not behind.infinitives else None
    denies = denial is not None and denial.person == 1
    return bool(
        behind
        and denies
        and denial
        and denial.lemma in ("быть", "мочь", "стать", "смочь")
        and negated(utterance, behind.head)
    )


def _own_main(utterance: Utterance, clause: Clause, verb: Verb) -> bool:
    """«если костюм маловат, обменяем»: a condition without a verb, and the only predicate is the main clause's."""
    alone = not any(c.head >= 0 and c is not clause for c in utterance.clauses)
    ours = verb.future and verb.person == 1 and utterance.side != CLIENT
    return clause.opener == IF and alone and ours and clause.head - clause.start > 1


def _told_before(utterance: Utterance, clause: Clause) -> bool:
    """«я не говорила, что приеду», «сказал, что заплачу»: what was or was not said binds nobody now."""
    before = [c for c in utterance.clauses if c.end <= clause.start and c.head >= 0]
    if clause.opener != THAT or not before:
        return False
    verb = utterance.verb(before[-1].head)
    return negated(utterance, before[-1].head) or bool(verb and verb.tense == "past")


def _wonders(utterance: Utterance, clause: Clause) -> bool:
    first = utterance.words[clause.start].text
    return clause.opener == WHICH and first in ("где", "куда", "почему", "сколько")


def _irrealis(utterance: Utterance, clause: Clause) -> bool:
    texts = utterance.texts(clause)
    near = (
        set(utterance.texts()[max(0, clause.head - 4) : clause.head]) if clause.head >= 0 else set()
    )
    return "бы" in texts or "б" in texts or bool(near & {"пусть", "пускай"})


def _let_us(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """An imperative binds nobody; «давай» is a parenthesis and does not come here unless it stands alone."""
    if verb.lemma == "давать" and clause.infinitives and utterance.side != CLIENT:
        return (
            promise("let-me")
            if action_of(utterance, clause, False) is not ActionKind.OTHER
            else None
        )
    return None


def _headless(utterance: Utterance, clause: Clause) -> Verdict | None:
    """«никаких скидок», «нет возможности», «нельзя вернуть», «скидки нет»."""
    if utterance.says(
        clause,
        "нет возможности",
        "не в силах",
        "нет и еще раз нет",
        "ни в коем случае",
        "ни за что",
        "не может быть и речи",
        "исключено",
        "об этом речи не идет",
        "не в наших силах",
        "не вариант",
        "не вправе",
        "нет права",
        "не могу и не буду",
        "не положено",
        "без вариантов",
    ):
        return refusal("no-way")
    texts = utterance.texts(clause)
    if utterance.says(clause, "за вами") and len(texts) > 2 and utterance.side != CLIENT:
        return promise("yours")
    act = action_of(utterance, clause, utterance.side == CLIENT)
    bargain = act in FAVOURS_OF_MONEY | {ActionKind.REPLACEMENT, ActionKind.DELIVERY}
    if (
        {"никаких", "никакой", "никакого"} & set(texts)
        and bargain
        and "нет" not in texts[-1:] + texts[:0]
    ):
        return refusal("no-such")
    if (
        utterance.has(clause, lex.REFUSE_ADVERB)
        and (clause.infinitives or bargain)
        and act is not ActionKind.OTHER
    ):
        return refusal("cannot-be") if utterance.side != CLIENT else None
    return None


def _vow(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    if verb.form != FINITE or verb.person != 1 or verb.lemma not in lex.VOW:
        return None
    if negated(utterance, clause.head):
        return refusal("no-vow")
    return promise("vow") if verb.tense != "past" else None


def _future(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    if not verb.future:
        return None
    if negated(utterance, clause.head):
        return _negated_future(utterance, clause, verb)
    bound = {1: binds_first, 2: binds_second, 3: binds_third}[verb.person](utterance, clause, verb)
    return promise(f"future-{verb.person}") if bound else None


def _negated_future(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    act = action_of(utterance, clause, utterance.side == CLIENT, True)
    if kind := favour(utterance, clause, act):
        return kind if utterance.side != CLIENT or verb.person == 1 else None
    if verb.lemma in lex.KNOW_NOT | {"пожалеть", "понять", "найти"} and act is ActionKind.OTHER:
        return None
    if verb.person == 1:
        return refusal("will-not")
    if utterance.side == CLIENT:
        return None
    if verb.person == 2:
        return refusal("you-will-not") if verb.lemma in ("получить", "дождаться") else None
    if verb.lemma in ("получиться", "выйти", "прокатить") and (
        clause.infinitives or utterance.says(None, "не получится", "не выйдет")
    ):
        return refusal("will-not-do")
    if verb.lemma == "быть":
        return (
            refusal("will-not-be")
            if act is not ActionKind.OTHER or utterance.addressed(clause)
            else None
        )
    return (
        refusal("they-will-not")
        if act is not ActionKind.OTHER or utterance.addressed(clause) or _ours(utterance, clause)
        else None
    )


def _ours(utterance: Utterance, clause: Clause) -> bool:
    subject = utterance.subject(clause)
    return subject is not None and (subject.of(lex.OURS) or subject.text == "никто")


def _short(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """«вы записаны», «скидка за вами закреплена», «отказано»; of being done: «будет сделано»."""
    if verb.form != SHORT:
        return None
    texts = utterance.texts(clause)
    if verb.lemma == "отказать":
        return refusal("refused") if utterance.side != CLIENT else None
    if verb.lemma in ("предусмотреть", "положить", "разрешить", "запретить", "уполномочить"):
        declined = negated(utterance, clause.head) or verb.lemma == "запретить"
        return refusal("not-foreseen") if declined and utterance.side != CLIENT else None
    if (
        negated(utterance, clause.head)
        or utterance.side == CLIENT
        or {"был", "была", "было", "были"} & set(texts)
    ):
        return None
    to_be = bool({"будет", "будут"} & set(texts))
    yours = utterance.addressed(clause) or "вы" in texts
    if to_be and (yours or utterance.timed(clause)):
        return promise("will-be-done")
    binds = (
        verb.lemma in STATES
        and (yours or utterance.dated(clause))
        and not utterance.says(clause, "у вас записан", "у вас записано")
    )
    return promise("state") if binds else None


def _present(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    if verb.form != FINITE or verb.tense != "pres":
        return None
    from calls.promises.russian.present import judge_present

    return judge_present(utterance, clause, verb)


def _done(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """«записал вас на четверг», «отложила вам до пятницы»: done now, and it holds until then."""
    if (
        verb.form != FINITE
        or verb.tense != "past"
        or verb.lemma not in STATES
        or negated(utterance, clause.head)
    ):
        return None
    texts = set(utterance.texts(clause))
    if utterance.side == CLIENT or {"уже", "вчера", "раньше", "он", "она", "они", "вы"} & texts:
        return None
    subject = utterance.subject(clause)
    someone = subject is not None and (subject.animate or subject.person_name)
    own = bool({"я", "мы"} & texts) or not (someone or verb.plural)
    whom = {"вам", "вас", "тебе"} & set(utterance.texts())
    kept = verb.lemma in ("отложить", "забронировать", "придержать", "зарезервировать")
    dated = any(w.kind in ("date", "time") for w in utterance.whens)
    return promise("state") if own and whom and (dated or kept) else None


RULES: tuple[Callable[[Utterance, Clause, Verb], Verdict | None], ...] = (
    _vow,
    modal,
    _short,
    _future,
    _present,
    _done,
)
