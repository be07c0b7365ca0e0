"""Fetching a model's zip: from the first mirror that answers, going on where the last try broke off.

In: a catalogue entry. Out: a whole file `NAME.zip.part` with its SHA-256, checked against what is known of it.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

from calls.errors import DownloadFailed, ModelBroken, StorageFull
from calls.transcripts.catalogue import CatalogueEntry

TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
"""Seconds; the read timeout is for one piece, so a slow but living server is waited for."""
TRIES_PER_MIRROR = 4
ROOM_FACTOR = 3
"""The zip, what is unpacked from it, and some."""
LARGEST_BYTES = 8 * 10**9
"""No zip of a model is larger: a server that sends more is not believed."""

Progress = Callable[[int, int], None]
"""Told (bytes so far, bytes in all or 0 if unknown)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole zip on disk. `verified_by`: "sha256" or "md5" of the catalogue, "list" (the publisher's), "nothing"."""

    path: Path
    sha256: str
    verified_by: str


def fetch(
    entry: CatalogueEntry,
    part: Path,
    mirrors: Sequence[str] = (),
    progress: Progress | None = None,
) -> Fetched:
    """Fetch a model's zip to `part`, resuming what is there.

    Args:
        entry: the model.
        part: where to collect the bytes; kept when it breaks off.
        mirrors: base URLs to try before the catalogue's own.
        progress: told how far it is.

    Raises:
        DownloadFailed: no mirror gave the file; the next call goes on from here.
        ModelBroken: the file is whole and not the one expected; it is deleted.
        StorageFull: no room for it.
    """
    _check_room(part.parent, (entry.bytes or entry.size_mb * 10**6) * ROOM_FACTOR)
    urls = [f"{base.rstrip('/')}/{entry.name}.zip" for base in mirrors] + [entry.url]
    last: DownloadFailed | None = None
    with httpx2.Client(timeout=TIMEOUT, follow_redirects=True) as client:
        for url in urls:
            try:
                _fetch_from(client, url, entry, part, progress)
            except DownloadFailed as error:
                last = error
                continue
            return _checked(client, url, entry, part)
    raise last or DownloadFailed(entry.url, "no address to fetch it from")


def _check_room(folder: Path, needed_bytes: int) -> None:
    if shutil.disk_usage(folder).free < needed_bytes:
        raise StorageFull(str(folder), needed_bytes)


def _fetch_from(
    client: httpx2.Client, url: str, entry: CatalogueEntry, part: Path, progress: Progress | None
) -> None:
    for attempt in range(TRIES_PER_MIRROR):
        before = part.stat().st_size if part.exists() else 0
        try:
            _stream(client, url, entry, part, progress)
            return
        except httpx2.HTTPError as error:
            came = (part.stat().st_size if part.exists() else 0) - before
            if attempt == TRIES_PER_MIRROR - 1 or came <= 0:
                raise DownloadFailed(url, f"{type(error).__name__}: {error}") from error


def _stream(
    client: httpx2.Client, url: str, entry: CatalogueEntry, part: Path, progress: Progress | None
) -> None:
    have = part.stat().st_size if part.exists() else 0
    if entry.bytes and have == entry.bytes:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx2.codes.RANGE_NOT_SATISFIABLE:
            if response.headers.get("Content-Range", "").endswith(f"/{have}"):
                return  # it was whole already
            part.unlink()
            raise DownloadFailed(url, "the server has another file than before: try again")
        if response.is_error:
            raise DownloadFailed(url, f"HTTP {response.status_code}")
        resumed = response.status_code == httpx2.codes.PARTIAL_CONTENT
        have = have if resumed else 0
        total = have + int(response.headers.get("Content-Length") or 0)
        limit = entry.bytes or LARGEST_BYTES
        _write(response, part, resumed, lambda so_far: progress and progress(so_far, total), limit)


def _write(
    response: httpx2.Response,
    part: Path,
    resumed: bool,
    tell: Callable[[int], object],
    limit_bytes: int,
) -> None:
    try:
        with part.open("ab" if resumed else "wb") as file:
            for piece in response.iter_raw():
                if file.tell() + len(piece) > limit_bytes:
                    raise ModelBroken(part.name, f"the server sends more than {limit_bytes} bytes")
                file.write(piece)
                tell(file.tell())
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(str(part.parent), limit_bytes) from error
        raise
    except ModelBroken:
        part.unlink()
        raise


def _checked(client: httpx2.Client, url: str, entry: CatalogueEntry, part: Path) -> Fetched:
    sha256, md5 = _digests(part)
    size = part.stat().st_size
    expected_md5, by = entry.md5, "md5"
    if not entry.sha256 and not entry.md5:
        expected_md5, by = _published_md5(client, url, entry.name), "list"
    if entry.sha256:
        by = "sha256"
    wrong = (
        (entry.bytes and size != entry.bytes)
        or (entry.sha256 and sha256 != entry.sha256)
        or (not entry.sha256 and expected_md5 and md5 != expected_md5)
    )
    if wrong:
        part.unlink()
        raise ModelBroken(
            entry.name, f"{url} sent another file than expected ({size} bytes, sha256 {sha256})"
        )
    return Fetched(part, sha256, by if entry.sha256 or expected_md5 else "nothing")


def _digests(path: Path) -> tuple[str, str]:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            sha256.update(piece)
            md5.update(piece)
    return sha256.hexdigest(), md5.hexdigest()


def _published_md5(client: httpx2.Client, url: str, name: str) -> str:
    """The MD5 in the publisher's list beside the zip; "" where there is no such list."""
    try:
        response = client.get(url.rsplit("/", 1)[0] + "/model-list.json")
        response.raise_for_status()
        return next((str(m["md5"]) for m in response.json() if m.get("name") == name), "")
    except (httpx2.HTTPError, ValueError, KeyError, AttributeError):
        return ""
