"""What an act is about: fourteen kinds, by its verbs and the things they are done to. Pure.

In: an utterance and a part of it. Out: an `ActionKind`. The rules stand in order: a narrow meaning before a wide one.
"""

from __future__ import annotations

from collections.abc import Callable

from calls.promises.model import ActionKind
from calls.promises.russian import deed_kinds, money_kinds
from calls.promises.russian import lexicon as lex
from calls.promises.russian.clauses import Clause
from calls.promises.russian.matter import Matter
from calls.promises.russian.utterance import Utterance, negated


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


def is_negated(utterance: Utterance, clause: Clause) -> bool:
    """Whether a clause's predicate or its infinitive is negated."""
    return any(at >= 0 and negated(utterance, at) for at in (clause.head, *clause.infinitives))


RULES: tuple[tuple[ActionKind, Callable[[Matter], bool]], ...] = (
    (ActionKind.TRANSFER, deed_kinds.transfer),
    (ActionKind.CALLBACK, deed_kinds.callback),
    (ActionKind.WAIVER, money_kinds.waiver),
    (ActionKind.GUARANTEE, money_kinds.guarantee),
    (ActionKind.DISCOUNT, money_kinds.discount),
    (ActionKind.PRICE, money_kinds.price),
    (ActionKind.REFUND, money_kinds.refund),
    (ActionKind.PAYMENT, money_kinds.payment),
    (ActionKind.REPLACEMENT, deed_kinds.replacement),
    (ActionKind.DOCUMENT, deed_kinds.document),
    (ActionKind.REPAIR, deed_kinds.repair),
    (ActionKind.VISIT, deed_kinds.visit),
    (ActionKind.DELIVERY, deed_kinds.delivery),
    (ActionKind.DOCUMENT, deed_kinds.sent),
    (ActionKind.CALLBACK, lambda m: m.verb(lex.INFORM)),
    (ActionKind.DOCUMENT, deed_kinds.drawn_up),
)
