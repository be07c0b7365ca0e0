"""Writing packs: from memory and from files, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from support import proof

from calls.errors import ProofImpossible
from calls.proof import archive
from calls.proof.archive import Part


def test_large_file_is_copied_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "PIECE_BYTES", 1000)
    source = tmp_path / "recording.wav"
    source.write_bytes(bytes(range(256)) * 40)
    out = io.BytesIO()
    measured = archive.part("audio/recording.wav", source)
    archive.write([measured], out)
    assert len(out.getvalue()) == archive.packed_size([measured])
    (tmp_path / "pack.zip").write_bytes(out.getvalue())
    assert proof.contents(tmp_path / "pack.zip") == {"audio/recording.wav": source.read_bytes()}


def test_file_that_changed_since_it_was_measured_makes_no_pack(tmp_path: Path) -> None:
    source = tmp_path / "recording.wav"
    source.write_bytes(b"before")
    measured = archive.part("recording.wav", source)
    source.write_bytes(b"behind")
    with pytest.raises(ProofImpossible, match="changed while"):
        archive.write([measured], io.BytesIO())


@pytest.mark.parametrize(
    "name", ["../up", "/root", "A.txt", "a b", "", "a//b", ".x", "é", "x" * 201]
)
def test_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(ProofImpossible, match="cannot be the name"):
        archive.part(name, b"")


def test_name_given_twice_is_refused() -> None:
    parts = [archive.part("a", b"1"), archive.part("a", b"2")]
    with pytest.raises(ProofImpossible, match="same name"):
        archive.write(parts, io.BytesIO())


def test_pack_beyond_4_gib_is_refused_before_it_is_written() -> None:
    huge = Part("audio/huge.wav", b"", 2**32, 0, "")
    with pytest.raises(ProofImpossible, match="4 GiB"):
        archive.write([huge], io.BytesIO())


def test_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProofImpossible, match="cannot be read"):
        archive.part("gone.wav", tmp_path / "gone.wav")
