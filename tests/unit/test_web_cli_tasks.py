"""`slovo tasks`: one JSON object per line, with the documented fields."""

import json
from asyncio import to_thread

import pytest
from support.cli import Run
from support.clients import client
from support.told_calls import NOON, Teller, Told, after

from calls.db import Database

FIELDS = {
    "id", "kind", "state", "number", "client", "queue", "waited_s", "missed_calls", "tries",
    "opened_at", "closed_at", "closed_by", "closed_call", "minutes_to_contact",
}  # fmt: skip


async def test_tasks_are_printed_with_all_documented_fields(
    slovo: Run, db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller = Teller(db)
    await client(db, "Анна", "+79160000001")
    await teller.tell(Told(number="8 916 000-00-01", queue="sales", lasted_s=0))
    await teller.tell(Told(number="+79160000002", at=after(1), lasted_s=30))
    await teller.tell(
        Told(
            number="+79160000001",
            at=after(6),
            talks=((0, 60, "102"),),
            lasted_s=60,
            linkedid="1795000777.1",
        )
    )
    monkeypatch.setenv("SLOVO_DATABASE_URL", database_url)
    every = (await to_thread(slovo, "tasks", "--json")).out.splitlines()
    opened = (await to_thread(slovo, "tasks", "--json", "--open")).out.splitlines()
    assert opened == every[:1]
    for line in every:
        assert set(json.loads(line)) >= FIELDS
    waiting, done = (json.loads(line) for line in every)
    assert (waiting["state"], waiting["number"], waiting["client"]) == (
        "open", "+79160000002", None,
    )  # fmt: skip
    assert (waiting["waited_s"], waiting["missed_calls"], waiting["tries"]) == (20.0, 1, 0)
    assert (done["state"], done["client"], done["queue"]) == ("done", "Анна", "sales")
    assert done["opened_at"] == NOON.isoformat()
    assert (done["closed_by"], done["closed_call"]) == ("102", "1795000777.1")
    assert done["minutes_to_contact"] == 6.0
    readable = await to_thread(slovo, "tasks")
    assert "Анна" in readable.out
    assert "after 6.0 min" in readable.out
