"""The kind of the act of one clause. Pure.

In: an utterance and one of its clauses. Out: what the act is about: its own words first, then who moves, then the whole.
"""

from __future__ import annotations

import re

from calls.promises.english.actions import action_of
from calls.promises.english.case import BOUND, OF_MACHINES
from calls.promises.english.clause import Clause, Who
from calls.promises.english.favours import CHARGES
from calls.promises.english.listed import listed
from calls.promises.english.utterance import Utterance, behind_verb
from calls.promises.model import ActionKind as Kind

HOLDING = re.compile(
    r" (?:hold|holding|held|keep|keeping|kept|reserve|reserved|reserving|set aside|put "
    r"aside|setting|lock|locked|good|valid|freeze|frozen|fix|fixed|guarantee|"
    r"guaranteed|stand|stands|stay|stays|honou?r|safe|open|cap|capped|protected|same|"
    r"no more|not go up|not increase|save) "
)


MOVERS = listed(
    "be come arrive drop swing pop turn show head stop call go nip attend visit make meet",
    "reach",
)


ERRANDS = listed("come pop swing stop nip visit attend")


CARRIERS = re.compile(
    r" (?:courier|driver|drivers|lorry|truck|van|rider|postman|delivery (?:guy|man|driver|team)) "
)


THINGS = frozenset({Who.THING, Who.IT, Who.YOURS, Who.THEY})
PEOPLE = frozenset({Who.I, Who.WE, Who.OURS, Who.HE, Who.MINE})
ERRAND = (
    r" (?:\w+ )?(?:by|in|out|over|round|around|along|down|to (?:see|your|the|sign|"
    r"collect|view|measure|look|inspect)|back (?:out|to (?!you))|and|there|here|~)"
)
MOVED = (
    r" (?:\w+ )?(?:at|in|on|with|to|there|here|over|round|around|by|out|back|up|down|~|"
    r"before|between|for|tomorrow|straight|first|sometime|next|within|this|your) "
)
NOT_MOVED = re.compile(
    r" get (?:it|them|that|those|the|your) | come up with | go (?:for|with|through|"
    r"over) | be (?:able|on (?:it|to)|in touch)"
)
THERE = re.compile(
    r" be (?:at the \w+ (?:by|at|on|for|~)|there|with you|round|over|at your|out|here|"
    r"in (?:on|at|tomorrow)|by|down|up) "
)
DONE = re.compile(r" (?:ready|done|finished|good to go|back on the road|sorted) ")
HANDED_IN = re.compile(r" drop (?:\S+ ){1,4}?off (?:with|at|to) (?:you|your) ")
POINTING = re.compile(r" (?:it|that|this|them|those|one|so|do|done|sorted) ")


TERMED = re.compile(
    r" if (?:it|anything|they|the \w+|that|any \w+|one)(?: \S+){1,5} (?:in|within|"
    r"during|inside) (?:the )?(?:@1|next|#\d+|a|one) (?:#\d+ )?years?(?= )"
)
"""A fault within years: what is promised for it is a guarantee."""


def kind_of(whole: Utterance, clause: Clause, said_of: tuple[str, str], text: str) -> Kind:
    """The kind of the act: from the clause (`said_of`: as said, and without its times), else from the whole."""
    cut, timeless = said_of
    if TERMED.search(whole.said.text()) and any(other.under == "if" for other in whole.clauses):
        return Kind.GUARANTEE
    kind = action_of(cut)
    if kind is not Kind.GUARANTEE:
        kind = _by_who(whole, clause, cut, action_of(timeless))
    if kind is not Kind.OTHER:
        return kind
    kind = action_of(text)
    if kind is not Kind.OTHER:
        return kind
    if OF_MACHINES.search(cut) and DONE.search(cut):
        return Kind.REPAIR
    if POINTING.search(cut) and not HOLDING.search(cut):
        return action_of(whole.said.text())
    return Kind.OTHER


def _by_who(whole: Utterance, clause: Clause, cut: str, kind: Kind) -> Kind:
    """Correct a kind by who acts: a thing that comes is delivered, a person who comes pays a visit."""
    if clause.who is Who.THEY and re.search(r" com(?:e|ing) (?:out|round|over|by) ", cut):
        return Kind.VISIT
    if clause.who in THINGS:
        return _of_thing(clause, kind)
    if clause.verb == "pay" and kind is Kind.WAIVER and not clause.passive:
        return Kind.PAYMENT if clause.who in BOUND | {Who.OURS} else kind
    if (
        whole.side == "client"
        and kind is Kind.REFUND
        and not clause.negated
        and " refund" not in cut
    ):
        return Kind.PAYMENT if clause.who in BOUND | {Who.YOU} else kind
    if whole.side == "client" and kind is Kind.DELIVERY and HANDED_IN.search(cut):
        return Kind.VISIT
    if clause.who in PEOPLE and _moves(whole, clause, cut, kind):
        return Kind.VISIT
    return kind


def _of_thing(clause: Clause, kind: Kind) -> Kind:
    if clause.negated and CHARGES.search(f" {clause.subject} ") and kind is not Kind.PRICE:
        fixed = re.search(r" (?:tariff|rise|increase|increases|price) ", f" {clause.subject} ")
        return Kind.PRICE if fixed else Kind.WAIVER
    if kind is Kind.VISIT and clause.verb in {"come", "go", "be", "arrive", "leave", "get"}:
        return Kind.DELIVERY
    if kind is Kind.CALLBACK and clause.verb == "reach":
        return Kind.DELIVERY
    return kind


def _moves(whole: Utterance, clause: Clause, cut: str, kind: Kind) -> bool:
    """Whether a person comes or goes: an errand whatever it is for, else a plain coming."""
    rest = f" {clause.verb}{whole.said.text(behind_verb(whole.said, clause), clause.end)} ~ "
    if clause.verb in ERRANDS and re.search(rf" {clause.verb}{ERRAND}", rest):
        return re.search(r" (?:stop|drop) (?:\w+ ){2,}", cut) is None
    if clause.verb == "be" and clause.who is Who.OURS and kind is Kind.REPAIR and THERE.search(cut):
        return True
    if clause.verb not in MOVERS or kind not in {Kind.DELIVERY, Kind.OTHER, Kind.VISIT}:
        return False
    if CARRIERS.search(f" {clause.subject} ") or NOT_MOVED.search(cut):
        return False
    if clause.who in {Who.I, Who.WE} and clause.verb == "be" and not THERE.search(cut):
        return False
    return re.search(rf" {clause.verb}{MOVED}", rest) is not None
