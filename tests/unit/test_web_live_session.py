import asyncio
from collections.abc import Awaitable, Callable

import pytest
from support.live import shown, withdrawn
from support.sockets import PageEnd, live_page
from support.web import Site
from support.web_seed import CLIENT_NUMBER, STRANGER, add_call, add_callback, seed_site

from crm import agents, call_notes, promise_decisions, promise_ledger, tasks
from crm.access import SYSTEM
from crm.screen_pop import PopWhy
from web.live import regions
from web.live import session as live_session
from web.live.hub import ALL_TOPICS
from web.services import utc_now


async def cookie_of(site: Site, login: str) -> str:
    client = await site.client(login)
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def until(end: PageEnd, region: str, text: str) -> None:
    """Receive until the region shows the text."""
    async with asyncio.timeout(5):
        while text not in end.regions.get(region, ""):
            await end.receive_frame()


async def test_connect_gives_a_snapshot_numbered_zero_with_every_region(site: Site) -> None:
    await seed_site(site)
    async with live_page(site.app, await cookie_of(site, "mila"), "board") as end:
        await end.settle()
    assert end.kinds[0] == "snapshot"
    assert end.seqs == list(range(len(end.seqs)))
    stored = {region.name for region in regions.REGIONS if "board" in region.views}
    assert set(end.regions) == stored | {
        "link",
        "pops",
        "bell",
        "badge-tasks",
        "badge-inquiries",
        "own-state",
    }


async def test_operator_asking_for_the_board_gets_none_of_it(site: Site) -> None:
    async with live_page(site.app, await cookie_of(site, "anna"), "board") as end:
        await end.settle()
    own = {"link", "pops", "bell", "badge-tasks", "badge-inquiries", "own-state", "my-day"}
    assert set(end.regions) == own


async def new_call(site: Site, ids: dict[str, int]) -> None:
    async with site.services.db.write() as session:
        await add_call(session, "9.1", at=utc_now(), number=STRANGER, outcome="missed")
    site.services.hub.announce(["call"])


async def new_task(site: Site, ids: dict[str, int]) -> None:
    async with site.services.db.write() as session:
        call = await add_call(session, "9.2", at=utc_now(), number="+79990000000", outcome="missed")
        await add_callback(session, call)
    site.services.hub.announce(["call", "task"])


async def task_taken(site: Site, ids: dict[str, int]) -> None:
    async with site.services.db.write() as session:
        mila = await agents.actor_for(session, await agents.by_login(session, "mila"))
        await tasks.take(session, mila, ids["task"])
    site.services.hub.announce(["task"])


async def task_closed(site: Site, ids: dict[str, int]) -> None:
    async with site.services.db.write() as session:
        await tasks.close(session, SYSTEM, ids["task"], "sent an offer")
    site.services.hub.announce(["task"])


async def pop_comes(site: Site, ids: dict[str, int]) -> None:
    site.services.hub.show_pop(shown("1.1", number=CLIENT_NUMBER), [site.people["anna"]])


async def pop_goes(site: Site, ids: dict[str, int]) -> None:
    await pop_comes(site, ids)
    site.services.hub.withdraw_pop(withdrawn("1.1", "101", PopWhy.GAVE_UP))


async def pop_answered_and_closed(site: Site, ids: dict[str, int]) -> None:
    await pop_comes(site, ids)
    site.services.hub.withdraw_pop(withdrawn("1.1", "101", PopWhy.ANSWERED_HERE))
    await asyncio.sleep(0.1)
    for card in site.services.hub.pops.of(site.people["anna"]):
        site.services.hub.close_pop(site.people["anna"], card.key)


async def promise_kept(site: Site, ids: dict[str, int]) -> None:
    await pop_comes(site, ids)
    async with site.services.db.write() as session:
        promise = (await promise_ledger.of_client(session, ids["irina"]))[0]
        closing = promise_decisions.Closing(outcome="kept")
        await promise_decisions.close(session, SYSTEM, promise.id, closing, site.services.zone)
    site.services.hub.announce(["promise"])


CHANGES = [new_call, new_task, task_taken, task_closed, pop_comes, pop_goes,
           pop_answered_and_closed, promise_kept]  # fmt: skip


QUIET_S, LOOKS = 0.2, 15
"""A busy machine may be quiet for a moment in the middle of an update: then it is looked at again."""


async def fresh_beside(old: PageEnd, site: Site, cookie: str, view: str) -> dict[str, str]:
    """Open fresh pages until the old one shows the same; returns what the last of them showed."""
    for _ in range(LOOKS):
        await old.settle(QUIET_S)
        async with live_page(site.app, cookie, view) as fresh:
            await fresh.settle(QUIET_S)
        if old.regions == fresh.regions:
            break
    return fresh.regions


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("login", "view"), [("anna", "day"), ("mila", "board")])
async def test_old_snapshot_and_deltas_are_the_fresh_snapshot(
    site: Site, change: Callable[[Site, dict[str, int]], Awaitable[None]], login: str, view: str
) -> None:
    ids = await seed_site(site)
    cookie = await cookie_of(site, login)
    async with live_page(site.app, cookie, view) as old:
        before = dict(await fresh_beside(old, site, cookie, view))
        await change(site, ids)
        fresh = await fresh_beside(old, site, cookie, view)
    assert old.regions == fresh
    assert old.seqs == list(range(len(old.seqs)))
    if login == "anna" and change not in (pop_answered_and_closed,):
        assert old.regions != before


