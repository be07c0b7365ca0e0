"""A local HTTP server of model zips: with ranges, and able to break off, to lack files and to lie."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILES = {
    "am/final.mdl": b"acoustic model " * 2000,
    "conf/model.conf": b"--beam=10\n",
    "conf/mfcc.conf": b"--sample-frequency=8000\n",
}


def model_zip(name: str, files: Mapping[str, bytes] = FILES) -> bytes:
    """A zip with one directory `name`; not compressed, so that its size is that of the files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}/{path}"), content)
    return out.getvalue()


class ModelServer:
    """What the server has, and how it behaves."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.break_after: list[int] = []
        """The next answers break off after so many bytes, one after the other."""
        self.ranges = True
        self.requests: list[tuple[str, str]] = []
        """(path, Range header) of every request."""
        self.url = ""


@contextmanager
def serving() -> Iterator[ModelServer]:
    """Serve on a free port of the loopback interface."""
    server = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            server.requests.append((self.path, wanted))
            content = server.files.get(self.path)
            if content is None:
                self._answer(404, b"")
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-") or 0) if server.ranges else 0
            if start and start >= len(content):
                self._answer(416, b"", {"Content-Range": f"bytes */{len(content)}"})
                return
            self._answer(206 if start else 200, content[start:])

        def _answer(
            self, status: int, body: bytes, headers: Mapping[str, str] | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            if body and server.break_after:
                body = body[: server.break_after.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
