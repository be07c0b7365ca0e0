"""Intake without typing: who makes contact becomes a client and an inquiry, and never a second card.

In: call events with their call's row, after `crm.call_links`; or a letter, a form, a request of another program. Out: the
client that was there, or a new unconfirmed one, and an inquiry for triage, by the rules that the administrator set
(`crm.intake_rules`). The same event told twice, calls that merge and calls told late change nothing that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call
from crm import (
    automatic_cards,
    call_links,
    callbacks,
    changes,
    company_settings,
    inquiry_contacts,
    number_lookup,
)
from crm.access import Actor, Permission
from crm.client_visibility import LISTED
from crm.errors import Invalid
from crm.finding import index
from crm.intake_rules import NOTHING, SETTING, Contact, Decision, IntakeRules, Who, decide
from crm.notices import announce
from crm.number_rules import NumberRules
from crm.tables import CallLink, Client, ClientEmail, ClientNumber, Deal, Device, Inquiry
from pbx.events import CallEnded, CallsMerged, CallStarted, CallUpdated, PbxEvent, TalkStarted

_TELLING = (CallStarted, CallUpdated, TalkStarted, CallsMerged, CallEnded)
"""Events after which a number may be known, or somebody has answered."""
_LONGEST_EXTENSION = 6
_MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What came in by another way than a call: a form, a mail, a request of a program, or as a colleague typed it."""

    channel: str
    number: str = ""
    email: str = ""
    name: str = ""
    text: str = ""
    sample: bool = False


class Intake:
    """Handler of call events: makes clients and inquiries of calls."""

    def __init__(self, rules: NumberRules) -> None:
        self._rules = rules

    async def on_event(
        self,
        session: AsyncSession,
        event: PbxEvent,
        record: CallRecord | None,
        call_row_id: int | None,
    ) -> Sequence[Notice]:
        """Take the call of this event in; notices go out with the rows."""
        if not isinstance(event, _TELLING) or call_row_id is None:
            return ()
        call = await session.get(Call, call_row_id)
        if call is None or call.merged_into_id is not None:
            return ()
        if isinstance(event, CallsMerged):
            await _join_calls(session, call)
        await take_call(session, call, self._rules)
        return ()


async def take_call(session: AsyncSession, call: Call, rules: NumberRules) -> None:
    """Make of a call what the company's rules say."""
    if not await _is_usable(session, call, rules):
        return
    company = await company_settings.load(session, SETTING, IntakeRules)
    contact = Contact(
        incoming=call.direction == "in",
        answered=call.answered_at is not None,
        over=call.ended,
        usable=True,
    )
    if await _decision(session, call, contact, company, rules) == (NOTHING, None):
        return
    # Another call of the same number may have made a card meanwhile: decided once more, alone.
    await callbacks.take_lock(session)
    if await session.get(CallLink, call.id) is None:
        await call_links.link_by_number(session, call, rules)
    decision, client = await _decision(session, call, contact, company, rules)
    if decision.client:
        client = await automatic_cards.make(session, call, rules)
    came = inquiry_contacts.of_call(call)
    if decision.inquiry:
        await inquiry_contacts.count(session, client, came, company)
    elif decision.wake and client is not None:
        await inquiry_contacts.wake(session, client, came)


async def take(session: AsyncSession, actor: Actor, letter: Letter, rules: NumberRules) -> Inquiry:
    """Take in a form, a letter or a request: the client who is there is found, nobody gets a second card.

    Args:
        session: a write session.
        actor: who takes it, or the program's token.
        letter: what came; a number or an e-mail address at least.
        rules: how numbers are read.

    Returns:
        The inquiry. It has no client where several share the number or the address: a person chooses.

    Raises:
        Forbidden: the actor may not sort inquiries.
        Invalid: neither number nor address.
    """
    actor.require(Permission.INQUIRIES_SORT)
    letter = _checked(letter, rules)
    company = await company_settings.load(session, SETTING, IntakeRules)
    await callbacks.take_lock(session)
    found = await find(session, letter.number, letter.email, rules)
    client = found[0] if len(found) == 1 else None
    if not found:
        client = await _new_client(session, actor, letter, rules)
    came = inquiry_contacts.Contact(
        channel=letter.channel, at=datetime.now(UTC), number=letter.number, email=letter.email,
        text=letter.text, sample=letter.sample,
    )  # fmt: skip
    inquiry = await inquiry_contacts.count(session, client, came, company)
    assert inquiry is not None  # noqa: S101 - only a call may have been counted before
    return inquiry


