# ruff: noqa: E501, SIM905 - lists of words
"""A big client base for the bench of finding: invented people and companies, deals, tags, custom values, history.

In: a database and sizes. Out: rows, the same for the same seed. Everything is written past the ORM, as an import does; only
the index of the search box is made by `crm.finding.index` itself, and timed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, text

from calls.db import Database
from crm.finding import index
from crm.finding.terms import folded
from crm.tables import (
    Change,
    Client,
    ClientEmail,
    ClientFigures,
    ClientNumber,
    ClientTag,
    Comment,
    CustomField,
    CustomValue,
    Deal,
    Funnel,
    Membership,
    Stage,
    Tag,
    User,
)

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
STEP = 5000
ROOTS = (
    "Иван Петр Сидор Кузнец Смирн Попов Василь Сокол Михайл Новик Федор Мороз Волк Алексе Лебед Семен Егор Павл Козл Степан "
    "Никола Орл Андре Макар Никит Захар Зайц Соловь Борис Яковл Григорь Роман Воробь Серге Кузьмин Фрол Александр Дмитри "
    "Корол Гус Кисел Ильин Максим Поляк Сорок Виноград Ковал Бел Медвед Антон Тарас Жук Баран Филипп Комар Давыд Беля "
    "Герасим Богдан Осип Сидор Матве Тит Марк Крыл Терент Анис Ефим Лав Наза Прохор Савел Тимофе Щерб Чист Ряб Горш"
).split()
ENDS = "ов ев ин енко чук ский ицын ушкин ёв анов ович аев".split()
NAMES = (
    "Иван Пётр Семён Анна Мария Ольга Елена Сергей Дмитрий Алексей Наталья Татьяна Юлия Михаил Андрей Павел Виктор Галина "
    "Ирина Светлана Максим Артём Никита Ксения Фёдор Глеб Вера Любовь Надежда Роман Кирилл Денис Олег Игорь Людмила"
).split()
FIRM = (
    "Ромашка Вектор Горизонт Альянс Прогресс Феникс Орион Гарант Радуга Каскад Меридиан Атлант Империал Сириус Континент "
    "Спектр Тандем Эталон Янтарь Модуль"
).split()
TRADE = (
    "Строй Торг Сервис Логистик Мебель Транс Пласт Металл Агро Фарм Текстиль Электро Тепло Авто Дом Мост Свет Снаб Маш Хим "
    "Бур Дор Лес Парк Рем Тех Юг Восток Север Опт"
).split()
CITIES = "Москва Тверь Казань Самара Омск Пермь Уфа Воронеж Тула Рязань Калуга Псков Томск Киров Пенза".split()
STREETS = "Лесная Садовая Полевая Заречная Новая Школьная Мира Труда Речная Южная Парковая Ключевая".split()
LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
                 "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya".split(), strict=True))  # fmt: skip


def latin(word: str) -> str:
    """A word as people write it in addresses of e-mail."""
    return "".join(LATIN.get(one, one) for one in word.lower()).replace("_", "")


class Base:
    """Writes the base and remembers what to look for."""

    def __init__(self, db: Database, clients: int, history: int, seed: int) -> None:
        self.db = db
        self.clients = clients
        self.history = history
        self.dice = random.Random(seed)
        self.surnames = [root + end for root in dict.fromkeys(ROOTS) for end in ENDS]
        self.firms = clients // 10

    async def write(self) -> dict[str, float]:
        """Write everything; seconds of each part."""
        took = {}
        for name, part in (
            ("clients", self._clients), ("around", self._around), ("deals", self._deals),
            ("history", self._history), ("index", self._index),
        ):  # fmt: skip
            begun = time.perf_counter()
            await part()
            took[name] = round(time.perf_counter() - begun, 1)
        if (
            self.db.dialect == "postgresql"
        ):  # as its own autovacuum does; SQLite has nothing that would
            async with self.db.write() as session:
                await session.execute(text("ANALYZE"))
        return took

    async def _add(self, table: Any, rows: Iterator[dict[str, Any]]) -> None:
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == STEP:
                await self._insert(table, batch)
                batch = []
        if batch:
            await self._insert(table, batch)

    async def _insert(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        async with self.db.write() as session:
            await session.execute(insert(table), list(rows))

    async def _clients(self) -> None:
        async with self.db.write() as session:
            for number in range(20):
                session.add(User(login=f"manager{number}", name=f"Менеджер {number}", role="manager",
                                 password_hash="!", created_at=NOW))  # fmt: skip
        await self._add(Client, (self._client(number) for number in range(1, self.clients + 1)))
        await self._add(ClientNumber, (self._number(one) for one in range(1, self.clients + 1)))
        some = range(1, self.clients + 1, 2)
        await self._add(ClientEmail, (self._email(one) for one in some))
        people = range(self.firms + 1, self.clients + 1, 3)
        await self._add(Membership, ({"person_id": one, "organisation_id": self.dice.randint(1, self.firms),
                                      "position": "директор"} for one in people))  # fmt: skip

    def name_of(self, number: int) -> str:
        """The client's name; the first tenth are companies."""
        dice = random.Random(number)
        if number <= self.firms:
            trade = dice.choice(TRADE) + dice.choice(TRADE).lower()
            return f"{dice.choice(['ООО', 'АО', 'ИП', 'ООО'])} «{dice.choice(FIRM)} {trade}»"
        return f"{dice.choice(self.surnames)} {dice.choice(NAMES)}"

    def phone_of(self, number: int) -> str:
        """The client's telephone number in E.164."""
        return f"+79{random.Random(number + 7).randint(0, 10**9 - 1):09d}"

    def email_of(self, number: int) -> str:
        """The client's address of e-mail."""
        word = latin(self.name_of(number).split()[-1 if number <= self.firms else 0]).strip("»«")
        return f"{word}{number % 997}@mail{number % 40}.example"

    def _client(self, number: int) -> dict[str, Any]:
        name, dice = self.name_of(number), self.dice
        at = NOW - timedelta(minutes=dice.randint(0, 2_000_000))
        is_firm = number <= self.firms
        return {
            "id": number, "kind": "organisation" if is_firm else "person", "name": name, "search_name": folded(name),
            "inn": str(7_700_000_000 + number) if is_firm else "",
            "address": f"г. {dice.choice(CITIES)}, ул. {dice.choice(STREETS)}, д. {dice.randint(1, 200)}",
            "source": dice.choice(["call", "site", "import", "recommendation"]), "responsible_id": dice.randint(1, 20),
            "mailing_consent": dice.choice([True, False, None]), "confirmed": dice.random() < 0.9, "version": 1,
            "last_contact_at": at if dice.random() < 0.8 else None, "created_at": at, "updated_at": at, "sample": False,
            "legal_name": "", "kpp": "", "ogrn": "", "legal_address": "", "notes": "",
        }  # fmt: skip

    def _number(self, number: int) -> dict[str, Any]:
        e164 = self.phone_of(number)
        return {"client_id": number, "raw": e164, "e164": e164, "last10": e164[-10:], "label": ""}

    def _email(self, number: int) -> dict[str, Any]:
        address = self.email_of(number)
        return {"client_id": number, "address": address, "folded": address, "label": ""}

    async def _around(self) -> None:
        """Tags, custom fields, figures."""
        dice, everybody = self.dice, range(1, self.clients + 1)
        async with self.db.write() as session:
            session.add_all(
                Tag(name=f"тег {one}", folded=f"тег {one}", created_at=NOW) for one in range(40)
            )
            session.add_all([
                CustomField(subject="client", key="car", name="Машина", kind="text", options=[]),
                CustomField(subject="client", key="limit", name="Лимит", kind="money", options=[]),
            ])  # fmt: skip
        await self._add(ClientTag, ({"client_id": one, "tag_id": dice.randint(1, 40)}
                                    for one in everybody if one % 3 == 0))  # fmt: skip
        await self._add(CustomValue, (
            {"field_id": 1, "client_id": one, "text": (car := f"{dice.choice(FIRM)} {dice.randint(1, 900)}"),
             "folded": folded(car), "number": None} for one in everybody if one % 2
        ))  # fmt: skip
        await self._add(CustomValue, (
            {"field_id": 2, "client_id": one, "text": "", "folded": "", "number": Decimal(dice.randint(0, 10**6))}
            for one in everybody if one % 4 == 0
        ))  # fmt: skip
        await self._add(ClientFigures, (
            {"client_id": one, "category": dice.choice(["potential", "one_time", "regular", "inactive"]),
             "spent": Decimal(dice.randint(0, 10**7)), "vip": dice.random() < 0.02, "computed_at": NOW,
             "purchases": 1, "average_check": Decimal(1), "monthly_spend": Decimal(1), "potential": Decimal(1)}
            for one in everybody if one % 2
        ))  # fmt: skip

    async def _deals(self) -> None:
        dice = self.dice
        async with self.db.write() as session:
            stages = [Stage(name=f"Стадия {one}", kind="open", place=one) for one in range(5)]
            session.add(
                Funnel(
                    name="Продажи", stages=[*stages, Stage(name="Выиграна", kind="won", place=9)]
                )
            )
        await self._add(Deal, (
            {"name": f"Поставка {dice.choice(TRADE).lower()} {one}", "search_name": "", "funnel_id": 1,
             "client_id": dice.randint(1, self.clients), "stage_id": (stage := dice.randint(1, 6)),
             "state": "won" if stage == 6 else "open", "amount": Decimal(dice.randint(1, 10**6)), "currency": "RUB",
             "opened_at": NOW, "stage_at": NOW, "updated_at": NOW, "place": 0.0, "version": 1, "sample": False,
             "loss_note": "", "notes": "", "source": ""}
            for one in range(self.clients // 2)
        ))  # fmt: skip

    async def _history(self) -> None:
        dice, half = self.dice, self.history // 2
        await self._add(Comment, (
            {"client_id": dice.randint(1, self.clients), "user_id": 1, "text": "Перезвонить завтра, обсудить цену",
             "at": NOW - timedelta(minutes=one % 2_000_000), "sample": False}
            for one in range(half)
        ))  # fmt: skip
        await self._add(Change, (
            {"at": NOW, "user_id": 1, "login": "manager1", "subject_kind": "client", "subject_id": (who := dice.randint(1, self.clients)),
             "client_id": who, "field": "notes", "old": "", "new": "позвонить"}
            for one in range(self.history - half)
        ))  # fmt: skip

    async def _index(self) -> None:
        async with self.db.read() as session:
            ids = list(await session.scalars(select(Client.id).order_by(Client.id)))
        for start in range(0, len(ids), STEP):
            async with self.db.write() as session:
                await index.renew_many(session, ids[start : start + STEP])
