"""Cards that Slovo makes by itself for strangers who call: unconfirmed and without a name, until a person says who it is.

In: a call of an unknown number, a person's word who that was, or a number that turned out to be another one. Out: a card
made, named, joined with the right one, or removed again as long as nobody touched it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, exists, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.tables import Call
from crm import callbacks, changes, client_rows
from crm.access import SYSTEM, Actor, Permission
from crm.client_visibility import LISTED
from crm.finding import index
from crm.notices import announce
from crm.number_rules import NumberKey, NumberRules
from crm.tables import CallLink, Client, ClientNumber, Inquiry, InquiryCall, Promise, Task

SOURCE = "call"
BY_NUMBER = "number"
AUTOMATIC = (Client.confirmed.is_(False)) & (Client.search_name == "")
"""A condition on `Client`: nobody has said yet who this is."""
_OF_ITSELF = {
    "client_numbers", "call_links", "changes", "inquiries", "tasks", "client_words", "client_texts",
    "client_figures", "duplicate_pairs",
}  # fmt: skip
"""Tables that have rows of such a card though nobody touched it."""


def is_automatic(client: Client) -> bool:
    """Whether nobody has said yet who this is."""
    return not client.confirmed and not client.name


async def make(session: AsyncSession, call: Call, rules: NumberRules) -> Client:
    """Make a card for the unknown number of this call. Its call-backs and all its calls become the card's.

    Hold the lock of `callbacks` and look for the number once more before: of two calls at once one makes the card.
    """
    key, now = rules.key(call.remote_number), datetime.now(UTC)
    number = ClientNumber(raw=call.remote_number, e164=key.e164, last10=key.tail)
    client = Client(
        kind="person", name="", source=SOURCE, confirmed=False, sample=call.sample, created_at=now,
        updated_at=now, numbers=[number], emails=[], workplaces=[], staff=[],
    )  # fmt: skip
    session.add(client)
    await session.flush()
    await callbacks.follow(session, client.id, [key])
    await _link(session, client.id, call, key, now)
    subject = changes.Subject("client", client.id, client.id)
    changes.record(
        session, SYSTEM, subject, {}, {"numbers": [call.remote_number], "source": SOURCE}
    )
    announce(session, "client", client.id)
    return client


async def _link(
    session: AsyncSession, client_id: int, call: Call, key: NumberKey, now: datetime
) -> None:
    """Link this call and all earlier ones of the number that were nobody's."""
    linked = exists().where(CallLink.call_id == Call.id)
    same = Call.id == call.id
    if key.e164 is not None:
        same = same | (Call.remote_e164 == key.e164)
    mine = select(
        Call.id, literal(client_id), literal(BY_NUMBER), literal(now, CallLink.linked_at.type)
    )
    columns = ["call_id", "client_id", "how", "linked_at"]
    await session.execute(insert(CallLink).from_select(columns, mine.where(same, ~linked)))
    of_client = select(CallLink.call_id).where(CallLink.client_id == client_id)
    said = update(Promise).where(Promise.call_id.in_(of_client))
    await session.execute(
        said.values(client_id=client_id), execution_options={"synchronize_session": False}
    )


async def of_number(session: AsyncSession, number: str, rules: NumberRules) -> Client | None:
    """The card that was made for this number and that nobody has named yet."""
    key = rules.key(number)
    if not key.usable:
        return None
    same = ClientNumber.e164 == key.e164 if key.e164 else ClientNumber.last10 == key.tail
    query = (
        select(Client)
        .join(ClientNumber, ClientNumber.client_id == Client.id)
        .where(same, LISTED, AUTOMATIC)
        .options(selectinload(Client.numbers))
        .order_by(Client.id)
        .limit(1)
    )
    return await session.scalar(query)


async def confirm(session: AsyncSession, actor: Actor, client: Client, name: str = "") -> None:
    """A person says that this is a client, and how they are called if that is known.

    Raises:
        Forbidden: the actor may not edit clients.
    """
    actor.require(Permission.CLIENTS_EDIT)
    await settle(session, actor, client, name)


async def settle(session: AsyncSession, actor: Actor, client: Client, name: str = "") -> None:
    """As `confirm`, for whoever was asked already."""
    name = " ".join(name.split())[:255] or client.name
    before = {"name": client.name, "confirmed": "yes" if client.confirmed else "no"}
    client.name, client.confirmed = name, True
    client.search_name = name.casefold().replace("ё", "е")
    client.updated_at = datetime.now(UTC)
    if client.created_by_id is None:
        client.created_by_id = actor.user_id or None
    await session.flush()
    subject = changes.Subject("client", client.id, client.id)
    changes.record(session, actor, subject, before, {"name": name, "confirmed": "yes"})
    await index.renew(session, [client.id])
    announce(session, "client", client.id)


async def leave(session: AsyncSession, client_id: int, key: NumberKey) -> bool:
    """A call is not this client's after all: its number is another one. An untouched automatic card goes; True if so."""
    client = await session.get(Client, client_id, populate_existing=True)
    if client is None or not is_automatic(client):
        return False
    numbers = (
        await session.execute(
            select(ClientNumber.e164, ClientNumber.last10).where(
                ClientNumber.client_id == client_id
            )
        )
    ).all()
    if any((e164, tail) == (key.e164, key.tail) for e164, tail in numbers):
        return False
    if not await _is_untouched(session, client):
        return False
    await _remove(session, client_id, key)
    return True


async def _is_untouched(session: AsyncSession, client: Client) -> bool:
    if client.source != SOURCE or client.notes or client.responsible_id or not client.is_listed:
        return False
    if await session.scalar(
        select(CallLink.call_id).where(CallLink.client_id == client.id).limit(1)
    ):
        return False
    worked_on = select(Inquiry.id).where(Inquiry.client_id == client.id)
    if await session.scalar(
        worked_on.where((Inquiry.state != "new") | (Inquiry.contacts > 1)).limit(1)
    ):
        return False
    for reference in client_rows.all_references():
        if reference.table.name not in _OF_ITSELF and await client_rows.count(
            session, reference, client.id
        ):
            return False
    others = select(Task.id).where(Task.client_id == client.id)
    return (
        await session.scalar(others.where((Task.kind != "callback") | (Task.state != "open")))
        is None
    )


async def _remove(session: AsyncSession, client_id: int, key: NumberKey) -> None:
    tasks = (await session.scalars(select(Task).where(Task.client_id == client_id))).all()
    for task in tasks:
        task.client_id, task.subject_key = None, key.subject or task.subject_key
    await session.flush()
    inquiries = select(Inquiry.id).where(Inquiry.client_id == client_id)
    for inquiry_id in (await session.scalars(inquiries)).all():
        await session.execute(delete(InquiryCall).where(InquiryCall.inquiry_id == inquiry_id))
        await session.execute(delete(Inquiry).where(Inquiry.id == inquiry_id))
        announce(session, "inquiry", inquiry_id)
    await session.execute(delete(Client).where(Client.id == client_id))
    announce(session, "client", client_id)
