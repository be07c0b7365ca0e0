#!/usr/bin/env python3
"""Check a proof pack of Slovo: is every byte as the company signed it? Needs Python 3.9 or newer and nothing else.

    python3 verify.py PACK.zip --key PUBLICKEY

PUBLICKEY is the company's public key: 64 hexadecimal digits, or a file with them or in PEM form. Get it, and the SHA-256
of this file, from the company itself and by another way than the pack: whoever alters a pack can sign it anew with a key
of his own, and could send a checker of his own, too.

What is checked: (1) the archive is byte for byte the one that its contents must give (headers, order, no gaps, nothing
behind it); (2) `manifest.json` is in canonical form and lists each other file with its size and SHA-256; (3)
`manifest.sig` is the Ed25519 signature (RFC 8032) of `manifest.json`; (4) `manifest.tsr`, if the manifest says that there
is one, is about these two. Whether the time-stamp's server is to be trusted is for `openssl ts -verify` to say.

Exit code: 0 valid, 1 not valid, 2 wrong usage. In Slovo itself this file also defines the form of packs. It is one file on
purpose, however long: an outsider can read it, and run it alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = "slovo-proof-pack"
VERSION = 1
MANIFEST, SIGNATURE, TIMESTAMP = "manifest.json", "manifest.sig", "manifest.tsr"
FIRST = (MANIFEST, SIGNATURE, TIMESTAMP)
"""These come first in the archive, in this order; all others follow by name."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
"""What a file in a pack may be called: no way upwards, and no letter that could pass for another."""
LONGEST_NAME = 200
MOST_BYTES = 0xFFFFFFFE
"""Of a whole pack: beyond it the zip format needs its 64-bit form."""
MOST_FILES = 65534
MOST_MANIFEST_BYTES = 64 * 2**20
PIECE_BYTES = 1 << 20
KEY_BYTES, SIGNATURE_BYTES = 32, 64


@dataclass(frozen=True)
class Fault:
    """Something that is not as it must be: where (a file of the pack, or a part of the archive), which bytes, what."""

    where: str
    what: str
    first_byte: int | None = None
    last_byte: int | None = None

    def __str__(self) -> str:
        """One line for people."""
        place = "" if self.first_byte is None else f" (bytes {self.first_byte} to {self.last_byte})"
        return f"{self.where}{place}: {self.what}"


@dataclass(frozen=True)
class Stored:
    """A file as it lies in the archive."""

    name: str
    header_at: int
    size: int
    crc: int
    sha256: str

    @property
    def data_at(self) -> int:
        """Where its contents begin."""
        return self.header_at + len(local_header(self.name, 0, 0))


@dataclass
class Report:
    """What was found. The pack is valid when there is no fault; notes say what else one should know."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    manifest: dict[str, Any] | None = None
    """Only once its signature has proved right."""
    public_key: str = ""
    timestamp: bytes = b""
    """The server's answer, where the manifest says that there is one."""
    stamped: bytes = b""
    """What the time-stamp must be about."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


# The form of the archive. Files are stored, not compressed, so no library's version matters; all that a zip file could
# say beside names and contents (times, rights, comments, extra fields) always says the same.


def local_header(name: str, crc: int, size: int) -> bytes:
    """What stands before a file's contents."""
    fixed = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0x0800, 0, 0, 0x21, crc, size, size,
                        len(name.encode()), 0)  # fmt: skip
    return fixed + name.encode()


def central_header(name: str, crc: int, size: int, header_at: int) -> bytes:
    """A file's entry in the list at the archive's end."""
    fixed = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 0x0314, 20, 0x0800, 0, 0, 0x21, crc, size, size,
                        len(name.encode()), 0, 0, 0, 0, 0o100644 << 16, header_at)  # fmt: skip
    return fixed + name.encode()


def end_record(files: int, size: int, begins_at: int) -> bytes:
    """What ends the archive: how many files, and where their list is."""
    return struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, files, files, size, begins_at, 0)


def order_of(name: str) -> tuple[int, str]:
    """A sort key: the place of a file in the archive."""
    return (FIRST.index(name), "") if name in FIRST else (len(FIRST), name)


def is_name(name: str) -> bool:
    """Whether a file in a pack may be called so."""
    return len(name) <= LONGEST_NAME and NAME.fullmatch(name) is not None