async def test_pop_goes_to_every_page_of_its_person_and_to_nobody_else(site: Site) -> None:
    anna, boris = await cookie_of(site, "anna"), await cookie_of(site, "boris")
    async with (
        live_page(site.app, anna) as first,
        live_page(site.app, anna) as second,
        live_page(site.app, boris) as other,
    ):
        site.services.hub.show_pop(shown("5.1", number=STRANGER), [site.people["anna"]])
        await until(first, "pops", "screen-pop")
        await until(second, "pops", "screen-pop")
        await other.settle()
    assert "screen-pop" not in other.regions["pops"]


async def test_pop_comes_while_the_database_is_locked(site: Site) -> None:
    await seed_site(site)
    cookie = await cookie_of(site, "anna")
    async with live_page(site.app, cookie) as end:
        await end.settle()
        # Both turns at the database are taken: nothing stored can be read now.
        async with site.services.hub.turn, site.services.hub.turn:
            site.services.hub.show_pop(shown("5.1", number=CLIENT_NUMBER), [site.people["anna"]])
            await until(end, "pops", "screen-pop")
            assert "pop-waits" in end.regions["pops"]
        await until(end, "pops", "Ирина Соколова")


async def test_note_is_on_the_card_after_a_reload(site: Site) -> None:
    ids = await seed_site(site)
    cookie = await cookie_of(site, "anna")
    site.services.hub.show_pop(shown("1.1", number=CLIENT_NUMBER), [site.people["anna"]])
    async with site.services.db.write() as session:
        anna = await agents.actor_for(session, await agents.by_login(session, "anna"))
        await call_notes.save(session, anna, ids["talk"], "will <call> again")
    async with live_page(site.app, cookie) as end:
        await until(end, "pops", "will &lt;call&gt; again")


async def test_topics_reach_parts_of_the_page_that_fetch(site: Site) -> None:
    async with live_page(site.app, await cookie_of(site, "anna")) as end:
        await end.settle()
        assert end.topics == set()
        site.services.hub.announce(["call", "job"])
        await end.settle()
    assert end.topics == {"call", "job"}


async def test_many_changes_for_a_slow_page_stay_bounded_and_end_in_the_newest_state(
    site: Site,
) -> None:
    await seed_site(site)
    cookie = await cookie_of(site, "anna")
    async with live_page(site.app, cookie, "day") as end:
        await end.settle()
        end.stuck.clear()
        for number in range(300):
            call = f"7.{number}"
            site.services.hub.show_pop(shown(call, number=STRANGER), [site.people["anna"]])
            site.services.hub.withdraw_pop(withdrawn(call, "101", PopWhy.TIMEOUT))
            site.services.hub.announce(ALL_TOPICS - {"pop"})
            await asyncio.sleep(0)
        end.stuck.set()
        frames = len(end.seqs)
        await end.settle()
        async with live_page(site.app, cookie, "day") as fresh:
            await fresh.settle()
    assert len(end.seqs) - frames < 10
    assert end.regions == fresh.regions


async def test_page_that_reads_nothing_is_dropped(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_session, "SEND_TIMEOUT_S", 0.05)
    async with live_page(site.app, await cookie_of(site, "anna")) as end:
        await end.settle()
        end.stuck.clear()
        site.services.hub.show_pop(shown("5.1"), [site.people["anna"]])
        async with asyncio.timeout(5):
            while len(site.services.hub):  # the hub has no event for this
                await asyncio.sleep(0.01)
        assert len(site.services.hub) == 0


async def test_locked_out_person_loses_the_live_page_at_once(site: Site) -> None:
    async with live_page(site.app, await cookie_of(site, "anna")) as end:
        await end.settle()
        async with site.services.db.write() as session:
            await agents.set_active(session, SYSTEM, site.people["anna"], False)
        site.services.hub.announce(["user"])
        await end.settle()
    assert end.close_code == 4401


async def test_nobody_logged_in_is_told_to_log_in(site: Site) -> None:
    async with live_page(site.app, "") as end:
        await end.settle(0.3)
    assert end.close_code == 4401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", ""])
async def test_foreign_websocket_is_refused_before_it_is_accepted(site: Site, origin: str) -> None:
    cookie = await cookie_of(site, "anna")
    async with live_page(site.app, cookie, origin=origin) as end:
        message = await asyncio.wait_for(end.from_app.get(), 2)
    assert message["type"] == "websocket.close"
