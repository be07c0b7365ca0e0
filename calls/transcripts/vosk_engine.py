"""Vosk behind the engine port: a child process that holds the model, and what to do when it dies.

In: sides of a recording. Out: what `vosk_child` heard. The model stays loaded between calls; after a number of them the
child is replaced, for Kaldi gives memory back only in part.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from calls.errors import EngineCrashed, EngineFailed, ModelBroken, RecordingUnreadable
from calls.recordings.decode import open_sound
from calls.transcripts.engine import Progress, SideSource
from calls.transcripts.segments import TranscriptResult, result_from_json

STDERR_TAIL_BYTES = 2000


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """Seconds and counts after which a child is given up.

    `load_s`: a model of several GB from a slow disk takes minutes. `silent_s`: the child tells its progress all the
    time; this long without a word means that it hangs. `recordings`: then a new child takes over.
    """

    load_s: float = 600.0
    silent_s: float = 300.0
    recordings: int = 200


class VoskEngine:
    """One model in one child process, started when first needed."""

    def __init__(
        self,
        model_dir: Path,
        command: Sequence[str] | None = None,
        limits: EngineLimits | None = None,
    ) -> None:
        """Name the model; nothing is started yet.

        Args:
            model_dir: an unpacked Vosk model.
            command: the child's command line, for tests; default is `vosk_child` with this Python.
            limits: when to give a child up.
        """
        self.model_dir = model_dir
        self._command = command or (
            sys.executable,
            "-m",
            "calls.transcripts.vosk_child",
            str(model_dir),
        )
        self._limits = limits or EngineLimits()
        self._child: _Child | None = None
        self._served = 0
        self._one_at_a_time = threading.Lock()

    def load(self) -> None:
        """Start the child and wait until the model is loaded.

        Raises:
            ModelBroken: the model does not load.
            EngineCrashed: the child died over it.
        """
        if self._child is not None:
            return
        child = _Child(self._command)
        try:
            reply = child.receive(self._limits.load_s)
            if "broken" in reply:
                raise ModelBroken(str(self.model_dir), str(reply["broken"]))
        except BaseException:
            child.kill()
            raise
        self._child = child

    def transcribe(
        self, sources: Sequence[SideSource], progress: Progress | None = None
    ) -> TranscriptResult:
        """Hear all sides of one recording; see `Engine.transcribe`."""
        total_s = sum(_duration_s(source.path) for source in sources)

        def told(done_s: float) -> None:
            if progress and total_s:
                progress(min(done_s / total_s, 1.0))

        return self._transcribe(sources, told)

    def sample(self, sources: Sequence[SideSource], speech_s: float) -> TranscriptResult:
        """Hear the beginning of the speech; see `Engine.sample`."""
        return self._transcribe(sources, lambda _done_s: None, speech_s)

    def knows(self, words: Collection[str]) -> Mapping[str, bool]:
        """Which of the words are in the model's list: others cannot be heard.

        Raises:
            ModelBroken: the model does not load.
            EngineCrashed: the process died.
        """
        with self._one_at_a_time:
            self.load()
            assert self._child is not None  # noqa: S101 - load() has made it
            self._child.send({"words": list(words)})
            reply = self._child.receive(self._limits.silent_s)
        if "known" not in reply:
            raise EngineFailed(str(reply.get("failed", reply)))
        return {str(word): bool(known) for word, known in reply["known"].items()}

    def _transcribe(
        self, sources: Sequence[SideSource], told: Progress, speech_s: float | None = None
    ) -> TranscriptResult:
        with self._one_at_a_time:
            self.load()
            try:
                return self._ask(sources, told, speech_s)
            except EngineCrashed:
                self._drop()
                raise

    def _ask(
        self, sources: Sequence[SideSource], told: Progress, speech_s: float | None
    ) -> TranscriptResult:
        assert self._child is not None  # noqa: S101 - load() has made it
        self._child.send({"sources": [
            {"side": s.side, "path": str(s.path), "channel": s.channel, "offset_s": s.offset_s}
            for s in sources
        ], "speech_s": speech_s})  # fmt: skip
        while True:
            match self._child.receive(self._limits.silent_s):
                case {"progress": done_s}:
                    told(float(done_s))
                case {"result": result}:
                    self._count()
                    return result_from_json(result)
                case {"unreadable": [path, why]}:
                    raise RecordingUnreadable(path, why)
                case reply:
                    raise EngineFailed(str(reply.get("failed", reply)))

    def _count(self) -> None:
        self._served += 1
        if self._served >= self._limits.recordings:
            self._drop()

    def _drop(self) -> None:
        child, self._child, self._served = self._child, None, 0
        if child is not None:
            child.kill()

    def close(self) -> None:
        """End the child at once, in the middle of its work too; the work is then an `EngineCrashed`."""
        child = self._child
        if child is not None:
            child.kill()
        self._child = None


class _Child:
    """The process and its pipes. Replies are read by a thread, so that waiting for one has an end."""

    def __init__(self, command: Sequence[str]) -> None:
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in kill()
        self._process = subprocess.Popen(  # noqa: S603 - our own command line
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr
        )
        self._replies: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - PIPE was asked for
        for line in self._process.stdout:
            self._replies.put(line)
        self._replies.put(b"")

    def send(self, request: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - PIPE was asked for
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._crash("") from error

    def receive(self, timeout_s: float) -> dict[str, Any]:
        """The next reply; a child that died, hangs or talks nonsense is an `EngineCrashed`."""
        try:
            line = self._replies.get(timeout=timeout_s)
        except queue.Empty:
            raise self._crash(f"no word from it for {timeout_s:g} s") from None
        if not line:
            raise self._crash("")
        try:
            reply = json.loads(line)
        except ValueError:
            raise self._crash(f"no reply but {line[:80]!r}") from None
        return reply if isinstance(reply, dict) else {}

    def _crash(self, why: str) -> EngineCrashed:
        self.kill()
        return EngineCrashed(self._process.returncode, why or self._said or "it said nothing")

    def kill(self) -> None:
        """End the process and give its pipes back. Safe to repeat."""
        if self._process.poll() is None and self._process.stdout is not None:
            try:  # it may be dying by itself: its own exit code says more than ours
                self._process.wait(0.2 if self._reader_done else 0)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        if not self._stderr.closed:
            self._stderr.seek(max(0, self._stderr.seek(0, 2) - STDERR_TAIL_BYTES))
            self._said = self._stderr.read().decode(errors="replace").strip()
            self._stderr.close()

    _said = ""

    @property
    def _reader_done(self) -> bool:
        return not self._reader.is_alive()


def _duration_s(path: Path) -> float:
    with open_sound(path) as sound:
        return sound.duration_s or 0.0
