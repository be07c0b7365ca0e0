"""Extension 101 of one PBX and of another are two phones: on every page, for rights, and for commands."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from support.call_samples import add_heard_call, answered_call
from support.several import MAIN, NORTH, with_two_pbxs
from support.web import Site
from support.web_seed import add_call

from calls.tables import Call
from crm import agents
from crm.access import SYSTEM
from crm.person_fields import Phone, Queue
from crm.tables import Task
from pbx.actions import ClickToCall, Originated

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
async def two(site: Site) -> Site:
    """Anna has 101 of the first PBX, Boris 101 of the other one; both answer for the queue "sales" of their own."""
    site.services.clock = lambda: NOW
    async with site.services.db.write() as session:
        boris = agents.person_of(await agents.by_login(session, "boris"))
        boris = replace(boris, phones=(Phone("101", NORTH),), queues=(Queue("sales", NORTH),))
        await agents.edit(session, SYSTEM, site.people["boris"], boris)
    return with_two_pbxs(site)


async def namesakes(site: Site) -> tuple[int, int]:
    """The same linkedid and the same extension on both PBXs; returns the two calls."""
    made = [answered_call("1.1", NOW, "101", f"+7916000000{digit}") for digit in (1, 2)]
    made[1].pbx = NORTH
    async with site.services.db.write() as session:
        session.add_all(made)
        await session.flush()
        return made[0].id, made[1].id


def rows(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="call-row-(\d+)"', html)]


async def test_operators_see_the_calls_of_their_own_pbx_s_extension_only(two: Site) -> None:
    annas, boriss = await namesakes(two)
    for login, own, foreign in (("anna", annas, boriss), ("boris", boriss, annas)):
        client = await two.client(login)
        assert rows((await client.get("/calls")).text) == [own]
        assert (await client.get(f"/calls/{own}")).status_code == 200
        assert (await client.get(f"/calls/{foreign}")).status_code == 403
        day = (await client.get("/")).text
        assert (f"/calls/{own}" in day, f"/calls/{foreign}" in day) == (True, False)


async def test_operator_hears_no_recording_of_a_namesake_s_extension(two: Site) -> None:
    db = two.services.db
    heard = await add_heard_call(db, two.services.settings.data_dir, NOW)
    async with db.write() as session:
        await session.execute(update(Call).where(Call.id == heard.call).values(pbx=NORTH))
    sound = f"/media/recordings/{heard.recording}/stereo"
    allowed = [(await (await two.client(who)).get(sound)).status_code for who in ("anna", "boris")]
    assert allowed == [403, 200]


async def test_list_filters_by_pbx_and_by_a_phone_of_it(two: Site) -> None:
    annas, boriss = await namesakes(two)
    client = await two.client("root")
    listed = {
        query: rows((await client.get(f"/calls?{query}")).text)
        for query in ("", "pbx=north", "pbx=main", "operator=101", "operator=north/101", "pbx=east")
    }
    assert listed == {
        "": [boriss, annas], "pbx=north": [boriss], "pbx=main": [annas], "operator=101": [annas],
        "operator=north/101": [boriss], "pbx=east": [],
    }  # fmt: skip
    page = (await client.get("/calls?pbx=north")).text
    assert '<option value="north" selected>' in page
    assert "data-pbx-mark>north<" in page
    assert '<option value="north/101"' in page


async def test_with_one_pbx_nothing_names_it(site: Site) -> None:
    site.services.clock = lambda: NOW
    await namesakes(site)
    page = (await (await site.client("root")).get("/calls")).text
    assert 'name="pbx"' not in page
    assert "data-pbx-mark" not in page


async def test_closed_call_back_names_who_talked_on_the_pbx_of_that_talk(two: Site) -> None:
    async with two.services.db.write() as session:
        call = await add_call(session, "5.1", at=NOW, extension="101", direction="out")
        call.pbx = NORTH
        task = Task(
            kind="callback", state="done", number="+79160000001", pbx=MAIN, queue="", title="",
            opened_at=NOW, closed_at=NOW + timedelta(minutes=5), closed_call_id=call.id,
            closed_party="101",
        )  # fmt: skip
        session.add(task)
    page = (await (await two.client("root")).get("/tasks?state=done")).text
    assert "Борис" in page
    assert "Анна" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.S)


async def test_tasks_of_a_queue_are_those_of_its_pbx(two: Site) -> None:
    async with two.services.db.write() as session:
        for pbx, number in ((MAIN, "+79160000001"), (NORTH, "+79160000002")):
            session.add(
                Task(kind="callback", number=number, pbx=pbx, queue="sales", opened_at=NOW,
                     subject_key=f"number:{number}")
            )  # fmt: skip
    for login, own, foreign in (("anna", "01", "02"), ("boris", "02", "01")):
        page = (await (await two.client(login)).get("/tasks")).text
        assert f'data-dial="+791600000{own}"' in page
        assert f'data-dial="+791600000{foreign}"' not in page


class Orders:
    """Takes the orders of one PBX."""

    def __init__(self) -> None:
        self.taken: list[ClickToCall] = []

    async def originate(self, call: ClickToCall, **_: Any) -> Originated:
        self.taken.append(call)
        return Originated(answered=None)


async def dialled(site: Site, login: str, **more: str) -> tuple[str, str, str]:
    """PBX, channel and context of a click to call."""
    pbxs = {MAIN: Orders(), NORTH: Orders()}
    site.services.actions = pbxs  # type: ignore[assignment]
    client = await site.client(login)
    answer = await client.post("/dial", data={"number": "+79160000001", **more})
    assert answer.status_code == 202
    ((name, order),) = [(name, order) for name, one in pbxs.items() for order in one.taken]
    return name, order.channel, order.context


async def test_click_to_call_goes_to_the_pbx_of_the_person_s_phone(two: Site) -> None:
    assert await dialled(two, "anna") == (MAIN, "PJSIP/101", "slovo-click-to-call")
    assert await dialled(two, "boris") == (NORTH, "SIP/101", "out")


async def test_call_back_prefers_the_pbx_of_the_call(two: Site) -> None:
    assert (await dialled(two, "anna", pbx=NORTH))[0] == MAIN
    async with two.services.db.write() as session:
        anna = agents.person_of(await agents.by_login(session, "anna"))
        phones = (*anna.phones, Phone("201", NORTH))
        await agents.edit(session, SYSTEM, two.people["anna"], replace(anna, phones=phones))
    assert await dialled(two, "anna", pbx=NORTH) == (NORTH, "SIP/201", "out")
    assert (await dialled(two, "anna"))[0] == MAIN
    assert (await dialled(two, "anna", pbx="gone"))[0] == MAIN


async def test_pbx_that_this_process_cannot_reach_is_said_by_name(two: Site) -> None:
    client = await two.client("boris")
    answer = await client.post("/dial", data={"number": "102"}, headers={"accept": "*/*"})
    assert answer.status_code == 502
