"""Recordings fetched over SFTP, as the PBX's own SSH server offers it.

In: an address, an account, a directory. Out: fetched files. The server must prove who it is: its key stands in
`known_hosts`, and no key is ever accepted because nothing was known before.
"""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import cast

import asyncssh

from calls.errors import RecordingSourceFailed
from calls.recordings import fetching
from calls.recordings.fetching import PIECE_BYTES, Limits, Remote
from calls.recordings.names import SeenFile, is_sound
from calls.recordings.source import DEEPEST, Looked, speakable


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpSource:
    """A directory of an SSH server. `secret`: the password, or the passphrase of `key_file`."""

    host: str
    folder: str
    known_hosts: Path
    port: int = 22
    user: str = ""
    secret: str = field(default="", repr=False)
    key_file: Path | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def label(self) -> str:
        """The address without the secret."""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port != 22 else ""
        return f"sftp://{user}{self.host}{port}{self.folder}"

    async def bring(self, named: Sequence[str], into: Path) -> Path:
        """Fetch the named files that are there."""
        async with self._session() as sftp:
            root = await sftp.realpath(self.folder)
            for way in fetching.ways_of(named):
                await self._first_of(sftp, str(root), way, into)
        return into

    async def look(self, known: Collection[str], most: int | None = None) -> Looked:
        """Read the folders; the facts come with the names."""
        names: set[str] = set()
        new: list[SeenFile] = []
        async with self._session() as sftp:
            async for path, attrs in self._walk(sftp, self.folder, "", DEEPEST):
                names.add(path)
                if path not in known:
                    changed = datetime.fromtimestamp(attrs.mtime or 0, UTC)
                    size = attrs.size or 0
                    new.append(SeenFile(path=path, size_bytes=size, changed_at=changed))
        return Looked(frozenset(names), tuple(new))

    async def probe(self) -> str:
        """Log in and open the folder."""
        async with self._session() as sftp:
            await sftp.realpath(self.folder)
            if not await sftp.isdir(self.folder):
                raise self._failed("unreadable", "there is no such directory")
        return f"{self.label} can be read."

    async def _first_of(
        self, sftp: asyncssh.SFTPClient, root: str, way: list[PurePosixPath], into: Path
    ) -> None:
        for name in way:
            if (into / name).is_file():
                return  # fetched by a try before, which was cut off at another file
            before = await self._remote(sftp, root, name)
            if before is None:
                continue
            fetching.check_size(self.label, before, into, self.limits)
            part = fetching.part_of(before, into)
            offset = part.stat().st_size if part.exists() else 0
            async with sftp.open(posixpath.join(root, name), "rb") as file:
                pieces = _pieces(file, offset)
                await fetching.gather(self.label, pieces, part, offset, self.limits)
            after = await self._remote(sftp, root, name)
            fetching.finish(part, after or before, before, into)
            return

    async def _remote(
        self, sftp: asyncssh.SFTPClient, root: str, name: PurePosixPath
    ) -> Remote | None:
        """A file below the root, whatever links it is reached by; None where there is none."""
        try:
            real = str(await sftp.realpath(posixpath.join(root, name)))
            if posixpath.commonpath((root, real)) != root:
                return None  # a link that leads out of the recordings
            attrs = await sftp.stat(real)
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None
        if not stat.S_ISREG(attrs.permissions or stat.S_IFREG):
            return None
        return Remote(
            name=name, size_bytes=attrs.size, version=str(attrs.mtime), changed_s=attrs.mtime
        )

    async def _walk(
        self, sftp: asyncssh.SFTPClient, folder: str, prefix: str, depth: int
    ) -> AsyncIterator[tuple[str, asyncssh.SFTPAttrs]]:
        below: list[str] = []
        async for entry in sftp.scandir(folder):
            name = str(entry.filename)
            mode = entry.attrs.permissions or 0
            if stat.S_ISDIR(mode):
                if not name.startswith("."):
                    below.append(name)
            elif is_sound(name) and speakable(prefix + name) and not stat.S_ISLNK(mode):
                yield prefix + name, entry.attrs
        for name in sorted(below) if depth else ():
            path = posixpath.join(folder, name)
            async for found in self._walk(sftp, path, f"{prefix}{name}/", depth - 1):
                yield found

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """A logged-in session, bounded in time; every error of it says what to mend."""
        if not self.known_hosts.is_file():
            raise await self._unknown_key(f"{self.known_hosts} is not there")
        try:
            with self._typed_errors():
                async with (
                    asyncio.timeout(self.limits.timeout_s),
                    asyncssh.connect(
                        self.host,
                        self.port,
                        username=self.user or (),
                        password=None if self.key_file else self.secret or None,
                        client_keys=[str(self.key_file)] if self.key_file else None,
                        passphrase=(self.secret or None) if self.key_file else None,
                        known_hosts=str(self.known_hosts),
                        agent_path=None,
                        config=None,
                        connect_timeout=self.limits.connect_s,
                        login_timeout=self.limits.connect_s,
                    ) as connection,
                    connection.start_sftp_client(path_errors="surrogateescape") as sftp,
                ):
                    yield sftp
        except asyncssh.HostKeyNotVerifiable as error:
            raise await self._unknown_key("its key is not the one that is known") from error

    @contextmanager
    def _typed_errors(self) -> Iterator[None]:
        try:
            yield
        except asyncssh.HostKeyNotVerifiable:
            raise
        except asyncssh.PermissionDenied as error:
            raise self._failed(
                "refused",
                "the login was refused",
                "Check user, recording_secret and recording_key_file; the key must be in authorized_keys there",
            ) from error
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            mend = "recording_secret must be the passphrase of the key"
            raise self._failed("settings", f"{self.key_file}: {error}", mend) from error
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
            raise self._failed("unreadable", "there is no such directory") from error
        except asyncssh.SFTPPermissionDenied as error:
            mend = "Put the user into Asterisk's group on the PBX"
            raise self._failed("unreadable", "the user may not read there", mend) from error
        except TimeoutError as error:
            why = f"no answer, or not finished within {self.limits.timeout_s:g} s"
            raise self._failed("unreachable", why, "What was fetched is kept") from error
        except (asyncssh.Error, OSError) as error:
            raise self._failed("unreachable", str(error) or type(error).__name__) from error

    def _failed(self, kind: str, why: str, mend: str = "") -> RecordingSourceFailed:
        return RecordingSourceFailed(self.label, kind, why, mend)

    async def _unknown_key(self, why: str) -> RecordingSourceFailed:
        """Say how to make the key known, with the one that was shown: comparing it is a person's work."""
        try:
            async with asyncio.timeout(self.limits.connect_s):
                key = await asyncssh.get_server_host_key(self.host, self.port, config=None)
        except (TimeoutError, asyncssh.Error, OSError):
            key = None
        shown = f" (it shows {key.get_fingerprint()})" if key else ""
        mend = (
            "Compare it on the PBX itself with: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub ; if it is the same: "
            f"ssh-keyscan -p {self.port} {self.host} >> {self.known_hosts}"
        )
        return self._failed("host_key", f"the server is not known: {why}{shown}", mend)


async def _pieces(file: asyncssh.SFTPClientFile, offset: int) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE_BYTES, offset):
        yield cast(bytes, piece)  # opened as "rb"
        offset += len(piece)
