"""Deals: what a client may buy, buys or bought.

In: what somebody typed. Out: rows, each change in the change history and announced. Moving through stages is in
`crm.deal_moves`, lists and the board in `crm.deal_lists`, who sees which in
`crm.deal_visibility`; `crm.bin` puts them away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from crm import (
    audit,
    changes,
    client_visibility,
    custom_values,
    deal_sums,
    deal_visibility,
    funnels,
)
from crm.access import Action, Actor, Permission
from crm.changes import Subject
from crm.custom_values import Owner
from crm.deal_items import ItemFields, lines_of, put_items
from crm.errors import Conflict, Invalid, NotFound
from crm.finding import index
from crm.finding.terms import folded
from crm.notices import announce
from crm.tables import Deal, DealStep, User

CURRENCIES = ("RUB", "USD", "EUR", "KZT", "BYN", "CNY")
_NAME_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFields:
    """What somebody says about a deal. `items` None: they stay as they are."""

    name: str
    client_id: int | None = None
    contact_id: int | None = None
    amount: Decimal = Decimal(0)
    """Of a deal with positions theirs counts, not this."""
    currency: str = ""
    """"": as the funnel."""
    responsible_id: int | None = None
    expected_on: date | None = None
    notes: str = ""
    source: str = ""
    items: tuple[ItemFields, ...] | None = None
    sample: bool = False


async def create(
    session: AsyncSession,
    actor: Actor,
    fields: DealFields,
    *,
    stage_id: int | None = None,
    funnel_id: int | None = None,
) -> Deal:
    """Add a deal, on top of its column.

    Args:
        session: a write session.
        actor: who adds.
        fields: what is known; a name at least.
        stage_id: where it begins; None: in the first stage of its funnel.
        funnel_id: which funnel, where no stage is given; None: the first one.

    Raises:
        Forbidden: the actor may not edit deals.
        NotFound: no such client (or none that the actor sees).
        Invalid: a value cannot be accepted.
    """
    actor.require(Permission.DEALS_EDIT)
    stage = await funnels.stage_for_new(session, stage_id, funnel_id)
    now = datetime.now(UTC)
    deal = Deal(
        funnel_id=stage.funnel_id,
        stage_id=stage.id,
        state=stage.kind,
        place=await top_of(session, stage.id),
        currency=stage.funnel.currency,
        created_by_id=actor.user_id or None,
        opened_at=now,
        stage_at=now,
        updated_at=now,
        closed_at=None if stage.kind == "open" else now,
        items=[],
        payments=[],
    )
    await _fill(session, actor, deal, fields)
    session.add(deal)
    await session.flush()
    session.add(DealStep(deal_id=deal.id, stage_id=stage.id, at=now, user_id=actor.user_id or None))
    changes.record(session, actor, subject_of(deal), {}, _snapshot(deal))
    await audit.record(session, actor, "deal.create", "deal", deal.id)
    await _found_by(session, {deal.client_id})
    announce(session, "deal", deal.id)
    return deal


async def edit(
    session: AsyncSession, actor: Actor, deal_id: int, version: int, fields: DealFields
) -> Deal:
    """Replace what is known of a deal; its stage stays.

    Args:
        session: a write session.
        actor: who edits.
        deal_id: which.
        version: `Deal.version` as the editing person saw it.
        fields: everything, as it shall be.

    Raises:
        Forbidden: the actor may not edit this deal.
        NotFound: no such deal or client, or none that the actor sees.
        Conflict: somebody else changed it since.
        Invalid: a value cannot be accepted.
    """
    deal = await for_edit(session, actor, deal_id, version)
    before, clients = _snapshot(deal), {deal.client_id}
    with session.no_autoflush:  # all of it is one version
        await _fill(session, actor, deal, fields)
    await keep(session, deal)
    changes.record(session, actor, subject_of(deal), before, _snapshot(deal))
    await audit.record(session, actor, "deal.edit", "deal", deal.id)
    if before["name"] != deal.name or clients != {deal.client_id}:
        await _found_by(session, clients | {deal.client_id})
    announce(session, "deal", deal.id)
    return deal


async def put_custom(
    session: AsyncSession, actor: Actor, deal: Deal, values: Mapping[str, object]
) -> None:
    """Write custom fields of a deal that the actor has just made or edited; obligatory ones must have a value then.

    Raises:
        Invalid: no such field, a value that does not fit, or an obligatory one is missing.
    """
    owner = Owner("deal", deal.id)
    written = await custom_values.put(session, actor, owner, values, obligatory=True)
    changes.record(session, actor, subject_of(deal), written.before, written.after)


async def get(session: AsyncSession, actor: Actor, deal_id: int) -> Deal:
    """Return a deal with positions and payments.

    Raises:
        Forbidden: the actor may not see deals.
        NotFound: no such deal, or one that the actor may not see.
    """
    actor.require(Permission.DEALS_SEE)
    await deal_visibility.require(session, actor, deal_id)
    return await load(session, deal_id)


async def load(session: AsyncSession, deal_id: int) -> Deal:
    """Return a deal without asking who looks; for the rules of this package.

    Raises:
        NotFound: no such deal.
    """
    query = _loaded().where(Deal.id == deal_id).execution_options(populate_existing=True)
    deal = await session.scalar(query)
    if deal is None:
        raise NotFound("deal", deal_id)
    return deal


async def for_edit(session: AsyncSession, actor: Actor, deal_id: int, version: int) -> Deal:
    """Return a deal that the actor may change, as they saw it; for the rules of this package.

    Raises:
        Forbidden, NotFound, Conflict: as `edit`.
    """
    actor.require(Permission.DEALS_EDIT)
    await deal_visibility.require(session, actor, deal_id, Action.EDIT)
    deal = await load(session, deal_id)
    if deal.version != version:
        raise _changed(deal_id)
    return deal


async def keep(session: AsyncSession, deal: Deal) -> None:
    """Write a changed deal.

    Raises:
        Conflict: somebody else changed it in the same moment.
    """
    deal.updated_at = datetime.now(UTC)
    deal_id = deal.id
    try:
        await session.flush()
    except StaleDataError as error:
        raise _changed(deal_id) from error


async def top_of(session: AsyncSession, stage_id: int) -> float:
    """The place above all deals of a stage."""
    first = await session.scalar(select(func.min(Deal.place)).where(Deal.stage_id == stage_id))
    return 0.0 if first is None else first - 1.0


def subject_of(deal: Deal) -> Subject:
    """The deal as the change history names it."""
    return Subject("deal", deal.id, deal.client_id)


async def _found_by(session: AsyncSession, client_ids: set[int | None]) -> None:
    """A client is found by the names of their deals."""
    await index.renew(session, [one for one in client_ids if one is not None])


def _changed(deal_id: int) -> Conflict:
    return Conflict("deal", deal_id, "somebody else changed this deal meanwhile")


def _loaded() -> Select[Deal]:
    return select(Deal).options(selectinload(Deal.items), selectinload(Deal.payments))


async def _fill(session: AsyncSession, actor: Actor, deal: Deal, fields: DealFields) -> None:
    name = " ".join(fields.name.split())
    if not 1 <= len(name) <= _NAME_LENGTH:
        raise Invalid("deal_name", f"give the deal a name of 1 to {_NAME_LENGTH} characters")
    await _check_people(session, actor, deal, fields)
    deal.name, deal.search_name = name, folded(name)[:_NAME_LENGTH]
    deal.client_id, deal.contact_id = fields.client_id, fields.contact_id
    deal.responsible_id, deal.expected_on = fields.responsible_id, fields.expected_on
    deal.notes, deal.source = fields.notes, fields.source.strip()[:64]
    deal.currency = checked_currency(fields.currency or deal.currency)
    if fields.items is not None:
        await put_items(session, deal, fields.items)
    deal.amount = _sum_of(deal, fields)
    deal.sample = bool(deal.sample) or fields.sample


async def _check_people(
    session: AsyncSession, actor: Actor, deal: Deal, fields: DealFields
) -> None:
    """What the deal names already may stay, even where the actor does not see that client."""
    if fields.client_id is not None and fields.client_id != deal.client_id:
        await client_visibility.require(session, actor, fields.client_id)
    if fields.contact_id is not None:
        if fields.contact_id == fields.client_id:
            raise Invalid("contact_id", "the contact person is the client already")
        if fields.contact_id != deal.contact_id:
            await client_visibility.require(session, actor, fields.contact_id)
    if fields.responsible_id is not None and fields.responsible_id != deal.responsible_id:
        user = await session.get(User, fields.responsible_id)
        if user is None or not user.active:
            raise Invalid("responsible_id", "nobody who works here has this id")


def checked_currency(code: str) -> str:
    """A currency that sums may be in.

    Raises:
        Invalid: none of ours.
    """
    if code not in CURRENCIES:
        raise Invalid("currency", f"{code!r} is none of {', '.join(CURRENCIES)}")
    return code


def _sum_of(deal: Deal, fields: DealFields) -> Decimal:
    lines = [(item.quantity, item.price, item.discount) for item in deal.items]
    amount = deal_sums.total(lines) if lines else deal_sums.rounded(fields.amount)
    if not 0 <= amount < deal_sums.MOST:
        raise Invalid("amount", "a sum is not less than zero and not larger than can be kept")
    return amount


def _snapshot(deal: Deal) -> dict[str, object]:
    """Fields as the change history keeps them. People by id: who reads it may not know all their names."""
    names = (
        "name", "client_id", "contact_id", "amount", "currency", "responsible_id", "expected_on", "notes", "source",
    )  # fmt: skip
    return {name: getattr(deal, name) for name in names} | {"items": lines_of(deal)}
