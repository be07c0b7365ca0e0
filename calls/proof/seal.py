"""Closing a proof pack: the manifest of all its files, the company's signature, a time-stamp, and the archive.

In: the files of the pack and what the manifest says of it. Out: one file, whole or not there at all. A time-stamp that
fails is told in the manifest, unless it was required.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from calls.errors import TimestampFailed
from calls.proof import archive
from calls.proof.archive import Part
from calls.proof.keys import CompanyKey
from calls.proof.manifest import Manifest, Stamping
from calls.proof.timestamp import fetch
from calls.proof.verify import MANIFEST, SIGNATURE, TIMESTAMP
from calls.recordings.storage import replacing


@dataclass(frozen=True, slots=True)
class Seal:
    """With what a pack is closed. `timestamp_url` "": no server is set."""

    key: CompanyKey
    timestamp_url: str = ""
    timestamp_required: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """A pack that was made."""

    sha256: str
    size_bytes: int
    key_id: str
    stamping: Stamping


def close(target: Path, manifest: Manifest, parts: Sequence[Part], seal: Seal) -> Sealed:
    """Write the pack.

    Args:
        target: the file; replaced if it is there.
        manifest: what it says of the whole.
        parts: all files but the manifest's own.
        seal: key and time-stamp server.

    Raises:
        ProofImpossible: too large, or a file changed meanwhile.
        TimestampFailed: no time-stamp, and one is required.
        StorageFull: no room; nothing is left behind.
    """
    archive.require_fitting(parts)
    head, stamping = _signed(manifest, parts, seal)
    everything = [*head, *parts]
    with (
        replacing(target, archive.packed_size(everything)) as part,
        part.open("wb") as file,
    ):
        sha256 = archive.write(everything, file)
    return Sealed(sha256, target.stat().st_size, seal.key.id, stamping)


def _signed(manifest: Manifest, parts: Sequence[Part], seal: Seal) -> tuple[list[Part], Stamping]:
    """The manifest, its signature and, if there is one, the time-stamp of both."""
    if not seal.timestamp_url:
        return _head(manifest, parts, seal.key, Stamping()), Stamping()
    stamping = Stamping("attached", seal.timestamp_url)
    head = _head(manifest, parts, seal.key, stamping)
    try:
        answer = fetch(seal.timestamp_url, b"".join(_bytes_of(one) for one in head))
    except TimestampFailed as error:
        if seal.timestamp_required:
            raise
        stamping = Stamping("failed", seal.timestamp_url, error.why)
        return _head(manifest, parts, seal.key, stamping), stamping
    return [*head, archive.part(TIMESTAMP, answer)], stamping


def _head(
    manifest: Manifest, parts: Sequence[Part], key: CompanyKey, stamping: Stamping
) -> list[Part]:
    listed = [one.listed for one in parts]
    text = manifest.bytes_with(listed, key.public.hex(), key.id, stamping)
    return [archive.part(MANIFEST, text), archive.part(SIGNATURE, key.sign(text))]


def _bytes_of(one: Part) -> bytes:
    assert isinstance(one.source, bytes)  # noqa: S101 - made two functions above
    return one.source
