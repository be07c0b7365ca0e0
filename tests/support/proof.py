"""Proof packs for tests: small ones, and all the ways to alter one."""

from __future__ import annotations

import http.server
import io
import struct
import subprocess
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from calls.proof import archive
from calls.proof.keys import CompanyKey, KeyStore
from calls.proof.manifest import Manifest
from calls.proof.seal import Seal, Sealed, close

FILES: Mapping[str, bytes] = {
    "index.html": "<h1>Обещали скидку</h1>".encode(),
    "audio/call-1/recording-1.wav": bytes(range(256)) * 8,
    "clips/evidence-1.wav": b"RIFF" + bytes(300),
    "data/case.json": b'{"claim":"ten percent"}\n',
    "data/empty.json": b"",
}
WHAT = Manifest(
    subject_kind="dispute",
    subject_id=3,
    made_at="2026-11-22T12:00:00+00:00",
    made_by="sergey",
    slovo_version="0.1.0",
    audit_entries=12,
    audit_head="a" * 64,
)


def make_key(folder: Path) -> CompanyKey:
    """The key of a data directory, made if it is not there."""
    return KeyStore(folder).make()


def make_pack(
    target: Path, key: CompanyKey, files: Mapping[str, bytes] = FILES, url: str = ""
) -> Sealed:
    """A pack of these files."""
    parts = [archive.part(name, data) for name, data in files.items()]
    return close(target, WHAT, parts, Seal(key, url))


def contents(pack: Path) -> dict[str, bytes]:
    """What any zip program finds in it, in its order."""
    with zipfile.ZipFile(pack) as file:
        return {one.filename: file.read(one) for one in file.infolist()}


def rewritten(files: Mapping[str, bytes]) -> bytes:
    """The canonical archive of these files, whatever their manifest says: what a careful forger would make."""
    out = io.BytesIO()
    archive.write([archive.part(name, data) for name, data in files.items()], out)
    return out.getvalue()


def in_order(files: list[tuple[str, bytes]]) -> bytes:
    """An archive with right headers whose files stand as they are given, twice if they are given twice."""
    from calls.proof.verify import central_header, end_record, local_header

    body, listing = b"", b""
    for name, data in files:
        measured = archive.part(name, data)
        listing += central_header(name, measured.crc, len(data), len(body))
        body += local_header(name, measured.crc, len(data)) + data
    return body + listing + end_record(len(files), len(listing), len(body))


class StampServer:
    """A time-stamp server on the loopback: openssl answers, behind a small HTTP server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate = folder / "root.pem"
        self.url = ""
        self.status = 200
        self.spoil = False
        """Whether it answers to another request than the one that was sent."""
        self._first: bytes | None = None

    def answer(self, query: bytes) -> bytes:
        if self.spoil:
            self._first = self._first or query
            query = self._first
        (self.folder / "query.tsq").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq",
                      "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply.tsr")  # fmt: skip
        return (self.folder / "reply.tsr").read_bytes()

    def prepare(self) -> None:
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(
            "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=Test stamps\n"
            "[root]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always\n"
            "[leaf]\nbasicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\n"
            "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always\n"
            "extendedKeyUsage=critical,timeStamping\n"
            "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\nsigner_digest=sha256\n"
            "default_policy=1.2.3.4.1\ndigests=sha256,sha512\naccuracy=secs:1\nordering=no\n"
            "tsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n"
        )
        new_key = ("-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf")
        self._openssl("req", "-x509", *new_key, "-days", "30", "-subj", "/CN=Test root", "-extensions",
                      "root", "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
        self._openssl("req", *new_key, "-keyout", "tsa.key", "-out", "tsa.csr")
        self._openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
                      "-CAcreateserial", "-days", "30", "-extfile", "tsa.cnf", "-extensions", "leaf",
                      "-out", "tsa.pem")  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@contextmanager
def stamp_server(folder: Path) -> Iterator[StampServer]:
    """A running time-stamp server with a certificate of its own."""
    stamps = StampServer(folder)
    stamps.prepare()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            reply = stamps.answer(query) if stamps.status == 200 else b"no"
            self.send_response(stamps.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stamps.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield stamps
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def flip(data: bytes, at: int, by: int) -> bytes:
    """The same with one byte changed (`by` is 1 to 255)."""
    return data[:at] + struct.pack("B", data[at] ^ by) + data[at + 1 :]
