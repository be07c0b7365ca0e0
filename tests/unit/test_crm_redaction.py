"""Pieces of a call that nobody may hear or read again: masked, silenced, and explained by hashes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select, update
from support.call_samples import RATE_HZ, Sample, add_heard_call
from support.people import person
from support.remains import files_of, holding, rows_holding
from support.spread_words import spread

from calls import jobs, search
from calls.db import Database
from calls.personal_data.finder import Kind
from calls.personal_data.silence import Span, hide
from calls.personal_data.turns import Stretch
from calls.personal_data.ways import TONE
from calls.recordings.storage import sha256_of
from calls.search import index_utterances
from calls.tables import Job, PeakCache, Recording, Transcript, Utterance, UtteranceCorrection
from crm import audit, company_settings, erasure, legal_holds, redaction, redaction_search
from crm.access import SYSTEM, Actor
from crm.errors import Forbidden, Held, Invalid
from crm.redaction import SILENCE_JOB, Piece, Why
from crm.redaction_search import RedactionRules
from crm.redaction_sound import Silencer
from crm.tables import AuditEntry, Promise, Redaction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SAID = "код из смс сорок пять двенадцать"
SPAN = Stretch(from_s=5.46, to_s=7.0)
"""Where «сорок пять двенадцать» is said: words last 0.45 s, the turn begins at 4.0."""


@pytest.fixture
async def vera(db: Database) -> Actor:
    return await person(db, "vera", "supervisor")


@pytest.fixture
async def heard(db: Database, tmp_path: Path) -> Sample:
    """A call in which a client says a code, with a promise and a correction that hold it."""
    sample = await add_heard_call(db, tmp_path, NOW)
    async with db.write() as session:
        turn = await session.get_one(Utterance, sample.utterances[1])
        turn.text = SAID
        turn.words = [
            {"word": word, "start_s": 4.0 + at * 0.5, "end_s": 4.45 + at * 0.5, "conf": 0.9}
            for at, word in enumerate(SAID.split())
        ]
        turn.corrected, turn.version = "Код из СМС: 45 12.", 1
        session.add(
            UtteranceCorrection(
                utterance_id=turn.id, version=1, text=turn.corrected, by_id=1, at=NOW
            )
        )
        await index_utterances(session, [turn])
        session.add(
            Promise(call_id=sample.call, utterance_id=turn.id, quote="из смс сорок пять двенадцать", what="код 4512",
                    start_s=4.5, end_s=7.0, state="kept", marked_at=NOW)
        )  # fmt: skip
    return sample


async def hidden(db: Database, actor: Actor, sample: Sample, **more: str) -> list[Redaction]:
    piece = Piece(recording_id=sample.recording, stretch=SPAN, kind="code")
    async with db.write() as session:
        return await redaction.redact(
            session, actor, sample.call, [piece], Why(reason="a code", **more)
        )


async def silenced(db: Database, data_dir: Path) -> None:
    job = await jobs.claim(db, [SILENCE_JOB], "w", 60)
    assert job is not None
    assert await Silencer(db, data_dir).silence(job)


async def test_words_are_masked_wherever_they_are_written(
    db: Database, vera: Actor, heard: Sample
) -> None:
    (row,) = await hidden(db, vera, heard)
    async with db.read() as session:
        turn = await session.get_one(Utterance, heard.utterances[1])
        version = (await session.scalars(select(UtteranceCorrection))).one()
        promise = (await session.scalars(select(Promise))).one()
        assert turn.text == "код из смс ••• ••• •••"
        assert [word["word"] for word in turn.words] == turn.text.split()
        assert turn.corrected == version.text == "Код из СМС: ••• •••"
        assert (promise.quote, promise.what) == ("из смс ••• ••• •••", "код •••")
        assert await search.search(session, "двенадцать") == []
        assert len(await search.search(session, "смс")) == 1
    assert (row.words, row.kind, row.done_at) == (3, "code", None)


async def test_sound_is_silent_in_every_file_and_the_old_ones_are_gone(
    db: Database, vera: Actor, heard: Sample, tmp_path: Path
) -> None:
    async with db.read() as session:
        before = await session.get_one(Recording, heard.recording)
        old_path, old_hash = before.path, before.sha256
        old_peaks = (await session.get_one(PeakCache, heard.recording)).peaks
    await hidden(db, vera, heard)
    async with db.read() as session:
        assert await redaction.is_waiting(session, heard.recording)
    await silenced(db, tmp_path)
    async with db.read() as session:
        after = await session.get_one(Recording, heard.recording)
        row = (await session.scalars(select(Redaction))).one()
        entries = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "call.redact"))
        ).all()
        assert (await session.get_one(PeakCache, heard.recording)).peaks != old_peaks
        assert not await redaction.is_waiting(session, heard.recording)
        assert (await audit.verify(session)).ok
    assert (row.old_sha256, row.new_sha256) == (old_hash, after.sha256)
    assert after.sha256 == sha256_of(tmp_path / after.path)
    assert [one["sha256"] for one in after.files] == [after.sha256]
    assert not (tmp_path / old_path).exists()
    sound, rate_hz = soundfile.read(tmp_path / after.path, always_2d=True)
    assert not sound[int(5.46 * rate_hz) : int(7.0 * rate_hz)].any()
    assert sound[: int(5.3 * rate_hz)].any()
    assert len(sound) == 20 * RATE_HZ
    assert entries[-1].detail["old_sha256"] == old_hash
    assert entries[-1].detail["new_sha256"] == after.sha256


async def test_no_row_and_no_file_holds_what_was_hidden(
    db: Database, vera: Actor, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    word = "ксилобратина"
    data_dir = tmp_path / "data"
    sample = await add_heard_call(db, data_dir, NOW)
    async with db.write() as session:
        transcript = (await session.scalars(select(Transcript.id))).one()
        roots = {"calls": sample.call, "recordings": sample.recording, "transcripts": transcript,
                 "utterances": sample.utterances[1]}  # fmt: skip
        turn = await session.get_one(Utterance, sample.utterances[1])
        turn.text = f"привезите {word} завтра"
        turn.words = [
            {"word": one, "start_s": 4.0 + at, "end_s": 4.9 + at, "conf": 1.0}
            for at, one in enumerate(turn.text.split())
        ]
        await index_utterances(session, [turn])
        await spread(session, roots, word, into_roots=False)
        await session.execute(update(UtteranceCorrection).values(words=None))
        await audit.record(session, None, "search", words={"query": word})
    piece = Piece(recording_id=sample.recording, stretch=Stretch(from_s=5.1, to_s=5.8))
    async with db.write() as session:
        await redaction.redact(session, vera, sample.call, [piece], Why(reason="a name"))
    await silenced(db, data_dir)
    assert await erasure.clean_up(db, now=True)
    assert await rows_holding(db, [word]) == []
    assert await holding(db, [*files_of(db, request), data_dir], [word]) == []


async def test_held_call_is_not_redacted(db: Database, vera: Actor, heard: Sample) -> None:
    async with db.write() as session:
        await legal_holds.place(session, vera, "call", heard.call, "a court asked for it")
    with pytest.raises(Held):
        await hidden(db, vera, heard)
    async with db.read() as session:
        assert (await session.get_one(Utterance, heard.utterances[1])).text == SAID


@pytest.mark.parametrize(
    "piece",
    [
        Piece(recording_id=1, stretch=Stretch(from_s=3, to_s=3)),
        Piece(recording_id=1, stretch=Stretch(from_s=-1, to_s=3)),
        Piece(recording_id=1, stretch=Stretch(from_s=0, to_s=5000)),
        Piece(recording_id=1, stretch=SPAN, kind="nonsense"),
    ],
)
async def test_impossible_pieces_are_refused(
    db: Database, vera: Actor, heard: Sample, piece: Piece
) -> None:
    async with db.write() as session:
        with pytest.raises(Invalid):
            await redaction.redact(session, vera, heard.call, [piece], Why())


async def test_operators_redact_nothing(db: Database, heard: Sample) -> None:
    with pytest.raises(Forbidden):
        await hidden(db, await person(db, "anna", "operator"), heard)


async def test_the_same_moment_of_another_recording_is_hidden_too(
    db: Database, vera: Actor, heard: Sample
) -> None:
    async with db.write() as session:
        first = await session.get_one(Recording, heard.recording)
        first.started_at = NOW
        session.add(
            Recording(call_id=heard.call, source_key="b.wav", state="ready", duration_s=15.0, created_at=NOW,
                      started_at=NOW + timedelta(seconds=5), files=[])
        )  # fmt: skip
    rows = await hidden(db, vera, heard)
    assert [(row.from_s, row.to_s) for row in rows] == [
        (5.46, 7.0),
        (pytest.approx(0.46), pytest.approx(2.0)),
    ]


async def test_rules_hide_what_they_name_and_nothing_else(
    db: Database, vera: Actor, heard: Sample
) -> None:
    async with db.write() as session:
        transcript = (await session.scalars(select(Transcript))).one()
        await redaction_search.apply_rules(session, transcript)
        assert (await session.get_one(Utterance, heard.utterances[1])).text == SAID
        found = await redaction_search.in_call(session, heard.call)
        assert [(one.piece.kind, one.words) for one in found] == [("code", "45 12.")]
        await company_settings.save(
            session, SYSTEM, redaction_search.SETTING, RedactionRules(kinds=frozenset({Kind.CODE}))
        )
        await redaction_search.apply_rules(session, transcript)
        await redaction_search.apply_rules(session, transcript)
    async with db.read() as session:
        turn = await session.get_one(Utterance, heard.utterances[1])
        rows = (await session.scalars(select(Redaction))).all()
        waiting = (await session.scalars(select(Job.kind).where(Job.kind == SILENCE_JOB))).all()
    assert "45" not in str(turn.corrected)
    assert "двенадцать" not in turn.text
    assert [(row.kind, row.found_by) for row in rows] == [("code", "rule")]
    assert waiting == [SILENCE_JOB]


async def test_rules_leave_held_calls_alone(db: Database, vera: Actor, heard: Sample) -> None:
    async with db.write() as session:
        await legal_holds.place(session, vera, "call", heard.call, "a court asked for it")
        rules = RedactionRules(kinds=frozenset(Kind))
        await company_settings.save(session, SYSTEM, redaction_search.SETTING, rules)
        transcript = (await session.scalars(select(Transcript))).one()
        await redaction_search.apply_rules(session, transcript)
        assert (await session.get_one(Utterance, heard.utterances[1])).text == SAID


def test_a_tone_stands_where_a_voice_was(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    soundfile.write(source, np.full((RATE_HZ * 3, 2), 0.5), RATE_HZ)
    kept = hide(source, tmp_path / "b.wav", [Span(0.5, 1.0), Span(2.9, 9.0)], TONE)
    sound, _rate = soundfile.read(kept.path, always_2d=True)
    assert np.allclose(sound[: RATE_HZ // 2], 0.5, atol=1e-3)
    assert 0.05 < np.abs(sound[RATE_HZ // 2 : RATE_HZ]).max() < 0.11
    assert len(sound) == RATE_HZ * 3
