"""In which calls a person's search looks: those that the person may hear, narrowed by what the query says of people.

In: the person, the query's narrowing and the fields beside it. Out: filters for `calls.search`, which knows neither people
nor clients nor tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.participation import Phone, took_part
from calls.search import Narrowing, SearchFilters
from calls.tables import Call
from crm import call_visibility, client_visibility
from crm.access import Actor
from crm.finding.terms import folded
from crm.tables import CallLink, CallTag, Client, ClientNumber, ClientTag, Tag, User

FEW_CALLS = 100
"""Up to so many calls of one client are named to the search."""
NUMBER_DIGITS = 3
"""Fewer digits are no part of a telephone number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is chosen in the fields beside a query."""

    side: str = ""
    phones: Sequence[Phone] | None = None
    pbx: str = ""
    client_id: int | None = None
    client: str = ""
    """Part of a client's name, or digits of a number."""
    since: datetime | None = None
    until: datetime | None = None


async def filters_of(
    session: AsyncSession, actor: Actor, narrowing: Narrowing, beside: Beside, zone: ZoneInfo
) -> SearchFilters:
    """Return where to look.

    Args:
        session: a read session.
        actor: who searches: hits show what was said, so only of calls that the person may hear.
        narrowing: what the query says of days, people, queues and tags.
        beside: the fields beside the query.
        zone: the company's, in which days begin.
    """
    conditions = [call_visibility.seen_by(actor), call_visibility.heard_by(actor)]
    conditions += _beside(actor, beside)
    for who in narrowing.who:
        conditions.append(await _with_person(session, actor, who))
    conditions += [_queue(queue) for queue in narrowing.queues]
    conditions += [_tagged(actor, tag) for tag in narrowing.tags]
    call_ids = await _few_calls(session, beside.client_id)
    since, until = _midnight(narrowing.first_day, 0, zone), _midnight(narrowing.last_day, 1, zone)
    return SearchFilters(
        call_ids=call_ids,
        side=beside.side or None,
        since=max((one for one in (since, beside.since) if one), default=None),
        until=min((one for one in (until, beside.until) if one), default=None),
        phones=beside.phones,
        visible=and_(*conditions),
    )


async def _few_calls(session: AsyncSession, client_id: int | None) -> list[int] | None:
    """The calls of a client, where they are so few that they are looked through one by one; rights are asked apart."""
    if client_id is None:
        return None
    calls = select(CallLink.call_id).where(CallLink.client_id == client_id).distinct()
    ids = list(await session.scalars(calls.limit(FEW_CALLS + 1)))
    return ids if len(ids) <= FEW_CALLS else None


def _midnight(day: date | None, later: int, zone: ZoneInfo) -> datetime | None:
    if day is None:
        return None
    if day >= date.max - timedelta(days=1):
        return None
    return datetime.combine(day + timedelta(days=later), time(), zone)


def with_client(actor: Actor, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on `Call`: it was with a client that fits and whom this person may see."""
    clients = select(Client.id).where(which, client_visibility.seen_by(actor))
    return Call.id.in_(select(CallLink.call_id).where(CallLink.client_id.in_(clients)))


def named(text: str) -> ColumnElement[bool]:
    """A condition on `Client`: part of the name, or digits of a number."""
    digits = "".join(character for character in text if character.isdigit())
    conditions = [Client.search_name.contains(folded(text), autoescape=True)]
    if len(digits) >= NUMBER_DIGITS:
        last = ClientNumber.last10.contains(digits[-10:], autoescape=True)
        conditions.append(Client.id.in_(select(ClientNumber.client_id).where(last)))
    return or_(*conditions)


def _beside(actor: Actor, beside: Beside) -> Iterator[ColumnElement[bool]]:
    if beside.pbx:
        yield Call.pbx == beside.pbx
    if beside.client_id is not None:
        yield with_client(actor, Client.id == beside.client_id)
    if beside.client:
        yield with_client(actor, named(beside.client))


async def _with_person(session: AsyncSession, actor: Actor, who: str) -> ColumnElement[bool]:
    """Calls of one of ours, by extension, login or part of the name; or of a client by part of the name or number."""
    wanted = folded(who)
    rows = await session.execute(select(User.id, User.login, User.name))
    people = [
        row.id for row in rows if wanted == folded(row.login) or wanted in folded(row.name or "")
    ]
    conditions = [with_client(actor, named(who))]
    if people:
        conditions.append(call_visibility.talked_in_by_people(people))
    if wanted.isdecimal():
        pbxs = await session.scalars(select(Call.pbx).distinct())
        conditions.append(took_part([(pbx, wanted) for pbx in pbxs]))
    return or_(*conditions) if wanted else false()


def _queue(queue: str) -> ColumnElement[bool]:
    return or_(Call.queue == queue, func.lower(Call.queue) == queue.lower())


def _tagged(actor: Actor, tag: str) -> ColumnElement[bool]:
    """The call has this tag, or its client has it."""
    tags = select(Tag.id).where(Tag.folded == folded(tag))
    calls = select(CallTag.call_id).where(CallTag.tag_id.in_(tags))
    clients = select(ClientTag.client_id).where(ClientTag.tag_id.in_(tags))
    return or_(Call.id.in_(calls), with_client(actor, Client.id.in_(clients)))
