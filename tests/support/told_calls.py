"""Calls as they are told to `crm`: a record, its rows, and the events that matter there."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from calls import log
from calls.db import Database
from calls.feed import Notice
from calls.model import CallRecord, Ring, Talk
from crm.call_links import CallLinks
from crm.intake import Intake
from crm.missed_calls import MissedCalls
from crm.number_rules import NumberRules
from crm.settings import CrmSettings
from pbx.events import (
    CallEnded,
    CallStarted,
    Direction,
    EndedBy,
    Linkedid,
    Party,
    PbxName,
    RingResult,
    Uniqueid,
)

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MAIN = PbxName("main")
_numbers = itertools.count(1)


def after(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An ended call in short. Seconds count from `at`; `talks` are (from, to, extension)."""

    number: str
    at: datetime = NOON
    direction: Direction = Direction.IN
    rang: tuple[tuple[float, float, str], ...] = ((0, 20, "101"),)
    talks: tuple[tuple[float, float, str], ...] = ()
    lasted_s: float = 20.0
    queue: str = ""
    hidden: bool = False
    consultation: bool = False
    click_to_call: bool = False
    linkedid: str = ""


def record_of(told: Told) -> CallRecord:
    """The folded record of such a call."""
    linkedid = Linkedid(told.linkedid or f"1795000000.{next(_numbers)}")
    outside = Party(number=told.number, hidden=told.hidden)
    inside = Party(extension=told.rang[0][2]) if told.rang else Party(extension="101")
    incoming = told.direction is Direction.IN
    answered = {extension for _, _, extension in told.talks}

    def second(value: float) -> datetime:
        return told.at + timedelta(seconds=value)

    rings = tuple(
        Ring(
            leg=Uniqueid(f"{linkedid}.{place}"),
            party=Party(extension=extension),
            queue=told.queue,
            offered_at=second(begin),
            rang=True,
            rang_at=second(begin),
            stopped_at=second(end),
            result=RingResult.ANSWERED if extension in answered else RingResult.TIMEOUT,
        )
        for place, (begin, end, extension) in enumerate(told.rang)
        if incoming or told.click_to_call
    )
    if told.direction is Direction.OUT and told.lasted_s > 0:
        result = RingResult.ANSWERED if told.talks else RingResult.TIMEOUT
        ring = Ring(leg=Uniqueid(f"{linkedid}.o"), party=outside, rang=True, result=result)
        rings = (*rings, ring)
    talks = tuple(
        Talk(
            parties=(outside, Party(extension=extension)),
            started_at=second(begin),
            ended_at=second(end),
            is_open=False,
        )
        for begin, end, extension in told.talks
    )
    return CallRecord(
        pbx=MAIN,
        linkedid=linkedid,
        linkedids=(linkedid,),
        direction=told.direction,
        caller=outside if incoming else inside,
        called=Party(number="74950000001") if incoming else outside,
        queue=told.queue,
        consultation=told.consultation,
        click_to_call=told.click_to_call,
        started_at=told.at,
        answered_at=talks[0].started_at if talks else None,
        ended_at=second(told.lasted_s),
        ended=True,
        ended_by=EndedBy.CALLER,
        rings=rings,
        talks=talks,
    )


class Teller:
    """Tells ended calls to the handlers, each in one transaction, as `calls.dispatch` does."""

    def __init__(
        self, db: Database, settings: CrmSettings | None = None, *, intake: bool = False
    ) -> None:
        settings = settings or CrmSettings(own_numbers=("+7 495 000-00-01",))
        self.db = db
        self.rules = NumberRules.of(settings)
        self.links = CallLinks(self.rules)
        self.missed = MissedCalls(settings)
        self.intake = Intake(self.rules) if intake else None
        """Calls of strangers make clients and inquiries, as they do in `web.bootstrap`, where a test asks for it."""

    async def tell(self, told: Told) -> Sequence[Notice]:
        """Tell one call from beginning to end; returns the notices of its end."""
        return await self.tell_record(record_of(told))

    async def tell_record(self, record: CallRecord) -> Sequence[Notice]:
        begun = CallStarted(
            pbx=record.pbx,
            call=record.linkedid,
            at=record.started_at,
            direction=record.direction,
            caller=record.caller,
            called=record.called,
            linkedids=record.linkedids,
        )
        ended = CallEnded(
            pbx=record.pbx, call=record.linkedid, at=record.ended_at, ended_by=record.ended_by
        )
        async with self.db.write() as session:
            written = await log.write(session, record)
            for event in (begun, ended):
                await self.links.on_event(session, event, record, written.call_id)
                if self.intake is not None:
                    await self.intake.on_event(session, event, record, written.call_id)
            return await self.missed.on_event(session, ended, record, written.call_id)
