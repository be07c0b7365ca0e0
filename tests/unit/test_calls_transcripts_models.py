"""Models come in whole or not at all; nothing that a server or a zip says is believed."""

import errno
import hashlib
import io
import json
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.model_server import FILES, ModelServer, model_zip, serving

from calls.errors import DownloadFailed, ModelBroken, ModelMissing, ModelUnknown, StorageFull
from calls.transcripts import model_fetch, model_unpack, models
from calls.transcripts.catalogue import CatalogueEntry, catalogue, lang_of
from calls.transcripts.models import ModelStore

NAME = "vosk-model-small-xx-0.1"
ZIP = model_zip(NAME)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving() as server:
        server.files[f"/{NAME}.zip"] = ZIP
        yield server


@pytest.fixture(autouse=True)
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGES", {})


def store_of(
    folder: Path, server: ModelServer, loaded: list[Path] | None = None, **facts: Any
) -> ModelStore:
    entry = CatalogueEntry(name=NAME, lang="xx", url=f"{server.url}/{NAME}.zip", size_mb=1, **facts)
    return ModelStore(folder / "models", [entry], (loaded if loaded is not None else []).append)


def pinned(content: bytes = ZIP) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def leftovers(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "models").iterdir() if p.name.startswith("."))


def test_installed_model_is_in_place_after_it_was_loaded_elsewhere(
    tmp_path: Path, server: ModelServer
) -> None:
    loaded: list[Path] = []
    store = store_of(tmp_path, server, loaded, **pinned())
    model = store.install(NAME)
    assert model.path == tmp_path / "models" / NAME
    assert (model.path / "am/final.mdl").read_bytes() == FILES["am/final.mdl"]
    assert model.rate_hz == 8000
    assert loaded
    assert loaded[0] != model.path
    assert [m.name for m in store.installed()] == [NAME]
    assert leftovers(tmp_path) == []


def test_download_goes_on_where_it_broke_off(tmp_path: Path, server: ModelServer) -> None:
    server.break_after = [10_000, 5_000]
    store_of(tmp_path, server, **pinned()).install(NAME)
    assert [wanted for _, wanted in server.requests] == ["", "bytes=10000-", "bytes=15000-"]


def test_next_install_goes_on_after_all_tries_broke_off(
    tmp_path: Path, server: ModelServer
) -> None:
    server.break_after = [1000, 0]
    store = store_of(tmp_path, server, **pinned())
    with pytest.raises(DownloadFailed):
        store.install(NAME)
    assert (tmp_path / "models" / f".{NAME}.zip.part").stat().st_size == 1000
    store.install(NAME)
    assert server.requests[-1][1] == "bytes=1000-"


def test_server_without_ranges_begins_anew(tmp_path: Path, server: ModelServer) -> None:
    server.break_after = [10_000]
    server.ranges = False
    store_of(tmp_path, server, **pinned()).install(NAME)
    assert len(server.requests) == 2


def test_whole_part_of_unknown_size_is_not_fetched_again(
    tmp_path: Path, server: ModelServer
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f".{NAME}.zip.part").write_bytes(ZIP)
    store_of(tmp_path, server).install(NAME)
    assert server.requests[0][1] == f"bytes={len(ZIP)}-"


def test_wrong_checksum_is_refused_and_deleted(tmp_path: Path, server: ModelServer) -> None:
    facts = {"bytes": len(ZIP), "sha256": "0" * 64}
    store = store_of(tmp_path, server, **facts)
    with pytest.raises(ModelBroken, match="another file than expected"):
        store.install(NAME)
    assert store.installed() == []
    assert leftovers(tmp_path) == []


def test_md5_of_the_publishers_list_is_checked(tmp_path: Path, server: ModelServer) -> None:
    server.files["/model-list.json"] = json.dumps([{"name": NAME, "md5": "0" * 32}]).encode()
    with pytest.raises(ModelBroken):
        store_of(tmp_path, server).install(NAME)


def test_first_download_is_remembered_and_another_file_refused(
    tmp_path: Path, server: ModelServer
) -> None:
    store = store_of(tmp_path, server)
    store.install(NAME)
    server.files[f"/{NAME}.zip"] = model_zip(NAME, {**FILES, "README": b"new"})
    with pytest.raises(ModelBroken, match="than at the first download"):
        store.install(NAME)
    store.verify(NAME)


