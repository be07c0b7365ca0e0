"""`slovo doctor` on recordings that are fetched: unreachable, refused, unknown key, no directory, and right."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest
from pydantic import SecretStr
from support.remote_recordings import PASSWORD, USER, Faults, basic, sftp_server, web_server

from pbx.settings import PbxSettings
from web.doctor import State
from web.doctor.recording_place import recording_place

HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def sftp_port(tmp_path: Path) -> Iterator[int]:
    """An SFTP server in a thread of its own, for the doctor blocks."""
    (tmp_path / "spool" / "monitor").mkdir(parents=True)
    started = threading.Event()
    ended: list[asyncio.Event] = []
    found: list[int] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        ended.append(asyncio.Event())
        async with sftp_server(tmp_path / "spool", Faults(), HOST_KEY) as port:
            found.append(port)
            started.set()
            await ended[0].wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    started.wait()
    yield found[0]
    loops[0].call_soon_threadsafe(ended[0].set)
    thread.join()


def settings(
    tmp_path: Path, port: int, *, secret: str = PASSWORD, path: str = "/monitor", known: bool = True
) -> PbxSettings:
    hosts = tmp_path / "known_hosts"
    if known:
        hosts.write_text(f"[127.0.0.1]:{port} {HOST_KEY.export_public_key().decode()}")
    return PbxSettings(
        recording_url=f"sftp://{USER}@127.0.0.1:{port}{path}",
        recording_secret=SecretStr(secret),
        recording_known_hosts=hosts,
    )


def test_place_that_works_is_ok(tmp_path: Path, sftp_port: int) -> None:
    found = recording_place(settings(tmp_path, sftp_port))
    assert (found.state, found.check) == (State.OK, "recording-url")


@pytest.mark.parametrize(
    ("wrong", "what", "mend"),
    [
        ({"secret": "no"}, "login was refused", "recording_secret"),
        ({"known": False}, HOST_KEY.get_fingerprint(), "ssh-keyscan"),
        ({"path": "/none"}, "no such directory", "directory"),
    ],
    ids=["password", "host key", "directory"],
)
def test_what_is_wrong_is_named_with_how_to_mend_it(
    tmp_path: Path, sftp_port: int, wrong: dict, what: str, mend: str
) -> None:
    found = recording_place(settings(tmp_path, sftp_port, **wrong))
    assert found.state is State.FAIL
    assert what in found.what
    assert mend in found.mend


def test_machine_that_is_away_is_named(tmp_path: Path) -> None:
    with web_server(tmp_path, Faults()) as port:
        pass
    found = recording_place(PbxSettings(recording_url=f"http://127.0.0.1:{port}/rec/"))
    assert found.state is State.FAIL
    assert "firewall" in found.mend


def test_web_server_is_ok_when_it_lets_us_in(tmp_path: Path) -> None:
    with web_server(tmp_path, Faults(), basic(USER, PASSWORD)) as port:
        url = f"http://{USER}@127.0.0.1:{port}/rec/"
        right = PbxSettings(recording_url=url, recording_secret=SecretStr(PASSWORD))
        assert recording_place(right).state is State.OK
        assert "recording_secret" in recording_place(PbxSettings(recording_url=url)).mend
