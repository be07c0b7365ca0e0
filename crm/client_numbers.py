"""Numbers of clients: attach them, take them away.

In: a number as typed. Out: rows. A number that is attached brings along what was waiting for it: open call-backs, and
earlier calls that nobody was linked to.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm import (
    audit,
    automatic_cards,
    call_links,
    callbacks,
    changes,
    client_merge,
    client_visibility,
)
from crm.access import SYSTEM, Action, Actor, Permission
from crm.client_fields import NumberField
from crm.errors import Conflict, Invalid, NotFound
from crm.notices import announce
from crm.number_rules import NumberKey, NumberRules
from crm.tables import Client, ClientNumber

__all__ = ["NumberField", "attach", "detach", "replace_numbers", "written"]


async def attach(
    session: AsyncSession, actor: Actor, client_id: int, number: NumberField, rules: NumberRules
) -> ClientNumber:
    """Give a client one more number. Open call-backs of that number become his.

    Raises:
        Forbidden: the actor may not edit this client.
        NotFound: no such client, or one that the actor may not see.
        Invalid: no telephone number, or the company's own.
        Conflict: he has this number already.
    """
    actor.require(Permission.CLIENTS_EDIT)
    client = await _client(session, actor, client_id)
    added, before = _row(number, rules), written(client)
    if any(_same(added, kept) for kept in client.numbers):
        raise Conflict("client", client_id, f"{number.raw} is there already")
    client.numbers.append(added)
    await session.flush()
    _note(session, actor, client, before)
    await _follow(session, client, [number], rules)
    await audit.record(session, actor, "client.number.attach", "client", client_id)
    announce(session, "client", client_id)
    return added


async def detach(session: AsyncSession, actor: Actor, client_id: int, number_id: int) -> None:
    """Take a number away from a client.

    Raises:
        Forbidden: the actor may not edit this client.
        NotFound: no such client, one that the actor may not see, or the number is not his.
    """
    actor.require(Permission.CLIENTS_EDIT)
    client = await _client(session, actor, client_id)
    before = written(client)
    gone = [number for number in client.numbers if number.id == number_id]
    if not gone:
        raise NotFound("number", number_id)
    client.numbers.remove(gone[0])
    _note(session, actor, client, before)
    await audit.record(session, actor, "client.number.detach", "client", client_id)
    announce(session, "client", client_id)


async def replace_numbers(
    session: AsyncSession, client: Client, numbers: Sequence[NumberField], rules: NumberRules
) -> None:
    """Make these the client's numbers; rows of those that stay are kept. For `crm.clients`.

    Raises:
        Invalid: no telephone number, or the company's own.
    """
    wanted: list[ClientNumber] = []
    for number in numbers:
        row = _row(number, rules)
        if any(_same(row, other) for other in wanted):
            continue
        kept = next((old for old in client.numbers if _same(row, old)), row)
        kept.raw, kept.label = row.raw, row.label
        wanted.append(kept)
    client.numbers = wanted
    await session.flush()
    await _follow(session, client, numbers, rules)


def written(client: Client) -> list[str]:
    """The numbers with what they are, as the change history keeps them."""
    return [f"{one.raw} ({one.label})" if one.label else one.raw for one in client.numbers]


def _note(session: AsyncSession, actor: Actor, client: Client, before: list[str]) -> None:
    subject = changes.Subject("client", client.id, client.id)
    changes.record(session, actor, subject, {"numbers": before}, {"numbers": written(client)})


async def _follow(
    session: AsyncSession, client: Client, numbers: Sequence[NumberField], rules: NumberRules
) -> None:
    for number in numbers:
        stranger = await automatic_cards.of_number(session, number.raw, rules)
        if stranger is not None and stranger.id != client.id:
            # Who this caller is, is known now.
            await client_merge.join(session, SYSTEM, client.id, stranger.id, {})
    await callbacks.follow(session, client.id, [rules.key(number.raw) for number in numbers])
    await call_links.link_earlier_calls(session, client, rules)


def _row(number: NumberField, rules: NumberRules) -> ClientNumber:
    raw = number.raw.strip()
    key: NumberKey = rules.key(raw)
    if not key.usable or len(raw) > 128:
        raise Invalid("number", f"{raw!r} is no telephone number")
    if key.tail in rules.own:
        raise Invalid("number", f"{raw} is the company's own number")
    return ClientNumber(raw=raw, e164=key.e164, last10=key.tail, label=number.label.strip()[:64])


def _same(one: ClientNumber, other: ClientNumber) -> bool:
    return (one.e164, one.last10) == (other.e164, other.last10)


async def _client(session: AsyncSession, actor: Actor, client_id: int) -> Client:
    await client_visibility.require(session, actor, client_id, Action.EDIT)
    query = select(Client).where(Client.id == client_id).options(selectinload(Client.numbers))
    client = await session.scalar(query)
    if client is None:
        raise NotFound("client", client_id)
    return client
