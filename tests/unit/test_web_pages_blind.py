"""What nobody saw is said where people look: in the list of calls at its place in time, and beside the tasks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from support.call_samples import answered_call
from support.web import Site

from calls.link_windows import NOT_RUNNING
from calls.tables import Call, LinkWindow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def now(site: Site) -> datetime:
    site.services.clock = lambda: NOW
    return NOW


def at(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def blind(minutes: float, lasted: float | None, **more: object) -> LinkWindow:
    restored = None if lasted is None else at(minutes) + timedelta(minutes=lasted)
    return LinkWindow(pbx="main", lost_at=at(minutes), restored_at=restored, **more)


async def add(site: Site, *rows: Call | LinkWindow) -> None:
    async with site.services.db.write() as session:
        session.add_all(rows)


def order(html: str) -> list[str]:
    return [kind for kind, _id in re.findall(r'<tr id="(call-row|blind)-(\d+)"', html)]


async def test_blind_time_stands_between_the_calls_around_it(site: Site, now: datetime) -> None:
    await add(
        site,
        answered_call("1.1", at(5), "101", "+79160000001"),
        answered_call("1.2", at(60), "101", "+79160000002"),
        blind(30, 7),
        blind(40, 3, filled_at=NOW, filled_from="cdr_csv"),
        blind(90, 0),
    )
    shown = (await (await site.client("sergey")).get("/calls")).text
    assert order(shown) == ["call-row", "blind", "call-row"]
    assert "blind 11:30–11:37" in shown
    narrowed = (await (await site.client("sergey")).get("/calls?direction=in")).text
    assert "blind" not in order(narrowed)


async def test_blind_time_that_lasts_says_since_when(site: Site, now: datetime) -> None:
    await add(site, answered_call("1.1", at(5), "101", "+79160000001"), blind(3, None))
    shown = (await (await site.client("sergey")).get("/calls")).text
    assert order(shown) == ["blind", "call-row"]
    assert "blind since 11:57" in shown


async def test_blind_time_of_seconds_says_how_many(site: Site, now: datetime) -> None:
    await add(
        site, answered_call("1.1", at(5), "101", "+79160000001"), blind(3, 0.06, why=NOT_RUNNING)
    )
    shown = (await (await site.client("sergey")).get("/calls")).text
    assert "blind at 11:57 for 4 s" in shown
    assert "Slovo was not running: calls of this time" in shown


@pytest.mark.parametrize(("login", "sees"), [("sergey", True), ("mila", True), ("anna", False)])
async def test_tasks_tell_of_blind_times_of_the_last_day_to_those_who_see_all(
    site: Site, now: datetime, login: str, sees: bool
) -> None:
    many = [blind(60 * hours - 20, 1) for hours in range(2, 7)]
    await add(site, blind(30, 7), *many, blind(60 * 30, 5))
    shown = (await (await site.client(login)).get("/tasks")).text
    assert ("and 2 more" in shown) is sees
    assert ('data-testid="blind-windows"' in shown) is sees
    assert shown.count("blind 11:30–11:37") == sees
    assert "05:00" not in shown


@pytest.mark.parametrize(
    ("source", "words"),
    [("live", ""), ("resync", "seen after a gap"), ("cdr", "from the PBX's own record")],
)
async def test_call_says_how_we_know_of_it(
    site: Site, now: datetime, source: str, words: str
) -> None:
    call = answered_call("1.1", at(5), "101", "+79160000001")
    call.source = source
    await add(site, call)
    client = await site.client("sergey")
    for address in ("/calls", f"/calls/{call.id}"):
        shown = (await client.get(address)).text
        assert ('data-source="' in shown) is bool(words)
        assert words in shown
