"""The filter in SQL says what the filter in Python says, on both databases."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support.finding import card, keep, works_at

from calls.db import Database
from crm.errors import Invalid
from crm.finding import filter_sql
from crm.finding.fields import OPERATORS, OWN, Field, Kind, catalog, custom
from crm.finding.filters import EVERYBODY, Condition, Group, Moment, as_json, parse
from crm.finding.matching import fits
from crm.finding.terms import folded
from crm.tables import (
    Client,
    ClientFigures,
    ClientPersonal,
    ClientTag,
    CustomField,
    CustomValue,
    Deal,
    Department,
    Funnel,
    PersonalDate,
    Stage,
    Tag,
    User,
)

NOW = datetime(2026, 2, 27, 22, 30, tzinfo=UTC)
"""In Moscow it is the 28th already."""
MOMENT = Moment(NOW, ZoneInfo("Europe/Moscow"), user_id=1)
CARS = custom(field_id=1, key="car", name="Машина", kind="text", options=(), is_archived=False)
LIMIT = custom(field_id=2, key="limit", name="Limit", kind="money", options=(), is_archived=False)
TASTES = custom(
    field_id=3, key="taste", name="Taste", kind="many", options=("tea", "coffee"), is_archived=False
)
GOOD = custom(field_id=4, key="good", name="Good", kind="flag", options=(), is_archived=False)
DAY = custom(field_id=5, key="day", name="Day", kind="date", options=(), is_archived=False)
GRADE = custom(field_id=6, key="grade", name="Grade", kind="list", options=("A", "B"), is_archived=False)  # fmt: skip
ADDED = (CARS, LIMIT, TASTES, GOOD, DAY, GRADE)
FIELDS = catalog(ADDED, personal=True)

NAMES = ("Иван Ёлкин", "Анна 100%", "Пётр_Петров", "Ольга", "")
STREETS = ("", "ул. Лесная, 5", "Лесной проезд", "Мира 100%")
DAYS = [
    date(2026, 2, 28),
    date(2026, 2, 27),
    date(2026, 1, 29),
    date(2025, 12, 31),
    date(2020, 2, 29),
    None,
]


class Generated:
    """Clients with the facts that the rows stand for."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.facts: dict[int, dict[str, Any]] = {}

    async def write(self, db: Database) -> None:
        async with db.write() as session:
            house = Department(name="Sales")
            people = [
                User(login=f"p{one}", role="manager", password_hash="!", created_at=NOW)
                for one in (1, 2)
            ]
            session.add_all([house, *people])
            await session.flush()
            people[0].department_id = house.id
            for one in ADDED:
                session.add(
                    CustomField(
                        subject="client",
                        key=one.key[7:],
                        name=one.name,
                        kind=one.custom_kind,
                        options=[],
                    )
                )
                await session.flush()
            funnel = Funnel(name="F", stages=[Stage(name="a"), Stage(name="b", place=1)])
            session.add(funnel)
            session.add_all(
                Tag(name=f"t{one}", folded=f"t{one}", created_at=NOW) for one in (1, 2, 3)
            )
            firms = [
                card("ООО Лес", kind="organisation"),
                card("Ушла", kind="organisation", deleted_at=NOW),
            ]
            await keep(session, *firms)
            for _ in range(60):
                await self._client(session, firms, funnel)

    async def _client(self, session: Any, firms: list[Client], funnel: Funnel) -> None:
        pick = self.dice.choice
        name, street, inn = pick(NAMES), pick(STREETS), pick(["", "500100732259"])
        contact = pick(
            [
                None,
                NOW,
                NOW - timedelta(hours=2),
                NOW - timedelta(days=31),
                NOW - timedelta(days=400),
            ]
        )
        responsible = pick([None, 1, 2])
        values: dict[str, Any] = {
            "kind": "person", "source": pick(["", "site"]), "confirmed": pick([True, False]),
            "mailing_consent": pick([True, False, None]), "last_contact_at": contact, "inn": inn,
            "responsible_id": responsible,
        }  # fmt: skip
        phone, email, firm = (
            pick(["", "+7 916 000-11-22", "8 495 1234567"]),
            pick(["", "A@b.example"]),
            pick([None, *firms]),
        )
        client = card(
            name,
            *([phone] if phone else []),
            emails=[email] if email else [],
            address=street,
            **values,
        )
        rows = [client, *([works_at(client, firm, "Директор")] if firm is not None else [])]
        await keep(session, *rows)
        is_listed = firm is not None and firm.deleted_at is None
        facts = {
            **{key: value for key, value in values.items() if key != "responsible_id"},
            "name": folded(name), "address": folded(street), "inn": inn,
            "responsible": str(responsible) if responsible else None,
            "department": "1" if responsible == 1 else None,
            "phone": {"".join(c for c in phone if c.isdigit())[-10:]} if phone else set(),
            "email": {email.lower()} if email else set(), "company": {"ооо лес"} if is_listed else set(),
            "position": "директор" if is_listed else "", "created_at": client.created_at,
        }  # fmt: skip
        self.facts[client.id] = facts
        await self._around(session, client.id, facts, funnel)

    async def _around(
        self, session: Any, client_id: int, facts: dict[str, Any], funnel: Funnel
    ) -> None:
        pick = self.dice.choice
        if pick([True, False]):
            spent, vip, kind = (
                pick([Decimal(0), Decimal("99.90"), Decimal(5000)]),
                pick([True, False]),
                pick(["regular", "potential"]),
            )
            session.add(
                ClientFigures(
                    client_id=client_id, spent=spent, vip=vip, category=kind, computed_at=NOW
                )
            )
            facts.update(spent=spent, vip=vip, category=kind, purchases=Decimal(0))
            facts.update(dict.fromkeys(("average_check", "monthly_spend", "potential"), Decimal(0)))
        tags = {str(one) for one in (1, 2, 3) if pick([True, False])}
        session.add_all(ClientTag(client_id=client_id, tag_id=int(one)) for one in tags)
        born, sex = pick(DAYS), pick(["", "female"])
        session.add(ClientPersonal(client_id=client_id, born_on=born, sex=sex))
        days = {(born.month, born.day)} if born else set()
        if pick([True, False, False]):
            session.add(PersonalDate(client_id=client_id, name=pick(["birthday"]), day=1, month=3))
            days |= {(3, 1)}
        stage, state = pick(funnel.stages), pick(["open", "won"])
        gone = pick([None, NOW])
        session.add(
            Deal(name="d", client_id=client_id, funnel_id=funnel.id, stage_id=stage.id, state=state, deleted_at=gone,
                 opened_at=NOW, stage_at=NOW, updated_at=NOW)
        )  # fmt: skip
        is_open = state == "open" and gone is None
        facts.update(tags=tags, born_on=born, sex=sex, birthday=days)
        facts.update(
            open_stage={str(stage.id)} if is_open else set(),
            open_funnel={str(funnel.id)} if is_open else set(),
        )
        self._custom(session, client_id, facts)

    def _custom(self, session: Any, client_id: int, facts: dict[str, Any]) -> None:
        pick = self.dice.choice
        text, number, flag, day, grade = (
            pick(["", "Лада", "Лес 7"]), pick([None, Decimal(10), Decimal("10.5")]), pick([True, False, None]),
            pick(DAYS), pick(["", "A", "B"]),
        )  # fmt: skip
        tastes = {one for one in ("tea", "coffee") if pick([True, False])}
        added: list[tuple[int, dict[str, Any]]] = [(3, {"text": one}) for one in tastes]
        added += [(1, {"text": text, "folded": folded(text)})] if text else []
        added += [(2, {"number": number})] if number is not None else []
        added += [(4, {"flag": flag})] if flag is not None else []
        added += [(5, {"day": day})] if day is not None else []
        added += [(6, {"text": grade})] if grade else []
        session.add_all(CustomValue(field_id=one, client_id=client_id, **row) for one, row in added)
        facts.update({
            CARS.key: folded(text), LIMIT.key: number, TASTES.key: tastes, GOOD.key: flag, DAY.key: day,
            GRADE.key: grade or None,
        })  # fmt: skip


