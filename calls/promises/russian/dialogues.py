"""Acts of a dialogue: each once, spread over turns where people talk so, marked where they are taken back. Pure.

In: turns. Out: `Found` acts in the order in which they were named. An act is named in the turn that says what will be
done; its time, sum and firmness may come later, from either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from calls.promises.model import ActionKind, Found, Label, Strength, Turn
from calls.promises.russian.acts import Act, acts_of
from calls.promises.russian.amount import amount_of
from calls.promises.russian.due import until
from calls.promises.russian.family import family
from calls.promises.russian.pending import (
    LONGEST_ANSWER,
    Pending,
    agrees,
    pending_in,
    takes_back,
    things_in,
    waives,
)
from calls.promises.russian.utterance import Utterance, utterance

COMPARED = family("раньше больше меньше дешевле ниже быстрее другой кроме только еще")
"""«раньше не сможем»: what was promised stands."""
MISTAKEN = ("ошибся", "ошиблась", "ошиблись", "перепутал", "перепутала", "обманул", "обманула")
PROPOSES = frozenset({"лучше", "можно", "давайте", "удобно", "если"})
GENERIC = family(
    "сделать делать быть мочь смочь обещать пообещать постараться попробовать попытаться "
    "гарантировать устроить организовать"
)
"""Verbs that name no deed: «да, сделаем» means what was asked for."""
REMEMBERED = 3
"""Turns for which a question waits for its answer."""


@dataclass(slots=True)
class _Item:
    """An act on its way: what is known of it so far."""

    found: Found
    side: str
    things: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Course:
    """Where a dialogue stands."""

    items: list[_Item] = field(default_factory=list)
    pending: Pending | None = None
    turn: int = 0

    def last(self, side: str) -> _Item | None:
        """The last promise of a side that stands."""
        return next((i for i in reversed(self.items) if i.side == side and _stands(i)), None)


def dialogue(turns: Sequence[Turn], call_at: datetime) -> list[Found]:
    """Go through the turns; each may add acts, complete earlier ones, or take them back."""
    course = _Course()
    for index, turn in enumerate(turns):
        course.turn = index
        said = utterance(turn.text, turn.side, call_at)
        if said.words:
            _take(course, said)
    found = sorted(course.items, key=lambda i: (i.found.turn, i.found.word_from))
    return [replace(item.found, side=item.side) for item in found]


def _take(course: _Course, said: Utterance) -> None:
    found = [replace(act, found=replace(act.found, turn=course.turn)) for act in acts_of(said)]
    taken_back = _take_back(course, said, found)
    if taken_back:
        found = [act for act in found if act.found.label is not Label.REFUSAL]
    own = _adopt(course, said, found)
    for act in own:
        _add(course, said, act)
    if not own and not taken_back:
        _complete(course, said)
    accepted = course.pending is not None and course.pending.offered and agrees(said)
    asked = None if accepted else pending_in(said, course.turn)
    expired = accepted or (
        course.pending is not None and course.turn - course.pending.turn >= REMEMBERED
    )
    if asked or expired or own:
        course.pending = asked


def _stands(item: _Item) -> bool:
    return item.found.label is Label.PROMISE and not item.found.withdrawn


def _take_back(course: _Course, said: Utterance, found: list[Act]) -> bool:
    """Mark what this turn takes back: a side's own promise, or one the other side need not keep."""
    return _withdraw(_own_taken_back(course, said, found) or _spared(course, said, found))


def _own_taken_back(course: _Course, said: Utterance, found: list[Act]) -> list[_Item]:
    refused = [act.found.action for act in found if act.found.label is Label.REFUSAL]
    compared = said.has(None, COMPARED) and not said.says(None, *MISTAKEN)
    if refused and (compared or _another_day(course, said)):
        return []
    own = [i for i in course.items if i.side == said.side and _stands(i)]
    same = [i for i in own if i.found.action in refused]
    unnamed = not refused or refused == [ActionKind.OTHER]
    recent = takes_back(said) and unnamed and not _about_another(said, own)
    return same[-1:] or (own[-1:] if recent else [])


