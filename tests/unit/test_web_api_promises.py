"""Promises and disputes as programs see them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from support import acts
from support.api import program
from support.call_samples import Sample, add_heard_call
from support.web import Site

from calls.promises.task import find_acts
from calls.tables import Transcript
from crm import promise_finding
from crm.tables import Promise

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def understood(site: Site) -> tuple[Sample, int]:
    sample = await add_heard_call(site.services.db, site.services.settings.data_dir, AT)
    async with site.services.db.write() as session:
        transcript = (await session.scalars(select(Transcript))).one()
        await find_acts(session, transcript, rules=acts.RULES, zone=site.services.zone)
        await promise_finding.keep_found(session, transcript)
        return sample, (await session.scalars(select(Promise.id))).one()


async def test_promise_is_listed_confirmed_closed_and_taken_back(site: Site) -> None:
    _sample, promise_id = await understood(site)
    sergey = await program(site, "sergey")
    listed = (await sergey.get("/api/v1/promises", params={"state": "found"})).json()["items"]
    assert [(one["id"], one["action"], one["due_on"]) for one in listed] == [
        (promise_id, "discount", "2026-11-20")
    ]
    assert listed[0]["quote"] == "сделаем вам скидку десять процентов"
    path = f"/api/v1/promises/{promise_id}"
    assert (await sergey.post(f"{path}/confirm")).json()["state"] == "open"
    assert (await sergey.post(f"{path}/reject")).status_code == 409
    body = {"outcome": "kept", "done_at": "2026-11-20T15:00:00+03:00"}
    closed = (await sergey.post(f"{path}/close", json=body)).json()
    assert (closed["state"], closed["in_time"]) == ("kept", True)
    assert (await sergey.post(f"{path}/undo")).json()["state"] == "open"
    assert (await sergey.get("/api/v1/promises/4711")).status_code == 404


async def test_key_without_the_right_to_promises_sees_none(site: Site) -> None:
    await understood(site)
    mila = await program(site, "mila", ["calls:read"])
    assert (await mila.get("/api/v1/promises")).status_code == 403
    assert (await mila.get("/api/v1/disputes")).status_code == 403


async def test_dispute_is_opened_weighed_and_decided(site: Site) -> None:
    sample, promise_id = await understood(site)
    sergey = await program(site, "sergey")
    body = {"client_id": sample.client, "claim": "обещали скидку десять процентов",
            "claimed_on": "2026-11-21", "action": "discount", "amount": "10", "unit": "percent"}  # fmt: skip
    made = await sergey.post("/api/v1/disputes", json=body)
    assert made.status_code == 201, made.text
    best = made.json()["evidence"][0]
    assert (best["found_by"], best["state"]) == ("promise", "proposed")
    path = f"/api/v1/disputes/{made.json()['id']}"
    taken = await sergey.post(
        f"{path}/evidence/{best['id']}", json={"state": "taken", "speaks": "for"}
    )
    assert (taken.json()["promise_id"], taken.json()["respondent_id"]) == (
        promise_id,
        site.people["anna"],
    )
    said = {"verdict": "partly", "text": "five were promised", "granted": "5"}
    decided = (await sergey.post(f"{path}/verdict", json=said)).json()
    assert (decided["state"], decided["granted"]) == ("closed", "5.00")
    listed = await sergey.get("/api/v1/disputes", params={"verdict": "partly"})
    assert [one["id"] for one in listed.json()["items"]] == [decided["id"]]
