"""Where the recordings of one PBX are: a directory of this machine, or one that is fetched from.

In: what the PBX named. Out: a folder in which `calls.recordings.files.find` sees the files; and a look at what is there.
`calls.recordings.sftp` and `.http` are the sources of other machines; `calls.recordings.places` makes them of settings.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from calls.errors import RecordingSourceFailed
from calls.recordings.names import SeenFile, is_sound

DEEPEST = 8
"""Folders below folders: deeper ones are not looked into (a bound, for links may go round)."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: every name that is there, and the facts of those that were not known."""

    names: frozenset[str]
    new: tuple[SeenFile, ...]
    more: int = 0
    """Unknown names beyond the bound of this look: their facts come with a later look."""


class Source(Protocol):
    """Where one PBX's recordings come from."""

    @property
    def label(self) -> str:
        """The place in words, without secrets."""

    async def bring(self, named: Sequence[str], into: Path) -> Path:
        """Make the files that the PBX named readable here.

        Args:
            named: paths as the PBX names them; those that are not there are left out.
            into: an own folder for this recording, for what must be fetched; a try that was cut off goes on there.

        Returns:
            The directory to `find` them in.

        Raises:
            RecordingSourceFailed: the place cannot be reached, or refuses.
            RecordingIncomplete: a file still grows.
            StorageFull: no room for it.
        """

    async def look(self, known: Collection[str], most: int | None = None) -> Looked:
        """See which sound files are there; facts only of those whose name is not in `known`.

        Args:
            known: names of which no facts are needed.
            most: facts of at most so many files, where each costs something; None: of all.

        Raises:
            RecordingSourceFailed: the place cannot be looked into.
        """

    async def probe(self) -> str:
        """Try the place without fetching anything, for `slovo doctor`; returns what was seen, in words.

        Raises:
            RecordingSourceFailed: it does not work; says why and how to mend it.
        """


@dataclass(frozen=True, slots=True)
class Directory:
    """Recordings that this machine sees in a directory."""

    path: Path

    @property
    def label(self) -> str:
        """The directory."""
        return str(self.path)

    async def bring(self, named: Sequence[str], into: Path) -> Path:
        """They are here already."""
        return self.path

    async def look(self, known: Collection[str], most: int | None = None) -> Looked:
        """Look in a thread: a share may be slow, and there may be very many files."""
        return await asyncio.to_thread(self._look, known, most)

    def _look(self, known: Collection[str], most: int | None) -> Looked:
        names: set[str] = set()
        new: list[SeenFile] = []
        more = 0
        try:
            for path, entry in _walk(self.path, "", DEEPEST):
                names.add(path)
                if path in known:
                    continue
                if most is not None and len(new) >= most:
                    more += 1
                elif seen := _seen(path, entry):
                    new.append(seen)
        except OSError as error:
            raise RecordingSourceFailed(
                self.label,
                "unreadable",
                error.strerror or str(error),
                "Is the directory mounted, and may this user read it?",
            ) from error
        return Looked(frozenset(names), tuple(new), more)

    async def probe(self) -> str:
        """The directory can be read."""
        await asyncio.to_thread(os.listdir, self.path)
        return f"{self.path} can be read."


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, os.DirEntry[str]]]:
    below: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith("."):
                    below.append(entry.name)
            elif is_sound(entry.name) and speakable(path):
                yield path, entry
    for name in sorted(below) if depth else ():
        yield from _walk(folder / name, f"{prefix}{name}/", depth - 1)


def speakable(path: str) -> bool:
    """Whether a name can be kept and shown: others (bytes that are no text) cannot be told to anybody."""
    try:
        return len(path.encode()) <= 1000 and "\0" not in path
    except UnicodeEncodeError:
        return False


def _seen(path: str, entry: os.DirEntry[str]) -> SeenFile | None:
    try:
        found = entry.stat()
    except FileNotFoundError:
        return None  # gone meanwhile
    return SeenFile(
        path=path,
        size_bytes=found.st_size,
        changed_at=datetime.fromtimestamp(found.st_mtime, UTC),
    )
