"""Pause, away, ready, and where people sit, by the pages' own addresses."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.sockets import PageEnd, live_page
from support.web import Site

from crm.engagement import Engagement, as_json
from crm.tables import AuditEntry, PersonState, PhoneHolding, PhoneState, QueueMember
from pbx.actions import Actions
from pbx.errors import ActionFailed
from web.services import utc_now


class Pbx:
    """Takes actions as the listener does; refuses whatever is named in `refuses`."""

    def __init__(self, *refuses: str) -> None:
        self.sent: list[dict[str, object]] = []
        self.refuses = refuses

    async def send(self, fields, *, timeout_s=None, single=False):  # type: ignore[no-untyped-def]
        self.sent.append(dict(fields))
        if fields["Action"] in self.refuses:
            raise ActionFailed(str(fields["Action"]), "Interface not found")
        return [{"Response": "Success"}]


async def on_pbx(site: Site, *refuses: str) -> Pbx:
    """Anna's phone is a member of two queues, and the PBX takes orders."""
    pbx = Pbx(*refuses)
    site.services.actions = {"main": Actions(pbx.send)}
    async with site.services.db.write() as session:
        session.add(PhoneState(pbx="main", extension="101", device="idle", engaged=[]))
        for queue in ("sales", "support"):
            session.add(
                QueueMember(
                    pbx="main", queue=queue, interface="Local/101@from-queue/n", extension="101"
                )
            )
    return pbx


async def shown(site: Site, login: str, region: str, view: str = "page") -> str:
    client = await site.client(login)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    async with live_page(site.app, cookie, view) as end:
        await receive(end, lambda: region in end.regions)
    return end.regions[region]


async def receive(end: PageEnd, is_enough: Callable[[], bool]) -> None:
    """Receive until the page shows what is waited for."""
    while not is_enough():
        assert await end.receive_frame(30) is not None


async def test_pause_is_ordered_in_all_queues_and_shown_only_when_confirmed(site: Site) -> None:
    pbx = await on_pbx(site)
    anna = await site.client("anna")
    answer = await anna.post("/agent/pause", data={"reason": "lunch"})
    assert answer.status_code == 204
    assert pbx.sent == [
        {
            "Action": "QueuePause",
            "Interface": "Local/101@from-queue/n",
            "Paused": "true",
            "Reason": "lunch",
        }
    ]
    assert 'data-state="available"' in await shown(site, "anna", "own-state")
    async with site.services.db.write() as session:
        for member in await session.scalars(select(QueueMember)):
            member.paused, member.reason, member.changed_at = True, "lunch", utc_now()
    assert 'data-state="paused"' in await shown(site, "anna", "own-state")
    await anna.post("/agent/resume")
    assert pbx.sent[1]["Paused"] == "false"


async def test_refused_pause_says_what_the_pbx_said(site: Site) -> None:
    await on_pbx(site, "QueuePause")
    anna = await site.client("anna")
    answer = await anna.post("/agent/pause", headers={"accept": "application/json"})
    assert answer.status_code == 502
    assert "Interface not found" in answer.text


async def test_pause_without_a_connection_to_the_pbx_is_an_error(site: Site) -> None:
    await on_pbx(site)
    site.services.actions = {}
    anna = await site.client("anna")
    assert (await anna.post("/agent/pause")).status_code == 502


async def test_refused_pause_of_another_is_in_the_audit_log_all_the_same(site: Site) -> None:
    await on_pbx(site, "QueuePause")
    sergey = await site.client("sergey")
    assert (await sergey.post(f"/agents/{site.people['anna']}/pause")).status_code == 502
    async with site.services.db.read() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "agent.pause"))
    assert entry is not None


async def test_who_is_in_no_queue_is_told_so(site: Site) -> None:
    anna = await site.client("anna")
    answer = await anna.post("/agent/pause")
    assert answer.status_code == 409
    assert "nothing to pause" in answer.text


