"""Finding in a big client base: 200 000 clients and 2 000 000 entries of history, each kind of question beside plain SQL.

    python tests/bench/find.py                        # SQLite, in a directory of its own
    python tests/bench/find.py --database postgresql  # a PostgreSQL that the bench starts itself
    python tests/bench/find.py --database postgresql://…/filled --json

The product is asked as the page asks it: `crm.finding.lists.page` and the rows of the list, or the count of a segment. The
floor is one plain statement over the same tables in the same process: what a person would write at the prompt of the
database for the same question (without typing errors, ranking and rights: it answers less). Aim: p95 below 200 ms for
every kind.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "bench")]

from find_base import NOW, Base  # noqa: E402
from sqlalchemy import func, select, text  # noqa: E402
from sqlalchemy.ext.asyncio import AsyncSession  # noqa: E402
from support.databases import own_cluster  # noqa: E402

from calls.db import Database  # noqa: E402
from crm.access import SYSTEM  # noqa: E402
from crm.finding import lists  # noqa: E402
from crm.finding.filters import Moment, parse  # noqa: E402
from crm.finding.lists import Asked  # noqa: E402
from crm.finding.terms import folded  # noqa: E402
from crm.migrate import upgrade  # noqa: E402
from crm.tables import Client  # noqa: E402
from web.pages.client_rows import rows_of  # noqa: E402

AIM_MS = 200.0
MOMENT = Moment(NOW, ZoneInfo("Europe/Moscow"), user_id=1)
Ask = Callable[[AsyncSession], Awaitable[Any]]
PLAIN = "SELECT id, name FROM clients WHERE deleted_at IS NULL AND merged_into_id IS NULL AND "


class Questions:
    """What is asked: of each kind many different ones, the same for the same seed."""

    def __init__(self, base: Base, seed: int) -> None:
        self.base = base
        self.dice = random.Random(seed + 1)

    def _somebody(self) -> int:
        return self.dice.randint(1, self.base.clients)

    def ask(self, kind: str) -> tuple[Ask, str, dict[str, Any]]:
        """The product's question, and the floor's statement with its values."""
        return getattr(self, f"_{kind}")()  # type: ignore[no-any-return]

    def _typed(self, typed: str, where: str, **values: Any) -> tuple[Ask, str, dict[str, Any]]:
        return (
            page(Asked(typed=typed)),
            PLAIN + where + " ORDER BY search_name, id LIMIT 40",
            values,
        )

    def _name(self) -> tuple[Ask, str, dict[str, Any]]:
        word = folded(self.base.name_of(self._somebody()).split()[0].strip("«»"))
        return self._typed(word, "search_name LIKE :w", w=f"%{word}%")

    def _part(self) -> tuple[Ask, str, dict[str, Any]]:
        word = folded(self.base.name_of(self._somebody()).split()[-1].strip("«»"))[1:5]
        return self._typed(word, "search_name LIKE :w", w=f"%{word}%")

    def _full(self) -> tuple[Ask, str, dict[str, Any]]:
        last, first = folded(
            self.base.name_of(self.base.firms + self.dice.randint(1, 10_000))
        ).split()
        return self._typed(
            f"{first} {last[:4]}",
            "search_name LIKE :a AND search_name LIKE :b",
            a=f"%{first}%",
            b=f"%{last[:4]}%",
        )

    def _typo(self) -> tuple[Ask, str, dict[str, Any]]:
        word = list(folded(self.base.name_of(self._somebody()).split()[0].strip("«»")))
        place = self.dice.randrange(len(word) - 1)
        word[place], word[place + 1] = word[place + 1], word[place]
        return self._typed("".join(word), "search_name LIKE :w", w=f"%{''.join(word)}%")

    def _tail(self) -> tuple[Ask, str, dict[str, Any]]:
        tail = self.base.phone_of(self._somebody())[-4:]
        return self._typed(
            tail, "id IN (SELECT client_id FROM client_numbers WHERE last10 LIKE :w)", w=f"%{tail}"
        )

    def _phone(self) -> tuple[Ask, str, dict[str, Any]]:
        phone = self.base.phone_of(self._somebody())
        return self._typed(
            f"8 ({phone[2:5]}) {phone[5:8]}",
            "id IN (SELECT client_id FROM client_numbers WHERE last10 LIKE :w)",
            w=f"{phone[2:8]}%",
        )

    def _email(self) -> tuple[Ask, str, dict[str, Any]]:
        email = self.base.email_of(self._somebody() // 2 * 2 + 1)
        return self._typed(
            email,
            "id IN (SELECT client_id FROM client_emails WHERE folded LIKE :w)",
            w=f"%{email}%",
        )

    def _company(self) -> tuple[Ask, str, dict[str, Any]]:
        word = (
            folded(self.base.name_of(self.dice.randint(1, self.base.firms))).split()[1].strip("«»")
        )
        where = ("(search_name LIKE :w OR id IN (SELECT m.person_id FROM memberships m JOIN clients o "
                 "ON o.id = m.organisation_id WHERE o.search_name LIKE :w))")  # fmt: skip
        return self._typed(word, where, w=f"%{word}%")

    def _deal(self) -> tuple[Ask, str, dict[str, Any]]:
        number = self.dice.randint(0, self.base.clients // 2)
        where = "id IN (SELECT client_id FROM deals WHERE name LIKE :w)"
        return self._typed(f"поставка {number}", where, w=f"Поставка%{number}%")

    def _first(self) -> tuple[Ask, str, dict[str, Any]]:
        return page(Asked()), PLAIN + "1 = 1 ORDER BY search_name, id LIMIT 40", {}

    def _recent(self) -> tuple[Ask, str, dict[str, Any]]:
        asked = Asked(sort="-last_contact_at")
        return (
            page(asked),
            PLAIN + "last_contact_at IS NOT NULL ORDER BY last_contact_at DESC LIMIT 40",
            {},
        )

    def _filter(self) -> tuple[Ask, str, dict[str, Any]]:
        """And, or, a tag, a custom text and a custom sum."""
        car, low, tag = (
            f"ромашка {self.dice.randint(1, 99)}",
            self.dice.randint(0, 999_000),
            self.dice.randint(1, 40),
        )
        data = {"all": [
            {"field": "kind", "op": "any", "value": ["person"]},
            {"any": [{"field": "custom:car", "op": "contains", "value": car}, {"all": [
                {"field": "tags", "op": "any", "value": [str(tag)]},
                {"field": "custom:limit", "op": "at_least", "value": str(low)}]}]},
        ]}  # fmt: skip
        where = ("kind = 'person' AND (id IN (SELECT client_id FROM custom_values WHERE field_id = 1 "
                 "AND folded LIKE :car) OR (id IN (SELECT client_id FROM client_tags WHERE tag_id = :tag) AND id IN "
                 "(SELECT client_id FROM custom_values WHERE field_id = 2 AND number >= :low))) "
                 "ORDER BY search_name, id LIMIT 40")  # fmt: skip
        return filtered(data), PLAIN + where, {"car": f"%{car}%", "tag": tag, "low": low * 10_000}

    def _address(self) -> tuple[Ask, str, dict[str, Any]]:
        data = {"all": [{"field": "address", "op": "contains", "value": f"Лесная, д. {self.dice.randint(1, 200)}"},
                        {"field": "last_contact_at", "op": "not_last", "value": 90}]}  # fmt: skip
        value = data["all"][0]["value"]
        where = "address LIKE :w AND (last_contact_at IS NULL OR last_contact_at < :at) ORDER BY search_name, id LIMIT 40"
        return filtered(data), PLAIN + where, {"w": f"%{value}%", "at": NOW}

    def _segment(self) -> tuple[Ask, str, dict[str, Any]]:
        """A live count: VIPs of two sources without a contact for long."""
        days = self.dice.randint(30, 300)
        data = {"all": [{"field": "vip", "op": "yes"}, {"field": "source", "op": "any", "value": ["site", "call"]},
                        {"field": "last_contact_at", "op": "not_last", "value": days}]}  # fmt: skip
        where = ("SELECT count(*) FROM clients WHERE deleted_at IS NULL AND merged_into_id IS NULL AND "
                 "source IN ('site', 'call') AND id IN (SELECT client_id FROM client_figures WHERE vip) AND "
                 "(last_contact_at IS NULL OR last_contact_at < :at)")  # fmt: skip
        return counted(data), where, {"at": NOW}

    def _everybody(self) -> tuple[Ask, str, dict[str, Any]]:
        """A live count of a segment that most fit: counted to 10 000."""
        data = {
            "any": [
                {"field": "kind", "op": "any", "value": ["person"]},
                {"field": "tags", "op": "filled"},
            ]
        }
        where = ("SELECT count(*) FROM clients WHERE deleted_at IS NULL AND merged_into_id IS NULL AND "
                 "(kind = 'person' OR id IN (SELECT client_id FROM client_tags))")  # fmt: skip
        return counted(data), where, {}


KINDS = (
    "name", "part", "full", "typo", "tail", "phone", "email", "company", "deal", "first", "recent", "filter", "address",
    "segment", "everybody",
)  # fmt: skip


def page(asked: Asked) -> Ask:
    """A page of the list with everything that its rows show."""

    async def ask(session: AsyncSession) -> int:
        found = await lists.page(session, SYSTEM, asked, MOMENT)
        return len(await rows_of(session, SYSTEM, found.ids, SHOWN))

    return ask


SHOWN = ("company", "phone", "responsible", "tags", "last_contact_at", "custom:car")


def filtered(data: dict[str, Any]) -> Ask:
    """The first page of a filter, read as the page reads it."""

    async def ask(session: AsyncSession) -> int:
        node = parse(data, await lists.catalog(session, SYSTEM))
        found = await lists.page(session, SYSTEM, Asked(filter=node), MOMENT)
        return len(await rows_of(session, SYSTEM, found.ids, SHOWN))

    return ask


def counted(data: dict[str, Any]) -> Ask:
    """The count of a segment."""

    async def ask(session: AsyncSession) -> int:
        node = parse(data, await lists.catalog(session, SYSTEM))
        return await lists.count(session, SYSTEM, node, MOMENT)

    return ask


async def measure(db: Database, questions: Questions, kind: str, rounds: int) -> dict[str, Any]:
    """Product and floor in turns."""
    ours, floor, found = [], [], []
    for _ in range(rounds + 2):
        ask, statement, values = questions.ask(kind)
        begun = time.perf_counter()
        async with db.read() as session:
            found.append(await ask(session))
        ours.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        async with db.read() as session:
            (await session.execute(text(statement), values)).all()
        floor.append((time.perf_counter() - begun) * 1000)
    return {
        "kind": kind,
        "product": spread(ours[2:]),
        "floor": spread(floor[2:]),
        "found": median(found),
    }


def spread(times: list[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    return {"p50": round(median(times), 1), "p95": round(quantiles(times, n=20)[-1], 1)}


@asynccontextmanager
async def database(named: str) -> AsyncIterator[tuple[Database, bool]]:
    """The database to ask, and whether it is filled already."""
    async with AsyncExitStack() as stack:
        url, is_given = named, "://" in named
        if named == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="slovo-find-"))
            url = f"sqlite:///{folder}/slovo.db"
        elif named == "postgresql":
            cluster = stack.enter_context(own_cluster())
            url = stack.enter_context(cluster.database())
        await asyncio.to_thread(upgrade, url)
        db = Database(url)
        stack.push_async_callback(db.dispose)
        async with db.read() as session:
            many = await session.scalar(select(func.count()).select_from(Client)) or 0
        yield db, is_given and many > 0


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Fill, ask, say."""
    async with database(asked.database) as (db, is_filled):
        base = Base(db, asked.clients, asked.history, asked.seed)
        filled = {} if is_filled else await base.write()
        questions = Questions(base, asked.seed)
        kinds = asked.kinds or KINDS
        results = [await measure(db, questions, kind, asked.rounds) for kind in kinds]
    return {
        "database": db.dialect, "clients": asked.clients, "history": asked.history, "filled_s": filled,
        "aim_p95_ms": AIM_MS, "kinds": results,
    }  # fmt: skip


def main() -> None:
    """Read the flags, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200_000)
    parser.add_argument("--history", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--database",
        default="sqlite",
        help="sqlite, postgresql, or the URL of one that may be filled",
    )
    parser.add_argument("--kinds", nargs="*", choices=KINDS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    result = asyncio.run(run(asked))
    if asked.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    print(
        f"{result['database']}: {asked.clients} clients, {asked.history} entries; filled in {result['filled_s']} s"
    )
    print(f"{'':12}{'product p50':>12}{'p95':>9}{'plain SQL p50':>15}{'p95':>9}{'found':>8}")
    for one in result["kinds"]:
        ours, floor = one["product"], one["floor"]
        mark = "" if ours["p95"] < AIM_MS else "  over the aim"
        print(
            f"{one['kind']:12}{ours['p50']:12}{ours['p95']:9}{floor['p50']:15}{floor['p95']:9}{one['found']:8.0f}{mark}"
        )


if __name__ == "__main__":
    main()
