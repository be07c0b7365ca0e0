import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.web import Site
from support.web_seed import seed_site

from crm.tables import CallNote
from pbx.actions import ClickToCall, Originated
from pbx.errors import ActionFailed


@dataclass
class FakeActions:
    """Takes orders, or refuses them."""

    orders: list[ClickToCall] = field(default_factory=list)
    refuses: bool = False
    result: Originated = field(default_factory=lambda: Originated(answered=None))
    rings: asyncio.Event | None = None

    async def originate(self, call: ClickToCall, **_: Any) -> Originated:
        if self.refuses:
            raise ActionFailed("Originate", "Extension does not exist.")
        self.orders.append(call)
        if self.rings:
            await self.rings.wait()
        return self.result


@pytest.fixture
def actions(site: Site) -> FakeActions:
    fake = FakeActions()
    site.services.actions = {"main": fake}  # type: ignore[dict-item]
    return fake


async def test_own_phone_rings_first(site: Site, actions: FakeActions) -> None:
    client = await site.client("anna")
    answer = await client.post("/dial", data={"number": "+7 (916) 123-45-67"})
    assert answer.status_code == 202
    (order,) = actions.orders
    assert (order.channel, order.number) == ("PJSIP/101", "+79161234567")
    assert order.context == "slovo-click-to-call"


async def test_without_a_phone_nothing_is_dialled(site: Site, actions: FakeActions) -> None:
    answer = await (await site.client("nophone")).post("/dial", data={"number": "102"})
    assert answer.status_code == 422
    assert "you have no phone" in answer.text
    assert actions.orders == []


@pytest.mark.parametrize("number", ["", "anonymous", "\r\nAction: Command"])
async def test_what_is_no_number_is_refused(site: Site, actions: FakeActions, number: str) -> None:
    answer = await (await site.client("anna")).post("/dial", data={"number": number})
    assert answer.status_code == 422
    assert actions.orders == []


async def test_refusal_of_the_pbx_is_told_in_words(site: Site, actions: FakeActions) -> None:
    actions.refuses = True
    client = await site.client("anna")
    answer = await client.post("/dial", data={"number": "102"}, headers={"accept": "*/*"})
    assert answer.status_code == 502
    assert "Extension does not exist." in answer.json()["error"]["text"]


async def test_phone_that_cannot_ring_is_told(site: Site, actions: FakeActions) -> None:
    actions.result = Originated(answered=False, reason="busy")
    client = await site.client("anna")
    answer = await client.post("/dial", data={"number": "102"}, headers={"accept": "*/*"})
    assert answer.status_code == 409
    assert answer.json()["error"]["id"] == "phone_refused"


async def test_phone_that_rings_is_not_waited_for(site: Site, actions: FakeActions) -> None:
    actions.rings = asyncio.Event()
    client = await site.client("anna")
    answer = await client.post("/dial", data={"number": "102"})
    assert answer.status_code == 202
    actions.rings.set()


async def test_process_without_pbx_says_so(site: Site) -> None:
    client = await site.client("anna")
    answer = await client.post("/dial", data={"number": "102"}, headers={"accept": "*/*"})
    assert answer.status_code == 502


async def test_note_is_kept_as_typed_under_the_call(site: Site) -> None:
    ids = await seed_site(site)
    client = await site.client("anna")
    text = "  first line\r\n\n— ёж, «цитата» <b>\t "
    answer = await client.post("/notes", data={"pbx": "main", "call": "1.1", "text": text})
    assert answer.status_code == 204
    async with site.services.db.read() as session:
        note = await session.get(CallNote, 1)
        assert note is not None
        assert (note.call_id, note.text) == (ids["talk"], text)


async def test_note_on_a_call_that_is_not_stored_yet_is_asked_for_again(site: Site) -> None:
    client = await site.client("anna")
    answer = await client.post("/notes", data={"pbx": "main", "call": "77.7", "text": "x"})
    assert answer.status_code == 404


async def test_operator_writes_no_notes_on_calls_of_others(site: Site) -> None:
    await seed_site(site)
    client = await site.client("boris")
    answer = await client.post("/notes", data={"pbx": "main", "call": "1.1", "text": "x"})
    assert answer.status_code == 403