@pytest.mark.parametrize("reason", ["x" * 81, "a\nAction: Logoff", "a;0|PJSIP/out"])
async def test_impossible_reason_never_reaches_the_pbx(site: Site, reason: str) -> None:
    pbx = await on_pbx(site)
    anna = await site.client("anna")
    assert (await anna.post("/agent/pause", data={"reason": reason})).status_code == 422
    assert not pbx.sent


async def test_supervisor_pauses_others_and_that_is_in_the_audit_log(site: Site) -> None:
    pbx = await on_pbx(site)
    sergey = await site.client("sergey")
    address = f"/agents/{site.people['anna']}/pause"
    assert (await sergey.post(address, data={"reason": "training"})).status_code == 204
    assert pbx.sent[0]["Reason"] == "training"
    async with site.services.db.read() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "agent.pause"))
    assert entry is not None
    assert (entry.login, entry.subject_id) == ("sergey", str(site.people["anna"]))
    for login in ("boris", "mila"):
        other = await site.client(login)
        assert (await other.post(address)).status_code == 403


async def test_away_and_ready_are_kept(site: Site) -> None:
    anna = await site.client("anna")
    await anna.post("/agent/away", data={"away": "1", "reason": "bank"})
    await anna.post("/agent/ready")
    async with site.services.db.read() as session:
        said = await session.get(PersonState, site.people["anna"])
    assert said is not None
    assert (said.away, said.away_reason, said.ready_at is not None) == (True, "bank", True)
    assert "bank" in await shown(site, "anna", "own-state")


async def test_board_shows_everybody_with_a_phone_to_whom_it_may(site: Site) -> None:
    await on_pbx(site)
    board = await shown(site, "sergey", "agents", "board")
    assert all(name in board for name in ("Анна Белова", "Борис Орлов", "Мила Котова"))
    assert (
        f"/agents/{site.people['anna']}/" not in board
    )  # not paused: the sheet asks for the reason
    assert f'data-pause-agent="{site.people["anna"]}"' in board
    assert "data-pause-agent=" not in await shown(site, "mila", "agents", "board")


async def test_old_snapshot_with_deltas_is_the_fresh_one(site: Site) -> None:
    await on_pbx(site)
    client = await site.client("sergey")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    async with live_page(site.app, cookie, "board") as end:
        await receive(end, lambda: "agents" in end.regions and "own-state" in end.regions)
        async with site.services.db.write() as session:
            for member in await session.scalars(select(QueueMember)):
                member.paused, member.changed_at = True, utc_now()
        site.services.hub.states_changed([site.people["anna"]])
        await receive(end, lambda: 'data-state="paused"' in end.regions["agents"])
        async with live_page(site.app, cookie, "board") as fresh:
            await receive(fresh, lambda: fresh.regions.keys() == end.regions.keys())
    assert end.regions == fresh.regions


async def test_state_of_others_wakes_no_operators_page(site: Site) -> None:
    client = await site.client("boris")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    async with live_page(site.app, cookie, "day") as end:
        await receive(end, lambda: "own-state" in end.regions)
        site.services.hub.states_changed([site.people["anna"]])
        site.services.hub.announce(["job"])
        await receive(end, lambda: "job" in end.topics)
        assert end.topics == {"job"}
        site.services.hub.states_changed([site.people["boris"]])
        await receive(end, lambda: "own-state" in end.topics)


async def test_operator_sits_down_is_asked_replaced_told_and_leaves(site: Site) -> None:
    nophone, anna = await site.client("nophone"), await site.client("anna")
    seat = {"pbx": "main", "extension": "101"}
    page = await nophone.get("/seat")
    assert page.text.count('data-testid="seat"') == 3
    asked = await nophone.post("/seat", data=seat)
    assert asked.status_code == 409
    assert "Phone 101 is that of Анна Белова" in asked.text
    assert (await nophone.post("/seat", data={**seat, "sure": "1"})).status_code == 303
    assert (await anna.post("/seat", data=seat)).status_code == 409
    assert (await anna.post("/seat", data={**seat, "sure": "1"})).status_code == 303
    lost = await shown(site, "nophone", "own-state")
    assert "Анна Белова sat down at phone 101" in lost
    await nophone.post("/seat/told")
    assert "sat down" not in await shown(site, "nophone", "own-state")
    await anna.post("/logout")
    async with site.services.db.read() as session:
        rows = (await session.scalars(select(PhoneHolding).where(PhoneHolding.how == "seat"))).all()
    assert [row.ended_why for row in rows] == ["replaced", "logout"]
    root = await site.client("root")
    history = await root.get("/admin/seats")
    assert history.text.count('data-testid="sitting"') == 2
    assert (await nophone.get("/admin/seats")).status_code == 403


