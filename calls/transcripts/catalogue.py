"""The speech models that Slovo knows by name.

In: `models.toml` beside this module. Out: `CatalogueEntry` for each. Nothing is fetched here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from calls.errors import ModelUnknown

CATALOGUE = Path(__file__).with_name("models.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One model; the fields are explained at the head of `models.toml`. 0 and "" mean unknown."""

    name: str
    lang: str
    url: str
    size_mb: int
    bytes: int = 0
    sha256: str = ""
    md5: str = ""
    band: str = "wide"
    ram_mb: int = 0
    licence: str = ""
    telephone: int = 0
    wer: str = ""


@cache
def catalogue(path: Path = CATALOGUE) -> Sequence[CatalogueEntry]:
    """All models of the catalogue, in its order."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    base = str(found["base_url"]).rstrip("/")
    return tuple(
        CatalogueEntry(**{"url": f"{base}/{model['name']}.zip", **model})
        for model in found["model"]
    )


def entry_of(name: str, entries: Sequence[CatalogueEntry]) -> CatalogueEntry:
    """The model of this name.

    Raises:
        ModelUnknown: there is none.
    """
    for entry in entries:
        if entry.name == name:
            return entry
    raise ModelUnknown(name)


def lang_of(name: str, entries: Sequence[CatalogueEntry]) -> str:
    """The language of a model by its name ("vosk-model-small-ru-0.22" → "ru"), "" if the name does not tell."""
    for entry in entries:
        if entry.name == name:
            return entry.lang
    parts = (
        name.lower().replace("_", "-").removeprefix("vosk-model-").removeprefix("small-").split("-")
    )
    return parts[0] if len(parts[0]) == 2 and parts[0].isalpha() else ""
