"""What one turn asks for or offers, and how the next one answers. Pure.

In: utterances. Out: a `Pending` that an answer may make a promise, and whether a turn says yes, no, or takes back.
"""

from __future__ import annotations

from dataclasses import dataclass

from calls.promises.model import ActionKind, Amount, Due, Label
from calls.promises.russian import lexicon as lex
from calls.promises.russian.action import action_of
from calls.promises.russian.amount import amount_of
from calls.promises.russian.clauses import Clause
from calls.promises.russian.due import until
from calls.promises.russian.family import family
from calls.promises.russian.utterance import Utterance
from calls.promises.russian.words import FINITE, IMPERATIVE

YES = family(
    "да конечно обязательно хорошо сделаем сделаю договорились ладно непременно разумеется ок "
    "окей принято есть давайте давай естественно безусловно легко угу ага будет идет согласен "
    "согласна согласны можно можем конечно устраивает подходит подойдет пожалуйста отлично "
    "решено принимается могу годится записала записал понял поняла сможем смогу буду будем"
)
NO = family("нет не никак увы сожалению нельзя")
TAKES_BACK = (
    "все таки не",
    "всё таки не",
    "все же не",
    "забудьте",
    "беру слова обратно",
    "беру слово обратно",
    "ошибся",
    "ошиблась",
    "передумал",
    "передумала",
    "передумали",
    "отменяется",
    "не получается",
    "отбой",
    "снимается",
    "не считается",
    "оговорился",
    "оговорилась",
    "зря пообещал",
    "поторопился",
    "поторопилась",
    "поспешил",
    "поспешила",
    "отменим",
    "не актуально",
    "переиграем",
    "все отменяется",
    "не смогу",
    "не сможем",
    "не выйдет",
    "не получится",
    "нет не",
    "не обещаю",
    "не будет",
    "не успеем",
    "не успею",
    "отзываю",
    "не могу",
    "не можем",
    "ошибочка",
    "отменяю",
    "не дадут",
    "не разрешили",
    "не одобрили",
    "не разрешает",
    "запретили",
)
NOT_NEEDED = (
    "не надо",
    "не нужно",
    "не стоит",
    "не звоните",
    "не перезванивайте",
    "не присылайте",
    "не привозите",
    "отмените",
    "не приезжайте",
    "не беспокойтесь я сам",
    "я сам",
    "я сама",
    "обойдусь",
    "уже не надо",
    "не отправляйте",
)
OFFERS = family("хотите желаете могу можем давайте давай предлагаю")
ASKS = family(
    "можете сможете можно могли нельзя хотел хотела хотелось нужен нужна нужно нужны надо"
)
LONGEST_ANSWER = 9
THINGS = lex.DOCUMENT | lex.GOODS | lex.FEE | lex.VISITOR


@dataclass(frozen=True, slots=True)
class Pending:
    """An act that was asked for or offered, and binds nobody yet."""

    turn: int
    asker: str
    offered: bool
    """The asker offers to do it; else asks the other side to."""
    kind: ActionKind
    amount: Amount | None
    due: Due | None
    vague: bool
    word_from: int
    word_to: int
    things: frozenset[str]


def pending_in(utterance: Utterance, turn: int) -> Pending | None:
    """Find the last act that a turn asks for or offers."""
    for clause in reversed(utterance.clauses):
        offered = _offers(utterance, clause)
        if not offered and not _asks(utterance, clause):
            continue
        client_acts = (utterance.side == "client") == offered
        kind = action_of(utterance, clause, client_acts)
        if kind is ActionKind.OTHER and not _deed(utterance, clause):
            continue
        when = until(utterance, [clause], Label.PROMISE, kind)
        amount = amount_of(utterance, kind, 0, len(utterance.words))
        return Pending(
            turn=turn,
            asker=utterance.side,
            offered=offered,
            kind=kind,
            amount=amount,
            due=when.due,
            vague=when.vague,
            word_from=clause.start,
            word_to=clause.end - 1,
            things=things_in(utterance, clause.start, clause.end),
        )
    return None


def _offers(utterance: Utterance, clause: Clause) -> bool:
    texts = set(utterance.texts(clause))
    verb = utterance.verb(clause.head)
    if verb and verb.form == FINITE and verb.person == 1 and verb.future:
        return bool({"хотите", "желаете", "давайте"} & set(utterance.texts()[: clause.start + 2]))
    if texts & OFFERS and clause.infinitives and "вы" not in texts:
        return True
    bare = clause.head < 0 and bool(clause.infinitives) and not texts & ASKS
    return bare and utterance.side == "operator"


def _asks(utterance: Utterance, clause: Clause) -> bool:
    verb = utterance.verb(clause.head)
    if verb is not None and (
        verb.form == IMPERATIVE
        or (verb.form == FINITE and verb.person == 2 and verb.tense != "past")
    ):
        return verb.lemma not in ATTENTION
    if verb is not None and verb.person == 3 and verb.future:
        return utterance.side == "client"
    return bool(set(utterance.texts(clause)) & ASKS) and (
        bool(clause.infinitives) or clause.head < 0
    )


ATTENTION = family(
    "сказать подсказать слушать послушать подождать простить извинить ждать назвать "
    "продиктовать уточнить повисеть смотреть знать понимать видеть"
)


def _deed(utterance: Utterance, clause: Clause) -> bool:
    """Whether something is asked for that has no kind of its own: «а перерасчёт сделаете»."""
    verb = utterance.verb(clause.head)
    if verb is not None and verb.form == FINITE and verb.person == 2 and verb.future:
        return any(w.noun and not w.verb for w in utterance.part(clause))
    return (
        verb is not None
        and verb.form == IMPERATIVE
        and utterance.addressed(clause) is False
        and bool(utterance.whens)
    )


def agrees(utterance: Utterance) -> bool:
    """Whether a turn is a short yes."""
    texts = utterance.texts()
    if not texts or len(texts) > LONGEST_ANSWER + 6:
        return False
    first = [t for t in texts[:3] if t not in ("ну", "а", "ой", "так")]
    yes = bool(first) and first[0] in YES
    return yes and not set(texts[:4]) & NO and not set(texts) & {"ли", "когда", "сколько", "почему"}


def takes_back(utterance: Utterance) -> bool:
    """Whether a turn takes back what its side has said."""
    return utterance.says(None, *TAKES_BACK)


def waives(utterance: Utterance) -> bool:
    """Whether a turn tells the other side that it need not."""
    return utterance.says(None, *NOT_NEEDED)


def things_in(said: Utterance, start: int, end: int) -> frozenset[str]:
    """Lemmas of the papers, goods, fees and people that are named there."""
    return frozenset(
        lemma
        for w in said.words[start:end]
        if w.noun and not w.verb and w.of(THINGS)
        for lemma in w.lemmas & THINGS
    )
