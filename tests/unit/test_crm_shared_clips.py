"""Links to pieces of calls: what opens them, what ends them, how plays are counted, and what the administrator allows."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.call_samples import DURATION_S, Sample, add_heard_call
from support.people import person

from calls.db import Database
from calls.tables import Call, Recording
from crm import audit, company_settings, shared_clips
from crm.access import SYSTEM, Actor
from crm.errors import Conflict, Forbidden, Invalid
from crm.shared_clips import ANYONE, SETTING, ShareRules, Terms
from crm.tables import AuditEntry, SharedClip

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PIECE = Terms(from_s=1, to_s=3, for_whom=ANYONE, days=7)


async def share(
    db: Database, actor: Actor, sample: Sample, terms: Terms = PIECE
) -> tuple[int, str]:
    async with db.write() as session:
        recording = await session.get_one(Recording, sample.recording)
        call = await session.get_one(Call, sample.call)
        clip, token = await shared_clips.share(session, actor, recording, call, terms, AT)
        return clip.id, token


async def opens(
    db: Database, token: str, now: datetime = AT, *, going_on: bool = False
) -> SharedClip | None:
    async with db.read() as session:
        found = await shared_clips.find(session, token, now, going_on=going_on)
        return found[0] if found else None


async def play(db: Database, clip_id: int) -> bool:
    async with db.write() as session:
        clip = await shared_clips.get(session, clip_id)
        return await shared_clips.note_play(session, None, clip, "192.0.2.1", AT)


async def rule(db: Database, rules: ShareRules) -> None:
    async with db.write() as session:
        await company_settings.save(session, SYSTEM, SETTING, rules)


async def test_link_opens_until_its_day_and_the_row_does_not_hold_the_token(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    mila = await person(db, "mila", "manager")
    clip_id, token = await share(db, mila, sample)
    found = await opens(db, token, AT + timedelta(days=7, seconds=-1))
    assert found is not None
    assert found.id == clip_id
    assert await opens(db, token, AT + timedelta(days=7)) is None
    assert await opens(db, token + "x") is None
    async with db.read() as session:
        row = await shared_clips.get(session, clip_id)
        logged = (await session.scalars(select(AuditEntry))).all()
        assert (await audit.verify(session)).ok
    assert token not in str([getattr(row, column.key) for column in SharedClip.__table__.columns])
    assert token not in str([entry.detail for entry in logged])
    assert logged[-1].action == "clip.share"


async def test_revoked_link_is_as_one_that_never_was(db: Database, tmp_path: Path) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    mila = await person(db, "mila", "manager")
    clip_id, token = await share(db, mila, sample)
    async with db.write() as session:
        clip = await shared_clips.get(session, clip_id)
        call = await session.get_one(Call, sample.call)
        await shared_clips.revoke(session, mila, clip, call, AT)
        with pytest.raises(Conflict):
            await shared_clips.revoke(session, mila, clip, call, AT)
    assert await opens(db, token) is None


async def test_last_play_is_given_once_and_may_be_finished(db: Database, tmp_path: Path) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    mila = await person(db, "mila", "manager")
    clip_id, token = await share(db, mila, sample, replace(PIECE, most_plays=2))
    given = await asyncio.gather(*(play(db, clip_id) for _ in range(4)))
    assert sorted(given) == [False, False, True, True]
    assert await opens(db, token) is None
    assert await opens(db, token, going_on=True) is not None
    async with db.read() as session:
        played = await session.scalars(select(AuditEntry).where(AuditEntry.action == "clip.play"))
        assert [entry.detail["play"] for entry in played] == [1, 2]
        assert (await shared_clips.get(session, clip_id)).plays == 2


async def test_administrator_forbids_links_without_a_login_also_those_given_out(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    mila = await person(db, "mila", "manager")
    _public, public = await share(db, mila, sample)
    _own, own = await share(db, mila, sample, replace(PIECE, for_whom="colleagues"))
    await rule(db, ShareRules(public=False))
    assert await opens(db, public) is None
    assert await opens(db, own) is not None
    with pytest.raises(Invalid, match="no links without a login"):
        await share(db, mila, sample)


async def test_shortened_life_ends_older_links_as_well(db: Database, tmp_path: Path) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    mila = await person(db, "mila", "manager")
    _id, token = await share(db, mila, sample)
    await rule(db, ShareRules(longest_days=2))
    assert await opens(db, token, AT + timedelta(days=1)) is not None
    assert await opens(db, token, AT + timedelta(days=2)) is None
    with pytest.raises(Invalid, match="from 1 to 2"):
        await share(db, mila, sample)


@pytest.mark.parametrize("state", ["missing", "erased"])
async def test_link_into_a_recording_that_is_gone_opens_nothing(
    db: Database, tmp_path: Path, state: str
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    _id, token = await share(db, await person(db, "mila", "manager"), sample)
    async with db.write() as session:
        (await session.get_one(Recording, sample.recording)).state = state
    assert await opens(db, token) is None


async def test_token_tells_by_its_form_alone_whether_a_login_is_needed(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    mila = await person(db, "mila", "manager")
    _one, public = await share(db, mila, sample)
    _two, own = await share(db, mila, sample, replace(PIECE, for_whom="colleagues"))
    assert not shared_clips.is_for_colleagues(public)
    assert shared_clips.is_for_colleagues(own)
    assert shared_clips.is_for_colleagues("c-never-given")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(PIECE, from_s=3, to_s=1), "to_s"),
        (replace(PIECE, from_s=-1), "to_s"),
        (replace(PIECE, to_s=2000), "to_s"),
        (replace(PIECE, from_s=float("nan")), "to_s"),
        (replace(PIECE, from_s=DURATION_S, to_s=DURATION_S + 5), "from_s"),
        (replace(PIECE, side="left"), "side"),
        (replace(PIECE, days=31), "days"),
        (replace(PIECE, days=0), "days"),
        (replace(PIECE, most_plays=0), "most_plays"),
        (replace(PIECE, for_whom=""), "for_whom"),
    ],
)
async def test_impossible_terms_are_refused(
    db: Database, tmp_path: Path, terms: Terms, field: str
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    with pytest.raises(Invalid) as refused:
        await share(db, await person(db, "mila", "manager"), sample, terms)
    assert refused.value.field == field


async def test_operator_shares_nothing_and_a_side_of_one_track_is_no_clip(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    with pytest.raises(Forbidden):
        await share(db, await person(db, "anna", extensions=("101",)), sample)
    async with db.write() as session:
        (await session.get_one(Recording, sample.recording)).sides = "mono"
    with pytest.raises(Invalid, match="one track"):
        await share(db, await person(db, "mila", "manager"), sample, replace(PIECE, side="client"))