TEXTS = ("лес", "ё", "100%", "_", "иван елкин", "a@", "директор", "лада", "5001")
VALUES: dict[str, tuple[Any, ...]] = {
    "phone": ("916", "8916", "4567", "+7 916 000-11-22"), "responsible": (["me"], ["1", "2"], ["2"], ["x"]),
    "department": (["1"], ["7"]), "tags": (["1"], ["1", "2"], ["3", "x"]), "open_stage": (["1"], ["1", "2"]),
    "open_funnel": (["1"],), "sex": (["female"],), "kind": (["person"], ["organisation"]),
    "source": (["site"], [" site", "call"]),
    "category": (["regular"], ["regular", "potential"]),
    TASTES.key: (["tea"], ["tea", "coffee"]), GRADE.key: (["A"], ["A", "B"]),
}  # fmt: skip


def random_condition(dice: random.Random) -> dict[str, Any]:
    field: Field = dice.choice(
        [one for key, one in FIELDS.items() if key not in {"updated_at", "last_bought_at"}]
    )
    op = dice.choice(OPERATORS[field.kind])
    value: Any = None
    if field.key in VALUES:
        value = dice.choice(VALUES[field.key])
    elif field.kind is Kind.TEXT:
        value = dice.choice(TEXTS)
    elif field.kind is Kind.NUMBER:
        value = ["0", "10,5"] if op == "between" else dice.choice(["0", "10", "99.90", 5000])
    elif field.kind in (Kind.DATE, Kind.YEARLY):
        value = dice.choice([0, 1, 30, 60, 365])
        if op in ("since", "until"):
            value = "2026-02-27"
        if op == "between":
            value = ["2026-01-01", "2026-02-27"]
    return {"field": field.key, "op": op, "value": value}


