"""Records that are stale or wrong: what is the matter with each, and what can be done with many at once.

In: the rules that the administrator set (after how long something is stale), and an actor. Out: clients with their faults,
old inquiries, counts; and actions: into the bin, confirmed, new contacts asked for, put aside for a time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from calls.db import upsert
from crm import client_visibility, inquiries
from crm.access import Actor, Permission
from crm.client_visibility import LISTED
from crm.tables import (
    CleaningIgnored,
    Client,
    ClientEmail,
    ClientNumber,
    Inquiry,
    Membership,
)

SETTING = "cleaning"
PAGE_SIZE = 40
MONTH = timedelta(days=30.44)
_TEN, _ELEVEN, _TWELVE = (
    (2, 4, 10, 3, 5, 9, 4, 6, 8),
    (7, 2, 4, 10, 3, 5, 9, 4, 6, 8),
    (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8),
)
"""Weights of the check digits of an INN."""


class CleaningRules(BaseModel):
    """After how long a record is worth a look; an administrator sets it in the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stale_months: int = Field(default=12, ge=1, le=240)
    nameless_days: int = Field(default=14, ge=0, le=3650)
    unconfirmed_days: int = Field(default=14, ge=0, le=3650)
    inquiry_days: int = Field(default=7, ge=0, le=3650)