def canonical_json(value: Any) -> bytes:
    """The one way to write a value: sorted keys, no spaces, UTF-8, a line's end behind it."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode() + b"\n"


# Reading an archive: from its first byte to its last, and each must be as the form says.


def read_archive(file: BinaryIO, faults: list[Fault]) -> list[Stored]:
    """Walk through the archive and compare it with what its names and contents must give.

    Returns:
        The files up to the first place where the form is lost.
    """
    found: list[Stored] = []
    at = 0
    while True:
        file.seek(at)
        head = file.read(30)
        if head[:4] != b"PK\x03\x04" or len(head) < 30:
            break
        stored = _read_file(file, at, head, faults)
        if stored is None:
            return found
        if found and order_of(stored.name) <= order_of(found[-1].name):
            faults.append(Fault(stored.name, f"stands behind {found[-1].name}, where it must not"))
        found.append(stored)
        at = stored.data_at + stored.size
        if len(found) > MOST_FILES or at > MOST_BYTES:
            faults.append(Fault("archive", "it is larger than any pack can be"))
            return found
    _check_end(file, at, found, faults)
    return found


def _read_file(file: BinaryIO, at: int, head: bytes, faults: list[Fault]) -> Stored | None:
    crc, size, _size, name_bytes, _extra = struct.unpack("<3I2H", head[14:30])
    raw = file.read(name_bytes)
    name = raw.decode("ascii", "replace")
    end = at + 30 + len(raw)
    if not is_name(name):
        faults.append(
            Fault("archive", "a file's name was altered, or may not stand in a pack", at, end)
        )
        return None
    sha256, real_crc, read = hashlib.sha256(), 0, 0
    while read < size:
        piece = file.read(min(PIECE_BYTES, size - read))
        if not piece:
            faults.append(Fault(name, "the archive ends before the file does", end, end + read))
            return None
        sha256.update(piece)
        real_crc = zlib.crc32(piece, real_crc)
        read += len(piece)
    if head + raw != local_header(name, crc, size):
        faults.append(Fault(name, "its header was altered", at, end - 1))
    elif crc != real_crc:
        faults.append(Fault(name, "contents or checksum were altered", at, end + size - 1))
    return Stored(name, at, size, crc, sha256.hexdigest())


def _check_end(file: BinaryIO, at: int, found: list[Stored], faults: list[Fault]) -> None:
    parts = [
        (
            f"the list's entry of {one.name}",
            central_header(one.name, one.crc, one.size, one.header_at),
        )
        for one in found
    ]
    parts.append(("the archive's end", end_record(len(found), sum(len(p) for _, p in parts), at)))
    file.seek(at)
    for where, wanted in parts:
        if file.read(len(wanted)) != wanted:
            faults.append(Fault(where, "altered, missing or cut off", at, at + len(wanted) - 1))
            return
        at += len(wanted)
    if file.read(1):
        faults.append(Fault("the archive's end", "something was put behind it", at, at))


# The signature: Ed25519 as in RFC 8032, section 5.1, points in extended coordinates.

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _add(p: _Point, q: _Point) -> _Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _point(data: bytes) -> _Point | None:
    """Decode a point; None where the bytes are none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def signature_is_right(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the signature of the message by the holder of this key."""
    if len(public_key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    key, s = _point(public_key), int.from_bytes(signature[32:], "little")
    if key is None or _BASE is None or s >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(digest, "little") % _L
    minus = (_P - key[0], key[1], 1, _P - key[3])
    table = ((0, 1, 1, 0), _BASE, minus, _add(_BASE, minus))
    total: _Point = table[0]
    for bit in range(253, -1, -1):
        total = _add(_add(total, total), table[(s >> bit & 1) + 2 * (k >> bit & 1)])
    inverse = pow(total[2], _P - 2, _P)
    x, y = total[0] * inverse % _P, total[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# The pack as a whole.


def check(
    path: Path,
    key: bytes | None = None,
    is_right: Callable[[bytes, bytes, bytes], bool] = signature_is_right,
) -> Report:
    """Check a pack.

    Args:
        path: the file.
        key: the company's public key; without it the one in the pack itself is taken, which proves less.
        is_right: what checks the signature: called with key, message and signature.
    """
    report = Report()
    with path.open("rb") as file:
        found = {one.name: one for one in read_archive(file, report.faults)}
        manifest = _contents(file, found, MANIFEST, report)
        signature = _contents(file, found, SIGNATURE, report)
        report.timestamp = _contents(file, found, TIMESTAMP, report) if TIMESTAMP in found else b""
    report.stamped = manifest + signature
    values = _manifest_of(manifest, report)
    if values is None:
        return report
    _check_signature(values, manifest, signature, key, is_right, report)
    _check_files(values, found, report)
    _check_timestamp(values, report)
    return report


def read_json(path: Path, name: str) -> Any:
    """The values of a file in a pack that was found valid."""
    with path.open("rb") as file:
        stored = next(one for one in read_archive(file, []) if one.name == name)
        file.seek(stored.data_at)
        return json.loads(file.read(stored.size))


def _contents(file: BinaryIO, found: dict[str, Stored], name: str, report: Report) -> bytes:
    stored = found.get(name)
    if stored is None:
        report.faults.append(Fault(name, "missing"))
        return b""
    if stored.size > MOST_MANIFEST_BYTES:
        report.faults.append(Fault(name, "far too large"))
        return b""
    file.seek(stored.data_at)
    return file.read(stored.size)


def _manifest_of(data: bytes, report: Report) -> dict[str, Any] | None:
    """The values, if they are of the form that this program knows."""
    try:
        values = json.loads(data.decode())
        listed = {one["path"]: (one["bytes"], one["sha256"]) for one in values["files"]}
        known = values["format"] == FORMAT and values["version"] == VERSION
        key = bytes.fromhex(values["key"]["public"])
        fits = known and all(map(is_name, listed)) and len(key) == KEY_BYTES
        fits = fits and isinstance(values["timestamp"]["state"], str)
        # It is printed: nothing in it may pass for a line of this program.
        fits = fits and re.fullmatch(r"[0-9T:.+Z-]{1,40}", values["made_at"]) is not None
        if fits and canonical_json(values) == data:
            return dict(values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    report.faults.append(Fault(MANIFEST, "no manifest of a proof pack in canonical form"))
    return None


def _check_signature(  # noqa: PLR0913 (what belongs to a signature)
    values: dict[str, Any],
    manifest: bytes,
    signature: bytes,
    key: bytes | None,
    is_right: Callable[[bytes, bytes, bytes], bool],
    report: Report,
) -> None:
    own = bytes.fromhex(values["key"]["public"])
    report.public_key = own.hex()
    if key is not None and key != own:
        report.faults.append(Fault(MANIFEST, f"signed with another key: {own.hex()}"))
    elif is_right(own, manifest, signature):
        report.manifest = values
    else:
        report.faults.append(Fault(SIGNATURE, "this is not the signature of the manifest"))
    if key is None:
        report.notes.append(
            f"The key {own.hex()} is the pack's own word. Compare it with the key that the company publishes, or give"
            " that with --key: only then is it known who signed."
        )


def _check_files(values: dict[str, Any], found: dict[str, Stored], report: Report) -> None:
    listed = {one["path"]: one for one in values["files"]}
    if (
        list(listed) != sorted(listed)
        or len(listed) != len(values["files"])
        or set(listed) & set(FIRST)
    ):
        report.faults.append(Fault(MANIFEST, "its list of files is not in order"))
    for name, wanted in listed.items():
        stored = found.get(name)
        if stored is None:
            report.faults.append(Fault(name, "listed in the manifest, but not in the archive"))
        elif (stored.size, stored.sha256) != (wanted["bytes"], wanted["sha256"]):
            last = stored.data_at + stored.size - 1
            report.faults.append(Fault(name, "not what the manifest lists", stored.data_at, last))
    for name in set(found) - set(listed) - set(FIRST):
        report.faults.append(Fault(name, "in the archive, but not listed in the manifest"))


def _check_timestamp(values: dict[str, Any], report: Report) -> None:
    attached = values["timestamp"]["state"] == "attached"
    if attached != bool(report.timestamp):
        what = (
            "missing, though the manifest says that there is one" if attached else "not announced"
        )
        report.faults.append(Fault(TIMESTAMP, what))
    elif attached and hashlib.sha256(report.stamped).digest() not in report.timestamp:
        report.faults.append(Fault(TIMESTAMP, "this time-stamp is about something else"))
    elif attached:
        report.notes.append(
            "There is a time-stamp of this manifest and signature. Whether its server is to be trusted, check with the"
            f" server's certificate: put {MANIFEST} and {SIGNATURE} one behind the other into signed.bin, then"
            f" openssl ts -verify -data signed.bin -in {TIMESTAMP} -CAfile CERTIFICATE.pem"
        )


def read_key(text: str) -> bytes:
    """A public key: 64 hexadecimal digits, or the name of a file with them or in PEM form.

    Raises:
        ValueError: it is none.
    """
    if re.fullmatch(r"[0-9a-fA-F]{64}", text.strip()):
        return bytes.fromhex(text.strip())
    try:
        content = Path(text).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{text} is neither 64 hexadecimal digits nor a file with a key"
        ) from error
    pem = re.search(r"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END", content)
    if pem:
        import base64

        der = base64.b64decode(pem.group(1))
        if der[:12] == bytes.fromhex("302a300506032b6570032100") and len(der) == 44:
            return der[12:]
    found = re.search(r"\b[0-9a-fA-F]{64}\b", content)
    if not pem and found:
        return bytes.fromhex(found.group())
    raise ValueError(f"{text} holds no Ed25519 public key")


def lines_of(report: Report) -> list[str]:
    """The report in words."""
    lines = [str(fault) for fault in report.faults]
    if report.ok and report.manifest:
        made = f"made {report.manifest['made_at']}, {len(report.manifest['files'])} files"
        lines.append(f"VALID: every byte is as it was signed ({made})")
        name = hashlib.sha256(bytes.fromhex(report.public_key)).hexdigest()[:16]
        lines.append(f"signed with key {name}, public key {report.public_key}")
        lines += report.notes
    else:
        lines.append("NOT VALID: this is not what was signed")
    return lines


def main(arguments: list[str]) -> int:
    """Run as a program."""
    import argparse

    parser = argparse.ArgumentParser(description="Check a proof pack of Slovo.")
    parser.add_argument("pack", help="the pack, a zip file")
    parser.add_argument("--key", help="the company's public key: 64 hexadecimal digits, or a file")
    given = parser.parse_args(arguments)
    try:
        report = check(Path(given.pack), read_key(given.key) if given.key else None)
    except (OSError, ValueError) as error:
        print(f"verify.py: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print("\n".join(lines_of(report)))  # noqa: T201
    return 0 if report.ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
