"""`slovo doctor`: the checks of this machine, the order of all, and the command. No Asterisk needed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from support.people import person
from typer.testing import CliRunner

from calls.db import Database
from calls.errors import ModelBroken
from crm import migrate
from web.cli import app
from web.doctor import Finding, State, examine, machine
from web.doctor.finding import fail, ok, warn


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment with nothing but a data directory."""
    for name in ("CONFIG", "DATABASE_URL", "AMI_SECRET", "SECRET_KEY", "AMI_PORT", "RECORDING_DIR"):
        monkeypatch.delenv(f"SLOVO_{name}", raising=False)
    monkeypatch.setenv("SLOVO_DATA_DIR", str(tmp_path))
    return tmp_path


def states(found: list[Finding]) -> dict[str, State]:
    return {finding.check: finding.state for finding in found}


def migrated(folder: Path) -> str:
    url = f"sqlite:///{folder}/slovo.db"
    migrate.upgrade(url)
    return url


# --- database


def test_database_of_this_version_is_ok(tmp_path: Path) -> None:
    assert machine.database(migrated(tmp_path)).state is State.OK


def test_database_that_was_never_made_is_named(tmp_path: Path) -> None:
    found = machine.database(f"sqlite:///{tmp_path}/none.db")
    assert (found.state, "slovo migrate" in found.mend) == (State.FAIL, True)


def test_database_of_another_version_is_named(tmp_path: Path) -> None:
    url = migrated(tmp_path)
    with sqlite3.connect(tmp_path / "slovo.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'other'")
    connection.close()
    found = machine.database(url)
    assert found.state is State.FAIL
    assert "other" in found.what


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "slovo.db").write_bytes(b"no database at all" * 100)
    assert machine.database(f"sqlite:///{tmp_path}/slovo.db").state is State.FAIL


def test_server_that_is_away_is_named() -> None:
    found = machine.database("postgresql://nobody@127.0.0.1:1/none")
    assert (found.state, "running" in found.mend) == (State.FAIL, True)


# --- phones


async def test_phone_of_a_pbx_that_is_not_set_is_named(tmp_path: Path) -> None:
    url = await asyncio.to_thread(migrated, tmp_path)
    db = Database(url)
    await person(db, "anna", extensions=("101",), pbx="main")
    await person(db, "boris", extensions=("102",), pbx="north")
    await db.dispose()
    (found,) = await asyncio.to_thread(machine.phones, url, ("north", "south"))
    assert (found.state, "main/101 (anna)." in found.what) == (State.WARN, True)
    assert "north, south" in found.mend
    assert await asyncio.to_thread(machine.phones, url, ("main", "north")) == []


# --- disk


@pytest.mark.parametrize(
    ("free_gib", "state"), [(100, State.OK), (3, State.WARN), (0.5, State.FAIL)]
)
def test_free_room_decides(tmp_path: Path, free_gib: float, state: State) -> None:
    assert machine.disk(tmp_path, lambda _: int(free_gib * machine.GIB)).state is state


def test_data_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = machine.disk(tmp_path / "none")
    assert (found.state, "SLOVO_DATA_DIR" in found.mend) == (State.FAIL, True)


# --- speech models


def installed(folder: Path, name: str) -> Path:
    """A directory that looks like a model."""
    for file in ("am/final.mdl", "conf/model.conf", "conf/mfcc.conf", "graph/HCLG.fst"):
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("--sample-frequency=16000\n")
    return folder


def test_no_model_of_the_language_warns(tmp_path: Path) -> None:
    (found,) = machine.models(tmp_path, "ru")
    assert (found.state, "slovo models" in found.mend) == (State.WARN, True)


def test_model_that_loads_is_ok(tmp_path: Path) -> None:
    loaded: list[Path] = []
    folder = installed(tmp_path, "vosk-model-small-ru-0.22")
    (found,) = machine.models(folder, "ru", loaded.append)
    assert found.state is State.OK
    assert [path.name for path in loaded] == ["vosk-model-small-ru-0.22"]


