"""`slovo init`, `slovo user`, `slovo settings`, `slovo audit`: from nothing to people who log in."""

import json
import stat
import tomllib
from asyncio import to_thread
from pathlib import Path

import pytest
from support.cli import Run

from calls.db import Database
from crm.errors import LoginFailed
from crm.sessions import Sessions
from crm.settings import CrmSettings
from crm.tables import AuditEntry

GOOD = "correct horse battery"


async def can_log_in(folder: Path, login: str, password: str) -> bool:
    db = Database(f"sqlite:///{folder}/slovo.db")
    try:
        return bool(await Sessions(db, CrmSettings()).login(login, password))
    except LoginFailed:
        return False
    finally:
        await db.dispose()


@pytest.mark.parametrize("arguments", [[], ["--data-dir", "elsewhere"]])
def test_init_writes_secrets_that_only_the_owner_reads(
    slovo: Run, tmp_path: Path, arguments: list[str]
) -> None:
    ran = slovo("init", *arguments)
    assert ran.code == 0
    path = tmp_path / ("elsewhere" if arguments else "data") / "slovo.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = tomllib.loads(path.read_text("utf-8"))
    assert written["data_dir"] == str(path.parent)
    assert len(written["secret_key"]) >= 40
    assert len(written["ami_secret"]) >= 30
    assert written["secret_key"] not in ran.out + ran.err
    assert written["ami_secret"] not in ran.out + ran.err
    for kept in path.parent.iterdir():
        assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0, kept
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (path.parent / "slovo.db").is_file()


async def test_printed_account_logs_in(slovo: Run, tmp_path: Path) -> None:
    ran = await to_thread(slovo, "init")
    account = dict(line.split(": ") for line in ran.out.splitlines())
    assert account["login"] == "admin"
    assert await can_log_in(tmp_path / "data", "admin", account["password"])


def test_second_init_changes_nothing_and_says_so(slovo: Run, tmp_path: Path) -> None:
    slovo("init")
    before = (tmp_path / "data" / "slovo.toml").read_bytes()
    again = slovo("init")
    assert again.code == 0
    assert again.out == ""
    assert "Nothing to do" in again.err
    assert (tmp_path / "data" / "slovo.toml").read_bytes() == before
    assert len(slovo("user", "list").out.splitlines()) == 1