class Fault(StrEnum):
    """What is the matter with a client's card."""

    STALE = "stale"
    UNREACHABLE = "unreachable"
    BAD_NUMBER = "bad_number"
    BAD_EMAIL = "bad_email"
    BAD_INN = "bad_inn"
    NAMELESS = "nameless"
    NO_CONTACTS = "no_contacts"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Line:
    """A card with everything that is the matter with it."""

    client: Client
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some cards. `next_after` goes into the next call, None at the end."""

    lines: list[Line]
    next_after: int | None


async def page(  # noqa: PLR0913 (filters of one list)
    session: AsyncSession,
    actor: Actor,
    rules: CleaningRules,
    *,
    fault: Fault | None = None,
    after: int | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """Cards with a fault (or with this one), in order of their ids, the oldest first.

    Raises:
        Forbidden: the actor may not clean.
    """
    actor.require(Permission.CLIENTS_CLEAN)
    now = datetime.now(UTC)
    wanted = [fault] if fault is not None else list(Fault)
    query = select(Client).where(
        client_visibility.seen_by(actor),
        or_(*(condition(one, rules, now) for one in wanted)),
        ~_ignored("client", Client.id, now),
    )
    if after is not None:
        query = query.where(Client.id > after)
    query = query.order_by(Client.id).limit(limit + 1).options(
        selectinload(Client.numbers),
        selectinload(Client.emails),
        selectinload(Client.workplaces).selectinload(Membership.organisation),
    )  # fmt: skip
    found = list((await session.scalars(query)).all())
    shown = found[:limit]
    faults = await _faults(session, [client.id for client in shown], rules, now)
    lines = [Line(client, tuple(faults.get(client.id, ()))) for client in shown]
    return Page(lines, shown[-1].id if len(found) > limit else None)


async def counts(session: AsyncSession, actor: Actor, rules: CleaningRules) -> dict[Fault, int]:
    """How many cards have each fault, of those that the actor sees."""
    now = datetime.now(UTC)
    seen = and_(client_visibility.seen_by(actor), ~_ignored("client", Client.id, now))
    found = {}
    for fault in Fault:
        query = select(func.count()).select_from(Client)
        found[fault] = await session.scalar(query.where(seen, condition(fault, rules, now))) or 0
    return found


def old_inquiries(actor: Actor, rules: CleaningRules) -> ColumnElement[bool]:
    """A condition on `Inquiry`: open for too long, seen by the actor and not put aside."""
    now = datetime.now(UTC)
    return and_(
        inquiries.seen_by(actor),
        Inquiry.state == "new",
        Inquiry.last_contact_at < now - timedelta(days=rules.inquiry_days),
        ~_ignored("inquiry", Inquiry.id, now),
    )


async def put_aside(
    session: AsyncSession, actor: Actor, kind: str, ids: Collection[int], days: int
) -> None:
    """Do not list these for so many days. The caller asked whether the actor sees them.

    Raises:
        Forbidden: the actor may not clean.
    """
    actor.require(Permission.CLIENTS_CLEAN)
    if not ids:
        return
    until = datetime.now(UTC) + timedelta(days=days)
    user = actor.user_id or None
    rows = [
        {"subject_kind": kind, "subject_id": one, "until_at": until, "by_id": user}
        for one in sorted(set(ids))
    ]
    await upsert(session, CleaningIgnored, rows, ["subject_kind", "subject_id"], replace=True)


def condition(fault: Fault, rules: CleaningRules, now: datetime) -> ColumnElement[bool]:
    """A condition on `Client`: it has this fault."""
    number = exists().where(ClientNumber.client_id == Client.id)
    email = exists().where(ClientEmail.client_id == Client.id)
    match fault:
        case Fault.STALE:
            long_ago = now - rules.stale_months * MONTH
            return func.coalesce(Client.last_contact_at, Client.created_at) < long_ago
        case Fault.UNREACHABLE:
            return and_(~number, ~email, not_(_has_staff()))
        case Fault.BAD_NUMBER:
            return number.where(ClientNumber.e164.is_(None)).correlate(Client)
        case Fault.BAD_EMAIL:
            return email.where(ClientEmail.folded.not_like("%_@_%._%")).correlate(Client)
        case Fault.BAD_INN:
            return and_(Client.inn != "", not_(_inn_fits()))
        case Fault.NAMELESS:
            old = now - timedelta(days=rules.nameless_days)
            return and_(Client.search_name == "", Client.confirmed, Client.created_at < old)
        case Fault.NO_CONTACTS:
            return and_(Client.kind == "organisation", not_(_has_staff()))
        case Fault.UNCONFIRMED:
            old = now - timedelta(days=rules.unconfirmed_days)
            return and_(Client.confirmed.is_(False), Client.created_at < old)


def _has_staff() -> ColumnElement[bool]:
    contact = aliased(Client)
    return (
        select(Membership.id)
        .join(contact, contact.id == Membership.person_id)
        .where(
            Membership.organisation_id == Client.id,
            contact.deleted_at.is_(None),
            contact.merged_into_id.is_(None),
        )
        .correlate(Client)
        .exists()
    )


def _inn_fits() -> ColumnElement[bool]:
    length = func.length(Client.inn)
    ten = and_(length == 10, Client.kind == "organisation", _check(_TEN, 10))
    twelve = and_(length == 12, Client.kind == "person", _check(_ELEVEN, 11), _check(_TWELVE, 12))
    # A sole trader may stand in the base as an organisation.
    trader = and_(length == 12, _check(_ELEVEN, 11), _check(_TWELVE, 12))
    return or_(ten, twelve, trader)


def _check(weights: Sequence[int], place: int) -> ColumnElement[bool]:
    total: Any = sum(
        (weight * _digit(index) for index, weight in enumerate(weights, start=1)), start=0
    )
    fits: ColumnElement[bool] = total % 11 % 10 == _digit(place)
    return fits


def _digit(place: int) -> Any:
    """One digit of the INN as a number; -1 for anything else, which fits nothing."""
    values = {str(digit): digit for digit in range(10)}
    return case(values, value=func.substr(Client.inn, place, 1), else_=-1)


def _ignored(kind: str, subject_id: Any, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        CleaningIgnored.subject_kind == kind,
        CleaningIgnored.subject_id == subject_id,
        CleaningIgnored.until_at > now,
    )


async def _faults(
    session: AsyncSession, ids: Sequence[int], rules: CleaningRules, now: datetime
) -> dict[int, list[Fault]]:
    found: dict[int, list[Fault]] = {}
    for fault in Fault:
        query = select(Client.id).where(Client.id.in_(ids), LISTED, condition(fault, rules, now))
        for client_id in await session.scalars(query):
            found.setdefault(client_id, []).append(fault)
    return found
