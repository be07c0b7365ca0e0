"""Recordings fetched over HTTP or HTTPS, from a web server in front of the PBX's directory.

In: the address of the directory and, if needed, an account or a token. Out: fetched files. Redirections are not followed:
a secret must reach nobody but the server that it is for. Nobody can look around here; only what is named is fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import httpx2

from calls.errors import RecordingSourceFailed
from calls.recordings import fetching
from calls.recordings.fetching import PIECE_BYTES, Limits, Remote
from calls.recordings.source import Looked

_NO_HEAD = (405, 501)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSource:
    """A directory of a web server. `secret`: the password of `user`, or without a user a bearer token."""

    url: str
    user: str = ""
    secret: str = field(default="", repr=False)
    limits: Limits = field(default_factory=Limits)

    @property
    def label(self) -> str:
        """The address without the secret."""
        return self.url.rstrip("/")

    async def bring(self, named: Sequence[str], into: Path) -> Path:
        """Fetch the named files that are there."""
        async with self._client() as client:
            for way in fetching.ways_of(named):
                for name in way:
                    if (into / name).is_file() or await self._fetch(client, name, into):
                        break
        return into

    async def look(self, known: Collection[str], most: int | None = None) -> Looked:
        """Nobody can look around over HTTP."""
        raise RecordingSourceFailed(
            self.label,
            "no_listing",
            "over HTTP only files that the PBX named can be fetched, nobody can look for others",
            "Use sftp:// or a mounted directory to find files without a call",
        )

    async def probe(self) -> str:
        """Ask for the directory itself: any answer but a refusal will do, for it need not be listed."""
        async with self._client() as client:
            answer = await client.head(self._address(PurePosixPath()))
            self._check(answer, PurePosixPath())
        return f"{self.label} answers ({answer.status_code})."

    async def _fetch(self, client: httpx2.AsyncClient, name: PurePosixPath, into: Path) -> bool:
        before = await self._remote(client, name)
        if before is None:
            return False
        fetching.check_size(self.label, before, into, self.limits)
        part = fetching.part_of(before, into)
        offset = part.stat().st_size if part.exists() and before.version else 0
        if before.size_bytes is None or offset < before.size_bytes:
            await self._pieces(client, before, part, offset)
        after = await self._remote(client, name)
        fetching.finish(part, after or before, before, into)
        return True

    async def _pieces(
        self, client: httpx2.AsyncClient, remote: Remote, part: Path, offset: int
    ) -> None:
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers |= {"Range": f"bytes={offset}-", "If-Range": remote.version}
        async with client.stream("GET", self._address(remote.name), headers=headers) as answer:
            self._check(answer, remote.name)
            begin = offset if answer.status_code == 206 else 0
            pieces = answer.aiter_raw(PIECE_BYTES)
            await fetching.gather(self.label, pieces, part, begin, self.limits)

    async def _remote(self, client: httpx2.AsyncClient, name: PurePosixPath) -> Remote | None:
        """What the server says of a file; None where it has none."""
        plain = {"Accept-Encoding": "identity"}
        answer = await client.head(self._address(name), headers=plain)
        if answer.status_code in _NO_HEAD:
            async with client.stream("GET", self._address(name), headers=plain) as got:
                answer = got  # its headers are enough
        if answer.status_code in (404, 410):
            return None
        self._check(answer, name)
        if answer.headers.get("content-type", "").startswith("text/html"):
            return None  # some servers say "not found" in a page that looks like success
        length = answer.headers.get("content-length", "")
        modified = answer.headers.get("last-modified", "")
        tag = answer.headers.get("etag", "")
        return Remote(
            name=name,
            size_bytes=int(length) if length.isdigit() else None,
            version=modified if tag.startswith("W/") or not tag else tag,
            changed_s=_seconds(modified),
        )

    def _check(self, answer: httpx2.Response, name: PurePosixPath) -> None:
        status = answer.status_code
        if status in (200, 206) or (name == PurePosixPath() and status in (404, 405, 501)):
            return
        if status in (401, 403):
            mend = "Check the user in recording_url and recording_secret"
            raise self._failed("refused", f"the server refuses {name} ({status})", mend)
        if 300 <= status < 400:
            where = answer.headers.get("location", "elsewhere").split("?")[0]
            mend = "Write the address that it points to into recording_url"
            raise self._failed("settings", f"the server sends us to {where}", mend)
        raise self._failed("unreachable", f"the server answers {status} for {name}")

    def _address(self, name: PurePosixPath) -> str:
        tail = "/".join(quote(part, safe="") for part in name.parts)
        return f"{self.url.rstrip('/')}/{tail}"

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx2.AsyncClient]:
        """A client bounded in time; every error of it says what to mend."""
        auth = httpx2.BasicAuth(self.user, self.secret) if self.user else None
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret and not auth else {}
        timeout = httpx2.Timeout(self.limits.connect_s)
        try:
            async with (
                asyncio.timeout(self.limits.timeout_s),
                httpx2.AsyncClient(
                    auth=auth, headers=headers, timeout=timeout, trust_env=False
                ) as client,
            ):
                yield client
        except TimeoutError as error:
            why = f"not finished within {self.limits.timeout_s:g} s"
            raise self._failed("unreachable", why, "What was fetched is kept") from error
        except httpx2.HTTPError as error:
            raise self._failed("unreachable", str(error) or type(error).__name__) from error

    def _failed(self, kind: str, why: str, mend: str = "") -> RecordingSourceFailed:
        return RecordingSourceFailed(self.label, kind, why, mend)


def _seconds(modified: str) -> float | None:
    try:
        return parsedate_to_datetime(modified).timestamp() if modified else None
    except ValueError:
        return None
