"""The company's signing key: made once, kept in a file that only we can read, never replaced in silence.

In: the folder `keys` of the data directory. Out: a key that signs, and the public halves of this and of former keys, one
file each, so that packs of before a rotation can still be checked. The private half of a former key is destroyed: what
cannot be stolen cannot sign.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from calls.errors import KeyUnavailable

FOLDER = "keys"
PRIVATE_NAME = "proof.pem"
MEND = (
    "put it back from a backup; `slovo proof key --rotate` makes a new one, and packs signed before"
    " stay valid with the old public key"
)


@dataclass(frozen=True, slots=True)
class CompanyKey:
    """A key that signs."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """Its public half, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """A short name of it."""
        return key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        """Sign a message (Ed25519, 64 bytes)."""
        return self.private.sign(message)


def key_id(public: bytes) -> str:
    """The short name of a public key: the beginning of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def pem(public: bytes) -> str:
    """A public key as other programs read it."""
    key = Ed25519PublicKey.from_public_bytes(public)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def signature_is_right(public: bytes, message: bytes, signature: bytes) -> bool:
    """As the function of this name in `calls.proof.verify`, quicker."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The keys of one data directory."""

    data_dir: Path

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.data_dir / FOLDER

    @property
    def private_path(self) -> Path:
        """The key that signs now."""
        return self.folder / PRIVATE_NAME

    def is_there(self) -> bool:
        """Whether there is a private key, good or bad."""
        return os.path.lexists(self.private_path)

    def load(self) -> CompanyKey:
        """Read the key that signs now.

        Raises:
            KeyUnavailable: it is not there, cannot be read, is no key, or others on this machine may read it.
        """
        path = self.private_path
        try:
            others = path.stat().st_mode & 0o077
            found = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except OSError as error:
            raise KeyUnavailable(str(path), f"{error.strerror}: {MEND}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyUnavailable(str(path), f"is no private key: {MEND}") from error
        if not isinstance(found, Ed25519PrivateKey):
            raise KeyUnavailable(str(path), f"is no Ed25519 key: {MEND}")
        if others and os.name == "posix":
            raise KeyUnavailable(str(path), f"others may read it: chmod 600 {path}")
        return CompanyKey(found)

    def make(self) -> CompanyKey:
        """Make the first key; of two processes that try, both get the same.

        Raises:
            KeyUnavailable: there was a key before, or the folder cannot be written.
        """
        if self.is_there():
            return self.load()
        if self.public_keys():
            # Another process may have made both halves since the look above: the private one is written first.
            if self.is_there():
                return self.load()
            raise KeyUnavailable(str(self.private_path), f"is gone: {MEND}")
        return self._write(replacing=False)

    def rotate(self) -> CompanyKey:
        """Make a new key and destroy the private half of the one before.

        Raises:
            KeyUnavailable: the folder cannot be written.
        """
        # A private half that is lost or damaged has nothing to publish: that is why people rotate.
        with contextlib.suppress(KeyUnavailable):
            self._publish(self.load().public)
        return self._write(replacing=True)

    def public_keys(self) -> dict[str, bytes]:
        """Public halves by their short names: of the key that signs now and of all before."""
        found = {}
        for path in sorted(self.folder.glob("proof-*.pub")):
            # A damaged file is no key. Whether there ever was one, the register says as well (`crm.proof_keys`).
            with contextlib.suppress(ValueError, OSError, UnsupportedAlgorithm):
                key = serialization.load_pem_public_key(path.read_bytes())
                if isinstance(key, Ed25519PublicKey):
                    public = key.public_bytes_raw()
                    found[key_id(public)] = public
        return found

    def _write(self, *, replacing: bool) -> CompanyKey:
        key = CompanyKey(Ed25519PrivateKey.generate())
        data = key.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._make_folder()
        try:
            # The public half first: after a crash in between, a key without its private half is told, not made anew.
            if replacing:
                self._publish(key.public)
            self._put(self.private_path, data, replacing=replacing)
            self._publish(key.public)
        except FileExistsError:
            return self.load()
        except OSError as error:
            why = f"cannot be written: {error.strerror}"
            raise KeyUnavailable(str(self.private_path), why) from error
        return key

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            why = f"cannot be written: {error.strerror}"
            raise KeyUnavailable(str(self.private_path), why) from error

    def _publish(self, public: bytes) -> None:
        path = self.folder / f"proof-{key_id(public)}.pub"
        self._put(path, pem(public).encode(), replacing=True)

    def _put(self, path: Path, data: bytes, *, replacing: bool) -> None:
        """Write a file (mode 0600) so that it is whole whenever it exists."""
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".part-")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if replacing:
                os.replace(part, path)
            else:
                os.link(part, path)
        finally:
            part.unlink(missing_ok=True)
