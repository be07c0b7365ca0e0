"""From an utterance to its acts: claims first, then each clause by itself, then what belongs together. Pure.

In: an utterance. Out: `Act`s in order, each with what, how much, until when, and the rule that decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from calls.promises.model import ActionKind, Amount, Due, Found, Label, Strength
from calls.promises.russian import lexicon as lex
from calls.promises.russian.action import action_of, is_negated
from calls.promises.russian.amount import amount_of
from calls.promises.russian.claims import Claim, claim_in
from calls.promises.russian.clauses import AND, PURPOSE, THAT, Clause
from calls.promises.russian.due import until
from calls.promises.russian.family import family
from calls.promises.russian.judge import judge
from calls.promises.russian.matter import PRONOUNS
from calls.promises.russian.question import asked
from calls.promises.russian.utterance import CLIENT, Utterance
from calls.promises.russian.verdict import Verdict

BRINGS_ABOUT = lex.TRY | family(
    "договориться договариваться попросить проследить сделать добиться устроить поторопить "
    "распорядиться похлопотать настоять"
)


@dataclass(frozen=True, slots=True)
class Act:
    """An act and the clauses that make it."""

    found: Found
    clauses: tuple[Clause, ...]

    @property
    def amount(self) -> Amount | None:
        """How much."""
        return self.found.amount

    @property
    def due(self) -> Due | None:
        """Until when."""
        return self.found.due


def acts_of(utterance: Utterance) -> list[Act]:
    """All acts of an utterance in order; neighbours about one thing are one."""
    if not utterance.words:
        return []
    claim = claim_in(utterance)
    if claim:
        return [*_before_claim(utterance, claim), _claim(utterance, claim)]
    return _joined(utterance, _verdicts(utterance, utterance.clauses))


def _verdicts(utterance: Utterance, clauses: list[Clause]) -> list[tuple[Clause, Verdict]]:
    questions = asked(utterance)
    found = []
    for index, clause in enumerate(utterance.clauses):
        if clause in clauses and index not in questions and (verdict := judge(utterance, clause)):
            found.append((clause, verdict))
    return found


def _before_claim(utterance: Utterance, claim: Claim) -> list[Act]:
    """Own acts beside a claim: only where "I" or "we" is said and the clause is not what was claimed."""
    own = []
    for clause in utterance.clauses:
        apart = clause.end <= claim.at or clause.opener in ("and", "but")
        verb = utterance.verb(clause.head)
        first = verb is not None and verb.person == 1 and {"я", "мы"} & set(utterance.texts(clause))
        if apart and first and not clause.start <= claim.at < clause.end:
            own.append(clause)
    return _joined(utterance, _verdicts(utterance, own))


def _claim(utterance: Utterance, claim: Claim) -> Act:
    """A claim is about all that follows its word of saying, or what stands before if nothing does."""
    by_client = utterance.side == "operator"
    start = claim.at
    behind = [c for c in utterance.clauses if c.end > start]
    negation = any(is_negated(utterance, c) for c in behind)
    kind = _claimed_kind(utterance, claim, by_client, negation)
    amount = amount_of(utterance, kind, 0, len(utterance.words))
    told = [c for c in utterance.clauses if c.start <= claim.at or not _past(utterance, c)]
    when = until(utterance, told, Label.CLAIM, kind)
    found = Found(
        label=Label.CLAIM, action=kind, amount=amount, due=when.due, word_from=0, word_to=len(utterance.words) - 1,
        why="claim" if claim.strong else "told",
    )  # fmt: skip
    return Act(found, tuple(utterance.clauses))


def _past(utterance: Utterance, clause: Clause) -> bool:
    verb = utterance.verb(clause.head)
    return verb is not None and verb.tense == "past"


def _claimed_kind(
    utterance: Utterance, claim: Claim, by_client: bool, negation: bool
) -> ActionKind:
    saying = next(c for c in utterance.clauses if c.start <= claim.at < c.end)
    index = utterance.clauses.index(saying)
    following = utterance.clauses[index + 1 :]
    reported = bool(following) and following[0].opener == THAT
    order = [*following, saying] if reported else [saying, *following]
    for clause in [*order, *reversed(utterance.clauses[:index])]:
        verb = utterance.verb(clause.head)
        if clause is not saying and verb and verb.tense == "past":
            continue
        denied = is_negated(utterance, clause) and clause is not saying
        alone = clause is saying and not clause.infinitives and index + 1 < len(utterance.clauses)
        if alone and not _says_more(utterance, clause):
            continue
        kind = action_of(utterance, clause, by_client, denied, reported=True)
        if kind is not ActionKind.OTHER:
            return kind
    missing = utterance.has(None, lex.GOODS) and "нет" in utterance.texts()
    if (missing or utterance.has(None, lex.COURIER)) and not _deed_follows(utterance, claim):
        return ActionKind.DELIVERY
    if any(w.noun and not w.nominative and w.of(lex.VISITOR) for w in utterance.words[claim.at :]):
        return ActionKind.VISIT
    return action_of(utterance, None, by_client, negation, reported=True)


def _deed_follows(utterance: Utterance, claim: Claim) -> bool:
    """Whether a verb that names a deed of its own follows the word of saying."""
    return any(
        at > claim.at and word.verb and word.verb.tense != "past"
        for at, word in enumerate(utterance.words)
    )


def _says_more(utterance: Utterance, clause: Clause) -> bool:
    """Whether a clause of saying names what was promised itself: «обещали скидку»."""
    return any(
        w.noun and not w.verb and not w.animate and not w.of(PRONOUNS) and not w.of(lex.STAFF)
        for w in utterance.part(clause)
    )


def _joined(utterance: Utterance, judged: list[tuple[Clause, Verdict]]) -> list[Act]:
    """Make acts: a clause that adds nothing of its own («и всё объяснит») joins the act beside it."""
    groups: list[tuple[Label, ActionKind, list[Clause], list[Verdict]]] = []
    for clause, verdict in judged:
        negation = verdict.favour or is_negated(utterance, clause)
        kind = action_of(utterance, clause, utterance.side == CLIENT, negation)
        last = groups[-1] if groups else None
        if (
            last
            and last[1] is ActionKind.VISIT
            and kind is ActionKind.REPAIR
            and clause.opener == AND
        ):
            kind = ActionKind.OTHER
        if (
            last
            and last[0] == verdict.label
            and (kind in (last[1], ActionKind.OTHER) or last[1] is ActionKind.OTHER)
        ):
            better = last[1] if kind is ActionKind.OTHER else kind
            groups[-1] = (last[0], better, [*last[2], clause], [*last[3], verdict])
        else:
            groups.append((verdict.label, kind, [clause], [verdict]))
    return [_act(utterance, *group) for group in groups]


def _act(
    utterance: Utterance,
    label: Label,
    kind: ActionKind,
    clauses: list[Clause],
    verdicts: list[Verdict],
) -> Act:
    if kind is ActionKind.OTHER and (aim := _aim(utterance, clauses[-1])):
        clauses = [*clauses, aim]
        kind = action_of(utterance, aim, utterance.side == CLIENT)
    start, end = clauses[0].start, clauses[-1].end
    first = verdicts[0]
    kind = _whole_kind(utterance, label, kind, clauses)
    when = until(utterance, clauses, label, kind)
    promised = label is Label.PROMISE
    hedged = any(v.hedged for v in verdicts) or _hedges(utterance, clauses)
    found = Found(
        label=label,
        action=kind,
        amount=amount_of(utterance, kind, *_reach(utterance, start, end)),
        due=when.due,
        vague=when.vague,
        strength=(Strength.HEDGED if hedged else Strength.FIRM) if promised else None,
        word_from=start,
        word_to=end - 1,
        why=first.why,
    )
    return Act(found, tuple(clauses))


def _aim(utterance: Utterance, clause: Clause) -> Clause | None:
    """«постараемся, чтобы привезли завтра»: what is brought about is the act."""
    following = next((c for c in utterance.clauses if c.start == clause.end), None)
    if following is None or following.opener != PURPOSE:
        return None
    return following if BRINGS_ABOUT & set(utterance.verbs(clause)) else None


def _reach(utterance: Utterance, start: int, end: int) -> tuple[int, int]:
    """Where the act's number may stand: its clauses, and headless words and vows around them."""
    if len(utterance.clauses) <= 2:
        return 0, len(utterance.words)
    return start, end


