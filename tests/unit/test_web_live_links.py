"""What pages say about the connections to one and to several PBXs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from support.several import MAIN, NORTH, with_two_pbxs
from support.web import Site

from calls.db import Database
from calls.tables import LinkWindow
from pbx.events import LinkLost, LinkRestored, PbxName
from web.live.links import LinkBoard
from web.live.protocol import LinkView

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def lost(pbx: str) -> LinkLost:
    return LinkLost(pbx=PbxName(pbx), at=AT, why="gone")


def restored(pbx: str) -> LinkRestored:
    return LinkRestored(pbx=PbxName(pbx), at=AT, version="11.0.0")


def states(board: LinkBoard) -> dict[str, bool]:
    return {view.pbx: view.connected for view in board.views()}


def test_loss_of_one_pbx_leaves_the_others_connected() -> None:
    board = LinkBoard([MAIN, NORTH], AT)
    for pbx in (MAIN, NORTH):
        board.on_event(restored(pbx))
    assert states(board) == {MAIN: True, NORTH: True}
    assert board.on_event(lost(NORTH))
    assert states(board) == {MAIN: True, NORTH: False}
    assert [view.pbx for view in board.views()] == [MAIN, NORTH]


async def test_pbx_that_another_process_hears_is_read_from_the_table(db: Database) -> None:
    board = LinkBoard([MAIN, NORTH], AT)
    board.on_event(restored(MAIN))
    async with db.write() as session:
        for pbx in (MAIN, NORTH):  # what the table says of a PBX that is heard here is older
            session.add(LinkWindow(pbx=pbx, lost_at=AT, restored_at=None))
    async with db.read() as session:
        await board.load(session)
    assert states(board) == {MAIN: True, NORTH: False}
    async with db.write() as session:
        window = await session.get(LinkWindow, 2)
        assert window is not None
        window.restored_at = AT + timedelta(seconds=9)
    async with db.read() as session:
        assert await board.load(session)
    assert states(board) == {MAIN: True, NORTH: True}


async def shown(site: Site, *links: LinkView) -> str:
    site.services.links = lambda: links
    page = (await (await site.client("anna")).get("/tasks")).text
    (found,) = re.findall(r'<div id="live-link".*?</header>', page, flags=re.S)
    return str(found)


async def test_one_pbx_is_said_without_its_name(site: Site) -> None:
    up = await shown(site, LinkView(pbx="hq", connected=True, since=AT))
    assert up.count('data-testid="link-state" data-connected="true"') == 1
    assert "hq" not in up
    down = await shown(site, LinkView(pbx="hq", connected=False, since=AT))
    assert 'data-testid="link-state" data-connected="false"' in down
    assert "No connection to the PBX since 12:00" in down
    assert "hq" not in down


async def test_several_pbxs_show_the_worst_state_and_each_on_demand(site: Site) -> None:
    up = [LinkView(pbx=pbx, connected=True, since=AT) for pbx in (MAIN, NORTH)]
    page = await shown(with_two_pbxs(site), *up)
    assert page.count("link-state") == 1
    assert 'data-testid="link-state" data-connected="true"' in page
    refused = LinkView(pbx=NORTH, connected=False, since=AT, login_refused=True)
    page = await shown(site, up[0], refused)
    assert page.count("link-state") == 1
    assert 'data-testid="link-state" data-connected="false"' in page
    assert "No connection to a PBX: north</summary>" in page
    assert '<li data-link="main" data-connected="true">' in page
    assert "The PBX refuses our login." in page
    page = await shown(site, up[0], LinkView(pbx=NORTH, connected=False, since=AT))
    assert "No connection to a PBX: north since 12:00</summary>" in page
