"""A dispute with all that a proof pack can tell of it, for tests. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import soundfile
from sqlalchemy.ext.asyncio import AsyncSession
from support.web_seed import add_call, add_client

from calls.db import Database
from calls.recordings.storage import sha256_of
from calls.tables import (
    Call,
    CallTransfer,
    Recording,
    SpeechAct,
    Transcript,
    Utterance,
    UtteranceCorrection,
)
from crm import audit
from crm.access import SYSTEM
from crm.tables import Dispute, DisputeEvidence, DisputeRemark, Promise

RATE_HZ = 8000
DURATION_S = 30.0
MARKUP = '<script>alert("x")</script> & <b>ten</b>'
"""Words that are markup: a page that does not escape them would run them."""
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seeded:
    """Ids of the rows."""

    dispute: int
    call: int
    other_call: int
    recording: int
    utterance: int
    sound: Path
    """The playable file of the first call."""


async def seed_case(db: Database, data_dir: Path, user_id: int | None = None) -> Seeded:
    """A client who says that ten percent were promised; a call in which they were, and one in which they were refused."""
    async with db.write() as session:
        client = await add_client(session, "Ирина Соколова", "+79161234567")
        first = await add_call(session, "9.1", at=AT, client_id=client.id)
        first.outcome, first.reason_key = "answered", "answered"
        first.reason_args = {"by": "101", "after_s": 8}
        handed = {"kind": "attended", "source": "101", "target": "105", "at": AT}
        session.add(CallTransfer(call_id=first.id, position=0, **handed))
        second = await add_call(session, "9.2", at=AT + timedelta(days=1), client_id=client.id)
        recording = await _recording(session, first, data_dir)
        turns = await _words(session, first, recording, user_id or 1)
        dispute = await _dispute(session, client.id, user_id)
        await _evidence(session, dispute, turns, second, user_id)
        await audit.record(
            session, SYSTEM, "recording.play", "recording", recording.id, {"call": first.id}
        )
        await audit.record(session, SYSTEM, "client.edit", "client", client.id)
        return Seeded(
            dispute=dispute.id,
            call=first.id,
            other_call=second.id,
            recording=recording.id,
            utterance=turns[1].id,
            sound=data_dir / recording.path,
        )


async def _recording(session: AsyncSession, call: Call, data_dir: Path) -> Recording:
    row = Recording(
        call_id=call.id, source_key="9.1.wav", state="ready", sides="two", duration_s=DURATION_S,
        rate_hz=RATE_HZ, started_at=AT, created_at=AT,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    folder = data_dir / "recordings" / "2026"
    folder.mkdir(parents=True, exist_ok=True)
    times = np.arange(int(RATE_HZ * DURATION_S)) / RATE_HZ
    sides = [np.sin(times * hz * 6.28) * 0.3 for hz in (220, 330)]
    stereo = folder / f"{row.id}.wav"
    soundfile.write(stereo, np.stack(sides, axis=1), RATE_HZ, subtype="PCM_16")
    files = []
    for role, side in zip(("client", "operator"), sides, strict=True):
        path = folder / f"{row.id}-{role}-9.1.wav"
        soundfile.write(path, side, RATE_HZ, subtype="PCM_16")
        files.append(
            {"role": role, "path": path.relative_to(data_dir).as_posix(), "sha256": sha256_of(path),
             "bytes": path.stat().st_size, "source": "/spool/9.1.wav"}
        )  # fmt: skip
    row.path = stereo.relative_to(data_dir).as_posix()
    row.sha256, row.size_bytes, row.files = sha256_of(stereo), stereo.stat().st_size, files
    return row


async def _words(
    session: AsyncSession, call: Call, recording: Recording, by_id: int
) -> list[Utterance]:
    transcript = Transcript(
        call_id=call.id, recording_id=recording.id, origin="engine", engine="vosk",
        engine_version="0.3.45", model="vosk-model-small-ru-0.22", lang="ru", created_at=AT,
    )  # fmt: skip
    said = (
        ("client", "+79161234567", "вы обещали мне десять процентов", 2.0),
        ("operator", "101", "я сделаю вам скидку семь процентов до пятницы", 8.0),
        ("client", "+79161234567", MARKUP, 14.0),
    )
    turns = []
    for turn, (side, speaker, text, start_s) in enumerate(said):
        words = [
            {"word": word, "start_s": start_s + place, "end_s": start_s + place + 0.5,
             "conf": 0.43 if word == "семь" else 0.97}
            for place, word in enumerate(text.split())
        ]  # fmt: skip
        turns.append(
            Utterance(call_id=call.id, turn=turn, side=side, speaker=speaker, start_s=start_s,
                      end_s=start_s + len(words), text=text, words=words)
        )  # fmt: skip
    transcript.utterances = turns
    session.add(transcript)
    await session.flush()  # the ids of the turns
    corrected = "я сделаю вам скидку десять процентов до пятницы"
    turns[1].corrected, turns[1].version = corrected, 1
    session.add_all([
        UtteranceCorrection(utterance_id=turns[1].id, version=1, text=corrected, by_id=by_id, at=AT),
        Promise(call_id=call.id, quote="сделаю вам скидку", what="скидка 10%", action="discount",
                amount_value=Decimal(10), amount_unit="percent", due_on=date(2026, 11, 27),
                by_party="101", start_s=8.0, marked_at=AT, utterance_id=turns[1].id),
        SpeechAct(call_id=call.id, transcript_id=transcript.id, utterance_id=turns[0].id,
                  label="claim", action="discount", side="client", word_from=0, word_to=4,
                  quote=said[0][2], start_s=2.0, end_s=7.0, rules="test"),
    ])  # fmt: skip
    return turns


async def _dispute(session: AsyncSession, client_id: int, user_id: int | None) -> Dispute:
    dispute = Dispute(
        client_id=client_id, claim=f"Обещали десять процентов. {MARKUP}", action="discount",
        amount=Decimal("1500.50"), unit="RUB", claimed_on=date(2026, 11, 22),
        promised_from=date(2026, 11, 1), state="closed", verdict="for_client",
        verdict_text="Слышно, что обещали.", granted=Decimal(1500), opened_by_id=user_id,
        opened_at=AT, decided_by_id=user_id, decided_at=AT, closed_at=AT,
    )  # fmt: skip
    session.add(dispute)
    await session.flush()
    session.add(DisputeRemark(dispute_id=dispute.id, kind="answer", text="Да, говорил.", at=AT))
    return dispute


async def _evidence(
    session: AsyncSession,
    dispute: Dispute,
    turns: list[Utterance],
    other: Call,
    user_id: int | None,
) -> None:
    rows = [
        DisputeEvidence(dispute_id=dispute.id, call_id=turns[1].call_id, utterance_id=turns[1].id,
                        side="operator", speaker="101", quote=turns[1].text, start_s=8.0, end_s=15.0,
                        speaks="for", found_by="promise", state="taken", by_id=user_id, at=AT),
        DisputeEvidence(dispute_id=dispute.id, call_id=other.id, side="operator", quote=MARKUP,
                        start_s=3.0, end_s=4.0, speaks="against", found_by="search", state="taken",
                        by_id=user_id, at=AT),
        DisputeEvidence(dispute_id=dispute.id, call_id=other.id, quote="пустое", found_by="search",
                        state="dismissed", at=AT),
        DisputeEvidence(dispute_id=dispute.id, call_id=other.id, quote="может быть", found_by="search",
                        state="proposed", at=AT),
    ]  # fmt: skip
    session.add_all(rows)
    await session.flush()
