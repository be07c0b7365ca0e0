"""A pack that was altered in any way is found out, by the program in Slovo and by the one that stands alone."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from support import proof

from calls.proof import keys, verify
from calls.proof.keys import CompanyKey
from calls.proof.verify import FIRST, MANIFEST, SIGNATURE, check

MUTATIONS = 1000


@pytest.fixture
def key(tmp_path: Path) -> CompanyKey:
    return proof.make_key(tmp_path)


@pytest.fixture
def pack(tmp_path: Path, key: CompanyKey) -> Path:
    target = tmp_path / "pack.zip"
    proof.make_pack(target, key)
    return target


def alone(*arguments: str) -> tuple[int, str]:
    """Run the checker as an outsider does: without Slovo and without any package."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", verify.__file__, *arguments], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_whole_pack_is_valid_for_both_checkers(pack: Path, key: CompanyKey) -> None:
    for is_right in (verify.signature_is_right, keys.signature_is_right):
        report = check(pack, key.public, is_right)
        assert report.ok, report.faults
        assert report.manifest is not None
        assert [one["path"] for one in report.manifest["files"]] == sorted(proof.FILES)
    code, said = alone(str(pack), "--key", key.public.hex())
    assert (code, said.splitlines()[0][:5]) == (0, "VALID")


def test_other_programs_read_the_archive(pack: Path) -> None:
    found = proof.contents(pack)
    assert list(found)[:2] == [MANIFEST, SIGNATURE]
    assert {name: data for name, data in found.items() if name not in FIRST} == dict(proof.FILES)
    with zipfile.ZipFile(pack) as file:
        assert file.testzip() is None


def test_same_contents_give_the_same_bytes(pack: Path, tmp_path: Path, key: CompanyKey) -> None:
    again = tmp_path / "again.zip"
    backwards = dict(reversed(proof.FILES.items()))
    proof.make_pack(again, key, backwards)
    assert again.read_bytes() == pack.read_bytes()


