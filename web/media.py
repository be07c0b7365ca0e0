"""Recordings over HTTP: kept files by a safe path, with ranges and validators, and a log entry for every listening.

In: a path that a row names, relative to the data directory. Out: a response that browsers can seek in and no proxy keeps.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

PRIVATE = "private, no-cache"
"""Proxies keep nothing; a browser that kept something asks again each time, so that each listening is seen."""
LISTENING_GAP = timedelta(minutes=10)
"""A browser fetches one listening in many pieces. After so long without a piece the next one is a new listening."""
MOST_LISTENINGS = 10_000

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
"""One range; several at once are answered with the whole."""

MEDIA_TYPES = {
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
}


def kept_file(data_dir: Path, relative: str) -> Path:
    """The file that a row names, inside the data directory and nowhere else.

    Raises:
        HTTPException: 410, the file is not there (any more), or the row points elsewhere.
    """
    root = data_dir.resolve()
    path = (root / relative).resolve()
    if not relative or not path.is_relative_to(root) or not path.is_file():
        raise HTTPException(410)
    return path


def sound_response(request: Request, path: Path, etag: str) -> Response:
    """The file, whole or in the range asked for; 304 when the browser has it, 416 for a range beyond its end.

    Args:
        request: Gives If-None-Match, Range and If-Range.
        path: A file that exists.
        etag: Names this content, quoted; kept recordings never change, so their hash does.
    """
    headers = {
        "Cache-Control": PRIVATE,
        "ETag": etag,
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    if etag in _etags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
    return FileResponse(path, headers=headers, media_type=media_type, stat_result=os.stat(path))


def piece_response(
    request: Request, piece: bytes, media_type: str, headers: dict[str, str]
) -> Response:
    """Sound that was made for this answer, whole or in the one range asked for; 416 beyond its end.

    Args:
        request: Gives Range and If-Range.
        piece: All of it.
        media_type: Of the piece.
        headers: What the answer carries besides.
    """
    etag = f'"{hashlib.sha256(piece).hexdigest()[:32]}"'
    headers = headers | {"ETag": etag, "Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if not asked or request.headers.get("if-range", etag) != etag or asked.group() == "bytes=-":
        return Response(piece, media_type=media_type, headers=headers)
    size = len(piece)
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last or first >= size:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Response(piece[first : last + 1], 206, headers=headers, media_type=media_type)


def etag_of(sha256: str, path: Path) -> str:
    """A validator for a kept file: its hash if known, else its size and time."""
    if sha256:
        return f'"{sha256[:32]}"'
    found = path.stat()
    return f'"{found.st_mtime_ns:x}-{found.st_size:x}"'


def _etags(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}


class Listenings:
    """Which listenings go on now: tells the first piece of a listening from the pieces that follow.

    Kept in memory on purpose: forgetting (a restart, another process, too many at once) only makes one entry more in
    the audit log, never one less.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, int], datetime] = OrderedDict()

    def is_new(self, session_key: str, recording_id: int, now: datetime) -> bool:
        """Whether this piece begins a listening. Says so until `heard` was called for it."""
        last = self._last.get((session_key, recording_id))
        return last is None or now - last > LISTENING_GAP

    def heard(self, session_key: str, recording_id: int, now: datetime) -> None:
        """Note a piece: the listening, already logged, goes on."""
        key = (session_key, recording_id)
        self._last[key] = now
        self._last.move_to_end(key)
        while len(self._last) > MOST_LISTENINGS:
            self._last.popitem(last=False)
