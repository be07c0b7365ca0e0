"""All cards compared with each other, now and then: what may be one client is kept for `crm.duplicates`.

In: the clients of the database, as a stream. Out: rows of `duplicate_pairs`, the surest, and when they were found.
`crm.duplicate_blocks` says which two cards are worth comparing, so the time grows with the number of cards and not with
its square.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database, exclusive
from crm.client_visibility import LISTED
from crm.duplicate_blocks import Blocks
from crm.likeness import Known, Likeness, compare
from crm.tables import (
    Client,
    ClientEmail,
    ClientNumber,
    CompanySetting,
    DuplicatePair,
    NotDuplicates,
)

MOST_PAIRS = 10_000
"""More than these nobody looks through; the surest are kept."""
STATE = "duplicates"
"""Name of the row of `company_settings` that says when all cards were compared last."""
_CHUNK = 5_000
_IDS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Search:
    """The last comparison of all cards."""

    at: datetime
    clients: int
    pairs: int
    took_s: float


async def last_search(session: AsyncSession) -> Search | None:
    """When all cards were compared last, None if never."""
    row = await session.get(CompanySetting, STATE)
    if row is None:
        return None
    return Search(row.changed_at, row.value["clients"], row.value["pairs"], row.value["took_s"])


async def refresh(db: Database) -> Search:
    """Compare all cards. Takes some seconds for 200 000; neither pages nor calls wait meanwhile."""
    began = time.monotonic()
    blocks, clients = Blocks(), 0
    async with db.read() as session:
        clients = await _collect(session, blocks)
        candidates = await asyncio.to_thread(blocks.pairs)
        scored = await _scored(session, candidates)
    scored.sort(key=lambda one: (-one[2].score, one[0], one[1]))
    async with db.write() as session:
        await exclusive(session, STATE)
        kept = await _keep(session, scored[:MOST_PAIRS])
        took = round(time.monotonic() - began, 2)
        found = Search(datetime.now(UTC), clients, kept, took)
        await _note(session, found)
    return found


async def _collect(session: AsyncSession, blocks: Blocks) -> int:
    clients = 0
    names = select(Client.id, Client.kind, Client.search_name).where(LISTED)
    async for rows in _parts(session, names):
        clients += len(rows)
        await asyncio.to_thread(blocks.add_names, [tuple(row) for row in rows if row[2]])
    of_listed = {"number": (ClientNumber.client_id, ClientNumber.last10),
                 "email": (ClientEmail.client_id, ClientEmail.folded)}  # fmt: skip
    for kind, (whose, value) in of_listed.items():
        query = select(whose, value).join(Client, Client.id == whose).where(LISTED)
        async for rows in _parts(session, query):
            await asyncio.to_thread(blocks.add, kind, [tuple(row) for row in rows])
    inns = select(Client.id, Client.inn).where(LISTED, Client.inn != "")
    async for rows in _parts(session, inns):
        await asyncio.to_thread(blocks.add, "inn", [tuple(row) for row in rows])
    return clients


async def _parts(session: AsyncSession, query: Any) -> AsyncIterator[Sequence[Any]]:
    result = await session.stream(query.execution_options(yield_per=_CHUNK))
    async for rows in result.partitions():
        yield rows


async def _scored(
    session: AsyncSession, candidates: Sequence[tuple[int, int]]
) -> list[tuple[int, int, Likeness]]:
    ids = sorted({one for pair in candidates for one in pair})
    known = await _known(session, ids)
    no = set()
    for row in await session.execute(select(NotDuplicates.first_id, NotDuplicates.second_id)):
        no.add((row[0], row[1]))
    return await asyncio.to_thread(_compare_all, candidates, known, no)


def _compare_all(
    candidates: Iterable[tuple[int, int]], known: dict[int, Known], no: set[tuple[int, int]]
) -> list[tuple[int, int, Likeness]]:
    found = []
    for first, second in candidates:
        one, other = known.get(first), known.get(second)
        if one is None or other is None or (first, second) in no:
            continue
        alike = compare(one, other)
        if alike is not None:
            found.append((first, second, alike))
    return found


async def _known(session: AsyncSession, ids: Sequence[int]) -> dict[int, Known]:
    fields: dict[int, dict[str, Any]] = {}
    for place in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[place : place + _IDS_AT_ONCE]
        rows = await session.execute(
            select(
                Client.id, Client.kind, Client.name, Client.inn, Client.kpp, Client.confirmed
            ).where(Client.id.in_(some))
        )
        for client_id, kind, name, inn, kpp, confirmed in rows:
            fields[client_id] = {
                "kind": kind, "name": name, "inn": inn, "kpp": kpp, "tails": set(), "emails": set(),
                "nameless": not confirmed and not name,
            }  # fmt: skip
        values = (
            ("tails", select(ClientNumber.client_id, ClientNumber.last10).where(ClientNumber.client_id.in_(some))),
            ("emails", select(ClientEmail.client_id, ClientEmail.folded).where(ClientEmail.client_id.in_(some))),
        )  # fmt: skip
        for field, query in values:
            for client_id, value in await session.execute(query):
                if client_id in fields and value:
                    fields[client_id][field].add(value)
    return {
        client_id: Known(
            id=client_id,
            **one | {"tails": frozenset(one["tails"]), "emails": frozenset(one["emails"])},
        )
        for client_id, one in fields.items()
    }


async def _keep(session: AsyncSession, scored: Sequence[tuple[int, int, Likeness]]) -> int:
    await session.execute(delete(DuplicatePair))
    ids = {one for pair in scored for one in pair[:2]}
    there = set()
    listed = sorted(ids)
    for place in range(0, len(listed), _IDS_AT_ONCE):
        some = listed[place : place + _IDS_AT_ONCE]
        there |= set(await session.scalars(select(Client.id).where(Client.id.in_(some), LISTED)))
    rows = [
        {
            "first_id": first,
            "second_id": second,
            "score": alike.score,
            "reasons": list(alike.reasons),
        }
        for first, second, alike in scored
        if first in there and second in there
    ]
    if rows:
        await session.execute(insert(DuplicatePair), rows)
    return len(rows)


async def _note(session: AsyncSession, found: Search) -> None:
    row = await session.get(CompanySetting, STATE)
    if row is None:
        row = CompanySetting(name=STATE)
        session.add(row)
    row.value = {"clients": found.clients, "pairs": found.pairs, "took_s": found.took_s}
    row.changed_at = found.at