def random_filter(dice: random.Random, depth: int = 2) -> dict[str, Any]:
    if depth == 0 or dice.random() < 0.4:
        return random_condition(dice)
    parts = [random_filter(dice, depth - 1) for _ in range(dice.randint(1, 3))]
    return {dice.choice(["all", "any"]): parts}


async def test_filter_in_sql_says_what_python_says(db: Database) -> None:
    dice = random.Random(20260522)
    generated = Generated(dice)
    await generated.write(db)
    seen_some = 0
    async with db.read() as session:
        for _ in range(300):
            node = parse(random_filter(dice), FIELDS)
            query = select(Client.id).where(filter_sql.condition(node, MOMENT))
            found = set(await session.scalars(query)) & generated.facts.keys()
            expected = {one for one, facts in generated.facts.items() if fits(node, facts, MOMENT)}
            assert found == expected, as_json(node)
            seen_some += 0 < len(found) < len(generated.facts)
    assert seen_some > 120


async def test_every_field_and_operator_is_asked_in_sql(db: Database) -> None:
    async with db.read() as session:
        for field in FIELDS.values():
            for op in OPERATORS[field.kind]:
                value: Any = {Kind.NUMBER: Decimal(1), Kind.DATE: 3, Kind.YEARLY: 3}.get(
                    field.kind, ("1",)
                )
                if op == "between":
                    value = (
                        (date(2026, 1, 1), date(2026, 1, 2))
                        if field.kind is Kind.DATE
                        else (Decimal(1), Decimal(2))
                    )
                elif op in ("since", "until"):
                    value = date(2026, 1, 1)
                elif field.kind is Kind.TEXT:
                    value = "a"
                node = Condition(field, op, value)
                await session.scalars(select(Client.id).where(filter_sql.condition(node, MOMENT)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ([], "made of conditions"),
        ({"all": {}}, "holds a list"),
        ({"all": [], "any": []}, "holds a list"),
        ({"field": "shoe", "op": "is", "value": "x"}, "there is no field “shoe”"),
        ({"field": "name", "op": "at_least", "value": "x"}, "cannot be compared"),
        ({"field": "name", "op": "contains", "value": "  "}, "give “name” a value"),
        ({"field": "name", "op": "contains", "value": "x" * 201}, "give “name” a value"),
        ({"field": "spent", "op": "at_least", "value": "much"}, "give “spent” a value"),
        ({"field": "spent", "op": "between", "value": ["1"]}, "give “spent” a value"),
        ({"field": "spent", "op": "is", "value": "NaN"}, "give “spent” a value"),
        (
            {"field": "created_at", "op": "until", "value": "9999-12-31"},
            "give “created_at” a value",
        ),
        ({"field": "created_at", "op": "last", "value": -1}, "give “created_at” a value"),
        (
            {"field": "created_at", "op": "since", "value": "30.02.2026"},
            "give “created_at” a value",
        ),
        ({"field": "tags", "op": "any", "value": []}, "give “tags” a value"),
        ({"any": [{"any": [{"any": [{"any": [{"any": []}]}]}]}]}, "too deep"),
        ({"all": [{"field": "vip", "op": "yes"}] * 51}, "at most 50"),
    ],
)
def test_wrong_filter_is_refused_with_the_reason(data: object, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        parse(data, OWN)


def test_archived_and_personal_fields_are_named() -> None:
    old = custom(field_id=9, key="old", name="Старое", kind="text", options=(), is_archived=True)
    with pytest.raises(Invalid, match="“Старое” was archived"):
        parse({"field": "custom:old", "op": "empty"}, catalog([old], personal=True))
    with pytest.raises(Invalid, match="personal data"):
        parse({"field": "born_on", "op": "empty"}, catalog([], personal=False))


def test_checked_filter_is_written_as_it_was_read() -> None:
    data = {
        "all": [
            {"field": "spent", "op": "between", "value": ["1", "2.50"]},
            {"any": [{"field": "last_contact_at", "op": "not_last", "value": 90}, {"field": "vip", "op": "yes"}]},
        ]
    }  # fmt: skip
    assert as_json(parse(data, OWN)) == data
    assert parse({}, OWN) == EVERYBODY == Group(True, ())
