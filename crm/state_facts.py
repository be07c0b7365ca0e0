"""The facts that people's states follow from, read from the tables. `crm.agent_states` decides.

In: whose. Out: `Facts` by person; what only a person can say is written here, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.feed import Notice, store
from crm.agent_states import Facts, Membership, Phone
from crm.engagement import from_json
from crm.errors import Invalid
from crm.tables import PersonState, PhoneHolding, PhoneState, QueueMember, User
from pbx.actions import MEMBER_SIGNS

PhoneKey = tuple[str, str]
LONGEST_REASON = 80


async def facts_of(
    session: AsyncSession, user_ids: Collection[int] | None = None
) -> dict[int, Facts]:
    """What is known of these people, or of everybody who is not locked out."""
    people = select(User.id).where(User.active.is_(True))
    if user_ids is not None:
        people = people.where(User.id.in_(user_ids))
    holdings = select(PhoneHolding).where(
        PhoneHolding.until_at.is_(None), PhoneHolding.user_id.in_(people)
    )
    held: dict[int, list[PhoneHolding]] = defaultdict(list)
    for row in await session.scalars(holdings.order_by(PhoneHolding.id)):
        held[row.user_id].append(row)
    keys = {(row.pbx, row.extension) for rows in held.values() for row in rows}
    phones = await _phones(session, keys)
    members = await _members(session, keys)
    said = {row.user_id: row for row in await session.scalars(select(PersonState))}
    return {
        user_id: _facts(held[user_id], phones, members, said.get(user_id))
        for user_id in (await session.scalars(people)).all()
    }


def _facts(
    held: Collection[PhoneHolding],
    phones: dict[PhoneKey, PhoneState],
    members: dict[PhoneKey, list[Membership]],
    said: PersonState | None,
) -> Facts:
    return Facts(
        phones=tuple(_phone(row, phones.get((row.pbx, row.extension))) for row in held),
        memberships=tuple(one for row in held for one in members[row.pbx, row.extension]),
        away=said.away if said else False,
        away_reason=said.away_reason if said else "",
        away_at=said.away_at if said else None,
        ready_at=said.ready_at if said else None,
    )


def _phone(held: PhoneHolding, known: PhoneState | None) -> Phone:
    where = Phone(
        pbx=held.pbx, extension=held.extension, held_at=held.from_at, seated=held.how == "seat"
    )
    if known is None:
        return where
    return Phone(
        pbx=where.pbx,
        extension=where.extension,
        held_at=where.held_at,
        seated=where.seated,
        device=known.device,
        device_at=known.device_at,
        engaged=tuple(from_json(one) for one in known.engaged),
        talk_ended_at=known.talk_ended_at,
        talk_queue=known.talk_queue,
        blind_at=known.blind_at,
    )


async def _phones(session: AsyncSession, keys: Collection[PhoneKey]) -> dict[PhoneKey, PhoneState]:
    extensions = {extension for _, extension in keys}
    rows = await session.scalars(select(PhoneState).where(PhoneState.extension.in_(extensions)))
    return {(row.pbx, row.extension): row for row in rows}


async def _members(
    session: AsyncSession, keys: Collection[PhoneKey]
) -> dict[PhoneKey, list[Membership]]:
    extensions = {extension for _, extension in keys}
    query = select(QueueMember).where(QueueMember.extension.in_(extensions))
    found: dict[PhoneKey, list[Membership]] = defaultdict(list)
    for row in await session.scalars(query.order_by(QueueMember.queue)):
        found[row.pbx, row.extension].append(
            Membership(
                pbx=row.pbx,
                queue=row.queue,
                interface=row.interface,
                extension=row.extension,
                paused=row.paused,
                reason=row.reason,
                changed_at=row.changed_at,
                dynamic=row.dynamic,
                wrap_up_s=row.wrap_up_s,
            )
        )
    return found


async def set_away(
    session: AsyncSession, user_id: int, away: bool, reason: str, now: datetime
) -> None:
    """A person goes away from the desk, or comes back. No queue is told: for that there is the pause.

    Raises:
        Invalid: the reason is too long.
    """
    row = await _said(session, user_id)
    row.away, row.away_at = away, now
    row.away_reason = checked_reason(reason) if away else ""
    tell(session, [user_id])


async def set_ready(session: AsyncSession, user_id: int, now: datetime) -> None:
    """A person has done what was to do after the last talk."""
    (await _said(session, user_id)).ready_at = now
    tell(session, [user_id])


def tell(session: AsyncSession, user_ids: Collection[int]) -> None:
    """Tell the pages that the state of these people may be another, once the transaction is committed."""
    store(session, [Notice("state", {"users": sorted(user_ids)})])


def checked_reason(reason: str) -> str:
    """The reason without blanks around it.

    Raises:
        Invalid: it is too long, or has signs that the PBX cannot carry.
    """
    reason = reason.strip()
    if len(reason) > LONGEST_REASON or not reason.isprintable() or set(reason) & set(MEMBER_SIGNS):
        why = f"a reason has at most {LONGEST_REASON} printable characters, and no | or ;"
        raise Invalid("reason", why)
    return reason


async def _said(session: AsyncSession, user_id: int) -> PersonState:
    row = await session.get(PersonState, user_id)
    if row is None:
        row = PersonState(user_id=user_id, away=False, away_reason="")
        session.add(row)
    return row
