"""Places of recordings on "another machine": an SFTP server and a web server on the loopback, with faults on request.

In: a folder. Out: running servers. `Faults` says what goes wrong; it is asked at every request.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import asyncssh

USER, PASSWORD = "slovo", "right horse"


@dataclass
class Faults:
    """`cut_after`: bytes after which the next transfer breaks off, once. `grows`: each look finds the file longer."""

    cut_after: int | None = None
    grows: Path | None = None
    asked: list[str] = field(default_factory=list)

    def cut(self) -> int | None:
        found, self.cut_after = self.cut_after, None
        return found

    def look(self, path: str) -> None:
        self.asked.append(path)
        if self.grows is not None:
            with self.grows.open("ab") as file:
                file.write(b"more")


class _Account(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return False


class _Files(asyncssh.SFTPServer):
    faults: Faults
    folder: Path

    def __init__(self, channel: asyncssh.SSHServerChannel) -> None:
        super().__init__(channel, chroot=str(self.folder).encode())

    def stat(self, path: bytes) -> object:
        self.faults.look(path.decode())
        return super().stat(path)

    def read(self, file_obj: object, offset: int, size: int) -> object:
        limit = self.faults.cut_after
        if limit is not None and offset + size > limit:
            self.faults.cut_after = None
            self.channel.get_connection().abort()
        return super().read(file_obj, offset, size)


@asynccontextmanager
async def sftp_server(
    folder: Path, faults: Faults, host_key: asyncssh.SSHKey
) -> AsyncIterator[int]:
    """Serve a folder; yields the port."""
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[host_key],
        server_factory=_Account,
        sftp_factory=type("Files", (_Files,), {"faults": faults, "folder": folder}),
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path
    faults: Faults
    authorization: str
    head_allowed = True

    def do_HEAD(self) -> None:
        if not self.head_allowed:
            self.answer(501)
        else:
            self.serve(body=False)

    def do_GET(self) -> None:
        self.serve(body=True)

    def serve(self, *, body: bool) -> None:
        path = unquote(self.path)
        self.faults.look(path)
        if self.headers.get("Authorization", "") != self.authorization:
            self.answer(401)
            return
        if path.startswith("/moved/"):
            self.answer(302, Location="https://elsewhere.example/login?next=/")
            return
        file = self.folder / path.removeprefix("/rec/")
        if not file.is_file():
            self.answer(404)
            return
        self.send_file(file.read_bytes(), file.stat().st_mtime, body=body)

    def send_file(self, data: bytes, changed_s: float, *, body: bool) -> None:
        begin = 0
        wanted = self.headers.get("Range", "")
        if body and wanted:
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(data) - begin))
        self.send_header("Last-Modified", formatdate(changed_s, usegmt=True))
        self.end_headers()
        if not body:
            return
        limit = self.faults.cut()
        self.wfile.write(data[begin:] if limit is None else data[begin:limit])
        if limit is not None:
            self.close_connection = True

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web_server(
    folder: Path, faults: Faults, authorization: str = "", *, head_allowed: bool = True
) -> Iterator[int]:
    """Serve a folder below /rec/; yields the port."""
    values = {
        "folder": folder, "faults": faults, "authorization": authorization,
        "head_allowed": head_allowed,
    }  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Request", (_Request,), values))
    thread = threading.Thread(target=partial(server.serve_forever, 0.02), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
