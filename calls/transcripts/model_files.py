"""What a Vosk model's directory says of itself: is it whole, and which rate does it want.

In: a directory. Out: the layout's faults and `rate_hz`. Nothing is loaded here.
"""

from __future__ import annotations

from pathlib import Path

DEFAULT_RATE_HZ = 16000
"""Kaldi's feature extraction takes this where `conf/mfcc.conf` names no rate."""
WHOLE = ("am/final.mdl", "conf/model.conf")
FLAT = ("final.mdl", "mfcc.conf")
"""Models of the first generation keep everything in one directory."""


def missing_files(directory: Path) -> list[str]:
    """Names of files that a model must have and this directory has not; [] for a whole model."""
    if all((directory / name).is_file() for name in FLAT):
        return []
    return [name for name in WHOLE if not (directory / name).is_file()]


def rate_hz(directory: Path) -> int:
    """The sample rate that the model was trained on, in Hz, from its `mfcc.conf`."""
    for name in ("conf/mfcc.conf", "mfcc.conf"):
        try:
            text = (directory / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for line in text.splitlines():
            key, _, value = line.strip().partition("=")
            if key.strip() == "--sample-frequency":
                return int(float(value.split("#")[0]))
    return DEFAULT_RATE_HZ


def model_name(directory: Path) -> str:
    """A name to show: the directory's, or the Python package's around it."""
    resolved = directory.absolute()
    return resolved.parent.name.replace("_", "-") if resolved.name == "model" else resolved.name
