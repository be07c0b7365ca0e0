"""Payments of deals: planned, paid, overdue; and what a client owes.

In: what somebody typed. Out: rows, in the change history of the deal. A payment changes no version of its deal, so it
hinders nobody who edits the deal in the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import changes, deal_sums, deal_visibility, deals
from crm.access import Action, Actor, Permission
from crm.deal_sums import Balance, Part
from crm.errors import Invalid, NotFound
from crm.notices import announce
from crm.tables import Deal, Payment

MOST_PAYMENTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFields:
    """What somebody says about a payment. `paid_on` None: not yet."""

    due_on: date
    amount: Decimal
    paid_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Debt:
    """What is unpaid in one currency: all that is planned, and of it what is overdue."""

    currency: str
    due: Decimal
    overdue: Decimal


async def add(session: AsyncSession, actor: Actor, deal_id: int, fields: PaymentFields) -> Payment:
    """Plan a payment, or note one that came.

    Raises:
        Forbidden: the actor may not edit this deal.
        NotFound: no such deal, or one that the actor may not see.
        Invalid: no sum above zero.
    """
    deal = await _deal(session, actor, deal_id)
    count = select(func.count()).select_from(Payment).where(Payment.deal_id == deal_id)
    if (await session.scalar(count) or 0) >= MOST_PAYMENTS:
        raise Invalid("payment", f"a deal has at most {MOST_PAYMENTS} payments")
    payment = Payment(deal_id=deal_id, created_by_id=actor.user_id or None)
    _fill(payment, fields)
    session.add(payment)
    await session.flush()
    _told(session, actor, deal, "", _words(payment, deal))
    return payment


async def change(
    session: AsyncSession, actor: Actor, payment_id: int, fields: PaymentFields
) -> Payment:
    """Replace what is known of a payment.

    Raises:
        Forbidden, NotFound, Invalid: as `add`.
    """
    payment, deal = await _one(session, actor, payment_id)
    before = _words(payment, deal)
    _fill(payment, fields)
    await session.flush()
    _told(session, actor, deal, before, _words(payment, deal))
    return payment


async def set_paid(
    session: AsyncSession, actor: Actor, payment_id: int, paid_on: date | None
) -> Payment:
    """Say when a payment came; None: it did not come after all.

    Raises:
        Forbidden, NotFound: as `add`.
    """
    payment, deal = await _one(session, actor, payment_id)
    before = _words(payment, deal)
    payment.paid_on = paid_on
    await session.flush()
    _told(session, actor, deal, before, _words(payment, deal))
    return payment


async def remove(session: AsyncSession, actor: Actor, payment_id: int) -> None:
    """Take a payment away; the change history keeps what it was.

    Raises:
        Forbidden, NotFound: as `add`.
    """
    payment, deal = await _one(session, actor, payment_id)
    before = _words(payment, deal)
    await session.delete(payment)
    await session.flush()
    _told(session, actor, deal, before, "")


def balance_of(deal: Deal, payments: Sequence[Payment], today: date) -> Balance:
    """What was paid of a deal, what is due and overdue."""
    parts = [Part(amount=p.amount, due_on=p.due_on, paid_on=p.paid_on) for p in payments]
    return deal_sums.balance(deal.amount, parts, today)


async def debts_of(session: AsyncSession, actor: Actor, client_id: int, today: date) -> list[Debt]:
    """What a client has still to pay, of the deals that the actor may see; lost deals owe nothing.

    Raises:
        Forbidden: the actor may not see deals.
    """
    actor.require(Permission.DEALS_SEE)
    unpaid = (
        select(Deal.currency, Payment.amount, Payment.due_on)
        .join(Payment, Payment.deal_id == Deal.id)
        .where(
            deal_visibility.seen_by(actor),
            or_(Deal.client_id == client_id, Deal.contact_id == client_id),
            Deal.state != "lost",
            Payment.paid_on.is_(None),
        )
    )
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for currency, amount, due_on in await session.execute(unpaid):
        due, late = sums.get(currency, (Decimal(0), Decimal(0)))
        sums[currency] = (due + amount, late + (amount if due_on < today else Decimal(0)))
    return [Debt(currency, *both) for currency, both in sorted(sums.items())]


async def _one(session: AsyncSession, actor: Actor, payment_id: int) -> tuple[Payment, Deal]:
    payment = await session.get(Payment, payment_id)
    if payment is None:
        raise NotFound("payment", payment_id)
    return payment, await _deal(session, actor, payment.deal_id)


async def _deal(session: AsyncSession, actor: Actor, deal_id: int) -> Deal:
    actor.require(Permission.DEALS_EDIT)
    await deal_visibility.require(session, actor, deal_id, Action.EDIT)
    return await deals.load(session, deal_id)


def _fill(payment: Payment, fields: PaymentFields) -> None:
    amount = deal_sums.rounded(fields.amount)
    if not 0 < amount < deal_sums.MOST:
        raise Invalid("payment", "a payment is more than nothing")
    payment.due_on, payment.amount, payment.paid_on = fields.due_on, amount, fields.paid_on
    payment.note = fields.note.strip()[:255]


def _words(payment: Payment, deal: Deal) -> str:
    paid = f", paid {payment.paid_on.isoformat()}" if payment.paid_on else ""
    note = f", {payment.note}" if payment.note else ""
    return f"{payment.amount} {deal.currency}, due {payment.due_on.isoformat()}{paid}{note}"


def _told(session: AsyncSession, actor: Actor, deal: Deal, before: str, after: str) -> None:
    subject = deals.subject_of(deal)
    changes.record(session, actor, subject, {"payment": before}, {"payment": after})
    announce(session, "deal", deal.id)