def test_model_that_does_not_load_is_named(tmp_path: Path) -> None:
    def broken(path: Path) -> None:
        raise ModelBroken(path.name, "made of stone")

    (found,) = machine.models(installed(tmp_path, "vosk-model-small-ru-0.22"), "ru", broken)
    assert found.state is State.FAIL
    assert "made of stone" in found.what


def test_model_of_rubbish_dies_in_a_process_of_its_own(tmp_path: Path) -> None:
    (found,) = machine.models(installed(tmp_path, "vosk-model-small-ru-0.22"), "ru")
    assert found.state is State.FAIL


# --- directory of the recordings


def test_recording_directory_is_ok(tmp_path: Path) -> None:
    assert machine.recording_directory(tmp_path).state is State.OK


def test_recording_directory_not_set_warns() -> None:
    assert machine.recording_directory(None).state is State.WARN


def test_recording_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert machine.recording_directory(tmp_path / "none").state is State.FAIL


def test_recording_directory_of_others_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # root may read everything, so the answer of the system is given here
    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    found = machine.recording_directory(tmp_path)
    assert (found.state, "usermod" in found.mend) == (State.FAIL, True)


# --- all together


def test_missing_secrets_are_named_and_the_rest_is_examined(environment: Path) -> None:
    migrated(environment)
    found = examine()
    assert "SLOVO_SECRET_KEY, SLOVO_AMI_SECRET" in found[0].what
    assert [f.check for f in found] == [
        "settings",
        "database",
        "disk",
        "signing-key",
        "models",
        "recording-dir",
        "own-record",
    ]
    assert states(found)["database"] is State.OK


def test_setting_with_a_wrong_value_is_named_alone(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOVO_AMI_PORT", "many")
    (found,) = examine()
    assert found.state is State.FAIL
    assert "SLOVO_AMI_PORT" in found.what


def test_no_asterisk_is_named(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOVO_AMI_SECRET", "s" * 20)
    monkeypatch.setenv("SLOVO_AMI_PORT", "1")
    assert states(examine())["ami"] is State.FAIL


# --- the command


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([ok("a", "fine.")], 0),
        ([ok("a", "fine."), warn("b", "so so.", "do x.")], 0),
        ([ok("a", "fine."), fail("b", "broken.", "do y.")], 1),
    ],
)
def test_only_a_failure_makes_the_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, found: list[Finding], code: int
) -> None:
    monkeypatch.setattr("web.cli.doctor.examine", lambda: found)
    assert CliRunner().invoke(app, ["doctor"]).exit_code == code


def test_json_is_a_list_of_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.cli.doctor.examine", lambda: [fail("b", "сломано.", "do y.")])
    result = CliRunner().invoke(app, ["doctor", "--json"])
    expected: list[dict[str, Any]] = [
        {"check": "b", "state": "fail", "what": "сломано.", "mend": "do y.", "pbx": ""}
    ]
    assert json.loads(result.stdout) == expected


def test_text_shows_how_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.cli.doctor.examine", lambda: [fail("b", "broken.", "do y.")])
    assert CliRunner().invoke(app, ["doctor"]).stdout.split() == ["FAIL", "b", "broken.", "→", "do", "y."]  # fmt: skip


def test_each_of_several_pbxs_is_examined_under_its_name(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLOVO_PBX_NAME", raising=False)
    migrated(environment)
    (environment / "slovo.toml").write_text(
        'secret_key = "k"\n'
        '[[pbx]]\nname = "north"\nami_port = 1\nami_secret = "s"\n'
        f'[[pbx]]\nname = "south"\nrecording_dir = "{environment}"\n'
    )
    found = examine()
    assert [(f.pbx, f.check) for f in found if f.pbx] == [
        ("north", "recording-dir"), ("north", "own-record"), ("north", "ami"),
        ("south", "recording-dir"), ("south", "own-record"),
    ]  # fmt: skip
    assert "[[pbx]] south, ami_secret" in found[0].what
    assert "[[pbx]] north, recording_dir is not set" in next(
        f.what for f in found if f.pbx == "north"
    )
    assert "[[pbx]] north, ami_port right" in next(f.mend for f in found if f.check == "ami")
    printed = CliRunner().invoke(app, ["doctor"]).stdout
    assert printed.index("\n\nPBX north\n") < printed.index("\n\nPBX south\n")
