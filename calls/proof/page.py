"""The page of a pack: `index.html`, which opens in any browser without a network, in Russian and in English.

In: a case. Out: HTML with everything in it (styles too), without scripts; sounds are links to files beside it. Every value
is escaped: clients, colleagues and speech engines may have said anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from calls.proof.model import CallFacts, Case, SpokenTurn
from calls.proof.page_words import both

DOUBTFUL_BELOW = 0.6
"""As on the pages of Slovo: numbers, names and "not" decide disputes."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A sound file of the pack: its hash now, and whether that is the one noted when it was found."""

    sha256: str
    state: str
    """"intact", "altered" or "unnoted"."""


def page_of(case: Case, files: Mapping[str, FileState], key_id: str) -> bytes:
    """Render the page.

    Args:
        case: what to tell.
        files: name in the pack → state, of the sound files that are in it.
        key_id: short name of the key that signs.
    """
    zone = ZoneInfo(case.zone)

    def local(at: datetime | None) -> str:
        return "—" if at is None else at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")

    def sound_of(call: CallFacts, recording_id: int | None) -> str:
        """The playable file of a recording of this call, if it is in the pack; else ""."""
        found = (one for one in call.recordings if one.id == recording_id)
        playable = (file.name for one in found for file in one.files if file.role == "playable")
        return next((name for name in playable if name in files), "")

    text = (
        _environment()
        .get_template("page.html")
        .render(
            case=case, files=files, key_id=key_id, t=_both, local=local, day=_day, clock=_clock,
            heard=_heard, sound_of=sound_of, models=_models(case),
        )
    )  # fmt: skip
    return text.encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _both(key: str) -> Markup:
    ru, en = both(key)
    if ru == en:
        return Markup("{}").format(ru)
    return Markup('<span lang="ru">{}</span><span lang="en">{}</span>').format(ru, en)


def _day(on: date | None) -> str:
    return "—" if on is None else f"{on:%d.%m.%Y}"


def _clock(seconds: float | None) -> str:
    """A place in a recording: "1:02:03.4" without what is 0."""
    if seconds is None:
        return "—"
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}:{minutes:02}" if hours else f"{minutes}") + f":{rest // 10:02}.{rest % 10}"


def _heard(turn: SpokenTurn) -> Markup:
    """The heard words; doubtful ones are marked, with their confidence for those who print the page."""
    if not turn.words:
        return Markup("{}").format(turn.heard)
    return Markup(" ").join(_word(one) for one in turn.words)


def _word(word: Mapping[str, Any]) -> Markup:
    said, conf = str(word.get("word", "")), word.get("conf")
    if not isinstance(conf, int | float) or conf >= DOUBTFUL_BELOW:
        return Markup("{}").format(said)
    return Markup("<mark>{}<sub>{:.2f}</sub></mark>").format(said, conf)


def _models(case: Case) -> list[str]:
    found = {
        " ".join(
            filter(None, (one.model, f"({one.engine} {one.engine_version})" if one.engine else ""))
        )
        for call in case.calls
        for one in call.readings
    }
    return sorted(found)
