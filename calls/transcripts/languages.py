"""Which model reads a recording: by its language, which a person set or which is found by trying.

In: a recording, its call, the company's rules. Out: `Choice`, stored with the reading. Where the language is to be found,
the best installed model of each language hears the first half minute of speech; the one with the best mean confidence of
its words reads the whole (`calls.transcripts.rules.best_trial`). With models of one language alone nothing is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calls.transcripts.engine import Engine, SideSource
from calls.transcripts.models import InstalledModel, ModelStore
from calls.transcripts.rules import AUTO, TRIAL_SPEECH_S, best_trial
from calls.transcripts.segments import TranscriptResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The model that reads, how its language was found, and what the trial said."""

    model: InstalledModel
    how: str = ""
    trial: Sequence[dict[str, Any]] = field(default_factory=list)


def choose(
    models: ModelStore,
    wanted: tuple[str, str],
    sources: Sequence[SideSource],
    engine_for: Callable[[Path], Engine],
) -> Choice:
    """Choose the model. Blocks while languages are tried.

    Args:
        models: what is installed.
        wanted: language ("" = the preferred one, "auto" = try) and how it was found.
        sources: the recording's sides.
        engine_for: an engine with the model of this directory.

    Raises:
        ModelMissing: no model of the language is installed.
        RecordingUnreadable, ModelBroken, EngineCrashed: as `Engine.transcribe`.
    """
    lang, how = wanted
    if lang != AUTO:
        return Choice(model=models.default_for(lang), how=how)
    langs = sorted({model.lang for model in models.installed()})
    best = [models.default_for(lang) for lang in langs] or [models.default_for()]
    if len(best) == 1:
        return Choice(model=best[0], how="only")
    trial = [
        _trial(model, engine_for(model.path).sample(sources, TRIAL_SPEECH_S)) for model in best
    ]
    name = best_trial(trial)["model"]
    return Choice(
        model=next(model for model in best if model.name == name), how="detected", trial=trial
    )


def _trial(model: InstalledModel, heard: TranscriptResult) -> dict[str, Any]:
    words = [word for side in heard.channels for turn in side.utterances for word in turn.words]
    mean = sum(word.conf for word in words) / len(words) if words else 0.0
    return {"model": model.name, "lang": model.lang, "conf": round(mean, 3), "words": len(words)}
