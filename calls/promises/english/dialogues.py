"""All acts of a dialogue, each once. Pure.

In: turns. Out: `Found` acts in order of the turn that names them. A promise completed in later turns is one;
an answer takes
its act from the question; a withdrawn promise is marked; what is said again is not counted again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from calls.promises.english.acts import acts
from calls.promises.english.amounts import amount_in
from calls.promises.english.answers import (
    CORRECTING,
    FREED,
    MUCH_ASKED,
    RELEASED,
    STRONG_ASSENT,
    WHEN_ASKED,
    WITHDRAWN,
    Heard,
    agrees,
    assents,
    heard,
    is_fragment,
)
from calls.promises.english.sentences import AIMS
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Found, Label, Strength, Turn

REACH = 4
"""How many turns later a promise can still be completed."""
SUDDEN = re.compile(
    r" (?:oh no|oh sorry|ah sorry|no wait|wait|hang on|hold on|actually|oh dear|oops|my mistake|"
    r"apologies|i was mistaken|i made a mistake) "
)
COMPARED = re.compile(
    r" (?:more|less|sooner|earlier|later|before|another|any (?:further|lower|other)|only|than|"
    r"extra|on top|further|faster|quicker|cheaper) "
)
ELSEWHERE = frozenset({Kind.OTHER, Kind.DELIVERY, Kind.VISIT, Kind.DOCUMENT})


@dataclass(slots=True)
class _Talk:
    """What has been said so far."""

    call_at: datetime
    turns: list[Heard] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    def side(self, act: Found) -> str:
        return act.side or self.turns[act.turn].side

    def last_promise(self, side: str, reach: int = REACH) -> int | None:
        """The place of the last promise of one side that still stands."""
        for place in range(len(self.found) - 1, -1, -1):
            act = self.found[place]
            if act.label is Label.PROMISE and not act.withdrawn and self.side(act) == side:
                return place if len(self.turns) - 1 - act.turn <= reach else None
        return None

    def other_before(self) -> Heard | None:
        """The last turn of the other side before the present one."""
        present = self.turns[-1]
        return next((turn for turn in reversed(self.turns[:-1]) if turn.side != present.side), None)


def dialogue(turns: Sequence[Turn], call_at: datetime) -> list[Found]:
    """Find all acts of a dialogue, in order."""
    talk = _Talk(call_at)
    for index, turn in enumerate(turns):
        talk.turns.append(heard(turn.text, turn.side, call_at))
        _hear(talk, _merged(acts(turn.text, call_at, turn.side)), index)
    found = [replace(act, side=talk.side(act)) for act in talk.found]
    return sorted(found, key=lambda act: act.turn)


def _merged(given: list[Found]) -> list[Found]:
    """Join acts of one turn that are one: "come and mend", "I'll speak to them and call you"."""
    merged: list[Found] = []
    for act in given:
        last = merged[-1] if merged else None
        if last is None or last.label is not act.label or act.label is not Label.PROMISE:
            merged.append(act)
        elif _same(last, act):
            merged[-1] = _joined(last, act)
        elif last.action is Kind.VISIT and act.action in AIMS and act.due is None:
            merged[-1] = _joined(replace(last, action=act.action), act)
        elif last.action is Kind.OTHER and last.due is None and last.amount is None:
            merged[-1] = act
        elif act.action is not Kind.OTHER or act.due is not None:
            merged.append(act)
    return merged


def _same(one: Found, other: Found) -> bool:
    """Whether two acts can be the same one said twice."""
    times = (
        one.due is None
        or other.due is None
        or one.due == other.due
        or (one.due.on == other.due.on and None in {one.due.at, other.due.at})
    )
    sums = one.amount is None or other.amount is None or one.amount == other.amount
    return one.action is other.action and times and sums


def _joined(one: Found, other: Found) -> Found:
    """Complete an act by what was said of it again."""
    due = one.due or other.due
    if one.due and other.due and one.due.at is None:
        due = other.due
    return replace(
        one,
        due=due,
        amount=one.amount or other.amount,
        vague=(one.vague or other.vague) and due is None,
    )


def _hear(talk: _Talk, given: list[Found], index: int) -> None:
    """Take in one turn and the acts found in it by itself."""
    if _withdraws(talk, given, index):
        return
    given = [_with_context(talk, replace(act, turn=index)) for act in given]
    promises = [act for act in given if act.label is Label.PROMISE]
    if not promises:
        _answer(talk)
    for act in given:
        _add(talk, act)


def _withdraws(talk: _Talk, given: list[Found], index: int) -> bool:
    """Mark a promise that this turn takes back, or from which the other side releases; True: that is all."""
    turn = talk.turns[-1]
    if _declines_after_all(talk, given):
        return True
    if WITHDRAWN.search(turn.text):
        own = [
            act
            for act in given
            if act.label is Label.PROMISE
            and not WITHDRAWN.search(turn.text.split(" actually ")[0] + " ")
        ]
        refused = next(
            (
                act.action
                for act in given
                if act.label is Label.REFUSAL and act.action is not Kind.OTHER
            ),
            None,
        )
        place = _to_withdraw(talk, turn.side, refused)
        if place is not None:
            talk.found[place] = replace(talk.found[place], withdrawn=True)
            for act in given:
                if act.label is Label.PROMISE:
                    talk.found.append(_with_context(talk, replace(act, turn=index)))
            return True
        if own:
            talk.found.extend(replace(act, turn=index, withdrawn=True) for act in own[:1])
            return True
        return False
    other = "client" if turn.side == "operator" else "operator"
    place = talk.last_promise(other, 3)
    if place is not None and _releases(talk, turn, talk.found[place]):
        talk.found[place] = replace(talk.found[place], withdrawn=True)
    return False


def _declines_after_all(talk: _Talk, given: list[Found]) -> bool:
    """Mark what the same side has just promised and now refuses: "oh no sorry there's no discount"."""
    turn = talk.turns[-1]
    refused = {act.action for act in given if act.label is Label.REFUSAL}
    sudden = SUDDEN.search(turn.text) and not COMPARED.search(turn.text)
    if not sudden or not refused or any(act.label is Label.PROMISE for act in given):
        return False
    place = talk.last_promise(turn.side)
    if place is None or talk.found[place].action not in refused - {Kind.OTHER}:
        return False
    talk.found[place] = replace(talk.found[place], withdrawn=True)
    return True


def _releases(talk: _Talk, turn: Heard, act: Found) -> bool:
    """Whether the one to whom a promise was given lets it go."""
    if FREED.search(turn.text) and act.turn == len(talk.turns) - 2:
        return True
    return bool(RELEASED.search(turn.text)) and turn.kind in {act.action, Kind.OTHER}


def _to_withdraw(talk: _Talk, side: str, kind: Kind | None) -> int | None:
    """The promise that is taken back: the last of that kind, else the last."""
    own = [
        place
        for place, act in enumerate(talk.found)
        if act.label is Label.PROMISE and not act.withdrawn and talk.side(act) == side
    ]
    of_kind = [place for place in own if kind is not None and talk.found[place].action is kind]
    found = of_kind or own
    return found[-1] if found else None


def _with_context(talk: _Talk, act: Found) -> Found:
    """Take the kind of "I'll do that" or "no we can't" from the question before."""
    if act.action is not Kind.OTHER or act.label is Label.CLAIM:
        return act
    turn = talk.turns[-1]
    before = [
        heard_before
        for heard_before in talk.turns[-4:-1]
        if heard_before.asks and heard_before.kind is not Kind.OTHER
    ]
    pointing = turn.length <= 9 or any(word in turn.text for word in (" that ", " it ", " this "))
    if not before or not pointing:
        return act
    source = before[-1]
    due = act.due or (source.time.due if act.label is Label.PROMISE and not act.vague else None)
    return replace(act, action=source.kind, amount=act.amount or source.amount, due=due)


def _answer(talk: _Talk) -> None:
    """Take in a turn without a promise of its own: an assent, or the time or sum of a promise before."""
    turn, asked = talk.turns[-1], talk.other_before()
    if asked is None:
        return
    near = len(talk.turns) > 1 and talk.turns[-2] is asked
    if near and assents(turn, asked) and _is_new(talk, asked, turn):
        due = turn.time.due or asked.time.due
        _add(
            talk,
            Found(
                label=Label.PROMISE,
                action=asked.kind,
                amount=turn.amount or asked.amount,
                due=due,
                vague=due is None and asked.time.vague,
                strength=Strength.FIRM,
                turn=next(n for n, one in enumerate(talk.turns) if one is asked),
                word_from=0,
                word_to=max(len(asked.text.split()) - 1, 0),
                side=turn.side,
                why="assent",
            ),
        )
        return
    place = talk.last_promise(turn.side)
    if place is None:
        return
    if not (
        is_fragment(turn)
        or (near and (WHEN_ASKED.search(asked.text) or MUCH_ASKED.search(asked.text)))
    ):
        return
    _complete(talk, place, turn, asked)


def _is_new(talk: _Talk, asked: Heard, turn: Heard) -> bool:
    """Whether an assent promises something: not merely repeats what its speaker has promised."""
    place = talk.last_promise(turn.side)
    if place is None:
        return True
    return talk.found[place].action is not asked.kind or bool(
        STRONG_ASSENT.search(turn.text) and asked.time.due
    )


def _complete(talk: _Talk, place: int, turn: Heard, asked: Heard) -> None:
    """Give a promise the time or the sum that a later turn says."""
    act = talk.found[place]
    due, vague = turn.time.due, turn.time.vague
    kind = act.action or Kind.OTHER
    amount = amount_in(turn.text if kind is Kind.GUARANTEE else turn.time.rest, kind)
    if due is None and agrees(turn) and asked is talk.turns[-2] and asked.length <= 10:
        due, amount = asked.time.due, amount or asked.amount
    if act.due is None and due is not None:
        act = replace(act, due=due, vague=False)
    elif due is not None and CORRECTING.search(turn.text):
        act = replace(act, due=due)
    elif (
        act.due is not None
        and act.due.at is None
        and due is not None
        and due.at is not None
        and due.on in {act.due.on, talk.call_at.date()}
    ):
        act = replace(act, due=replace(act.due, at=due.at))
    elif act.due is None:
        act = replace(act, vague=act.vague or vague)
    if (
        act.amount is None
        and amount is not None
        and (
            MUCH_ASKED.search(asked.text)
            or act.action
            in {Kind.DISCOUNT, Kind.REFUND, Kind.PAYMENT, Kind.PRICE, Kind.GUARANTEE, Kind.WAIVER}
        )
    ):
        act = replace(act, amount=amount)
    talk.found[place] = act


def _add(talk: _Talk, act: Found) -> None:
    """Add an act, or complete the one that it repeats."""
    side = talk.turns[-1].side
    for place in range(len(talk.found) - 1, -1, -1):
        old = talk.found[place]
        if old.label is not act.label or talk.side(old) != side or old.withdrawn:
            continue
        if _same(old, act) and not (
            act.label is Label.PROMISE
            and act.action is Kind.OTHER
            and old.turn != act.turn
            and old.due != act.due
        ):
            talk.found[place] = _joined(old, act)
            return
        near = act.turn - old.turn <= REACH
        if (
            act.label is Label.PROMISE
            and near
            and old.due is None
            and act.action in ELSEWHERE
            and old.action in ELSEWHERE | {Kind.REPLACEMENT}
            and old.action is not Kind.OTHER
            and _points_back(talk)
        ):
            talk.found[place] = replace(_joined(old, act), action=old.action)
            return
        if (
            act.label is Label.PROMISE
            and old.action is act.action
            and near
            and CORRECTING.search(talk.turns[-1].text)
        ):
            talk.found[place] = replace(act, turn=old.turn, amount=act.amount or old.amount)
            return
    talk.found.append(act)


def _points_back(talk: _Talk) -> bool:
    """Whether the present turn speaks of a thing named before: "it'll be with you on friday"."""
    text = talk.turns[-1].text
    return (
        any(word in text for word in (" it ", " that ", " they ", " them "))
        and talk.turns[-1].length <= 14
    )
