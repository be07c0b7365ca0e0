"""Settings: where values come from, and what is said of wrong ones."""

import os
from pathlib import Path

import pytest

from crm.errors import SettingInvalid, SettingMissing
from pbx.errors import SettingMissing as PbxSettingMissing
from web import settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SLOVO_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    found = settings.load()
    assert found.data_dir == tmp_path / "data"
    assert found.database_url == f"sqlite:///{tmp_path}/data/slovo.db"
    assert (found.http_host, found.http_port) == ("127.0.0.1", 8000)
    assert (found.region, found.time_zone, found.locale) == ("RU", "Europe/Moscow", "ru")
    assert (found.own_numbers, found.contact_min_s) == ((), 5.0)
    assert [(pbx.name, pbx.ami_port) for pbx in found.pbxs] == [("main", 5038)]


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "s.toml", 'http_port = 9000\nregion = "KZ"\nami_host = "pbx"\n')
    monkeypatch.setenv("SLOVO_CONFIG", str(path))
    monkeypatch.setenv("SLOVO_HTTP_PORT", "9001")
    monkeypatch.setenv("SLOVO_REGION", "")
    found = settings.load()
    assert (found.http_port, found.region, found.pbxs[0].ami_host) == (9001, "KZ", "pbx")


def test_file_in_the_data_directory_is_found_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "elsewhere" / "slovo.toml", "http_port = 9000\n")
    assert settings.load().http_port == 8000
    monkeypatch.setenv("SLOVO_DATA_DIR", "elsewhere")
    assert settings.load().http_port == 9000


def test_lists_are_written_with_commas_or_as_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "s.toml", 'trunks = ["a", "b"]\nown_numbers = ["+7495"]\n')
    monkeypatch.setenv("SLOVO_CONFIG", str(path))
    monkeypatch.setenv("SLOVO_OWN_NUMBERS", "+7 495 000-00-01, 8 800")
    found = settings.load()
    assert found.own_numbers == ("+7 495 000-00-01", "8 800")
    assert found.pbxs[0].trunks == ("a", "b")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLOVO_HTTP_PORT", "many"),
        ("SLOVO_HTTP_PORT", "65536"),
        ("SLOVO_TIME_ZONE", "Mars/Olympus"),
        ("SLOVO_TIME_ZONE", "/etc/passwd"),
        ("SLOVO_REGION", "XX"),
        ("SLOVO_LOCALE", "fr"),
        ("SLOVO_CONTACT_MIN_S", "-1"),
        ("SLOVO_DATABASE_URL", "mysql://localhost/x"),
    ],
)
def test_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingInvalid) as caught:
        settings.load()
    assert caught.value.key == name
    assert str(caught.value).startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "value"), [("SLOVO_AMI_PORT", "x"), ("SLOVO_PBX_NAME", ""), ("SLOVO_INTERNAL", "(")]
)
def test_wrong_value_of_the_pbx_is_named_when_the_pbx_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    key = name.removeprefix("SLOVO_").lower()
    monkeypatch.setenv("SLOVO_CONFIG", str(write(tmp_path / "s.toml", f'{key} = "{value}"\n')))
    found = settings.load()
    with pytest.raises(SettingInvalid) as caught:
        _ = found.pbxs
    assert caught.value.key.upper().endswith(key.upper())


def test_misspelt_name_in_the_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOVO_CONFIG", str(write(tmp_path / "s.toml", "htttp_port = 1\n")))
    with pytest.raises(SettingInvalid, match="htttp_port"):
        settings.load()


@pytest.mark.parametrize("text", [None, "http_port = = 1", "\udcff"])
def test_unreadable_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    path = tmp_path / "s.toml"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    monkeypatch.setenv("SLOVO_CONFIG", str(path))
    with pytest.raises(SettingInvalid, match=r"s\.toml") as caught:
        settings.load()
    assert caught.value.key == "SLOVO_CONFIG"


def test_missing_secret_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings.load()
    with pytest.raises(SettingMissing, match=r"SLOVO_SECRET_KEY.*slovo init"):
        found.secret()
    with pytest.raises(PbxSettingMissing, match="SLOVO_AMI_SECRET"):
        found.pbxs[0].secret()
    monkeypatch.setenv("SLOVO_SECRET_KEY", "k")
    monkeypatch.setenv("SLOVO_AMI_SECRET", "s")
    found = settings.load()
    assert (found.secret(), found.pbxs[0].secret()) == ("k", "s")


def test_secrets_are_in_no_printed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOVO_SECRET_KEY", "geheim1")
    monkeypatch.setenv("SLOVO_AMI_SECRET", "geheim2")
    found = settings.load()
    assert "geheim" not in f"{found!r} {found} {found.pbxs!r}"


def test_every_setting_says_what_it_is_for() -> None:
    for name, text in settings.variables().items():
        assert name.startswith("SLOVO_")
        assert len(text) > 10, name


@pytest.mark.parametrize(
    "name",
    [
        "DATA_DIR", "DATABASE_URL", "HTTP_HOST", "HTTP_PORT", "AMI_HOST", "AMI_PORT", "AMI_USER",
        "AMI_SECRET", "RECORDING_DIR",
    ],
)  # fmt: skip
def test_promised_names_are_settings(name: str) -> None:
    assert f"SLOVO_{name}" in settings.variables()