def test_server_that_sends_too_much_is_cut_off(tmp_path: Path, server: ModelServer) -> None:
    facts = pinned()
    server.files[f"/{NAME}.zip"] = ZIP + bytes(3 << 20)
    with pytest.raises(ModelBroken, match="sends more"):
        store_of(tmp_path, server, **facts).install(NAME)
    assert leftovers(tmp_path) == []


def test_mirror_is_tried_first_and_its_failure_passed_over(
    tmp_path: Path, server: ModelServer
) -> None:
    server.files[f"/mirror/{NAME}.zip"] = ZIP
    store = store_of(tmp_path, server, **pinned())
    store.install(NAME, [f"{server.url}/none", f"{server.url}/mirror"])
    assert [path for path, _ in server.requests] == [f"/none/{NAME}.zip", f"/mirror/{NAME}.zip"]


def test_server_that_is_not_there_is_a_clear_error(tmp_path: Path, server: ModelServer) -> None:
    del server.files[f"/{NAME}.zip"]
    with pytest.raises(DownloadFailed, match="404"):
        store_of(tmp_path, server).install(NAME)


def test_name_out_of_the_catalogue_is_refused(tmp_path: Path, server: ModelServer) -> None:
    with pytest.raises(ModelUnknown, match="models list"):
        store_of(tmp_path, server).install("vosk-model-none")


def test_model_that_does_not_load_leaves_the_old_one(tmp_path: Path, server: ModelServer) -> None:
    store_of(tmp_path, server).install(NAME)

    def refuse(_: Path) -> None:
        raise ModelBroken(NAME, "does not load")

    store = store_of(tmp_path, server)
    store._load = refuse
    with pytest.raises(ModelBroken, match="does not load"):
        store.install(NAME)
    assert [m.name for m in store.installed()] == [NAME]
    assert leftovers(tmp_path) == []


