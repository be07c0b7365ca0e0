"""Predicates with an infinitive: «могу», «сможем», «готовы», «должны», «постараюсь», «буду», «не стану». Pure.

In: an utterance and a clause with such a predicate. Out: a promise, a refusal, or None.
"""

from __future__ import annotations

from collections.abc import Callable

from calls.promises.model import ActionKind
from calls.promises.russian import lexicon as lex
from calls.promises.russian.action import action_of
from calls.promises.russian.bound import addressed_or_timed
from calls.promises.russian.clauses import Clause
from calls.promises.russian.favour import favour
from calls.promises.russian.utterance import CLIENT, Utterance, negated
from calls.promises.russian.verdict import Verdict, promise, refusal
from calls.promises.russian.words import FINITE, Verb

FAVOURS_OF_MONEY = frozenset(
    {
        ActionKind.DISCOUNT,
        ActionKind.REFUND,
        ActionKind.WAIVER,
        ActionKind.PRICE,
        ActionKind.GUARANTEE,
    }
)
NOTHING = Verdict("none", "")  # type: ignore[arg-type]


def modal(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """«могу», «сможем», «готовы», «должны», «постараюсь», «успеем», «буду», «стану» with an infinitive."""
    group = next((g for g, lemmas in MODALS.items() if verb.lemma in lemmas), "")
    if not group or not clause.infinitives or (verb.tense == "past" and verb.form == FINITE):
        return _bare_modal(utterance, clause, verb) if group else None
    return MODAL_RULES[group](utterance, clause, verb) or NOTHING


def _bare_modal(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    if verb.lemma in lex.TRY and verb.future and verb.person == 1:
        return promise("try", hedged=True)
    if (
        verb.lemma == "мочь"
        and negated(utterance, clause.head)
        and verb.person == 1
        and utterance.side != CLIENT
    ):
        act = action_of(utterance, clause, False)
        return refusal("cannot") if act is not ActionKind.OTHER else None
    if verb.lemma in ("смочь", "успеть") and negated(utterance, clause.head) and verb.person == 1:
        return refusal("cannot")
    return None


MODALS: dict[str, frozenset[str]] = {
    "can": frozenset({"мочь"}),
    "able": frozenset({"смочь", "успеть", "успевать"}),
    "ready": frozenset({"готовый", "согласный", "согласиться", "намеренный"}),
    "must": frozenset({"должный", "обязанный"}),
    "forced": frozenset({"вынужденный", "вынудить"}),
    "try": lex.TRY,
    "need": frozenset({"прийтись"}),
    "will": frozenset({"быть", "стать", "станет"}),
}


def _can(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    act = action_of(utterance, clause, utterance.side == CLIENT, negated(utterance, clause.head))
    inner = utterance.verb(clause.infinitives[0])
    if negated(utterance, clause.head) and verb.person in (1, 3):
        if inner and inner.lemma in lex.KNOW_NOT | {"быть"}:
            return None
        return (
            _declined(utterance, clause, act)
            if verb.person == 1 or utterance.side != CLIENT
            else None
        )
    concession = act in FAVOURS_OF_MONEY and verb.person == 1 and utterance.side != CLIENT
    return promise("concession", hedged=True) if concession else None


def _declined(utterance: Utterance, clause: Clause, act: ActionKind) -> Verdict | None:
    """A client's «не могу» declines only what is the client's to do."""
    if utterance.side != CLIENT or act in (
        ActionKind.PAYMENT,
        ActionKind.VISIT,
        ActionKind.CALLBACK,
        ActionKind.DOCUMENT,
    ):
        return refusal("cannot")
    return None


def _able(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    act = action_of(utterance, clause, utterance.side == CLIENT)
    if negated(utterance, clause.head):
        return (
            refusal("cannot")
            if verb.person == 1 or (verb.person == 3 and utterance.side != CLIENT)
            else None
        )
    if verb.person == 2:
        return _yours_by_then(utterance, clause)
    if act is ActionKind.OTHER and not addressed_or_timed(utterance, clause):
        return None
    if utterance.side == CLIENT and verb.person == 3:
        return None
    return promise("able", hedged=act in FAVOURS_OF_MONEY)


def _yours_by_then(utterance: Utterance, clause: Clause) -> Verdict | None:
    """«в пятницу сможете забрать»: it will be ready then."""
    fetched = {"забрать", "забирать", "получить"} & set(utterance.verbs(clause))
    bound = fetched and utterance.side != CLIENT and utterance.dated(clause)
    return promise("yours-by-then") if bound and not utterance.has(None, lex.HABIT) else None


def _ready(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    if utterance.texts()[max(0, clause.head - 2) : clause.head] and "вы" in utterance.texts(clause):
        return None
    if negated(utterance, clause.head):
        return refusal("not-ready")
    act = action_of(utterance, clause, utterance.side == CLIENT)
    return promise("ready") if act is not ActionKind.OTHER and utterance.side != CLIENT else None


def _must(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """«завтра должны привезти»: an expectation that one's own side does it."""
    texts = utterance.texts(clause)
    if {"вы", "ты", "были", "был", "была", "было"} & set(texts) or utterance.side == CLIENT:
        return None
    if negated(utterance, clause.head):
        return None
    act = action_of(utterance, clause, False)
    ahead = addressed_or_timed(utterance, clause)
    return (
        promise("expected", hedged=True)
        if ahead and (act is not ActionKind.OTHER or utterance.addressed(clause))
        else None
    )


def _forced(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    return refusal("forced") if "отказать" in utterance.verbs(clause) else None


def _try(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    if not verb.future or verb.person == 2:
        return None
    if negated(utterance, clause.head):
        return refusal("no-try")
    act = action_of(utterance, clause, utterance.side == CLIENT)
    inner = utterance.verb(clause.infinitives[0])
    looks = act is ActionKind.OTHER and inner is not None and inner.lemma in lex.LOOKING
    return None if looks and not utterance.timed(clause) else promise("try", hedged=True)


def _will(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """«буду», «стану» with an imperfective infinitive."""
    denied = negated(utterance, clause.head)
    if not verb.future or (verb.person == 2 and (not denied or utterance.side == CLIENT)):
        return None
    inner = utterance.verb(clause.infinitives[0])
    act = action_of(utterance, clause, utterance.side == CLIENT, denied)
    if denied:
        if utterance.side != CLIENT and (kind := favour(utterance, clause, act)):
            return kind
        own = verb.person == 1 or (utterance.side != CLIENT and verb.person == 3)
        idle = inner is not None and inner.lemma in (
            "скрывать",
            "спорить",
            "мешать",
            "задерживать",
            "отвлекать",
            "врать",
            "загадывать",
            "торопить",
        )
        return refusal("will-not") if own and not idle else None
    if (
        inner is None
        or inner.lemma in lex.COURTESY | lex.LOOKING
        or (act is ActionKind.OTHER and not utterance.addressed(clause))
    ):
        return None
    if verb.person == 1:
        return (
            promise("will-be-doing")
            if inner.lemma not in lex.OWN_PLAN | lex.INFO | lex.THREAT
            else None
        )
    return (
        promise("will-be-doing")
        if utterance.side != CLIENT and utterance.addressed(clause)
        else None
    )


def _need(utterance: Utterance, clause: Clause, verb: Verb) -> Verdict | None:
    """«платить не придётся»."""
    if not negated(utterance, clause.head) or utterance.side == CLIENT:
        return None
    return favour(utterance, clause, action_of(utterance, clause, False, True))


MODAL_RULES: dict[str, Callable[[Utterance, Clause, Verb], Verdict | None]] = {
    "can": _can, "able": _able, "ready": _ready, "must": _must, "forced": _forced, "try": _try, "will": _will,
    "need": _need,
}  # fmt: skip
