"""Card numbers, passports, security codes and one-time codes in what was said. Pure.

In: the turns of a talk. Out: the places of what should not be heard or read again. Wrong alarms destroy words that
somebody needs, so digits are masked only where their count and check digit, and the words before them, say what they are:

- card: 15 to 19 digits with a right check digit (Luhn) that begin as cards do; where a card is talked of also 16 digits
  without it, for one of them may have been misheard; together with what is dictated right behind (expiry, code);
- passport (Russian): four and six digits, together or apart, after «паспорт» or «серия»;
- security code: three or four digits after «три цифры на обороте», "CVV" …;
- one-time code: four to eight digits after «код из смс», "verification code" …

Telephone numbers, orders, sums and dates stay. Digits are followed over turns: «да, записываю» and a repetition by the
other side do not end a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from calls.personal_data.context import UNIT, Topic, topics
from calls.personal_data.spoken import Digits, digits_in, plain

MOST_WORDS_AWAY = 40
"""So many words before digits may say what they are."""
MOST_TURNS_AWAY = 6
_FILLERS = frozenset({
    "и", "а", "э", "эм", "ну", "так", "дальше", "далее", "потом", "затем", "вот", "это", "номер", "пробел",
    "тире", "дефис", "точка", "еще", "раз", "значит", "минуту", "секунду", "and", "uh", "um", "er", "so", "then",
    "next", "dash", "hyphen", "space", "number", "is", "it's", "its", "it", "again", "dot", "well", "my",
})  # fmt: skip
_NODS = _FILLERS | {
    "да", "ага", "угу", "хорошо", "понял", "поняла", "слушаю", "записываю", "записал", "записала", "пишу",
    "диктуйте", "продолжайте", "верно", "правильно", "спасибо", "есть", "алло", "yes", "yeah", "ok", "okay",
    "right", "mhm", "aha", "go", "on", "ahead", "continue", "got", "writing", "correct", "thanks", "thank", "you",
    "please", "sure",
}  # fmt: skip
_MOST_FILLERS = 4
_CARD_BEGINS = "23456"


class Kind(StrEnum):
    """What was found."""

    CARD = "card"
    PASSPORT = "passport"
    CVC = "cvc"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a talk, word by word."""

    side: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Words of one turn that should not be kept; `word_from` and `word_to` are inclusive."""

    turn: int
    word_from: int
    word_to: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Piece:
    turn: int
    digits: Digits
    at: int
    """Count of words in the talk before it."""


@dataclass(frozen=True, slots=True)
class _Mention:
    turn: int
    at: int
    topic: Topic


def find(turns: Sequence[Turn]) -> list[Finding]:
    """Find all of them in a talk.

    Args:
        turns: in the order in which they were said.

    Returns:
        One finding for each turn that a number stretches over, in order.
    """
    talk = _Talk(turns)
    found: set[Finding] = set()
    given: dict[_Mention, list[str]] = {}
    for run in talk.runs():
        kind = _kind(talk, run, given)
        if kind is not None:
            found.update(_places(run, kind))
    return sorted(found)


def _places(run: Sequence[_Piece], kind: Kind) -> Iterator[Finding]:
    for turn in sorted({piece.turn for piece in run}):
        here = [piece.digits for piece in run if piece.turn == turn]
        yield Finding(turn, here[0].first, here[-1].last, kind)


def _value(run: Sequence[_Piece]) -> str:
    return "".join(piece.digits.value for piece in run)


def _kind(talk: _Talk, run: Sequence[_Piece], given: dict[_Mention, list[str]]) -> Kind | None:
    """What a run of digits is, None for what must stay."""
    value = _value(run)
    mention, phone_too = talk.about(run[0])
    topic = mention.topic if mention else None
    if _is_card(run, value, topic, phone_too=phone_too):
        return Kind.CARD
    if mention is None or not _fits(value, mention.topic, phone_too=phone_too):
        return None
    # A code is said once, and perhaps repeated: the next number of a talk is another matter.
    before = given.setdefault(mention, [])
    if not _goes_on(before, value, mention.topic):
        return None
    before.append(value)
    return Kind(mention.topic.value)


def _is_card(run: Sequence[_Piece], value: str, topic: Topic | None, *, phone_too: bool) -> bool:
    if topic is Topic.OTHER:
        return False
    begins = value[:1] in _CARD_BEGINS
    if 15 <= len(value) <= 19 and begins and luhn(value):
        return True
    if topic not in (Topic.CARD, Topic.CVC) or phone_too:
        return False
    if len(value) in (13, 14) and luhn(value):
        return True
    if 15 <= len(value) <= 19:
        return begins
    return len(value) > 19 and begins and _first_is_card(run)


def _first_is_card(run: Sequence[_Piece]) -> bool:
    """Whether the first pieces are a card with what is printed on it: at most expiry and code follow."""
    for end in range(1, len(run) + 1):
        head, rest = _value(run[:end]), _value(run[end:])
        if len(head) == 16 and len(rest) <= 8:
            return True
    return False


def _fits(value: str, topic: Topic, *, phone_too: bool) -> bool:
    count = len(value)
    if topic is Topic.PASSPORT:
        return count in (4, 6, 9, 10) and not (phone_too and count == 10 and value[0] in "789")
    if topic is Topic.CVC:
        return count in (3, 4)
    if topic is Topic.CODE:
        return 4 <= count <= 8 and not (phone_too and count == 7)
    return False


def _goes_on(before: Sequence[str], value: str, topic: Topic) -> bool:
    """Whether these digits still belong to what was asked for."""
    if not before or value in before or any(value in one for one in before):
        return True
    if topic is Topic.PASSPORT:
        return sum(map(len, before)) + len(value) <= 20
    return len(value) == len(before[0]) and len(before) < 3


def luhn(value: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    total = 0
    for place, sign in enumerate(reversed(value)):
        digit = int(sign) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0 and len(set(value)) > 1


class _Talk:
    """The words of a talk, with what is named and dictated in them."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._said = [[plain(word) for word in turn.words] for turn in turns]
        self._pieces: list[_Piece] = []
        self._mentions: list[_Mention] = []
        at = 0
        for number, said in enumerate(self._said):
            self._mentions += [_Mention(number, at + word, topic) for word, topic in _named(said)]
            self._pieces += [
                _Piece(number, digits, at + digits.first)
                for digits in digits_in(turns[number].words)
                if not self._is_quantity(number, digits)
            ]
            at += len(said)

    def _is_quantity(self, turn: int, digits: Digits) -> bool:
        after = self._said[turn][digits.last + 1 : digits.last + 2]
        return bool(after) and UNIT.fullmatch(after[0]) is not None

    def runs(self) -> Iterator[list[_Piece]]:
        """Pieces that are one number, side by side of the talk."""
        open_runs: dict[str, list[_Piece]] = {}
        done: list[list[_Piece]] = []
        for piece in self._pieces:
            run = open_runs.setdefault(self._turns[piece.turn].side, [])
            if run and not self._joined(run[-1], piece):
                done.append(run)
                run = open_runs[self._turns[piece.turn].side] = []
            run.append(piece)
        yield from sorted([*done, *open_runs.values()], key=lambda one: one[0].at)

    def _joined(self, first: _Piece, second: _Piece) -> bool:
        """Whether two pieces of one side are parts of one number."""
        end = first.digits.last + 1
        if first.turn == second.turn:
            return self._is_empty(self._said[first.turn][end : second.digits.first], _FILLERS)
        if second.turn - first.turn > MOST_TURNS_AWAY:
            return False
        rest = self._said[first.turn][end:]
        head = self._said[second.turn][: second.digits.first]
        return (
            self._is_empty(rest, _NODS)
            and self._is_empty(head, _NODS)
            and all(self._only_listens(turn) for turn in range(first.turn + 1, second.turn))
        )

    def _only_listens(self, turn: int) -> bool:
        """Whether a turn between two pieces says nothing of its own: nods, and digits that are repeated."""
        digits = digits_in(self._turns[turn].words)
        taken = {at for one in digits for at in range(one.first, one.last + 1)}
        return all(
            word in _NODS or not word for at, word in enumerate(self._said[turn]) if at not in taken
        )

    @staticmethod
    def _is_empty(words: Sequence[str], allowed: frozenset[str]) -> bool:
        said = [word for word in words if word]
        return len(said) <= _MOST_FILLERS and all(word in allowed for word in said)

    def about(self, piece: _Piece) -> tuple[_Mention | None, bool]:
        """What was named last before a piece; and whether that was a telephone, with something else before it."""
        near = [
            one
            for one in self._mentions
            if one.at <= piece.at
            and piece.at - one.at <= MOST_WORDS_AWAY
            and piece.turn - one.turn <= MOST_TURNS_AWAY
        ]
        if not near:
            return None, False
        phone_too = near[-1].topic is Topic.PHONE
        others = [one for one in near if one.topic is not Topic.PHONE]
        if not others:
            return near[-1], True
        if len(others) > 1 and _is_part(others[-2], others[-1]):
            return others[-2], phone_too
        return others[-1], phone_too


def _is_part(first: _Mention, second: _Mention) -> bool:
    """Whether the second only says of which thing the first is: «три цифры на обороте вашей карты»."""
    return (
        second.topic in (Topic.CARD, Topic.OTHER)
        and first.topic in (Topic.CVC, Topic.CODE)
        and first.turn == second.turn
        and second.at - first.at <= 3
    )


def _named(said: Sequence[str]) -> Iterator[tuple[int, Topic]]:
    """For each thing that a turn names: the place of the word behind it, and what it is."""
    begins, text = [], ""
    for word in said:
        begins.append(len(text))
        text += f"{word} " if word else ""
    for end, topic in topics(text.rstrip()):
        yield sum(1 for begin in begins if begin < end), topic
