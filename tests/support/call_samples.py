"""Calls with recordings and transcripts for tests of pages: invented people, made-up sound."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from sqlalchemy.ext.asyncio import AsyncSession

from calls import record_json
from calls.db import Database
from calls.model import CallRecord, Ring, Talk
from calls.search import index_utterances
from calls.tables import Call, CallLeg, PeakCache, Recording, Transcript, Utterance
from crm.finding import index
from crm.finding.terms import folded
from crm.tables import CallLink, Client, ClientNumber
from pbx.events import Direction, Linkedid, Party, PbxName, RingResult, Uniqueid

RATE_HZ = 8000
TURNS: tuple[tuple[str, str, float], ...] = (
    ("operator", "Добрый день, компания Ромашка, меня зовут Анна", 0.5),
    ("client", "Здравствуйте, я жду скидку по договору", 4.0),
    ("operator", "Мы сделаем вам скидку десять процентов до пятницы", 8.0),
    ("client", "Хорошо, тогда я подпишу", 13.0),
)
"""Side, text, beginning in seconds; a word takes 0.5 s."""
DURATION_S = 20.0


@dataclass(frozen=True)
class Sample:
    """Ids of one seeded call."""

    call: int
    recording: int
    client: int
    utterances: tuple[int, ...]


def words_of(text: str, start_s: float) -> list[dict[str, Any]]:
    return [
        {
            "word": word.strip(","),
            "start_s": start_s + index * 0.5,
            "end_s": start_s + index * 0.5 + 0.45,
            "conf": 0.4 if word.startswith("десять") else 0.95,
        }
        for index, word in enumerate(text.split())
    ]


def write_sound(path: Path, seconds: float = DURATION_S) -> str:
    """Two tones, client (left) 440 Hz and operator (right) 880 Hz; returns the SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    left, right = (0.3 * np.sin(2 * np.pi * tone * at) for tone in (440, 880))
    gate = (at % 4) < 2
    soundfile.write(path, np.stack([left * gate, right * ~gate], axis=1), RATE_HZ, subtype="PCM_16")
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def add_client(session: AsyncSession, now: datetime, name: str, number: str) -> int:
    client = Client(
        kind="person", name=name, search_name=folded(name), created_at=now, updated_at=now
    )
    client.numbers = [ClientNumber(raw=number, e164=number, last10=number[-10:])]
    session.add(client)
    await session.flush()
    await index.renew(session, [client.id])
    return client.id


def answered_call(linkedid: str, at: datetime, extension: str, number: str) -> Call:
    """An incoming call that rang for 4 s and was answered."""
    ended = at + timedelta(seconds=4 + DURATION_S)
    call = Call(
        pbx="main", linkedid=linkedid, linkedids=[linkedid], direction="in", caller=number,
        called="74950000001", remote_number=number, remote_e164=number, trunk="provider",
        queue="sales", started_at=at, answered_at=at + timedelta(seconds=4), ended_at=ended,
        ended=True, answered_by=extension, final_handler=extension, outcome="answered",
        wait_s=4.0, talk_s=DURATION_S, hold_s=0.0,
    )  # fmt: skip
    call.detail = record_json.dump(_record_of(call))
    call.reason_key, call.reason_args = (
        "answered_first",
        {"by": extension, "after_s": "4", "others": "102"},
    )
    call.legs = [
        CallLeg(
            position=0, uniqueid=f"{linkedid}.1", extension=extension, queue="sales",
            offered_at=at, rang=True, rang_at=at + timedelta(seconds=1),
            stopped_at=at + timedelta(seconds=4), result="answered", talked=True,
        )
    ]  # fmt: skip
    return call


def _record_of(call: Call) -> CallRecord:
    client, operator = Party(number=call.caller), Party(extension=call.answered_by)
    assert call.started_at is not None
    return CallRecord(
        pbx=PbxName(call.pbx), linkedid=Linkedid(call.linkedid), linkedids=(Linkedid(call.linkedid),),
        direction=Direction.IN, caller=client, called=Party(number=call.called), queue=call.queue,
        started_at=call.started_at, answered_at=call.answered_at, ended_at=call.ended_at, ended=True,
        rings=tuple(
            Ring(
                leg=Uniqueid(f"{call.linkedid}.{party.extension}"), party=party, queue=call.queue,
                offered_at=call.started_at, rang=True, rang_at=call.started_at + timedelta(seconds=1),
                stopped_at=call.answered_at, result=result,
            )
            for party, result in (
                (operator, RingResult.ANSWERED),
                (Party(extension="102" if operator.extension != "102" else "101"), RingResult.ANSWERED_ELSEWHERE),
            )
        ),
        talks=(Talk(parties=(client, operator), started_at=call.answered_at, ended_at=call.ended_at, is_open=False),),
    )  # fmt: skip


async def add_heard_call(
    db: Database,
    data_dir: Path,
    at: datetime,
    *,
    extension: str = "101",
    number: str = "+79160000001",
    name: str = "Пётр Иванов",
    linkedid: str = "1790000000.1",
    origin: str = "engine",
) -> Sample:
    """An answered call of `extension` with a client, a two-sided recording and a transcript."""
    relative = f"recordings/{linkedid}.wav"
    digest = write_sound(data_dir / relative)
    async with db.write() as session:
        client_id = await add_client(session, at, name, number)
        call = answered_call(linkedid, at, extension, number)
        session.add(call)
        await session.flush()
        session.add(CallLink(call_id=call.id, client_id=client_id, how="number", linked_at=at))
        recording = Recording(
            call_id=call.id, source_key=f"{linkedid}.wav", state="ready", sides="two",
            path=relative, sha256=digest, duration_s=DURATION_S, rate_hz=RATE_HZ, created_at=at,
            files=[{"role": "client", "path": relative, "sha256": digest}],
        )  # fmt: skip
        session.add(recording)
        await session.flush()
        session.add(_peaks_of(recording.id, data_dir / relative))
        transcript = Transcript(
            call_id=call.id, recording_id=recording.id, origin=origin, engine="vosk",
            model="test-model", lang="ru", duration_s=DURATION_S, current=True, created_at=at,
        )  # fmt: skip
        transcript.utterances = [
            Utterance(
                call_id=call.id, turn=turn, side=side, text=text, start_s=start_s,
                end_s=start_s + len(text.split()) * 0.5, words=words_of(text, start_s),
                speaker=extension if side == "operator" else number,
            )
            for turn, (side, text, start_s) in enumerate(TURNS)
        ]  # fmt: skip
        session.add(transcript)
        await index_utterances(session, transcript.utterances)
        return Sample(
            call=call.id,
            recording=recording.id,
            client=client_id,
            utterances=tuple(one.id for one in transcript.utterances),
        )


def _peaks_of(recording_id: int, path: Path) -> PeakCache:
    samples, _rate = soundfile.read(path, dtype="float32", always_2d=True)
    step = RATE_HZ // 100
    blocks = samples[: len(samples) // step * step].reshape(-1, step, 2)
    pairs = np.stack([blocks.min(axis=1), blocks.max(axis=1)], axis=2)  # step, channel, pair
    data = np.round(pairs.transpose(1, 0, 2) * 127).astype(np.int8).tobytes()
    return PeakCache(recording_id=recording_id, step_ms=10, channels=2, peaks=data)
