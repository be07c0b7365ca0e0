"""The client's card: who it is, and what matters now. The same for the screen pop and for the client's page.

In: a number, or a client. Out: plain data. Calls are only those that the looking person may see. Who calls is told to
everybody whose phone rings; what is known of them only to those who may see the client (`CardClient.hidden`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import (
    call_visibility,
    callbacks,
    client_visibility,
    clients,
    number_lookup,
    promise_ledger,
)
from crm.access import Actor, Permission
from crm.automatic_cards import is_automatic
from crm.number_rules import NumberRules
from crm.tables import CallLink, Client, Task

LAST_CALLS = 5
MOST_PROMISES = 8
"""The most urgent: a card that pops up is read in seconds."""


@dataclass(frozen=True, slots=True)
class CardClient:
    """Who it is."""

    id: int
    kind: str
    name: str
    company: str
    position: str
    email: str
    notes: str
    numbers: tuple[str, ...]
    hidden: bool = False
    """Whether the looking person may know no more than who it is."""


@dataclass(frozen=True, slots=True)
class CardCall:
    """One of the last calls."""

    id: int
    pbx: str
    direction: str
    outcome: str | None
    started_at: datetime | None
    talk_s: float | None
    party: str
    """Our extension: who talked, or who called out; "" if nobody of ours did."""
    queue: str


@dataclass(frozen=True, slots=True)
class CardTask:
    """An open task."""

    id: int
    kind: str
    title: str
    opened_at: datetime
    missed_calls: int
    tries: int
    queue: str


@dataclass(frozen=True, slots=True)
class CardPromise:
    """An open promise."""

    id: int
    call_id: int
    by_side: str
    what: str
    quote: str
    due_on: date | None
    start_s: float | None
    due_time: time | None = None
    action: str = "other"
    amount_value: Decimal | None = None
    amount_unit: str = ""
    state: str = "open"
    """"open", "disputed", or "found": nobody has checked yet whether it is one."""


@dataclass(frozen=True, slots=True)
class ClientCard:
    """What the card shows. `client` is None for a stranger, and while several `candidates` share the number."""

    number: str
    client: CardClient | None
    candidates: tuple[CardClient, ...] = ()
    last_calls: tuple[CardCall, ...] = ()
    open_tasks: tuple[CardTask, ...] = ()
    open_promises: tuple[CardPromise, ...] = ()


async def for_number(
    session: AsyncSession, actor: Actor, number: str, rules: NumberRules
) -> ClientCard:
    """The card of whoever has this number.

    Raises:
        Forbidden: the actor may not see clients.
    """
    actor.require(Permission.CLIENTS_SEE)
    found = await number_lookup.find(session, number, rules)
    if found.one is not None:
        return await _card(session, actor, found.one, number)
    key = rules.key(number)
    no_number = key.e164 is None and not number
    same = Call.remote_e164 == key.e164 if key.e164 else Call.remote_number == number
    seen = await _seen(session, actor, found.clients)
    return ClientCard(
        number,
        None,
        tuple(_client(one) if one.id in seen else _hidden(one, number) for one in found.clients),
        () if no_number else await _calls(session, actor, same),
        await _tasks(session, [key.subject] if key.subject else []),
    )


async def for_client(
    session: AsyncSession, actor: Actor, client_id: int, number: str = ""
) -> ClientCard:
    """The card of this client.

    Raises:
        Forbidden: the actor may not see clients.
        NotFound: no such client.
    """
    client = await clients.get(session, actor, client_id)
    return await _card(session, actor, client, number)


async def for_call(
    session: AsyncSession, actor: Actor, call_id: int, rules: NumberRules
) -> ClientCard | None:
    """The card for a call: of the client that it is linked to, else of its number; None if there is no such call.

    Raises:
        Forbidden: the actor may not see clients.
    """
    call = await session.get(Call, call_id)
    if call is None:
        return None
    linked = await session.get(CallLink, call_id)
    if linked is not None:
        actor.require(Permission.CLIENTS_SEE)
        client = await clients.load(session, linked.client_id)
        if client.is_listed:
            return await _card(session, actor, client, call.remote_number)
    return await for_number(session, actor, call.remote_number, rules)


async def _card(session: AsyncSession, actor: Actor, client: Client, number: str) -> ClientCard:
    nameless = is_automatic(client)
    if not nameless and client.id not in await _seen(session, actor, [client]):
        return ClientCard(number, _hidden(client, number))
    linked = select(CallLink.call_id).where(CallLink.client_id == client.id)
    promises = await promise_ledger.of_client(
        session, client.id, only_open=True, limit=MOST_PROMISES
    )
    return ClientCard(
        number,
        # A card that a call made by itself is a stranger's still: the page asks who it is.
        None if nameless else _client(client),
        (),
        await _calls(session, actor, Call.id.in_(linked)),
        await _tasks(session, [callbacks.subject_of(client.id)], client.id),
        tuple(
            CardPromise(
                p.id,
                p.call_id,
                p.by_side,
                p.what,
                p.quote,
                p.due_on,
                p.start_s,
                p.due_time,
                p.action,
                p.amount_value,
                p.amount_unit,
                p.state,
            )
            for p in promises
        ),
    )


async def _calls(
    session: AsyncSession, actor: Actor, condition: ColumnElement[bool]
) -> tuple[CardCall, ...]:
    query = (
        select(Call)
        .where(condition, call_visibility.seen_by(actor))
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(LAST_CALLS)
    )
    return tuple(
        CardCall(
            call.id,
            call.pbx,
            call.direction,
            call.outcome,
            call.started_at,
            call.talk_s,
            _party(call),
            call.queue,
        )
        for call in (await session.scalars(query)).all()
    )


def _party(call: Call) -> str:
    if call.direction == "out":
        return call.caller
    return call.final_handler or call.answered_by


async def _tasks(
    session: AsyncSession, subjects: list[str], client_id: int | None = None
) -> tuple[CardTask, ...]:
    whose: ColumnElement[bool] = Task.subject_key.in_(subjects)
    if client_id is not None:
        whose = or_(whose, Task.client_id == client_id)
    query = select(Task).where(and_(Task.state == "open", whose)).order_by(Task.opened_at, Task.id)
    return tuple(
        CardTask(t.id, t.kind, t.title, t.opened_at, t.missed_calls, t.tries, t.queue)
        for t in (await session.scalars(query)).all()
    )


async def _seen(session: AsyncSession, actor: Actor, found: Iterable[Client]) -> set[int]:
    """Ids of those of these clients whom the actor may see."""
    wanted = [client.id for client in found]
    if not wanted:
        return set()
    seen = select(Client.id).where(Client.id.in_(wanted), client_visibility.seen_by(actor))
    return set((await session.scalars(seen)).all())


def _hidden(client: Client, number: str) -> CardClient:
    """Who it is, and nothing else: the phone of the looking person rings, and this is the caller."""
    whole = _client(client)
    return replace(whole, position="", email="", notes="", numbers=(number,), hidden=True)


def _client(client: Client) -> CardClient:
    organisation = client.name if client.kind == "organisation" else ""
    company = client.organisation.name if client.organisation else organisation
    return CardClient(
        client.id,
        client.kind,
        client.name,
        company,
        client.position,
        client.email,
        client.notes,
        tuple(number.e164 or number.raw for number in client.numbers),
    )
