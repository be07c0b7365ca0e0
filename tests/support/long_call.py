"""A call of two hours for tests and benches: made in a moment, as a sparse file, and never kept.

In: a database and a data directory. Out: a call whose sides speak a few seconds each minute, with its outline and, if
asked, thousands of words. Between the turns nobody speaks.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert
from support.call_samples import RATE_HZ, add_client, answered_call

from calls.db import Database
from calls.recordings.peaks import peaks_of
from calls.tables import PeakCache, Recording, Transcript, Utterance
from crm.tables import CallLink

HOURS = 2
SECONDS = HOURS * 3600
TURN_S = 10.0
"""A turn begins every minute and lasts so long; client and operator by turns."""
BYTES_PER_S = RATE_HZ * 4


@dataclass(frozen=True)
class LongCall:
    """Ids, and how large the file is."""

    call: int
    recording: int
    size_bytes: int


def write_long_sound(path: Path, seconds: int = SECONDS) -> str:
    """A stereo WAV: tones in the turns, and holes of the file between them. Returns a digest that stands for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    size = seconds * BYTES_PER_S
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 2, RATE_HZ,
        BYTES_PER_S, 4, 16, b"data", size,
    )  # fmt: skip
    at = np.arange(int(TURN_S * RATE_HZ)) / RATE_HZ
    tone = (0.3 * 32767 * np.sin(2 * np.pi * 440 * at)).astype("<i2")
    quiet = np.zeros_like(tone)
    with path.open("wb") as file:
        file.write(head)
        for number, start in enumerate(range(0, seconds, 60)):
            file.seek(len(head) + start * BYTES_PER_S)
            sides = (quiet, tone) if number % 2 == 0 else (tone, quiet)
            file.write(np.stack(sides, axis=1).tobytes())
        file.truncate(len(head) + size)
    return hashlib.sha256(head).hexdigest()


async def add_long_call(
    db: Database, data_dir: Path, at: datetime, *, words_a_turn: int = 0, turn_every_s: int = 60
) -> LongCall:
    """An answered call of two hours; with `words_a_turn` words in each turn, one every `turn_every_s` seconds."""
    relative = "recordings/long.wav"
    path = data_dir / relative
    digest = write_long_sound(path)
    peaks = peaks_of(path)
    async with db.write() as session:
        client = await add_client(session, at, "Пётр Иванов", "+79160000009")
        call = answered_call("1790000009.1", at, "101", "+79160000009")
        session.add(call)
        await session.flush()
        session.add(CallLink(call_id=call.id, client_id=client, how="number", linked_at=at))
        recording = Recording(
            call_id=call.id, source_key="long.wav", state="ready", sides="two", path=relative,
            sha256=digest, duration_s=float(SECONDS), rate_hz=RATE_HZ, created_at=at, files=[],
        )  # fmt: skip
        session.add(recording)
        await session.flush()
        session.add(
            PeakCache(
                recording_id=recording.id, step_ms=peaks.step_ms, channels=2, peaks=peaks.data
            )
        )
        if words_a_turn:
            transcript = Transcript(
                call_id=call.id, recording_id=recording.id, origin="engine", engine="vosk",
                model="test-model", lang="ru", duration_s=float(SECONDS), current=True, created_at=at,
            )  # fmt: skip
            session.add(transcript)
            await session.flush()
            await session.execute(
                insert(Utterance), _turns(call.id, transcript.id, words_a_turn, turn_every_s)
            )
        return LongCall(call.id, recording.id, path.stat().st_size)


def _turns(
    call_id: int, transcript_id: int, words_a_turn: int, every_s: int
) -> list[dict[str, object]]:
    lasts_s = min(TURN_S, every_s)
    length_s = lasts_s / words_a_turn
    turns = []
    for number, start in enumerate(range(0, SECONDS, every_s)):
        words = [
            {
                "word": f"слово{number}.{index}",
                "start_s": round(start + index * length_s, 2),
                "end_s": round(start + (index + 0.9) * length_s, 2),
                "conf": 0.9,
            }
            for index in range(words_a_turn)
        ]
        turns.append(
            {
                "call_id": call_id,
                "transcript_id": transcript_id,
                "turn": number,
                "side": "client" if number % 2 else "operator",
                "speaker": "",
                "text": " ".join(str(word["word"]) for word in words),
                "start_s": float(start),
                "end_s": start + lasts_s,
                "words": words,
            }
        )
    return turns
