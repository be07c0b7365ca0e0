"""What people do now: one's own state in the head of every page, everybody's on the supervisor's board.

In: the tables that `crm.state_keeper` writes, and what people said themselves. Out: what the two live regions show.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, CallLeg
from crm.access import Actor, Permission, Role
from crm.agent_states import Facts, PersonState, Phone, State, state_of
from crm.seating import held_at
from crm.state_facts import facts_of
from crm.tables import CallLink, Client, PhoneHolding, User
from web.format import pretty_number, start_of_day
from web.pages.agent_words import label_of, reason_words, why
from web.pages.phone_names import PhoneNames, phone_names
from web.services import Services

TAGS = {
    State.TALKING: "tag-live",
    State.RINGING: "tag-warn",
    State.BUSY: "tag-live",
    State.WRAP_UP: "tag-warn",
    State.PAUSED: "tag-warn",
    State.AVAILABLE: "tag-good",
    State.OFFLINE: "tag-bad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLine:
    """One person on the board, or in the head of their own page."""

    user_id: int
    name: str
    now: PersonState
    label: str
    tag: str
    sentence: str
    reason: str
    phones: tuple[Any, ...]
    queues: tuple[str, ...]
    call_id: int | None = None
    talks_today: int = 0

    @property
    def paused(self) -> bool:
        """Whether there is a queue to come back to."""
        return bool(self.now.paused_in)

    @property
    def paused_in_part(self) -> bool:
        """Whether some queues still give calls."""
        return self.paused and len(self.now.paused_in) < len(self.queues)


@dataclass(frozen=True, slots=True)
class _Other:
    """Who is at the other end of a call in progress."""

    call_id: int
    name: str


async def own_state(services: Services, actor: Actor) -> Mapping[str, Any]:
    """What the person does now, as everybody else sees it."""
    async with services.db.read() as session:
        facts = (await facts_of(session, [actor.user_id])).get(actor.user_id, Facts())
        if actor.sees_only_own_calls:
            facts = _without_calls_of_before(facts)
        lines = await _lines(services, session, {actor.user_id: facts}, {actor.user_id: actor.name})
        left = await _lost_seat(session, actor.user_id)
    settings = services.settings
    return {
        "one": lines[0],
        "lost": left,
        "free_seating": settings.free_seating,
        "shown": bool(facts.phones) or (settings.free_seating and actor.role == Role.OPERATOR),
    }


def _without_calls_of_before(facts: Facts) -> Facts:
    """Of a call that was there before the person sat down nobody is named: it is a colleague's."""
    return replace(facts, phones=tuple(_since_it_is_theirs(phone) for phone in facts.phones))


def _since_it_is_theirs(phone: Phone) -> Phone:
    if phone.held_at is None:
        return phone
    engaged = (
        one
        if one.since is not None and one.since >= phone.held_at
        else replace(one, call="", number="", name="", internal=False)
        for one in phone.engaged
    )
    return replace(phone, engaged=tuple(engaged))


async def agents(services: Services, actor: Actor) -> Mapping[str, Any]:
    """Everybody who has a phone or ought to have one, by name."""
    async with services.db.read() as session:
        facts = await facts_of(session)
        people = await session.execute(select(User.id, User.name, User.login, User.role))
        names = {
            row.id: row.name or row.login
            for row in people
            if row.id in facts and (facts[row.id].phones or row.role == Role.OPERATOR)
        }
        shown = {user_id: facts[user_id] for user_id in names}
        today = start_of_day(services.clock(), services.zone)
        lines = await _lines(services, session, shown, names, await _talks(session, today))
    counts = {state: sum(line.now.state is state for line in lines) for state in State}
    return {
        "lines": sorted(lines, key=lambda line: line.name.casefold()),
        "counts": [(label_of(state), count) for state, count in counts.items() if count],
        "may_pause": actor.may(Permission.AGENTS_PAUSE),
    }


