"""Queue members and phones of a real Asterisk: the account `slovo` may ask, hear and order all that states are made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from pydantic import SecretStr
from support.asterisk_server import AsteriskServer
from support.sipp import Phones

from pbx.actions import Actions
from pbx.errors import ActionFailed
from pbx.events import AgentsListed, MemberChanged, PbxEvent, PbxName
from pbx.listener import Listener
from pbx.settings import PbxSettings
from pbx.tracker import CallTracker

pytestmark = pytest.mark.asterisk
E = TypeVar("E", bound=PbxEvent)


class Heard:
    """What the product's listener makes of the stream."""

    def __init__(self) -> None:
        self.events: list[PbxEvent] = []
        self._news = asyncio.Condition()

    def put(self, event: PbxEvent) -> None:
        self.events.append(event)
        asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def wait(self, kind: type[E], wanted: Callable[[E], bool] = lambda event: True) -> E:
        async with asyncio.timeout(20), self._news:
            while True:
                for event in self.events:
                    if isinstance(event, kind) and wanted(event):
                        return event
                await self._news.wait()


@asynccontextmanager
async def listening(asterisk: AsteriskServer) -> AsyncIterator[tuple[Listener, Heard]]:
    host, port = asterisk.ami
    settings = PbxSettings(
        name="main", ami_host=host, ami_port=port, ami_secret=SecretStr(asterisk.secret)
    )
    heard = Heard()
    listener = Listener(settings, CallTracker(PbxName("main")), heard.put)
    running = asyncio.create_task(listener.run())
    try:
        yield listener, heard
    finally:
        await listener.close()
        await running


async def test_login_lists_members_and_phones_and_orders_are_confirmed(
    asterisk: AsteriskServer, phones: Phones
) -> None:
    phones.rings("101")  # registers; nobody calls it
    async with listening(asterisk) as (listener, heard):
        listed = await heard.wait(AgentsListed)
        assert {(m.queue, m.extension) for m in listed.members} >= {
            ("support", "101"),
            ("sales", "102"),
        }
        assert dict(listed.devices)["101"] == "idle"
        assert dict(listed.devices)["104"] == "unavailable"
        actions = Actions(listener.send)
        await actions.queue_add("support", "PJSIP/103", name="Вера")
        await actions.queue_pause("PJSIP/103", paused=True, reason="обед")
        paused = await heard.wait(MemberChanged, lambda event: event.member.paused)
        assert (paused.member.reason, paused.member.dynamic) == ("обед", True)
        assert paused.member.paused_at is not None
        await actions.queue_pause("PJSIP/103", paused=False)
        await actions.queue_remove("support", "PJSIP/103")
        await heard.wait(MemberChanged, lambda event: not event.present)
        with pytest.raises(ActionFailed):
            await actions.queue_pause("PJSIP/103", paused=True)
