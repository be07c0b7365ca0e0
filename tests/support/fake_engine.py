"""Speech engines for tests: one that knows what it hears, one that never ends, one that fails."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from calls.errors import EngineCrashed
from calls.transcripts.engine import Progress, SideSource
from calls.transcripts.segments import (
    ChannelTranscript,
    EngineInfo,
    Side,
    TranscriptResult,
    Utterance,
    Word,
    utterances_of,
)

SAID = {
    Side.CLIENT: ("здравствуйте", "когда", "привезут", "заказ"),
    Side.OPERATOR: ("завтра", "до", "обеда"),
    Side.UNKNOWN: ("неразборчиво",),
}


SURE: dict[str, float] = {}
"""Model → confidence of every word in a trial of languages; 0.9 where it is not named."""


def _with_conf(turn: Utterance, conf: float) -> Utterance:
    return replace(turn, words=tuple(replace(word, conf=conf) for word in turn.words))


class FakeEngine:
    """Hears `SAID` on each side, a word a second; the operator begins two seconds later."""

    def __init__(self, model: Path, failures: int = 0) -> None:
        self.model = model
        self.failures = failures
        self.heard: list[Sequence[SideSource]] = []
        self.closed = False

    def transcribe(
        self, sources: Sequence[SideSource], progress: Progress | None = None
    ) -> TranscriptResult:
        """Answer at once, or fail as often as asked."""
        self.heard.append(sources)
        if self.failures:
            self.failures -= 1
            raise EngineCrashed(-6, "ASSERTION_FAILED")
        if progress:
            progress(0.5)
        return TranscriptResult(
            10.0,
            0.1,
            EngineInfo("fake", "1", self.model.name, 16000),
            tuple(self._channel(source.side) for source in sources),
        )

    def sample(self, sources: Sequence[SideSource], speech_s: float) -> TranscriptResult:
        """Hear the same words; how sure depends on `SURE`."""
        conf = SURE.get(self.model.name, 0.9)
        heard = self.transcribe(sources)
        channels = tuple(
            replace(
                channel, utterances=tuple(_with_conf(turn, conf) for turn in channel.utterances)
            )
            for channel in heard.channels
        )
        return replace(heard, channels=channels)

    def _channel(self, side: Side) -> ChannelTranscript:
        late = 2.0 if side is Side.OPERATOR else 0.0
        words = [
            Word(word, late + i * 0.5, late + i * 0.5 + 0.4, 0.9)
            for i, word in enumerate(SAID[side])
        ]
        return ChannelTranscript(side, utterances_of(words))

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


class EndlessEngine(FakeEngine):
    """Listens until it is closed."""

    def __init__(self, model: Path) -> None:
        super().__init__(model)
        self.begun = threading.Event()
        self._end = threading.Event()

    def transcribe(
        self, sources: Sequence[SideSource], progress: Progress | None = None
    ) -> TranscriptResult:
        """Never answer."""
        self.begun.set()
        self._end.wait()
        raise EngineCrashed(-9, "closed")

    def close(self) -> None:
        """Let the thread go."""
        super().close()
        self._end.set()
