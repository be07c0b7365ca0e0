"""One side of a call given to Vosk, in streaming blocks and without its long silences.

In: a channel of a sound file. Out: words on the call's clock. Runs only in the engine's own process.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soxr

from calls.errors import RecordingUnreadable
from calls.recordings.decode import SoundFile, open_sound
from calls.transcripts.engine import SideSource
from calls.transcripts.segments import Word
from calls.transcripts.timeline import Timeline
from calls.transcripts.voice_activity import Samples, VoiceActivity, VoiceSettings

FEED_S = 0.25
"""How much the recognizer is given at a time, in seconds; it looks for the end of a sentence after each."""


@dataclass(slots=True)
class HeardSide:
    """What one side held. Durations in seconds; `heard_s` is what was left of it without silence."""

    words: list[Word] = field(default_factory=list)
    duration_s: float = 0.0
    heard_s: float = 0.0
    warnings: list[str] = field(default_factory=list)


class Hearing:
    """A loaded model and the rate that it wants. Threads share it: Vosk lets the interpreter go while it works."""

    def __init__(self, model: Any, rate_hz: int, voice: VoiceSettings | None = None) -> None:
        self._model = model
        self._rate_hz = rate_hz
        self._voice = voice or VoiceSettings()
        self._making = threading.Lock()

    def hear(
        self,
        source: SideSource,
        progress: Callable[[float], None],
        speech_s: float | None = None,
    ) -> HeardSide:
        """Hear one side from beginning to end.

        Args:
            source: the side.
            progress: told the seconds of sound read so far.
            speech_s: stop after so much speech; None = at the end.

        Raises:
            RecordingUnreadable: no sound, or no such channel.
        """
        heard = HeardSide()
        timeline = Timeline(self._rate_hz)
        recognizer = _Recognizer(self._new_recognizer(), round(self._rate_hz * FEED_S))
        activity = VoiceActivity(self._rate_hz, self._voice)
        with open_sound(source.path) as sound:
            if source.channel >= sound.channels:
                raise RecordingUnreadable(
                    str(source.path), f"there is no channel {source.channel + 1}"
                )
            for block in self._blocks(sound, source.channel):
                for position, samples in activity.feed(block):
                    timeline.keep(position, len(samples))
                    recognizer.feed(position, samples)
                heard.duration_s += len(block) / self._rate_hz
                progress(heard.duration_s)
                if speech_s is not None and timeline.heard_s >= speech_s:
                    break
            for position, samples in activity.finish():
                timeline.keep(position, len(samples))
                recognizer.feed(position, samples)
            heard.warnings.extend(sound.warnings)
        heard.words = [_word(found, timeline, source.offset_s) for found in recognizer.finish()]
        heard.heard_s = timeline.heard_s
        return heard

    def knows(self, words: Iterable[str]) -> dict[str, bool]:
        """Which words are in the model's list."""
        return {word: self._model.vosk_model_find_word(word) >= 0 for word in words}

    def _new_recognizer(self) -> Any:
        import vosk

        # Vosk has died in recognizers that several threads made at once from one model (vosk-api #606).
        with self._making:
            recognizer = vosk.KaldiRecognizer(self._model, float(self._rate_hz))
            recognizer.SetWords(True)
        return recognizer

    def _blocks(self, sound: SoundFile, channel: int) -> Iterator[Samples]:
        """One channel at the model's rate, as int16."""
        if sound.rate_hz == self._rate_hz:
            for block in sound.blocks():
                yield _to_int16(block[:, channel])
            return
        stream = soxr.ResampleStream(sound.rate_hz, self._rate_hz, 1, dtype="float32")
        for block in sound.blocks():
            yield _to_int16(stream.resample_chunk(np.ascontiguousarray(block[:, channel])))
        yield _to_int16(stream.resample_chunk(np.empty(0, dtype=np.float32), last=True))


class _Recognizer:
    """A Vosk recognizer, collecting the words of all its results.

    It looks for the end of a sentence after each piece that it gets. So pieces end at fixed times of the call, whatever
    was left out before: measured, more words come out as they do without leaving anything out.
    """

    def __init__(self, recognizer: Any, piece: int) -> None:
        self._recognizer = recognizer
        self._piece = piece
        self._waiting: Samples = np.empty(0, dtype=np.int16)
        self._position = 0
        self._words: list[dict[str, Any]] = []

    def feed(self, position: int, samples: Samples) -> None:
        """Give it what lies at `position` (samples) of the call."""
        if position != self._position + len(self._waiting):
            self._accept(len(self._waiting))
            self._position = position
        self._waiting = np.concatenate((self._waiting, samples))
        while len(self._waiting) >= (wanted := self._piece - self._position % self._piece):
            self._accept(wanted)

    def finish(self) -> list[dict[str, Any]]:
        """Give it the rest and return all words, with times on its own clock."""
        self._accept(len(self._waiting))
        self._take(self._recognizer.FinalResult())
        return self._words

    def _accept(self, count: int) -> None:
        piece, self._waiting = self._waiting[:count], self._waiting[count:]
        self._position += count
        if count and self._recognizer.AcceptWaveform(piece.tobytes()):
            self._take(self._recognizer.Result())

    def _take(self, result: str) -> None:
        self._words.extend(json.loads(result).get("result", ()))


def _word(found: dict[str, Any], timeline: Timeline, offset_s: float) -> Word:
    start_s, end_s = timeline.span(float(found["start"]), float(found["end"]))
    return Word(
        word=str(found["word"]),
        start_s=round(start_s + offset_s, 3),
        end_s=round(end_s + offset_s, 3),
        conf=round(float(found["conf"]), 3),
    )


def _to_int16(block: Any) -> Samples:
    samples: Samples = np.clip(np.rint(block * 32768.0), -32768, 32767).astype(np.int16)
    return samples