def test_init_into_a_file_that_cannot_be_written_is_one_clear_line(
    slovo: Run, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    ran = slovo("init")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "SLOVO_CONFIG" in ran.err


async def test_added_person_logs_in_with_the_password_from_standard_input(
    slovo: Run, tmp_path: Path
) -> None:
    await to_thread(slovo, "init")
    file = tmp_path / "data" / "slovo.toml"
    file.write_text(
        file.read_text().partition("# The same secret")[0]
        + '[[pbx]]\nname = "main"\n[[pbx]]\nname = "north"\nami_host = "192.0.2.2"\n'
    )
    options = "--role operator --name Анна --extension 101 --extension north/101 --queue sales"
    ran = await to_thread(slovo, "user", "add", "Anna", *options.split(), stdin=GOOD + "\n")
    assert (ran.code, ran.out) == (0, "")
    assert await can_log_in(tmp_path / "data", "anna", GOOD)
    listed = (await to_thread(slovo, "user", "list", "--json")).out.splitlines()
    assert json.loads(listed[1]) == {
        "id": 2,
        "login": "anna",
        "name": "Анна",
        "role": "operator",
        "active": True,
        "extensions": ["101", "north/101"],
        "queues": ["sales"],
    }


@pytest.mark.parametrize(
    ("login", "password", "why"),
    [
        ("anna", "short", "at least 10"),
        ("anna", "1234567890", "easy to guess"),
        ("anna", "", "at least 10"),
        ("a b", GOOD, "login"),
        ("ADMIN", GOOD, "taken"),
    ],
)
def test_refused_person_is_one_line_and_exit_code_1(
    slovo: Run, login: str, password: str, why: str
) -> None:
    slovo("init")
    ran = slovo("user", "add", login, "--role", "operator", stdin=password + "\n")
    assert ran.code == 1
    assert why in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_unknown_role_is_a_usage_error(slovo: Run) -> None:
    ran = slovo("user", "add", "anna", "--role", "king", stdin=GOOD + "\n")
    assert ran.code == 2
    assert "operator" in ran.err


async def test_changed_and_locked_person(slovo: Run, tmp_path: Path) -> None:
    def act() -> list[str]:
        slovo("init")
        slovo("user", "add", "anna", "--role", "operator", "--extension", "101", stdin=GOOD + "\n")
        slovo("user", "edit", "anna", "--role", "manager", "--queue", "sales")
        slovo("user", "password", "anna", stdin="another good one\n")
        return slovo("user", "list", "--json").out.splitlines()

    anna = json.loads((await to_thread(act))[1])
    assert (anna["role"], anna["extensions"], anna["queues"]) == ("manager", ["101"], ["sales"])
    assert await can_log_in(tmp_path / "data", "anna", "another good one")
    assert (await to_thread(slovo, "user", "deactivate", "anna")).code == 0
    assert not await can_log_in(tmp_path / "data", "anna", "another good one")
    assert (await to_thread(slovo, "user", "activate", "anna")).code == 0
    assert await can_log_in(tmp_path / "data", "anna", "another good one")
    assert (await to_thread(slovo, "user", "deactivate", "nobody")).code == 1
    assert (await to_thread(slovo, "user", "deactivate", "admin")).code == 1


def test_settings_are_printed_with_secrets_masked(
    slovo: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slovo("init")
    monkeypatch.setenv("SLOVO_DATABASE_URL", "postgresql://slovo:geheim@db/slovo")
    written = tomllib.loads((tmp_path / "data" / "slovo.toml").read_text("utf-8"))
    for arguments in (["settings"], ["settings", "--json"]):
        ran = slovo(*arguments)
        assert ran.code == 0
        assert "geheim" not in ran.out
        assert written["secret_key"] not in ran.out
        assert written["ami_secret"] not in ran.out
    values = json.loads(slovo("settings", "--json").out)
    assert values["SLOVO_AMI_SECRET"] == "********"
    assert values["SLOVO_DATABASE_URL"] == "postgresql://slovo:********@db/slovo"
    assert values["SLOVO_DATA_DIR"] == str(tmp_path / "data")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://slovo:geheim:ge@heim@db/slovo", "postgresql://slovo:********@db/slovo"),
        ("postgresql://:geheim@db/slovo", "postgresql://:********@db/slovo"),
        ("postgresql:///slovo?host=db&password=geheim", "postgresql:///slovo?host=db&password=********"),
        ("postgresql:///slovo?sslpassword=geheim&user=x", "postgresql:///slovo?sslpassword=********&user=x"),
    ],
)  # fmt: skip
def test_database_password_is_masked_however_it_is_written(
    slovo: Run, monkeypatch: pytest.MonkeyPatch, url: str, shown: str
) -> None:
    slovo("init")
    monkeypatch.setenv("SLOVO_DATABASE_URL", url)
    assert json.loads(slovo("settings", "--json").out)["SLOVO_DATABASE_URL"] == shown


def test_wrong_setting_is_one_line_and_exit_code_1(
    slovo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOVO_HTTP_PORT", "x")
    ran = slovo("settings", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("slovo: SLOVO_HTTP_PORT: ")


async def test_audit_verify_finds_a_changed_row(slovo: Run, tmp_path: Path) -> None:
    await to_thread(slovo, "init")
    whole = await to_thread(slovo, "audit", "verify", "--json")
    assert whole.code == 0
    assert json.loads(whole.out)["entries"] == 1
    db = Database(f"sqlite:///{tmp_path}/data/slovo.db")
    async with db.write() as session:
        (await session.get_one(AuditEntry, 1)).login = "eve"
    await db.dispose()
    broken = await to_thread(slovo, "audit", "verify", "--json")
    assert broken.code == 1
    assert json.loads(broken.out)["broken_id"] == 1
