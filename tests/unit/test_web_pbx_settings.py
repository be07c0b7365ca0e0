"""Several PBXs in the settings: tables, their names, and what is said of wrong ones."""

import json
import os
from pathlib import Path

import pytest
from support.cli import Run

from crm.errors import SettingInvalid
from pbx.errors import SettingMissing
from pbx.settings import PbxSettings
from web import settings

TWO = """
[[pbx]]
name = "north"
ami_secret = "geheim-n"
trunks = "a, b"

[[pbx]]
name = "south"
ami_host = "192.0.2.7"
ami_port = 5039
ami_secret = "geheim-s"
internal = '^3\\d\\d$'
recording_dir = "/srv/south"
"""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SLOVO_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLOVO_CONFIG", str(tmp_path / "s.toml"))


def load(text: str) -> settings.Settings:
    Path("s.toml").write_text(text, "utf-8")
    return settings.load()


def test_each_table_is_a_pbx_in_the_order_of_the_file() -> None:
    north, south = load(TWO).pbxs
    assert (north.name, north.ami_host, north.ami_port) == ("north", "127.0.0.1", 5038)
    assert north.trunks == ("a", "b")
    assert (south.name, south.ami_host, south.ami_port) == ("south", "192.0.2.7", 5039)
    assert (south.internal, south.recording_dir) == (r"^3\d\d$", Path("/srv/south"))
    assert load(TWO).pbx_names == ("north", "south")
    assert (north.secret(), south.secret()) == ("geheim-n", "geheim-s")


def test_every_field_of_a_pbx_can_stand_in_its_table() -> None:
    known = PbxSettings(name="x", ami_secret="s", recording_dir="/srv/x")
    plain = known.model_dump(mode="json", exclude_none=True) | {"ami_secret": "s"}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in plain.items())
    (found,) = load(f"[[pbx]]\n{lines}\n").pbxs
    assert found.model_dump() == known.model_dump()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pbx]\nname = 'a'\n", r"pbx: write a table \[\[pbx\]\] for each PBX"),
        ("pbx = []\n", r"pbx: write a table \[\[pbx\]\]"),
        ("pbx = [1]\n", r"\[\[pbx\]\] no\. 1: "),
        ("[[pbx]]\nami_host = 'h'\n", r"\[\[pbx\]\] no\. 1, name: "),
        ("[[pbx]]\nname = 'a/b'\n", r"\[\[pbx\]\] a/b, name: "),
        ("[[pbx]]\nname = ''\n", r"\[\[pbx\]\] no\. 1, name: "),
        ("[[pbx]]\nname = 'a'\nami_port = 'x'\n", r"\[\[pbx\]\] a, ami_port: "),
        ("[[pbx]]\nname = 'a'\nami_hots = 'x'\n", r"\[\[pbx\]\] a, ami_hots: no setting has this name"),
        ("[[pbx]]\nname = 'a'\nreconnect_max_s = 0.1\n", r"\[\[pbx\]\] a: .*reconnect_max_s"),
        ("[[pbx]]\nname = 'a'\n[[pbx]]\nname = 'A'\nami_port = 1\n", r"\[\[pbx\]\] A, name: another"),
        ("[[pbx]]\nname = 'a'\n[[pbx]]\nname = 'b'\n", r"\[\[pbx\]\] b, ami_host: .*is PBX a already"),
        ("ami_secret = 's'\n[[pbx]]\nname = 'a'\n", r"ami_secret: describes one PBX"),
    ],
)  # fmt: skip
def test_wrong_table_is_named_with_its_key(text: str, said: str) -> None:
    found = load(text)
    with pytest.raises(SettingInvalid, match=f"^{said}"):
        _ = found.pbxs


def test_variable_of_one_pbx_beside_tables_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOVO_AMI_HOST", "192.0.2.9")
    found = load(TWO)
    with pytest.raises(SettingInvalid, match=r"SLOVO_AMI_HOST: describes one PBX.*s\.toml"):
        _ = found.pbxs


def test_missing_secret_is_named_with_its_table() -> None:
    (pbx,) = load("[[pbx]]\nname = 'north'\n").pbxs
    with pytest.raises(SettingMissing, match=r"^\[\[pbx\]\] north, ami_secret is not set"):
        pbx.secret()


def test_given_pbxs_stand_for_those_that_are_set() -> None:
    Path("s.toml").write_text(TWO, "utf-8")
    assert settings.load([PbxSettings(name="demo")]).pbx_names == ("demo",)


def test_command_shows_every_pbx_with_masked_secrets(slovo: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "slovo.toml").write_text('secret_key = "geheim-k"\n' + TWO, "utf-8")
    shown = slovo("settings")
    assert shown.code == 0
    assert "geheim" not in shown.out
    assert "[[pbx]] south\nname=south\nami_host=192.0.2.7\nami_port=5039\n" in shown.out
    assert "SLOVO_AMI_HOST" not in shown.out
    as_json = json.loads(slovo("settings", "--json").out)
    assert [(pbx["name"], pbx["ami_secret"]) for pbx in as_json["pbx"]] == [
        ("north", "********"), ("south", "********"),
    ]  # fmt: skip
    assert as_json["SLOVO_SECRET_KEY"] == "********"


def test_command_refuses_a_pbx_that_is_not_there(slovo: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "slovo.toml").write_text(TWO, "utf-8")
    for command in (
        ("serve", "--only", "listen", "--pbx", "north", "--pbx", "east"),
        ("listen", "--pbx", "east"),
    ):
        ran = slovo(*command)
        assert (ran.code, ran.out) == (2, "")
        assert "no PBX is named 'east'; there are: north, south" in ran.err.replace("\n", " ")


def test_listen_asks_which_of_several_pbxs_is_meant(slovo: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "slovo.toml").write_text(TWO, "utf-8")
    ran = slovo("listen")
    assert ran.code == 2
    assert "say which with --pbx: north, south" in ran.err


def test_pbx_is_chosen_for_listeners_only(slovo: Run) -> None:
    ran = slovo("serve", "--pbx", "main")
    assert ran.code == 2
    assert "--only listen" in ran.err
