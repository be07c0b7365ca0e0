"""No client is forgotten: who was not reached becomes one open call-back, and a real talk closes it by itself.

In: the end of a call, with its row and record. Out: one open task per client (or per number of a stranger), counted up by
more vain calls and by our own vain tries, closed by a talk of at least `contact_min_s` in either direction. A call is
counted once, however often its end is told; calls may end in another order than they are told in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call
from calls.told_late import CallCorrected
from crm import callback_withdrawal, callbacks, number_lookup, seating
from crm.call_links import client_of
from crm.contact import Contact, contact_after
from crm.number_rules import NumberRules
from crm.settings import CrmSettings
from crm.tables import CallLink, ClientNumber, Task, TaskCall
from pbx.events import CallEnded, PbxEvent

MISSED, TRY, CONTACT = "missed", "try", "contact"


@dataclass(frozen=True, slots=True)
class _Ended:
    """A call that has ended, with whom it was and when."""

    call: Call
    record: CallRecord
    client_id: int | None
    subject: str
    """Key of a new call-back."""
    subjects: tuple[str, ...]
    """Keys of all call-backs that a talk in this call would settle."""
    at: datetime


class MissedCalls:
    """Handler of call events: opens, counts and closes call-backs."""

    def __init__(self, settings: CrmSettings) -> None:
        self._rules = NumberRules.of(settings)
        self._contact_min_s = settings.contact_min_s

    async def on_event(
        self,
        session: AsyncSession,
        event: PbxEvent,
        record: CallRecord | None,
        call_row_id: int | None,
    ) -> Sequence[Notice]:
        """Take the end of a call into account; everything else is left alone."""
        if not isinstance(event, CallEnded) or record is None or call_row_id is None:
            return ()
        call = await session.get(Call, call_row_id, populate_existing=True)
        if call is None or call.direction == "internal" or call.consultation:
            return ()
        await callbacks.take_lock(session)
        corrected = isinstance(event, CallCorrected)
        tasks = await callback_withdrawal.withdraw(session, call) if corrected else []
        if not await session.scalar(select(TaskCall.task_id).where(TaskCall.call_id == call.id)):
            ended = await self._ended(session, call, record, event)
            tasks += await self._count(session, ended) if ended is not None else []
        await session.flush()
        return tuple(Notice("task", {"id": task_id}) for task_id in {t.id: None for t in tasks})

    async def _ended(
        self, session: AsyncSession, call: Call, record: CallRecord, event: CallEnded
    ) -> _Ended | None:
        """Say with whom the call was; None for a hidden caller and for the company's own numbers."""
        key = self._rules.key(call.remote_number)
        if not key.subject or key.tail in self._rules.own:
            return None
        client = await client_of(session, call.id)
        if client is None:
            found = await number_lookup.find(session, call.remote_number, self._rules)
            client = found.one
        subjects = [key.subject]
        if client is not None:
            subjects = [callbacks.subject_of(client.id), *await self._own_keys(session, client.id)]
        return _Ended(
            call,
            record,
            client.id if client else None,
            subjects[0],
            tuple(dict.fromkeys([*subjects, key.subject])),
            call.ended_at or event.at or datetime.now(UTC),
        )

    async def _own_keys(self, session: AsyncSession, client_id: int) -> list[str]:
        """Keys of the client's numbers that are nobody else's: a talk with him settles no one else's call."""
        raws = select(ClientNumber.raw).where(ClientNumber.client_id == client_id)
        keys = [self._rules.key(raw) for raw in (await session.scalars(raws)).all()]
        return [
            key.subject for key in keys if not await callbacks.is_shared(session, client_id, key)
        ]

    async def _count(self, session: AsyncSession, ended: _Ended) -> list[Task]:
        open_tasks = await callbacks.open_for(session, ended.subjects)
        if ended.call.needs_callback:
            return [await self._missed(session, ended, open_tasks)]
        closed = [task for task in open_tasks if await self._settles(session, ended, task)]
        if closed or ended.call.direction != "out":
            return closed
        return [task for task in open_tasks if self._is_try(session, ended, task)]

    async def _missed(self, session: AsyncSession, ended: _Ended, open_tasks: list[Task]) -> Task:
        same = [task for task in open_tasks if task.subject_key == ended.subject]
        task = same[0] if same else await self._opened(session, ended)
        task.missed_calls += 1
        if task.last_call_id is None or task.due_at is None or ended.at >= task.due_at:
            _describe(task, ended)
        if ended.at < task.opened_at:
            # Told late: the client has been waiting longer than we knew.
            task.opened_at, task.first_call_id = ended.at, ended.call.id
        session.add(TaskCall(task_id=task.id, call_id=ended.call.id, role=MISSED))
        if not same:
            await self._close_if_reached_since(session, ended, task)
        return task

    async def _opened(self, session: AsyncSession, ended: _Ended) -> Task:
        task = Task(
            kind="callback",
            state="open",
            subject_key=ended.subject,
            client_id=ended.client_id,
            opened_at=ended.at,
            due_at=ended.at,
            first_call_id=ended.call.id,
            missed_calls=0,
            tries=0,
            sample=ended.call.sample,
            assignee_id=await _direct_operator(session, ended),
        )
        _describe(task, ended)
        session.add(task)
        await session.flush()
        return task

    async def _settles(self, session: AsyncSession, ended: _Ended, task: Task) -> bool:
        """Close the task if this call's talk after the client's vain call was long enough."""
        contact = contact_after(ended.record, task.due_at or task.opened_at)
        if contact is None or contact.talked_s < self._contact_min_s:
            return False
        await _close(session, task, ended.call, contact)
        return True

    def _is_try(self, session: AsyncSession, ended: _Ended, task: Task) -> bool:
        """Count our own vain call, if the client was called at all, and after he had called in vain."""
        dialled = any(not ring.party.is_ours for ring in ended.record.rings)
        if ended.at < task.opened_at or (ended.call.click_to_call and not dialled):
            return False
        task.tries += 1
        session.add(TaskCall(task_id=task.id, call_id=ended.call.id, role=TRY))
        return True

    async def _close_if_reached_since(
        self, session: AsyncSession, ended: _Ended, task: Task
    ) -> None:
        """The end of the vain call was told late: if somebody talked to the client since, nothing is left to do."""
        numbers = [subject.removeprefix("number:") for subject in ended.subjects]
        with_client: ColumnElement[bool] = Call.remote_e164.in_(numbers)
        if ended.client_id is not None:
            linked = select(CallLink.call_id).where(CallLink.client_id == ended.client_id)
            with_client = or_(with_client, Call.id.in_(linked))
        later = (
            select(Call)
            .where(
                with_client,
                Call.ended.is_(True),
                Call.merged_into_id.is_(None),
                Call.direction != "internal",
                Call.consultation.is_(False),
                Call.ended_at > ended.at,
                Call.talk_s >= self._contact_min_s,
            )
            .order_by(Call.ended_at)
        )
        for call in (await session.scalars(later)).all():
            contact = _contact_of_row(call, ended.at)
            if contact is not None and contact.talked_s >= self._contact_min_s:
                await _close(session, task, call, contact)
                return


