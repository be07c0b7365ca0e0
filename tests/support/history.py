"""A busy client for tests of the history: some of everything, at times that fall together on purpose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm.tables import (
    CallLink,
    Change,
    ClientMerge,
    Comment,
    Consent,
    Deal,
    DealStep,
    Funnel,
    Handover,
    HandoverItem,
    Inquiry,
    Payment,
    Promise,
    Stage,
    StoredFile,
    Task,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def stage(session: AsyncSession) -> Stage:
    """The one stage of a funnel."""
    funnel = Funnel(name="Sales", currency="RUB")
    session.add(funnel)
    await session.flush()
    made = Stage(funnel_id=funnel.id, name="New", kind="open")
    session.add(made)
    await session.flush()
    return made


async def deal(session: AsyncSession, client_id: int | None, at: datetime = NOON) -> Deal:
    """An open deal without steps."""
    where = await stage(session)
    made = Deal(
        name="Roof", client_id=client_id, funnel_id=where.funnel_id, stage_id=where.id, opened_at=at,
        stage_at=at, updated_at=at, amount=Decimal("1500.50"),
    )  # fmt: skip
    session.add(made)
    await session.flush()
    return made


async def fill(session: AsyncSession, client_id: int, seed: int, each: int = 5) -> int:
    """Add `each` of every kind, many at the same moment; returns how many entries that makes."""
    random = Random(seed)
    sold = await deal(session, client_id)

    def at() -> datetime:
        return NOON + timedelta(hours=12 * random.randrange(4))

    for number in range(each):
        call = Call(
            pbx="main", linkedid=f"{seed}.{number}", direction="in", remote_number="+79161234567",
            started_at=at() if number else None, ended=True, outcome="answered",
        )  # fmt: skip
        task = Task(
            kind="todo",
            title="x",
            client_id=client_id,
            opened_at=at(),
            closed_at=at(),
            state="done",
        )
        inquiry = Inquiry(
            client_id=client_id,
            opened_at=at(),
            last_contact_at=at(),
            closed_at=at(),
            state="closed",
        )
        handover, merge = (
            Handover(at=at()),
            ClientMerge(kept_id=client_id, gone_id=client_id, at=at()),
        )
        session.add_all([call, task, inquiry, handover, merge])
        await session.flush()
        session.add_all([
            CallLink(call_id=call.id, client_id=client_id, linked_at=at()),
            Comment(client_id=client_id, text="a", at=at()),
            Comment(deal_id=sold.id, text="b", at=at()),
            Comment(task_id=task.id, text="c", at=at()),
            Comment(inquiry_id=inquiry.id, text="d", at=at()),
            DealStep(deal_id=sold.id, from_stage_id=sold.stage_id, stage_id=sold.stage_id, at=at()),
            Payment(deal_id=sold.id, due_on=at().date(), paid_on=at().date(), amount=Decimal(100)),
            _file(client_id, None, at()),
            _file(None, sold.id, at()),
            Promise(call_id=call.id, client_id=client_id, quote="q", what="w", marked_at=at(), closed_at=at()),
            Consent(client_id=client_id, kind="mailing", given=True, given_at=at(), noted_at=at()),
            HandoverItem(handover_id=handover.id, kind="client", subject_id=client_id),
            Change(at=at(), login="anna", subject_kind="client", subject_id=client_id, client_id=client_id, field="name"),
        ])  # fmt: skip
    await session.flush()
    return 19 * each + 1


def _file(client_id: int | None, deal_id: int | None, at: datetime) -> StoredFile:
    return StoredFile(
        client_id=client_id, deal_id=deal_id, name="f.txt", media_type="text/plain", size_bytes=1,
        sha256="0" * 64, at=at,
    )  # fmt: skip
