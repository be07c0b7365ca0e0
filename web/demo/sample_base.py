"""An invented client base: who the clients are, what they bought, what was said. The same for the same seed and place.

In: a seed, how many, the language. Out: `SampleClient`s one after the other, with everything that happened as times before
"now". Telephone numbers are of ranges that nobody has, taxpayer's numbers of a region that is none, addresses of
`.example`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from web.demo.sample_words import EN, RU, Words

_FIRM_EVERY = 6
"""One organisation with a contact person in so many clients."""
_OTHER_LANGUAGE = 0.15
_MOST_CALLS = 9
_INN_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
Outcome = Literal["answered", "missed", "abandoned"]


@dataclass(frozen=True, slots=True)
class SampleItem:
    """A position of a deal."""

    name: str
    unit: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class SampleDeal:
    """A deal: how long ago it began, and how far it came. `end`: days ago it was won or lost, None while it is open."""

    name: str
    began: float
    step: int
    """How many stages it went forward, of those that are open."""
    end: float | None
    won: bool
    items: tuple[SampleItem, ...]

    @property
    def amount(self) -> Decimal:
        """Sum of the positions."""
        return Decimal(sum(item.quantity * item.price for item in self.items))


@dataclass(frozen=True, slots=True)
class SampleCall:
    """A call: days ago, who called, what became of it."""

    ago: float
    incoming: bool
    outcome: Outcome
    talk_s: int


@dataclass(kw_only=True)
class SampleClient:
    """A client with a history; times are days before now."""

    kind: Literal["person", "organisation"]
    name: str
    ago: float
    """When the card was made."""
    numbers: list[tuple[str, str]]
    """(E.164, label)."""
    email: str = ""
    legal_name: str = ""
    inn: str = ""
    address: str = ""
    source: str = ""
    mailing: bool | None = None
    born_on: date | None = None
    owner: int = 0
    """Whose client: a place in the list of people, to be taken modulo its length."""
    works_at_last_firm: bool = False
    position: str = ""
    tags: list[str] = field(default_factory=list)
    deals: list[SampleDeal] = field(default_factory=list)
    calls: list[SampleCall] = field(default_factory=list)
    comments: list[tuple[float, str]] = field(default_factory=list)
    tasks: list[tuple[float, str, bool]] = field(default_factory=list)
    """(days ago or, below zero, ahead; what; whether it is done)."""


def sample_clients(
    count: int, lang: str = "ru", seed: int = 3, first: int = 0
) -> Iterator[SampleClient]:
    """Invent clients.

    Args:
        count: how many.
        lang: "ru" or "en": of most of them.
        seed: another one gives other people.
        first: number of the first one: the clients before it were made earlier, and are the same as then.
    """
    own, other = (RU, EN) if lang == "ru" else (EN, RU)
    for number in range(first, first + count):
        # Each from its own dice: the thousandth client is the same whether one asks for a thousand or a million.
        dice = random.Random(f"{seed}-{number}")  # noqa: S311 - names, not secrets
        firm = number - number % _FIRM_EVERY
        firms = random.Random(f"{seed}-firm-{firm}")  # noqa: S311 - names, not secrets
        words = other if firms.random() < _OTHER_LANGUAGE else own
        place = number % _FIRM_EVERY
        made = _firm(words, dice, number) if place == 0 else _person(words, dice, number)
        if place == 1:
            made.works_at_last_firm, made.position = True, dice.choice(words.positions)
        _live(made, words, dice)
        yield made


def _person(words: Words, dice: random.Random, number: int) -> SampleClient:
    woman = dice.random() < 0.5
    surname = dice.choice(words.surnames)
    if words is RU and woman:
        surname = _female(surname)
    names = [dice.choice(words.women if woman else words.men)]
    if words.fathers and dice.random() < 0.6:
        names.append(dice.choice(words.fathers)[0 if woman else 1])
    numbers = [(f"+7900{number % 10**7:07d}", words.labels[0])]
    if dice.random() < 0.2:
        numbers.append((f"+7495{number % 10**7:07d}", words.labels[1]))
    name = " ".join([surname, *names] if words is RU else [*names, surname])
    return SampleClient(
        kind="person",
        name=name,
        ago=dice.uniform(1, 1000),
        numbers=numbers,
        email=f"client{number}@mail.example" if dice.random() < 0.6 else "",
        address=_address(words, dice) if dice.random() < 0.5 else "",
        born_on=date(dice.randint(1950, 2004), dice.randint(1, 12), dice.randint(1, 28))
        if dice.random() < 0.3
        else None,
    )


def _female(surname: str) -> str:
    """Of a woman: Озерова, Заречная, Ольховская."""
    if surname.endswith(("ый", "ий")):
        return surname[:-2] + "ая"
    return surname + "а"


def _firm(words: Words, dice: random.Random, number: int) -> SampleClient:
    form, firm = dice.choice(words.forms), dice.choice(words.firms)
    again = number // _FIRM_EVERY // len(words.firms)
    name = f"{firm} {again + 1}" if again else firm
    full = f"{form} «{name}»" if words is RU else f"{name} {form}"
    return SampleClient(
        kind="organisation",
        name=name,
        legal_name=full,
        ago=dice.uniform(30, 1000),
        numbers=[(f"+7495{number % 10**7:07d}", words.labels[1])],
        email=f"office{number}@firm.example",
        inn=_inn(number) if words is RU else "",
        address=_address(words, dice),
    )


def _live(client: SampleClient, words: Words, dice: random.Random) -> None:
    client.owner = dice.randrange(10**6)
    client.source = dice.choice(words.sources)
    client.mailing = dice.choice((None, None, True, True, False))
    client.tags = dice.sample(words.tags, k=dice.choice((0, 0, 1, 1, 2)))
    for _ in range(dice.choice((0, 1, 1, 1, 2, 5))):
        client.deals.append(_deal(words, dice, client.ago))
    for _ in range(dice.randint(0, _MOST_CALLS)):
        client.calls.append(_call(dice, client.ago))
    for _ in range(dice.choice((0, 0, 1, 2, 3))):
        client.comments.append((dice.uniform(0, client.ago), dice.choice(words.comments)))
    if dice.random() < 0.35:
        done = dice.random() < 0.7
        when = dice.uniform(0, client.ago) if done else dice.uniform(-10, 2)
        client.tasks.append((when, dice.choice(words.tasks), done))


def _deal(words: Words, dice: random.Random, ago: float) -> SampleDeal:
    began = dice.uniform(0, ago)
    lasted = dice.uniform(1, 60)
    items = tuple(
        SampleItem(name, unit, dice.choice((1, 2, 5, 10, 40)) if price < 2000 else 1, price)
        for name, unit, price in dice.sample(words.goods, k=dice.randint(1, 3))
    )
    ended = began - lasted if began > lasted else None
    won = dice.random() < 0.55
    return SampleDeal(dice.choice(words.deals), began, dice.randint(0, 3), ended, won, items)


def _call(dice: random.Random, ago: float) -> SampleCall:
    incoming = dice.random() < 0.6
    outcomes: tuple[Outcome, ...] = ("answered", "answered", "answered", "missed", "abandoned")
    outcome = dice.choice(outcomes) if incoming else "answered"
    talk_s = dice.randint(20, 600) if outcome == "answered" else 0
    return SampleCall(dice.uniform(0, ago), incoming, outcome, talk_s)


def _address(words: Words, dice: random.Random) -> str:
    city, street, house = (
        dice.choice(words.cities),
        dice.choice(words.streets),
        dice.randint(1, 120),
    )
    return f"{city}, ул. {street}, {house}" if words is RU else f"{house} {street}, {city}"


def _inn(number: int) -> str:
    """Ten digits with the right check digit, of tax region 00, which is none."""
    digits = f"00{number % 10**7 + 1:07d}"
    check = sum(int(d) * w for d, w in zip(digits, _INN_WEIGHTS, strict=True)) % 11 % 10
    return f"{digits}{check}"
