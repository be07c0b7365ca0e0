"""Time-stamps of a real server (openssl) on the loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import proof
from support.proof import StampServer, stamp_server

from calls.errors import TimestampFailed
from calls.proof import archive
from calls.proof.keys import CompanyKey
from calls.proof.seal import Seal, close
from calls.proof.timestamp import examine, fetch
from calls.proof.verify import TIMESTAMP, check

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampServer]:
    with stamp_server(tmp_path_factory.mktemp("tsa")) as server:
        yield server


@pytest.fixture
def server(running: StampServer) -> Iterator[StampServer]:
    yield running
    running.status, running.spoil = 200, False


@pytest.fixture
def key(tmp_path: Path) -> CompanyKey:
    return proof.make_key(tmp_path)


def test_stamp_says_when_and_by_whom(server: StampServer) -> None:
    stamp = examine(fetch(server.url, b"word"), b"word", server.certificate)
    assert stamp.trusted, stamp.why
    assert stamp.server == "CN=Test stamps"
    assert abs(datetime.now(UTC) - stamp.at) < timedelta(minutes=5)


def test_stamp_without_a_certificate_is_read_and_not_trusted(server: StampServer) -> None:
    stamp = examine(fetch(server.url, b"word"), b"word")
    assert not stamp.trusted
    assert "no certificate" in stamp.why


def test_stamp_of_another_server_is_not_trusted(server: StampServer, tmp_path: Path) -> None:
    other = StampServer(tmp_path)
    other.prepare()
    answer = fetch(server.url, b"word")
    stamp = examine(answer, b"word", other.certificate)
    assert not stamp.trusted
    assert stamp.why


def test_altered_stamp_is_not_trusted(server: StampServer) -> None:
    answer = fetch(server.url, b"word")
    altered = proof.flip(answer, len(answer) - 20, 1)  # in the signature
    assert not examine(altered, b"word", server.certificate).trusted


def test_stamp_of_other_data_is_refused(server: StampServer) -> None:
    with pytest.raises(ValueError, match="something else"):
        examine(fetch(server.url, b"word"), b"other word")
    with pytest.raises(ValueError, match="no time-stamp"):
        examine(b"nonsense", b"word")


def test_answer_to_another_request_is_refused(server: StampServer) -> None:
    server.spoil = True
    fetch(server.url, b"word")
    with pytest.raises(TimestampFailed, match="belongs to another request"):
        fetch(server.url, b"word")


def test_pack_with_stamp_is_valid_and_openssl_confirms_it(
    server: StampServer, key: CompanyKey, tmp_path: Path
) -> None:
    pack = tmp_path / "pack.zip"
    sealed = proof.make_pack(pack, key, url=server.url)
    assert sealed.stamping.state == "attached"
    report = check(pack, key.public)
    assert report.ok, report.faults
    assert any("openssl ts -verify" in note for note in report.notes)
    assert examine(report.timestamp, report.stamped, server.certificate).trusted
    (tmp_path / "signed.bin").write_bytes(report.stamped)
    (tmp_path / TIMESTAMP).write_bytes(report.timestamp)
    command = f"openssl ts -verify -data signed.bin -in {TIMESTAMP} -CAfile {server.certificate}"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True)
    assert "Verification: OK" in done.stdout + done.stderr


@pytest.mark.parametrize("what", ["removed", "of another pack"])
def test_missing_or_foreign_stamp_is_found(
    server: StampServer, key: CompanyKey, tmp_path: Path, what: str
) -> None:
    pack, other = tmp_path / "pack.zip", tmp_path / "other.zip"
    proof.make_pack(pack, key, url=server.url)
    proof.make_pack(other, key, {"index.html": b"other"}, url=server.url)
    files = proof.contents(pack)
    foreign = proof.contents(other)[TIMESTAMP]
    stamp = {} if what == "removed" else {TIMESTAMP: foreign}
    del files[TIMESTAMP]
    pack.write_bytes(proof.rewritten(files | stamp))
    assert [fault.where for fault in check(pack).faults] == [TIMESTAMP]


@pytest.mark.parametrize("trouble", ["away", "refuses", "no address"])
def test_failed_stamp_is_told_in_the_pack(
    server: StampServer, key: CompanyKey, tmp_path: Path, trouble: str
) -> None:
    server.status = 503
    pack = tmp_path / "pack.zip"
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        url = {"away": away, "refuses": server.url, "no address": "x:"}
        sealed = proof.make_pack(pack, key, url=url[trouble])
    assert sealed.stamping.state == "failed"
    assert sealed.stamping.why
    report = check(pack, key.public)
    assert report.ok
    assert report.manifest is not None
    assert report.manifest["timestamp"]["why"] == sealed.stamping.why


def test_failed_stamp_makes_no_pack_where_one_is_required(
    server: StampServer, key: CompanyKey, tmp_path: Path
) -> None:
    server.status = 503
    target = tmp_path / "pack.zip"
    parts = [archive.part("index.html", b"x")]
    with pytest.raises(TimestampFailed, match="503"):
        close(target, proof.WHAT, parts, Seal(key, server.url, timestamp_required=True))
    assert not target.exists()
