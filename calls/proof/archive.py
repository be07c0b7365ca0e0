"""Writing the archive of a proof pack: bytes and files become one zip file of exactly one possible form.

In: parts, measured before. Out: the file. Large recordings are copied piece by piece, never held in memory. The form
itself is defined in `calls.proof.verify`, which an outsider has too.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from calls.errors import ProofImpossible
from calls.proof.manifest import ListedFile
from calls.proof.verify import (
    MOST_BYTES,
    MOST_FILES,
    PIECE_BYTES,
    central_header,
    end_record,
    is_name,
    local_header,
    order_of,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the pack: where its contents come from, and what they were when they were measured."""

    name: str
    source: bytes | Path
    size: int
    crc: int
    sha256: str

    @property
    def listed(self) -> ListedFile:
        """How the manifest lists it."""
        return ListedFile(self.name, self.size, self.sha256)


def part(name: str, source: bytes | Path) -> Part:
    """Measure a part.

    Raises:
        ProofImpossible: its name cannot stand in a pack, or its file cannot be read.
    """
    if not is_name(name):
        raise ProofImpossible(f"{name!r} cannot be the name of a file in a proof pack")
    digest, crc, size = hashlib.sha256(), 0, 0
    for piece in _pieces(source):
        digest.update(piece)
        crc = zlib.crc32(piece, crc)
        size += len(piece)
    return Part(name, source, size, crc, digest.hexdigest())


def packed_size(parts: Iterable[Part]) -> int:
    """How many bytes the archive of these parts has."""
    empty = len(end_record(0, 0, 0))
    heads = len(local_header("", 0, 0)) + len(central_header("", 0, 0, 0))
    return empty + sum(one.size + heads + 2 * len(one.name.encode()) for one in parts)


def write(parts: Sequence[Part], target: BinaryIO) -> str:
    """Write the archive, whatever order the parts come in.

    Returns:
        The SHA-256 of the whole file.

    Raises:
        ProofImpossible: too large, a name twice, or a file changed since it was measured.
    """
    require_fitting(parts)
    out = _Hashed(target)
    placed: list[tuple[Part, int]] = []
    for one in sorted(parts, key=lambda one: order_of(one.name)):
        placed.append((one, out.at))
        out.write(local_header(one.name, one.crc, one.size))
        for piece in _unchanged(one):
            out.write(piece)
    begins_at = out.at
    for one, header_at in placed:
        out.write(central_header(one.name, one.crc, one.size, header_at))
    out.write(end_record(len(placed), out.at - begins_at, begins_at))
    return out.digest.hexdigest()


def require_fitting(parts: Sequence[Part]) -> None:
    """Refuse what cannot be one pack.

    Raises:
        ProofImpossible: too large, too many files, or a name twice.
    """
    if len({one.name for one in parts}) != len(parts):
        raise ProofImpossible("two files of the pack have the same name")
    size = packed_size(parts)
    if size > MOST_BYTES or len(parts) > MOST_FILES:
        raise ProofImpossible(
            f"the pack would have {size / 2**30:.1f} GiB in {len(parts)} files, and 4 GiB fit into one:"
            " make packs of single calls",
            "too_large",
        )


class _Hashed:
    """A file that is written once from its first byte to its last, with position and hash."""

    def __init__(self, target: BinaryIO) -> None:
        self.target = target
        self.at = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.target.write(data)
        self.digest.update(data)
        self.at += len(data)


def _unchanged(one: Part) -> Iterator[bytes]:
    crc = size = 0
    digest = hashlib.sha256()
    for piece in _pieces(one.source):
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        digest.update(piece)
        yield piece
    if (size, crc, digest.hexdigest()) != (one.size, one.crc, one.sha256):
        raise ProofImpossible(f"{one.name} changed while the pack was made: try again", "changed")


def _pieces(source: bytes | Path) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    try:
        with source.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece
    except OSError as error:
        raise ProofImpossible(f"{source.name} cannot be read: {error.strerror}") from error