def _spared(course: _Course, said: Utterance, found: list[Act]) -> list[_Item]:
    """«не надо, я сама»: the other side need not."""
    vague = [
        a for a in found if a.found.label is Label.PROMISE and a.found.action is ActionKind.OTHER
    ]
    if vague or not waives(said):
        return []
    others = [i for i in course.items if i.side != said.side and _stands(i)]
    return [i for i in others[-1:] if course.turn - i.found.turn <= REMEMBERED]


def _another_day(course: _Course, said: Utterance) -> bool:
    """«сегодня не успеем»: what was promised for tomorrow stands."""
    item = course.last(said.side)
    days = [w.on for w in said.whens if w.on]
    return bool(item and item.found.due and days and item.found.due.on not in days)


def _about_another(said: Utterance, own: list[_Item]) -> bool:
    """Whether the turn names things, and none of them is the last promise's."""
    named = things_in(said, 0, len(said.words))
    return bool(own and named and own[-1].things and not named & own[-1].things)


def _withdraw(items: list[_Item]) -> bool:
    for item in items:
        item.found = replace(item.found, withdrawn=True)
    return bool(items)


def _adopt(course: _Course, said: Utterance, found: list[Act]) -> list[Act]:
    """Answers to what was asked: «да, сделаем», «обязательно», «постараемся», «нет»."""
    pending = course.pending
    found = [_of_what_went_before(course, said, act) for act in found]
    if pending is None or _answers_itself(pending, said):
        return found
    if pending.offered:
        if agrees(said) and pending.kind is not ActionKind.OTHER:
            _accept(course, pending, said)
        return found
    whole = [_filled(said, act, pending) for act in found]
    if (
        not found
        and agrees(said)
        and len(said.words) <= LONGEST_ANSWER
        and pending.kind is not ActionKind.OTHER
    ):
        course.items.append(_Item(_promised(pending, said), said.side, pending.things))
        course.pending = None
    return whole


def _of_what_went_before(course: _Course, said: Utterance, act: Act) -> Act:
    """A refusal that names nothing refuses what was claimed just before, or more of what its side has promised."""
    if (
        act.found.label is not Label.REFUSAL
        or act.found.action is not ActionKind.OTHER
        or not course.items
    ):
        return act
    last = course.items[-1]
    claimed = last.found.label is Label.CLAIM and last.side != said.side
    compared = said.has(None, COMPARED) or _another_day(course, said)
    more = last.side == said.side and compared
    if course.turn - last.found.turn > REMEMBERED or not (claimed or more):
        return act
    amount = act.found.amount or amount_of(
        said, last.found.action or ActionKind.OTHER, 0, len(said.words)
    )
    return replace(act, found=replace(act.found, action=last.found.action, amount=amount))


def _answers_itself(pending: Pending, said: Utterance) -> bool:
    return pending.asker == said.side


def _accept(course: _Course, pending: Pending, said: Utterance) -> None:
    """The offer was taken: it binds the one who made it."""
    known = [
        i
        for i in course.items
        if i.side == pending.asker and i.found.action is pending.kind and _stands(i)
    ]
    if not known:
        course.items.append(_Item(_promised(pending, said), pending.asker, pending.things))
    _complete(course, said, of=pending.asker)


def _promised(pending: Pending, said: Utterance) -> Found:
    """A promise whose deed was named by a question; the answer's own time goes before the question's."""
    when = until(said, said.clauses, Label.PROMISE, pending.kind)
    hedged = bool(
        {"наверное", "постараемся", "постараюсь", "попробуем", "думаю"} & set(said.texts())
    )
    return Found(
        label=Label.PROMISE,
        action=pending.kind,
        amount=amount_of(said, pending.kind, 0, len(said.words)) or pending.amount,
        due=when.due or pending.due,
        vague=(when.vague or pending.vague) and not (when.due or pending.due),
        strength=Strength.HEDGED if hedged else Strength.FIRM,
        turn=pending.turn,
        word_from=pending.word_from,
        word_to=pending.word_to,
        why="answered",
    )


