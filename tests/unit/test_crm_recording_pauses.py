"""Pauses of recording: asked for by a person, over by themselves, noted on the call; announcements and consent beside."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.call_samples import Sample, add_heard_call
from support.people import person

from calls.db import Database
from calls.tables import Call
from crm import company_settings, consents, recording_notes, recording_pauses
from crm.access import SYSTEM, Actor
from crm.consents import ConsentField
from crm.errors import Conflict, Invalid, NotFound
from crm.recording_notes import ConsentRules
from crm.recording_pauses import PauseRules
from crm.tables import AuditEntry, CallAnnouncement, RecordingPause
from pbx.errors import NotConnected
from pbx.events import AnnouncementPlayed, Linkedid, PbxName

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
RECORDED = "PJSIP/provider-00000001"


class Switch:
    """A PBX with one recorded channel."""

    def __init__(self, recorded: str = RECORDED) -> None:
        self.recorded = recorded
        self.muted: list[tuple[str, bool]] = []
        self.away = False

    async def channels_of(self, linkedids: object) -> list[str]:
        return ["PJSIP/101-00000002", RECORDED]

    async def mute_recording(self, channel: str, *, muted: bool) -> bool:
        if self.away:
            raise NotConnected
        if channel != self.recorded:
            return False
        self.muted.append((channel, muted))
        return True


@pytest.fixture
async def anna(db: Database) -> Actor:
    return await person(db, "anna", "operator")


@pytest.fixture
async def sample(db: Database, tmp_path: Path) -> Sample:
    made = await add_heard_call(db, tmp_path, NOW)
    async with db.write() as session:
        (await session.get_one(Call, made.call)).ended = False
    return made


async def the_call(db: Database, sample: Sample) -> Call:
    async with db.read() as session:
        return await session.get_one(Call, sample.call)


async def pauses(db: Database) -> list[RecordingPause]:
    async with db.read() as session:
        return list((await session.scalars(select(RecordingPause))).all())


async def test_a_pause_mutes_and_its_end_unmutes(db: Database, anna: Actor, sample: Sample) -> None:
    switch, call = Switch(), await the_call(db, sample)
    await recording_pauses.pause(db, anna, call, switch, NOW)
    with pytest.raises(Conflict):
        await recording_pauses.pause(db, anna, call, switch, NOW)
    await recording_pauses.resume(db, anna, call, switch, NOW + timedelta(seconds=40))
    assert switch.muted == [(RECORDED, True), (RECORDED, False)]
    (row,) = await pauses(db)
    assert (row.until_at, row.ended_by, row.by_id) == (
        NOW + timedelta(seconds=40),
        "person",
        anna.user_id,
    )
    with pytest.raises(NotFound):
        await recording_pauses.resume(db, anna, call, switch, NOW)
    async with db.read() as session:
        said = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all()
    assert list(said)[-2:] == ["recording.pause", "recording.resume"]


async def test_a_call_without_recording_cannot_be_paused(
    db: Database, anna: Actor, sample: Sample
) -> None:
    with pytest.raises(Invalid):
        await recording_pauses.pause(db, anna, await the_call(db, sample), Switch("none"), NOW)
    assert await pauses(db) == []


async def test_it_goes_on_by_itself_after_the_set_time(
    db: Database, anna: Actor, sample: Sample
) -> None:
    async with db.write() as session:
        await company_settings.save(
            session, SYSTEM, recording_pauses.SETTING, PauseRules(minutes=2)
        )
    switch = Switch()
    await recording_pauses.pause(db, anna, await the_call(db, sample), switch, NOW)
    early, late = NOW + timedelta(seconds=119), NOW + timedelta(seconds=121)
    assert await recording_pauses.end_due(db, {"main": switch}, early) == 0
    switch.away = True
    assert await recording_pauses.end_due(db, {"main": switch}, late) == 0
    assert (await pauses(db))[0].trouble != ""
    switch.away = False
    assert await recording_pauses.end_due(db, {"main": switch}, late) == 1
    (row,) = await pauses(db)
    assert (row.ended_by, row.trouble, switch.muted[-1]) == ("time", "", (RECORDED, False))


async def test_a_pause_ends_with_its_call(db: Database, anna: Actor, sample: Sample) -> None:
    switch = Switch()
    await recording_pauses.pause(db, anna, await the_call(db, sample), switch, NOW)
    async with db.write() as session:
        (await session.get_one(Call, sample.call)).ended = True
    assert await recording_pauses.end_due(db, {}, NOW) == 1
    assert (await pauses(db))[0].ended_by == "call"


async def test_announcements_are_noted_once_and_warnings_know_them(
    db: Database, sample: Sample
) -> None:
    event = AnnouncementPlayed(
        pbx=PbxName("main"), call=Linkedid("1790000000.1"), at=NOW, name="custom/told"
    )
    async with db.write() as session:
        call = await session.get_one(Call, sample.call)
        await company_settings.save(
            session, SYSTEM, recording_notes.SETTING, ConsentRules(warn=True)
        )
        assert (await recording_notes.of_call(session, call)).warn
        for _twice in range(2):
            await recording_notes.on_event(session, event, None, sample.call)
        notes = await recording_notes.of_call(session, call)
        assert (notes.warn, [one.name for one in notes.announcements]) == (False, ["custom/told"])
        assert len((await session.scalars(select(CallAnnouncement))).all()) == 1


@pytest.mark.parametrize(("given", "warns"), [(True, False), (False, True)])
async def test_consent_given_before_the_call_counts(
    db: Database, sample: Sample, given: bool, warns: bool
) -> None:
    async with db.write() as session:
        call = await session.get_one(Call, sample.call)
        await company_settings.save(
            session, SYSTEM, recording_notes.SETTING, ConsentRules(warn=True)
        )
        for days, value in ((1, given), (-1, not given)):
            said = ConsentField(
                kind="recording", given=value, given_at=NOW - timedelta(days=days), source="paper"
            )
            await consents.note(session, SYSTEM, sample.client, said, NOW + timedelta(days=9))
        notes = await recording_notes.of_call(session, call)
    assert (notes.consent, notes.warn) == (given, warns)
