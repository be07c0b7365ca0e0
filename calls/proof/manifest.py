"""The manifest of a proof pack: what is in it, who made it, and what it is anchored in. Pure.

In: plain values and the measured files. Out: `manifest.json` in its one canonical form, the bytes that are signed. What
its fields mean:

- `files`: path, size and SHA-256 of every other file, by name;
- `audit`: how many rows the audit log had when the pack was made, and the hash of the newest: whoever changes, removes or
  cuts off older rows of the log afterwards cannot have that hash in its chain (`slovo audit verify --pack FILE`);
- `timestamp`: "attached" (`manifest.tsr` is part of the pack), "none" (no server is set) or "failed" (with the reason).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from calls.proof.verify import FORMAT, VERSION, canonical_json


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of the pack."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stamping:
    """What became of the time-stamp: `state` as above, `server` its address, `why` it failed."""

    state: str = "none"
    server: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the manifest says of the pack as a whole. `subject_kind`: "dispute" or "call"; `made_at`: ISO 8601, UTC."""

    subject_kind: str
    subject_id: int
    made_at: str
    made_by: str
    slovo_version: str
    audit_entries: int
    audit_head: str

    def bytes_with(
        self, files: Iterable[ListedFile], public_key: str, key_id: str, stamping: Stamping
    ) -> bytes:
        """The manifest as it is signed.

        Args:
            files: all files but the manifest's own.
            public_key: of the company, in hexadecimal digits.
            key_id: its short name.
            stamping: what became of the time-stamp.
        """
        values: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "subject": {"kind": self.subject_kind, "id": self.subject_id},
            "made_at": self.made_at,
            "made_by": self.made_by,
            "slovo": self.slovo_version,
            "audit": {"entries": self.audit_entries, "head": self.audit_head},
            "key": {"algorithm": "Ed25519", "id": key_id, "public": public_key},
            "timestamp": asdict(stamping),
            "files": [asdict(one) for one in sorted(files, key=lambda one: one.path)],
        }
        return canonical_json(values)