def test_failure_in_the_last_step_puts_the_old_one_back(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_of(tmp_path, server)
    store.install(NAME)
    real = models.os.replace

    def replace(source: Path, target: Path) -> None:
        if Path(target) == tmp_path / "models" / NAME and ".replaced" not in str(source):
            raise OSError(errno.EIO, "no")
        real(source, target)

    monkeypatch.setattr(models.os, "replace", replace)
    with pytest.raises(OSError, match="no"):
        store.install(NAME)
    monkeypatch.undo()
    assert (tmp_path / "models" / NAME / "am/final.mdl").is_file()


def evil_zip(name: str, *, link: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in FILES.items():
            archive.writestr(f"{NAME}/{path}", content)
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK if link else stat.S_IFREG) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(
    ("member", "link"),
    [
        ("../evil", False),
        ("/evil", False),
        (f"{NAME}/../../evil", False),
        ("C:\\evil", False),
        ("x", True),
    ],
)
def test_zip_that_leads_out_of_its_directory_is_refused(
    tmp_path: Path, server: ModelServer, member: str, link: bool
) -> None:
    archive = tmp_path / f"{NAME}.zip"
    archive.write_bytes(evil_zip(member, link=link))
    store = store_of(tmp_path, server)
    with pytest.raises(ModelBroken, match="leads out"):
        store.add(archive)
    assert not list(tmp_path.rglob("evil*"))
    assert leftovers(tmp_path) == []


def test_zip_bomb_is_refused_before_and_while_it_unpacks(tmp_path: Path) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("m/am/final.mdl", bytes(5_000_000))
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(ModelBroken, match="more than"):
        model_unpack.unpack(archive, into, most_bytes=1_000_000)
    with zipfile.ZipFile(archive) as bomb, pytest.raises(ModelBroken, match="headers say"):
        model_unpack._extract(bomb, bomb.infolist()[0], into, 1_000_000)


@pytest.mark.parametrize("content", [b"no zip at all", ZIP[: len(ZIP) // 2]])
def test_damaged_zip_is_refused(tmp_path: Path, server: ModelServer, content: bytes) -> None:
    archive = tmp_path / f"{NAME}.zip"
    archive.write_bytes(content)
    with pytest.raises(ModelBroken, match="no zip"):
        store_of(tmp_path, server).add(archive)


def test_zip_of_something_else_says_what_is_missing(tmp_path: Path, server: ModelServer) -> None:
    archive = tmp_path / f"{NAME}.zip"
    archive.write_bytes(model_zip(NAME, {"README": b"hello"}))
    with pytest.raises(ModelBroken, match=r"am/final\.mdl"):
        store_of(tmp_path, server).add(archive)


def test_old_flat_model_is_accepted(tmp_path: Path, server: ModelServer) -> None:
    archive = tmp_path / "vosk-model-small-yy-0.1.zip"
    archive.write_bytes(model_zip("any", {"final.mdl": b"x", "mfcc.conf": b""}))
    model = store_of(tmp_path, server).add(archive)
    assert (model.lang, model.rate_hz) == ("yy", 16000)


def test_added_zip_that_is_not_the_pinned_one_is_refused(
    tmp_path: Path, server: ModelServer
) -> None:
    archive = tmp_path / f"{NAME}.zip"
    archive.write_bytes(model_zip(NAME, {**FILES, "more": b""}))
    with pytest.raises(ModelBroken, match="not the file of the catalogue"):
        store_of(tmp_path, server, **pinned()).add(archive)


def test_full_disk_is_told_before_the_download(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(StorageFull):
        store_of(tmp_path, server, **pinned()).install(NAME)
    assert server.requests == []


def test_disk_that_fills_up_while_unpacking_is_a_clear_error(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(model_unpack, "_extract", full)
    store = store_of(tmp_path, server)
    with pytest.raises(StorageFull, match="free some space"):
        store.install(NAME)
    assert store.installed() == []


def test_disk_that_fills_up_while_fetching_is_a_clear_error(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    part = SimpleNamespace(open=lambda _: Full(), parent=tmp_path, name="part")
    response = SimpleNamespace(iter_raw=lambda: [b"x"])
    with pytest.raises(StorageFull):
        model_fetch._write(response, part, False, lambda _: None, 10)  # type: ignore[arg-type]


def test_altered_file_is_found_by_verify(tmp_path: Path, server: ModelServer) -> None:
    store = store_of(tmp_path, server)
    model = store.install(NAME)
    store.verify(NAME)
    (model.path / "conf/model.conf").write_text("--beam=1\n")
    with pytest.raises(ModelBroken, match=r"conf/model\.conf is missing or altered"):
        store.verify(NAME)


def test_model_without_a_needed_file_is_not_listed_and_told_by_verify(
    tmp_path: Path, server: ModelServer
) -> None:
    store = store_of(tmp_path, server)
    (store.install(NAME).path / "am/final.mdl").unlink()
    assert store.installed() == []
    with pytest.raises(ModelBroken, match=r"am/final\.mdl"):
        store.verify(NAME)


def test_default_is_the_best_for_telephone_in_the_preferred_language(
    tmp_path: Path, server: ModelServer
) -> None:
    store = ModelStore(tmp_path, load=lambda _: None)
    for name in ("vosk-model-small-ru-0.22", "vosk-model-ru-0.42", "vosk-model-small-en-us-0.15"):
        for file, content in FILES.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    assert store.default_for().name == "vosk-model-ru-0.42"
    assert store.default_for("en").name == "vosk-model-small-en-us-0.15"


def test_no_model_says_how_to_install_one(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="slovo models install"):
        ModelStore(tmp_path).default_for("ru")


def test_catalogue_is_complete() -> None:
    for entry in catalogue():
        assert entry.url.startswith("https://")
        assert entry.url.endswith(f"/{entry.name}.zip")
        assert entry.licence == "Apache-2.0"
        assert entry.ram_mb
        assert not entry.sha256 or len(entry.sha256) == 64
        assert lang_of(entry.name, ()) == entry.lang


def test_removed_model_is_gone(tmp_path: Path, server: ModelServer) -> None:
    store = store_of(tmp_path, server)
    store.install(NAME)
    store.remove(NAME)
    assert store.installed() == []
    with pytest.raises(ModelUnknown):
        store.remove(NAME)
