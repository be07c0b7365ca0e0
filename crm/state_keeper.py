"""Keeps what phones, queue members and their calls do now in small tables, for the pages of all processes.

In: every event of the PBXs that this process hears, at once and in order (`put`). Out: rows of `PhoneState` and
`QueueMember`, written together a few times a second at most, with one "state" notice that names whose state may have
changed. A database that is away is tried again; rows hold the newest state only, so nothing piles up.

After a restart the rows of before are read (`load`), then the calls in progress (`take_up`), and after the login
everything that the PBX lists replaces what was true then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.errors import DatabaseUnavailable
from calls.feed import Notice, store_now
from calls.record import CallRecord
from crm.agent_memory import AgentMemory, MemberKey, MemberNow, PhoneKey, PhoneNow
from crm.engagement import as_json, from_json
from crm.tables import PhoneState, QueueMember
from pbx.events import Member, PbxEvent

log = structlog.get_logger(__name__)

COALESCE_S = 0.2
"""Changes that come together are written together."""
RETRY_S = 1.0
LONGEST_WAIT_S = 3600.0


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


class StateKeeper:
    """Writes down the states of the PBXs that this process hears."""

    def __init__(
        self,
        db: Database,
        owners: Callable[[str, str], Collection[int]],
        *,
        wrap_up_s: float = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._db = db
        self._owners = owners
        self._clock = clock
        self._memory = AgentMemory(wrap_up_s)
        self._bell = asyncio.Event()

    def put(self, event: PbxEvent, record: CallRecord | None) -> None:
        """Take an event, with the call's record after it. Never waits."""
        self._memory.put(event, record, self._clock())
        self._ring()

    def take_up(self, pbx: str, records: Iterable[CallRecord]) -> None:
        """The calls of this PBX that were in progress when the last process ended; all others are over."""
        self._memory.take_up(pbx, records, self._clock())
        self._ring()

    async def load(self, pbx: str) -> None:
        """Read what the last process knew of this PBX. Call it before its first event.

        Raises:
            DatabaseUnavailable: the database is away.
        """
        async with self._db.read() as session:
            phones = await session.scalars(select(PhoneState).where(PhoneState.pbx == pbx))
            for row in phones:
                self._memory.restore((row.pbx, row.extension), _phone_of(row))
            members = await session.scalars(select(QueueMember).where(QueueMember.pbx == pbx))
            for member in members:
                key = (member.pbx, member.queue, member.interface)
                self._memory.members[key] = MemberNow(_member_of(member), member.changed_at)
        self._memory.expect_ends(pbx)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._wait()
            await asyncio.sleep(COALESCE_S)
            if not await self.flush():
                await asyncio.sleep(RETRY_S)

    async def flush(self) -> bool:
        """Write what has changed; False if the database is away: then nothing is forgotten, try again."""
        memory = self._memory
        self._bell.clear()
        memory.over(self._clock())
        if not memory.touched:
            return True
        taken = memory.dirty_phones, memory.dirty_members, memory.touched
        memory.dirty_phones, memory.dirty_members, memory.touched = set(), set(), set()
        try:
            await self._write(*taken)
        except DatabaseUnavailable as error:
            log.warning("states_not_stored_yet", why=str(error))
            memory.dirty_phones |= taken[0]
            memory.dirty_members |= taken[1]
            memory.touched |= taken[2]
            self._bell.set()
            return False
        except Exception:
            # What is shown must never stop calls from being heard: the next change writes the whole row again.
            log.exception("states_not_stored", phones=len(taken[0]), members=len(taken[1]))
        return True

    def _ring(self) -> None:
        if self._memory.touched:
            self._bell.set()

    async def _wait(self) -> None:
        """Wait for news, or for the end of a wrap-up."""
        end = min(self._memory.ends.values(), default=None)
        wait_s = (end - self._clock()).total_seconds() if end else LONGEST_WAIT_S
        try:
            async with asyncio.timeout(max(wait_s, 0)):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _write(
        self, phones: Collection[PhoneKey], members: Collection[MemberKey], touched: set[PhoneKey]
    ) -> None:
        users = {user for key in touched for user in self._owners(*key)}
        async with self._db.write() as session:
            for phone in sorted(phones):
                await session.merge(_phone_row(phone, self._memory.phones[phone]))
            for member in sorted(members):
                await self._write_member(session, member)
            await store_now(session, [Notice("state", {"users": sorted(users)})])

    async def _write_member(self, session: AsyncSession, key: MemberKey) -> None:
        now = self._memory.members.get(key)
        if now is not None:
            await session.merge(_member_row(key, now))
            return
        pbx, queue, interface = key
        gone = delete(QueueMember).where(
            QueueMember.pbx == pbx,
            QueueMember.queue == queue,
            QueueMember.interface == interface,
        )
        await session.execute(gone)


def _phone_row(key: PhoneKey, phone: PhoneNow) -> PhoneState:
    return PhoneState(
        pbx=key[0],
        extension=key[1],
        device=phone.device,
        device_at=phone.device_at,
        engaged=[as_json(one) for one in phone.calls.values()],
        talk_ended_at=phone.talk_ended_at,
        talk_queue=phone.talk_queue,
        blind_at=phone.blind_at,
    )


def _member_row(key: MemberKey, now: MemberNow) -> QueueMember:
    return QueueMember(
        pbx=key[0],
        queue=key[1],
        interface=key[2],
        extension=now.member.extension,
        paused=now.member.paused,
        reason=now.member.reason[:255],
        changed_at=now.changed_at,
        dynamic=now.member.dynamic,
        wrap_up_s=now.member.wrap_up_s,
    )


def _phone_of(row: PhoneState) -> PhoneNow:
    calls = [from_json(kept) for kept in row.engaged]
    return PhoneNow(
        device=row.device,
        device_at=row.device_at,
        calls={one.call: one for one in calls},
        talk_ended_at=row.talk_ended_at,
        talk_queue=row.talk_queue,
        blind_at=row.blind_at,
    )


def _member_of(row: QueueMember) -> Member:
    return Member(
        queue=row.queue,
        interface=row.interface,
        extension=row.extension,
        paused=row.paused,
        reason=row.reason,
        paused_at=row.changed_at if row.paused else None,
        dynamic=row.dynamic,
        wrap_up_s=row.wrap_up_s,
    )
