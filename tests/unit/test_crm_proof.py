"""Proof packs of real rows: what is told, what is missing, who may have them, and the key that signs."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from support.proof_case import MARKUP, Seeded, seed_case
from support.web import add_people, settings_for

from calls import jobs
from calls.db import Database
from calls.errors import CallNotFound, KeyUnavailable, ProofImpossible
from calls.proof.keys import KeyStore
from calls.proof.verify import check
from calls.tables import Call, Job, Recording
from crm import audit, proof_keys, proof_packs
from crm.access import SYSTEM, Actor, Role
from crm.errors import Conflict, Forbidden, NotFound
from crm.proof_choice import CALL, DISPUTE, Subject
from crm.tables import (
    AuditEntry,
    Dispute,
    DisputeEvidence,
    Erasure,
    ProofKey,
    ProofPack,
    Redaction,
    User,
)
from web.proof_making import Order, PackMaker, make_file
from web.settings import Settings

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def people(db: Database) -> dict[str, int]:
    return await add_people(db)


@pytest.fixture
async def seeded(db: Database, tmp_path: Path) -> Seeded:
    """The case; of colleagues in tests that ask for `people` first, else of nobody: making people takes its time."""
    async with db.read() as session:
        sergey = await session.scalar(select(User.id).where(User.login == "sergey"))
    return await seed_case(db, tmp_path, sergey)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path)


def actor(people: dict[str, int], login: str, role: Role) -> Actor:
    return Actor(user_id=people[login], login=login, name=login, role=role)


async def make(db: Database, settings: Settings, subject: Subject, who: Actor = SYSTEM) -> Path:
    target = settings.data_dir / "pack.zip"
    await make_file(db, settings, Order(subject, who), target)
    return target


def told(pack: Path, name: str) -> Any:
    with zipfile.ZipFile(pack) as file:
        return json.loads(file.read(name))


def page(pack: Path) -> str:
    with zipfile.ZipFile(pack) as file:
        return file.read("index.html").decode()


def names(pack: Path) -> list[str]:
    with zipfile.ZipFile(pack) as file:
        return file.namelist()


async def test_pack_of_a_dispute_tells_everything(
    db: Database, settings: Settings, people: dict[str, int], seeded: Seeded
) -> None:
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    assert check(pack, KeyStore(settings.data_dir).load().public).ok
    case = told(pack, "data/case.json")
    assert case["dispute"]["verdict"] == "for_client"
    assert case["dispute"]["amount"] == "1500.50 RUB"
    assert [one["speaks"] for one in case["dispute"]["evidence"]] == ["for", "against"]
    assert case["dispute"]["evidence"][0]["who"] == "Анна Белова (101)"
    assert {one["key"] for one in case["absences"]} == {
        "untaken", "dismissed", "no_recording", "no_clip",
    }  # fmt: skip
    call = told(pack, f"data/call-{seeded.call}.json")
    turn = call["readings"][0]["turns"][1]
    assert turn["heard"].split()[4:6] == ["семь", "процентов"]
    assert turn["corrected"].split()[4:6] == ["десять", "процентов"]
    assert turn["words"][4]["conf"] == 0.43
    assert turn["corrections"][0]["by"] == "Сергей Лис (sergey)"
    assert [one["label"] for one in call["acts"]] == ["claim", "promise"]
    assert call["transfers"][0]["target_who"] == "Мила Котова"
    assert call["reason"] == {
        "ru": "Анна Белова: ответ через 8 с",
        "en": "Анна Белова answered after 8 s",
    }
    assert "path" not in json.dumps(call["recordings"])
    assert [name for name in names(pack) if name.startswith(("audio/", "clips/"))] == [
        f"audio/call-{seeded.call}/{seeded.recording}-client.wav",
        f"audio/call-{seeded.call}/{seeded.recording}-operator.wav",
        f"audio/call-{seeded.call}/{seeded.recording}-playable.wav",
        "clips/evidence-1.wav",
    ]
    with zipfile.ZipFile(pack) as file:
        name = f"audio/call-{seeded.call}/{seeded.recording}-playable.wav"
        assert file.read(name) == seeded.sound.read_bytes()


async def test_log_of_the_pack_is_a_part_of_the_chain(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    log = told(pack, "data/audit.json")
    assert [row["action"] for row in log["rows"]] == ["recording.play"]
    async with db.read() as session:
        head = log["head"]
        rows = {row["hash"] for row in log["rows"]}
        assert await session.scalar(select(AuditEntry.id).where(AuditEntry.hash == head))
        kept = await session.scalars(select(AuditEntry.hash).where(AuditEntry.hash.in_(rows)))
        assert set(kept) == rows
        newest = (await audit.entries(session, SYSTEM, limit=1))[0]
    assert newest.action == "proof.make"
    assert len(newest.detail["sha256"]) == 64


async def test_listenings_of_shared_clips_and_marks_are_told(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        clip = {"recording": seeded.recording, "for": "a lawyer"}
        await audit.record(session, None, "clip.play", "shared_clip", 5, clip)
        await audit.record(session, SYSTEM, "mark.add", "mark", 6, {"call": seeded.call})
        await audit.record(
            session, SYSTEM, "mark.add", "mark", 7, {"call": "none", "recording": []}
        )
    pack = await make(db, settings, Subject(CALL, seeded.call))
    told_of = [row["subject_id"] for row in told(pack, "data/audit.json")["rows"]]
    assert told_of[-2:] == ["5", "6"]


async def test_call_in_which_the_client_came_with_it_is_a_part(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        await session.execute(update(DisputeEvidence).values(state="dismissed"))
        await session.execute(update(Dispute).values(call_id=seeded.other_call))
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    assert told(pack, "data/case.json")["calls"] == [seeded.other_call]


async def test_page_escapes_all_words_and_needs_nothing_from_elsewhere(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    text = page(pack)
    assert "<script" not in text
    assert "<b>ten" not in text
    assert text.count("&lt;script&gt;") >= 3
    assert "семь<sub>0.43</sub>" in text
    assert "http:" not in text
    assert "https:" not in text
    for part in text.split('src="')[1:] + text.split('href="')[1:]:
        link = part.partition('"')[0].partition("#")[0]
        assert not link or link in names(pack), link


@pytest.mark.parametrize(("change", "key"), [("altered", "file_changed"), ("gone", "file_gone")])
async def test_changed_or_missing_recording_is_told(
    db: Database, settings: Settings, seeded: Seeded, change: str, key: str
) -> None:
    if change == "gone":
        seeded.sound.unlink()
    else:
        seeded.sound.write_bytes(seeded.sound.read_bytes()[:-1] + b"!")
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    assert key in {one["key"] for one in told(pack, "data/case.json")["absences"]}
    assert check(pack).ok
    assert ("ИЗМЕНЁН" in page(pack)) == (change == "altered")
    assert ("clips/evidence-1.wav" in names(pack)) == (change == "altered")


async def test_erased_sound_is_told_with_its_reason(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        await session.execute(
            update(Recording).values(state="missing", error="", path="", files=[])
        )
        session.add(
            Erasure(subject_kind="call", subject_id=seeded.call, what="audio", reason="client asked",
                    at=(await session.get_one(Call, seeded.call)).started_at)
        )  # fmt: skip
    pack = await make(db, settings, Subject(CALL, seeded.call))
    absences = told(pack, "data/case.json")["absences"]
    assert [one["key"] for one in absences] == ["recording_missing", "erased_audio"]
    assert "client asked" in page(pack)


async def test_row_that_points_out_of_the_data_directory_brings_no_file(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        await session.execute(update(Recording).values(path="../../etc/passwd"))
    pack = await make(db, settings, Subject(CALL, seeded.call))
    assert not [name for name in names(pack) if "playable" in name]


async def test_call_that_became_part_of_another_is_told_there(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        moved = update(Call).where(Call.id == seeded.other_call)
        await session.execute(moved.values(merged_into_id=seeded.call))
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    evidence = told(pack, "data/case.json")["dispute"]["evidence"]
    assert {one["call_id"] for one in evidence} == {seeded.call}


async def test_proposed_moments_count_while_nobody_took_any(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        await session.execute(update(DisputeEvidence).values(state="proposed"))
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    assert len(told(pack, "data/case.json")["dispute"]["evidence"]) == 4


async def test_dispute_without_evidence_is_refused_with_advice(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        await session.execute(update(DisputeEvidence).values(state="dismissed"))
    with pytest.raises(ProofImpossible, match="take a moment of a call"):
        await make(db, settings, Subject(DISPUTE, seeded.dispute))
    with pytest.raises(NotFound):
        await make(db, settings, Subject(DISPUTE, 999))
    with pytest.raises(CallNotFound):
        await make(db, settings, Subject(CALL, 999))


async def test_who_may_not_make_packs_or_not_hear_a_call_gets_none(
    db: Database, settings: Settings, people: dict[str, int], seeded: Seeded
) -> None:
    manager = actor(people, "mila", Role.MANAGER)
    from crm.access import Action, Scope

    deaf = Actor(
        user_id=people["sergey"], login="sergey", name="", role=Role.SUPERVISOR,
        scopes={Action.LISTEN: Scope.OWN},
    )  # fmt: skip
    async with db.write() as session:
        for who in (manager, deaf):
            with pytest.raises(Forbidden):
                await proof_packs.ask(session, who, Subject(DISPUTE, seeded.dispute))
        good = actor(people, "sergey", Role.SUPERVISOR)
        pack = await proof_packs.ask(session, good, Subject(DISPUTE, seeded.dispute))
        with pytest.raises(Forbidden):
            await proof_packs.get(session, deaf, pack.id)
        assert await proof_packs.listed(session, deaf) == []
        assert [one.id for one in await proof_packs.listed(session, good)] == [pack.id]


async def work(db: Database, settings: Settings) -> None:
    job = await jobs.claim(db, [proof_packs.MAKE], "test", 60)
    assert job is not None
    assert await PackMaker(db, settings).make_pack(job)


async def test_worker_makes_the_pack_and_its_download_is_logged(
    db: Database, settings: Settings, people: dict[str, int], seeded: Seeded
) -> None:
    supervisor = actor(people, "sergey", Role.SUPERVISOR)
    async with db.write() as session:
        asked = await proof_packs.ask(session, supervisor, Subject(DISPUTE, seeded.dispute))
        with pytest.raises(Conflict):
            await proof_packs.download(session, supervisor, asked.id)
    await work(db, settings)
    async with db.write() as session:
        pack = await proof_packs.download(session, supervisor, asked.id)
        assert (pack.state, pack.by_login) == ("ready", "sergey")
        assert await session.scalar(select(Job.state).where(Job.kind == proof_packs.MAKE)) == "done"
        newest = (await audit.entries(session, SYSTEM, limit=1))[0]
    assert (newest.action, newest.subject_kind) == ("proof.download", "dispute")
    report = check(settings.data_dir / pack.path)
    assert report.ok
    assert report.manifest is not None
    assert report.manifest["made_by"] == "sergey"


async def test_pack_that_cannot_be_made_says_why(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    await proof_keys.begin(db, settings.data_dir)
    async with db.write() as session:
        asked = await proof_packs.ask(session, SYSTEM, Subject(CALL, seeded.call))
    KeyStore(settings.data_dir).private_path.unlink()
    await work(db, settings)
    async with db.read() as session:
        pack = await session.get_one(ProofPack, asked.id)
    assert pack.state == "failed"
    assert "--rotate" in pack.error


async def test_call_that_became_evidence_after_the_request_is_not_slipped_in(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        other = update(DisputeEvidence).where(DisputeEvidence.call_id == seeded.other_call)
        await session.execute(other.values(state="dismissed"))
        asked = await proof_packs.ask(session, SYSTEM, Subject(DISPUTE, seeded.dispute))
        await session.execute(other.values(state="taken"))
    await work(db, settings)
    async with db.read() as session:
        pack = await session.get_one(ProofPack, asked.id)
    assert (pack.state, "another call" in pack.error) == ("failed", True)


async def test_no_pack_is_made_while_a_piece_of_a_recording_waits_to_be_silenced(
    db: Database, seeded: Seeded, settings: Settings
) -> None:
    async with db.write() as session:
        row = Redaction(
            call_id=seeded.call, recording_id=seeded.recording, kind="card", from_s=1.0, to_s=2.0,
            how="silence", words=1, found_by="person", at=NOW,
        )  # fmt: skip
        session.add(row)
    for subject in (Subject(CALL, seeded.call), Subject(DISPUTE, seeded.dispute)):
        with pytest.raises(ProofImpossible, match="silenced"):
            await make(db, settings, subject)
    async with db.write() as session:
        (await session.get_one(Redaction, row.id)).done_at = NOW
    assert check(await make(db, settings, Subject(CALL, seeded.call))).ok


async def test_packs_of_a_call_are_dropped_with_what_was_deleted_in_it(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        asked = await proof_packs.ask(session, SYSTEM, Subject(CALL, seeded.call))
    await work(db, settings)
    async with db.write() as session:
        assert await proof_packs.drop_with_calls(session, SYSTEM, [seeded.other_call]) == []
        paths = await proof_packs.drop_with_calls(session, SYSTEM, [seeded.call])
        pack = await session.get_one(ProofPack, asked.id)
    assert paths == [{"path": f"proof/pack-{asked.id}.zip", "sha256": pack.sha256}]
    assert (pack.state, pack.path) == ("dropped", "")


async def test_pack_dropped_while_it_waits_is_not_made(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        asked = await proof_packs.ask(session, SYSTEM, Subject(CALL, seeded.call))
        await proof_packs.drop(session, SYSTEM, asked.id)
    await work(db, settings)
    assert not (settings.data_dir / "proof").exists()


def test_leftovers_of_killed_workers_are_swept_and_those_of_running_ones_stay(
    tmp_path: Path,
) -> None:
    (tmp_path / "proof").mkdir()
    dead, alive = tmp_path / "proof" / ".part-1.zip", tmp_path / "proof" / ".part-2.zip"
    for path, age_s in ((dead, 3600), (alive, 0)):
        path.write_bytes(b"words")
        os.utime(path, times=(NOW.timestamp() - age_s, NOW.timestamp() - age_s))
    assert proof_packs.sweep(tmp_path, NOW) == 1
    assert (dead.exists(), alive.exists()) == (False, True)
    assert proof_packs.sweep(tmp_path / "nothing", NOW) == 0


async def test_first_start_makes_one_key_and_writes_it_down(db: Database, tmp_path: Path) -> None:
    await proof_keys.begin(db, tmp_path)
    await proof_keys.begin(db, tmp_path)
    async with db.read() as session:
        (row,) = await proof_keys.all_keys(session)
    assert row.public == KeyStore(tmp_path).load().public.hex()


async def test_key_that_is_lost_with_its_folder_is_not_made_anew(
    db: Database, tmp_path: Path
) -> None:
    await proof_keys.begin(db, tmp_path)
    (tmp_path / "keys").rename(tmp_path / "away")
    await proof_keys.begin(db, tmp_path)  # the start goes on
    with pytest.raises(KeyUnavailable, match="--rotate"):
        await proof_keys.current(db, tmp_path)
    assert not (tmp_path / "keys").exists()


async def test_key_that_somebody_put_in_its_place_is_refused(db: Database, tmp_path: Path) -> None:
    await proof_keys.begin(db, tmp_path)
    foreign = KeyStore(tmp_path / "other")
    foreign.make()
    KeyStore(tmp_path).private_path.write_bytes(foreign.private_path.read_bytes())
    with pytest.raises(KeyUnavailable, match="is not the key"):
        await proof_keys.current(db, tmp_path)


async def test_rotation_retires_the_old_key_in_the_register(
    db: Database, tmp_path: Path, people: dict[str, int]
) -> None:
    await proof_keys.begin(db, tmp_path)
    with pytest.raises(Forbidden):
        await proof_keys.rotate(db, actor(people, "sergey", Role.SUPERVISOR), tmp_path)
    new = await proof_keys.rotate(db, SYSTEM, tmp_path)
    assert (await proof_keys.current(db, tmp_path)).public == new.public
    async with db.read() as session:
        rows = await proof_keys.all_keys(session)
        retired = await session.scalars(select(ProofKey).where(ProofKey.retired_at.is_not(None)))
        assert len(retired.all()) == 1
    assert rows[0].key_id == new.id


async def test_dispute_of_a_client_that_is_gone_can_still_be_proved(
    db: Database, settings: Settings, seeded: Seeded
) -> None:
    async with db.write() as session:
        await session.execute(update(Dispute).values(client_id=None))
    pack = await make(db, settings, Subject(DISPUTE, seeded.dispute))
    assert told(pack, "data/case.json")["dispute"]["client"] == ""
    assert MARKUP in told(pack, "data/case.json")["dispute"]["claim"]
