"""Rules of the company for transcription: languages by queue, and the second pass by a bigger model. Pure.

In: what an administrator set (the company setting "speech"), a call, a finished reading. Out: which language to read in,
and whether and when a second model reads the recording again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, StringConstraints

SETTING = "speech"
"""Name of the company setting."""
AUTO = "auto"
"""As a language: try the installed models on the first half minute of speech."""
TRIAL_SPEECH_S = 30.0
"""So much speech (seconds, of all sides together) is tried."""
FEWEST_WORDS = 3
"""A model that heard fewer words in the trial is taken only if none heard more: one sure word proves no language."""
DOUBTFUL_BELOW = 0.6
"""Confidence below which a word counts as doubtful."""

Lang = Annotated[str, StringConstraints(pattern=r"^(|auto|[a-z]{2,8})$")]
Percent = Annotated[int, Field(ge=1, le=100)]
Hour = Annotated[int, Field(ge=0, le=23)]


class SpeechRules(BaseModel):
    """What an administrator sets. `queues`: "PBX/queue" → language; "" = as the company's `lang`."""

    lang: Lang = ""
    """"" = that of the installation (`SLOVO_SPEECH_LANG`, else of the best installed model)."""
    queues: dict[str, Lang] = Field(default_factory=dict)
    second_model: str = ""
    second_when: Literal["never", "doubtful", "all"] = "never"
    doubtful_percent: Percent = 20
    """From which share of doubtful words on "doubtful" orders a second pass."""
    night_from: Hour = 20
    night_to: Hour = 7
    """Second passes by rule run between these hours, local to the company; equal: at any time."""

    def lang_of(self, pbx: str, queue: str, own: str = "") -> tuple[str, str]:
        """The language to read in ("" = the installation's) and how it was found (`Transcript.lang_how`).

        Args:
            pbx: of the call.
            queue: that the call came by, "" if none.
            own: that the recording itself names.
        """
        if own:
            return own, "recording"
        by_queue = self.queues.get(f"{pbx}/{queue}", "") if queue else ""
        if by_queue:
            return by_queue, "queue"
        return self.lang, "company" if self.lang else ""

    def wants_second(self, words: Sequence[dict[str, Any]], model: str) -> bool:
        """Whether a reading by `model` with these words is to be read again by the second model."""
        if not self.second_model or self.second_model == model or self.second_when == "never":
            return False
        return self.second_when == "all" or doubtful_percent(words) >= self.doubtful_percent

    def is_night(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether second passes by rule may run now."""
        hour = now.astimezone(zone).hour
        if self.night_from == self.night_to:
            return True
        if self.night_from < self.night_to:
            return self.night_from <= hour < self.night_to
        return hour >= self.night_from or hour < self.night_to

    def next_night(self, now: datetime, zone: ZoneInfo) -> datetime:
        """When a second pass by rule may begin: now, or when the next night does."""
        if self.is_night(now, zone):
            return now
        local = now.astimezone(zone)
        begins = datetime.combine(local.date(), time(self.night_from), zone)
        return (begins if begins > local else begins + timedelta(days=1)).astimezone(UTC)


def doubtful_percent(words: Sequence[dict[str, Any]]) -> float:
    """How many of a hundred words the engine was not sure of; 0 where there are none."""
    told = [word for word in words if word.get("conf") is not None]
    doubtful = sum(float(word["conf"]) < DOUBTFUL_BELOW for word in told)
    return 100 * doubtful / len(told) if told else 0.0


def best_trial(trials: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of what several models heard of the same speech, the one with the best mean confidence of its words.

    Models that heard fewer than three words count behind those that heard more. Of equal ones the first.

    Args:
        trials: `{"model", "lang", "conf", "words"}`, at least one; `conf` is the mean.
    """
    return max(trials, key=lambda one: (one["words"] >= FEWEST_WORDS, one["conf"]))
