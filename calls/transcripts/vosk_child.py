"""The process in which Vosk runs, for a failed assertion of Kaldi aborts the process it is in.

In: a model's directory as the argument, then requests, one JSON object a line, on standard input. Out: one JSON object
a line on standard output: `ready` or `broken` once; then for each request any number of `progress` and one of
`result`, `known` (which words the model has, where that was asked), `unreadable`, `failed`. It ends when its standard
input ends, so it never outlives the one that started it.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from calls.errors import RecordingUnreadable
from calls.transcripts.engine import SideSource
from calls.transcripts.hearing import HeardSide, Hearing
from calls.transcripts.model_files import missing_files, model_name, rate_hz
from calls.transcripts.segments import (
    ChannelTranscript,
    EngineInfo,
    Side,
    TranscriptResult,
    utterances_of,
)

PROGRESS_EVERY_S = 0.25
NICENESS = 10
"""Transcription is never urgent; the pages and the PBX connection on the same machine are."""


class _Replies:
    """Standard output kept for replies alone: what native code prints goes to standard error."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._out: IO[str] = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def send(self, **reply: Any) -> None:
        with self._lock:
            self._out.write(json.dumps(reply, ensure_ascii=False) + "\n")
            self._out.flush()


class _Progress:
    """How far all sides of one request are, told not too often."""

    def __init__(self, replies: _Replies, sides: int) -> None:
        self._replies = replies
        self._read_s = [0.0] * sides
        self._told_at = 0.0

    def tell(self, side: int, read_s: float) -> None:
        self._read_s[side] = read_s
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_EVERY_S:
            self._told_at = now
            self._replies.send(progress=round(sum(self._read_s), 2))


def main() -> None:
    """Load the model and serve requests until standard input ends."""
    os.nice(NICENESS)
    replies = _Replies()
    requests: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    directory = Path(sys.argv[1])
    try:
        hearing = _load(directory)
    except Exception as error:  # whatever Vosk raises, the parent must hear of it
        replies.send(broken=str(error))
        return
    info = EngineInfo("vosk", version("vosk"), model_name(directory), rate_hz(directory))
    replies.send(ready=True)
    while True:
        _serve(json.loads(requests.get()), hearing, info, replies)


def _read_requests(requests: queue.Queue[str]) -> None:
    for line in sys.stdin:
        requests.put(line)
    os._exit(0)  # the parent is gone: leave at once, in the middle of the work too


def _load(directory: Path) -> Hearing:
    missing = missing_files(directory)
    if missing:  # native code would abort over a model that is half there
        raise ValueError(f"{directory} is no whole model: {', '.join(missing)} missing")
    import vosk

    vosk.SetLogLevel(-1)
    return Hearing(vosk.Model(model_path=str(directory)), rate_hz(directory))


def _serve(request: dict[str, Any], hearing: Hearing, info: EngineInfo, replies: _Replies) -> None:
    if "words" in request:
        replies.send(known=hearing.knows(request["words"]))
        return
    sources = [
        SideSource(Side(s["side"]), Path(s["path"]), int(s["channel"]), float(s["offset_s"]))
        for s in request["sources"]
    ]
    try:
        replies.send(
            result=_transcribe(sources, (hearing, info, replies), request.get("speech_s")).to_json()
        )
    except RecordingUnreadable as error:
        replies.send(unreadable=[error.path, error.why])
    except Exception as error:  # one bad recording must not end the process
        replies.send(failed=f"{type(error).__name__}: {error}")


def _transcribe(
    sources: list[SideSource],
    by: tuple[Hearing, EngineInfo, _Replies],
    speech_s: float | None = None,
) -> TranscriptResult:
    """Hear all sides at once; with `speech_s` only so much speech, shared evenly by them."""
    hearing, info, replies = by
    limit_s = speech_s / len(sources) if speech_s else None
    progress = _Progress(replies, len(sources))
    started = time.process_time()

    def hear(number: int) -> HeardSide:
        return hearing.hear(sources[number], lambda read_s: progress.tell(number, read_s), limit_s)

    with ThreadPoolExecutor(max_workers=len(sources)) as pool:
        heard = list(pool.map(hear, range(len(sources))))
    return TranscriptResult(
        duration_s=round(
            max(s.offset_s + h.duration_s for s, h in zip(sources, heard, strict=True)), 3
        ),
        cpu_s=round(time.process_time() - started, 3),
        engine=info,
        channels=tuple(
            ChannelTranscript(s.side, utterances_of(h.words))
            for s, h in zip(sources, heard, strict=True)
        ),
        warnings=tuple(dict.fromkeys(text for h in heard for text in h.warnings)),
    )


if __name__ == "__main__":
    main()
