"""Invented clients: persons, organisations and their contact persons, the same for the same number of them.

In: how many. Out: rows marked as sample, and the numbers that the simulated trunk calls from.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from sqlalchemy import func, select

from calls.db import Database
from crm import clients
from crm.access import SYSTEM
from crm.client_numbers import NumberField
from crm.number_rules import NumberRules
from crm.tables import Client, ClientNumber

_WOMEN = ("Мария", "Елена", "Ольга", "Наталья", "Ирина", "Светлана", "Дарья", "Полина")
_MEN = ("Алексей", "Дмитрий", "Сергей", "Андрей", "Павел", "Николай", "Роман", "Семён")
_SURNAMES = (
    "Рябинин", "Кленов", "Озеров", "Снегирёв", "Полянов", "Журавлёв", "Ракитин", "Ключников",
    "Яблонев", "Стрельцов", "Горохов", "Корабельников", "Ветлугин", "Лугов", "Дубравин", "Синицын",
)  # fmt: skip
_FIRMS = (
    "Северный ветер", "Три сосны", "Мастерская на Речной", "Ясный день", "Кровля и Ко",
    "Пекарня «Колосок»", "Автосервис «Рессора»", "Школа танцев «Ритм»", "Дом книги", "Чистый дом",
)  # fmt: skip
_POSITIONS = ("директор", "бухгалтер", "менеджер по закупкам", "секретарь", "инженер")
_FIRM_EVERY = 6
"""One organisation with two contact persons in so many persons."""
_SEED = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """A number of a sample client, as the trunk shows it."""

    number: str
    name: str


async def callers(db: Database, wanted: int, rules: NumberRules) -> list[Caller]:
    """Return the sample clients' numbers; the clients are made if there are fewer than `wanted`."""
    async with db.write() as session:
        there = await session.scalar(
            select(func.count()).select_from(Client).where(Client.sample.is_(True))
        )
        dice = random.Random(_SEED)  # noqa: S311 - names, not secrets
        people = [_person(dice, number) for number in range(wanted)]
        for number in range(there or 0, wanted):
            fields = people[number]
            places: tuple[clients.Workplace, ...] = ()
            if number % _FIRM_EVERY == 0:
                firm = _firm(number // _FIRM_EVERY)
                organisation = await clients.create(session, SYSTEM, firm, rules)
                position = _POSITIONS[number % len(_POSITIONS)]
                places = (clients.Workplace(organisation.id, position),)
            await clients.create(
                session,
                SYSTEM,
                clients.ClientFields(
                    name=fields.name,
                    numbers=fields.numbers,
                    workplaces=places,
                    sample=True,
                ),
                rules,
            )
    return await _numbers(db)


async def _numbers(db: Database) -> list[Caller]:
    async with db.read() as session:
        rows = await session.execute(
            select(ClientNumber.e164, Client.name)
            .join(Client)
            .where(Client.sample.is_(True), ClientNumber.e164.is_not(None))
            .order_by(ClientNumber.id)
        )
        # The PBX knows numbers, not names: most trunks send none.
        return [Caller((e164 or "").removeprefix("+"), "") for e164, _ in rows]


def _person(dice: random.Random, number: int) -> clients.ClientFields:
    surname = dice.choice(_SURNAMES)
    woman = dice.random() < 0.5
    first = dice.choice(_WOMEN if woman else _MEN)
    numbers = [
        NumberField(
            raw=f"+7 900 {100 + number // 100:03d}-{number % 100:02d}-{dice.randrange(100):02d}"
        )
    ]
    if dice.random() < 0.2:
        numbers.append(
            NumberField(
                raw=f"8 (495) 000-{number % 100:02d}-{dice.randrange(100):02d}", label="рабочий"
            )
        )
    return clients.ClientFields(
        name=f"{first} {surname}{'а' if woman else ''}", numbers=tuple(numbers), sample=True
    )


def _firm(number: int) -> clients.ClientFields:
    name = _FIRMS[number % len(_FIRMS)]
    again = number // len(_FIRMS)
    return clients.ClientFields(
        kind="organisation",
        name=f"{name} {again + 1}" if again else name,
        numbers=(NumberField(raw=f"8 (495) 001-{number % 10000 // 100:02d}-{number % 100:02d}"),),
        sample=True,
    )