async def find(session: AsyncSession, number: str, email: str, rules: NumberRules) -> list[Client]:
    """Whose number and address these are: by the whole number, by its last digits, then by e-mail.

    Several clients of a shared number are narrowed down to the one who has the address, if it is one.
    """
    by_number = (await number_lookup.find(session, number, rules)).clients if number else []
    if len(by_number) == 1 or not email:
        return by_number
    has = select(ClientEmail.client_id).where(ClientEmail.folded == email.lower())
    query = select(Client).where(Client.id.in_(has), LISTED).order_by(Client.id)
    by_email = list((await session.scalars(query.limit(number_lookup.MOST))).all())
    both = [one for one in by_number if one.id in {other.id for other in by_email}]
    return both or by_number or by_email


async def _is_usable(session: AsyncSession, call: Call, rules: NumberRules) -> bool:
    if call.direction == "internal" or call.consultation:
        return False
    key = rules.key(call.remote_number)
    if not key.usable or key.tail in rules.own:
        return False
    if key.e164 is not None or len(key.tail) > _LONGEST_EXTENSION:
        return True
    ours = select(Device.id).where(Device.extension == call.remote_number.strip()).limit(1)
    return await session.scalar(ours) is None


async def _decision(
    session: AsyncSession, call: Call, contact: Contact, company: IntakeRules, rules: NumberRules
) -> tuple[Decision, Client | None]:
    client = await call_links.client_of(session, call.id)
    if client is not None and not client.is_listed:
        return NOTHING, None
    if client is None:
        found = await number_lookup.find(session, call.remote_number, rules)
        who = Who(known=False, shared=len(found.clients) > 1)
        return decide(contact, who, company), None
    deals = select(Deal.id).where(
        Deal.client_id == client.id, Deal.state == "open", Deal.deleted_at.is_(None)
    )
    who = Who(
        known=True,
        confirmed=client.confirmed,
        open_deal=await session.scalar(deals.limit(1)) is not None,
        open_inquiry=await inquiry_contacts.has_open(session, client.id),
    )
    decision = decide(contact, who, company)
    return (decision, None) if decision == NOTHING else (decision, client)


async def _join_calls(session: AsyncSession, call: Call) -> None:
    """Calls that turned out to be this one were counted as contacts of their own."""
    parts = select(Call.id).where(Call.merged_into_id == call.id).order_by(Call.id)
    for part_id in (await session.scalars(parts)).all():
        await inquiry_contacts.move_call(session, part_id, call.id)


def _checked(letter: Letter, rules: NumberRules) -> Letter:
    number, email = letter.number.strip()[:128], letter.email.strip()[:255]
    if number and (not rules.key(number).usable or rules.is_own(number)):
        raise Invalid("number", "this is no telephone number of a client")
    if email and "@" not in email.strip("@"):
        raise Invalid("email", f"{email!r} is no e-mail address")
    if not number and not email:
        raise Invalid("inquiry", "give a telephone number or an e-mail address")
    return Letter(
        channel=letter.channel[:32],
        number=number,
        email=email,
        name=" ".join(letter.name.split())[:255],
        text=letter.text.strip()[:_MOST_TEXT],
        sample=letter.sample,
    )


async def _new_client(
    session: AsyncSession, actor: Actor, letter: Letter, rules: NumberRules
) -> Client:
    now = datetime.now(UTC)
    client = Client(
        kind="person", name=letter.name, source=letter.channel, confirmed=False,
        search_name=letter.name.casefold().replace("ё", "е"), created_by_id=actor.user_id or None,
        created_at=now, updated_at=now, sample=letter.sample, numbers=[], emails=[], workplaces=[],
        staff=[],
    )  # fmt: skip
    key = rules.key(letter.number)
    if key.usable:
        number = ClientNumber(raw=letter.number, e164=key.e164, last10=key.tail)
        client.numbers.append(number)
    if letter.email:
        client.emails.append(ClientEmail(address=letter.email, folded=letter.email.lower()))
    session.add(client)
    await session.flush()
    if key.usable:
        await callbacks.follow(session, client.id, [key])
        await call_links.link_earlier_calls(session, client, rules)
    subject = changes.Subject("client", client.id, client.id)
    known = {"name": letter.name, "numbers": letter.number, "emails": letter.email}
    changes.record(session, actor, subject, {}, known | {"source": letter.channel})
    await index.renew(session, [client.id])
    announce(session, "client", client.id)
    return client
