"""The company's key: made once, never replaced in silence, readable by us alone."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from calls.errors import KeyUnavailable
from calls.proof.keys import KeyStore, key_id, signature_is_right


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path)


def test_first_key_is_made_once_and_for_us_alone(store: KeyStore) -> None:
    key = store.make()
    assert store.make().public == key.public == store.load().public
    assert stat.S_IMODE(store.private_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert store.public_keys() == {key.id: key.public}
    assert signature_is_right(key.public, b"word", key.sign(b"word"))


def test_several_processes_at_once_get_one_key(store: KeyStore) -> None:
    found: list[bytes] = []
    makers = [threading.Thread(target=lambda: found.append(store.make().public)) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(found) == 8
    assert set(found) == {store.load().public}
    assert list(store.public_keys().values()) == [store.load().public]


def test_lost_key_is_told_and_not_made_anew(store: KeyStore) -> None:
    store.make()
    store.private_path.unlink()
    with pytest.raises(KeyUnavailable, match="--rotate"):
        store.make()
    with pytest.raises(KeyUnavailable, match="--rotate"):
        store.load()
    assert not store.is_there()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_damaged_key_is_told_and_not_replaced(store: KeyStore, content: bytes) -> None:
    store.make()
    store.private_path.write_bytes(content)
    for read in (store.load, store.make):
        with pytest.raises(KeyUnavailable, match="is no private key"):
            read()
    assert store.private_path.read_bytes() == content


def test_key_that_others_may_read_is_refused(store: KeyStore) -> None:
    store.make()
    store.private_path.chmod(0o640)
    with pytest.raises(KeyUnavailable, match="chmod 600"):
        store.load()


def test_key_of_another_kind_is_refused(store: KeyStore) -> None:
    store.make()
    other = generate_private_key(65537, 2048)
    store.private_path.write_bytes(
        other.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(KeyUnavailable, match="no Ed25519 key"):
        store.load()


def test_rotation_makes_a_new_key_and_keeps_the_old_public_half(store: KeyStore) -> None:
    old = store.make()
    new = store.rotate()
    assert new.public != old.public
    assert store.load().public == new.public
    assert store.public_keys() == {key_id(one): one for one in (old.public, new.public)}
    private = [path for path in store.folder.iterdir() if b"PRIVATE" in path.read_bytes()]
    assert private == [store.private_path]


def test_rotation_helps_after_the_key_was_lost(store: KeyStore) -> None:
    old = store.make()
    store.private_path.unlink()
    new = store.rotate()
    assert set(store.public_keys()) == {old.id, new.id}


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(KeyUnavailable, match="cannot be written"):
        KeyStore(tmp_path).make()
