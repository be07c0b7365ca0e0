"""`slovo proof make|verify|key`: on the command line, as people and other programs use it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from support import proof
from support.cli import Run
from support.proof_case import Seeded, seed_case

from calls.db import Database
from calls.proof import verify
from crm.migrate import upgrade


@pytest.fixture
def seeded(tmp_path: Path, sqlite_template: Path) -> Seeded:
    """An installation of SQLite in `tmp_path / "data"` with one dispute."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / "slovo.db")
    upgrade(f"sqlite:///{data}/slovo.db")

    async def seed() -> Seeded:
        db = Database(f"sqlite:///{data}/slovo.db")
        try:
            return await seed_case(db, data)
        finally:
            await db.dispose()

    return asyncio.run(seed())


def test_made_pack_is_verified_with_the_printed_key(
    slovo: Run, seeded: Seeded, tmp_path: Path
) -> None:
    made = slovo("proof", "make", "--dispute", str(seeded.dispute), "-o", "pack.zip", "--json")
    assert made.code == 0, made.err
    values = json.loads(made.out)
    whole = (tmp_path / "pack.zip").read_bytes()
    assert values["sha256"] == hashlib.sha256(whole).hexdigest()
    key = json.loads(slovo("proof", "key", "--json").out)
    assert key["verify_sha256"] == hashlib.sha256(Path(verify.__file__).read_bytes()).hexdigest()
    said = slovo("proof", "verify", "pack.zip", "--key", key["public"])
    assert (said.code, said.out[:5]) == (0, "VALID")
    (tmp_path / "key.pem").write_text(key["pem"])
    assert slovo("proof", "verify", "pack.zip", "--key", "key.pem", "--json").code == 0
    (tmp_path / "pack.zip").write_bytes(proof.flip(whole, len(whole) // 2, 1))
    wrong = slovo("proof", "verify", "pack.zip", "--key", key["public"], "--json")
    assert wrong.code == 1
    faults = json.loads(wrong.out)["faults"]
    assert faults[0]["where"].startswith("audio/call-")
    assert faults[0]["first_byte"] <= len(whole) // 2 <= faults[0]["last_byte"]


def test_pack_of_a_call_is_made(slovo: Run, seeded: Seeded) -> None:
    made = slovo("proof", "make", "--call", str(seeded.call), "-o", "call.zip")
    assert made.code == 0
    assert slovo("proof", "verify", "call.zip").code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("make", "-o", "x.zip"), 2),
        (("make", "--call", "1", "--dispute", "1", "-o", "x.zip"), 2),
        (("make", "--call", "1"), 2),
        (("make", "--call", "1", "-o", "no/folder/x.zip"), 2),
        (("make", "--call", "99", "-o", "x.zip"), 1),
        (("make", "--dispute", "99", "-o", "x.zip"), 1),
        (("make", "--call", "1", "-o", "x.zip", "--require-timestamp"), 1),
        (("verify", "none.zip"), 2),
        (("verify", "data/slovo.db"), 1),
        (("verify", "data/slovo.db", "--key", "12"), 2),
    ],
)
def test_exit_codes_are_those_of_the_interface(
    slovo: Run, seeded: Seeded, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = slovo("proof", *arguments)
    assert done.code == code, done.err
    assert done.err or code == 1
    assert not (tmp_path / "x.zip").exists()


def test_verify_needs_no_installation(slovo: Run, tmp_path: Path) -> None:
    proof.make_pack(tmp_path / "pack.zip", proof.make_key(tmp_path / "elsewhere"))
    assert slovo("proof", "verify", "pack.zip").code == 0
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_time_stamp_is_fetched_and_checked(
    slovo: Run, seeded: Seeded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tsa"
    folder.mkdir()
    arguments = ("proof", "make", "--call", str(seeded.other_call), "-o", "pack.zip")
    with proof.stamp_server(folder) as server:
        monkeypatch.setenv("SLOVO_TIMESTAMP_URL", server.url)
        assert slovo(*arguments, "--require-timestamp").code == 0
        server.status = 503
        refused = slovo(*arguments[:-1], "other.zip", "--require-timestamp")
        assert (refused.code, "503" in refused.err) == (1, True)
        without = slovo(*arguments[:-1], "other.zip")
        assert (without.code, "time-stamp: failed" in without.err) == (0, True)
    right = slovo("proof", "verify", "pack.zip", "--tsa-cert", str(server.certificate))
    assert (right.code, "right for the given certificate" in right.out) == (0, True)
    assert "by its own word" in slovo("proof", "verify", "pack.zip").out
    missing = slovo("proof", "verify", "other.zip", "--tsa-cert", str(server.certificate))
    assert (missing.code, "no time-stamp" in missing.out) == (1, True)
    second = tmp_path / "second"
    second.mkdir()
    other = proof.StampServer(second)
    other.prepare()
    foreign = slovo("proof", "verify", "pack.zip", "--tsa-cert", str(other.certificate))
    assert (foreign.code, "not right" in foreign.out) == (1, True)


def test_lost_key_is_told_and_rotation_mends_it(slovo: Run, seeded: Seeded, tmp_path: Path) -> None:
    old = json.loads(slovo("proof", "key", "--json").out)
    slovo("proof", "make", "--call", str(seeded.call), "-o", "old.zip")
    (tmp_path / "data" / "keys" / "proof.pem").unlink()
    lost = slovo("proof", "key")
    assert (lost.code, "--rotate" in lost.err) == (1, True)
    assert slovo("proof", "make", "--call", str(seeded.call), "-o", "new.zip").code == 1
    new = json.loads(slovo("proof", "key", "--rotate", "--json").out)
    assert [one["public"] for one in new["former"]] == [old["public"]]
    assert old["public"] in slovo("proof", "key").out
    assert slovo("proof", "verify", "old.zip", "--key", old["public"]).code == 0
    assert slovo("proof", "verify", "old.zip", "--key", new["public"]).code == 1


def test_audit_log_is_compared_with_a_pack_and_a_noted_head(
    slovo: Run, seeded: Seeded, tmp_path: Path
) -> None:
    slovo("proof", "make", "--dispute", str(seeded.dispute), "-o", "pack.zip")
    whole = json.loads(slovo("audit", "verify", "--json").out)
    known = ("audit", "verify", "--pack", "pack.zip", "--expect", whole["head"])
    assert slovo(*known).code == 0
    with sqlite3.connect(tmp_path / "data" / "slovo.db") as connection:
        connection.execute("DELETE FROM audit_log WHERE action = 'proof.make'")
    cut = json.loads(slovo("audit", "verify", "--json").out)
    assert (cut["ok"], cut["entries"]) == (True, whole["entries"] - 1)
    assert slovo("audit", "verify", "--pack", "pack.zip").code == 0, (
        "the pack is older than its own entry"
    )
    missing = slovo(*known)
    assert (missing.code, whole["head"] in missing.err) == (1, True)
    with sqlite3.connect(tmp_path / "data" / "slovo.db") as connection:
        connection.execute("DELETE FROM audit_log WHERE id = (SELECT max(id) FROM audit_log)")
    assert slovo("audit", "verify").code == 0
    assert slovo("audit", "verify", "--pack", "pack.zip").code == 1


def test_audit_log_refuses_what_is_no_head_and_no_pack(
    slovo: Run, seeded: Seeded, tmp_path: Path
) -> None:
    assert slovo("audit", "verify", "--expect", "12").code == 2
    assert slovo("audit", "verify", "--pack", "none.zip").code == 2
    (tmp_path / "bad.zip").write_bytes(b"nothing")
    assert slovo("audit", "verify", "--pack", "bad.zip").code == 1


def test_recordings_are_compared_with_their_noted_hashes(
    slovo: Run, seeded: Seeded, tmp_path: Path
) -> None:
    good = slovo("recordings", "verify", "--json")
    assert (good.code, json.loads(good.out)["looked"]) == (0, 1)
    seeded.sound.write_bytes(seeded.sound.read_bytes()[:-1] + b"!")
    bad = slovo("recordings", "verify", "--json")
    (wrong,) = json.loads(bad.out)["wrong"]
    assert (bad.code, wrong["state"], wrong["recording"]) == (1, "changed", seeded.recording)
    assert seeded.sound.name in slovo("recordings", "verify").out