def _whole_kind(
    utterance: Utterance, label: Label, kind: ActionKind, clauses: list[Clause]
) -> ActionKind:
    """A vow alone («обещаю») is about the whole; so is anything whose own words say nothing."""
    if kind is not ActionKind.OTHER or len(utterance.clauses) == len(clauses):
        if kind is ActionKind.OTHER and len(clauses) > 1:
            return action_of(utterance, None, utterance.side == CLIENT)
        return kind
    vowed = any(not lex.VOW.isdisjoint(utterance.verbs(c)) for c in clauses)
    return action_of(utterance, None, utterance.side == CLIENT) if vowed else kind


def _hedges(utterance: Utterance, clauses: list[Clause]) -> bool:
    if utterance.says(
        None,
        "скорее всего",
        "по идее",
        "по возможности",
        "как получится",
        "если успеем",
        "если получится",
        "вроде бы",
        "не обещаю но",
    ):
        return True
    start, end = clauses[0].start, clauses[-1].end
    return any(utterance.words[at].text in lex.HEDGE for at in range(max(0, start - 3), end))


def best(acts: list[Act]) -> Act | None:
    """Of several acts the one that counts: promise before claim before refusal, a named kind before "other"."""
    for label in (Label.PROMISE, Label.CLAIM, Label.REFUSAL):
        mine = [act for act in acts if act.found.label is label]
        if mine:
            return _with_time(
                next((a for a in mine if a.found.action is not ActionKind.OTHER), mine[0]), mine
            )
    return None


def _with_time(act: Act, beside: list[Act]) -> Act:
    """An act without time or sum takes those of its neighbours: one sentence, one act."""
    due = act.found.due or next((a.due for a in beside if a.due), None)
    hedged = (
        Strength.HEDGED
        if any(a.found.strength is Strength.HEDGED for a in beside)
        else act.found.strength
    )
    return replace(act, found=replace(act.found, due=due, strength=hedged))
