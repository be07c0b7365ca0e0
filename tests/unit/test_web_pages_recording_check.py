"""The page of missing recordings and of files without a call: for supervisors and administrators, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from support.call_samples import answered_call
from support.web import Site

from calls.recordings.check import CHECK
from calls.tables import Call, Job, Recording, RecordingCheck, RecordingFile
from crm.tables import AuditEntry

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PAGE = "/recordings/check"


@pytest.fixture
async def seeded(site: Site) -> dict[str, int]:
    """An answered call with a missing recording, and loose files: with a guess, without, and one put aside."""
    site.services.clock = lambda: NOW
    async with site.services.db.write() as session:
        call = answered_call("1795316748.7", NOW - timedelta(hours=2), "101", "+79160000001")
        session.add(call)
        await session.flush()
        lost = Recording(
            call_id=call.id, source_key="in-7.wav", source={"mixed": "in-7.wav"}, state="missing",
            error="not found", looked_at=NOW, started_at=NOW, created_at=NOW,
        )  # fmt: skip
        session.add(lost)
        rows = {}
        for path, state, guess in (
            ("day/<b>x</b>.wav", "loose", call.id),
            ("day/<b>x</b>-rx.wav", "loose", call.id),
            ("strange.wav", "loose", None),
            ("music.wav", "aside", None),
        ):
            rows[path] = RecordingFile(
                pbx="main", path=path, size_bytes=1_500_000, changed_at=NOW, state=state,
                call_id=guess, how="number" if guess else "", seen_at=NOW,
            )  # fmt: skip
        session.add_all(rows.values())
        session.add(RecordingCheck(pbx="main", checked_at=NOW, files=9))
        await session.flush()
        return {
            "call": call.id, "recording": lost.id, "guessed": rows["day/<b>x</b>.wav"].id,
            "strange": rows["strange.wav"].id, "aside": rows["music.wav"].id,
        }  # fmt: skip


async def states(site: Site) -> dict[str, str]:
    async with site.services.db.read() as session:
        return {row.path: row.state for row in await session.scalars(select(RecordingFile))}


async def audited(site: Site) -> list[str]:
    async with site.services.db.read() as session:
        rows = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
        return [action for action in rows if action.startswith("recording.")]


async def test_supervisors_see_both_lists_and_nobody_below(
    site: Site, seeded: dict[str, int]
) -> None:
    for login in ("sergey", "root"):
        text = (await (await site.client(login)).get(PAGE)).text
        assert text.count('data-testid="missing-recording"') == 1
        assert text.count('data-testid="loose-file"') == 2
        assert "in-7.wav" in text
        assert "&lt;b&gt;x" in text
        assert "<b>x" not in text
        assert "music.wav" not in text
    for login in ("anna", "mila"):
        client = await site.client(login)
        assert (await client.get(PAGE)).status_code == 403
        assert (
            await client.post(f"/recordings/{seeded['recording']}/look-again")
        ).status_code == 403
        assert PAGE not in (await client.get("/calls")).text
    assert PAGE in (await (await site.client("sergey")).get("/calls")).text


async def test_nothing_to_do_is_said(site: Site) -> None:
    text = (await (await site.client("root")).get(PAGE)).text
    assert "Nothing is missing" in text
    assert "No file is without a call" in text
    assert "does not know where" in text


async def test_failed_look_is_shown_with_how_to_mend_it(site: Site, seeded: dict[str, int]) -> None:
    async with site.services.db.write() as session:
        row = await session.get_one(RecordingCheck, "main")
        row.error, row.mend = "the login was refused", "Check recording_secret"
    text = (await (await site.client("root")).get(PAGE)).text
    assert re.search(r"the login was refused\. Check recording_secret", text)


async def test_one_click_attaches_a_file_with_its_sides(site: Site, seeded: dict[str, int]) -> None:
    client = await site.client("sergey")
    address = f"/recordings/files/{seeded['guessed']}/attach"
    answer = await client.post(address, data={"call": str(seeded["call"])})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?said=attached")
    assert (await client.post(address, data={"call": str(seeded["call"])})).status_code == 409
    async with site.services.db.read() as session:
        new = await session.scalar(select(Recording).where(Recording.state == "expected"))
        assert new is not None
        assert (new.call_id, new.source["receive"]) == (seeded["call"], "day/<b>x</b>-rx.wav")
        assert await session.scalar(select(Job).where(Job.key == str(new.id))) is not None
    assert {path for path, state in (await states(site)).items() if state == "kept"} == {
        "day/<b>x</b>.wav", "day/<b>x</b>-rx.wav",
    }  # fmt: skip
    assert await audited(site) == ["recording.attach"]


@pytest.mark.parametrize(("call", "status"), [("", 422), ("x", 422), ("999999", 404)])
async def test_call_that_is_none_is_refused(
    site: Site, seeded: dict[str, int], call: str, status: int
) -> None:
    client = await site.client("sergey")
    answer = await client.post(f"/recordings/files/{seeded['strange']}/attach", data={"call": call})
    assert answer.status_code == status
    assert (await states(site))["strange.wav"] == "loose"


async def test_call_of_another_pbx_gets_no_file(site: Site, seeded: dict[str, int]) -> None:
    async with site.services.db.write() as session:
        foreign = answered_call("9.9", NOW, "101", "+79160000001")
        foreign.pbx = "north"
        session.add(foreign)
        await session.flush()
        number = foreign.id
    client = await site.client("sergey")
    answer = await client.post(
        f"/recordings/files/{seeded['strange']}/attach", data={"call": str(number)}
    )
    assert answer.status_code == 404
    async with site.services.db.read() as session:
        assert (await session.get_one(Call, number)).pbx == "north"


async def test_file_put_aside_is_shown_no_more_and_can_come_back(
    site: Site, seeded: dict[str, int]
) -> None:
    client = await site.client("root")
    address = f"/recordings/files/{seeded['strange']}/aside"
    await client.post(address, data={"aside": "1"})
    assert "strange.wav" not in (await client.get(PAGE)).text
    assert "strange.wav" in (await client.get(f"{PAGE}?show=aside")).text
    await client.post(address, data={"aside": "0"})
    assert "strange.wav" in (await client.get(PAGE)).text
    assert await audited(site) == ["recording.set_aside", "recording.put_back"]


async def test_buttons_give_the_worker_something_to_do(site: Site, seeded: dict[str, int]) -> None:
    client = await site.client("sergey")
    await client.post(f"/recordings/{seeded['recording']}/look-again")
    await client.post(f"{PAGE}/now")
    async with site.services.db.read() as session:
        kinds = {(job.kind, job.key) for job in await session.scalars(select(Job))}
    assert kinds == {("collect_recording", str(seeded["recording"])), (CHECK, "main")}
    assert await audited(site) == ["recording.look_again"]
    assert (await client.post("/recordings/999999/look-again")).status_code == 404
