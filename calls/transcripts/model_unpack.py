"""Unpacking a model's zip without trusting it.

In: a zip from anywhere. Out: a directory with the model's files, none outside of it and not more than allowed.
"""

from __future__ import annotations

import errno
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from calls.errors import ModelBroken, StorageFull
from calls.transcripts.model_files import missing_files

LARGEST_UNPACKED_BYTES = 20 * 10**9
MOST_FILES = 5000
PIECE_BYTES = 1 << 20


def unpack(path: Path, into: Path, most_bytes: int = LARGEST_UNPACKED_BYTES) -> Path:
    """Unpack a zip into an empty directory and return the model's directory in it.

    Args:
        path: the zip.
        into: an existing, empty directory.
        most_bytes: what all files together may have.

    Raises:
        ModelBroken: no zip, damaged, larger than allowed, names outside of the directory, or no model in it.
        StorageFull: no room.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check(path.name, members, most_bytes)
            _check_room(into, sum(info.file_size for info in members))
            left = most_bytes
            for info in members:
                left -= _extract(archive, info, into, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ModelBroken(path.name, f"this is no zip that can be read: {error}") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(str(into), most_bytes) from error
        raise
    return _model_in(path.name, into)


def _check(name: str, members: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(members) > MOST_FILES:
        raise ModelBroken(name, f"{len(members)} files: no model has so many")
    if sum(info.file_size for info in members) > most_bytes:
        raise ModelBroken(name, f"unpacked it would have more than {most_bytes} bytes")
    for info in members:
        member = PurePosixPath(info.filename)
        unsafe = (
            member.is_absolute()
            or ".." in member.parts
            or "\\" in info.filename
            or ":" in info.filename
        )
        if unsafe or stat.S_ISLNK(info.external_attr >> 16):
            raise ModelBroken(name, f"it holds {info.filename!r}, which leads out of its directory")


def _check_room(into: Path, needed_bytes: int) -> None:
    if shutil.disk_usage(into).free < needed_bytes:
        raise StorageFull(str(into), needed_bytes)


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, into: Path, most_bytes: int) -> int:
    """Write one file; its header's size is not believed."""
    target = into.joinpath(*PurePosixPath(info.filename).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(info) as source, target.open("wb") as file:
        while piece := source.read(PIECE_BYTES):
            written += len(piece)
            if written > most_bytes:
                raise ModelBroken(archive.filename or "", "it unpacks to more than its headers say")
            file.write(piece)
    return written


def _model_in(name: str, folder: Path) -> Path:
    for candidate in (folder, *sorted(p for p in folder.iterdir() if p.is_dir())):
        if not missing_files(candidate):
            return candidate
    inner = next((p for p in sorted(folder.iterdir()) if p.is_dir()), folder)
    raise ModelBroken(name, f"this is no Vosk model: {', '.join(missing_files(inner))} missing")
