"""Pages of proof packs and of the audit log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import update
from support.proof_case import Seeded, seed_case
from support.web import Site

from calls import jobs
from calls.proof import verify
from calls.proof.keys import KeyStore
from crm import audit, proof_keys, proof_packs, role_scopes
from crm.access import SYSTEM, Action, Role, Scope
from crm.tables import DisputeEvidence
from web.proof_making import PackMaker

CHECKER = Path(verify.__file__).read_bytes()


@pytest.fixture
async def seeded(site: Site) -> Seeded:
    return await seed_case(site.services.db, site.services.settings.data_dir, site.people["sergey"])


async def work(site: Site) -> None:
    job = await jobs.claim(site.services.db, [proof_packs.MAKE], "test", 60)
    assert job is not None
    assert await PackMaker(site.services.db, site.services.settings).make_pack(job)


async def test_pack_is_asked_for_made_downloaded_and_dropped(
    site: Site, seeded: Seeded, tmp_path: Path
) -> None:
    client = await site.client("sergey")
    address = f"/disputes/{seeded.dispute}/proof"
    before = (await client.get(address)).text
    assert "Make a proof pack" in before
    assert "every 2s" not in before
    asked = (await client.post(address)).text
    assert "being made" in asked
    assert "every 2s" in asked
    assert (await client.get("/proof/1/file")).status_code == 409
    await work(site)
    assert "being made" not in (await client.get(address)).text
    listed = (await client.get("/proof")).text
    assert 'data-state="ready"' in listed
    file = await client.get("/proof/1/file")
    assert file.headers["content-type"] == "application/zip"
    (tmp_path / "pack.zip").write_bytes(file.content)
    key = KeyStore(site.services.settings.data_dir).load().public
    assert verify.check(tmp_path / "pack.zip", key).ok
    assert (await client.post("/proof/1/drop")).status_code == 303
    assert (await client.get("/proof/1/file")).status_code == 409
    assert not (site.services.settings.data_dir / "proof" / "pack-1.zip").exists()
    async with site.services.db.read() as session:
        deeds = [row.action for row in await audit.entries(session, SYSTEM, limit=5)]
    assert [one for one in deeds if one.startswith("proof.")] == [
        "proof.drop", "proof.download", "proof.make", "proof.ask",
    ]  # fmt: skip


async def test_who_may_not_hear_all_calls_gets_no_pack(site: Site, seeded: Seeded) -> None:
    supervisor = await site.client("sergey")
    await supervisor.post(f"/calls/{seeded.call}/proof")
    await work(site)
    manager = await site.client("mila")
    assert (await manager.get("/proof")).status_code == 403
    assert (await manager.get("/proof/1/file")).status_code == 403
    assert (await manager.post(f"/disputes/{seeded.dispute}/proof")).status_code == 403
    async with site.services.db.write() as session:
        await role_scopes.save(session, SYSTEM, {Role.SUPERVISOR: {Action.LISTEN: Scope.OWN}})
    for address in ("/proof/1/file", f"/calls/{seeded.call}/proof"):
        assert (await supervisor.get(address)).status_code == 403
    assert (await supervisor.post("/proof/1/drop")).status_code == 403
    panel = await supervisor.get(f"/disputes/{seeded.dispute}/proof")
    assert "may not hear all" in panel.text
    assert "make-proof" not in panel.text
    assert "proof-pack" not in (await supervisor.get("/proof")).text


async def test_dispute_without_evidence_says_what_to_do(site: Site, seeded: Seeded) -> None:
    async with site.services.db.write() as session:
        await session.execute(update(DisputeEvidence).values(state="dismissed"))
    client = await site.client("sergey")
    for method in ("GET", "POST"):
        said = (await client.request(method, f"/disputes/{seeded.dispute}/proof")).text
        assert "no evidence yet" in said
        assert "make-proof" not in said


async def test_lost_file_is_told_and_not_logged_as_given_out(site: Site, seeded: Seeded) -> None:
    client = await site.client("sergey")
    await client.post(f"/calls/{seeded.call}/proof")
    await work(site)
    (site.services.settings.data_dir / "proof" / "pack-1.zip").unlink()
    assert (await client.get("/proof/1/file")).status_code == 410
    async with site.services.db.read() as session:
        newest = (await audit.entries(session, SYSTEM, limit=1))[0]
    assert newest.action == "proof.make"


async def test_key_and_checker_are_published(site: Site) -> None:
    client = await site.client("sergey")
    page = (await client.get("/proof")).text
    data_dir = site.services.settings.data_dir
    assert KeyStore(data_dir).load().public.hex() in page
    checker = (await client.get("/proof/verify.py")).content
    assert hashlib.sha256(checker).hexdigest() in page
    assert checker == CHECKER
    await proof_keys.rotate(site.services.db, SYSTEM, data_dir)
    assert "Former public key" in (await client.get("/proof")).text
    KeyStore(data_dir).private_path.unlink()
    assert "signing key cannot be used" in (await client.get("/proof")).text


async def test_audit_log_is_narrowed_by_person_deed_thing_and_days(site: Site) -> None:
    async with site.services.db.write() as session:
        for number in range(3):
            await audit.record(session, SYSTEM, "recording.play", "recording", number, {"call": 7})
        await audit.record(session, SYSTEM, "client.edit", "client", 5)
    client = await site.client("sergey")

    async def shown(query: str) -> str:
        answer = await client.get(f"/admin/audit?{query}")
        assert answer.status_code == 200
        return answer.text.partition("<tbody>")[2].partition("</tbody>")[0]

    assert (await shown("what=recording.")).count("<code>recording.play</code>") == 3
    assert (await shown("what=recording.play&id=2")).count("<tr>") == 1
    assert "client.edit" in await shown("kind=client&id=5")
    assert "client.edit" not in await shown("kind=client&id=6")
    assert "recording.play" not in await shown("who=sergey")
    assert "<code>login</code>" in await shown("who=sergey")
    assert await shown("to=2020-01-01") == ""
    assert "client.edit" in await shown("from=2020-01-01")
    for wrong in ("from=yesterday", "to=9999-12-31", "what=%25", "id=%27"):
        await shown(wrong)
    assert "is no day" in (await client.get("/admin/audit?from=yesterday")).text


async def test_older_rows_keep_the_filter(site: Site) -> None:
    async with site.services.db.write() as session:
        for number in range(130):
            await audit.record(session, SYSTEM, "recording.play", "recording", number)
    client = await site.client("sergey")
    page = (await client.get("/admin/audit?what=recording.play")).text
    link = page.partition('class="more"><a class="btn" href="')[2].partition('"')[0]
    assert "what=recording.play" in link
    older = (await client.get(link.replace("&amp;", "&"))).text
    assert older.count("<code>recording.play</code>") == 60