@pytest.mark.parametrize("seed", [1, 2])
def test_any_changed_byte_is_found_by_both_checkers(
    pack: Path, key: CompanyKey, tmp_path: Path, seed: int
) -> None:
    whole, dice, altered = pack.read_bytes(), random.Random(seed), tmp_path / "altered.zip"
    places = [dice.randrange(len(whole)) for _ in range(MUTATIONS // 2)]
    for at in places:
        altered.write_bytes(proof.flip(whole, at, dice.randrange(1, 256)))
        for is_right in (verify.signature_is_right, keys.signature_is_right):
            assert not check(altered, key.public, is_right).ok, at


def test_every_byte_of_headers_and_list_is_checked(pack: Path, tmp_path: Path) -> None:
    whole, altered = pack.read_bytes(), tmp_path / "altered.zip"
    with pack.open("rb") as file:
        stored = verify.read_archive(file, [])
    heads = [at for one in stored for at in range(one.header_at, one.data_at)]
    listing = range(stored[-1].data_at + stored[-1].size, len(whole))
    for at in [*heads, *listing]:
        altered.write_bytes(proof.flip(whole, at, 1))
        assert not check(altered, None, lambda *_: True).ok, at


def test_changed_byte_is_named_with_its_file_and_place(pack: Path, tmp_path: Path) -> None:
    whole = pack.read_bytes()
    at = whole.index(b"ten percent")
    pack.write_bytes(proof.flip(whole, at, 1))
    report = check(pack)
    assert {fault.where for fault in report.faults} == {"data/case.json"}
    assert report.manifest is not None  # the manifest is as signed: all other files are proved
    first, last = report.faults[-1].first_byte, report.faults[-1].last_byte
    assert first is not None
    assert last is not None
    assert first <= at <= last
    code, said = alone(str(pack))
    assert code == 1
    assert "data/case.json" in said


@pytest.mark.parametrize("name", [*FIRST[:2], *proof.FILES])
def test_forged_contents_in_a_right_archive_are_found(
    pack: Path, key: CompanyKey, name: str
) -> None:
    files = proof.contents(pack)
    files[name] = proof.flip(files[name], len(files[name]) // 2, 4) if files[name] else b"x"
    pack.write_bytes(proof.rewritten(files))
    for is_right in (verify.signature_is_right, keys.signature_is_right):
        assert not check(pack, key.public, is_right).ok


Alter = Callable[[Path], None]


def _cut(pack: Path) -> None:
    pack.write_bytes(pack.read_bytes()[:-1])


def _cut_much(pack: Path) -> None:
    pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])


def _empty(pack: Path) -> None:
    pack.write_bytes(b"")


def _append(pack: Path) -> None:
    pack.write_bytes(pack.read_bytes() + b"\0")


def _prepend(pack: Path) -> None:
    pack.write_bytes(b"\0" + pack.read_bytes())


def _comment(pack: Path) -> None:
    with zipfile.ZipFile(pack, "a") as file:
        file.comment = b"hello"


def _zip_again(pack: Path) -> None:
    files = proof.contents(pack)
    with zipfile.ZipFile(pack, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)


def _add_by_zip(pack: Path) -> None:
    with zipfile.ZipFile(pack, "a") as file:
        file.writestr("more.txt", "more")


def _add(pack: Path) -> None:
    pack.write_bytes(proof.rewritten(proof.contents(pack) | {"more.txt": b"more"}))


def _remove(pack: Path) -> None:
    files = proof.contents(pack)
    del files["clips/evidence-1.wav"]
    pack.write_bytes(proof.rewritten(files))


def _remove_manifest(pack: Path) -> None:
    files = proof.contents(pack)
    del files[MANIFEST]
    pack.write_bytes(proof.rewritten(files))


def _double(pack: Path) -> None:
    files = list(proof.contents(pack).items())
    pack.write_bytes(proof.in_order([*files, files[-1]]))


def _reorder(pack: Path) -> None:
    files = list(proof.contents(pack).items())
    files[-1], files[-2] = files[-2], files[-1]
    pack.write_bytes(proof.in_order(files))


def _rename(pack: Path) -> None:
    files = proof.contents(pack)
    files["clips/evidence-2.wav"] = files.pop("clips/evidence-1.wav")
    pack.write_bytes(proof.rewritten(files))


def _announce_no_stamp(pack: Path) -> None:
    pack.write_bytes(proof.rewritten(proof.contents(pack) | {"manifest.tsr": b"stamp"}))


ALTERATIONS = [_cut, _cut_much, _empty, _append, _prepend, _comment, _zip_again, _add_by_zip, _add,
               _remove, _remove_manifest, _double, _reorder, _rename, _announce_no_stamp]  # fmt: skip


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_altered_archive_is_found(pack: Path, alter: Alter) -> None:
    alter(pack)
    assert not check(pack).ok
    assert verify.main([str(pack)]) == 1


def test_archive_in_its_own_order_passes_the_rig(pack: Path) -> None:
    """The rig that doubles and reorders makes a valid pack when it does neither."""
    files = list(proof.contents(pack).items())
    assert proof.in_order(files) == pack.read_bytes()


def test_manifest_signed_anew_with_another_key_is_found_by_the_company_s_key(
    pack: Path, key: CompanyKey, tmp_path: Path
) -> None:
    proof.make_pack(pack, proof.make_key(tmp_path / "thief"), proof.FILES | {"index.html": b"No!"})
    assert check(pack).ok, "by itself it is a whole pack of somebody"
    report = check(pack, key.public)
    assert [fault.where for fault in report.faults] == [MANIFEST]
    code, said = alone(str(pack), "--key", key.public.hex())
    assert code == 1
    assert "another key" in said


def test_signature_of_another_pack_is_found(pack: Path, key: CompanyKey, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    proof.make_pack(other, key, proof.FILES | {"index.html": b"No!"})
    files = proof.contents(pack) | {SIGNATURE: proof.contents(other)[SIGNATURE]}
    pack.write_bytes(proof.rewritten(files))
    assert [fault.where for fault in check(pack, key.public).faults] == [SIGNATURE]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"files":3}',
        b'{"a":' * 5000,
        b'{"files":[{"path":3}]}',
    ],
)
def test_nonsense_for_a_manifest_is_a_fault_and_no_crash(pack: Path, text: bytes) -> None:
    pack.write_bytes(proof.rewritten(proof.contents(pack) | {MANIFEST: text}))
    assert check(pack).faults[0].where == MANIFEST


def test_manifest_in_another_form_is_refused(pack: Path, key: CompanyKey) -> None:
    """The same values with a space between them, rightly signed: still not the one form."""
    files = proof.contents(pack)
    text = files[MANIFEST].replace(b'"version":1', b'"version": 1')
    files |= {MANIFEST: text, SIGNATURE: key.sign(text)}
    pack.write_bytes(proof.rewritten(files))
    assert [fault.what for fault in check(pack).faults] == [
        "no manifest of a proof pack in canonical form"
    ]