def _filled(said: Utterance, act: Act, pending: Pending) -> Act:
    """An own act that says less than the question takes the rest from it."""
    found = act.found
    if found.label is Label.CLAIM or found.action not in (pending.kind, ActionKind.OTHER):
        return act
    unnamed = found.action is ActionKind.OTHER and all(
        verb in GENERIC for clause in act.clauses for verb in said.verbs(clause)
    )
    if found.action is ActionKind.OTHER and pending.kind is not found.action and _long(act):
        return act
    promised = found.label is Label.PROMISE
    mended = replace(
        found,
        action=pending.kind,
        amount=found.amount or (pending.amount if unnamed else None),
        due=found.due or (pending.due if promised and not found.vague else None),
    )
    if unnamed and promised:
        place = (pending.turn, pending.word_from, pending.word_to)
        mended = replace(mended, turn=place[0], word_from=place[1], word_to=place[2])
    return replace(act, found=mended)


def _long(act: Act) -> bool:
    return act.found.word_to - act.found.word_from >= LONGEST_ANSWER


def _add(course: _Course, said: Utterance, act: Act) -> None:
    """Add an act, or join it with the same one said before."""
    found = act.found
    things = things_in(said, act.found.word_from, act.found.word_to + 1)
    things = things or (
        course.pending.things if course.pending and not course.pending.offered else frozenset()
    )
    for item in reversed(course.items):
        if item.side == said.side and _same(item, found, things):
            item.found = _merged(item.found, found)
            item.things |= things
            return
    course.items.append(_Item(found, said.side, things))


def _same(item: _Item, found: Found, things: frozenset[str]) -> bool:
    if item.found.label is not found.label or item.found.withdrawn:
        return False
    if item.found.action is not found.action:
        vague = ActionKind.OTHER in (item.found.action, found.action)
        return (
            vague
            and found.label is Label.PROMISE
            and found.why == "vow"
            and found.turn - item.found.turn <= REMEMBERED
        )
    apart = bool(item.things and things and not item.things & things)
    one_turn = item.found.turn == found.turn and item.found.due != found.due and bool(found.due)
    return not apart and not one_turn


def _merged(first: Found, again: Found) -> Found:
    """The later word counts for time and sum; the act stays where it was first named."""
    return replace(
        first,
        amount=again.amount or first.amount,
        due=again.due or first.due,
        vague=(first.vague or again.vague) and not (again.due or first.due),
        action=again.action if first.action is ActionKind.OTHER else first.action,
        strength=again.strength if again.due and first.strength else first.strength,
    )


def _complete(course: _Course, said: Utterance, of: str | None = None) -> None:
    """A turn without acts that says when, or how much: for the promise that stands last and has none."""
    item = course.last(of or said.side)
    if item is None and of is None:
        item = next((i for i in reversed(course.items) if _stands(i)), None)
    if item is None:
        return
    others = course.items and course.items[-1].side != said.side and of is None
    if others and _stands(course.items[-1]) and course.turn - course.items[-1].found.turn <= 1:
        item = course.items[-1]
    if course.turn - item.found.turn > 4 or len(said.words) > 14:
        return
    kind = item.found.action or ActionKind.OTHER
    when = until(said, said.clauses, Label.PROMISE, kind)
    settled = item.side != said.side and of is None and not PROPOSES & set(said.texts())
    if when.due and not settled:
        day = item.found.due
        due = (
            replace(when.due, on=day.on)
            if day and day.at is None and when.due.at and not _says_day(said)
            else when.due
        )
        item.found = replace(item.found, due=due, vague=False)
    elif when.vague and item.found.due is None:
        item.found = replace(item.found, vague=True)
    if item.found.amount is None and item.side == said.side:
        item.found = replace(item.found, amount=amount_of(said, kind, 0, len(said.words)))


def _says_day(said: Utterance) -> bool:
    return any(w.kind in ("date", "moment") for w in said.whens)
