"""Recordings of other machines: fetched whole or not at all, from the right machine, and from nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from pydantic import SecretStr, ValidationError
from support.remote_recordings import PASSWORD, USER, Faults, basic, sftp_server, web_server

from calls.errors import RecordingIncomplete, RecordingSourceFailed
from calls.recordings.fetching import Limits
from calls.recordings.http import HttpSource
from calls.recordings.places import source_of
from calls.recordings.sftp import SftpSource
from calls.recordings.source import Directory, Source
from pbx.settings import PbxSettings

NAME = "2026/11/in-79161234567-1795316748.0.wav"
NAMED = f"/var/spool/asterisk/monitor/{NAME}"
SOUND = bytes(range(256)) * 4096  # 1 MB: several pieces
HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
KINDS = ["sftp", "http"]


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    file = tmp_path / "spool" / NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(SOUND)
    (tmp_path / "outside.wav").write_bytes(b"secret")
    return tmp_path / "spool"


@pytest.fixture
def faults() -> Faults:
    return Faults()


def known_hosts(folder: Path, port: int, key: asyncssh.SSHKey = HOST_KEY) -> Path:
    path = folder / "known_hosts"
    path.write_text(f"[127.0.0.1]:{port} {key.export_public_key().decode()}")
    return path


@asynccontextmanager
async def remote(kind: str, spool: Path, faults: Faults) -> AsyncIterator[Source]:
    """A source of that kind that sees `spool`."""
    if kind == "sftp":
        async with sftp_server(spool, faults, HOST_KEY) as port:
            yield SftpSource(
                host="127.0.0.1", port=port, folder="/", user=USER, secret=PASSWORD,
                known_hosts=known_hosts(spool.parent, port),
            )  # fmt: skip
    else:
        with web_server(spool, faults, basic(USER, PASSWORD)) as port:
            yield HttpSource(url=f"http://127.0.0.1:{port}/rec/", user=USER, secret=PASSWORD)


@pytest.mark.parametrize("kind", KINDS)
async def test_named_files_are_fetched_and_others_left_out(
    kind: str, spool: Path, faults: Faults, tmp_path: Path
) -> None:
    async with remote(kind, spool, faults) as source:
        folder = await source.bring(
            [NAMED, "/var/spool/asterisk/monitor/none.wav", ""], tmp_path / "x"
        )
    assert (folder / NAME).read_bytes() == SOUND
    assert (folder / NAME).stat().st_mtime == pytest.approx((spool / NAME).stat().st_mtime, abs=1)
    assert [p.name for p in folder.rglob("*") if p.is_file()] == [Path(NAME).name]


@pytest.mark.parametrize("kind", KINDS)
async def test_fetching_that_was_cut_goes_on_where_it_was(
    kind: str, spool: Path, faults: Faults, tmp_path: Path
) -> None:
    faults.cut_after = 600_000
    async with remote(kind, spool, faults) as source:
        with pytest.raises(RecordingSourceFailed) as cut:
            await source.bring([NAMED], tmp_path / "x")
        (part,) = (tmp_path / "x").glob(".part-*")
        begun = part.stat().st_size
        part.write_bytes(b"!" * begun)  # to see whether it is fetched again
        await source.bring([NAMED], tmp_path / "x")
    assert cut.value.kind == "unreachable"
    assert begun > 0
    assert (tmp_path / "x" / NAME).read_bytes() == b"!" * begun + SOUND[begun:]


@pytest.mark.parametrize("kind", KINDS)
async def test_file_that_grows_is_not_taken(
    kind: str, spool: Path, faults: Faults, tmp_path: Path
) -> None:
    faults.grows = spool / NAME
    async with remote(kind, spool, faults) as source:
        with pytest.raises(RecordingIncomplete):
            await source.bring([NAMED], tmp_path / "x")
        assert not (tmp_path / "x" / NAME).exists()
        faults.grows = None
        await source.bring([NAMED], tmp_path / "x")
    assert (tmp_path / "x" / NAME).read_bytes() == (spool / NAME).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
async def test_file_beyond_the_limit_is_refused(
    kind: str, spool: Path, faults: Faults, tmp_path: Path
) -> None:
    async with remote(kind, spool, faults) as source:
        small = replace(source, limits=Limits(max_bytes=1000))  # type: ignore[type-var]
        with pytest.raises(RecordingSourceFailed, match="recording_max_mb"):
            await small.bring([NAMED], tmp_path / "x")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["../outside.wav", "..", "a/../../outside.wav", "/etc/passwd", "link.wav"]
)
async def test_no_name_leads_out_of_the_directory(
    kind: str, name: str, spool: Path, faults: Faults, tmp_path: Path
) -> None:
    if kind == "sftp":
        (spool / "below").mkdir()
        (spool / "below" / "link.wav").symlink_to("../../outside.wav")
    async with remote(kind, spool, faults) as source:
        if kind == "sftp":
            source = replace(source, folder="/below")  # type: ignore[type-var]
        folder = await source.bring([name], tmp_path / "x")
    assert not folder.exists() or not [p for p in folder.rglob("*") if p.is_file()]
    assert not any("outside" in path and ".." in path for path in faults.asked)


@pytest.mark.parametrize("kind", KINDS)
async def test_wrong_password_is_named(
    kind: str, spool: Path, faults: Faults, tmp_path: Path
) -> None:
    async with remote(kind, spool, faults) as source:
        wrong = replace(source, secret="wrong")  # type: ignore[type-var]
        for trying in (wrong.probe(), wrong.bring([NAMED], tmp_path / "x")):
            with pytest.raises(RecordingSourceFailed, match="recording_secret") as refused:
                await trying
            assert refused.value.kind == "refused"
            assert "wrong" not in str(refused.value)
        assert "can be read" in await source.probe() or "answers" in await source.probe()


@pytest.mark.parametrize("kind", KINDS)
async def test_machine_that_is_away_is_named(kind: str, spool: Path, faults: Faults) -> None:
    async with remote(kind, spool, faults) as source:
        pass
    with pytest.raises(RecordingSourceFailed) as away:
        await source.probe()
    assert away.value.kind == "unreachable"


@pytest.mark.parametrize("known", ["no file", "other key"])
async def test_unknown_host_key_is_never_accepted(
    known: str, spool: Path, faults: Faults, tmp_path: Path
) -> None:
    async with sftp_server(spool, faults, HOST_KEY) as port:
        path = tmp_path / "none"
        if known == "other key":
            path = known_hosts(tmp_path, port, asyncssh.generate_private_key("ssh-ed25519"))
        source = SftpSource(
            host="127.0.0.1", port=port, folder="/", user=USER, secret=PASSWORD, known_hosts=path
        )
        with pytest.raises(RecordingSourceFailed, match="ssh-keyscan") as refused:
            await source.probe()
    assert refused.value.kind == "host_key"
    assert HOST_KEY.get_fingerprint() in str(refused.value)
    assert not faults.asked


async def test_look_over_sftp_tells_new_files_and_all_names(spool: Path, faults: Faults) -> None:
    (spool / "old.wav").write_bytes(b"x")
    (spool / "notes.txt").write_bytes(b"x")
    async with remote("sftp", spool, faults) as source:
        looked = await source.look({"old.wav"})
    assert looked.names == {"old.wav", NAME}
    assert [(file.path, file.size_bytes) for file in looked.new] == [(NAME, len(SOUND))]


async def test_nobody_can_look_around_over_http(spool: Path, faults: Faults) -> None:
    async with remote("http", spool, faults) as source:
        with pytest.raises(RecordingSourceFailed) as refused:
            await source.look(())
    assert refused.value.kind == "no_listing"


async def test_redirection_is_not_followed_with_the_secret(
    spool: Path, faults: Faults, tmp_path: Path
) -> None:
    with web_server(spool, faults, "Bearer token") as port:
        source = HttpSource(url=f"http://127.0.0.1:{port}/moved/", secret="token")
        with pytest.raises(RecordingSourceFailed, match=r"elsewhere\.example/login$|recording_url"):
            await source.bring(["a.wav"], tmp_path / "x")


async def test_server_without_head_is_fetched_from(
    spool: Path, faults: Faults, tmp_path: Path
) -> None:
    with web_server(spool, faults, "Bearer token", head_allowed=False) as port:
        source = HttpSource(url=f"http://127.0.0.1:{port}/rec/", secret="token")
        folder = await source.bring([NAMED], tmp_path / "x")
    assert (folder / NAME).read_bytes() == SOUND


def test_settings_make_the_source(tmp_path: Path) -> None:
    assert source_of(PbxSettings()) is None
    assert source_of(PbxSettings(recording_dir=tmp_path)) == Directory(tmp_path)
    sftp = source_of(
        PbxSettings(
            recording_url="sftp://rec@pbx.example:2222/var/spool/asterisk/monitor",
            recording_secret=SecretStr("word"), recording_known_hosts=tmp_path / "known",
        )
    )  # fmt: skip
    assert isinstance(sftp, SftpSource)
    assert (sftp.host, sftp.port, sftp.user, sftp.folder) == (
        "pbx.example", 2222, "rec", "/var/spool/asterisk/monitor",
    )  # fmt: skip
    web = source_of(PbxSettings(recording_url="https://rec@pbx.example/rec/"))
    assert isinstance(web, HttpSource)
    assert (web.url, web.user, web.label) == (
        "https://pbx.example/rec/",
        "rec",
        "https://pbx.example/rec",
    )
    assert "word" not in repr(sftp) + sftp.label


@pytest.mark.parametrize(
    "url",
    [
        "ftp://pbx/rec",
        "sftp://rec:word@pbx/rec",
        "https://pbx/rec/?a=1",
        "https:///rec",
        "sftp://pbx:x/rec",
        "pbx/rec",
    ],
)
def test_address_that_cannot_be_right_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        PbxSettings(recording_url=url)


def test_directory_and_address_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="not both"):
        PbxSettings(recording_dir=tmp_path, recording_url="https://pbx.example/rec/")
