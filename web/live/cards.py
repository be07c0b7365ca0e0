"""What a screen pop shows besides the number: from memory at once, from the database a moment later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import client_card, recording_pauses
from crm.access import Actor
from crm.client_card import ClientCard
from crm.number_rules import NumberRules
from crm.numbers_index import KnownClient
from crm.recording_pauses import Pausable
from crm.tables import CallNote
from web.live.pops import Pop
from web.live.stored_call import call_of_linkedid
from web.pages.phone_names import PhoneNames, phone_names
from web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The stored half of a card."""

    who: ClientCard | None
    """None while a colleague calls, or nobody's number is known."""
    call_id: int | None
    """None as long as the call is not stored yet."""
    ended: bool = False
    talks: bool = False
    """Whether the other side has picked up, too: an operator who calls out waits until then."""
    note: str = ""
    recording: Pausable | None = None
    """None: it is not recorded, or this person may not pause it."""
    names: PhoneNames
    began: int = 0
    """The hub's tick at which it was read: it shows every change before."""


@dataclass(frozen=True, slots=True)
class PopView:
    """A card for its template."""

    pop: Pop
    card: Card | None
    known: tuple[KnownClient, ...]
    has_note: bool
    """Whether `card.note` is what is stored now."""


def names_of(services: Services, number: str) -> tuple[KnownClient, ...]:
    """Every client with this number, from memory; () for a stranger."""
    index = services.number_index
    return index.find(number) if index is not None and number else ()


async def load(services: Services, actor: Actor, pops: Sequence[Pop]) -> dict[str, Card]:
    """Everything about the callers that this person may see, by the key of each card."""
    rules = NumberRules.of(services.settings)
    found = {}
    began = services.hub.tick
    async with services.db.read() as session:
        names = await phone_names(session)
        for pop in pops:
            call = await call_of_linkedid(session, pop.pbx, pop.call)
            found[pop.key] = Card(
                who=await _who(session, actor, pop, call, rules),
                call_id=call.id if call else None,
                ended=call.ended if call else False,
                talks=call is not None and call.answered_at is not None,
                note=await _note(session, actor, call),
                recording=await recording_pauses.pausable(session, actor, call) if call else None,
                names=names,
                began=began,
            )
    return found


async def _who(
    session: AsyncSession, actor: Actor, pop: Pop, call: Call | None, rules: NumberRules
) -> ClientCard | None:
    if pop.internal or not pop.number:
        return None
    if call is not None and call.remote_number:
        return await client_card.for_call(session, actor, call.id, rules)
    return await client_card.for_number(session, actor, pop.number, rules)


async def _note(session: AsyncSession, actor: Actor, call: Call | None) -> str:
    if call is None:
        return ""
    query = select(CallNote.text).where(
        CallNote.call_id == call.id, CallNote.user_id == actor.user_id
    )
    return await session.scalar(query) or ""
