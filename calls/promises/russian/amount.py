"""How much: the number of the act, and never a waiting time, a date or a house number. Pure.

In: an utterance, the part that holds the act, and its kind. Out: an `Amount` or None. A number that mends another wins
(«четверть, то есть двадцать пять процентов»).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from calls.promises.model import ActionKind, Amount
from calls.promises.russian import lexicon as lex
from calls.promises.russian.family import family
from calls.promises.russian.number_words import CURRENCIES, FRACTIONS, TIME_UNITS
from calls.promises.russian.numbers import Quantity, unit_of
from calls.promises.russian.utterance import Utterance
from calls.promises.russian.when import IGNORED, SPAN
from calls.promises.russian.words import Word

MENDS = (
    "то есть",
    "точнее",
    "вернее",
    "нет",
    "ой",
    "ошибся",
    "ошиблась",
    "правильнее",
    "или точнее",
    "а не",
)
FROM = frozenset({"с", "со", "из", "от", "вместо", "было", "после"})
NUMBERED = family(
    "дом квартира этаж кабинет офис номер корпус подъезд строение пункт рейс заказ маршрут "
    "комната трек вагон место школа паспорт договор пост километр страница ряд"
)
LEAST_BARE_SUM = 100
MONEY_ACTS = frozenset({ActionKind.REFUND, ActionKind.PAYMENT, ActionKind.WAIVER, ActionKind.PRICE})
PIECES_ACTS = frozenset(
    {
        ActionKind.DELIVERY,
        ActionKind.REPLACEMENT,
        ActionKind.DOCUMENT,
        ActionKind.VISIT,
        ActionKind.OTHER,
        ActionKind.REPAIR,
    }
)


def amount_of(utterance: Utterance, kind: ActionKind, start: int, end: int) -> Amount | None:
    """Find the number of an act within words[start:end]."""
    found = [a for a in _amounts(utterance, kind, start, end)]
    if not found:
        return None
    fitting = [pair for pair in found if _fits(kind, pair[1].unit)]
    chosen = fitting or (
        []
        if kind in (ActionKind.CALLBACK, ActionKind.TRANSFER)
        else [p for p in found if p[1].unit not in TIME_UNITS]
    )
    if not chosen:
        return None
    at, first = chosen[0]
    for later_at, later in chosen[1:]:
        if _mended(utterance, at, later_at):
            at, first = later_at, later
    return first


def _fits(kind: ActionKind, unit: str) -> bool:
    match kind:
        case ActionKind.DISCOUNT:
            return unit == "percent" or unit in CURRENCIES
        case ActionKind.GUARANTEE:
            return unit in TIME_UNITS or unit == "km"
        case ActionKind.REFUND | ActionKind.PAYMENT | ActionKind.WAIVER:
            return unit in CURRENCIES or unit == "percent"
        case ActionKind.PRICE:
            return unit in CURRENCIES
        case ActionKind.OTHER:
            return True
        case _:
            return unit not in TIME_UNITS


def _amounts(
    utterance: Utterance, kind: ActionKind, start: int, end: int
) -> Iterator[tuple[int, Amount]]:
    """Numbers with units in order; fractions of a price count as percent."""
    held = [w for w in utterance.whens if w.kind not in (IGNORED, SPAN)]
    for quantity in utterance.quantities:
        if not start <= quantity.start < end or _in_a_time(quantity, held, kind):
            continue
        if (found := _measured(utterance, quantity, kind)) is not None:
            yield quantity.start, found
    if kind is ActionKind.GUARANTEE:
        yield from _bare_terms(utterance, start, end)
    for at in range(start, end):
        word = utterance.words[at]
        fraction = next((FRACTIONS[lemma] for lemma in word.lemmas if lemma in FRACTIONS), None)
        if (
            fraction
            and kind in MONEY_ACTS | {ActionKind.DISCOUNT}
            and not _of_an_hour(utterance, at, held)
        ):
            yield at, Amount(fraction, "percent")


def _bare_terms(utterance: Utterance, start: int, end: int) -> Iterator[tuple[int, Amount]]:
    """«гарантия год»: one year."""
    counted = {at for q in utterance.quantities for at in range(q.start, q.end)}
    for at in range(start, end):
        if at not in counted and utterance.words[at].text in (
            "год",
            "месяц",
            "неделю",
            "неделя",
            "сутки",
        ):
            yield at, Amount(Decimal(1), unit_of(utterance.words[at]))


def _of_an_hour(utterance: Utterance, at: int, held: list) -> bool:  # type: ignore[type-arg]
    after = utterance.texts()[at + 1 : at + 2]
    return after in (["часа"], ["дня"], ["года"], ["месяца"]) or any(
        w.start <= at < w.end for w in held
    )


def _in_a_time(quantity: Quantity, held: list, kind: ActionKind) -> bool:  # type: ignore[type-arg]
    """Whether the number belongs to a date or a clock time."""
    return any(w.start <= quantity.start < w.end for w in held) and not (
        kind is ActionKind.GUARANTEE and quantity.unit in ("months", "years", "days")
    )


def _measured(utterance: Utterance, quantity: Quantity, kind: ActionKind) -> Amount | None:
    words = utterance.words
    before = words[quantity.start - 1] if quantity.start else None
    if (
        before
        and (before.text in FROM or (before.of(NUMBERED) and not quantity.unit))
        and not (before.text in ("от", "из", "с", "со") and kind is ActionKind.GUARANTEE)
    ):
        return None
    if quantity.unit:
        if quantity.unit in TIME_UNITS and kind not in (
            ActionKind.GUARANTEE,
            ActionKind.OTHER,
            ActionKind.WAIVER,
        ):
            return None
        if (
            quantity.unit in TIME_UNITS
            and kind is not ActionKind.GUARANTEE
            and not _for_a_term(utterance, quantity)
        ):
            return None
        value = (
            quantity.value / 100
            if words[quantity.unit_word].of(frozenset({"копейка"}))
            else quantity.value
        )
        return Amount(value, quantity.unit)
    after = words[quantity.end] if quantity.end < len(words) else None
    if after and after.text in ("раз", "раза", "час", "человек"):
        return None
    counts = _counts(after, quantity)
    adjective = bool(
        after
        and after.adjective
        and not after.verb
        and quantity.end + 1 < len(words)
        and words[quantity.end + 1].noun
        and words[quantity.end + 1].genitive
        and after.text.endswith(("ых", "их", "ые", "ие"))
    )
    money_words = bool(after and after.of(lex.CASH))
    if (
        (counts or adjective)
        and kind not in MONEY_ACTS | {ActionKind.DISCOUNT, ActionKind.GUARANTEE}
        and not money_words
    ):
        return Amount(quantity.value, "pieces") if kind in PIECES_ACTS else None
    if quantity.value >= LEAST_BARE_SUM:
        return Amount(quantity.value, "RUB")
    return None


def _counts(after: Word | None, quantity: Quantity) -> bool:
    """Whether a noun is counted; its ending may be misheard: «три фотографиями»."""
    if after is None or not after.noun or after.verb or after.of(lex.MONEY | THESE | lex.FEE):
        return False
    return after.genitive or (quantity.value > 1 and not after.nominative)


THESE = frozenset({"вы", "я", "мы", "он", "они", "она", "ты", "это", "каждый"})


def _for_a_term(utterance: Utterance, quantity: Quantity) -> bool:
    """«продлим на три месяца», «месяц бесплатно»: a term that is given."""
    texts = utterance.texts()
    given = (
        quantity.start > 0 and texts[quantity.start - 1] == "на" and utterance.has(None, GIVEN_TERM)
    )
    return given and quantity.unit in ("days", "weeks", "months", "years", "hours")


GIVEN_TERM = family(
    "продлить продлевать рассрочка отсрочка увеличить добавить заморозить подарить отсрочить "
    "приостановить перенести"
)


def _mended(utterance: Utterance, at: int, later: int) -> bool:
    between = f" {' '.join(utterance.texts()[at:later])} "
    return any(f" {mend} " in between for mend in MENDS)


def whole(value: Decimal) -> Decimal:
    """A value without trailing zeros: 5000 and not 5E+3."""
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()
