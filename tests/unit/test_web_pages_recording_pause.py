"""The button that pauses a recording, on the card of a talk: there only where it can do something."""

import asyncio

import pytest
from sqlalchemy import select
from support.live import shown, withdrawn
from support.sockets import PageEnd, live_page
from support.web import Site
from support.web_seed import CLIENT_NUMBER, add_call

from calls.tables import Recording
from crm.screen_pop import PopWhy
from crm.tables import RecordingPause
from web.services import utc_now

TRUNK = "PJSIP/provider-00000001"


class Switch:
    """A PBX with one recorded channel."""

    def __init__(self) -> None:
        self.muted: list[bool] = []

    async def channels_of(self, linkedids: object) -> list[str]:
        return [TRUNK]

    async def mute_recording(self, channel: str, *, muted: bool) -> bool:
        self.muted.append(muted)
        return True


async def talk(site: Site, *, recorded: bool) -> int:
    """A talk of Anna's that goes on, with its card."""
    async with site.services.db.write() as session:
        call = await add_call(session, "1.1", at=utc_now())
        call.ended, call.outcome, call.ended_at = False, None, None
        if recorded:
            made = Recording(
                call_id=call.id, source_key="1.1.wav", state="expected", created_at=utc_now()
            )
            session.add(made)
    site.services.hub.show_pop(shown("1.1", number=CLIENT_NUMBER), [site.people["anna"]])
    site.services.hub.withdraw_pop(withdrawn("1.1", "101", PopWhy.ANSWERED_HERE))
    return call.id


async def until(end: PageEnd, text: str) -> str:
    """Receive until the cards show the text; returns them."""
    async with asyncio.timeout(5):
        while text not in end.regions.get("pops", ""):
            await end.receive_frame()
    return end.regions["pops"]


async def test_card_of_a_recorded_talk_pauses_and_goes_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = Switch()
    monkeypatch.setattr(site.services, "actions", {"main": switch})
    call = await talk(site, recorded=True)
    anna = await site.client("anna")
    cookie = "; ".join(f"{name}={value}" for name, value in anna.cookies.items())
    by_card = {"hx-request": "true"}
    async with live_page(site.app, cookie) as end:
        await until(end, "Pause the recording")
        answer = await anna.post(f"/calls/{call}/recording/pause", headers=by_card)
        assert answer.status_code == 204
        site.services.hub.announce(["call"])
        await until(end, "Go on recording")
        answer = await anna.post(f"/calls/{call}/recording/resume", headers=by_card)
        assert answer.status_code == 204
        site.services.hub.announce(["call"])
        await until(end, "Pause the recording")
    assert switch.muted == [True, False]
    async with site.services.db.read() as session:
        (pause,) = (await session.scalars(select(RecordingPause))).all()
    assert (pause.call_id, pause.by_id) == (call, site.people["anna"])


async def test_card_of_a_talk_that_nobody_records_has_no_button(site: Site) -> None:
    await talk(site, recorded=False)
    anna = await site.client("anna")
    cookie = "; ".join(f"{name}={value}" for name, value in anna.cookies.items())
    async with live_page(site.app, cookie) as end:
        cards = await until(end, "data-note")
    assert "Pause the recording" not in cards