async def _lines(
    services: Services,
    session: AsyncSession,
    facts: Mapping[int, Facts],
    names: Mapping[int, str],
    talks: Mapping[int, int] | None = None,
) -> list[AgentLine]:
    now, wrap_up_s = services.clock(), services.settings.wrap_up_s
    states = {user_id: state_of(one, now, wrap_up_s) for user_id, one in facts.items()}
    others = await _others(session, states.values())
    phones = await phone_names(session) if others else PhoneNames({})
    lines = []
    for user_id, one in states.items():
        other = _other_of(one, others, phones, facts[user_id])
        who = pretty_number(other.name, services.settings.region) if other else ""
        lines.append(
            AgentLine(
                user_id=user_id,
                name=names[user_id],
                now=one,
                label=label_of(one.state),
                tag=TAGS.get(one.state, ""),
                sentence=why(one, who, services.zone),
                reason=reason_words(one.reason),
                phones=facts[user_id].phones,
                queues=tuple(sorted({member.queue for member in facts[user_id].memberships})),
                call_id=other.call_id if other and other.call_id else None,
                talks_today=(talks or {}).get(user_id, 0),
            )
        )
    return lines


def _other_of(
    one: PersonState, others: Mapping[tuple[str, str], _Other], phones: PhoneNames, facts: Facts
) -> _Other | None:
    engaged = one.engaged
    if engaged is None:
        return None
    pbx = next((p.pbx for p in facts.phones if engaged in p.engaged), "")
    known = others.get((pbx, engaged.call))
    call_id = known.call_id if known else 0
    if engaged.internal:
        return _Other(call_id, phones.of(pbx, engaged.number))
    return _Other(call_id, (known.name if known else "") or engaged.name or engaged.number)


async def _others(
    session: AsyncSession, states: Collection[PersonState]
) -> dict[tuple[str, str], _Other]:
    """(PBX, linkedid) → the call's row and its client's name, of the calls in progress of these people."""
    calls = {one.engaged.call for one in states if one.engaged is not None and one.engaged.call}
    if not calls:
        return {}
    query = (
        select(Call.pbx, Call.linkedid, Call.id, Client.name)
        .outerjoin(CallLink, CallLink.call_id == Call.id)
        .outerjoin(Client, Client.id == CallLink.client_id)
        .where(Call.linkedid.in_(calls))
    )
    rows = await session.execute(query)
    return {(row.pbx, row.linkedid): _Other(row.id, row.name or "") for row in rows}


async def _talks(session: AsyncSession, today: datetime) -> dict[int, int]:
    """In how many calls of today each person talked."""
    at = func.coalesce(CallLeg.offered_at, CallLeg.rang_at, Call.started_at)
    mine = and_(
        PhoneHolding.pbx == Call.pbx, PhoneHolding.extension == CallLeg.extension, held_at(at)
    )
    query = (
        select(PhoneHolding.user_id, func.count(Call.id.distinct()))
        .select_from(Call)
        .join(CallLeg, CallLeg.call_id == Call.id)
        .join(PhoneHolding, mine)
        .where(Call.started_at >= today, CallLeg.talked.is_(True), Call.merged_into_id.is_(None))
        .group_by(PhoneHolding.user_id)
    )
    return {user_id: count for user_id, count in await session.execute(query)}


async def _lost_seat(session: AsyncSession, user_id: int) -> Mapping[str, Any] | None:
    """Who sat down at the person's phone meanwhile, as long as the person has not been told."""
    query = (
        select(PhoneHolding, User)
        .outerjoin(User, User.id == PhoneHolding.ended_by_id)
        .where(PhoneHolding.user_id == user_id, PhoneHolding.end_told.is_(False))
        .order_by(PhoneHolding.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    held, by = row
    back = select(PhoneHolding.id).where(
        PhoneHolding.user_id == user_id,
        PhoneHolding.pbx == held.pbx,
        PhoneHolding.extension == held.extension,
        PhoneHolding.until_at.is_(None),
    )
    return {
        "is_back": await session.scalar(back.limit(1)) is not None,
        "extension": held.extension,
        "at": held.until_at,
        "by": (by.name or by.login) if by is not None else "",
    }