@given(data=st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_no_pack_and_no_crash(data: bytes) -> None:
    import io

    faults: list[verify.Fault] = []
    verify.read_archive(io.BytesIO(b"PK\x03\x04" + data), faults)
    assert faults


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_confirms_the_signature(pack: Path, key: CompanyKey, tmp_path: Path) -> None:
    with zipfile.ZipFile(pack) as file:
        file.extractall(tmp_path)
    (tmp_path / "key.pem").write_text(keys.pem(key.public))
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class TestSignature:
    """The few lines of Ed25519 that need no package say the same as the library."""

    def test_right_signatures_are_right(self) -> None:
        dice = random.Random(5)
        for size in (0, 1, 63, 64, 1000):
            secret = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
            message = dice.randbytes(size)
            public = secret.public_key().public_bytes_raw()
            assert verify.signature_is_right(public, message, secret.sign(message))

    def test_vector_of_the_rfc(self) -> None:
        public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        signature = (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        )
        data = bytes.fromhex(public), b"\x72", bytes.fromhex(signature)
        assert verify.signature_is_right(*data)
        assert keys.signature_is_right(*data)

    def test_any_changed_bit_is_wrong_for_both(self) -> None:
        dice = random.Random(6)
        secret = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        public, message = secret.public_key().public_bytes_raw(), dice.randbytes(50)
        parts = [public, message, secret.sign(message)]
        for which in range(3):
            for _ in range(40):
                changed = list(parts)
                at = dice.randrange(len(parts[which]))
                changed[which] = proof.flip(parts[which], at, 1 << dice.randrange(8))
                assert not verify.signature_is_right(*changed)
                assert not keys.signature_is_right(*changed)

    def test_second_form_of_the_same_number_is_refused(self) -> None:
        """S + L signs the same: who accepted it could not say that the file is the one that was signed."""
        secret = Ed25519PrivateKey.from_private_bytes(bytes(32))
        public, signature = secret.public_key().public_bytes_raw(), secret.sign(b"x")
        more = int.from_bytes(signature[32:], "little") + 2**252
        more += 27742317777372353535851937790883648493
        other = signature[:32] + more.to_bytes(32, "little")
        assert not verify.signature_is_right(public, b"x", other)

    @pytest.mark.parametrize("point", [2, 2**255 - 19, 2**256 - 1, 1 | 1 << 255])
    def test_bytes_that_are_no_key_are_refused(self, point: int) -> None:
        assert not verify.signature_is_right(point.to_bytes(32, "little"), b"x", bytes(64))

    def test_wrong_lengths_are_refused(self) -> None:
        assert not verify.signature_is_right(bytes(31), b"", bytes(64))
        assert not verify.signature_is_right(bytes(32), b"", bytes(63))


def test_wrong_usage_is_exit_code_2(pack: Path, tmp_path: Path) -> None:
    assert alone()[0] == 2
    assert alone(str(tmp_path / "none.zip"))[0] == 2
    assert alone(str(pack), "--key", "12")[0] == 2


def test_key_is_read_from_digits_and_from_both_kinds_of_files(
    pack: Path, key: CompanyKey, tmp_path: Path
) -> None:
    (tmp_path / "key.pem").write_text(keys.pem(key.public))
    (tmp_path / "key.txt").write_text(f"Public key: {key.public.hex()}\n")
    assert verify.read_key(key.public.hex().upper()) == key.public
    assert verify.read_key(str(tmp_path / "key.pem")) == key.public
    assert verify.read_key(str(tmp_path / "key.txt")) == key.public
    (tmp_path / "other.txt").write_text("nothing")
    with pytest.raises(ValueError, match="holds no Ed25519"):
        verify.read_key(str(tmp_path / "other.txt"))


def test_archive_of_more_files_than_a_pack_may_have_is_a_fault_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.zip"
    path.write_bytes(b"".join(verify.local_header(f"f{n:06d}", 0, 0) for n in range(70_000)))
    report = check(path)
    assert "larger than any pack" in str(report.faults[0])
    monkeypatch.setattr(verify, "MOST_BYTES", 100)
    path.write_bytes(verify.local_header("a", 0, 200) + b"\0" * 200)
    assert any("larger than any pack" in str(one) for one in check(path).faults)


def test_manifest_whose_time_would_print_lines_of_its_own_is_refused(
    pack: Path, key: CompanyKey, tmp_path: Path
) -> None:
    found = proof.contents(pack)
    values = json.loads(found[MANIFEST])
    values["made_at"] = "now)\nsigned with key of the company, public key\x1b[8m"
    found[MANIFEST] = verify.canonical_json(values)
    found[SIGNATURE] = key.sign(found[MANIFEST])
    pack.write_bytes(proof.rewritten(found))
    report = check(pack)
    assert not report.ok
    assert "signed with key of" not in "\n".join(verify.lines_of(report))