async def test_nobody_takes_a_phone_where_administrators_give_them(site: Site) -> None:
    site.services.settings = site.services.settings.model_copy(update={"free_seating": False})
    nophone = await site.client("nophone")
    seat = {"pbx": "main", "extension": "101", "sure": "1"}
    assert (await nophone.post("/seat", data=seat)).status_code == 403
    async with site.services.db.read() as session:
        assert await session.scalar(select(PhoneHolding).where(PhoneHolding.how == "seat")) is None


async def test_owner_learns_of_a_colleague_at_the_phone_also_when_it_is_free_again(
    site: Site,
) -> None:
    nophone = await site.client("nophone")
    await nophone.post("/seat", data={"pbx": "main", "extension": "101", "sure": "1"})
    assert "do not come to you any more" in await shown(site, "anna", "own-state")
    await nophone.post("/seat/leave")
    assert "Now it is yours again" in await shown(site, "anna", "own-state")


async def test_number_at_the_other_end_is_written_as_everywhere(site: Site) -> None:
    talk = Engagement(kind="talking", call="1.1", since=utc_now(), number="79161234567", name="")
    async with site.services.db.write() as session:
        session.add(
            PhoneState(pbx="main", extension="101", device="in_use", engaged=[as_json(talk)])
        )
    assert "talks with +7 916 123-45-67 on 101" in await shown(site, "anna", "own-state")


async def test_call_of_before_stays_unnamed_for_who_sits_down_in_it(site: Site) -> None:
    began = utc_now() - timedelta(minutes=3)
    talk = Engagement(
        kind="talking", call="1.1", since=began, number="+79161234567", name="Client of Anna"
    )
    async with site.services.db.write() as session:
        session.add(
            PhoneState(pbx="main", extension="101", device="in_use", engaged=[as_json(talk)])
        )
    assert "Client of Anna" in await shown(site, "anna", "own-state")
    nophone = await site.client("nophone")
    await nophone.post("/seat", data={"pbx": "main", "extension": "101", "sure": "1"})
    stolen = await shown(site, "nophone", "own-state")
    assert 'data-state="talking"' in stolen
    assert "Client of Anna" not in stolen
    assert "1234567" not in stolen


async def test_who_sat_at_desks_before_is_asked_where_after_the_login(site: Site) -> None:
    client = await site.client("nophone")
    await client.post("/seat", data={"pbx": "main", "extension": "102", "sure": "1"})
    await client.post("/logout")
    form = {"login": "nophone", "password": "correct horse battery"}
    assert (await client.post("/login", data=form)).headers["location"] == "/seat"
    page = (await client.get("/seat")).text
    assert page.index('data-extension="102"') < page.index('data-extension="101"')


async def test_sitting_down_logs_into_queues_where_the_settings_say_so(site: Site) -> None:
    pbx = await on_pbx(site)
    site.services.settings = site.services.settings.model_copy(update={"seat_queues": True})
    boris = await site.client("boris")
    await boris.post("/seat", data={"pbx": "main", "extension": "105", "sure": "1"})
    assert pbx.sent == [
        {
            "Action": "QueueAdd",
            "Queue": "sales",
            "Interface": "PJSIP/105",
            "StateInterface": "PJSIP/105",
            "MemberName": "Борис Орлов",
        }
    ]
    async with site.services.db.write() as session:
        session.add(
            QueueMember(
                pbx="main", queue="sales", interface="PJSIP/105", extension="105", dynamic=True
            )
        )
    await boris.post("/seat/leave")
    assert pbx.sent[1:] == [{"Action": "QueueRemove", "Queue": "sales", "Interface": "PJSIP/105"}]