def _describe(task: Task, ended: _Ended) -> None:
    """The newest vain call says what to dial and how long the client waited."""
    call = ended.call
    task.last_call_id, task.due_at = call.id, ended.at
    task.number, task.e164 = call.remote_number, call.remote_e164
    task.queue, task.pbx, task.waited_s = call.queue, call.pbx, call.wait_s


async def _close(session: AsyncSession, task: Task, call: Call, contact: Contact) -> None:
    task.state, task.closed_at = "done", max(contact.began_at, task.opened_at)
    task.closed_call_id = call.id
    task.closed_party = contact.party or call.answered_by
    began = contact.began_at
    task.closed_by_id = await _only_owner(session, call.pbx, task.closed_party, began)
    if await session.get(TaskCall, (task.id, call.id)) is None:
        session.add(TaskCall(task_id=task.id, call_id=call.id, role=CONTACT))


def _contact_of_row(call: Call, moment: datetime) -> Contact | None:
    """The talk after a moment as far as the row tells it: no more than the time between it and the end."""
    if call.ended_at is None or call.talk_s is None:
        return None
    began_at = max(call.answered_at or call.ended_at - timedelta(seconds=call.talk_s), moment)
    left_s = (call.ended_at - began_at).total_seconds()
    return Contact(min(left_s, call.talk_s), began_at, call.final_handler or call.answered_by)


async def _direct_operator(session: AsyncSession, ended: _Ended) -> int | None:
    """Who was called in person: the one owner of the last phone that was offered the call alone."""
    offered = [ring for ring in ended.record.rings if ring.party.is_ours]
    if ended.call.queue or not offered:
        return None
    last = offered[-1]
    at_once = any(
        ring.party.extension != last.party.extension
        and last.offered_at is not None
        and (ring.stopped_at is None or ring.stopped_at > last.offered_at)
        for ring in offered[:-1]
    )
    if at_once:
        return None
    at = last.rang_at or last.offered_at
    return await _only_owner(session, ended.call.pbx, last.party.extension, at)


async def _only_owner(
    session: AsyncSession, pbx: str, extension: str, at: datetime | None
) -> int | None:
    """The one person whose phone it was then, if it was one's alone."""
    if not extension:
        return None
    found = await seating.holders_at(session, pbx, extension, at)
    return found[0] if len(found) == 1 else None
